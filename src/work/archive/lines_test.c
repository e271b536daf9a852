#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "work/archive/lines.h"

#define WORDS 60 /* more than one place takes for words of a template */

static uint32_t parse(struct lines *l, const char *line)
{
	static struct value values[LIMIT_SEGMENT_SLOTS];
	uint64_t group;

	return lines_parse(l, str_of(line), values, &group);
}

static struct lines *new_lines(void)
{
	struct lines *l = malloc(sizeof(*l));

	assert_non_null(l);
	lines_init(l);
	return l;
}

static void free_lines(struct lines *l)
{
	lines_done(l);
	free(l);
}

/* A word that was part of the template when its line came first, and of a known way, is a value as
 * soon as too many others stood in its place; what was learnt before does not hold it back. */
static void words_become_values(void **state)
{
	struct lines *l = new_lines();
	uint32_t first = 0, last = 0;
	char line[128];

	for (int again = 0; again < 3; again++)
		first = parse(l, "disk 7 of host thing is nearly full at 93 percent");
	assert_int_equal(lines_template(l, first)->slots, 2);
	for (int i = 0; i < WORDS && (last == 0 || lines_template(l, last)->slots == 2); i++) {
		snprintf(line, sizeof(line), "disk 7 of host %c%c is nearly full at 93 percent",
			'g' + i % 20, 'g' + i / 20);
		last = parse(l, line);
	}
	assert_int_equal(lines_template(l, last)->slots, 3);
	assert_int_equal(parse(l, "disk 7 of host thing is nearly full at 93 percent"), last);
	free_lines(l);
}

/* Lines that differ in a byte of their static text, or in what stands in a slot, are of different
 * templates, however often each came. */
static void near_lines_stay_apart(void **state)
{
	static const char *const apart[] = { "user tom from 10.0.0.1 port 22 ok",
		"user tom from 10.0.0.1 port 22  ok", "user tom from 10.0.0.1  port 22 ok",
		"user tom from 10.0.0.1 port 22 ok ", "user tom from 10.0.0.1 port 22 oh",
		"user tom from 10.0.0.1 port 22", "user tom from 10.0.0.1 port 22 ",
		"user tom from 100001 port 22 ok", "user tom from 10.0.0.1 port 12:00:00 ok",
		" user tom from 10.0.0.1 port 22 ok", "user tom from 10.0.0.1 port blk_12345 ok",
		"user tom from 10.0.0.1 port blk_12345ok" };
	struct lines *l = new_lines();
	uint32_t of[COUNT(apart)];

	for (int again = 0; again < 4; again++)
		for (size_t i = 0; i < COUNT(apart); i++) {
			uint32_t t = parse(l, apart[i]);

			assert_int_not_equal(t, TEMPLATE_RAW);
			if (again > 0)
				assert_int_equal(t, of[i]);
			of[i] = t;
			for (size_t k = 0; k < i; k++)
				assert_int_not_equal(of[k], t);
		}
	free_lines(l);
}

/* Values between the same bytes share a column, but those of a table are told apart by their place
 * in it, and found again there whatever stands before. */
static void columns_of_a_table_stay_apart(void **state)
{
	static const char *const rows[] = { "conn\t10.0.0.1\t5001\t5002\t5003\tudp",
		"dns\t10.0.0.1\t5004\t5005\t5006\ttcp", "x 10.0.0.1 5001 5002 5003 end" };
	struct lines *l = new_lines();
	uint16_t of[COUNT(rows)][4];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t t = parse(l, rows[i]);

		for (int k = 0; k < 4; k++)
			of[i][k] = lines_slots(l, lines_template(l, t))[k].family;
	}
	assert_int_not_equal(of[0][2], of[0][3]);
	assert_memory_equal(of[0], of[1], sizeof(of[0]));
	assert_int_equal(of[2][2], of[2][3]);
	free_lines(l);
}

/* Every byte at every place: the two ways of looking at a line say what the table says. */
static void bytes_are_of_their_class(void **state)
{
	struct scan *wide = malloc(sizeof(*wide)), *narrow = malloc(sizeof(*narrow));
	char line[150];

	assert_non_null(wide);
	assert_non_null(narrow);
	for (int byte = 0; byte < 256; byte++)
		for (size_t at = 0; at < sizeof(line); at++) {
			unsigned class = class_of((char)byte);

			memset(line, at % 2 ? 'n' : '7', sizeof(line));
			line[at] = (char)byte;
			scan_line(wide, (struct str){ line, sizeof(line) });
			scan_line_narrow(narrow, (struct str){ line, sizeof(line) });
			for (size_t word = 0; word <= sizeof(line) / 64 + 1; word++) {
				assert_true(wide->between[word] == narrow->between[word]);
				assert_true(wide->digits[word] == narrow->digits[word]);
			}
			assert_true(
				wide->has_nul == (byte == 0) && narrow->has_nul == wide->has_nul);
			assert_true(wide->has_high == (class == IS_HIGH) &&
				narrow->has_high == wide->has_high);
			assert_int_equal(
				wide->between[at / 64] >> at % 64 & 1, (class & IS_BETWEEN) != 0);
			assert_int_equal(
				wide->digits[at / 64] >> at % 64 & 1, (class & IS_DIGIT) != 0);
		}
	free(wide);
	free(narrow);
}

/* What stands in a slot is written as it stood in the line. */
static void numbers_are_written(void **state)
{
	static const struct {
		uint32_t address;
		const char *text;
	} addresses[] = { { 0x00090A63, "0.9.10.99" }, { 0x646DC8FF, "100.109.200.255" } };
	char text[24], wanted[24];
	uint64_t power = 1;

	(void)state;
	for (unsigned digits = 1; digits <= 20; digits++, power *= 10) {
		uint64_t around[] = { power - 1, power, power + 1 };

		for (size_t i = 0; i < COUNT(around); i++) {
			int len = snprintf(
				wanted, sizeof(wanted), "%llu", (unsigned long long)around[i]);

			assert_int_equal(decimal_digits(around[i]), len);
			assert_int_equal(decimal_write(around[i], 0, text), len);
			assert_memory_equal(text, wanted, (size_t)len);
		}
	}
	assert_int_equal(decimal_digits(UINT64_MAX), 20);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		text[ipv4_write(addresses[i].address, text)] = '\0';
		assert_string_equal(text, addresses[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(bytes_are_of_their_class),
		cmocka_unit_test(numbers_are_written), cmocka_unit_test(words_become_values),
		cmocka_unit_test(near_lines_stay_apart),
		cmocka_unit_test(columns_of_a_table_stay_apart) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
