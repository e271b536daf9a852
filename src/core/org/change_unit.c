/* change_unit.c - what decisions do to the tree of units. */
#include "core/org/change_unit.h"
#include "core/org/goods.h"
#include "core/org/org_int.h"

#include "kit/text/text.h"

#define NAME_BYTES_MAX 300
#define CODE_BYTES_MAX 40
#define NUMBER_BYTES_MAX 100
#define TREE_MEMORY_BYTES (16 * MIB)
#define DEEPEST 40

static const char sql_add[] =
	"INSERT INTO unit (code, kind, roles, from_day) VALUES ($1, $2, $3, $4)";
static const char sql_name[] =
	"INSERT INTO unit_name (unit_id, from_day, name, short_name) VALUES ($1, $2, $3, $4)";
static const char sql_place[] =
	"INSERT INTO unit_parent (unit_id, from_day, parent_id) VALUES ($1, $2, $3)";
static const char sql_end[] =
	"UPDATE unit SET until_day = $2, successor_id = nullif($3, 0) WHERE id = $1";
static const char sql_set[] = "UPDATE unit SET kind = $2, roles = $3 WHERE id = $1";
static const char sql_event[] =
	"INSERT INTO unit_event (unit_id, what, day, decision, decision_day, other_id, before, after,"
	" made_by, made_at_s) VALUES ($1, $2, $3, $4, $5, nullif($6, 0), $7, $8, $9, $10)";
static const char sql_staff_note[] =
	"INSERT INTO staff_event (staff_id, what, effective_s, decision, decision_day, note,"
	" unit_before, unit_after, position_before, position_after, state_before, state_after,"
	" made_by, made_at_s, done_at_s) SELECT s.id, CASE v.what WHEN 'end' THEN 'unit-end'"
	" ELSE 'unit-share' END, $3, v.decision, v.decision_day, '', v.unit_id, v.other_id,"
	" s.position, s.position, s.state, s.state, $1, $4, $4 FROM unit_event v"
	" JOIN unit_moved m ON m.event_id = v.id AND m.of_table = 'staff'"
	" JOIN staff s ON s.id = m.row_id WHERE v.id = $2";
static const char sql_later[] =
	"SELECT (SELECT count(*) FROM unit_name WHERE unit_id = $1 AND from_day >= $2 AND $3 = 'rename')"
	" + (SELECT count(*) FROM unit_parent WHERE unit_id = $1 AND from_day >= $2 AND $3 = 'move')";

static const struct {
	const char *id, *words;
} kinds[] = {
	{ "agency", T("cơ quan, đơn vị") },
	{ "department", T("phòng, ban, bộ phận") },
	{ "school", T("trường học") },
	{ "station", T("trạm, đơn vị sự nghiệp") },
	{ "body", T("tổ chức, đoàn thể") },
};

bool org_is_unit_kind(struct str kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (str_is(kind, kinds[i].id))
			return true;
	}
	return false;
}

const char *org_unit_kind_words(struct str kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (str_is(kind, kinds[i].id))
			return kinds[i].words;
	}
	return "";
}

/* --- what is refused -------------------------------------------------------------------------- */

void org_refuse(struct org_faults *f, const char *field, const char *words)
{
	if (f->count < ORG_FAULTS_MAX)
		f->at[f->count++] = (struct org_fault){ field, words };
}

int org_refused(const struct org_faults *f, struct err *e)
{
	return f->count ? err_set(e, ERR_INPUT, "%s", f->at[0].words) : 0;
}

static bool is_day_of_effect(struct str day)
{
	struct date on;

	return date_parse(day, &on) && on.year >= 1945 && on.year <= 2200;
}

