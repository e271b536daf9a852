/* people.c - the roster from a table, in the same way as a register: every fault by row and column,
 * nothing saved before all is right, one change that can be taken back. Looking is saving that is
 * rolled back, so that both say the same. */
#include "work/exchange/exchange_int.h"

#define ROW_MEMORY_BYTES (4 * MIB)

/* What struct org_faults calls them. */
static const char *const fault_fields[PERSON_FIELDS] = { [PERSON_CODE] = "code",
	[PERSON_NAME] = "name",
	[PERSON_POSITION] = "position",
	[PERSON_EMAIL] = "email",
	[PERSON_PHONE] = "phone",
	[PERSON_STATE] = "state" };

/* --- one row ---------------------------------------------------------------------------------- */

struct people {
	const struct exchange *x;
	struct org_actor by;
	enum lang lang;
	struct arena *a, row_arena;
	struct exchange_result *ret;
	VEC(struct exchange_fault) faults;
	const struct office_row *row;
	const struct unit_calls *units;
	int64_t last_id; /* of who was there before this table */
	size_t faults_before;
};

static size_t column_of(const struct people *p, size_t field)
{
	for (size_t i = 0; i < p->x->map.count; i++)
		if (p->x->map.columns[i].field == exchange_people()->fields[field])
			return i;
	return SIZE_MAX;
}

static void fault(struct people *p, size_t column, const char *words, struct str mend)
{
	const struct exchange_map *map = &p->x->map;

	if (p->faults.len == EXCHANGE_FAULTS_MAX) {
		p->ret->has_more_faults = true;
		return;
	}
	vec_push(p->a, &p->faults,
		((struct exchange_fault){ .row = p->row->number,
			.column = column,
			.heading = column < map->count ? map->columns[column].heading : STR(""),
			.value = column < p->row->count ?
				text_clean(p->a, p->row->cells[column].text, 120) :
				STR(""),
			.words = str_of(tr(p->lang, words)),
			.mend = mend }));
}

static struct str cell(struct people *p, size_t column)
{
	return column < p->row->count ?
		arena_str(&p->row_arena, str_trim(p->row->cells[column].text)) :
		STR("");
}

/* The state by its id or its words; what is none is told. */
static struct str state_of(struct people *p, struct str typed)
{
	const struct register_field *state = exchange_people()->fields[PERSON_STATE];
	struct str folded = text_fold(&p->row_arena, typed);

	if (!typed.len)
		return STR("working");
	for (size_t i = 0; i < state->choice_count; i++) {
		const struct register_choice *c = &state->choices[i];

		if (str_eq(folded, text_fold(&p->row_arena, c->id)) ||
			str_eq(folded, text_fold(&p->row_arena, c->words.vi)) ||
			str_eq(folded, text_fold(&p->row_arena, c->words.en)))
			return c->id;
	}
	fault(p, column_of(p, PERSON_STATE), T("không có tình trạng này"),
		exchange_mend(state, p->lang, p->a));
	return STR("working");
}

static void find_unit(struct people *p, struct staff *who)
{
	const struct exchange *x = p->x;
	size_t column = SIZE_MAX;
	struct str name;

	for (size_t i = 0; i < x->map.count; i++)
		if (x->map.columns[i].meaning == COLUMN_UNIT)
			column = i;
	name = cell(p, column);
	who->unit_id = name.len ? unit_called(p->units, name, &p->row_arena) : x->unit_id;
	if (!who->unit_id)
		fault(p, column, T("không có đơn vị mang tên này"),
			str_of(tr(p->lang, "Ghi đúng tên, tên ngắn hoặc mã của đơn vị.")));
	else if (x->user && !org_may(x->user, RIGHT_PEOPLE, x->tree, who->unit_id))
		fault(p, column, T("không được sửa danh sách nhân sự của đơn vị này"),
			str_of(tr(p->lang, "Bỏ dòng này, hoặc nhờ người của đơn vị đó nhập.")));
}

static struct str *text_at(struct staff *who, size_t field)
{
	struct str *const at[PERSON_FIELDS] = { &who->code, &who->name, &who->position, &who->email,
		&who->phone, &who->state };

	return at[field];
}

/* All that the roster has against it. */
static int check(struct people *p, const struct staff *who, struct err *e)
{
	struct org_faults f;
	struct err why = { 0 };

	if (staff_check(p->by.store, who, &f, &why) < 0 && !f.count)
		return err_set(e, ERR_STORE, "%s", why.text);
	for (size_t i = 0; i < PERSON_FIELDS; i++)
		for (size_t n = 0; n < f.count; n++)
			if (strcmp(f.at[n].field, fault_fields[i]) == 0)
				fault(p, column_of(p, i), f.at[n].words, STR(""));
	return 0;
}

/* --- saving one ------------------------------------------------------------------------------- */

