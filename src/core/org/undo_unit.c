/* undo_unit.c - what was done to units, and taking the newest of it back. */
#include "core/org/change_unit.h"
#include "core/org/goods.h"
#include "core/org/org_int.h"

#include "kit/text/text.h"

static const char sql_events[] =
	"SELECT id, unit_id, other_id, what, decision, decision_day, day, before, after, made_by,"
	" made_at_s, undone_at_s FROM unit_event WHERE $1 = 0 OR unit_id = $1 OR other_id = $1"
	" ORDER BY id DESC LIMIT $2";
static const char sql_event[] =
	"SELECT unit_id, other_id, what, day, made_at_s, undone_at_s,"
	" (SELECT count(*) FROM unit_event n WHERE n.id > v.id AND n.undone_at_s IS NULL"
	" AND (n.unit_id = v.unit_id OR n.other_id = v.unit_id)) FROM unit_event v WHERE id = $1";
/* a closed case or a person who has left stands there, too */
static const char sql_used[] = "SELECT (SELECT count(*) FROM staff WHERE unit_id = $1)"
			       " + (SELECT count(*) FROM unit_parent WHERE parent_id = $1)"
			       " + (SELECT count(*) FROM unit WHERE successor_id = $1)";
static const char sql_no_name[] = "DELETE FROM unit_name WHERE unit_id = $1 AND from_day = $2";
static const char sql_no_place[] = "DELETE FROM unit_parent WHERE unit_id = $1 AND from_day = $2";
static const char sql_never[] = "UPDATE unit SET until_day = from_day, code = '' WHERE id = $1";
static const char sql_goes_on[] =
	"UPDATE unit SET until_day = NULL, successor_id = NULL WHERE id = $1";
static const char sql_staff_undone[] =
	"INSERT INTO staff_event (staff_id, what, effective_s, decision, decision_day, note,"
	" unit_before, unit_after, position_before, position_after, state_before, state_after,"
	" made_by, made_at_s, done_at_s) SELECT s.id, 'unit-back', $3, v.decision, v.decision_day, '',"
	" $1, s.unit_id, s.position, s.position, s.state, s.state, $4, $3, $3 FROM staff s"
	" JOIN unit_moved m ON m.of_table = 'staff' AND m.row_id = s.id AND m.event_id = $2"
	" JOIN unit_event v ON v.id = m.event_id";
static const char sql_undone[] =
	"UPDATE unit_event SET undone_by = $2, undone_at_s = $3 WHERE id = $1";

int org_unit_events(struct store *s, int64_t id, size_t max, struct arena *a,
	struct org_unit_events *ret, struct err *e)
{
	VEC(struct org_unit_event) list = { 0 };
	struct store_query *q = store_query(s, sql_events);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1) {
		struct org_unit_event *v = vec_add(a, &list);
		struct str *const texts[] = { &v->what, &v->decision.number, &v->decision.signed_on,
			&v->decision.from, &v->before, &v->after, &v->made_by };

		v->id = store_i64(q, 0);
		v->unit_id = store_i64(q, 1);
		v->other_id = store_i64(q, 2);
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_str(a, store_str(q, 3 + (int)i));
		v->made_at_s = store_i64(q, 10);
		v->undone_at_s = store_i64(q, 11);
	}
	if (rc < 0)
		return rc;
	*ret = (struct org_unit_events){ list.at, list.len };
	return 0;
}

struct undone {
	int64_t id, unit_id, other_id, made_at_s;
	bool is_undone, is_followed;
	char what[16], day[ORG_DAY_SIZE];
};

static int load(struct store *s, int64_t id, struct undone *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_event);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "no such change");
	if (rc < 0)
		return rc;
	*ret = (struct undone){ .id = id,
		.unit_id = store_i64(q, 0),
		.other_id = store_i64(q, 1),
		.made_at_s = store_i64(q, 4),
		.is_undone = !store_is_null(q, 5),
		.is_followed = store_i64(q, 6) > 0 };
	snprintf(ret->what, sizeof(ret->what), "%.*s", STR_FMT(store_str(q, 2)));
	snprintf(ret->day, sizeof(ret->day), "%.*s", STR_FMT(store_str(q, 3)));
	store_end(q);
	return 0;
}

static int refuse(struct org_faults *f, const char *words, struct err *e)
{
	org_refuse(f, "unit", words);
	return err_set(e, ERR_CONFLICT, "%s", words);
}

static int may_undo(
	const struct org_actor *by, const struct undone *u, struct org_faults *f, struct err *e)
{
	if (u->is_undone)
		return refuse(f, T("Thay đổi này đã được hoàn tác."), e);
	if (by->now_s - u->made_at_s > ORG_UNDO_DAYS * CLOCK_DAY_S)
		return refuse(f, T("Đã quá 30 ngày. Hãy ghi một quyết định mới."), e);
	if (u->is_followed)
		return refuse(f,
			T("Sau đó đã có thay đổi khác về đơn vị này. Hãy hoàn tác thay đổi mới nhất trước."),
			e);
	return 0;
}

static int is_used(const struct org_actor *by, int64_t id, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_used);
	struct org_goods_count *list;
	struct arena a;
	size_t count;
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	arena_init(&a, 64 * KIB);
	rc = org_goods_of(by, id, &a, &list, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++)
		*ret += list[i].count;
	arena_done(&a);
	return rc;
}

/* What went to another unit comes back. */
static int comes_back(const struct org_actor *by, const struct undone *u, struct err *e)
{
	struct org_going g = { .from_id = u->unit_id, .to_id = u->other_id, .event_id = u->id };
	int rc = org_goods_run(by, &g, true, e);

	if (rc == 0)
		rc = org_run(by->store, sql_staff_undone, "iiis", e, u->other_id, u->id, by->now_s,
			by->login);
	return rc;
}

static int undo(
	const struct org_actor *by, const struct undone *u, struct org_faults *f, struct err *e)
{
	struct store *s = by->store;
	int64_t used = 0;
	int rc;

	if (strcmp(u->what, "rename") == 0)
		return org_run(s, sql_no_name, "is", e, u->unit_id, str_of(u->day));
	if (strcmp(u->what, "move") == 0)
		return org_run(s, sql_no_place, "is", e, u->unit_id, str_of(u->day));
	if (strcmp(u->what, "share") == 0)
		return comes_back(by, u, e);
	if (strcmp(u->what, "end") == 0) {
		rc = org_run(s, sql_goes_on, "i", e, u->unit_id);
		return rc < 0 ? rc : comes_back(by, u, e);
	}
	rc = is_used(by, u->unit_id, &used, e);
	if (rc < 0)
		return rc;
	if (used)
		return refuse(f,
			T("Đơn vị này đã có người, máy, tài khoản hoặc đơn vị trực thuộc. Hãy chuyển đi trước."),
			e);
	return org_run(s, sql_never, "i", e, u->unit_id);
}

int org_unit_undo(const struct org_actor *by, int64_t event_id, struct org_faults *f, struct err *e)
{
	struct undone u;
	int rc = store_begin(by->store, e);

	*f = (struct org_faults){ 0 };
	if (rc < 0)
		return rc;
	rc = load(by->store, event_id, &u, e);
	if (rc == 0)
		rc = may_undo(by, &u, f, e);
	if (rc == 0)
		rc = undo(by, &u, f, e);
	if (rc == 0)
		rc = org_run(by->store, sql_undone, "isi", e, event_id, by->login, by->now_s);
	if (rc == 0)
		rc = org_note(by, "unit-undo", str_of(u.what), e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}