void org_decision_faults(const struct org_decision *d, struct org_faults *f)
{
	struct date on;

	if (!str_trim(d->number).len || d->number.len > NUMBER_BYTES_MAX || !str_is_utf8(d->number))
		org_refuse(f, "number", T("Hãy ghi số của quyết định."));
	if (!date_parse(d->signed_on, &on) || on.year < 1945)
		org_refuse(f, "signed_on", T("Hãy ghi ngày ký quyết định, ví dụ 31/12/2026."));
	if (!is_day_of_effect(d->from))
		org_refuse(f, "from", T("Hãy ghi ngày quyết định có hiệu lực, ví dụ 31/12/2026."));
}

static bool is_code(struct str code)
{
	for (size_t i = 0; i < code.len; i++) {
		char c = code.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			!str_has(STR("._-"), c))
			return false;
	}
	return code.len <= CODE_BYTES_MAX;
}

static void check_name(const struct org_unit_new *u, struct org_faults *f)
{
	if (!str_trim(u->name).len || u->name.len > NAME_BYTES_MAX || !str_is_utf8(u->name))
		org_refuse(f, "name", T("Hãy nhập tên đơn vị; tên quá dài thì viết gọn lại."));
	if (u->short_name.len > NAME_BYTES_MAX || !str_is_utf8(u->short_name))
		org_refuse(f, "short_name", T("Tên viết tắt quá dài."));
}

static void check_new(const struct org_unit_new *u, const struct org_tree *t, struct org_faults *f)
{
	const struct org_unit *parent = org_unit_by_id(t, u->parent_id);

	check_name(u, f);
	if (!is_code(u->code))
		org_refuse(f, "code",
			T("Mã đơn vị chỉ gồm chữ không dấu, chữ số và . _ -, không quá 40 ký tự."));
	else if (org_unit_by_code(t, u->code))
		org_refuse(f, "code", T("Mã này đã có đơn vị khác dùng."));
	if (!org_is_unit_kind(u->kind))
		org_refuse(f, "kind", T("Hãy chọn loại đơn vị."));
	if (!parent || !parent->is_live)
		org_refuse(
			f, "parent", T("Đơn vị cấp trên không có hoặc đã kết thúc vào ngày đó."));
	else if (parent->depth + 1 >= DEEPEST)
		org_refuse(f, "parent", T("Cây đơn vị có quá nhiều cấp."));
}

/* --- the pieces of a change ------------------------------------------------------------------- */

/* One change while it is made. */
struct change {
	const struct org_actor *by;
	const struct org_decision *d;
	struct org_tree tree; /* as of the day of the decision; of today when it names none */
	struct arena a;
	struct org_faults *faults;
	int64_t event_id; /* of the newest note */
	struct err *e;
};

/* What else is wrong is told even of a decision without its day. */
static int load_tree(struct change *c)
{
	struct str day = is_day_of_effect(c->d->from) ? c->d->from : org_day(c->by->now_s, &c->a);

	return org_tree(c->by->store, day, &c->a, &c->tree, c->e);
}

/* All is looked at: 0, or ERR_INPUT when anything is wrong. */
static int refused(const struct change *c)
{
	return org_refused(c->faults, c->e);
}

static int change_begin(struct change *c, const struct org_actor *by, const struct org_decision *d,
	struct org_faults *f, struct err *e)
{
	int rc = store_begin(by->store, e);

	*c = (struct change){ .by = by, .d = d, .faults = f, .e = e };
	*f = (struct org_faults){ 0 };
	if (rc < 0)
		return rc;
	org_decision_faults(d, f);
	arena_init(&c->a, TREE_MEMORY_BYTES);
	rc = load_tree(c);
	if (rc < 0) {
		arena_done(&c->a);
		store_rollback(by->store);
	}
	return rc;
}

static int change_end(struct change *c, int rc)
{
	if (rc == 0)
		rc = store_commit(c->by->store, c->e);
	if (rc < 0)
		store_rollback(c->by->store);
	arena_done(&c->a);
	return rc;
}

struct noted {
	const char *what;
	int64_t unit_id, other_id;
	struct str before, after;
};

