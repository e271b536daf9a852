/* xlsx_write.c - an XLSX as a stream: each part is packed while it is written, its sizes follow
 * it, the directory comes last. libxlsxwriter keeps a sheet of a million rows in a file beside
 * (its constant_memory) and gives nothing before the end; a page that sends while it reads cannot
 * use that. */
#include "kit/office/office.h"

#include <zlib.h>

#define PARTS_MAX 24
#define STAGE_BYTES (64 * KIB)
#define CELL_BYTES_MAX 32767
#define NAME_CHARACTERS_MAX 31

struct packed {
	char name[48];
	uint32_t crc;
	uint64_t packed_bytes, bytes, offset;
};

struct xlsx {
	struct buf *out;
	uint64_t written; /* what left OUT and what is in it */
	struct packed parts[PARTS_MAX];
	size_t part_count;
	z_stream z;
	struct buf stage;
	struct buf sheet_names; /* the <sheet> rows of the workbook */
	struct xlsx_sheet sheet;
	struct buf lists;
	size_t sheet_count, row, column;
	bool is_open, is_too_large;
};

/* --- zip ------------------------------------------------------------------------------------- */

static void put(struct xlsx *x, const void *bytes, size_t len)
{
	buf_add(x->out, (struct str){ bytes, len });
	x->written += len;
}

static void put_number(struct xlsx *x, uint64_t n, int bytes)
{
	unsigned char b[8];

	for (int i = 0; i < bytes; i++)
		b[i] = (unsigned char)(n >> 8 * i);
	put(x, b, (size_t)bytes);
}

/* From the version needed to the date: packed, sizes after the bytes, names in UTF-8, 1.1.1980. */
static void put_common(struct xlsx *x)
{
	put_number(x, 20, 2);
	put_number(x, 0x0808, 2);
	put_number(x, 8, 2);
	put_number(x, 0, 2);
	put_number(x, 0x21, 2);
}

static void part_begin(struct xlsx *x, const char *name)
{
	struct packed *p = &x->parts[x->part_count++];

	assert(x->part_count <= PARTS_MAX);
	*p = (struct packed){ .offset = x->written, .crc = (uint32_t)crc32(0, NULL, 0) };
	snprintf(p->name, sizeof(p->name), "%s", name);
	put_number(x, 0x04034B50, 4);
	put_common(x);
	put_number(x, 0, 4);
	put_number(x, 0, 4);
	put_number(x, 0, 4);
	put_number(x, strlen(p->name), 2);
	put_number(x, 0, 2);
	put(x, p->name, strlen(p->name));
	x->z = (z_stream){ 0 };
	if (deflateInit2(&x->z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
}

static void pack(struct xlsx *x, int flush)
{
	struct packed *p = &x->parts[x->part_count - 1];
	unsigned char piece[16 * KIB];

	x->z.next_in = (Bytef *)x->stage.ptr;
	x->z.avail_in = (uInt)x->stage.len;
	p->crc = (uint32_t)crc32(p->crc, (const Bytef *)x->stage.ptr, (uInt)x->stage.len);
	p->bytes += x->stage.len;
	do {
		x->z.next_out = piece;
		x->z.avail_out = sizeof(piece);
		(void)deflate(&x->z, flush);
		put(x, piece, sizeof(piece) - x->z.avail_out);
		p->packed_bytes += sizeof(piece) - x->z.avail_out;
	} while (x->z.avail_out == 0);
	buf_clear(&x->stage);
}

static void part_end(struct xlsx *x)
{
	struct packed *p = &x->parts[x->part_count - 1];

	pack(x, Z_FINISH);
	(void)deflateEnd(&x->z);
	x->is_too_large |= p->bytes > UINT32_MAX || x->written > UINT32_MAX;
	put_number(x, 0x08074B50, 4);
	put_number(x, p->crc, 4);
	put_number(x, p->packed_bytes, 4);
	put_number(x, p->bytes, 4);
}

static void put_directory(struct xlsx *x)
{
	uint64_t from = x->written, size;

	for (size_t i = 0; i < x->part_count; i++) {
		const struct packed *p = &x->parts[i];

		put_number(x, 0x02014B50, 4);
		put_number(x, 20, 2);
		put_common(x);
		put_number(x, p->crc, 4);
		put_number(x, p->packed_bytes, 4);
		put_number(x, p->bytes, 4);
		put_number(x, strlen(p->name), 2);
		put_number(x, 0, 2);
		put_number(x, 0, 2);
		put_number(x, 0, 2);
		put_number(x, 0, 2);
		put_number(x, 0, 4);
		put_number(x, p->offset, 4);
		put(x, p->name, strlen(p->name));
	}
	size = x->written - from;
	put_number(x, 0x06054B50, 4);
	put_number(x, 0, 4);
	put_number(x, x->part_count, 2);
	put_number(x, x->part_count, 2);
	put_number(x, size, 4);
	put_number(x, from, 4);
	put_number(x, 0, 2);
}

/* --- XML ------------------------------------------------------------------------------------- */

static void xml_text(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '&')
			buf_add(out, STR("&amp;"));
		else if (c == '<')
			buf_add(out, STR("&lt;"));
		else if (c == '>')
			buf_add(out, STR("&gt;"));
		else if (c == '"')
			buf_add(out, STR("&quot;"));
		else if (c == '_' && text.len - i >= 7 && text.ptr[i + 1] == 'x' &&
			text.ptr[i + 6] == '_')
			buf_add(out, STR("_x005F_"));
		else if (c >= 0x20 || c == '\n' || c == '\t')
			buf_add_char(out, (char)c);
	}
}

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN_SPACE "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define DOCUMENT_SPACE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE_SPACE "http://schemas.openxmlformats.org/package/2006/"
#define SHEET_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

