/* make.c - the order in which a sample comes to be. */
#include "work/demo/demo_int.h"

extern const unsigned char demo_words[];
extern const size_t demo_words_size;

#define MAKING_BYTES (256 * MIB)

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

static int accounts(struct making *m, struct err *e)
{
	static const struct {
		const char *login;
		enum user_role role;
		size_t unit;
	} rows[DEMO_ACCOUNTS] = {
		{ "quan.tri", USER_ADMIN, 0 },
		{ "thu.truong", USER_HEAD, 0 },
		{ "can.bo", USER_OFFICER, 1 },
	};
	struct org_rules rules;
	int rc = org_rules(m->d->packs, 1, date_at(m->d->now_s), m->a, &rules, e);

	m->by.rules = &rules;
	for (size_t i = 0; rc == 0 && i < COUNT(rows); i++) {
		const struct demo_unit *u = &m->units[rows[i].unit];
		struct org_user user = { .login = str_of(rows[i].login),
			.name = u->people[i].name,
			.role = rows[i].role,
			.unit_id = u->id,
			.staff_id = u->people[i].id };
		char onetime[ORG_ONETIME_SIZE];
		int64_t id;

		org_onetime(&rules, onetime);
		rc = org_user_add(&m->by, &user, str_of(onetime), true, &id, e);
		m->done.accounts[i] = (struct demo_account){ user.login,
			arena_str(m->d->a, user.name), arena_str(m->d->a, str_of(onetime)) };
	}
	m->by.rules = NULL;
	return rc;
}

static int make(struct making *m, struct err *e)
{
	int (*const steps[])(struct making * m, struct err * e) = { demo_people, accounts,
		demo_registers, demo_story, demo_cases, demo_signings, demo_duties };
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
		.store = d->store, .login = STR("mau"), .peer = "", .now_s = d->now_s
	};
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
