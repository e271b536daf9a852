/* make.c - the order in which a sample comes to be, and its small tools. */
#include "work/demo/demo_int.h"

extern const unsigned char demo_words[];
extern const size_t demo_words_size;

#define MAKING_BYTES (256 * MIB)
#define PIECE_BYTES (64 * MIB)

/* splitmix64: small, and the same everywhere. */
uint64_t demo_random(struct making *m, uint64_t limit)
{
	uint64_t x = m->random += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return limit ? (x ^ x >> 31) % limit : 0;
}

bool demo_chance(struct making *m, uint64_t percent)
{
	return demo_random(m, 100) < percent;
}

bool demo_cares(struct making *m, const struct demo_unit *u, uint64_t worst)
{
	return demo_chance(m, worst + (100 - worst) * u->care / 100);
}

const struct demo_unit *demo_unit_of(const struct making *m, int64_t id)
{
	for (size_t i = 0; i < m->unit_count; i++)
		if (m->units[i].id == id)
			return &m->units[i];
	return &m->units[0];
}

struct str demo_word(struct making *m, const struct yaml_node *list)
{
	const struct yaml_node *node = list ? list->first : NULL;

	for (uint64_t n = list ? demo_random(m, list->count) : 0; node && n > 0; n--)
		node = node->next;
	return node ? node->text : STR("");
}

const struct yaml_node *demo_list(const struct making *m, const char *key, const char *name)
{
	const struct yaml_node *map = yaml_get(m->words, key);

	return map && name ? yaml_get(map, name) : map;
}

struct str demo_said(const struct making *m, const char *name)
{
	const struct yaml_node *node = demo_list(m, "said", name);

	return node ? node->text : STR("");
}

struct str demo_day(struct making *m, int64_t days_from_now)
{
	char text[CLOCK_TEXT_MAX];

	return arena_str(
		m->a, str_of(date_iso(date_at(m->d->now_s + days_from_now * CLOCK_DAY_S), text)));
}

void demo_tell(struct making *m, const char *what, size_t done, size_t total)
{
	if (m->d->progress)
		m->d->progress(m->d->context, what, done, total);
}

void demo_clear(struct making *m)
{
	arena_done(&m->piece);
	arena_init(&m->piece, PIECE_BYTES);
}

const struct staff *demo_person(struct making *m, const struct demo_unit *u)
{
	return &u->people[demo_random(m, u->count)];
}

struct org_user demo_user(
	const struct demo_unit *u, const struct staff *person, enum user_role role)
{
	return (struct org_user){ .role = role,
		.unit_id = u->id,
		.staff_id = person->id,
		.login = role == USER_HEAD ? STR("thu.truong.mau") : STR("can.bo.mau"),
		.name = person->name };
}

int64_t demo_begin_s(const struct making *m)
{
	return m->d->now_s - (int64_t)DEMO_YEAR_DAYS * CLOCK_DAY_S;
}

struct flow_by demo_by(struct making *m, const struct org_user *user, int64_t now_s)
{
	return (struct flow_by){ m->d->store, m->d->packs, user, &m->tree, now_s, &m->piece };
}

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
