/* book.c - what an XLSX says beside its sheets: names, the shared texts, the formats and fonts
 * of cells. Elements are known by their bare names, so that the strict form is read as well. */
#include "kit/office/office_int.h"

#include <utf8proc.h>

#define TEXTS_BYTES_MAX (128 * MIB)
#define TEXTS_MAX (8u << 20)
#define FORMATS_MAX 65536
#define NAME_BYTES 256

enum book_font book_font(const char *name)
{
	struct str s = str_of(name);

	if (str_starts(s, ".Vn") || str_starts(s, ".VN"))
		return str_ends(s, "H") ? FONT_TCVN3_CAPITAL : FONT_TCVN3;
	if (str_starts(s, "VNI-") || str_starts(s, "VNI "))
		return FONT_VNI;
	return FONT_UNICODE;
}

static void to_upper(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len;) {
		utf8proc_int32_t c;
		utf8proc_uint8_t bytes[4];
		utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + i,
			(utf8proc_ssize_t)(text.len - i), &c);

		if (step <= 0)
			break;
		i += (size_t)step;
		step = utf8proc_encode_char(utf8proc_toupper(c), bytes);
		buf_add(out, (struct str){ (const char *)bytes, (size_t)step });
	}
}

void book_decode(enum book_font font, struct str text, struct buf *out)
{
	struct office_guess guess = { .is_twice = font != FONT_UNICODE,
		.encoding = font == FONT_VNI ? OFFICE_VNI :
			font == FONT_UNICODE ? OFFICE_UTF8 :
					       OFFICE_TCVN3 };
	struct buf lower;

	if (font != FONT_TCVN3_CAPITAL) {
		office_decode(guess, text, out);
		return;
	}
	buf_init(&lower, OFFICE_CELL_BYTES_MAX);
	office_decode(guess, text, &lower);
	to_upper(buf_str(&lower), out);
	buf_done(&lower);
}

void book_unescape(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		struct str rest = str_from(text, i);
		uint64_t c;

		if (rest.len >= 7 && rest.ptr[0] == '_' && rest.ptr[1] == 'x' &&
			rest.ptr[6] == '_' && str_to_u64((struct str){ rest.ptr + 2, 4 }, 16, &c) &&
			c > 0 && (c < 0xD800 || c > 0xDFFF)) {
			utf8proc_uint8_t bytes[4];
			utf8proc_ssize_t len = utf8proc_encode_char((utf8proc_int32_t)c, bytes);

			buf_add(out, (struct str){ (const char *)bytes, (size_t)len });
			i += 6;
		} else {
			buf_add_char(out, text.ptr[i]);
		}
	}
}

/* TEXT cut to what a name or a path may have. */
static struct str keep(struct arena *a, const char *text)
{
	struct str s = str_of(text);

	return arena_str(a, str_until(s, s.len < NAME_BYTES ? s.len : NAME_BYTES));
}

/* --- xl/workbook.xml and its relations -------------------------------------------------------- */

struct relation {
	struct str id, target;
	bool is_macro;
};

struct relations {
	struct arena *arena;
	VEC(struct relation) rows;
};

static void relation_begin(void *context, const char *name, const char **pairs)
{
	struct relations *r = context;
	const char *id = xml_value(pairs, "Id"), *target = xml_value(pairs, "Target");
	const char *type = xml_value(pairs, "Type");

	if (!str_is(str_of(name), "Relationship") || !id || !target || r->rows.len >= 4096)
		return;
	vec_push(r->arena, &r->rows,
		((struct relation){ keep(r->arena, id), keep(r->arena, target),
			type && str_ends(str_of(type), "vbaProject") }));
}

static int read_relations(
	struct book *b, const char *part, struct relations *r, struct parse_fault *fault)
{
	struct xml x = { .context = r, .begin = relation_begin };
	int rc = xml_open(b->zip, part, &x, fault);

	r->arena = b->arena;
	if (rc == ERR_ABSENT)
		return 0;
	if (rc == 0)
		rc = xml_next(&x);
	xml_close(&x);
	return rc;
}

struct workbook {
	struct book *book;
	VEC(struct str) ids;
};

static void workbook_begin(void *context, const char *name, const char **pairs)
{
	struct workbook *w = context;
	struct book *b = w->book;

	if (str_is(str_of(name), "workbookPr")) {
		const char *epoch = xml_value(pairs, "date1904");

		b->is_1904 = epoch && (str_is(str_of(epoch), "1") || str_is(str_of(epoch), "true"));
	}
	if (str_is(str_of(name), "sheet") && b->sheets.len < OFFICE_SHEETS_MAX) {
		const char *title = xml_value(pairs, "name"), *state = xml_value(pairs, "state");
		const char *id = NULL;

		/* the relation's id, not sheetId: its name is r:id */
		for (const char **p = pairs; p[0]; p += 2)
			if (strchr(p[0], ':') && str_ends(str_of(p[0]), ":id"))
				id = p[1];
		if (!id)
			return;
		vec_push(b->arena, &b->sheets,
			((struct office_sheet){ keep(b->arena, title ? title : ""),
				state && !str_is(str_of(state), "visible") }));
		vec_push(b->arena, &w->ids, keep(b->arena, id));
	}
}

