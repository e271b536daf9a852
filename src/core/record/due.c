/* due.c - records with a day from which work falls due. */
#include "core/record/judge_int.h"
#include "core/record/record_due.h"

#define ASK_BYTES (64 * KIB)
#define BODY_BYTES (64 * MIB)

#define DAYS_OF_UNIT \
	" FROM record_index i" \
	" WHERE i.register = json_extract(d.value, '$.r')" \
	" AND i.field = json_extract(d.value, '$.f')" \
	" AND i.unit_id = u.value AND i.key GLOB " RECORD_DAY_GLOB \
	" AND i.key <= json_extract(d.value, '$.u') AND i.key >= json_extract(d.value, '$.a')" \
	" AND (i.key > json_extract(d.value, '$.a')" \
	" OR i.record_id > json_extract(d.value, '$.i'))" \
	" AND (json_extract(d.value, '$.w') = '' OR EXISTS (SELECT 1 FROM record_index x" \
	" WHERE x.register = i.register AND x.field = json_extract(d.value, '$.w')" \
	" AND x.key IN (json_extract(d.value, '$.k'), json_extract(d.value, '$.l'))" \
	" AND x.record_id = i.record_id))"
static const char sql_due[] =
	"SELECT d.key, r.id, r.unit_id, r.version, r.title, r.body"
	" FROM json_each($1) d CROSS JOIN json_each($2) u CROSS JOIN record r"
	" WHERE r.id IN (SELECT i.record_id" DAYS_OF_UNIT
	" AND ($4 = 0 OR i.record_id = $4) ORDER BY i.key, i.record_id LIMIT $3)";
static const char sql_rest[] =
	"SELECT d.key, u.value, (SELECT count(*)" DAYS_OF_UNIT ") - $3 AS rest"
	" FROM json_each($1) d CROSS JOIN json_each($2) u WHERE rest > 0";
static const char sql_turns[] =
	"SELECT d.key, v.record_id, v.version, v.at_s, v.by, v.why,"
	" json_extract(v.body, json_extract(d.value, '$.p'))"
	" FROM json_each($1) d CROSS JOIN record r ON r.register = json_extract(d.value, '$.r')"
	" AND r.state = 0 AND r.unit_id IN (SELECT value FROM json_each($2))"
	" AND ($4 = 0 OR r.id = $4) CROSS JOIN record_version v ON v.record_id = r.id"
	" AND v.at_s <= $5 ORDER BY d.key, v.record_id, v.version LIMIT $3";

/* What a duty asks of a choice of its record ("trang-thai is dang-dung") the index knows, so that
 * others take no place among those that are looked at. NULL: nothing that it can tell; the rest is
 * judged record by record. */
static const struct register_condition *indexed(const struct record_due_ask *asked)
{
	for (size_t i = 0; i < asked->duty->when_count; i++) {
		const struct register_condition *c = &asked->duty->when[i];
		const struct register_field *f = pack_register_field(asked->reg, c->field);

		if (c->op == OP_IS && f && f->type == REGISTER_CHOICE && c->text_count >= 1 &&
			c->text_count <= 2)
			return c;
	}
	return NULL;
}

/* What was asked, as JSON; the ids of packs hold nothing that would end a text. */
static struct str asked_json(const struct record_due_query *q, struct arena *a)
{
	struct buf out;
	struct str json;
	char day[CLOCK_TEXT_MAX];

	buf_init(&out, ASK_BYTES);
	buf_add_char(&out, '[');
	for (size_t i = 0; i < q->ask_count; i++) {
		const struct register_condition *c = indexed(&q->asked[i]);

		buf_fmt(&out,
			"%s{\"r\":\"%.*s\",\"f\":\"%.*s\",\"p\":\"$.\\\"%.*s\\\"\",\"u\":\"%s\","
			"\"a\":\"%.*s\",\"i\":%lld",
			i ? "," : "", STR_FMT(q->asked[i].reg->id),
			STR_FMT(q->asked[i].duty->field), STR_FMT(q->asked[i].duty->field),
			date_iso(q->asked[i].until, day), STR_FMT(q->asked[i].after_day),
			(long long)q->asked[i].after_id);
		buf_fmt(&out, ",\"w\":\"%.*s\",\"k\":\"%.*s\",\"l\":\"%.*s\"}",
			STR_FMT(c ? c->field : STR("")), STR_FMT(c ? c->texts[0] : STR("")),
			STR_FMT(c ? c->texts[c->text_count - 1] : STR("")));
	}
	buf_add_char(&out, ']');
	json = arena_str(a, buf_str(&out));
	buf_done(&out);
	return json;
}

struct reading {
	const struct record_due_query *q;
	struct arena *a;    /* of what is handed out */
	struct arena *body; /* of one record */
	VEC(struct record_due) found;
	struct date last_day;
	int64_t last_id;
};

static bool is_after(const struct reading *x, struct date day, int64_t id)
{
	int64_t later = date_to_days(day) - date_to_days(x->last_day);

	return x->last_id == 0 || later > 0 || (later == 0 && id > x->last_id);
}

