/* refer.c - fields of a case that are records of a register. */
#include "core/flow/refer.h"
#include "core/flow/flow_int.h"

#include "core/record/record.h"

/* Of FIELD's register, not cancelled. */
static int get(struct store *s, const struct flow_field *field, struct str value, struct arena *a,
	struct record *ret, bool *ret_is_there)
{
	struct err none = { 0 };
	int64_t id;
	int rc;

	*ret_is_there = false;
	if (!str_to_i64(value, &id))
		return 0;
	rc = record_get(s, id, a, ret, &none);
	*ret_is_there = rc == 0 && !ret->is_cancelled && str_eq(ret->register_id, field->of);
	return rc == ERR_ABSENT ? 0 : rc;
}

static struct str words(const struct flow_field *field, const struct record *r, struct arena *a)
{
	struct str number =
		field->number.ptr ? record_value_of(r->body, field->number) : STR("");

	return number.len ?
		arena_fmt(a, "%.*s (%.*s)", STR_FMT(r->title), STR_FMT(number)) :
		r->title;
}

static bool is_about(
	const struct flow_field *field, const struct flow_case *c, const struct record *r)
{
	int64_t id;

	return !field->by.ptr ||
		(str_to_i64(record_value_of(r->body, field->by), &id) && id == c->record_id);
}

static bool is_wanted(const struct flow_field *field, const struct record *r)
{
	struct str value;

	if (!field->where.ptr)
		return true;
	value = record_value_of(r->body, field->where);
	for (size_t i = 0; i < field->is_count; i++)
		if (str_eq(field->is[i], value))
			return true;
	return false;
}

int flow_records(const struct flow_by *by, const struct flow_case *c,
	const struct flow_field *field, struct flow_record **ret, size_t *ret_count, struct err *e)
{
	struct record_at at = { by->store, by->packs, pack_register(by->packs, field->of), by->a,
		by->now_s, flow_login(by) };
	struct record_query q = { .units = arena_fmt(by->a, "[%lld]", (long long)c->unit_id),
		.text = STR(""),
		.max = RECORD_PAGE_MAX };
	struct str key = arena_fmt(by->a, "%lld", (long long)c->record_id);
	VEC(struct flow_record) list = { 0 };
	struct record_page page = { 0 };
	int rc;

	if (!at.reg)
		return err_set(
			e, ERR_ABSENT, "no register is called \"%.*s\"", STR_FMT(field->of));
	if (field->by.ptr) {
		q.filters[0] = (struct record_filter){ pack_register_field(at.reg, field->by), key,
			key };
		q.filter_count = 1;
	}
	rc = record_list(&at, &q, &page, e);
	for (size_t i = 0; rc == 0 && i < page.count; i++)
		vec_push(by->a, &list,
			((struct flow_record){
				page.at[i].id, words(field, &page.at[i], by->a) }));
	*ret = list.at;
	*ret_count = list.len;
	return rc;
}

int flow_record_fault(const struct flow_by *by, const struct flow_case *c,
	const struct flow_field *field, struct str value, const char **ret, struct err *e)
{
	struct record r;
	bool is_there;
	int rc = get(by->store, field, value, by->a, &r, &is_there);

	*ret = NULL;
	if (rc < 0)
		return err_set(e, rc, "record %.*s cannot be read", STR_FMT(value));
	/* of another unit: it is not told that there is one */
	if (!is_there || r.unit_id != c->unit_id)
		*ret = T(
			"Sổ của đơn vị không có bản ghi này. Hãy ghi vào sổ trước, rồi chọn bản ghi đó.");
	else if (!is_about(field, c, &r))
		*ret = T("Bản ghi này không nói về đối tượng của hồ sơ. Hãy chọn bản ghi khác.");
	else if (!is_wanted(field, &r))
		*ret = T(
			"Kết quả ghi trong bản ghi này chưa cho phép bước này. Hãy xem lại bản ghi.");
	else if (field->number.ptr && !record_value_of(r.body, field->number).len)
		*ret = T("Bản ghi này chưa ghi số giấy tờ. Hãy ghi đủ trong sổ trước.");
	return 0;
}

struct str flow_record_words(const struct flow_reader *r, const struct flow_field *field,
	struct str value, int64_t *ret_id)
{
	struct record record;
	bool is_there;

	*ret_id = 0;
	if (get(r->store, field, value, r->a, &record, &is_there) < 0 || !is_there)
		return value;
	*ret_id = record.id;
	return words(field, &record, r->a);
}
