/* import.c - rows of a grid become records: all of them looked at, then all of them saved or
 * none. */
#include "work/exchange/exchange_int.h"

#define ROW_MEMORY_BYTES (16 * MIB)
#define VALUES_MAX 2000
#define PROGRESS_ROWS 200

/* A value that must stand once, as it came in this file. */
struct seen {
	struct str key;
	uint32_t row;
};

struct importing {
	const struct exchange *x;
	enum lang lang;
	struct arena *a; /* of the result */
	struct exchange_result *ret;
	VEC(struct exchange_fault) faults;
	struct refers *refers;
	struct seen *seen; /* open addressing; a power of two */
	size_t seen_room, seen_used;
	struct record_at at; /* with the arena of the row */
	struct arena row_arena;
	const struct office_row *row;
	size_t faults_before;
	bool is_same; /* the row says what the record has already */
};

/* --- faults ---------------------------------------------------------------------------------- */

static bool fault_word(void *context, struct str name, struct str *ret)
{
	if (!str_is(name, "a"))
		return false;
	*ret = *(const struct str *)context;
	return true;
}

static void fault(
	struct importing *im, size_t column, const char *words, struct str about, struct str mend)
{
	struct exchange_fault *f;
	struct str value = STR("");

	if (im->faults.len == EXCHANGE_FAULTS_MAX) {
		im->ret->has_more_faults = true;
		return;
	}
	if (column < im->row->count)
		value = im->row->cells[column].text;
	f = vec_add(im->a, &im->faults);
	*f = (struct exchange_fault){ .row = im->row->number,
		.column = column,
		.heading = column < im->x->map.count ? im->x->map.columns[column].heading : STR(""),
		.value = text_clean(im->a, value, 120),
		.words = text_fill(im->a, str_of(tr(im->lang, words)), fault_word, &about),
		.mend = mend };
}

static size_t column_of(const struct importing *im, const struct register_field *f)
{
	for (size_t i = 0; f && i < im->x->map.count; i++)
		if (im->x->map.columns[i].field == f)
			return i;
	return SIZE_MAX;
}

static const struct office_cell *cell_of(const struct importing *im, enum exchange_meaning meaning)
{
	static const struct office_cell none = { .text = { "", 0 } };

	for (size_t i = 0; i < im->x->map.count && i < im->row->count; i++)
		if (im->x->map.columns[i].meaning == meaning)
			return &im->row->cells[i];
	return &none;
}

static size_t column_meaning(const struct importing *im, enum exchange_meaning meaning)
{
	for (size_t i = 0; i < im->x->map.count; i++)
		if (im->x->map.columns[i].meaning == meaning)
			return i;
	return SIZE_MAX;
}

/* --- which record ---------------------------------------------------------------------------- */

/* 1 found by a value that only one may have; 0 it is new. */
static int find_by_value(
	struct importing *im, struct record_body typed, struct record *r, struct err *e)
{
	for (size_t i = 0; i < typed.count; i++) {
		const struct register_field *f = pack_register_field(im->at.reg, typed.at[i].field);
		struct record_query query = { .max = 2, .filter_count = 1 };
		struct record_page page = { 0 };
		struct str value;
		int rc;

		if (!f || f->unique == UNIQUE_NOT || typed.at[i].text.len == 0 ||
			record_value_take(
				f, typed.at[i].text, date_at(im->at.now_s), im->at.a, &value))
			continue;
		if (f->unique == UNIQUE_IN_UNIT)
			query.units = arena_fmt(im->at.a, "[%lld]", (long long)r->unit_id);
		query.filters[0] = (struct record_filter){ f, value, value };
		rc = record_list(&im->at, &query, &page, e);
		if (rc < 0)
			return rc;
		for (size_t n = 0; n < page.count; n++)
			if (str_eq(record_value_of(page.at[n].body, f->id), value)) {
				*r = page.at[n];
				return 1;
			}
	}
	return 0;
}

