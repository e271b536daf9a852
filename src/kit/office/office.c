/* office.c - one reader for both: what the file begins with says what it is. */
#include "kit/office/office_int.h"

#include <unistd.h>

struct office {
	struct office_notes notes;
	struct container container;
	struct book book;
	struct sheet *sheet;
	struct csv *csv;
	int fd;
};

static const struct office_sheet csv_sheet = { { "", 0 }, false };

/* Older and other tables, which one mends by saving anew. */
static int refuse_kind(struct str head, struct parse_fault *fault)
{
	if (str_starts(head, "\xD0\xCF\x11\xE0"))
		return office_refuse(fault, ERR_INPUT,
			T("tệp XLS kiểu cũ hoặc tệp đặt mật khẩu; hãy mở bằng bảng tính, bỏ mật khẩu "
			  "và lưu thành .xlsx"),
			STR_NONE);
	if (str_starts(head, "%PDF") || str_starts(head, "\x89PNG") || str_starts(head, "{\\rtf") ||
		str_starts(head, "\x1F\x8B"))
		return office_refuse(
			fault, ERR_INPUT, T("tệp này không phải bảng XLSX hay CSV"), STR_NONE);
	/* what programs of the web call .xls; a table of commas begins with a heading */
	if (str_starts(head, "<") || str_starts(head, "\xEF\xBB\xBF<"))
		return office_refuse(fault, ERR_INPUT,
			T("tệp này là trang web (HTML, XML) mang đuôi bảng tính; hãy mở bằng bảng tính và "
			  "lưu thành .xlsx"),
			STR_NONE);
	return 0;
}

int office_open(int fd, struct arena *a, struct parse_fault *ret_fault, struct office **ret)
{
	struct office *o;
	char head[8] = { 0 };
	ssize_t n = pread(fd, head, sizeof(head), 0);
	int rc;

	if (n <= 0)
		return office_refuse(ret_fault, ERR_INPUT, T("tệp rỗng"), STR_NONE);
	rc = refuse_kind((struct str){ head, (size_t)n }, ret_fault);
	if (rc < 0)
		return rc;
	o = arena_new(a, struct office);
	o->fd = fd;
	if (!str_starts((struct str){ head, (size_t)n }, "PK\x03\x04")) {
		*ret = o;
		o->notes.is_csv = true;
		return 0;
	}
	rc = container_open(fd, &o->container, ret_fault);
	if (rc < 0)
		return rc;
	rc = book_open(o->container.zip, a, &o->book, ret_fault);
	if (rc < 0) {
		container_close(&o->container);
		return rc;
	}
	o->notes.has_macros = o->book.has_macros;
	*ret = o;
	return 0;
}

static void end_sheet(struct office *o)
{
	o->sheet = sheet_close(o->sheet);
	o->csv = csv_close(o->csv);
}

struct office *office_close(struct office *o)
{
	if (!o)
		return NULL;
	end_sheet(o);
	if (o->container.zip) {
		book_close(&o->book);
		container_close(&o->container);
	}
	return NULL;
}

const struct office_sheet *office_sheets(const struct office *o, size_t *ret_count)
{
	*ret_count = o->notes.is_csv ? 1 : o->book.sheets.len;
	return o->notes.is_csv ? &csv_sheet : o->book.sheets.at;
}

int office_select(struct office *o, size_t number, struct parse_fault *ret_fault)
{
	end_sheet(o);
	if (o->notes.is_csv)
		return csv_open(o->fd, &o->notes, &o->csv, ret_fault);
	assert(number < o->book.sheets.len);
	return sheet_open(&o->book, number, &o->notes, &o->sheet, ret_fault);
}

int office_next(struct office *o, struct office_row *ret_row, struct parse_fault *ret_fault)
{
	if (o->csv)
		return csv_next(o->csv, ret_row, ret_fault);
	assert(o->sheet);
	return sheet_next(o->sheet, ret_row, ret_fault);
}

const struct office_notes *office_notes(const struct office *o)
{
	return &o->notes;
}

const char *office_column_name(size_t column, char *text)
{
	char *at = text + 7;

	*at = '\0';
	for (column++; column > 0 && at > text; column = (column - 1) / 26)
		*--at = (char)('A' + (column - 1) % 26);
	return at;
}
