/* sheet.c - the rows of one sheet of an XLSX. The parser is stopped at the end of each row and
 * goes on when the next is asked for, so that a sheet of a million rows is never held. */
#include "kit/office/office_int.h"

#include <math.h>

#define ROW_BYTES_MAX (8 * MIB)
#define SERIAL_MAX 2958466.0 /* 1.1.10000 */

/* A merged cell that began above and goes on: what stands in it. */
struct open_merge {
	uint32_t last_row;
	enum office_kind kind;
	char *text;
	size_t len;
};

struct sheet {
	struct book *book;
	struct office_notes *notes;
	struct xml xml;
	struct parse_fault fault;
	struct merges merges;
	size_t next_merge;
	struct open_merge open[OFFICE_COLUMNS_MAX];
	struct office_cell cells[OFFICE_COLUMNS_MAX];
	size_t offsets[OFFICE_COLUMNS_MAX]; /* of the texts, while TEXT grows */
	struct buf text, value;
	uint32_t row;
	size_t count;
	bool is_hidden, row_is_ready;
	/* the cell that is open */
	size_t column;
	long format;
	char type; /* n, s, i(nlineStr), f(ormula's text), b, e, d(ate) */
	bool is_formula, takes_text;
};

bool serial_text(double serial, bool is_1904, bool has_time, char text[32])
{
	char day[CLOCK_TEXT_MAX];
	int64_t days, minutes;

	if (!(serial >= 0) || serial >= SERIAL_MAX)
		return false;
	days = (int64_t)serial;
	minutes = (int64_t)round((serial - (double)days) * 24 * 60);
	days += minutes / (24 * 60);
	minutes %= 24 * 60;
	/* the epoch of 1900 has a 29 February that never was; before it the days are one off */
	days += is_1904 ? -24107 : days >= 61 ? -25569 : -25568;
	date_iso(date_of_days(days), day);
	if (has_time && minutes > 0)
		snprintf(
			text, 32, "%.10s %02d:%02d", day, (int)(minutes / 60), (int)(minutes % 60));
	else
		snprintf(text, 32, "%.10s", day);
	return true;
}

static void row_begin(struct sheet *s, const char **pairs)
{
	const char *number = xml_value(pairs, "r"), *hidden = xml_value(pairs, "hidden");
	int64_t n = (int64_t)s->row + 1;

	if ((number && !str_to_i64(str_of(number), &n)) || n <= (int64_t)s->row ||
		n > OFFICE_ROWS_MAX) {
		xml_refuse(&s->xml,
			office_refuse(s->xml.fault, ERR_INPUT,
				T("số thứ tự dòng trong trang tính không hợp lệ"), STR_NONE));
		return;
	}
	s->row = (uint32_t)n;
	s->is_hidden = hidden && str_is(str_of(hidden), "1");
	s->count = 0;
	s->column = 0;
	buf_clear(&s->text);
	memset(s->cells, 0, sizeof(s->cells));
}

static void cell_begin(struct sheet *s, const char **pairs)
{
	const char *place = xml_value(pairs, "r"), *type = xml_value(pairs, "t");
	const char *style = xml_value(pairs, "s");
	unsigned column = (unsigned)s->column;
	uint32_t row;
	int64_t format = 0;

	if (place && !cell_place(place, &column, &row)) {
		xml_refuse(&s->xml,
			office_refuse(s->xml.fault, ERR_INPUT,
				T("địa chỉ ô trong trang tính không hợp lệ"), STR_NONE));
		return;
	}
	s->column = column;
	s->type = !type                           ? 'n' :
		str_is(str_of(type), "s")         ? 's' :
		str_is(str_of(type), "inlineStr") ? 'i' :
		str_is(str_of(type), "str")       ? 'f' :
						    type[0];
	s->format = style && str_to_i64(str_of(style), &format) ? (long)format : 0;
	s->is_formula = false;
	buf_clear(&s->value);
}

static void sheet_begin(void *context, const char *name, const char **pairs)
{
	struct sheet *s = context;
	struct str n = str_of(name);

	if (str_is(n, "row"))
		row_begin(s, pairs);
	else if (str_is(n, "c"))
		cell_begin(s, pairs);
	else if (str_is(n, "f"))
		s->is_formula = true;
	else if (str_is(n, "v") || str_is(n, "t"))
		s->takes_text = true;
}

