/* change_staff.c - people come, change by decisions, and go. */
#include "core/org/org_int.h"
#include "core/org/staff.h"
#include "core/org/token.h"

#include "kit/text/text.h"

#define TEXT_BYTES_MAX 300
#define ARENA_BYTES (256 * KIB)

static const char sql_add[] =
	"INSERT INTO staff (unit_id, code, name, folded, sort_key, position, email, phone, state,"
	" made_by, made_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char sql_set[] =
	"UPDATE staff SET code = $2, name = $3, folded = $4, sort_key = $5, email = $6, phone = $7"
	" WHERE id = $1";
static const char sql_added[] =
	"INSERT INTO staff_event (staff_id, what, effective_s, decision, decision_day, note,"
	" unit_before, unit_after, position_before, position_after, state_before, state_after,"
	" made_by, made_at_s, done_at_s)"
	" VALUES ($1, 'add', $2, $3, $4, '', NULL, $5, '', $6, '', $7, $8, $9, $9)";
static const char sql_decided[] =
	"INSERT INTO staff_event (staff_id, what, effective_s, decision, decision_day, note,"
	" unit_before, unit_after, position_before, position_after, state_before, state_after,"
	" made_by, made_at_s) SELECT id, 'change', $2, $3, $4, $5, unit_id,"
	" CASE WHEN $6 = 0 THEN unit_id ELSE $6 END, position,"
	" CASE WHEN $7 = '' THEN position ELSE $7 END, state,"
	" CASE WHEN $8 = '' THEN state ELSE $8 END, $9, $10 FROM staff WHERE id = $1";
/* The first that became due, and only what it changed: another may have changed the rest since. */
static const char sql_due[] =
	"SELECT id, staff_id, CASE WHEN unit_after = unit_before THEN 0 ELSE unit_after END,"
	" CASE WHEN position_after = position_before THEN NULL ELSE position_after END,"
	" CASE WHEN state_after = state_before THEN NULL ELSE state_after END FROM staff_event"
	" WHERE done_at_s IS NULL AND effective_s <= $1 ORDER BY effective_s, id LIMIT 1";
static const char sql_apply[] =
	"UPDATE staff SET unit_id = $2, position = $3, state = $4, folded = $5 WHERE id = $1";
static const char sql_account[] = "UPDATE person SET unit_id = $2 WHERE staff_id = $1";
/* programs of who has gone, or works elsewhere, come in no more */
static const char sql_tokens[] =
	"UPDATE api_token SET ended_at_s = $2, ended_by = $3, ended_why = $4"
	" WHERE ended_at_s = 0 AND person_id IN (SELECT id FROM person WHERE staff_id = $1)";
static const char sql_done[] = "UPDATE staff_event SET done_at_s = $2 WHERE id = $1";
static const char sql_withdraw[] = "DELETE FROM staff_event WHERE id = $1 AND staff_id = $2"
				   " AND done_at_s IS NULL";
static const char sql_unit_on[] =
	"SELECT 1 FROM unit WHERE id = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day > $2)";
static const char sql_role[] =
	"INSERT INTO staff_role (staff_id, role, unit_id, from_day, decision, decision_day)"
	" VALUES ($1, $2, $3, $4, $5, $6)";
static const char sql_role_has[] =
	"SELECT 1 FROM staff_role WHERE staff_id = $1 AND role = $2 AND unit_id = $3"
	" AND until_day IS NULL";
static const char sql_role_end[] =
	"UPDATE staff_role SET until_day = $3 WHERE id = $1 AND staff_id = $2"
	" AND until_day IS NULL";

static const char sql_hangs[] =
	"SELECT 1 WHERE EXISTS (SELECT 1 FROM person WHERE staff_id = $1)"
	" OR EXISTS (SELECT 1 FROM staff_role WHERE staff_id = $1)"
	" OR EXISTS (SELECT 1 FROM staff_event WHERE staff_id = $1 AND what <> 'add')";
static const char sql_no_event[] = "DELETE FROM staff_event WHERE staff_id = $1";
static const char sql_no_staff[] = "DELETE FROM staff WHERE id = $1";

static struct str some(struct str s)
{
	return s.ptr ? str_trim(s) : STR("");
}