static const char sql_row[] =
	"INSERT INTO exchange_person (import_id, staff_id, before, after) VALUES ($1, $2, $3, $4)";
static const char sql_last[] = "SELECT coalesce(max(id), 0) FROM staff";
static const char sql_import[] =
	"INSERT INTO exchange_import (register, unit_id, file, sha256, at_s, by)"
	" VALUES ($1, $2, $3, $4, $5, $6)";
static const char sql_counts[] =
	"UPDATE exchange_import SET added = $2, changed = $3 WHERE id = $1";

/* What staff_set() may change, as one line. */
static struct str line_of(const struct staff *who, struct arena *a)
{
	struct buf line;
	struct str s;

	buf_init(&line, 16 * KIB);
	buf_add(&line, STR("staff"));
	text_field_add(&line, who->name);
	text_field_add(&line, who->code);
	text_field_add(&line, who->email);
	text_field_add(&line, who->phone);
	s = arena_str(a, buf_str(&line));
	buf_done(&line);
	return s;
}

static int note_row(
	struct people *p, int64_t id, struct str before, struct str after, struct err *e)
{
	struct store_query *q = store_query(p->by.store, sql_row);

	store_bind_i64(q, 1, p->ret->import_id);
	store_bind_i64(q, 2, id);
	store_bind_str(q, 3, before);
	store_bind_str(q, 4, after);
	return store_run(q, e);
}

static int add(struct people *p, const struct staff *who, struct err *e)
{
	struct org_faults f;
	int64_t id;
	int rc = staff_add(&p->by, who, NULL, &id, &f, e);

	if (rc < 0 && f.count) {
		for (size_t i = 0; i < f.count; i++)
			fault(p, SIZE_MAX, f.at[i].words, STR(""));
		*e = (struct err){ 0 };
		return 0;
	}
	p->ret->added += rc == 0;
	return rc < 0 ? rc : note_row(p, id, STR(""), line_of(who, &p->row_arena), e);
}

/* Somebody who is there: what no decision is needed for is mended; an empty cell says nothing. */
static int set(struct people *p, const struct staff *old, const struct staff *typed, struct err *e)
{
	struct staff who = *old;
	struct org_faults f;
	struct str before = line_of(old, &p->row_arena), after;
	int rc;

	if (old->id > p->last_id) {
		fault(p, column_of(p, PERSON_CODE), T("mã này đã có ở một dòng khác của tệp"),
			str_of(tr(p->lang, "Giữ một trong hai dòng.")));
		return 0;
	}
	if (typed->unit_id != old->unit_id ||
		(typed->position.len && !str_eq(typed->position, old->position)) ||
		(cell(p, column_of(p, PERSON_STATE)).len && !str_eq(typed->state, old->state))) {
		fault(p, column_of(p, PERSON_CODE),
			T("đã có người mang mã này, ở đơn vị, chức vụ hoặc tình trạng khác"),
			str_of(tr(p->lang,
				"Những điều đó đổi theo quyết định: ghi ở trang của người ấy.")));
		return 0;
	}
	who.name = typed->name;
	who.email = typed->email.len ? typed->email : old->email;
	who.phone = typed->phone.len ? typed->phone : old->phone;
	after = line_of(&who, &p->row_arena);
	if (str_eq(before, after)) {
		p->ret->same++;
		return 0;
	}
	rc = staff_set(&p->by, &who, &f, e);
	p->ret->changed += rc == 0;
	return rc < 0 ? rc : note_row(p, who.id, before, after, e);
}

static int row_done(struct people *p, struct err *e)
{
	struct staff who = { 0 }, old;
	struct err absent = { 0 };
	int rc;

	p->faults_before = p->faults.len;
	for (size_t i = 0; i < PERSON_FIELDS; i++)
		*text_at(&who, i) = cell(p, column_of(p, i));
	who.state = state_of(p, who.state);
	find_unit(p, &who);
	rc = who.code.len ? staff_by_code(p->by.store, who.code, &p->row_arena, &old, &absent) :
			    ERR_ABSENT;
	if (rc < 0 && rc != ERR_ABSENT)
		return err_set(e, ERR_STORE, "%s", absent.text);
	who.id = rc == 0 ? old.id : 0;
	if (check(p, &who, e) < 0)
		return e->code;
	if (p->faults.len > p->faults_before)
		return 0;
	return who.id ? set(p, &old, &who, e) : add(p, &who, e);
}

/* --- all -------------------------------------------------------------------------------------- */

static int all_rows(struct people *p, struct err *e)
{
	struct office_row row;
	int rc;

	grid_rewind(p->x->grid);
	while ((rc = grid_next(p->x->grid, &row, e)) == 1) {
		if (exchange_is_total(p->x, &row, p->ret) || !exchange_is_data(p->x, &row))
			continue;
		p->row = &row;
		arena_init(&p->row_arena, ROW_MEMORY_BYTES);
		rc = row_done(p, e);
		arena_done(&p->row_arena);
		if (rc < 0)
			return rc;
		p->ret->rows++;
		if (p->x->progress && p->ret->rows % 500 == 0)
			p->x->progress(p->x->progress_context, p->ret->rows);
	}
	return rc;
}