/* 1 found by its number; 0 there is none in this row, or it has a fault. */
static int find_by_number(struct importing *im, struct record *r, struct err *e)
{
	struct str text = str_trim(cell_of(im, COLUMN_RECORD)->text);
	size_t column = column_meaning(im, COLUMN_RECORD);
	struct record found;
	int64_t id;
	int rc;

	if (text.len == 0)
		return 0;
	rc = str_to_i64(text, &id) ? record_get(im->at.store, id, im->at.a, &found, e) : ERR_ABSENT;
	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	if (rc < 0 || !str_eq(found.register_id, im->at.reg->id) || found.is_cancelled) {
		fault(im, column, T("sổ không có bản ghi mang mã này: {a}"), text,
			str_of(tr(im->lang, "Xóa ô này để thêm bản ghi mới.")));
		return 0;
	}
	*r = found;
	return 1;
}

static bool find_unit(struct importing *im, struct record *r)
{
	const struct exchange *x = im->x;
	struct str name = str_trim(cell_of(im, COLUMN_UNIT)->text);
	size_t column = column_meaning(im, COLUMN_UNIT);

	if (name.len > 0)
		r->unit_id = unit_called(refers_units(im->refers), name, im->at.a);
	else if (r->id == 0)
		r->unit_id = x->unit_id;
	if (r->unit_id == 0)
		fault(im, column, T("không có đơn vị mang tên này: {a}"), name,
			str_of(tr(im->lang, "Ghi đúng tên, tên ngắn hoặc mã của đơn vị.")));
	else if (x->user && !org_may(x->user, RIGHT_ACT, x->tree, r->unit_id))
		fault(im, column, T("không được ghi vào sổ của đơn vị này: {a}"), name,
			str_of(tr(im->lang, "Bỏ dòng này, hoặc nhờ người của đơn vị đó nhập.")));
	else
		return true;
	return false;
}

/* --- one row --------------------------------------------------------------------------------- */

/* Does the cell say what the record has already? Then it is left as it is: two people of one name,
 * or a word that changed since, are no faults of somebody who only sends a table back. */
static bool says_the_same(struct importing *im, const struct record_names *names,
	const struct record *r, const struct register_field *f, struct str text)
{
	return r->id &&
		(str_eq(text, record_field_words(&im->at, im->lang, names, f, r->body)) ||
			str_eq(text, record_field_words(&im->at, LANG_VI, names, f, r->body)));
}

static int take_values(struct importing *im, size_t column, int64_t unit_id,
	struct record_value *at, size_t *count, struct err *e)
{
	const struct register_field *f = im->x->map.columns[column].field;
	struct refer_answer answer;
	struct str *values;
	size_t value_count;
	int rc;

	exchange_values(f, &im->row->cells[column], im->at.a, &values, &value_count);
	for (size_t i = 0; i < value_count && *count < VALUES_MAX; i++) {
		if (refers_to(f) && values[i].len > 0) {
			rc = refers_find(im->refers, f, values[i], unit_id, &answer, e);
			if (rc < 0)
				return rc;
			if (rc == 0) {
				fault(im, column, answer.words, text_clean(im->a, values[i], 80),
					exchange_mend(f, im->lang, im->a));
				continue;
			}
			values[i] = answer.id;
		}
		at[(*count)++] = (struct record_value){ f->id, values[i] };
	}
	return 0;
}

/* Is there nothing to take from the cell, or a fault in its place? */
static bool is_unreadable(struct importing *im, size_t column)
{
	const struct office_cell *c = &im->row->cells[column];

	if (c->kind == OFFICE_WRONG)
		fault(im, column, T("ô có lỗi của bảng tính: {a}"), c->text,
			str_of(tr(im->lang, "Sửa công thức hoặc ghi thẳng giá trị.")));
	else if (c->kind == OFFICE_EMPTY && c->is_formula)
		fault(im, column, T("công thức chưa có kết quả lưu trong tệp"), STR_NONE,
			str_of(tr(im->lang,
				"Mở tệp bằng bảng tính, tính lại, lưu; hoặc ghi thẳng giá "
				"trị.")));
	else
		return false;
	return true;
}