/* 1 there is a row, 0 none. The query's values are bound. */
static int has(struct store_query *q, struct err *e)
{
	int rc = store_next(q, e);

	if (rc == 1)
		store_end(q);
	return rc;
}

static bool check_text(struct str text, const char *field, struct org_faults *f)
{
	bool is_fine = text.len <= TEXT_BYTES_MAX && str_is_utf8(text);

	if (!is_fine)
		org_refuse(f, field, T("Quá dài, hoặc có ký tự không đọc được."));
	return is_fine;
}

static void check_texts(const struct staff *p, struct org_faults *f)
{
	if (check_text(p->name, "name", f) && !some(p->name).len)
		org_refuse(f, "name", T("Hãy nhập họ và tên."));
	(void)check_text(p->position, "position", f);
	(void)check_text(p->code, "code", f);
	(void)check_text(p->phone, "phone", f);
	if (check_text(p->email, "email", f) && some(p->email).len && !str_has(p->email, '@'))
		org_refuse(f, "email", T("Địa chỉ thư không có ký tự @."));
}

static int check_code(struct store *s, const struct staff *p, struct org_faults *f, struct err *e)
{
	struct staff other;
	struct arena a;
	int rc;

	if (!some(p->code).len)
		return 0;
	arena_init(&a, ARENA_BYTES);
	rc = staff_by_code(s, some(p->code), &a, &other, e);
	arena_done(&a);
	if (rc == ERR_ABSENT || (rc == 0 && other.id == p->id))
		return 0;
	if (rc == 0)
		org_refuse(f, "code", T("Mã này đã có người khác dùng."));
	return rc;
}

/* Does unit ID live on the day of AT_S? */
static int check_unit(
	struct store *s, int64_t id, int64_t at_s, struct org_faults *f, struct err *e)
{
	struct store_query *q = store_query(s, sql_unit_on);
	char day[CLOCK_TEXT_MAX];
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_cstr(q, 2, date_iso(date_at(at_s), day));
	rc = has(q, e);
	if (rc == 0)
		org_refuse(
			f, "unit", T("Không có đơn vị này, hoặc nó không hoạt động vào ngày đó."));
	return rc < 0 ? rc : 0;
}

static int check(struct store *s, const struct staff *p, struct org_faults *f, struct err *e)
{
	check_texts(p, f);
	if (!staff_is_state(p->state))
		org_refuse(f, "state", T("Hãy chọn tình trạng."));
	return check_code(s, p, f, e);
}

int staff_check(struct store *s, const struct staff *p, struct org_faults *f, struct err *e)
{
	int rc;

	*f = (struct org_faults){ 0 };
	rc = check(s, p, f, e);
	return rc < 0 ? rc : org_refused(f, e);
}

static struct str folded(struct arena *a, const struct staff *p)
{
	return text_fold(a,
		arena_fmt(a, "%.*s %.*s %.*s %.*s", STR_FMT(some(p->name)), STR_FMT(some(p->code)),
			STR_FMT(some(p->position)), STR_FMT(some(p->email))));
}

static int insert(const struct org_actor *by, const struct staff *p, const struct org_decision *d,
	struct arena *a, int64_t *ret_id, struct err *e)
{
	struct str name = some(p->name);
	struct date from;
	static const struct org_decision none = { 0 };
	int64_t effective_s = d && date_parse(d->from, &from) ? date_start_s(from) : by->now_s;
	int rc = org_run(by->store, sql_add, "isssssssssi", e, p->unit_id, some(p->code), name,
		folded(a, p), text_name_key(a, name), some(p->position), some(p->email),
		some(p->phone), p->state, by->login, by->now_s);

	if (rc < 0)
		return rc;
	*ret_id = store_last_id(by->store);
	d = d ? d : &none;
	return org_run(by->store, sql_added, "iississsi", e, *ret_id, effective_s, some(d->number),
		some(d->signed_on), p->unit_id, some(p->position), p->state, by->login, by->now_s);
}