static void put_styles(struct xlsx *x)
{
	part_begin(x, "xl/styles.xml");
	buf_add(&x->stage,
		STR(XML_HEAD
			"<styleSheet xmlns=\"" MAIN_SPACE "\">"
			"<numFmts count=\"1\"><numFmt numFmtId=\"164\" "
			"formatCode=\"dd/mm/yyyy\"/></numFmts>"
			"<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Times New "
			"Roman\"/></font>"
			"<font><b/><sz val=\"11\"/><name val=\"Times New Roman\"/></font></fonts>"
			"<fills count=\"4\"><fill><patternFill patternType=\"none\"/></fill>"
			"<fill><patternFill patternType=\"gray125\"/></fill>"
			"<fill><patternFill patternType=\"solid\"><fgColor "
			"rgb=\"FFE3E8EE\"/></patternFill></fill>"
			"<fill><patternFill patternType=\"solid\"><fgColor "
			"rgb=\"FFFFE08A\"/></patternFill></fill></fills>"
			"<borders count=\"1\"><border/></borders>"
			"<cellStyleXfs count=\"1\"><xf/></cellStyleXfs>"
			"<cellXfs count=\"5\"><xf xfId=\"0\" numFmtId=\"0\"/>"
			"<xf xfId=\"0\" numFmtId=\"0\" fontId=\"1\" fillId=\"2\" applyFont=\"1\" "
			"applyFill=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" "
			"wrapText=\"1\"/></xf>"
			"<xf xfId=\"0\" numFmtId=\"164\" applyNumberFormat=\"1\"/>"
			"<xf xfId=\"0\" numFmtId=\"0\" applyAlignment=\"1\"><alignment "
			"vertical=\"top\" wrapText=\"1\"/></xf>"
			"<xf xfId=\"0\" numFmtId=\"0\" fillId=\"3\" applyFill=\"1\"/></cellXfs>"
			"</styleSheet>"));
	part_end(x);
}

