#include "work/archive/digits.h"

#define GRAMS 100000u

/* Five digits met while a text is read. */
struct run {
	uint32_t gram;
	unsigned len;
};

static inline bool run_take(struct run *r, char c)
{
	unsigned digit = (unsigned)(uint8_t)c - '0';

	if (digit > 9) {
		*r = (struct run){ 0 };
		return false;
	}
	r->gram = (r->gram * 10 + digit) % GRAMS;
	return ++r->len >= DIGITS_MIN;
}

static inline void set(uint8_t *bits, uint32_t gram)
{
	bits[1 + gram / 8] |= (uint8_t)(1u << gram % 8);
}

static void add_text(uint8_t *bits, const char *text, size_t len)
{
	struct run r = { 0 };

	for (size_t i = 0; i < len; i++)
		if (run_take(&r, text[i]))
			set(bits, r.gram);
}

size_t digits_bytes(uint8_t flags)
{
	return flags & DIGITS_TIMES_APART ? DIGITS_BYTES_APART : DIGITS_BYTES;
}

void digits_add(uint8_t *bits, unsigned type, uint64_t value, unsigned digits)
{
	char text[TIMEFORM_TEXT_MAX];

	if (type != SLOT_NUMBER) {
		add_text(bits, text, hex_write(value, digits, false, text));
		return;
	}
	if (digits == 0 && value < GRAMS / 10)
		return;
	if (digits == 0)
		digits = decimal_digits(value);
	for (; digits >= DIGITS_MIN; digits--, value /= 10)
		set(bits, (uint32_t)(value % GRAMS));
}

bool digits_in_time(unsigned form)
{
	return form >> 4 >= DIGITS_MIN || (form & 15) == TIMEFORM_EPOCH;
}

void digits_add_time(uint8_t *bits, unsigned form, int64_t value)
{
	char text[TIMEFORM_TEXT_MAX];

	add_text(bits + DIGITS_BITS_BYTES, text, timeform_write(form, value, text));
}

bool digits_are_many(const uint8_t *bits)
{
	unsigned count = 0;

	for (size_t i = 1; i < DIGITS_BYTES; i++)
		count += (unsigned)__builtin_popcount(bits[i]);
	return count > GRAMS / 2;
}

bool digits_may_hold(const uint8_t *bits, unsigned type, struct str text)
{
	struct run r = { 0 };

	if (type == SLOT_TIME && !(bits[0] & (DIGITS_WITH_TIMES | DIGITS_TIMES_APART)))
		return true;
	if (type == SLOT_TIME && bits[0] & DIGITS_TIMES_APART)
		bits += DIGITS_BITS_BYTES;
	for (size_t i = 0; i < text.len; i++)
		if (run_take(&r, text.ptr[i]) && !(bits[1 + r.gram / 8] >> r.gram % 8 & 1))
			return false;
	return true;
}