/* The row of the statement, when the record has the day and all that the duty asks of it. */
static int take(
	struct reading *x, struct store_query *s, const struct record_due_ask *asked, struct err *e)
{
	const struct record_at at = { .store = x->q->store,
		.packs = x->q->packs,
		.reg = asked->reg,
		.a = x->body,
		.now_s = x->q->now_s };
	struct judging j = { .at = &at, .today = date_at(at.now_s) };
	struct record r = { .id = store_i64(s, 1),
		.unit_id = store_i64(s, 2),
		.version = store_i64(s, 3),
		.register_id = asked->reg->id };
	struct date day;
	int rc = record_body_read(store_str(s, 5), x->body, &r.body, e);

	if (rc < 0 || !date_parse(record_value_of(r.body, asked->duty->field), &day))
		return rc;
	if (is_after(x, day, r.id)) {
		x->last_day = day;
		x->last_id = r.id;
	}
	rc = judge_holds(&j, asked->reg, &r, asked->duty->when, asked->duty->when_count, e);
	if (rc == 1)
		vec_push(x->a, &x->found,
			((struct record_due){ asked, r.id, r.unit_id, r.version,
				arena_str(x->a, store_str(s, 4)), day }));
	return rc < 0 ? rc : 0;
}

int record_dues(
	const struct record_due_query *q, struct arena *a, struct record_dues *ret, struct err *e)
{
	struct arena body;
	struct reading x = { .q = q, .a = a, .body = &body };
	struct store_query *s;
	size_t of_one = 0;
	int64_t last = -1, last_unit = 0, i;
	bool is_full = false;
	int rc = 0;

	if (q->ask_count == 0) {
		*ret = (struct record_dues){ 0 };
		return 0;
	}
	arena_init(&body, BODY_BYTES);
	s = store_query(q->store, sql_due);
	store_bind_str(s, 1, asked_json(q, a));
	store_bind_str(s, 2, q->units);
	store_bind_i64(s, 3, (int64_t)q->max);
	store_bind_i64(s, 4, q->record_id);
	while (rc == 0 && (rc = store_next(s, e)) == 1) {
		i = store_i64(s, 0);
		of_one = i == last && store_i64(s, 2) == last_unit ? of_one + 1 : 1;
		last = i;
		last_unit = store_i64(s, 2);
		is_full = is_full || of_one == q->max;
		rc = take(&x, s, &q->asked[i], e);
		arena_done(&body);
		arena_init(&body, BODY_BYTES);
	}
	store_end(s);
	arena_done(&body);
	if (rc < 0)
		return rc;
	*ret = (struct record_dues){ x.found.at, x.found.len, is_full, x.last_day, x.last_id };
	return 0;
}

int record_dues_rest(const struct record_due_query *q, struct arena *a,
	struct record_due_rest **ret, size_t *ret_count, struct err *e)
{
	VEC(struct record_due_rest) list = { 0 };
	struct store_query *s = store_query(q->store, sql_rest);
	int rc;

	store_bind_str(s, 1, asked_json(q, a));
	store_bind_str(s, 2, q->units);
	store_bind_i64(s, 3, (int64_t)q->max);
	while ((rc = store_next(s, e)) == 1)
		vec_push(a, &list,
			((struct record_due_rest){ &q->asked[store_i64(s, 0)], store_i64(s, 1),
				(size_t)store_i64(s, 2) }));
	*ret = list.at;
	*ret_count = list.len;
	return rc;
}

int record_turns(
	const struct record_due_query *q, struct arena *a, struct record_turns *ret, struct err *e)
{
	VEC(struct record_turn) list = { 0 };
	struct store_query *s;
	int rc = 0;

	if (q->ask_count == 0) {
		*ret = (struct record_turns){ 0 };
		return 0;
	}
	s = store_query(q->store, sql_turns);
	store_bind_str(s, 1, asked_json(q, a));
	store_bind_str(s, 2, q->units);
	store_bind_i64(s, 3, (int64_t)q->max);
	store_bind_i64(s, 4, q->record_id);
	store_bind_i64(s, 5, q->now_s);
	while ((rc = store_next(s, e)) == 1) {
		struct record_turn t = { .record_id = store_i64(s, 1),
			.version = store_i64(s, 2),
			.at_s = store_i64(s, 3),
			.asked = &q->asked[store_i64(s, 0)] };
		const struct record_turn *last = list.len ? &list.at[list.len - 1] : NULL;

		if (!date_parse(store_str(s, 6), &t.day) ||
			(last && last->record_id == t.record_id && last->asked == t.asked &&
				date_to_days(last->day) == date_to_days(t.day)))
			continue;
		t.by = arena_str(a, store_str(s, 4));
		t.why = arena_str(a, store_str(s, 5));
		vec_push(a, &list, t);
	}
	*ret = (struct record_turns){ list.at, list.len };
	return rc;
}