/* TARGET as seen from FOLDER, which ends in a slash. */
static const char *resolve(struct arena *a, const char *folder, struct str target)
{
	if (str_starts(target, "/"))
		return arena_cstr(a, str_from(target, 1));
	return arena_fmt(a, "%s%.*s", folder, STR_FMT(target)).ptr;
}

static const char *relation_part(
	const struct relations *r, struct arena *a, const char *folder, struct str id)
{
	for (size_t i = 0; i < r->rows.len; i++)
		if (str_eq(r->rows.at[i].id, id))
			return resolve(a, folder, r->rows.at[i].target);
	return "";
}

static int read_workbook(struct book *b, struct parse_fault *fault)
{
	struct workbook w = { .book = b };
	struct xml x = { .context = &w, .begin = workbook_begin };
	struct relations r = { 0 };
	int rc = xml_open(b->zip, "xl/workbook.xml", &x, fault);

	if (rc == ERR_ABSENT)
		return office_refuse(
			fault, ERR_INPUT, T("tệp nén này không phải bảng tính XLSX"), STR_NONE);
	if (rc == 0)
		rc = xml_next(&x);
	xml_close(&x);
	if (rc == 0)
		rc = read_relations(b, "xl/_rels/workbook.xml.rels", &r, fault);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < w.ids.len; i++)
		vec_push(b->arena, &b->parts, relation_part(&r, b->arena, "xl/", w.ids.at[i]));
	for (size_t i = 0; i < r.rows.len; i++)
		b->has_macros |= r.rows.at[i].is_macro;
	if (b->sheets.len == 0)
		return office_refuse(
			fault, ERR_INPUT, T("bảng tính không có trang tính nào"), STR_NONE);
	return 0;
}

/* --- xl/sharedStrings.xml --------------------------------------------------------------------- */

struct texts {
	struct book *book;
	struct xml *xml;
	struct buf run; /* of one font */
	enum book_font font;
	bool is_text, is_phonetic;
};

static void texts_begin(void *context, const char *name, const char **pairs)
{
	struct texts *t = context;
	struct str s = str_of(name);
	const char *font;

	if (str_is(s, "rPh"))
		t->is_phonetic = true;
	else if (str_is(s, "t") && !t->is_phonetic)
		t->is_text = true;
	else if (str_is(s, "r") || str_is(s, "si"))
		t->font = FONT_UNICODE;
	else if (str_is(s, "rFont") && (font = xml_value(pairs, "val")))
		t->font = book_font(font);
}

static void texts_end(void *context, const char *name)
{
	struct texts *t = context;
	struct str s = str_of(name);
	uint32_t end;

	if (str_is(s, "rPh"))
		t->is_phonetic = false;
	if (str_is(s, "t") && t->is_text) {
		t->is_text = false;
		if (t->font == FONT_UNICODE)
			buf_add(&t->book->texts, buf_str(&t->run));
		else
			book_decode(t->font, buf_str(&t->run), &t->book->texts);
		buf_clear(&t->run);
	}
	if (!str_is(s, "si"))
		return;
	end = (uint32_t)t->book->texts.len;
	buf_add(&t->book->text_ends, (struct str){ (const char *)&end, sizeof(end) });
	t->book->text_count++;
	if (buf_is_full(&t->book->texts) || buf_is_full(&t->run) ||
		buf_is_full(&t->book->text_ends))
		xml_refuse(t->xml,
			office_refuse(t->xml->fault, ERR_LIMIT,
				T("bảng tính có quá nhiều chữ khác nhau; hãy lưu thành CSV"),
				STR_NONE));
}

static void texts_text(void *context, const char *text, size_t len)
{
	struct texts *t = context;

	if (t->is_text)
		buf_add(&t->run, (struct str){ text, len });
}

static int read_texts(struct book *b, struct parse_fault *fault)
{
	struct texts t = { .book = b };
	struct xml x = {
		.context = &t, .begin = texts_begin, .end = texts_end, .text = texts_text
	};
	int rc = xml_open(b->zip, "xl/sharedStrings.xml", &x, fault);

	if (rc == ERR_ABSENT)
		return 0;
	t.xml = &x;
	buf_init(&t.run, OFFICE_CELL_BYTES_MAX);
	if (rc == 0)
		rc = xml_next(&x);
	xml_close(&x);
	buf_done(&t.run);
	return rc;
}