static int note(struct change *c, const struct noted *n)
{
	int rc = org_run(c->by->store, sql_event, "issssisssi", c->e, n->unit_id, str_of(n->what),
		c->d->from, str_trim(c->d->number), c->d->signed_on, n->other_id, n->before,
		n->after, c->by->login, c->by->now_s);

	c->event_id = store_last_id(c->by->store);
	return rc < 0 ? rc :
			org_note(c->by, "unit-change", n->after.len ? n->after : n->before, c->e);
}

static int add(struct change *c, const struct org_unit_new *u, int64_t from_id, int64_t *ret_id)
{
	struct store *s = c->by->store;
	int64_t id;
	int rc;

	check_new(u, &c->tree, c->faults);
	rc = refused(c);
	if (rc == 0)
		rc = org_run(s, sql_add, "ssss", c->e, u->code.ptr ? u->code : STR(""), u->kind,
			u->roles.ptr ? u->roles : STR(""), c->d->from);
	if (rc < 0)
		return rc;
	id = store_last_id(s);
	rc = org_run(s, sql_name, "isss", c->e, id, c->d->from, str_trim(u->name),
		u->short_name.ptr ? str_trim(u->short_name) : STR(""));
	if (rc == 0)
		rc = org_run(s, sql_place, "isi", c->e, id, c->d->from, u->parent_id);
	if (rc == 0)
		rc = note(c, &(struct noted){ "add", id, from_id, STR(""), str_trim(u->name) });
	if (rc == 0)
		rc = load_tree(c);
	if (rc == 0)
		*ret_id = id;
	return rc;
}