static int take_cells(struct importing *im, const struct record *r, bool is_by_number,
	struct record_body *ret, struct err *e)
{
	struct record_value *at = arena_array(im->at.a, struct record_value, VALUES_MAX + 1);
	struct record_names *names = NULL;
	size_t count = 0;
	int rc = r->id ? record_names(&im->at, r, 1, &names, e) : 0;

	for (size_t i = 0; rc == 0 && i < im->x->map.count; i++) {
		const struct register_field *f = im->x->map.columns[i].field;
		struct str text = i < im->row->count ? str_trim(im->row->cells[i].text) : STR("");

		if (!f || (i < im->row->count && is_unreadable(im, i)) ||
			says_the_same(im, names, r, f, text))
			continue;
		if (text.len > 0)
			rc = take_values(im, i, r->unit_id, at, &count, e);
		else if (is_by_number)
			at[count++] = (struct record_value){ f->id, STR("") };
	}
	*ret = (struct record_body){ at, count };
	return rc;
}

/* What a new record begins with, where the row says nothing. */
static void add_first(struct importing *im, struct record_body *body)
{
	struct org_user nobody = { .unit_id = im->x->unit_id };
	struct record_body first = record_first(&im->at, im->x->user ? im->x->user : &nobody);
	struct record_value *at =
		arena_array(im->at.a, struct record_value, body->count + first.count + 1);
	size_t count = body->count;

	if (count > 0)
		memcpy(at, body->at, count * sizeof(*at));
	for (size_t i = 0; i < first.count; i++)
		if (!record_value_of(*body, first.at[i].field).ptr)
			at[count++] = first.at[i];
	*body = (struct record_body){ at, count };
}

/* The row in which this file has the same value of F already; 0: none, and it is noted. */
static uint32_t seen_before(struct importing *im, struct str key)
{
	size_t mask = im->seen_room - 1, h = 14695981039346656037u;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ (unsigned char)key.ptr[i]) * 1099511628211u;
	for (h ^= h >> 31; im->seen[h & mask].row; h++)
		if (str_eq(im->seen[h & mask].key, key))
			return im->seen[h & mask].row;
	if (im->seen_used < im->seen_room / 2) {
		im->seen[h & mask] = (struct seen){ arena_str(im->a, key), im->row->number };
		im->seen_used++;
	}
	return 0;
}

static void check_once(struct importing *im, const struct record *r, struct record_body body)
{
	for (size_t i = 0; i < body.count; i++) {
		const struct register_field *f = pack_register_field(im->at.reg, body.at[i].field);
		uint32_t row;

		if (!f || f->unique == UNIQUE_NOT)
			continue;
		row = seen_before(im,
			arena_fmt(im->at.a, "%.*s\t%lld\t%.*s", STR_FMT(f->id),
				(long long)(f->unique == UNIQUE_IN_UNIT ? r->unit_id : 0),
				STR_FMT(body.at[i].text)));
		if (row)
			fault(im, column_of(im, f), T("giá trị này đã có ở dòng {a} của tệp"),
				arena_fmt(im->a, "%u", row),
				str_of(tr(im->lang, "Giữ một trong hai dòng.")));
	}
}

static void take_faults(struct importing *im, struct record_faults faults)
{
	for (size_t i = 0; i < faults.count; i++) {
		const struct record_fault *f = &faults.at[i];
		size_t column = column_of(im, f->field);
		bool has_fault = false;

		/* a name that nobody knows was told already, and its field is empty for that */
		for (size_t n = im->faults_before; n < im->faults.len && column != SIZE_MAX; n++)
			has_fault |= im->faults.at[n].column == column;
		if (has_fault)
			continue;
		fault(im, column, f->words, arena_str(im->a, f->about),
			f->field ? exchange_mend(f->field, im->lang, im->a) : STR(""));
		if (column == SIZE_MAX && f->field && im->faults.len > 0)
			im->faults.at[im->faults.len - 1].heading =
				words_in(f->field->title, im->lang);
	}
}

