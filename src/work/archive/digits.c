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

static inline bool has(const uint8_t *bits, uint32_t gram)
{
	return bits[1 + gram / 8] >> gram % 8 & 1;
}

/* Among those of numbers, or of times where these are told. */
static inline bool has_any(const uint8_t *bits, uint32_t gram)
{
	return has(bits, gram) ||
		(bits[0] & DIGITS_TIMES_APART && has(bits + DIGITS_BITS_BYTES, gram));
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

unsigned digits_most_in_time(unsigned form)
{
	unsigned most = (form & 15) == TIMEFORM_EPOCH ? EPOCH_DIGITS : 0;

	return form >> 4 > most ? form >> 4 : most;
}

static bool may_join(char c)
{
	return is_digit(c) || (uint8_t)c >= 0x80;
}

/* The next five bytes or more from *AT on, one behind the other, that are digits or beyond ASCII:
 * of so many, a look at every fifth byte meets one. */
static bool next_run(struct str text, size_t *at, struct str *ret)
{
	for (size_t i = *at + DIGITS_MIN - 1; i < text.len; i += DIGITS_MIN) {
		size_t from = i, end = i;

		if (!may_join(text.ptr[i]))
			continue;
		while (from > *at && may_join(text.ptr[from - 1]))
			from--;
		while (end < text.len && may_join(text.ptr[end]))
			end++;
		if (end - from >= DIGITS_MIN) {
			*ret = (struct str){ text.ptr + from, end - from };
			*at = end;
			return true;
		}
		i = end; /* the next ones begin behind it */
	}
	return false;
}

bool digits_may_cross(const char *text, uint32_t slots)
{
	for (uint32_t k = 0; k <= slots; k++) {
		size_t len = strlen(text);
		bool is_left = k > 0, is_right = k < slots; /* stand slots there? */

		if (len == 0 && is_left && is_right)
			return true;
		if (len > 0 &&
			((is_left && may_join(text[0])) || (is_right && may_join(text[len - 1]))))
			return true;
		if (digits_in_text((struct str){ text, len }))
			return true;
		text += len + 1;
	}
	return false;
}

static unsigned count_digits(struct str part)
{
	unsigned digits = 0;

	for (size_t i = 0; i < part.len; i++)
		digits += is_digit(part.ptr[i]);
	return digits;
}

/* Of so many digits one behind the other that a time untold may have them nothing is known. */
static bool is_untold(const uint8_t *bits, size_t digits)
{
	return digits < DIGITS_MIN || digits <= bits[0] >> DIGITS_UNTOLD;
}

/* The five digits of TEXT that are not here: to be begun with the text alone. */
struct missing {
	struct str text, part;
	size_t at, i; /* in the text, in the part */
	struct run run;
};

/* RUN is the next of them. */
static bool next_missing(const uint8_t *bits, struct missing *m)
{
	for (;;) {
		while (m->i < m->part.len) {
			char c = m->part.ptr[m->i++];

			if (is_digit(c) && run_take(&m->run, c) && !has_any(bits, m->run.gram))
				return true;
		}
		if (!next_run(m->text, &m->at, &m->part))
			return false;
		m->run = (struct run){ 0 };
		m->i = is_untold(bits, count_digits(m->part)) ? m->part.len : 0;
	}
}

void digits_add_text(uint8_t *bits, struct str text)
{
	struct missing m = { .text = text };

	while (next_missing(bits, &m))
		set(bits, m.run.gram);
}

void digits_add_time(uint8_t *bits, unsigned form, int64_t value)
{
	char text[TIMEFORM_TEXT_MAX];
	size_t len = timeform_write(form, value, text);

	if (bits[0] & DIGITS_TIMES_APART)
		add_text(bits + DIGITS_BITS_BYTES, text, len);
	else
		digits_add_text(bits, (struct str){ text, len });
}

bool digits_have_text(const uint8_t *bits, struct str text)
{
	struct missing m = { .text = text };

	return !next_missing(bits, &m);
}

bool digits_in_text(struct str text)
{
	struct str part;

	for (size_t at = 0; next_run(text, &at, &part);) {
		if (count_digits(part) >= DIGITS_MIN)
			return true;
	}
	return false;
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
		if (run_take(&r, text.ptr[i]) && !has(bits, r.gram))
			return false;
	return true;
}

bool digits_may_stand(const uint8_t *bits, struct str text)
{
	for (size_t i = 0; i < text.len && digits_are_whole(bits); i++) {
		struct run r = { 0 };
		size_t end = i;

		while (end < text.len && is_digit(text.ptr[end]))
			end++;
		for (; i < end && !is_untold(bits, end - i + r.len); i++)
			if (run_take(&r, text.ptr[i]) && !has_any(bits, r.gram))
				return false;
		i = end;
	}
	return true;
}