int staff_add(const struct org_actor *by, const struct staff *new, const struct org_decision *d,
	int64_t *ret_id, struct org_faults *f, struct err *e)
{
	struct arena a;
	int rc;

	*f = (struct org_faults){ 0 };
	if (d)
		org_decision_faults(d, f);
	rc = check(by->store, new, f, e);
	if (rc == 0)
		rc = check_unit(by->store, new->unit_id, by->now_s, f, e);
	if (rc == 0)
		rc = org_refused(f, e);
	if (rc < 0)
		return rc;
	arena_init(&a, ARENA_BYTES);
	rc = insert(by, new, d, &a, ret_id, e);
	arena_done(&a);
	return rc < 0 ? rc : org_note(by, "staff-add", some(new->name), e);
}

int staff_set(
	const struct org_actor *by, const struct staff *p, struct org_faults *f, struct err *e)
{
	struct arena a;
	int rc;

	*f = (struct org_faults){ 0 };
	check_texts(p, f);
	rc = check_code(by->store, p, f, e);
	if (rc == 0)
		rc = org_refused(f, e);
	if (rc < 0)
		return rc;
	arena_init(&a, ARENA_BYTES);
	rc = org_run(by->store, sql_set, "issssss", e, p->id, some(p->code), some(p->name),
		folded(&a, p), text_name_key(&a, some(p->name)), some(p->email), some(p->phone));
	arena_done(&a);
	return rc < 0 ? rc : org_note(by, "staff-set", some(p->name), e);
}

int staff_forget(const struct org_actor *by, int64_t id, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_hangs);
	int rc;

	store_bind_i64(q, 1, id);
	rc = has(q, e);
	if (rc != 0)
		return rc < 0 ? rc : err_set(e, ERR_CONFLICT, "something hangs on this person");
	rc = org_run(by->store, sql_no_event, "i", e, id);
	if (rc == 0)
		rc = org_run(by->store, sql_no_staff, "i", e, id);
	return rc < 0 ? rc : org_note(by, "staff-forget", STR(""), e);
}

/* --- decisions -------------------------------------------------------------------------------- */

static int check_change(const struct org_actor *by, const struct staff *p,
	const struct staff_change *c, struct org_faults *f, struct err *e)
{
	struct str state = some(c->state), position = some(c->position);
	struct date from;

	(void)check_text(position, "position", f);
	(void)check_text(some(c->note), "note", f);
	if (c->effective_s == STAFF_NO_TIME)
		org_refuse(f, "time", T("Hãy ghi giờ và phút, ví dụ 17:00."));
	if (state.len && !staff_is_state(state))
		org_refuse(f, "state", T("Hãy chọn tình trạng."));
	else if ((!c->unit_id || c->unit_id == p->unit_id) &&
		(!position.len || str_eq(position, p->position)) &&
		(!state.len || str_eq(state, p->state)))
		org_refuse(
			f, "state", T("Quyết định này không thay đổi gì. Hãy chọn điều thay đổi."));
	if (!c->unit_id || !date_parse(c->decision.from, &from))
		return 0;
	return check_unit(by->store, c->unit_id,
		c->effective_s == STAFF_NO_TIME ? date_start_s(from) : c->effective_s, f, e);
}

int staff_decide(const struct org_actor *by, int64_t id, const struct staff_change *c,
	int64_t *ret_event_id, struct org_faults *f, struct err *e)
{
	const struct org_decision *d = &c->decision;
	struct staff p;
	struct arena a;
	size_t done;
	int rc;

	*f = (struct org_faults){ 0 };
	org_decision_faults(d, f);
	arena_init(&a, ARENA_BYTES);
	rc = staff_get(by->store, id, &a, &p, e);
	if (rc == 0)
		rc = check_change(by, &p, c, f, e);
	if (rc == 0)
		rc = org_refused(f, e);
	if (rc == 0)
		rc = org_run(by->store, sql_decided, "iisssisssi", e, id, c->effective_s,
			some(d->number), some(d->signed_on), some(c->note), c->unit_id,
			some(c->position), some(c->state), by->login, by->now_s);
	if (rc == 0)
		*ret_event_id = store_last_id(by->store);
	if (rc == 0)
		rc = org_note(by, "staff-decide", p.name, e);
	arena_done(&a);
	return rc < 0 ? rc : staff_due(by, &done, e);
}

