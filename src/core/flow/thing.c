/* thing.c - the records of registers that cases are about: which tasks they make, and what they say
 * once a task is done or a move made. */
#include "core/flow/flow_int.h"

#include "core/record/record.h"

#define THINGS_MAX 5000

static struct record_at at_of(const struct flow_by *by, const struct pack_register *reg)
{
	return (struct record_at){ by->store, by->packs, reg, by->a, by->now_s, flow_login(by) };
}

bool flow_is_about(const struct flow *f, struct str register_id)
{
	for (size_t i = 0; i < f->register_count; i++)
		if (str_eq(f->registers[i], register_id))
			return true;
	return false;
}

int flow_thing(struct store *s, const struct flow *f, struct arena *a, struct flow_subject *about,
	struct err *e)
{
	struct record r;
	int rc = record_get(s, about->record_id, a, &r, e);

	if (rc < 0)
		return rc;
	if (r.is_cancelled || !flow_is_about(f, r.register_id))
		return err_set(e, ERR_INPUT, "record %lld is of no register of flow \"%.*s\"",
			(long long)about->record_id, STR_FMT(f->id));
	about->unit_id = r.unit_id;
	if (!about->title.len)
		about->title = r.title;
	return 0;
}

/* What the field BY of a task's records must hold: the person of the case, its record, or one that
 * this refers to; nothing when all of the unit are meant. */
static int keys_of(const struct flow_by *by, const struct flow_case *c,
	const struct register_field *field, struct flow_names *ret, struct err *e)
{
	VEC(struct str) keys = { 0 };
	struct record_link *links;
	size_t count = 0;
	int rc = 0;

	if (field && field->type == REGISTER_PERSON && c->staff_id)
		vec_push(by->a, &keys, arena_fmt(by->a, "%lld", (long long)c->staff_id));
	if (field && field->type == REGISTER_RECORD && c->record_id) {
		vec_push(by->a, &keys, arena_fmt(by->a, "%lld", (long long)c->record_id));
		rc = record_links(by->store, c->record_id, by->a, &links, &count, e);
	}
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (links[i].is_from_here && str_eq(links[i].register_id, field->to))
			vec_push(by->a, &keys, arena_fmt(by->a, "%lld", (long long)links[i].id));
	*ret = (struct flow_names){ keys.at, keys.len };
	return rc;
}

static bool is_wanted(const struct flow_task_kind *kind, const struct record *r)
{
	struct str value;

	if (!kind->where.ptr)
		return true;
	value = record_value_of(r->body, kind->where);
	for (size_t i = 0; i < kind->is_count; i++)
		if (str_eq(kind->is[i], value))
			return true;
	return false;
}

/* Every record that matches Q, page by page. */
static int each_page(const struct record_at *at, struct record_query *q,
	const struct flow_task_kind *kind, flow_each *each, void *context, struct err *e)
{
	struct record_page page;
	size_t count = 0;

	do {
		int rc = record_list(at, q, &page, e);

		for (size_t i = 0; rc == 0 && i < page.count; i++)
			if (is_wanted(kind, &page.at[i]))
				rc = each(context, page.at[i].id, page.at[i].title, e);
		if (rc < 0)
			return rc;
		count += page.count;
		q->after_key = page.next_key;
		q->after_id = page.next_id;
	} while (page.has_more && count < THINGS_MAX);
	return 0;
}

int flow_things(const struct flow_by *by, const struct flow_case *c,
	const struct flow_task_kind *kind, flow_each *each, void *context, struct err *e)
{
	const struct pack_register *reg = pack_register(by->packs, kind->each);
	struct record_at at = at_of(by, reg);
	struct record_query q = { .text = STR(""), .max = RECORD_PAGE_MAX };
	const struct register_field *field = NULL;
	struct flow_names keys = { 0 };
	int rc = 0;

	if (!reg)
		return err_set(
			e, ERR_ABSENT, "no register is called \"%.*s\"", STR_FMT(kind->each));
	if (!kind->by.ptr) {
		q.units = arena_fmt(by->a, "[%lld]", (long long)c->unit_id);
		return each_page(&at, &q, kind, each, context, e);
	}
	field = pack_register_field(reg, kind->by);
	rc = keys_of(by, c, field, &keys, e);
	for (size_t i = 0; rc == 0 && i < keys.count; i++) {
		q = (struct record_query){ .text = STR(""), .max = RECORD_PAGE_MAX };
		q.filters[0] = (struct record_filter){ field, keys.at[i], keys.at[i] };
		q.filter_count = 1;
		rc = each_page(&at, &q, kind, each, context, e);
	}
	return rc;
}

int flow_thing_set(const struct flow_by *by, int64_t record_id, struct str field, struct str value,
	struct err *e)
{
	struct record_value typed = { field, value };
	struct record_faults faults = { 0 };
	struct record_at at;
	struct record r;
	int rc = record_get(by->store, record_id, by->a, &r, e);

	if (rc < 0)
		return rc;
	at = at_of(by, pack_register(by->packs, r.register_id));
	if (!at.reg || r.is_cancelled)
		return 0;
	/* what the register then lacks is for its own rules to say: a case does not wait for it */
	rc = record_put(
		&at, &r, (struct record_body){ &typed, 1 }, STR("theo hồ sơ xử lý"), &faults, e);
	return rc == ERR_INPUT ? 0 : rc;
}

static bool is_said(const struct flow_subject *about, struct str field)
{
	for (size_t i = 0; i < about->value_count; i++)
		if (str_eq(about->values[i].field, field))
			return true;
	return false;
}

int flow_thing_known(
	const struct flow_by *by, const struct flow *f, struct flow_subject *about, struct err *e)
{
	struct flow_value *all =
		arena_array(by->a, struct flow_value, about->value_count + f->field_count + 1);
	size_t count = about->value_count;
	struct record r;
	int rc = record_get(by->store, about->record_id, by->a, &r, e);

	for (size_t i = 0; i < about->value_count; i++)
		all[i] = about->values[i];
	for (size_t i = 0; rc == 0 && i < f->field_count; i++) {
		struct str same = flow_field_same(&f->fields[i], r.register_id), value;

		value = same.ptr ? record_value_of(r.body, same) : STR("");
		if (value.len && !is_said(about, f->fields[i].id))
			all[count++] =
				(struct flow_value){ .field = f->fields[i].id, .value = value };
	}
	about->values = all;
	about->value_count = count;
	return rc == ERR_ABSENT ? 0 : rc; /* a record that is gone knows nothing */
}

int flow_thing_told(const struct flow_by *by, const struct flow *f, int64_t record_id,
	const struct flow_value *said, size_t count, struct err *e)
{
	struct record r;
	int rc = count ? record_get(by->store, record_id, by->a, &r, e) : 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct flow_field *field = flow_field_of(f, said[i].field);
		struct str same = field ? flow_field_same(field, r.register_id) : STR_NONE;

		if (same.ptr && said[i].value.len &&
			!str_eq(record_value_of(r.body, same), said[i].value))
			rc = flow_thing_set(by, record_id, same, said[i].value, e);
	}
	return rc == ERR_ABSENT ? 0 : rc;
}