static int count_later(struct change *c, int64_t id, const char *what, int64_t *ret)
{
	struct store_query *q = store_query(c->by->store, sql_later);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_str(q, 2, c->d->from);
	store_bind_cstr(q, 3, what);
	rc = store_next(q, c->e);
	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

/* The unit, live on the day, with nothing of the same kind noted for that day or a later one; else
 * that is refused, and NULL when there is no unit to go on with. */
static int unit_for(struct change *c, int64_t id, const char *what, const struct org_unit **ret)
{
	const struct org_unit *u = org_unit_by_id(&c->tree, id);
	int64_t later = 0;
	int rc = 0;

	*ret = u && u->is_live ? u : NULL;
	if (!*ret)
		org_refuse(c->faults, "from",
			T("Không có đơn vị này, hoặc nó không hoạt động vào ngày đó."));
	else if (is_day_of_effect(c->d->from))
		rc = count_later(c, id, what, &later);
	if (later)
		org_refuse(c->faults, "from",
			T("Đã có một thay đổi như vậy từ ngày đó hoặc sau đó. Hãy chọn ngày sau."));
	return rc;
}

/* --- the changes ------------------------------------------------------------------------------ */

int org_unit_add(const struct org_actor *by, const struct org_unit_new *unit,
	const struct org_decision *d, int64_t *ret_id, struct org_faults *f, struct err *e)
{
	struct change c;
	int rc = change_begin(&c, by, d, f, e);

	return rc < 0 ? rc : change_end(&c, add(&c, unit, 0, ret_id));
}

int org_unit_add_within(const struct org_actor *by, const struct org_unit_new *unit,
	const struct org_decision *d, int64_t *ret_id, struct org_faults *f, struct err *e)
{
	struct change c = { .by = by, .d = d, .faults = f, .e = e };
	int rc;

	*f = (struct org_faults){ 0 };
	org_decision_faults(d, f);
	arena_init(&c.a, TREE_MEMORY_BYTES);
	rc = load_tree(&c);
	if (rc == 0)
		rc = add(&c, unit, 0, ret_id);
	arena_done(&c.a);
	return rc;
}

static int rename_unit(struct change *c, const struct org_unit_new *unit, int64_t id)
{
	const struct org_unit *u;
	int rc = unit_for(c, id, "rename", &u);

	check_name(unit, c->faults);
	if (u && str_eq(str_trim(unit->name), u->name) && str_eq(unit->short_name, u->short_name))
		org_refuse(c->faults, "name", T("Tên mới giống tên đang dùng."));
	if (rc == 0)
		rc = refused(c);
	if (rc < 0)
		return rc;
	rc = org_run(c->by->store, sql_name, "isss", c->e, id, c->d->from, str_trim(unit->name),
		unit->short_name.ptr ? str_trim(unit->short_name) : STR(""));
	return rc < 0 ? rc :
			note(c, &(struct noted){ "rename", id, 0, u->name, str_trim(unit->name) });
}

int org_unit_rename(const struct org_actor *by, const struct org_unit_new *unit, int64_t id,
	const struct org_decision *d, struct org_faults *f, struct err *e)
{
	struct change c;
	int rc = change_begin(&c, by, d, f, e);

	return rc < 0 ? rc : change_end(&c, rename_unit(&c, unit, id));
}

static int move(struct change *c, int64_t id, int64_t parent_id)
{
	const struct org_unit *u, *parent = org_unit_by_id(&c->tree, parent_id), *old;
	int rc = unit_for(c, id, "move", &u);

	if (!parent || !parent->is_live)
		org_refuse(c->faults, "parent",
			T("Đơn vị cấp trên không có hoặc đã kết thúc vào ngày đó."));
	else if (org_unit_covers(&c->tree, id, parent_id))
		org_refuse(c->faults, "parent",
			T("Một đơn vị không thể nằm dưới chính nó hay dưới đơn vị trực thuộc nó."));
	else if (u && u->parent_id == parent_id)
		org_refuse(c->faults, "parent", T("Đơn vị đang ở đúng chỗ này."));
	if (rc == 0)
		rc = refused(c);
	if (rc < 0)
		return rc;
	old = org_unit_by_id(&c->tree, u->parent_id);
	rc = org_run(c->by->store, sql_place, "isi", c->e, id, c->d->from, parent_id);
	if (rc == 0)
		rc = note(c,
			&(struct noted){
				"move", id, parent_id, old ? old->name : STR(""), parent->name });
	return rc < 0 ? rc : load_tree(c);
}

int org_unit_move(const struct org_actor *by, int64_t id, int64_t parent_id,
	const struct org_decision *d, struct org_faults *f, struct err *e)
{
	struct change c;
	int rc = change_begin(&c, by, d, f, e);

	return rc < 0 ? rc : change_end(&c, move(&c, id, parent_id));
}

/* Units below U that live: they go to the successor first, each by a move of its own. */
static int hand_over_units(struct change *c, int64_t id, int64_t successor_id)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->tree.count; i++) {
		const struct org_unit *u = &c->tree.units[i];

		if (u->parent_id != id || !u->is_live || u->id == successor_id)
			continue;
		rc = move(c, u->id, successor_id);
		i = SIZE_MAX; /* the tree is new: look again from its beginning */
	}
	return rc;
}

/* May it end without a successor: nothing is left that has nowhere to go? */
static int check_left(struct change *c, int64_t id)
{
	struct org_goods_count *list;
	size_t count;
	bool has_below = false, has_goods = false;
	int rc = org_goods_of(c->by, id, &c->a, &list, &count, c->e);

	for (size_t i = 0; i < c->tree.count; i++)
		has_below =
			has_below || (c->tree.units[i].parent_id == id && c->tree.units[i].is_live);
	for (size_t i = 0; rc == 0 && i < count; i++)
		has_goods = has_goods || (list[i].count && list[i].goods->remember.sql);
	if (has_below)
		org_refuse(c->faults, "successor",
			T("Còn đơn vị trực thuộc. Hãy chọn đơn vị tiếp nhận."));
	else if (has_goods)
		org_refuse(c->faults, "successor",
			T("Đơn vị còn người, máy, tài khoản, bản ghi hoặc hồ sơ. Hãy chọn đơn vị tiếp nhận."));
	return rc;
}