/* --- xl/styles.xml ---------------------------------------------------------------------------- */

struct code {
	long id;
	struct book_format format;
};

struct styles {
	struct book *book;
	VEC(struct code) codes;
	VEC(uint8_t) fonts;
	bool in_fonts, in_cells;
};

/* What a number format shows: letters outside of "…", […] and \x. */
static struct book_format format_of(struct str code)
{
	struct book_format f = { 0 };
	bool only_zeros = code.len > 1;

	for (size_t i = 0; i < code.len && code.ptr[i] != ';'; i++) {
		char c = code.ptr[i];

		only_zeros &= c == '0';
		if (c == '\\' || c == '_' || c == '*') {
			i++;
		} else if (c == '"' || c == '[') {
			char close = c == '"' ? '"' : ']';

			while (i + 1 < code.len && code.ptr[++i] != close)
				;
		} else {
			f.is_date |= c == 'd' || c == 'D' || c == 'y' || c == 'Y';
			f.has_time |= c == 'h' || c == 'H';
		}
	}
	f.zeros = only_zeros && code.len <= 30 ? (int)code.len : 0;
	return f;
}

static struct book_format built_in(long id)
{
	struct book_format f = { 0 };

	f.is_date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
		(id >= 50 && id <= 58);
	f.has_time = id >= 18 && id <= 22;
	return f;
}

static long number_of(const char *text)
{
	int64_t n = 0;

	return text && str_to_i64(str_of(text), &n) && n >= 0 && n < FORMATS_MAX ? (long)n : 0;
}

static void add_cell_format(struct styles *s, const char **pairs)
{
	long id = number_of(xml_value(pairs, "numFmtId"));
	long font = number_of(xml_value(pairs, "fontId"));
	struct book_format f = built_in(id);

	for (size_t i = 0; i < s->codes.len; i++)
		if (s->codes.at[i].id == id)
			f = s->codes.at[i].format;
	if ((size_t)font < s->fonts.len)
		f.font = s->fonts.at[font];
	if (s->book->formats.len < FORMATS_MAX)
		vec_push(s->book->arena, &s->book->formats, f);
}

static void styles_begin(void *context, const char *name, const char **pairs)
{
	struct styles *s = context;
	struct str n = str_of(name);
	const char *value;

	if (str_is(n, "fonts"))
		s->in_fonts = true;
	else if (str_is(n, "cellXfs"))
		s->in_cells = true;
	else if (str_is(n, "numFmt") && (value = xml_value(pairs, "formatCode")) &&
		s->codes.len < FORMATS_MAX)
		vec_push(s->book->arena, &s->codes,
			((struct code){ number_of(xml_value(pairs, "numFmtId")),
				format_of(str_of(value)) }));
	else if (str_is(n, "font") && s->in_fonts && s->fonts.len < FORMATS_MAX)
		vec_push(s->book->arena, &s->fonts, FONT_UNICODE);
	else if (str_is(n, "name") && s->in_fonts && s->fonts.len > 0 &&
		(value = xml_value(pairs, "val")))
		s->fonts.at[s->fonts.len - 1] = (uint8_t)book_font(value);
	else if (str_is(n, "xf") && s->in_cells)
		add_cell_format(s, pairs);
}

static void styles_end(void *context, const char *name)
{
	struct styles *s = context;

	if (str_is(str_of(name), "fonts"))
		s->in_fonts = false;
	if (str_is(str_of(name), "cellXfs"))
		s->in_cells = false;
}

static int read_styles(struct book *b, struct parse_fault *fault)
{
	struct styles s = { .book = b };
	struct xml x = { .context = &s, .begin = styles_begin, .end = styles_end };
	int rc = xml_open(b->zip, "xl/styles.xml", &x, fault);

	if (rc == ERR_ABSENT)
		return 0;
	if (rc == 0)
		rc = xml_next(&x);
	xml_close(&x);
	return rc;
}

int book_open(zip_t *zip, struct arena *a, struct book *b, struct parse_fault *fault)
{
	int rc;

	*b = (struct book){ .zip = zip, .arena = a };
	buf_init(&b->texts, TEXTS_BYTES_MAX);
	buf_init(&b->text_ends, TEXTS_MAX * sizeof(uint32_t));
	rc = read_workbook(b, fault);
	if (rc == 0)
		rc = read_styles(b, fault);
	if (rc == 0)
		rc = read_texts(b, fault);
	if (rc < 0) {
		buf_done(&b->texts);
		buf_done(&b->text_ends);
	}
	return rc;
}

void book_close(struct book *b)
{
	buf_done(&b->texts);
	buf_done(&b->text_ends);
}