static bool says_nothing_new(const struct record *r, struct record_body body)
{
	bool is_same = r->id && body.count == r->body.count;

	for (size_t i = 0; is_same && i < body.count; i++)
		is_same = str_eq(body.at[i].field, r->body.at[i].field) &&
			str_eq(body.at[i].text, r->body.at[i].text);
	return is_same;
}

/* The record that the row makes, and what it says of it; all that is wrong is told. */
static int read_row(
	struct importing *im, struct record *r, struct record_body *ret_typed, struct err *e)
{
	struct record_faults faults = { 0 };
	struct record_body body;
	bool is_by_number;
	int rc = find_by_number(im, r, e);

	is_by_number = rc == 1;
	if (rc < 0 || !find_unit(im, r))
		return rc < 0 ? rc : 0;
	rc = take_cells(im, r, is_by_number, ret_typed, e);
	if (rc == 0 && !is_by_number) {
		rc = find_by_value(im, *ret_typed, r, e);
		if (rc == 1) /* again, now that it is known what the record has */
			rc = take_cells(im, r, false, ret_typed, e);
		else if (rc == 0)
			add_first(im, ret_typed);
	}
	if (rc == 0)
		rc = record_check(&im->at, r, *ret_typed, &body, &faults, e);
	if (rc < 0)
		return rc;
	take_faults(im, faults);
	im->is_same = says_nothing_new(r, body);
	check_once(im, r, body);
	return 0;
}

/* --- all rows -------------------------------------------------------------------------------- */

typedef int each(struct importing *im, struct record *r, struct record_body typed, struct err *e);

static int row_done(struct importing *im, const struct office_row *row, each *what, struct err *e)
{
	struct record r = { 0 };
	struct record_body typed = { 0 };
	int rc;

	im->row = row;
	im->faults_before = im->faults.len;
	arena_init(&im->row_arena, ROW_MEMORY_BYTES);
	rc = read_row(im, &r, &typed, e);
	if (rc == 0 && im->faults.len == im->faults_before && !im->ret->has_more_faults)
		rc = what(im, &r, typed, e);
	arena_done(&im->row_arena);
	im->ret->rows++;
	if (im->x->progress && im->ret->rows % PROGRESS_ROWS == 0)
		im->x->progress(im->x->progress_context, im->ret->rows);
	return rc;
}

static int all_rows(struct importing *im, each *what, struct err *e)
{
	struct office_row row;
	int rc;

	grid_rewind(im->x->grid);
	im->seen_used = 0;
	memset(im->seen, 0, im->seen_room * sizeof(*im->seen));
	im->ret->rows = im->ret->added = im->ret->changed = im->ret->same = 0;
	im->ret->total_count = 0;
	while ((rc = grid_next(im->x->grid, &row, e)) == 1)
		if (!exchange_is_total(im->x, &row, im->ret) && exchange_is_data(im->x, &row)) {
			rc = row_done(im, &row, what, e);
			if (rc < 0)
				return rc;
		}
	return rc;
}

static int count_it(struct importing *im, struct record *r, struct record_body typed, struct err *e)
{
	if (r->id == 0)
		im->ret->added++;
	else if (!im->is_same)
		im->ret->changed++;
	else
		im->ret->same++;
	return 0;
}

static int begin(struct importing *im, const struct exchange *x, enum lang lang, struct arena *a,
	struct exchange_result *ret, struct err *e)
{
	*im = (struct importing){ .x = x, .lang = lang, .a = a, .ret = ret, .at = *x->at };
	*ret = (struct exchange_result){ 0 };
	im->at.a = &im->row_arena;
	im->seen_room = 1u << 19;
	im->seen = calloc(im->seen_room, sizeof(*im->seen));
	if (!im->seen)
		abort();
	return refers_new(x->at, x->tree, a, &im->refers, e);
}

