#include "work/archive/layout.h"

void followers_new(struct followers *f)
{
	f->of = calloc(FOLLOWERS, sizeof(*f->of));
	if (f->of == NULL)
		abort();
}

unsigned decimal_digits(uint64_t value)
{
	static const uint64_t powers[20] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
		100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
		100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
		1000000000000000000, 10000000000000000000u };
	/* 1233 / 4096 is the logarithm of 2, nearly: no division, and one power to compare with */
	unsigned least = (64 - (unsigned)__builtin_clzll(value | 1)) * 1233 >> 12;

	return least + ((value | 1) >= powers[least]);
}

/* Two digits at once: half the divisions, which are what a number costs. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

unsigned hex_digits(uint64_t value)
{
	return value ? (67 - (unsigned)__builtin_clzll(value)) / 4 : 1;
}

size_t decimal_write(uint64_t value, unsigned digits, char *text)
{
	unsigned i;

	if (digits == 0)
		digits = decimal_digits(value);
	for (i = digits; i >= 2; i -= 2, value /= 100)
		memcpy(text + i - 2, pairs + 2 * (value % 100), 2);
	if (i > 0)
		text[0] = (char)('0' + value % 10);
	return digits;
}

size_t hex_write(uint64_t value, unsigned digits, bool is_upper, char *text)
{
	const char *figures = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";

	if (digits == 0)
		digits = hex_digits(value);
	for (unsigned i = digits; i-- > 0; value >>= 4)
		text[i] = figures[value & 15];
	return digits;
}

size_t ipv4_write(uint32_t address, char *text)
{
	char *to = text;

	for (int shift = 24; shift >= 0; shift -= 8) {
		unsigned octet = address >> shift & 255, low = octet % 100;

		if (octet >= 100)
			*to++ = (char)('0' + octet / 100);
		if (octet >= 10)
			*to++ = pairs[2 * low];
		*to++ = pairs[2 * low + 1];
		if (shift > 0)
			*to++ = '.';
	}
	return (size_t)(to - text);
}

int64_t time_base(unsigned first, int64_t value, unsigned form)
{
	if (first == form)
		return value;
	for (unsigned digits = first >> 4; digits > 0; digits--)
		value /= 10;
	for (unsigned digits = form >> 4; digits > 0; digits--)
		value = (int64_t)((uint64_t)value * 10);
	return value;
}
