/* scan.h - private to work/archive: which bytes of a line stand between words and which are digits,
 * as bits, so that the writer looks at words and not at bytes. */
#ifndef ARCHIVE_SCAN_H
#define ARCHIVE_SCAN_H

#include "base/base.h"

enum byte_class {
	IS_DIGIT = 1,
	IS_HEX_LOWER = 2,
	IS_HEX_UPPER = 4,
	IS_LETTER = 8,
	IS_MARK = 16,
	IS_HIGH = 32,
	IS_BETWEEN = 64
};
#define IS_ALNUM (IS_DIGIT | IS_HEX_LOWER | IS_HEX_UPPER | IS_LETTER)

extern const uint8_t class_of_byte[256];

static inline unsigned class_of(char c)
{
	return class_of_byte[(unsigned char)c];
}

#define SCAN_WORDS (LIMIT_SEGMENT_LINE_BYTES / 64 + 2)

/* Bit I stands for byte I. From the end of the line on all is between. */
struct scan {
	uint64_t between[SCAN_WORDS];
	uint64_t digits[SCAN_WORDS];
	bool has_nul;
	bool has_high;
};

/* LINE has at most LIMIT_SEGMENT_LINE_BYTES. */
void scan_line(struct scan *s, struct str line);
/* The same, on any processor. */
void scan_line_narrow(struct scan *s, struct str line);

/* The first byte from AT on that is between words. */
static inline size_t scan_end(const struct scan *s, size_t at)
{
	size_t word = at / 64;
	uint64_t bits = s->between[word] >> at % 64;

	if (bits)
		return at + (size_t)__builtin_ctzll(bits);
	do
		bits = s->between[++word];
	while (bits == 0);
	return word * 64 + (size_t)__builtin_ctzll(bits);
}

/* Which of the bytes from FROM to END are digits. */
enum scan_digits { NO_DIGIT, SOME_DIGITS, ALL_DIGITS };
static inline enum scan_digits scan_digits(const struct scan *s, size_t from, size_t end)
{
	bool is_any = false, is_all = true;

	/* mostly they are bits of one word */
	if (from % 64 + (end - from) < 64) {
		uint64_t all = ((uint64_t)1 << (end - from)) - 1;
		uint64_t bits = s->digits[from / 64] >> from % 64 & all;

		return bits == 0 ? NO_DIGIT : bits == all ? ALL_DIGITS : SOME_DIGITS;
	}
	for (size_t at = from; at < end; at = (at / 64 + 1) * 64) {
		size_t count = end - at;
		uint64_t bits = s->digits[at / 64] >> at % 64, all = UINT64_MAX >> at % 64;

		if (count < 64 - at % 64) {
			all = ((uint64_t)1 << count) - 1;
			bits &= all;
		}
		is_any |= bits != 0;
		is_all &= bits == all;
	}
	return is_any ? is_all ? ALL_DIGITS : SOME_DIGITS : NO_DIGIT;
}

#endif