/* One that is due: 1 done, 0 there is none. */
static int apply_one(const struct org_actor *by, struct arena *a, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_due);
	struct staff p;
	int64_t event_id, unit_id;
	struct str position, state;
	int rc;

	store_bind_i64(q, 1, by->now_s);
	rc = store_next(q, e);
	if (rc != 1)
		return rc;
	event_id = store_i64(q, 0);
	p.id = store_i64(q, 1);
	unit_id = store_i64(q, 2);
	position = store_is_null(q, 3) ? STR_NONE : arena_str(a, store_str(q, 3));
	state = store_is_null(q, 4) ? STR_NONE : arena_str(a, store_str(q, 4));
	store_end(q);
	rc = staff_get(by->store, p.id, a, &p, e);
	if (rc < 0)
		return rc;
	p.position = position.ptr ? position : p.position;
	p.state = state.ptr ? state : p.state;
	p.unit_id = unit_id ? unit_id : p.unit_id;
	rc = org_run(by->store, sql_apply, "iisss", e, p.id, p.unit_id, p.position, p.state,
		folded(a, &p));
	if (rc == 0)
		rc = org_run(by->store, sql_account, "ii", e, p.id, p.unit_id);
	if (rc == 0 && (staff_is_gone(p.state) || unit_id))
		rc = org_run(by->store, sql_tokens, "iiss", e, p.id, by->now_s, by->login,
			str_of(staff_is_gone(p.state) ? ORG_TOKEN_LEFT : ORG_TOKEN_CHANGED));
	if (rc == 0)
		rc = org_run(by->store, sql_done, "ii", e, event_id, by->now_s);
	return rc < 0 ? rc : 1;
}

int staff_due(const struct org_actor *by, size_t *ret_count, struct err *e)
{
	struct arena a;
	size_t count = 0;
	int rc;

	do {
		rc = store_begin(by->store, e);
		if (rc < 0)
			return rc;
		arena_init(&a, ARENA_BYTES);
		rc = apply_one(by, &a, e);
		arena_done(&a);
		if (rc < 0) {
			store_rollback(by->store);
			return rc;
		}
		count += (size_t)rc;
		if (store_commit(by->store, e) < 0)
			return e->code;
	} while (rc == 1);
	*ret_count = count;
	return 0;
}

int staff_withdraw(const struct org_actor *by, int64_t staff_id, int64_t event_id, struct err *e)
{
	int rc = org_run(by->store, sql_withdraw, "ii", e, event_id, staff_id);

	if (rc == 0 && store_changes(by->store) == 0)
		rc = err_set(e, ERR_CONFLICT, "the decision has taken effect");
	return rc < 0 ? rc : org_note(by, "staff-withdraw", STR(""), e);
}

/* --- roles ------------------------------------------------------------------------------------ */

int staff_role_give(const struct org_actor *by, const struct staff_role *r,
	const struct org_decision *d, struct org_faults *f, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_role_has);
	struct date from;
	int rc;

	*f = (struct org_faults){ 0 };
	org_decision_faults(d, f);
	if (!r->role.len)
		org_refuse(f, "role", T("Hãy chọn vai trò."));
	store_bind_i64(q, 1, r->staff_id);
	store_bind_str(q, 2, r->role);
	store_bind_i64(q, 3, r->unit_id);
	rc = has(q, e);
	if (rc == 1)
		org_refuse(f, "role", T("Người này đang giữ vai trò đó."));
	if (rc >= 0)
		rc = date_parse(d->from, &from) ?
			check_unit(by->store, r->unit_id, date_start_s(from), f, e) :
			0;
	if (rc == 0)
		rc = org_refused(f, e);
	if (rc == 0)
		rc = org_run(by->store, sql_role, "isisss", e, r->staff_id, r->role, r->unit_id,
			d->from, some(d->number), d->signed_on);
	return rc < 0 ? rc : org_note(by, "staff-role", r->role, e);
}

int staff_role_end(const struct org_actor *by, int64_t staff_id, int64_t role_id, struct err *e)
{
	char day[CLOCK_TEXT_MAX];
	int rc = org_run(by->store, sql_role_end, "iis", e, role_id, staff_id,
		str_of(date_iso(date_at(by->now_s), day)));

	if (rc == 0 && store_changes(by->store) == 0)
		rc = err_set(e, ERR_CONFLICT, "it has ended");
	return rc < 0 ? rc : org_note(by, "staff-role-end", STR(""), e);
}
