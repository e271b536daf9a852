/* staff.c - asking who is there. */
#include "core/org/staff.h"
#include "core/org/org_int.h"

#include "kit/text/text.h"

#define COLUMNS \
	"SELECT s.id, s.unit_id, s.code, s.name, s.position, s.email, s.phone, s.state," \
	" (SELECT p.id FROM person p WHERE p.staff_id = s.id) FROM staff s"
#define WHERE \
	" WHERE (s.unit_id IN (SELECT value FROM json_each($1)) OR s.id = $2)" \
	" AND ($3 = 0 OR s.unit_id = $3) AND ($4 = '' OR instr(s.folded, $4) > 0)" \
	" AND ($5 = '' OR s.state = $5 OR ($5 = 'here'" \
	" AND s.state NOT IN ('moved', 'retired', 'left')))"
#define PAGE " LIMIT $6 OFFSET $7"

static const char *const sql_list[] = {
	[STAFF_BY_NAME] = COLUMNS WHERE " ORDER BY s.sort_key, s.id" PAGE,
	[STAFF_BY_UNIT] = COLUMNS WHERE " ORDER BY s.unit_id, s.sort_key, s.id" PAGE,
	[STAFF_BY_POSITION] = COLUMNS WHERE " ORDER BY s.position, s.sort_key, s.id" PAGE,
	[STAFF_BY_STATE] = COLUMNS WHERE " ORDER BY s.state, s.sort_key, s.id" PAGE,
};
static const char sql_count[] = "SELECT count(*) FROM staff s" WHERE;
static const char sql_one[] = COLUMNS " WHERE s.id = $1";
static const char sql_code[] = COLUMNS " WHERE s.code = $1 COLLATE NOCASE AND s.code <> ''";
static const char sql_events[] =
	"SELECT id, staff_id, effective_s, unit_before, unit_after, made_at_s, done_at_s, what,"
	" decision, decision_day, note, position_before, position_after, state_before, state_after,"
	" made_by FROM staff_event WHERE staff_id = $1 ORDER BY effective_s DESC, id DESC";
static const char sql_roles[] =
	"SELECT r.id, r.staff_id, r.unit_id, r.role, s.name, r.from_day, r.until_day, r.decision,"
	" r.decision_day FROM staff_role r JOIN staff s ON s.id = r.staff_id"
	" WHERE ($1 = 0 OR r.staff_id = $1) AND ($2 = 0 OR r.unit_id = $2) AND ($3 = ''"
	" OR (r.from_day <= $3 AND (r.until_day IS NULL OR r.until_day > $3)))"
	" ORDER BY r.role, s.sort_key, r.from_day";

static const struct {
	const char *id, *words;
	bool is_gone;
} states[] = {
	{ "working", T("đang làm việc"), false },
	{ "leave", T("nghỉ dài ngày"), false },
	{ "seconded", T("biệt phái"), false },
	{ "moved", T("chuyển công tác"), true },
	{ "retired", T("nghỉ hưu"), true },
	{ "left", T("thôi việc"), true },
};

bool staff_is_state(struct str state)
{
	for (size_t i = 0; i < COUNT(states); i++) {
		if (str_is(state, states[i].id))
			return true;
	}
	return false;
}

bool staff_is_gone(struct str state)
{
	for (size_t i = 0; i < COUNT(states); i++) {
		if (str_is(state, states[i].id))
			return states[i].is_gone;
	}
	return false;
}

const char *staff_state_words(struct str state)
{
	for (size_t i = 0; i < COUNT(states); i++) {
		if (str_is(state, states[i].id))
			return states[i].words;
	}
	return "";
}

static void read_staff(struct store_query *q, struct arena *a, struct staff *ret)
{
	struct str *const texts[] = { &ret->code, &ret->name, &ret->position, &ret->email,
		&ret->phone, &ret->state };

	ret->id = store_i64(q, 0);
	ret->unit_id = store_i64(q, 1);
	for (size_t i = 0; i < COUNT(texts); i++)
		*texts[i] = arena_str(a, store_str(q, 2 + (int)i));
	ret->account_id = store_i64(q, 8);
}

static struct store_query *ask(
	struct store *s, const char *sql, const struct staff_query *query, struct arena *a)
{
	struct store_query *q = store_query(s, sql);

	store_bind_str(q, 1, query->units.ptr ? query->units : STR("[]"));
	store_bind_i64(q, 2, query->self_id);
	store_bind_i64(q, 3, query->unit_id);
	store_bind_str(q, 4, text_fold(a, str_trim(query->text)));
	store_bind_str(q, 5, query->state.ptr ? query->state : STR(""));
	return q;
}

