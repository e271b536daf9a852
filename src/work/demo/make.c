/* make.c - the order in which a sample comes to be. */
#include "work/demo/demo_int.h"

extern const unsigned char demo_words[];
extern const size_t demo_words_size;

#define MAKING_BYTES (256 * MIB)
#define LOGIN_BYTES_MAX 64

/* --- is there anything? ----------------------------------------------------------------------- */

static const char sql_any[] = "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM staff)"
			      " + (SELECT count(*) FROM record) + (SELECT count(*) FROM host)"
			      " + (SELECT count(*) FROM unit) - 1";
/* A sample that the power takes away halfway is made anew: nobody waits for the disk. */
static const char sql_quick[] = "PRAGMA synchronous = OFF";

static int check_empty(const struct demo *d, struct err *e)
{
	struct store_query *q = store_query(d->store, sql_any);
	int64_t count;
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	count = store_i64(q, 0);
	store_end(q);
	return count == 0 ? 0 : err_set(e, ERR_CONFLICT, "the database holds data already");
}

/* --- accounts --------------------------------------------------------------------------------- */

/* Those that the owner of the sample opens it with. */
static const struct {
	const char *login;
	enum user_role role;
	size_t unit;
} opened[DEMO_ACCOUNTS] = {
	{ "quan.tri", USER_ADMIN, 0 },
	{ "thu.truong", USER_HEAD, 0 },
	{ "can.bo", USER_OFFICER, 1 },
};

static struct str login_of(struct making *m, size_t unit, bool is_head)
{
	const char *kind = is_head ? "thu.truong" : "can.bo";
	struct str code = m->units[unit].code, login;
	char *lower = arena_array(m->a, char, LOGIN_BYTES_MAX);

	for (size_t i = 0; i < COUNT(opened); i++)
		if (opened[i].unit == unit && (opened[i].role == USER_HEAD) == is_head)
			return str_of(opened[i].login);
	login = arena_fmt(m->a, "%s.%.*s", kind, STR_FMT(code));
	for (size_t i = 0; i < login.len; i++)
		lower[i] = login.ptr[i] >= 'A' && login.ptr[i] <= 'Z' ?
			(char)(login.ptr[i] + 'a' - 'A') :
			login.ptr[i];
	return (struct str){ lower, login.len };
}

static int account(struct making *m, size_t unit, bool is_head, struct err *e)
{
	struct demo_unit *u = &m->units[unit];
	const struct staff *person = &u->people[is_head ? 0 : 1];
	struct org_user *user = is_head ? &u->head : &u->officer;
	char password[ORG_ONETIME_SIZE];

	*user = (struct org_user){ .login = login_of(m, unit, is_head),
		.name = person->name,
		.role = is_head   ? USER_HEAD :
			unit == 0 ? USER_ADMIN :
				    USER_OFFICER,
		.unit_id = u->id,
		.staff_id = person->id };
	org_onetime(m->by.rules, password);
	return org_user_add(&m->by, user, str_of(password), false, &user->id, e);
}

/* Whoever does something in the sample has an account of their unit. */
static int accounts(struct making *m, struct err *e)
{
	struct org_rules rules;
	int rc = org_rules(m->d->packs, 1, date_at(m->d->now_s), m->a, &rules, e);

	m->by.rules = &rules;
	for (size_t i = 0; rc == 0 && i < m->unit_count; i++) {
		rc = account(m, i, true, e);
		if (rc == 0)
			rc = account(m, i, false, e);
	}
	m->by.now_s = m->d->now_s;
	for (size_t i = 0; rc == 0 && i < COUNT(opened); i++) {
		const struct demo_unit *u = &m->units[opened[i].unit];
		const struct org_user *user = opened[i].role == USER_HEAD ? &u->head : &u->officer;
		char onetime[ORG_ONETIME_SIZE];

		org_onetime(&rules, onetime);
		rc = org_user_reset(&m->by, user->id, str_of(onetime), e);
		m->done.accounts[i] = (struct demo_account){ arena_str(m->d->a, user->login),
			arena_str(m->d->a, user->name), arena_str(m->d->a, str_of(onetime)) };
	}
	m->by.rules = NULL;
	return rc;
}

static int make(struct making *m, struct err *e)
{
	int (*const steps[])(struct making * m, struct err * e) = { demo_people, accounts,
		demo_registers, demo_story, demo_cases, demo_look_again, demo_signings,
		demo_duties };
	int rc = store_run(store_query(m->d->store, sql_quick), e);

	if (rc == 0)
		rc = org_set(m->d->store, DEMO_SETTING,
			arena_fmt(m->a, "%llu", (unsigned long long)m->d->seed), e);
	if (rc == 0)
		rc = org_set(m->d->store, ORG_DUTY_FROM, demo_day(m, -DEMO_YEAR_DAYS), e);
	for (size_t i = 0; rc == 0 && i < COUNT(steps); i++)
		rc = steps[i](m, e);
	return rc;
}

int demo_make(const struct demo *d, struct demo_done *ret, struct err *e)
{
	struct making m = { .d = d, .random = d->seed };
	struct yaml_node *words = NULL;
	struct parse_fault fault;
	struct arena a;
	int rc = check_empty(d, e);

	if (rc < 0)
		return rc;
	arena_init(&a, MAKING_BYTES);
	arena_init(&m.piece, PIECE_BYTES);
	m.a = &a;
	m.by = (struct org_actor){
		.store = d->store, .login = str_of(opened[0].login), .peer = ""
	};
	m.last_s = demo_last_s(d);
	m.by.now_s = demo_ago_s(&m, DEMO_YEAR_DAYS + 20); /* before all that anybody does */
	rc = parse_yaml(
		(struct str){ (const char *)demo_words, demo_words_size }, &a, &fault, &words);
	m.words = words;
	if (rc < 0)
		rc = err_set(e, ERR_INPUT, "demo/words.yaml:%d: %s", fault.line, fault.words);
	if (rc == 0)
		rc = make(&m, e);
	if (rc == 0)
		*ret = m.done;
	arena_done(&m.piece);
	arena_done(&a);
	return rc;
}
