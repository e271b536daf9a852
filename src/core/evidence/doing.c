/* doing.c - skips, delegations, calendars. */
#include "core/evidence/doing.h"

static const char sql_ask[] =
	"INSERT INTO duty_skip (obligation, unit_id, host_id, due_day, reason, asked_by, asked_at_s)"
	" SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM duty_skip"
	" WHERE obligation = $1 AND unit_id = $2 AND host_id = $3 AND due_day = $4"
	" AND (decided_at_s = 0 OR is_approved = 1))";
static const char sql_decide[] =
	"UPDATE duty_skip SET decided_by = $2, decided_at_s = $3, is_approved = $4"
	" WHERE id = $1 AND decided_at_s = 0";
#define SKIP_COLUMNS \
	"id, obligation, unit_id, host_id, due_day, reason, asked_by, asked_at_s, decided_by," \
	" decided_at_s, is_approved"
static const char sql_skip[] = "SELECT " SKIP_COLUMNS " FROM duty_skip WHERE id = $1";
static const char sql_skips[] =
	"SELECT " SKIP_COLUMNS " FROM duty_skip"
	" WHERE unit_id IN (SELECT value FROM json_each($1)) ORDER BY unit_id, id";

static const char sql_delegate[] =
	"INSERT INTO duty_delegation (from_id, to_id, from_day, until_day, reason, made_by,"
	" made_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char sql_delegation_end[] =
	"UPDATE duty_delegation SET ended_at_s = $2 WHERE id = $1 AND ended_at_s = 0";
static const char sql_delegations[] =
	"SELECT d.id, d.from_id, d.to_id, f.name, t.name, d.from_day, d.until_day, d.reason,"
	" d.made_by, d.made_at_s, d.ended_at_s FROM duty_delegation d"
	" JOIN person f ON f.id = d.from_id JOIN person t ON t.id = d.to_id"
	" WHERE d.ended_at_s = 0 AND d.until_day >= $2 AND ($1 = 0 OR d.from_id = $1 OR d.to_id = $1)"
	" ORDER BY d.from_day, d.id";

static const char sql_stands_in[] =
	"SELECT DISTINCT f.role FROM duty_delegation d JOIN person f ON f.id = d.from_id"
	" JOIN person t ON t.id = d.to_id WHERE d.to_id = $1 AND d.ended_at_s = 0"
	" AND d.from_day <= $2 AND d.until_day >= $2 AND f.unit_id = t.unit_id"
	" AND coalesce(f.disabled_at_s, 0) = 0";

static const char sql_feed_end[] =
	"UPDATE duty_feed SET ended_at_s = $2 WHERE person_id = $1 AND ended_at_s = 0";
static const char sql_feed_add[] =
	"INSERT INTO duty_feed (person_id, token_sha256, made_at_s) VALUES ($1, $2, $3)";
static const char sql_feed_person[] =
	"SELECT f.person_id FROM duty_feed f JOIN person p ON p.id = f.person_id"
	" WHERE f.token_sha256 = $1 AND f.ended_at_s = 0 AND coalesce(p.disabled_at_s, 0) = 0";
static const char sql_feed_since[] =
	"SELECT made_at_s FROM duty_feed WHERE person_id = $1 AND ended_at_s = 0";

int duty_skip_ask(struct store *s, struct duty_skip *skip, struct err *e)
{
	struct store_query *q;
	int rc;

	if (str_trim(skip->reason).len == 0)
		return err_set(e, ERR_INPUT, "a skip needs its reason");
	q = store_query(s, sql_ask);
	store_bind_str(q, 1, skip->obligation);
	store_bind_i64(q, 2, skip->unit_id);
	store_bind_i64(q, 3, skip->host_id);
	store_bind_str(q, 4, skip->due_day);
	store_bind_str(q, 5, str_trim(skip->reason));
	store_bind_str(q, 6, skip->asked_by);
	store_bind_i64(q, 7, skip->asked_at_s);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(s) == 0)
		return err_set(e, ERR_CONFLICT, "this was asked already");
	if (rc == 0)
		skip->id = store_last_id(s);
	return rc;
}

static struct duty_skip take_skip(struct store_query *q, struct arena *a)
{
	return (struct duty_skip){
		.id = store_i64(q, 0),
		.obligation = arena_str(a, store_str(q, 1)),
		.unit_id = store_i64(q, 2),
		.host_id = store_i64(q, 3),
		.due_day = arena_str(a, store_str(q, 4)),
		.reason = arena_str(a, store_str(q, 5)),
		.asked_by = arena_str(a, store_str(q, 6)),
		.asked_at_s = store_i64(q, 7),
		.decided_by = arena_str(a, store_str(q, 8)),
		.decided_at_s = store_i64(q, 9),
		.is_approved = store_i64(q, 10) != 0,
	};
}

int duty_skip_by_id(
	struct store *s, int64_t id, struct arena *a, struct duty_skip *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_skip);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "no skip has the number %lld", (long long)id);
	if (rc < 0)
		return rc;
	*ret = take_skip(q, a);
	store_end(q);
	return 0;
}