static void put_frame(struct xlsx *x)
{
	part_begin(x, "[Content_Types].xml");
	buf_add(&x->stage,
		STR(XML_HEAD "<Types xmlns=\"" PACKAGE_SPACE "content-types\">"
			     "<Default Extension=\"rels\" ContentType=\"application/"
			     "vnd.openxmlformats-package.relationships+xml\"/>"
			     "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" SHEET_TYPE
			     "sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" "
			     "ContentType=\"" SHEET_TYPE "styles+xml\"/>"));
	for (size_t i = 1; i <= x->sheet_count; i++)
		buf_fmt(&x->stage,
			"<Override PartName=\"/xl/worksheets/sheet%zu.xml\" "
			"ContentType=\"" SHEET_TYPE "worksheet+xml\"/>",
			i);
	buf_add(&x->stage, STR("</Types>"));
	part_end(x);
	part_begin(x, "_rels/.rels");
	buf_add(&x->stage,
		STR(XML_HEAD "<Relationships xmlns=\"" PACKAGE_SPACE
			     "relationships\"><Relationship Id=\"rId1\" Type=\"" DOCUMENT_SPACE
			     "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"));
	part_end(x);
	part_begin(x, "xl/workbook.xml");
	buf_add(&x->stage,
		STR(XML_HEAD "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" DOCUMENT_SPACE
			     "\"><sheets>"));
	buf_add(&x->stage, buf_str(&x->sheet_names));
	buf_add(&x->stage, STR("</sheets></workbook>"));
	part_end(x);
	part_begin(x, "xl/_rels/workbook.xml.rels");
	buf_add(&x->stage,
		STR(XML_HEAD "<Relationships xmlns=\"" PACKAGE_SPACE "relationships\">"));
	for (size_t i = 1; i <= x->sheet_count; i++)
		buf_fmt(&x->stage,
			"<Relationship Id=\"rId%zu\" Type=\"" DOCUMENT_SPACE
			"/worksheet\" Target=\"worksheets/sheet%zu.xml\"/>",
			i, i);
	buf_fmt(&x->stage,
		"<Relationship Id=\"rId%zu\" Type=\"" DOCUMENT_SPACE
		"/styles\" Target=\"styles.xml\"/></Relationships>",
		x->sheet_count + 1);
	part_end(x);
}

/* --- sheets ---------------------------------------------------------------------------------- */

struct xlsx *xlsx_new(struct buf *out)
{
	struct xlsx *x = calloc(1, sizeof(*x));

	if (!x)
		abort();
	x->out = out;
	buf_init(&x->stage, 16 * STAGE_BYTES);
	buf_init(&x->sheet_names, 8 * KIB);
	buf_init(&x->lists, STAGE_BYTES);
	put_styles(x);
	return x;
}

static void sheet_end(struct xlsx *x)
{
	char name[8];

	if (!x->is_open)
		return;
	buf_add(&x->stage, STR("</sheetData>"));
	if (x->sheet.frozen_rows > 0 && x->sheet.columns > 0 && x->row > x->sheet.frozen_rows)
		buf_fmt(&x->stage, "<autoFilter ref=\"A%zu:%s%zu\"/>", x->sheet.frozen_rows,
			office_column_name(x->sheet.columns - 1, name), x->row);
	buf_add(&x->stage, buf_str(&x->lists));
	buf_add(&x->stage, STR("</worksheet>"));
	part_end(x);
	x->is_open = false;
}

static void put_lists(struct xlsx *x, const struct xlsx_sheet *sheet)
{
	char name[8];

	buf_clear(&x->lists);
	if (sheet->list_count == 0)
		return;
	buf_fmt(&x->lists, "<dataValidations count=\"%zu\">", sheet->list_count);
	for (size_t i = 0; i < sheet->list_count; i++) {
		const char *column = office_column_name(sheet->lists[i].column, name);

		buf_fmt(&x->lists,
			"<dataValidation type=\"list\" allowBlank=\"1\" sqref=\"%s%zu:%s%d\"><formula1>",
			column, sheet->frozen_rows + 1, column, OFFICE_ROWS_MAX);
		xml_text(&x->lists, str_of(sheet->lists[i].source));
		buf_add(&x->lists, STR("</formula1></dataValidation>"));
	}
	buf_add(&x->lists, STR("</dataValidations>"));
}

/* A name that spreadsheets take: cut to 31 characters, without what they forbid. */
static void put_name(struct xlsx *x, struct str name)
{
	struct buf clean;
	size_t characters = 0;

	buf_init(&clean, 256);
	for (size_t i = 0; i < name.len; i++) {
		bool begins = ((unsigned char)name.ptr[i] & 0xC0) != 0x80;

		if (begins && ++characters > NAME_CHARACTERS_MAX)
			break;
		buf_add_char(&clean, str_has(STR("[]:*?/\\"), name.ptr[i]) ? ' ' : name.ptr[i]);
	}
	buf_fmt(&x->sheet_names, "<sheet name=\"");
	xml_text(&x->sheet_names, buf_str(&clean));
	buf_fmt(&x->sheet_names, "\" sheetId=\"%zu\" r:id=\"rId%zu\"/>", x->sheet_count,
		x->sheet_count);
	buf_done(&clean);
}