int staff_list(struct store *s, const struct staff_query *query, struct arena *a,
	struct staff **ret, size_t *ret_count, struct err *e)
{
	VEC(struct staff) list = { 0 };
	struct store_query *q = ask(s, sql_list[query->sort], query, a);
	int rc;

	store_bind_i64(q, 6, (int64_t)query->max);
	store_bind_i64(q, 7, (int64_t)query->from);
	while ((rc = store_next(q, e)) == 1)
		read_staff(q, a, vec_add(a, &list));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int staff_count(struct store *s, const struct staff_query *query, int64_t *ret, struct err *e)
{
	struct store_query *q;
	struct arena a;
	int rc;

	arena_init(&a, 64 * KIB);
	q = ask(s, sql_count, query, &a);
	rc = store_next(q, e);
	arena_done(&a);
	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

static int one(struct store_query *q, struct arena *a, struct staff *ret, struct err *e)
{
	int rc = store_one(q, e, "no such person");

	if (rc < 0)
		return rc;
	read_staff(q, a, ret);
	store_end(q);
	return 0;
}

int staff_get(struct store *s, int64_t id, struct arena *a, struct staff *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_one);

	store_bind_i64(q, 1, id);
	return one(q, a, ret, e);
}

int staff_by_code(
	struct store *s, struct str code, struct arena *a, struct staff *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_code);

	store_bind_str(q, 1, code);
	return one(q, a, ret, e);
}

int staff_events(struct store *s, int64_t id, struct arena *a, struct staff_event **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct staff_event) list = { 0 };
	struct store_query *q = store_query(s, sql_events);
	int rc;

	store_bind_i64(q, 1, id);
	while ((rc = store_next(q, e)) == 1) {
		struct staff_event *v = vec_add(a, &list);
		int64_t *const numbers[] = { &v->id, &v->staff_id, &v->effective_s, &v->unit_before,
			&v->unit_after, &v->made_at_s, &v->done_at_s };
		struct str *const texts[] = { &v->what, &v->decision, &v->decision_day, &v->note,
			&v->position_before, &v->position_after, &v->state_before, &v->state_after,
			&v->made_by };

		for (size_t i = 0; i < COUNT(numbers); i++)
			*numbers[i] = store_i64(q, (int)i);
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_str(a, store_str(q, (int)(COUNT(numbers) + i)));
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int staff_roles(struct store *s, const struct staff_role_query *query, struct arena *a,
	struct staff_role **ret, size_t *ret_count, struct err *e)
{
	VEC(struct staff_role) list = { 0 };
	struct store_query *q = store_query(s, sql_roles);
	int rc;

	store_bind_i64(q, 1, query->staff_id);
	store_bind_i64(q, 2, query->unit_id);
	store_bind_str(q, 3, query->day.ptr ? query->day : STR(""));
	while ((rc = store_next(q, e)) == 1) {
		struct staff_role *r = vec_add(a, &list);
		struct str *const texts[] = { &r->role, &r->staff_name, &r->from, &r->until,
			&r->decision, &r->decision_day };

		r->id = store_i64(q, 0);
		r->staff_id = store_i64(q, 1);
		r->unit_id = store_i64(q, 2);
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = store_is_null(q, 3 + (int)i) ?
				STR("") :
				arena_str(a, store_str(q, 3 + (int)i));
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

static const char sql_readers[] =
	"SELECT p.id, p.unit_id, s.id, p.role, p.name, s.email FROM person p"
	" JOIN staff s ON s.id = p.staff_id WHERE s.email <> ''"
	" AND coalesce(p.disabled_at_s, 0) = 0 AND ($1 = 0 OR p.unit_id = $1)"
	" ORDER BY p.unit_id, p.id";

int staff_readers(
	struct store *s, int64_t unit_id, struct arena *a, struct staff_readers *ret, struct err *e)
{
	VEC(struct staff_reader) list = { 0 };
	struct store_query *q = store_query(s, sql_readers);
	int rc;

	store_bind_i64(q, 1, unit_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct staff_reader){ .id = store_i64(q, 0),
				.unit_id = store_i64(q, 1),
				.staff_id = store_i64(q, 2),
				.role = (enum user_role)store_i64(q, 3),
				.name = arena_str(a, store_str(q, 4)),
				.email = arena_str(a, store_str(q, 5)) }));
	if (rc < 0)
		return rc;
	*ret = (struct staff_readers){ list.at, list.len };
	return 0;
}