int duty_skip_decide(struct store *s, const struct duty_skip *d, struct err *e)
{
	struct store_query *q;
	struct duty_skip asked;
	struct arena a;
	bool is_own;
	int rc;

	arena_init(&a, MIB);
	rc = duty_skip_by_id(s, d->id, &a, &asked, e);
	is_own = rc == 0 && str_eq_nocase(asked.asked_by, d->decided_by);
	arena_done(&a);
	if (rc < 0)
		return rc;
	if (is_own)
		return err_set(e, ERR_DENIED, "nobody decides on what they asked for themselves");
	q = store_query(s, sql_decide);
	store_bind_i64(q, 1, d->id);
	store_bind_str(q, 2, d->decided_by);
	store_bind_i64(q, 3, d->decided_at_s);
	store_bind_i64(q, 4, d->is_approved);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(s) == 0)
		return err_set(e, ERR_CONFLICT, "this was decided already");
	return rc;
}

int duty_skip_list(
	struct store *s, struct str units, struct arena *a, struct duty_skips *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_skips);
	VEC(struct duty_skip) list = { 0 };
	int rc;

	store_bind_str(q, 1, units);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list, take_skip(q, a));
	if (rc < 0)
		return rc;
	*ret = (struct duty_skips){ list.at, list.len };
	return 0;
}

/* --- who stands in ---------------------------------------------------------------------------- */

int duty_delegate(struct store *s, struct duty_delegation *d, struct err *e)
{
	struct date from, until;
	struct store_query *q;
	int rc;

	if (d->from_id == d->to_id)
		return err_set(e, ERR_INPUT, "nobody stands in for themselves");
	if (!date_parse(d->from_day, &from) || !date_parse(d->until_day, &until) ||
		date_to_days(until) < date_to_days(from))
		return err_set(e, ERR_INPUT, "the days are from one to a later one");
	q = store_query(s, sql_delegate);
	store_bind_i64(q, 1, d->from_id);
	store_bind_i64(q, 2, d->to_id);
	store_bind_str(q, 3, d->from_day);
	store_bind_str(q, 4, d->until_day);
	store_bind_str(q, 5, d->reason.ptr ? str_trim(d->reason) : STR(""));
	store_bind_str(q, 6, d->made_by);
	store_bind_i64(q, 7, d->made_at_s);
	rc = store_run(q, e);
	if (rc == 0)
		d->id = store_last_id(s);
	return rc;
}

int duty_delegation_end(struct store *s, int64_t id, int64_t at_s, struct err *e)
{
	struct store_query *q = store_query(s, sql_delegation_end);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, at_s);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(s) == 0)
		return err_set(e, ERR_ABSENT, "no delegation has the number %lld", (long long)id);
	return rc;
}

int duty_delegation_list(struct store *s, int64_t person_id, struct str day, struct arena *a,
	struct duty_delegations *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_delegations);
	VEC(struct duty_delegation) list = { 0 };
	int rc;

	store_bind_i64(q, 1, person_id);
	store_bind_str(q, 2, day);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct duty_delegation){ .id = store_i64(q, 0),
				.from_id = store_i64(q, 1),
				.to_id = store_i64(q, 2),
				.from_name = arena_str(a, store_str(q, 3)),
				.to_name = arena_str(a, store_str(q, 4)),
				.from_day = arena_str(a, store_str(q, 5)),
				.until_day = arena_str(a, store_str(q, 6)),
				.reason = arena_str(a, store_str(q, 7)),
				.made_by = arena_str(a, store_str(q, 8)),
				.made_at_s = store_i64(q, 9),
				.ended_at_s = store_i64(q, 10) }));
	if (rc < 0)
		return rc;
	*ret = (struct duty_delegations){ list.at, list.len };
	return 0;
}

int duty_stands_in(
	struct store *s, int64_t person_id, struct str day, unsigned *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_stands_in);
	unsigned roles = 0;
	int rc;

	store_bind_i64(q, 1, person_id);
	store_bind_str(q, 2, day);
	while ((rc = store_next(q, e)) == 1)
		roles |= (unsigned)store_i64(q, 0);
	if (rc == 0)
		*ret = roles;
	return rc;
}

/* --- calendars -------------------------------------------------------------------------------- */

int duty_feed_set(
	struct store *s, int64_t person_id, struct str token_sha256, int64_t at_s, struct err *e)
{
	struct store_query *q;
	int rc = store_begin(s, e);

	if (rc < 0)
		return rc;
	q = store_query(s, sql_feed_end);
	store_bind_i64(q, 1, person_id);
	store_bind_i64(q, 2, at_s);
	rc = store_run(q, e);
	if (rc == 0 && token_sha256.ptr) {
		q = store_query(s, sql_feed_add);
		store_bind_i64(q, 1, person_id);
		store_bind_str(q, 2, token_sha256);
		store_bind_i64(q, 3, at_s);
		rc = store_run(q, e);
	}
	if (rc == 0)
		rc = store_commit(s, e);
	if (rc < 0)
		store_rollback(s);
	return rc;
}

static int one_number(struct store_query *q, int64_t *ret, struct err *e)
{
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	*ret = rc == 1 ? store_i64(q, 0) : 0;
	store_end(q);
	return 0;
}

int duty_feed_person(struct store *s, struct str token_sha256, int64_t *ret_person, struct err *e)
{
	struct store_query *q = store_query(s, sql_feed_person);

	store_bind_str(q, 1, token_sha256);
	return one_number(q, ret_person, e);
}

int duty_feed_since(struct store *s, int64_t person_id, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_feed_since);

	store_bind_i64(q, 1, person_id);
	return one_number(q, ret, e);
}