void xlsx_sheet(struct xlsx *x, const struct xlsx_sheet *sheet)
{
	char part[48];

	sheet_end(x);
	x->sheet = *sheet;
	x->sheet_count++;
	x->row = 0;
	x->column = 0;
	x->is_open = true;
	put_name(x, sheet->name);
	put_lists(x, sheet);
	snprintf(part, sizeof(part), "xl/worksheets/sheet%zu.xml", x->sheet_count);
	part_begin(x, part);
	buf_add(&x->stage, STR(XML_HEAD "<worksheet xmlns=\"" MAIN_SPACE "\">"));
	if (sheet->frozen_rows > 0)
		buf_fmt(&x->stage,
			"<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"%zu\" "
			"topLeftCell=\"A%zu\" activePane=\"bottomLeft\" "
			"state=\"frozen\"/></sheetView></sheetViews>",
			sheet->frozen_rows, sheet->frozen_rows + 1);
	if (sheet->widths) {
		buf_add(&x->stage, STR("<cols>"));
		for (size_t i = 0; i < sheet->columns; i++)
			buf_fmt(&x->stage,
				"<col min=\"%zu\" max=\"%zu\" width=\"%u\" customWidth=\"1\"/>",
				i + 1, i + 1, sheet->widths[i]);
		buf_add(&x->stage, STR("</cols>"));
	}
	buf_add(&x->stage, STR("<sheetData>"));
}

/* Opens the row, if it is not, and names the cell. */
static void cell_begin(struct xlsx *x)
{
	char name[8];

	if (x->column == 0)
		buf_fmt(&x->stage, "<row r=\"%zu\">", ++x->row);
	buf_fmt(&x->stage, "<c r=\"%s%zu\"", office_column_name(x->column, name), x->row);
	x->column++;
}

void xlsx_text(struct xlsx *x, enum xlsx_style style, struct str text)
{
	cell_begin(x);
	buf_fmt(&x->stage, " s=\"%d\"", (int)style);
	if (text.len == 0) {
		buf_add(&x->stage, STR("/>"));
		return;
	}
	buf_add(&x->stage, STR(" t=\"inlineStr\"><is><t xml:space=\"preserve\">"));
	while (text.len > CELL_BYTES_MAX || (text.len > 0 && !str_is_utf8(text)))
		text = str_until(text, text.len > CELL_BYTES_MAX ? CELL_BYTES_MAX : text.len - 1);
	xml_text(&x->stage, text);
	buf_add(&x->stage, STR("</t></is></c>"));
}

void xlsx_number(struct xlsx *x, struct str decimal)
{
	cell_begin(x);
	buf_fmt(&x->stage, "><v>%.*s</v></c>", STR_FMT(decimal));
}

void xlsx_date(struct xlsx *x, struct date day)
{
	int64_t days = date_to_days(day) + 25569;

	/* before March 1900 the two reckonings differ; nobody's records are that old */
	cell_begin(x);
	buf_fmt(&x->stage, " s=\"%d\"><v>%lld</v></c>", (int)XLSX_DATE, (long long)days);
}

void xlsx_skip(struct xlsx *x)
{
	cell_begin(x);
	buf_add(&x->stage, STR("/>"));
}

void xlsx_row_end(struct xlsx *x)
{
	if (x->column == 0)
		xlsx_skip(x);
	buf_add(&x->stage, STR("</row>"));
	x->column = 0;
	x->is_too_large |= x->row > OFFICE_ROWS_MAX;
	if (x->stage.len >= STAGE_BYTES)
		pack(x, Z_NO_FLUSH);
}

int xlsx_finish(struct xlsx *x, struct err *e)
{
	bool is_too_large;

	sheet_end(x);
	put_frame(x);
	put_directory(x);
	is_too_large = x->is_too_large || buf_is_full(x->out) || buf_is_full(&x->stage);
	xlsx_free(x);
	if (is_too_large)
		return err_set(e, ERR_LIMIT,
			"a sheet holds at most %d rows and 4 GiB; take CSV instead",
			OFFICE_ROWS_MAX);
	return 0;
}

struct xlsx *xlsx_free(struct xlsx *x)
{
	if (!x)
		return NULL;
	if (x->is_open)
		(void)deflateEnd(&x->z);
	buf_done(&x->stage);
	buf_done(&x->sheet_names);
	buf_done(&x->lists);
	free(x);
	return NULL;
}
