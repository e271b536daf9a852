/* judge_when.c - the conditions of rules: a row of holds[] for each comparison. */
#include "core/org/staff.h"
#include "core/record/judge_int.h"

/* The values of one field. */
struct values {
	const struct register_field *f;
	struct str first;
	const struct record_body *body;
	size_t count;
};

static struct values values_in(
	const struct pack_register *reg, const struct record_body *body, struct str id)
{
	struct values v = { .f = pack_register_field(reg, id), .body = body };

	for (size_t i = 0; v.f && i < body->count; i++)
		if (str_eq(body->at[i].field, id) && v.count++ == 0)
			v.first = body->at[i].text;
	return v;
}

/* "ten", or "he-thong.ten" of the record it points to; F NULL: that record is not there. */
static int find_values(struct judging *j, const struct pack_register *reg,
	const struct record *r, struct str path, struct values *ret, struct err *e)
{
	struct str first, rest;
	const struct register_field *f;
	struct record *other;
	int64_t id;
	int rc;

	*ret = (struct values){ 0 };
	if (!str_split(path, '.', &first, &rest)) {
		*ret = values_in(reg, &r->body, path);
		return 0;
	}
	f = pack_register_field(reg, first);
	if (!f || !f->to_is || !str_to_i64(record_value_of(r->body, first), &id))
		return 0;
	if (id != j->other_id) {
		other = arena_new(j->at->a, struct record);
		rc = record_get(j->at->store, id, j->at->a, other, e);
		if (rc == ERR_ABSENT)
			return 0;
		if (rc == 0)
			rc = judge_files(j->at, f->to_is, other, 1, e);
		if (rc < 0)
			return rc;
		j->other = other;
		j->other_id = id;
	}
	*ret = values_in(f->to_is, &j->other->body, rest);
	return 0;
}

static bool is_one_of(const struct values *v, const struct register_condition *w)
{
	for (size_t i = 0; i < v->body->count; i++) {
		if (!str_eq(v->body->at[i].field, v->f->id))
			continue;
		for (size_t n = 0; n < w->text_count; n++)
			if (str_eq(v->body->at[i].text, w->texts[n]))
				return true;
	}
	return false;
}

/* Today and SPAN, SIGN times. False: the parameter has no value in force. */
static bool today_and(
	const struct judging *j, const struct register_span *span, int sign, int64_t *ret_days)
{
	int64_t days = span->days, months = span->months;
	struct param_ruling ruling;

	if (span->param.ptr) {
		ruling = pack_param(j->at->packs, span->param, 0, j->today, j->at->a);
		if (!ruling.winner || !ruling.winner->is_number)
			return false;
		if (str_is(ruling.winner->param->unit, "month"))
			months = ruling.winner->number;
		else if (str_is(ruling.winner->param->unit, "year"))
			months = 12 * ruling.winner->number;
		else
			days = ruling.winner->number;
	}
	*ret_days = date_to_days(date_add_months(j->today, (int)(sign * months))) + sign * days;
	return true;
}

static bool holds_day(
	const struct judging *j, const struct values *v, const struct register_condition *w)
{
	int64_t today = date_to_days(j->today), day, bound;
	struct date d;

	if (!date_parse(v->first, &d))
		return false;
	day = date_to_days(d);
	if (w->op == OP_PAST)
		return (day < today) == w->is_so;
	if (w->op == OP_WITHIN)
		return today_and(j, &w->span, 1, &bound) && day >= today && day <= bound;
	return today_and(j, &w->span, -1, &bound) && day < bound;
}

static bool holds_number(const struct values *v, const struct register_condition *w)
{
	int64_t n;

	if (v->f->is_many || v->f->type == REGISTER_CHOICES)
		n = (int64_t)v->count;
	else if (!str_to_i64(v->first, &n))
		return false;
	return w->op == OP_AT_LEAST ? n >= w->number : n <= w->number;
}

static int by_order(const struct values *a, const struct values *b, struct arena *arena)
{
	return str_cmp(record_key(a->f, a->first, arena), record_key(b->f, b->first, arena));
}

static bool holds_other(const struct judging *j, const struct values *v,
	const struct register_condition *w, const struct values *other)
{
	if (!other->f || other->count == 0)
		return false;
	switch (w->op) {
	case OP_BEFORE:
		return by_order(v, other, j->at->a) < 0;
	case OP_AFTER:
		return by_order(v, other, j->at->a) > 0;
	case OP_SAME:
		return str_eq(v->first, other->first);
	default:
		return !str_eq(v->first, other->first);
	}
}

static const char sql_person[] = "SELECT unit_id, state FROM staff WHERE id = $1";

/* Retired, gone, or in another unit than that of R. */
static int holds_gone(const struct judging *j, const struct record *r, const struct values *v,
	const struct register_condition *w, struct err *e)
{
	struct store_query *q;
	int64_t id;
	bool is_gone;
	int rc;

	if (!str_to_i64(v->first, &id))
		return 0;
	q = store_query(j->at->store, sql_person);
	store_bind_i64(q, 1, id);
	rc = store_next(q, e);
	is_gone = rc == 1 && (staff_is_gone(store_str(q, 1)) || store_i64(q, 0) != r->unit_id);
	store_end(q);
	return rc < 0 ? rc : rc == 1 && is_gone == w->is_so;
}

static int holds(struct judging *j, const struct pack_register *reg, const struct record *r,
	const struct register_condition *w, struct err *e)
{
	struct values v, other;
	int rc = find_values(j, reg, r, w->field, &v, e);

	if (rc < 0)
		return rc;
	if (w->op == OP_EMPTY)
		return v.f && (v.count == 0) == w->is_so;
	if (!v.f || (v.count == 0 && w->op != OP_AT_LEAST && w->op != OP_AT_MOST))
		return 0;
	switch (w->op) {
	case OP_IS:
		return is_one_of(&v, w);
	case OP_NOT:
		return !is_one_of(&v, w);
	case OP_PAST:
	case OP_WITHIN:
	case OP_OLDER:
		return holds_day(j, &v, w);
	case OP_AT_LEAST:
	case OP_AT_MOST:
		return holds_number(&v, w);
	case OP_GONE:
		return holds_gone(j, r, &v, w, e);
	default:
		rc = find_values(j, reg, r, w->other, &other, e);
		return rc < 0 ? rc : holds_other(j, &v, w, &other);
	}
}

int judge_holds(struct judging *j, const struct pack_register *reg, const struct record *r,
	const struct register_condition *when, size_t count, struct err *e)
{
	int rc = 1;

	for (size_t i = 0; rc == 1 && i < count; i++)
		rc = holds(j, reg, r, &when[i], e);
	return rc;
}
