/* template.c - an empty table to fill in, and the one that comes back with its faults marked. */
#include "work/exchange/exchange_int.h"

#define CELL_WIDTH 24

static const char choices_sheet[] = T("Danh mục");
static const char guide_sheet[] = T("Hướng dẫn");

struct template_columns {
	const struct register_field *at[OFFICE_COLUMNS_MAX];
	size_t count;
};

static void take_columns(const struct pack_register *reg, struct template_columns *c)
{
	c->count = 0;
	for (size_t i = 0; i < reg->field_count && c->count + 1 < OFFICE_COLUMNS_MAX; i++)
		if (reg->fields[i]->type != REGISTER_FILE)
			c->at[c->count++] = reg->fields[i];
}

static bool is_picked(const struct register_field *f)
{
	return f->type == REGISTER_CHOICE || f->type == REGISTER_YES_NO;
}

static size_t choice_count(const struct register_field *f)
{
	return f->type == REGISTER_YES_NO ? 2 : f->choice_count;
}

static struct str choice_words(const struct register_field *f, size_t i, enum lang lang)
{
	if (f->type == REGISTER_YES_NO)
		return str_of(tr(lang, i == 0 ? T("có") : T("không")));
	return words_in(f->choices[i].words, lang);
}

static void put_main(struct xlsx *x, const struct pack_register *reg,
	const struct template_columns *c, enum lang lang, struct arena *a)
{
	struct xlsx_list *lists = arena_array(a, struct xlsx_list, c->count + 1);
	uint8_t *widths = arena_array(a, uint8_t, c->count + 2);
	size_t list_count = 0;
	char name[8];

	memset(widths, CELL_WIDTH, c->count + 1);
	for (size_t i = 0; i < c->count; i++)
		if (is_picked(c->at[i])) {
			const char *column = office_column_name(list_count, name);

			lists[list_count++] = (struct xlsx_list){ .column = i + 1,
				.source =
					arena_fmt(a, "'%s'!$%s$2:$%s$%zu", tr(lang, choices_sheet),
						column, column, choice_count(c->at[i]) + 1)
						.ptr };
		}
	xlsx_sheet(x,
		&(struct xlsx_sheet){ .name = words_in(reg->title, lang),
			.widths = widths,
			.columns = c->count + 1,
			.frozen_rows = 1,
			.lists = lists,
			.list_count = list_count });
	xlsx_text(x, XLSX_HEAD, str_of(tr(lang, exchange_unit_heading)));
	for (size_t i = 0; i < c->count; i++)
		xlsx_text(x, XLSX_HEAD, words_in(c->at[i]->title, lang));
	xlsx_row_end(x);
}

static const char *need_words(enum register_need need)
{
	switch (need) {
	case NEED_TO_SAVE:
		return T("bắt buộc");
	case NEED_TO_COMPLETE:
		return T("cần có để đầy đủ");
	default:
		return T("không bắt buộc");
	}
}

static void put_guide(struct xlsx *x, const struct pack_register *reg,
	const struct template_columns *c, enum lang lang, struct arena *a)
{
	static const uint8_t widths[] = { 34, 16, 60, 60 };
	static const char several[] = T("Nhiều giá trị thì cách nhau bằng dấu chấm phẩy.");

	xlsx_sheet(x,
		&(struct xlsx_sheet){ .name = str_of(tr(lang, guide_sheet)),
			.widths = widths,
			.columns = COUNT(widths),
			.frozen_rows = 1 });
	xlsx_text(x, XLSX_HEAD, str_of(tr(lang, "Cột")));
	xlsx_text(x, XLSX_HEAD, str_of(tr(lang, "Phải ghi")));
	xlsx_text(x, XLSX_HEAD, str_of(tr(lang, "Ghi gì")));
	xlsx_text(x, XLSX_HEAD, str_of(tr(lang, "Cách ghi")));
	xlsx_row_end(x);
	for (size_t i = 0; i < c->count; i++) {
		const struct register_field *f = c->at[i];

		xlsx_text(x, XLSX_WRAP, words_in(f->title, lang));
		xlsx_text(x, XLSX_WRAP, str_of(tr(lang, need_words(f->need))));
		xlsx_text(x, XLSX_WRAP, f->help.vi.ptr ? words_in(f->help, lang) : STR(""));
		xlsx_text(x, XLSX_WRAP,
			f->is_many || f->type == REGISTER_CHOICES ?
				arena_fmt(a, "%.*s %s", STR_FMT(exchange_mend(f, lang, a)),
					tr(lang, several)) :
				exchange_mend(f, lang, a));
		xlsx_row_end(x);
	}
}