static void end(struct importing *im)
{
	im->ret->faults = im->faults.at;
	im->ret->fault_count = im->faults.len;
	free(im->seen);
}

int exchange_check(const struct exchange *x, enum lang lang, struct arena *a,
	struct exchange_result *ret, struct err *e)
{
	struct importing im;
	int rc;

	if (x->at->reg == exchange_people())
		return people_import(x, &(struct people_how){ lang, false }, a, ret, e);
	rc = begin(&im, x, lang, a, ret, e);
	if (rc == 0)
		rc = all_rows(&im, count_it, e);
	end(&im);
	return rc;
}

/* --- saving ---------------------------------------------------------------------------------- */

static const char sql_import[] =
	"INSERT INTO exchange_import (register, unit_id, file, sha256, at_s, by)"
	" VALUES ($1, $2, $3, $4, $5, $6)";
static const char sql_row[] =
	"INSERT INTO exchange_row (import_id, record_id, version) VALUES ($1, $2, $3)";
static const char sql_counts[] =
	"UPDATE exchange_import SET added = $2, changed = $3 WHERE id = $1";

static int save_it(struct importing *im, struct record *r, struct record_body typed, struct err *e)
{
	int64_t before = r->id ? r->version : 0;
	struct record_faults faults;
	struct store_query *q;
	int rc = record_put(&im->at, r, typed, im->x->file, &faults, e);

	if (rc < 0)
		return rc;
	if (r->version == before) {
		im->ret->same++;
		return 0;
	}
	*(before ? &im->ret->changed : &im->ret->added) += 1;
	q = store_query(im->at.store, sql_row);
	store_bind_i64(q, 1, im->ret->import_id);
	store_bind_i64(q, 2, r->id);
	store_bind_i64(q, 3, r->version);
	return store_run(q, e);
}

static int save(struct importing *im, struct err *e)
{
	const struct exchange *x = im->x;
	struct store_query *q;
	int rc = exchange_refuse_again(x, e);

	if (rc < 0)
		return rc;
	q = store_query(x->at->store, sql_import);
	store_bind_str(q, 1, x->at->reg->id);
	store_bind_i64(q, 2, x->unit_id);
	store_bind_str(q, 3, x->file);
	store_bind_cstr(q, 4, x->sha256);
	store_bind_i64(q, 5, x->at->now_s);
	store_bind_str(q, 6, x->at->login);
	rc = store_run(q, e);
	im->ret->import_id = store_last_id(x->at->store);
	if (rc == 0)
		rc = all_rows(im, save_it, e);
	if (rc == 0 && im->faults.len > 0)
		return err_set(e, ERR_INPUT, "the table has %zu faults; nothing was saved",
			im->faults.len);
	if (rc < 0)
		return rc;
	q = store_query(x->at->store, sql_counts);
	store_bind_i64(q, 1, im->ret->import_id);
	store_bind_i64(q, 2, (int64_t)im->ret->added);
	store_bind_i64(q, 3, (int64_t)im->ret->changed);
	return store_run(q, e);
}

int exchange_apply(const struct exchange *x, enum lang lang, struct arena *a,
	struct exchange_result *ret, struct err *e)
{
	struct importing im;
	int rc;

	if (x->at->reg == exchange_people())
		return people_import(x, &(struct people_how){ lang, true }, a, ret, e);
	rc = begin(&im, x, lang, a, ret, e);
	if (rc == 0)
		rc = store_begin(x->at->store, e);
	if (rc == 0) {
		rc = save(&im, e);
		if (rc == 0)
			rc = store_commit(x->at->store, e);
		if (rc < 0) {
			store_rollback(x->at->store);
			ret->import_id = 0;
		}
	}
	end(&im);
	return rc;
}
