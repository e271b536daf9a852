/* cover.c - who must sign, who has, and what that says of an obligation. */
#include "core/attest/attest_int.h"

#include "core/org/staff.h"

/* Signings of $1 in version $2 after $3 and until $4 that are good. */
#define GOOD \
	"(SELECT g.staff_id AS id, max(g.signed_at_s) AS at_s FROM attest_signed g" \
	" WHERE g.statement = $1 AND g.version = $2 AND g.signed_at_s > $3" \
	" AND g.signed_at_s <= $4 AND g.staff_id IS NOT NULL GROUP BY g.staff_id) x"
/* Who must: everybody who works there ($6 = 'USER'), or who has the role $6 on day $7. */
#define MUST \
	"(SELECT st.unit_id AS unit_id, st.id AS id FROM staff st WHERE $6 = 'USER'" \
	" AND st.state IN ('working', 'leave', 'seconded')" \
	" UNION SELECT r.unit_id, r.staff_id FROM staff_role r" \
	" JOIN staff st ON st.id = r.staff_id WHERE r.role = $6 AND r.from_day <= $7" \
	" AND coalesce(nullif(r.until_day, ''), '9999') > $7" \
	" AND st.state IN ('working', 'leave', 'seconded')) m"

static const char sql_cover[] =
	"SELECT m.unit_id, count(*), count(x.id) FROM " MUST " LEFT JOIN " GOOD " ON x.id = m.id"
	" WHERE m.unit_id IN (SELECT value FROM json_each($5)) GROUP BY m.unit_id ORDER BY m.unit_id";
static const char sql_people[] = "SELECT m.id, coalesce(x.at_s, 0), s.name, s.position FROM " MUST
				 " JOIN staff s ON s.id = m.id LEFT JOIN " GOOD " ON x.id = m.id"
				 " WHERE m.unit_id IN (SELECT value FROM json_each($5))"
				 " ORDER BY x.at_s IS NOT NULL, s.sort_key, m.id";
static const char sql_must[] =
	"SELECT coalesce(max(x.at_s), 0), count(*) FROM " MUST " LEFT JOIN " GOOD " ON x.id = m.id"
	" WHERE m.id = $5";
static const char sql_ticked[] =
	"SELECT max(g.signed_at_s) FROM attest_signed g JOIN attest_row r ON r.signed_id = g.id"
	" WHERE g.statement = $1 AND g.version = $2 AND g.signed_at_s > $3 AND g.signed_at_s <= $4"
	" AND g.unit_id = $5 AND r.obligation = $6";
static const char sql_against[] =
	"SELECT count(*) FROM flow_case WHERE unit_id = $1 AND flow = $2 AND started_at_s >= $3"
	" AND started_at_s <= $4 AND is_void = 0";

struct span {
	int64_t after_s, until_s;
};

static struct span span_of(const struct flow_by *by, const struct statement *s, int64_t at_s)
{
	return (struct span){ attest_after_s(by, s, at_s), at_s };
}

static struct store_query *asked(
	const struct flow_by *by, const char *sql, const struct statement *s, int64_t at_s)
{
	struct store_query *q = store_query(by->store, sql);
	struct span span = span_of(by, s, at_s);

	store_bind_str(q, 1, s->id);
	store_bind_i64(q, 2, s->version);
	store_bind_i64(q, 3, span.after_s);
	store_bind_i64(q, 4, span.until_s);
	return q;
}

static void bind_must(
	const struct flow_by *by, struct store_query *q, const struct statement *s, int64_t at_s)
{
	store_bind_str(q, 6, s->role);
	store_bind_str(q, 7, org_day(at_s, by->a));
}

static int cover(const struct flow_by *by, const struct statement *s, struct str units,
	int64_t at_s, struct attest_covers *ret, struct err *e)
{
	VEC(struct attest_cover) list = { 0 };
	struct store_query *q = asked(by, sql_cover, s, at_s);
	int rc;

	store_bind_str(q, 5, units);
	bind_must(by, q, s, at_s);
	while ((rc = store_next(q, e)) == 1)
		vec_push(by->a, &list,
			((struct attest_cover){
				store_i64(q, 0), store_i64(q, 1), store_i64(q, 2) }));
	if (rc < 0)
		return rc;
	*ret = (struct attest_covers){ list.at, list.len };
	return 0;
}

int attest_coverage(const struct flow_by *by, const struct statement *s, struct str units,
	struct attest_covers *ret, struct err *e)
{
	return cover(by, s, units, by->now_s, ret, e);
}

int attest_people(const struct flow_by *by, const struct statement *s, int64_t unit_id,
	struct attest_people *ret, struct err *e)
{
	VEC(struct attest_person) list = { 0 };
	struct store_query *q = asked(by, sql_people, s, by->now_s);
	int rc;

	store_bind_str(q, 5, arena_fmt(by->a, "[%lld]", (long long)unit_id));
	bind_must(by, q, s, by->now_s);
	while ((rc = store_next(q, e)) == 1)
		vec_push(by->a, &list,
			((struct attest_person){ store_i64(q, 0), store_i64(q, 1),
				arena_str(by->a, store_str(q, 2)),
				arena_str(by->a, store_str(q, 3)) }));
	if (rc < 0)
		return rc;
	*ret = (struct attest_people){ list.at, list.len };
	return 0;
}