static void put_choices(struct xlsx *x, const struct template_columns *c, enum lang lang)
{
	size_t longest = 0;

	xlsx_sheet(x,
		&(struct xlsx_sheet){ .name = str_of(tr(lang, choices_sheet)), .frozen_rows = 1 });
	for (size_t i = 0; i < c->count; i++)
		if (is_picked(c->at[i])) {
			xlsx_text(x, XLSX_HEAD, words_in(c->at[i]->title, lang));
			if (choice_count(c->at[i]) > longest)
				longest = choice_count(c->at[i]);
		}
	xlsx_row_end(x);
	for (size_t row = 0; row < longest; row++) {
		for (size_t i = 0; i < c->count; i++) {
			if (is_picked(c->at[i]) && row < choice_count(c->at[i]))
				xlsx_text(x, XLSX_PLAIN, choice_words(c->at[i], row, lang));
			else if (is_picked(c->at[i]))
				xlsx_skip(x);
		}
		xlsx_row_end(x);
	}
}

int exchange_template(
	const struct pack_register *reg, enum lang lang, struct buf *out, struct err *e)
{
	struct template_columns c;
	struct arena a;
	struct xlsx *x;
	int rc;

	take_columns(reg, &c);
	arena_init(&a, MIB);
	x = xlsx_new(out);
	put_main(x, reg, &c, lang, &a);
	put_guide(x, reg, &c, lang, &a);
	put_choices(x, &c, lang);
	rc = xlsx_finish(x, e);
	arena_done(&a);
	return rc;
}

/* --- the faults in the file ------------------------------------------------------------------ */

struct marking {
	const struct exchange_result *result;
	size_t next; /* the first fault not before the row */
	enum lang lang;
	size_t columns;
	struct xlsx *xlsx;
};

static bool is_faulty(const struct marking *m, uint32_t row, size_t column)
{
	for (size_t i = m->next; i < m->result->fault_count && m->result->faults[i].row == row; i++)
		if (m->result->faults[i].column == column)
			return true;
	return false;
}

static struct str all_faults(const struct marking *m, uint32_t row, struct arena *a)
{
	struct str text = STR("");

	for (size_t i = m->next; i < m->result->fault_count && m->result->faults[i].row == row;
		i++) {
		const struct exchange_fault *f = &m->result->faults[i];

		text = arena_fmt(a, "%.*s%s%.*s%s%.*s. %.*s", STR_FMT(text), text.len ? "\n" : "",
			STR_FMT(f->heading), f->heading.len ? ": " : "", STR_FMT(f->words),
			STR_FMT(f->mend));
	}
	return text;
}

static void mark_row(struct marking *m, const struct office_row *row, bool is_head)
{
	struct arena a;
	struct str said;

	arena_init(&a, MIB);
	while (m->next < m->result->fault_count && m->result->faults[m->next].row < row->number)
		m->next++;
	for (size_t i = 0; i < m->columns; i++)
		xlsx_text(m->xlsx,
			is_head                              ? XLSX_HEAD :
				is_faulty(m, row->number, i) ? XLSX_MARKED :
							       XLSX_PLAIN,
			i < row->count ? row->cells[i].text : STR(""));
	said = is_head ? str_of(tr(m->lang, "Lỗi và cách sửa")) : all_faults(m, row->number, &a);
	if (said.len > 0)
		xlsx_text(m->xlsx, is_head ? XLSX_HEAD : XLSX_WRAP, said);
	xlsx_row_end(m->xlsx);
	arena_done(&a);
}

int exchange_fault_file(const struct exchange *x, const struct exchange_result *result,
	enum lang lang, struct buf *out, struct err *e)
{
	struct marking m = { .result = result, .lang = lang, .columns = x->map.count };
	struct office_row row;
	uint32_t written = 0;
	int rc;

	m.xlsx = xlsx_new(out);
	xlsx_sheet(m.xlsx,
		&(struct xlsx_sheet){ .name = words_in(x->at->reg->title, lang),
			.columns = x->map.count + 1,
			.frozen_rows = x->map.head_row });
	grid_rewind(x->grid);
	while ((rc = grid_next(x->grid, &row, e)) == 1) {
		/* the rows stand where they stood, so that numbers mean the same */
		for (; ++written < row.number && written < OFFICE_ROWS_MAX;)
			xlsx_row_end(m.xlsx);
		mark_row(&m, &row, row.number == x->map.head_row);
	}
	if (rc < 0) {
		xlsx_free(m.xlsx);
		return rc;
	}
	return xlsx_finish(m.xlsx, e);
}
