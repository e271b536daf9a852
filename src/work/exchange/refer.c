/* refer.c - a table names people, units, machines and other records; a register keeps their ids.
 * Each name is looked for once. */
#include "work/exchange/exchange_int.h"

#define PEOPLE_MAX 100000
#define SAME_NAME_MAX 20
#define SLOTS_FIRST 1024

/* One name that was looked for. */
struct found {
	const struct register_field *field;
	int64_t unit_id;
	struct str folded, id;
	const char *words;
};

struct refers {
	const struct record_at *at;
	const struct unit_calls *units;
	struct arena *arena;
	struct staff *people;
	struct str *people_folded;
	size_t people_count;
	struct org_host *hosts;
	size_t host_count;
	struct found **slots; /* open addressing; a power of two of them */
	size_t slot_count, used;
};

bool refers_to(const struct register_field *f)
{
	return f->type == REGISTER_PERSON || f->type == REGISTER_UNIT || f->type == REGISTER_HOST ||
		f->type == REGISTER_RECORD;
}

int refers_new(const struct record_at *at, const struct org_tree *tree, struct arena *a,
	struct refers **ret, struct err *e)
{
	struct refers *r = arena_new(a, struct refers);
	struct buf units;
	struct staff_query query = { .text = STR(""), .state = STR("here"), .max = PEOPLE_MAX };
	int rc;

	r->at = at;
	r->units = unit_calls_new(tree, a);
	r->arena = a;
	r->slot_count = SLOTS_FIRST;
	r->slots = arena_array(a, struct found *, r->slot_count);
	buf_init(&units, MIB);
	buf_add_char(&units, '[');
	for (size_t i = 0; i < tree->count; i++)
		buf_fmt(&units, "%s%lld", i > 0 ? "," : "", (long long)tree->units[i].id);
	buf_add_char(&units, ']');
	query.units = buf_str(&units);
	rc = staff_list(at->store, &query, a, &r->people, &r->people_count, e);
	buf_done(&units);
	if (rc == 0)
		rc = org_hosts(at->store, a, &r->hosts, &r->host_count, e);
	if (rc < 0)
		return rc;
	r->people_folded = arena_array(a, struct str, r->people_count + 1);
	for (size_t i = 0; i < r->people_count; i++)
		r->people_folded[i] = text_fold(a, str_trim(r->people[i].name));
	*ret = r;
	return 0;
}

const struct unit_calls *refers_units(const struct refers *r)
{
	return r->units;
}

static size_t hash(const struct register_field *f, int64_t unit_id, struct str folded)
{
	size_t h = 1469598103934665603u ^ (size_t)f ^ ((size_t)unit_id << 20);

	for (size_t i = 0; i < folded.len; i++)
		h = (h ^ (unsigned char)folded.ptr[i]) * 1099511628211u;
	return h ^ h >> 29;
}

static struct found **slot(
	struct refers *r, const struct register_field *f, int64_t unit_id, struct str folded)
{
	size_t at = hash(f, unit_id, folded) & (r->slot_count - 1);

	while (r->slots[at] &&
		!(r->slots[at]->field == f && r->slots[at]->unit_id == unit_id &&
			str_eq(r->slots[at]->folded, folded)))
		at = (at + 1) & (r->slot_count - 1);
	return &r->slots[at];
}

static void grow(struct refers *r)
{
	struct found **old = r->slots;
	size_t count = r->slot_count;

	r->slot_count *= 2;
	r->slots = arena_array(r->arena, struct found *, r->slot_count);
	for (size_t i = 0; i < count; i++)
		if (old[i])
			*slot(r, old[i]->field, old[i]->unit_id, old[i]->folded) = old[i];
}