static int begin(struct people *p, struct err *e)
{
	const struct exchange *x = p->x;
	struct store_query *q = store_query(p->by.store, sql_last);
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	p->last_id = store_i64(q, 0);
	store_end(q);
	q = store_query(p->by.store, sql_import);
	store_bind_str(q, 1, x->at->reg->id);
	store_bind_i64(q, 2, x->unit_id);
	store_bind_str(q, 3, x->file);
	store_bind_cstr(q, 4, x->sha256);
	store_bind_i64(q, 5, x->at->now_s);
	store_bind_str(q, 6, x->at->login);
	rc = store_run(q, e);
	p->ret->import_id = store_last_id(p->by.store);
	return rc;
}

static int run(struct people *p, struct err *e)
{
	struct store_query *q;
	int rc = begin(p, e);

	if (rc == 0)
		rc = all_rows(p, e);
	if (rc < 0)
		return rc;
	q = store_query(p->by.store, sql_counts);
	store_bind_i64(q, 1, p->ret->import_id);
	store_bind_i64(q, 2, (int64_t)p->ret->added);
	store_bind_i64(q, 3, (int64_t)p->ret->changed);
	return store_run(q, e);
}

int people_import(const struct exchange *x, const struct people_how *how, struct arena *a,
	struct exchange_result *ret, struct err *e)
{
	struct people p = {
		.x = x, .lang = how->lang, .a = a, .ret = ret, .units = unit_calls_new(x->tree, a)
	};
	int rc = how->is_saving ? exchange_refuse_again(x, e) : 0;

	*ret = (struct exchange_result){ 0 };
	p.by = (struct org_actor){
		.store = x->at->store, .login = x->at->login, .peer = "", .now_s = x->at->now_s
	};
	if (rc == 0)
		rc = store_begin(p.by.store, e);
	if (rc < 0)
		return rc;
	rc = run(&p, e);
	ret->faults = p.faults.at;
	ret->fault_count = p.faults.len;
	if (rc == 0 && how->is_saving && p.faults.len)
		rc = err_set(
			e, ERR_INPUT, "the table has %zu faults; nothing was saved", p.faults.len);
	if (rc == 0 && how->is_saving)
		rc = store_commit(p.by.store, e);
	if (rc < 0 || !how->is_saving) {
		store_rollback(p.by.store);
		ret->import_id = 0;
	}
	return rc;
}

/* --- and back --------------------------------------------------------------------------------- */

static const char sql_rows[] =
	"SELECT staff_id, before, after FROM exchange_person WHERE import_id = $1 ORDER BY staff_id DESC";

struct person_done {
	int64_t id;
	struct str before, after;
};

/* 1 done, 0 somebody worked on it since. */
static int take_back(
	const struct org_actor *by, const struct person_done *d, struct arena *a, struct err *e)
{
	struct str at[5];
	struct org_faults f;
	struct staff who;
	size_t count;
	int rc = staff_get(by->store, d->id, a, &who, e);

	if (rc < 0 || !str_eq(line_of(&who, a), d->after))
		return rc == ERR_ABSENT ? 0 : rc;
	if (!d->before.len) {
		rc = staff_forget(by, d->id, e);
		return rc == ERR_CONFLICT ? 0 : rc < 0 ? rc : 1;
	}
	if (!text_fields(d->before, a, at, COUNT(at), &count) || count != COUNT(at))
		return err_set(e, ERR_STORE, "import row of person %lld", (long long)d->id);
	who.name = at[1];
	who.code = at[2];
	who.email = at[3];
	who.phone = at[4];
	rc = staff_set(by, &who, &f, e);
	return rc < 0 ? rc : 1;
}

int people_undo(const struct record_at *at, int64_t import_id, struct arena *a, size_t *ret_left,
	struct err *e)
{
	VEC(struct person_done) rows = { 0 };
	struct org_actor by = {
		.store = at->store, .login = at->login, .peer = "", .now_s = at->now_s
	};
	struct store_query *q = store_query(at->store, sql_rows);
	int rc;

	store_bind_i64(q, 1, import_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &rows,
			((struct person_done){ store_i64(q, 0), arena_str(a, store_str(q, 1)),
				arena_str(a, store_str(q, 2)) }));
	for (size_t i = 0; rc == 0 && i < rows.len; i++) {
		rc = take_back(&by, &rows.at[i], a, e);
		*ret_left += rc == 0;
		rc = rc < 0 ? rc : 0;
	}
	return rc;
}