static void sheet_text(void *context, const char *text, size_t len)
{
	struct sheet *s = context;

	if (s->takes_text)
		buf_add(&s->value, (struct str){ text, len });
}

static const struct book_format *format_of(const struct sheet *s)
{
	static const struct book_format none = { 0 };

	return s->format >= 0 && (size_t)s->format < s->book->formats.len ?
		&s->book->formats.at[s->format] :
		&none;
}

/* The shared text that VALUE names. */
static struct str shared_text(const struct sheet *s, struct str value)
{
	uint32_t begin = 0, end;
	int64_t n;

	if (!str_to_i64(value, &n) || n < 0 || (size_t)n >= s->book->text_count)
		return STR_NONE;
	if (n > 0)
		memcpy(&begin, s->book->text_ends.ptr + (n - 1) * (int64_t)sizeof(begin),
			sizeof(begin));
	memcpy(&end, s->book->text_ends.ptr + n * (int64_t)sizeof(end), sizeof(end));
	return (struct str){ s->book->texts.ptr + begin, end - begin };
}

static enum office_kind put_number(struct sheet *s, struct str value)
{
	const struct book_format *f = format_of(s);
	char *end, text[40];
	double number = strtod(value.ptr, &end);

	if (value.len == 0 || *end != '\0' || !isfinite(number)) {
		buf_add(&s->text, value);
		return OFFICE_WRONG;
	}
	if (f->is_date && serial_text(number, s->book->is_1904, f->has_time, text)) {
		buf_add(&s->text, str_of(text));
		return OFFICE_DATE;
	}
	if (f->has_time && !f->is_date && number >= 0 && number < 1) {
		int minutes = (int)(number * 24 * 60 + 0.5) % (24 * 60);

		buf_fmt(&s->text, "%02d:%02d", minutes / 60, minutes % 60);
		return OFFICE_TEXT;
	}
	if (fabs(number) < 1e15 && number == floor(number))
		buf_fmt(&s->text, "%0*.0f", f->zeros, number);
	else
		buf_fmt(&s->text, "%.15g", number);
	return OFFICE_NUMBER;
}

/* A cell that somebody went over with the space bar looks empty, and is. */
static bool is_blank(struct str text)
{
	text = str_trim(text);
	while (str_starts(text, "\u00A0"))
		text = str_trim(str_from(text, 2));
	return text.len == 0;
}

static enum office_kind put_text(struct sheet *s, struct str raw)
{
	size_t before = s->text.len;
	struct buf plain;

	if (format_of(s)->font != FONT_UNICODE) {
		s->notes->text = (struct office_guess){
			format_of(s)->font == FONT_VNI ? OFFICE_VNI : OFFICE_TCVN3, true, 100
		};
		book_decode(format_of(s)->font, raw, &s->text);
	} else {
		buf_init(&plain, OFFICE_CELL_BYTES_MAX);
		book_unescape(raw, &plain);
		office_decode((struct office_guess){ .encoding = OFFICE_UTF8 }, buf_str(&plain),
			&s->text);
		buf_done(&plain);
	}
	if (!is_blank(str_from(buf_str(&s->text), before)))
		return OFFICE_TEXT;
	s->text.len = before;
	return OFFICE_EMPTY;
}

static enum office_kind put_value(struct sheet *s, struct str value)
{
	switch (s->type) {
	case 's':
		return put_text(s, shared_text(s, value));
	case 'i':
	case 'f':
		return put_text(s, value);
	case 'b':
		buf_add(&s->text, str_is(value, "1") ? STR("1") : STR("0"));
		return OFFICE_BOOL;
	case 'e':
		buf_add(&s->text, value);
		return OFFICE_WRONG;
	case 'd':
		buf_add(&s->text, str_until(value, value.len < 10 ? value.len : 10));
		return OFFICE_DATE;
	default:
		return put_number(s, value);
	}
}

static void cell_end(struct sheet *s)
{
	struct str value = buf_str(&s->value);
	size_t column = s->column++;
	struct office_cell *cell;

	s->notes->formulas += s->is_formula;
	if (value.len == 0 && !s->is_formula)
		return;
	if (column >= OFFICE_COLUMNS_MAX) {
		s->notes->columns_dropped++;
		return;
	}
	cell = &s->cells[column];
	cell->is_formula = s->is_formula;
	s->offsets[column] = s->text.len;
	if (value.len > 0)
		cell->kind = put_value(s, value);
	cell->text.len = s->text.len - s->offsets[column];
	if (buf_is_full(&s->text) || buf_is_full(&s->value))
		xml_refuse(&s->xml,
			office_refuse(s->xml.fault, ERR_LIMIT,
				T("một ô hoặc một dòng của trang tính quá dài"), STR_NONE));
	if (column >= s->count)
		s->count = column + 1;
}

