/* check.c - is what was typed a record? Every value in one spelling, every fault named. */
#include "core/record/record_int.h"

static const char sql_staff[] = "SELECT 1 FROM staff WHERE id = $1";
static const char sql_unit[] = "SELECT 1 FROM unit WHERE id = $1";
static const char sql_host[] = "SELECT 1 FROM host WHERE id = $1";
static const char sql_record[] =
	"SELECT 1 FROM record WHERE id = $1 AND register = $2 AND state = 0";
static const char sql_twin[] =
	"SELECT record_id FROM record_index WHERE register = $1 AND field = $2 AND key = $3"
	" AND record_id <> $4 AND ($5 = 0 OR unit_id = $5) LIMIT 1";

struct checking {
	const struct record_at *at;
	const struct record *r;
	VEC(struct record_value) values;
	VEC(struct record_fault) faults;
};

static void fault(
	struct checking *c, const struct register_field *f, const char *words, struct str about)
{
	vec_push(c->at->a, &c->faults, ((struct record_fault){ f, words, about }));
}

/* What {a} of a fault is: the bound that was passed, else what was typed. */
static struct str about(
	struct checking *c, const struct register_field *f, const char *words, struct str typed)
{
	if (strstr(words, "ít nhất"))
		return arena_fmt(c->at->a, "%d", f->min);
	if (strstr(words, "nhiều nhất"))
		return arena_fmt(c->at->a, "%d",
			f->has_max                            ? f->max :
				f->type == REGISTER_LONG_TEXT ? 20000 :
				f->type == REGISTER_ID        ? 100 :
								500);
	return text_clean(c->at->a, typed, 80);
}

/* 1 it is there, 0 not. */
static int is_there(
	struct checking *c, const struct register_field *f, struct str value, struct err *e)
{
	struct store_query *q;
	const char *sql = f->type == REGISTER_PERSON ? sql_staff :
		f->type == REGISTER_UNIT             ? sql_unit :
		f->type == REGISTER_HOST             ? sql_host :
		f->type == REGISTER_RECORD           ? sql_record :
						       NULL;
	int64_t id = 0;
	int rc;

	if (!sql)
		return 1;
	(void)str_to_i64(value, &id);
	q = store_query(c->at->store, sql);
	store_bind_i64(q, 1, id);
	if (sql == sql_record)
		store_bind_str(q, 2, f->to);
	rc = store_next(q, e);
	store_end(q);
	return rc;
}

/* 1 another live record has it. */
static int has_twin(
	struct checking *c, const struct register_field *f, struct str value, struct err *e)
{
	struct store_query *q;
	int rc;

	if (f->unique == UNIQUE_NOT)
		return 0;
	q = store_query(c->at->store, sql_twin);
	store_bind_str(q, 1, c->at->reg->id);
	store_bind_str(q, 2, f->id);
	store_bind_str(q, 3, record_key(f, value, c->at->a));
	store_bind_i64(q, 4, c->r->id);
	store_bind_i64(q, 5, f->unique == UNIQUE_IN_UNIT ? c->r->unit_id : 0);
	rc = store_next(q, e);
	store_end(q);
	return rc;
}

static bool is_taken(const struct checking *c, struct str field, struct str value)
{
	for (size_t i = 0; i < c->values.len; i++)
		if (str_eq(c->values.at[i].field, field) && str_eq(c->values.at[i].text, value))
			return true;
	return false;
}

/* One typed value of F. What it has named before may have ended since. */
static int take_value(
	struct checking *c, const struct register_field *f, struct str typed, struct err *e)
{
	struct str value = STR(""), old = record_value_of(c->r->body, f->id);
	const char *words = record_value_take(f, typed, date_at(c->at->now_s), c->at->a, &value);
	int rc;

	if (words) {
		fault(c, f, words, about(c, f, words, typed));
		return 0;
	}
	if (is_taken(c, f->id, value))
		return 0;
	rc = old.ptr && str_eq(old, value) ? 1 : is_there(c, f, value, e);
	if (rc == 0)
		fault(c, f, T("không có trong danh mục: {a}"), text_clean(c->at->a, typed, 80));
	if (rc <= 0)
		return rc;
	rc = has_twin(c, f, value, e);
	if (rc == 1)
		fault(c, f, T("đã có bản ghi khác mang giá trị này: {a}"), value);
	if (rc < 0)
		return rc;
	vec_push(c->at->a, &c->values, ((struct record_value){ f->id, value }));
	return 0;
}