/* The people who went by EVENT_ID have it in their papers. */
static int note_staff(struct change *c, int64_t event_id)
{
	struct date from;

	if (!date_parse(c->d->from, &from))
		return 0; /* org_decision_faults() has seen it */
	return org_run(c->by->store, sql_staff_note, "siii", c->e, c->by->login, event_id,
		date_start_s(from), c->by->now_s);
}

/* What belongs to it goes along; EVENT_ID remembers what. */
static int hand_over(struct change *c, int64_t id, int64_t successor_id, int64_t event_id)
{
	struct org_going g = { .from_id = id, .to_id = successor_id, .event_id = event_id };
	int rc;

	if (!successor_id)
		return 0;
	rc = org_goods_run(c->by, &g, false, c->e);
	return rc < 0 ? rc : note_staff(c, event_id);
}

static int check_end(
	struct change *c, const struct org_unit *u, const struct org_unit *to, int64_t successor_id)
{
	struct str today = org_day(c->by->now_s, &c->a);

	if (u->id == ORG_UNIT_FIRST)
		org_refuse(c->faults, "unit",
			T("Đơn vị đã thiết lập Khiên không kết thúc được; hãy đổi tên hoặc chuyển nó."));
	else if (u->until.len)
		org_refuse(c->faults, "unit", T("Đơn vị này đã có ngày kết thúc."));
	if (is_day_of_effect(c->d->from) && str_cmp(c->d->from, today) > 0)
		org_refuse(c->faults, "from",
			T("Ngày hiệu lực chưa đến. Người và máy được chuyển ngay khi ghi, nên hãy ghi vào ngày đó."));
	if (successor_id && (!to || !to->is_live || to->id == u->id))
		org_refuse(c->faults, "successor",
			T("Đơn vị tiếp nhận không có hoặc đã kết thúc vào ngày đó."));
	return successor_id ? 0 : check_left(c, u->id);
}

static int end(struct change *c, int64_t id, int64_t successor_id)
{
	const struct org_unit *u, *to = org_unit_by_id(&c->tree, successor_id);
	struct str name, to_name = to ? to->name : STR("");
	int64_t above;
	int rc = unit_for(c, id, "end", &u);

	if (rc == 0 && u)
		rc = check_end(c, u, to, successor_id);
	if (rc == 0)
		rc = refused(c);
	if (rc < 0)
		return rc;
	name = u->name;
	above = u->parent_id ? u->parent_id : (int64_t)ORG_UNIT_FIRST;
	/* a successor below takes the place of the one that ends */
	if (to && org_unit_covers(&c->tree, id, successor_id))
		rc = move(c, successor_id, above);
	if (rc == 0)
		rc = hand_over_units(c, id, successor_id);
	if (rc == 0)
		rc = org_run(c->by->store, sql_end, "isi", c->e, id, c->d->from, successor_id);
	if (rc == 0)
		rc = note(c, &(struct noted){ "end", id, successor_id, name, to_name });
	if (rc == 0)
		rc = hand_over(c, id, successor_id, c->event_id);
	return rc < 0 ? rc : load_tree(c);
}

int org_unit_end(const struct org_actor *by, int64_t id, int64_t successor_id,
	const struct org_decision *d, struct org_faults *f, struct err *e)
{
	struct change c;
	int rc = change_begin(&c, by, d, f, e);

	return rc < 0 ? rc : change_end(&c, end(&c, id, successor_id));
}

static int merge(struct change *c, const struct org_merger *m)
{
	int64_t into_id = m->into_id;
	int rc = 0;

	if (m->count < (into_id ? 1u : 2u)) {
		org_refuse(c->faults, "unit", T("Hãy chọn các đơn vị được sáp nhập."));
		return refused(c);
	}
	if (!into_id)
		rc = add(c, &m->new, m->ids[0], &into_id);
	for (size_t i = 0; rc == 0 && i < m->count; i++)
		rc = end(c, m->ids[i], into_id);
	return rc;
}

