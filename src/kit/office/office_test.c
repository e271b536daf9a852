#include <sys/mman.h>
#include <unistd.h>

#include "kit/office/office_int.h"
#include "test/unit.h"

static int file_of(struct str bytes)
{
	int fd = memfd_create("office", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
	return fd;
}

static void assert_cell(const struct office_row *row, size_t column, const char *text)
{
	assert_true(column < row->count);
	if (!str_is(row->cells[column].text, text))
		fail_msg("row %u column %zu is \"%.*s\", not \"%s\"", row->number, column,
			STR_FMT(row->cells[column].text), text);
}

static void what_is_written_is_read_again(void **state)
{
	static const struct xlsx_list lists[] = { { 1, "'Danh mục'!$A$1:$A$2" } };
	struct xlsx_sheet sheet = { .name = STR("Sổ [Wi-Fi]"),
		.columns = 3,
		.frozen_rows = 1,
		.lists = lists,
		.list_count = 1 };
	struct parse_fault fault;
	struct office_row row;
	struct office *o;
	struct arena a;
	struct buf out;
	struct err e;
	struct xlsx *x;
	size_t count;
	int fd;

	(void)state;
	arena_init(&a, 32 * MIB);
	buf_init(&out, MIB);
	x = xlsx_new(&out);
	xlsx_sheet(x, &sheet);
	xlsx_text(x, XLSX_HEAD, STR("Tên <mạng> & \"dấu\""));
	xlsx_text(x, XLSX_HEAD, STR("Loại"));
	xlsx_text(x, XLSX_HEAD, STR("Ngày"));
	xlsx_row_end(x);
	xlsx_text(x, XLSX_PLAIN, STR("=1+1\nhai _x000D_ dòng"));
	xlsx_number(x, STR("-12.5"));
	xlsx_date(x, (struct date){ 2026, 2, 28 });
	xlsx_row_end(x);
	sheet.name = STR("Danh mục");
	sheet.list_count = 0;
	xlsx_sheet(x, &sheet);
	assert_int_equal(xlsx_finish(x, &e), 0);
	fd = file_of(buf_str(&out));
	assert_int_equal(office_open(fd, &a, &fault, &o), 0);
	assert_true(str_is(office_sheets(o, &count)[0].name, "Sổ  Wi-Fi "));
	assert_int_equal(count, 2);
	assert_int_equal(office_select(o, 0, &fault), 0);
	assert_int_equal(office_next(o, &row, &fault), 1);
	assert_cell(&row, 0, "Tên <mạng> & \"dấu\"");
	assert_int_equal(office_next(o, &row, &fault), 1);
	assert_int_equal(row.number, 2);
	assert_cell(&row, 0, "=1+1\nhai _x000D_ dòng");
	assert_cell(&row, 1, "-12.5");
	assert_cell(&row, 2, "2026-02-28");
	assert_int_equal(row.cells[2].kind, OFFICE_DATE);
	assert_int_equal(office_next(o, &row, &fault), 0);
	assert_null(office_close(o));
	close(fd);
	buf_done(&out);
	arena_done(&a);
}

static void csv_is_read_whatever_parts_it(void **state)
{
	static const struct {
		const char *bytes;
		char delimiter;
		const char *cells[3];
		uint32_t second_row;
	} rows[] = {
		{ "\xEF\xBB\xBF\"Tên\",\"a\"\"b\",\"'=1+1\"\r\n\"hai\",\"ba\",\"\"\r\n", ',',
			{ "Tên", "a\"b", "=1+1" }, 2 },
		{ "Tên;Số;Ghi chú, thêm\n\n;;\nx;1,5;\"hai\ndòng\"\n", ';',
			{ "Tên", "Số", "Ghi chú, thêm" }, 4 },
		{ "Tên\tSố\t\"a\tb\"\nx\t2\tc", '\t', { "Tên", "Số", "a\tb" }, 2 },
	};
	struct parse_fault fault;
	struct office_row row;
	struct office *o;
	struct arena a;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = file_of(str_of(rows[i].bytes));

		arena_init(&a, 32 * MIB);
		assert_int_equal(office_open(fd, &a, &fault, &o), 0);
		assert_int_equal(office_select(o, 0, &fault), 0);
		assert_int_equal(office_next(o, &row, &fault), 1);
		assert_int_equal(office_notes(o)->delimiter, rows[i].delimiter);
		for (size_t c = 0; c < 3; c++)
			assert_cell(&row, c, rows[i].cells[c]);
		assert_int_equal(office_next(o, &row, &fault), 1);
		assert_int_equal(row.number, rows[i].second_row);
		assert_int_equal(office_next(o, &row, &fault), 0);
		office_close(o);
		close(fd);
		arena_done(&a);
	}
}

static void serials_are_days_of_either_epoch(void **state)
{
	char text[32];

	(void)state;
	assert_true(serial_text(46084, false, false, text));
	assert_string_equal(text, "2026-03-03");
	assert_true(serial_text(44622, true, false, text));
	assert_string_equal(text, "2026-03-03");
	assert_true(serial_text(1, false, false, text));
	assert_string_equal(text, "1900-01-01");
	assert_true(serial_text(61, false, false, text));
	assert_string_equal(text, "1900-03-01");
	assert_true(serial_text(46084.5, false, true, text));
	assert_string_equal(text, "2026-03-03 12:00");
	assert_false(serial_text(-1, false, false, text));
	assert_false(serial_text(3e9, false, false, text));
}

static void what_is_no_table_is_refused(void **state)
{
	static const struct {
		struct str bytes;
		const char *words;
	} rows[] = {
		{ STR("\xD0\xCF\x11\xE0 old"), "tệp XLS kiểu cũ" },
		{ STR("PK\x03\x04 cut short"), "tệp XLSX bị hỏng" },
		{ STR("%PDF-1.4"), "tệp này không phải" },
		{ STR(""), "tệp rỗng" },
	};
	struct parse_fault fault;
	struct office *o;
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = file_of(rows[i].bytes);

		assert_true(office_open(fd, &a, &fault, &o) < 0);
		assert_true(str_starts(str_of(fault.words), rows[i].words));
		close(fd);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(csv_is_read_whatever_parts_it),
		cmocka_unit_test(serials_are_days_of_either_epoch),
		cmocka_unit_test(what_is_no_table_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
