/* mail.c - the mail that waits: one message a person and thing, tried again later and later. */
#include "core/evidence/doing.h"

#define FIRST_WAIT_S (5 * 60)
#define WAIT_MAX_S (2 * CLOCK_DAY_S) /* a letter that waits longer met a clock that was set back */

static const char sql_put[] =
	"INSERT INTO mail (person_id, address, subject, body, day, made_at_s, try_at_s, about)"
	" VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (person_id, about) WHERE sent_at_s = 0"
	" DO UPDATE SET address = $2, subject = $3, body = $4, day = $5, made_at_s = $6";
#define COLUMNS \
	"id, person_id, address, subject, body, day, fault, made_at_s, try_at_s, tries, sent_at_s, about"
static const char sql_waiting[] =
	"SELECT " COLUMNS " FROM mail WHERE sent_at_s = 0"
	" AND (try_at_s <= $1 OR try_at_s > $1 + $3) ORDER BY about = '', id LIMIT $2";
static const char sql_sent[] = "UPDATE mail SET sent_at_s = $2, fault = '' WHERE id = $1"
			       " AND day = $3 AND made_at_s = $4";
static const char sql_failed[] =
	"UPDATE mail SET tries = tries + 1, try_at_s = $2, fault = $3 WHERE id = $1";
static const char sql_of_day[] =
	"SELECT " COLUMNS " FROM mail WHERE person_id = $1 AND day = $2 AND about = ''"
	" ORDER BY id DESC LIMIT 1";
static const char sql_state[] =
	"SELECT count(*), coalesce(max(fault), '') FROM mail WHERE sent_at_s = 0";

int mail_put(struct store *s, const struct mail *m, struct err *e)
{
	struct store_query *q = store_query(s, sql_put);

	store_bind_i64(q, 1, m->person_id);
	store_bind_str(q, 2, m->address);
	store_bind_str(q, 3, m->subject);
	store_bind_str(q, 4, m->body);
	store_bind_str(q, 5, m->day);
	store_bind_i64(q, 6, m->made_at_s);
	store_bind_str(q, 7, m->about.ptr ? m->about : STR(""));
	return store_run(q, e);
}

static struct mail take(struct store_query *q, struct arena *a)
{
	return (struct mail){
		.id = store_i64(q, 0),
		.person_id = store_i64(q, 1),
		.address = arena_str(a, store_str(q, 2)),
		.subject = arena_str(a, store_str(q, 3)),
		.body = arena_str(a, store_str(q, 4)),
		.day = arena_str(a, store_str(q, 5)),
		.fault = arena_str(a, store_str(q, 6)),
		.made_at_s = store_i64(q, 7),
		.try_at_s = store_i64(q, 8),
		.tries = store_i64(q, 9),
		.sent_at_s = store_i64(q, 10),
		.about = arena_str(a, store_str(q, 11)),
	};
}

int mail_waiting(struct store *s, int64_t at_s, size_t max, struct arena *a, struct mails *ret,
	struct err *e)
{
	struct store_query *q = store_query(s, sql_waiting);
	VEC(struct mail) list = { 0 };
	int rc;

	store_bind_i64(q, 1, at_s);
	store_bind_i64(q, 2, (int64_t)max);
	store_bind_i64(q, 3, WAIT_MAX_S);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list, take(q, a));
	if (rc < 0)
		return rc;
	*ret = (struct mails){ list.at, list.len };
	return 0;
}

int mail_sent(struct store *s, const struct mail *m, int64_t at_s, struct err *e)
{
	struct store_query *q = store_query(s, sql_sent);

	store_bind_i64(q, 1, m->id);
	store_bind_i64(q, 2, at_s);
	store_bind_str(q, 3, m->day);
	store_bind_i64(q, 4, m->made_at_s);
	return store_run(q, e);
}

int mail_failed(
	struct store *s, const struct mail *m, struct str fault, int64_t at_s, struct err *e)
{
	struct store_query *q = store_query(s, sql_failed);
	int64_t wait_s = FIRST_WAIT_S;

	for (int64_t i = 0; i < m->tries && wait_s < CLOCK_DAY_S; i++)
		wait_s *= 2;
	store_bind_i64(q, 1, m->id);
	store_bind_i64(q, 2, at_s + (wait_s < CLOCK_DAY_S ? wait_s : CLOCK_DAY_S));
	store_bind_str(q, 3, fault);
	return store_run(q, e);
}

int mail_of_day(struct store *s, int64_t person_id, struct str day, struct arena *a,
	struct mail *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_of_day);
	int rc;

	store_bind_i64(q, 1, person_id);
	store_bind_str(q, 2, day);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = rc == 1 ? take(q, a) : (struct mail){ 0 };
	store_end(q);
	return 0;
}

int mail_state(struct store *s, struct arena *a, int64_t *ret_waiting, struct str *ret_fault,
	struct err *e)
{
	struct store_query *q = store_query(s, sql_state);
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	*ret_waiting = store_i64(q, 0);
	*ret_fault = arena_str(a, store_str(q, 1));
	store_end(q);
	return 0;
}