static void sheet_end(void *context, const char *name)
{
	struct sheet *s = context;
	struct str n = str_of(name);

	if (str_is(n, "v") || str_is(n, "t"))
		s->takes_text = false;
	else if (str_is(n, "c"))
		cell_end(s);
	else if (str_is(n, "row")) {
		s->row_is_ready = true;
		xml_pause(&s->xml);
	}
}

/* Merged cells that begin in this row: what stands in their first cell goes on below. */
static void open_merges(struct sheet *s)
{
	while (s->next_merge < s->merges.count && s->merges.at[s->next_merge].first_row <= s->row) {
		const struct merge *m = &s->merges.at[s->next_merge++];
		struct open_merge *open;
		const struct office_cell *cell;

		if (m->first_row != s->row || m->last_row == m->first_row ||
			m->first_column >= OFFICE_COLUMNS_MAX ||
			s->cells[m->first_column].kind == OFFICE_EMPTY)
			continue;
		cell = &s->cells[m->first_column];
		open = &s->open[m->first_column];
		free(open->text);
		*open = (struct open_merge){ m->last_row, cell->kind, malloc(cell->text.len + 1),
			cell->text.len };
		if (!open->text)
			abort();
		memcpy(open->text, cell->text.ptr, cell->text.len);
	}
}

static void fill_merges(struct sheet *s)
{
	for (size_t i = 0; i < OFFICE_COLUMNS_MAX; i++) {
		const struct open_merge *m = &s->open[i];

		if (!m->text || m->last_row < s->row || s->cells[i].kind != OFFICE_EMPTY)
			continue;
		s->cells[i] = (struct office_cell){
			.kind = m->kind, .is_filled = true, .text = { m->text, m->len }
		};
		if (i >= s->count)
			s->count = i + 1;
	}
}

static bool has_value(const struct sheet *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->cells[i].kind != OFFICE_EMPTY || s->cells[i].is_formula)
			return true;
	return false;
}

int sheet_open(struct book *b, size_t number, struct office_notes *notes, struct sheet **ret,
	struct parse_fault *fault)
{
	struct sheet *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		abort();
	s->book = b;
	s->notes = notes;
	buf_init(&s->text, ROW_BYTES_MAX);
	buf_init(&s->value, OFFICE_CELL_BYTES_MAX);
	s->xml.context = s;
	s->xml.begin = sheet_begin;
	s->xml.end = sheet_end;
	s->xml.text = sheet_text;
	rc = merges_read(b, b->parts.at[number], &s->merges, fault);
	notes->merged = s->merges.count;
	if (rc == 0)
		rc = xml_open(b->zip, b->parts.at[number], &s->xml, &s->fault);
	if (rc < 0) {
		*fault = s->fault.words ? s->fault : *fault;
		sheet_close(s);
		return rc == ERR_ABSENT ?
			office_refuse(fault, ERR_INPUT,
				T("trang tính này không có trong tệp (có thể là biểu đồ)"),
				STR_NONE) :
			rc;
	}
	*ret = s;
	return 0;
}

int sheet_next(struct sheet *s, struct office_row *ret, struct parse_fault *fault)
{
	int rc;

	do {
		s->row_is_ready = false;
		rc = xml_next(&s->xml);
		if (rc < 0)
			*fault = s->fault;
		if (rc <= 0)
			return rc;
		for (size_t i = 0; i < s->count; i++)
			if (s->cells[i].kind != OFFICE_EMPTY)
				s->cells[i].text.ptr = s->text.ptr + s->offsets[i];
		open_merges(s);
	} while (!s->row_is_ready || !has_value(s));
	fill_merges(s);
	*ret = (struct office_row){ s->row, s->is_hidden, s->count, s->cells };
	return 1;
}

struct sheet *sheet_close(struct sheet *s)
{
	if (!s)
		return NULL;
	xml_close(&s->xml);
	for (size_t i = 0; i < OFFICE_COLUMNS_MAX; i++)
		free(s->open[i].text);
	free(s->merges.at);
	buf_done(&s->text);
	buf_done(&s->value);
	free(s);
	return NULL;
}