/* People of the same unit come before those of others. */
static void find_person(struct refers *r, struct str name, struct found *found)
{
	size_t count[2] = { 0, 0 };
	const struct staff *one[2] = { NULL, NULL };

	for (size_t i = 0; i < r->people_count; i++) {
		const struct staff *p = &r->people[i];
		bool is_here = p->unit_id == found->unit_id;

		if (p->code.len > 0 && str_eq_nocase(p->code, name)) {
			found->id = arena_fmt(r->arena, "%lld", (long long)p->id);
			return;
		}
		if (!str_eq(r->people_folded[i], found->folded))
			continue;
		count[is_here]++;
		one[is_here] = p;
	}
	if (count[1] > 1 || (count[1] == 0 && count[0] > 1))
		found->words = T("có nhiều người cùng tên; hãy ghi mã của người: {a}");
	else if (count[1] + count[0] == 0)
		found->words = T("không có người này trong danh sách nhân sự: {a}");
	else
		found->id =
			arena_fmt(r->arena, "%lld", (long long)(count[1] ? one[1] : one[0])->id);
}

static void find_host(struct refers *r, struct str name, struct found *found)
{
	for (size_t i = 0; i < r->host_count; i++)
		if (str_eq_nocase(r->hosts[i].name, name)) {
			found->id = arena_fmt(r->arena, "%lld", (long long)r->hosts[i].id);
			return;
		}
	found->words = T("không có máy mang tên này: {a}");
}

static int find_record(struct refers *r, struct str name, struct found *found, struct err *e)
{
	const struct register_field *f = found->field;
	struct record_at at = *r->at;
	struct record_query query = { .max = SAME_NAME_MAX };
	struct record_page page = { 0 };
	size_t count[2] = { 0, 0 };
	int64_t one[2] = { 0, 0 };
	int rc;

	if (!f->to_is)
		return 0;
	at.reg = f->to_is;
	at.a = r->arena;
	query.filters[query.filter_count++] =
		(struct record_filter){ pack_register_field(f->to_is, f->to_is->name), name, name };
	rc = record_list(&at, &query, &page, e);
	if (rc == 0 && page.count == 0) { /* not letter by letter: without marks, in any case */
		query.filter_count = 0;
		query.text = name;
		rc = record_list(&at, &query, &page, e);
	}
	for (size_t i = 0; rc == 0 && i < page.count; i++) {
		bool is_here = page.at[i].unit_id == found->unit_id;

		if (!str_eq(text_fold(r->arena, page.at[i].title), found->folded))
			continue;
		count[is_here]++;
		one[is_here] = page.at[i].id;
	}
	if (count[1] > 1 || (count[1] == 0 && count[0] > 1))
		found->words = T("có nhiều bản ghi cùng tên: {a}");
	else if (count[1] + count[0] == 0)
		found->words = T("chưa có bản ghi mang tên này: {a}");
	else
		found->id = arena_fmt(r->arena, "%lld", (long long)(count[1] ? one[1] : one[0]));
	return rc;
}

static int look(struct refers *r, struct str name, struct found *found, struct err *e)
{
	int64_t unit;

	switch (found->field->type) {
	case REGISTER_PERSON:
		find_person(r, name, found);
		return 0;
	case REGISTER_UNIT:
		unit = unit_called(r->units, name, r->arena);
		found->id = unit ? arena_fmt(r->arena, "%lld", (long long)unit) : STR_NONE;
		found->words = unit ? NULL : T("không có đơn vị mang tên này: {a}");
		return 0;
	case REGISTER_HOST:
		find_host(r, name, found);
		return 0;
	default:
		return find_record(r, name, found, e);
	}
}

int refers_find(struct refers *r, const struct register_field *f, struct str name, int64_t unit_id,
	struct refer_answer *ret, struct err *e)
{
	struct str folded = text_fold(r->arena, str_trim(name));
	struct found **at = slot(r, f, unit_id, folded), *found = *at;
	int rc;

	if (!found) {
		found = arena_new(r->arena, struct found);
		*found = (struct found){ .field = f, .unit_id = unit_id, .folded = folded };
		rc = look(r, arena_str(r->arena, str_trim(name)), found, e);
		if (rc < 0)
			return rc;
		*at = found;
		if (++r->used > r->slot_count / 2)
			grow(r);
	}
	*ret = (struct refer_answer){ found->id, found->words };
	return found->words ? 0 : 1;
}