/* A value it has. One that is the only one in its unit may have a twin where the record goes. */
static int keep_value(struct checking *c, const struct register_field *f, struct record_value value,
	struct err *e)
{
	int rc = f->unique == UNIQUE_IN_UNIT ? has_twin(c, f, value.text, e) : 0;

	if (rc == 1)
		fault(c, f, T("đã có bản ghi khác mang giá trị này: {a}"), value.text);
	vec_push(c->at->a, &c->values, value);
	return rc < 0 ? rc : 0;
}

static bool names(struct record_body body, struct str field)
{
	return record_value_of(body, field).ptr != NULL;
}

/* The values that FIELD has in BODY, checked; those of the record itself as they are. */
static int take_field(
	struct checking *c, const struct register_field *f, struct record_body typed, struct err *e)
{
	bool is_typed = names(typed, f->id), is_single = !f->is_many && f->type != REGISTER_CHOICES;
	struct record_body from = is_typed ? typed : c->r->body;
	size_t before = c->values.len, faults = c->faults.len, count = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < from.count; i++) {
		if (!str_eq(from.at[i].field, f->id) || str_trim(from.at[i].text).len == 0)
			continue;
		if (is_single && count++ > 0)
			fault(c, f, T("chỉ nhận một giá trị"), STR_NONE);
		else if (is_typed)
			rc = take_value(c, f, from.at[i].text, e);
		else
			rc = keep_value(c, f, from.at[i], e);
	}
	if (rc == 0 && f->need == NEED_TO_SAVE && c->values.len == before &&
		c->faults.len == faults)
		fault(c, f, T("phải ghi"), STR_NONE);
	return rc;
}

/* Values of fields that the register no longer has are kept as they are. */
static void keep_gone(struct checking *c)
{
	for (size_t i = 0; i < c->r->body.count; i++)
		if (!pack_register_field(c->at->reg, c->r->body.at[i].field))
			vec_push(c->at->a, &c->values, c->r->body.at[i]);
}

static void refuse_unknown(struct checking *c, struct record_body typed)
{
	for (size_t i = 0; i < typed.count; i++)
		if (!pack_register_field(c->at->reg, typed.at[i].field))
			fault(c, NULL, T("sổ này không có trường {a}"),
				text_clean(c->at->a, typed.at[i].field, 80));
}

int record_check(const struct record_at *at, const struct record *r, struct record_body typed,
	struct record_body *ret_body, struct record_faults *ret_faults, struct err *e)
{
	struct checking c = { .at = at, .r = r };
	int rc = 0;

	refuse_unknown(&c, typed);
	for (size_t i = 0; rc == 0 && i < at->reg->field_count; i++)
		if (at->reg->fields[i]->type != REGISTER_FILE ||
			names(typed, at->reg->fields[i]->id))
			rc = take_field(&c, at->reg->fields[i], typed, e);
	if (rc < 0)
		return rc;
	keep_gone(&c);
	*ret_body = (struct record_body){ c.values.at, c.values.len };
	*ret_faults = (struct record_faults){ c.faults.at, c.faults.len };
	return 0;
}

struct record_body record_first(const struct record_at *at, const struct org_user *user)
{
	VEC(struct record_value) values = { 0 };
	char text[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < at->reg->field_count; i++) {
		const struct register_field *f = at->reg->fields[i];
		struct str value = f->first;

		if (!value.ptr)
			continue;
		if (f->type == REGISTER_DATE && str_is(value, "today"))
			value = arena_str(at->a, str_of(date_iso(date_at(at->now_s), text)));
		else if (f->type == REGISTER_PERSON)
			value = user->staff_id ?
				arena_fmt(at->a, "%lld", (long long)user->staff_id) :
				STR_NONE;
		else if (f->type == REGISTER_UNIT)
			value = arena_fmt(at->a, "%lld", (long long)user->unit_id);
		if (value.ptr)
			vec_push(at->a, &values, ((struct record_value){ f->id, value }));
	}
	return (struct record_body){ values.at, values.len };
}