int org_unit_merge(const struct org_actor *by, const struct org_merger *merger,
	const struct org_decision *d, struct org_faults *f, struct err *e)
{
	struct change c;
	int rc = change_begin(&c, by, d, f, e);

	return rc < 0 ? rc : change_end(&c, merge(&c, merger));
}

/* What was chosen for the new unit TO_ID, the place TO in NEWS. */
static int share(struct change *c, const struct org_split *p, size_t to, int64_t to_id)
{
	struct org_going g = { .from_id = p->id, .to_id = to_id };
	const struct org_unit *u = org_unit_by_id(&c->tree, p->id);
	int rc = note(c, &(struct noted){ "share", p->id, to_id, u->name, p->news[to].name });

	g.event_id = c->event_id;
	for (size_t i = 0; rc == 0 && i < p->share_count; i++) {
		const struct org_share *s = &p->shares[i];

		g.key = s->key;
		if (s->to == to && strcmp(s->of, "unit") != 0)
			rc = org_goods_pick(c->by, &g, s->of, c->e);
	}
	if (rc == 0)
		rc = org_goods_take(c->by, &g, c->e);
	if (rc == 0)
		rc = note_staff(c, g.event_id);
	for (size_t i = 0; rc == 0 && i < p->share_count; i++) {
		int64_t below;

		if (p->shares[i].to == to && strcmp(p->shares[i].of, "unit") == 0 &&
			str_to_i64(p->shares[i].key, &below))
			rc = move(c, below, to_id);
	}
	return rc;
}

static int split(struct change *c, const struct org_split *p)
{
	int64_t *made = arena_array(&c->a, int64_t, p->count + 1), parent;
	const struct org_unit *u;
	int rc = unit_for(c, p->id, "split", &u);

	if (p->count < (p->is_ended ? 2u : 1u))
		org_refuse(c->faults, "name", T("Hãy nhập tên các đơn vị được lập ra."));
	for (size_t i = 0; i < p->count; i++)
		check_name(&p->news[i], c->faults);
	if (rc == 0)
		rc = refused(c);
	if (rc < 0)
		return rc;
	parent = u->parent_id ? u->parent_id : p->id;
	for (size_t i = 0; rc == 0 && i < p->count; i++) {
		struct org_unit_new new = p->news[i];

		new.parent_id = parent;
		rc = add(c, &new, p->id, &made[i]);
	}
	for (size_t to = 0; rc == 0 && to < p->count; to++) {
		bool has_any = false;

		for (size_t i = 0; i < p->share_count; i++)
			has_any = has_any || p->shares[i].to == to;
		if (has_any)
			rc = share(c, p, to, made[to]);
	}
	return rc == 0 && p->is_ended ? end(c, p->id, made[0]) : rc;
}

int org_unit_split(const struct org_actor *by, const struct org_split *p,
	const struct org_decision *d, struct org_faults *f, struct err *e)
{
	struct change c;
	int rc = change_begin(&c, by, d, f, e);

	return rc < 0 ? rc : change_end(&c, split(&c, p));
}

int org_unit_set(const struct org_actor *by, int64_t id, const struct org_unit_new *unit,
	struct org_faults *f, struct err *e)
{
	int rc;

	*f = (struct org_faults){ 0 };
	if (!org_is_unit_kind(unit->kind))
		org_refuse(f, "kind", T("Hãy chọn loại đơn vị."));
	rc = org_refused(f, e);
	if (rc == 0)
		rc = org_run(by->store, sql_set, "iss", e, id, unit->kind,
			unit->roles.ptr ? unit->roles : STR(""));
	return rc < 0 ? rc : org_note(by, "unit-set", unit->kind, e);
}