int attest_must(const struct flow_by *by, const struct statement *s, int64_t staff_id, bool *ret,
	int64_t *ret_signed_at_s, struct err *e)
{
	struct store_query *q = asked(by, sql_must, s, by->now_s);
	int rc;

	store_bind_i64(q, 5, staff_id);
	bind_must(by, q, s, by->now_s);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret_signed_at_s = store_i64(q, 0);
	*ret = store_i64(q, 1) > 0;
	store_end(q);
	return 0;
}

static int count_cases(const struct flow_by *by, struct str flow, int64_t unit_id, struct span span,
	int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_against);
	int rc;

	store_bind_i64(q, 1, unit_id);
	store_bind_str(q, 2, flow);
	store_bind_i64(q, 3, span.after_s);
	store_bind_i64(q, 4, span.until_s);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

static int against(const struct flow_by *by, const struct statement_point *point, int64_t unit_id,
	struct span span, bool *ret, struct err *e)
{
	*ret = false;
	for (size_t i = 0; i < point->flow_count && !*ret; i++) {
		int64_t n = 0;
		int rc = count_cases(by, point->flows[i], unit_id, span, &n, e);

		if (rc < 0)
			return rc;
		*ret = n > 0;
	}
	return 0;
}

int64_t attest_after_s(const struct flow_by *by, const struct statement *s, int64_t at_s)
{
	int64_t months = s->months;

	if (s->period_param.ptr)
		months = pack_param_number(
			by->packs, s->period_param, 0, date_at(at_s), s->months);
	return months ? date_start_s(date_add_months(date_at(at_s), -(int)months)) - 1 : -1;
}

int attest_is_against(const struct flow_by *by, const struct statement_point *point,
	int64_t unit_id, int64_t since_s, bool *ret, struct err *e)
{
	return against(by, point, unit_id, (struct span){ since_s, by->now_s }, ret, e);
}

/* --- what it says ----------------------------------------------------------------------------- */

struct judging {
	const struct flow_by *by;
	const struct flow_question *question;
	size_t whole, none, part; /* statements that say yes, nothing, not enough */
	struct attest_verdict *verdict;
};

static bool answers(const struct statement *s, const struct statement_point *p, struct str name)
{
	struct str pack, id;

	if (!str_split(name, '/', &pack, &id) || !str_eq(pack, s->pack->id))
		return false;
	for (size_t i = 0; i < p->answer_count; i++)
		if (str_eq(p->answers[i], id))
			return true;
	return false;
}

bool attest_answers(const struct statement *s, struct str obligation)
{
	for (size_t i = 0; i < s->point_count; i++)
		if (answers(s, &s->points[i], obligation))
			return true;
	return false;
}

static int weigh_tick(struct judging *j, const struct statement *s, const struct statement_point *p,
	struct err *e)
{
	const struct flow_question *x = j->question;
	struct store_query *q = asked(j->by, sql_ticked, s, x->at_s);
	bool is_against = false;
	int64_t at_s;
	int rc;

	store_bind_i64(q, 5, x->unit_id);
	store_bind_str(q, 6, x->obligation);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	at_s = store_i64(q, 0);
	store_end(q);
	if (at_s) {
		struct span span = span_of(j->by, s, at_s);

		span.until_s = x->at_s; /* what came after the signing speaks too */
		rc = against(j->by, p, x->unit_id, span, &is_against, e);
	}
	if (rc < 0)
		return rc;
	if (at_s && !is_against) {
		j->whole++;
		j->verdict->at_s = at_s > j->verdict->at_s ? at_s : j->verdict->at_s;
	}
	/* a tick is one way among others: its absence takes nothing from a statement of people */
	return 0;
}

static int weigh_people(struct judging *j, const struct statement *s, struct err *e)
{
	const struct flow_question *x = j->question;
	struct attest_covers c = { 0 };
	int rc = cover(
		j->by, s, arena_fmt(j->by->a, "[%lld]", (long long)x->unit_id), x->at_s, &c, e);

	if (rc < 0)
		return rc;
	if (c.count == 0 || c.at[0].has == 0) {
		j->none++;
		j->verdict->must += c.count ? c.at[0].must : 0;
		return 0;
	}
	j->verdict->must += c.at[0].must;
	j->verdict->has += c.at[0].has;
	if (c.at[0].has == c.at[0].must)
		j->whole++;
	else
		j->part++;
	j->verdict->at_s = x->at_s;
	return 0;
}

static int weigh(struct judging *j, const struct statement *s, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->point_count; i++) {
		const struct statement_point *p = &s->points[i];

		if (!answers(s, p, j->question->obligation))
			continue;
		rc = p->is_tick || str_is(s->role, "VENDOR") || str_is(s->role, "OTHER") ?
			weigh_tick(j, s, p, e) :
			weigh_people(j, s, e);
	}
	return rc;
}

int attest_judge(const struct flow_by *by, const struct flow_question *question,
	struct attest_verdict *ret, struct err *e)
{
	struct attest_verdict v = { 0 };
	struct judging j = { .by = by, .question = question, .verdict = &v };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack_count(by->packs); i++) {
		const struct pack *p = pack_at(by->packs, i);

		for (size_t n = 0; rc == 0 && p->work && n < p->work->statement_count; n++)
			rc = weigh(&j, &p->work->statements[n], e);
	}
	if (rc < 0)
		return rc;
	v.is_any = j.whole + j.part > 0;
	v.outcome = j.part + j.none > 0 ? OUTCOME_FAIL : OUTCOME_PASS;
	*ret = v;
	return 0;
}
