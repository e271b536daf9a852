#include "base/base.h"

#include <string.h>

struct str str_of(const char *cstring)
{
	return cstring ? (struct str){ cstring, strlen(cstring) } : STR_NONE;
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Most texts differ from what they are held against in their first byte, and this is asked more
 * often than anything else: nothing is measured or called before that byte is looked at. */
static bool begins(struct str s, const char *cstring, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s.ptr[i] != cstring[i] || cstring[i] == '\0')
			return false;
	return true;
}

bool str_is(struct str s, const char *cstring)
{
	if (!s.ptr || !cstring)
		return s.ptr && s.len == 0;
	return begins(s, cstring, s.len) && cstring[s.len] == '\0';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

bool str_is_nocase(struct str s, const char *cstring)
{
	return s.ptr && str_eq_nocase(s, str_of(cstring));
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n > 0 ? memcmp(a.ptr, b.ptr, n) : 0;

	if (order == 0)
		order = (a.len > b.len) - (a.len < b.len);
	return order;
}

bool str_starts(struct str s, const char *prefix)
{
	size_t i = 0;

	while (i < s.len && prefix[i] != '\0' && s.ptr[i] == prefix[i])
		i++;
	return prefix[i] == '\0';
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.len >= n && (n == 0 || memcmp(s.ptr + s.len - n, suffix, n) == 0);
}

bool str_has(struct str s, char c)
{
	return str_find_char(s, c) >= 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = str_from(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str str_from(struct str s, size_t i)
{
	if (i > s.len)
		i = s.len;
	if (s.ptr)
		s.ptr += i;
	s.len -= i;
	return s;
}

struct str str_until(struct str s, size_t i)
{
	if (i < s.len)
		s.len = i;
	return s;
}

ptrdiff_t str_find_char(struct str s, char c)
{
	const char *at = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;

	return at ? at - s.ptr : -1;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.len == 0)
		return 0;
	at = s.len > 0 ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
	return at ? at - s.ptr : -1;
}

bool str_next_line(struct str *rest, struct str *ret_line)
{
	ptrdiff_t end;

	if (rest->len == 0)
		return false;
	end = str_find_char(*rest, '\n');
	if (end < 0) {
		*ret_line = *rest;
		*rest = str_from(*rest, rest->len);
	} else {
		*ret_line = str_until(*rest, (size_t)end);
		*rest = str_from(*rest, (size_t)end + 1);
	}
	if (str_ends(*ret_line, "\r"))
		ret_line->len--;
	return true;
}

/* A set of bytes, a bit each. */
struct byte_set {
	uint64_t bits[4];
};

static struct byte_set set_of(const char *cstring)
{
	struct byte_set set = { 0 };

	for (const unsigned char *p = (const unsigned char *)cstring; *p; p++)
		set.bits[*p / 64] |= (uint64_t)1 << *p % 64;
	return set;
}

static bool set_has(const struct byte_set *set, unsigned char c)
{
	return set->bits[c / 64] >> c % 64 & 1;
}

bool str_next_word(struct str *rest, const char *separators, struct str *ret_word)
{
	const struct byte_set set = set_of(separators);
	size_t start = 0;
	size_t end;

	while (start < rest->len && set_has(&set, (unsigned char)rest->ptr[start]))
		start++;
	end = start;
	while (end < rest->len && !set_has(&set, (unsigned char)rest->ptr[end]))
		end++;
	if (end == start) {
		*rest = str_from(*rest, rest->len);
		return false;
	}
	*ret_word = (struct str){ rest->ptr + start, end - start };
	*rest = str_from(*rest, end);
	return true;
}

bool str_split(struct str s, char c, struct str *ret_before, struct str *ret_after)
{
	ptrdiff_t at = str_find_char(s, c);

	if (at < 0)
		return false;
	*ret_before = str_until(s, (size_t)at);
	*ret_after = str_from(s, (size_t)at + 1);
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	return 99;
}

bool str_to_u64(struct str s, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int digit = digit_value(s.ptr[i]);

		if (digit >= (int)base || __builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, (uint64_t)digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

bool str_to_i64(struct str s, int64_t *ret)
{
	bool is_negative = s.len > 0 && s.ptr[0] == '-';
	uint64_t value;

	if (s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = str_from(s, 1);
	if (!str_to_u64(s, 10, &value) || value > (uint64_t)INT64_MAX)
		return false;
	*ret = is_negative ? -(int64_t)value : (int64_t)value;
	return true;
}

int64_t str_next_i64(struct str *rest)
{
	struct str word;
	int64_t n = 0;

	if (str_next_word(rest, " ", &word))
		(void)str_to_i64(word, &n);
	return n;
}

/* Length of the well-formed character at P (N bytes left), or 0. */
static size_t utf8_char_len(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
	uint32_t point;

	if (len == 0 || len > n || p[0] > 0xF4)
		return 0;
	if (len == 1)
		return 1;
	point = p[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (p[i] & 0x3F);
	}
	if (point < least[len] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
		return 0;
	return len;
}

bool str_is_utf8(struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t len = utf8_char_len((const unsigned char *)s.ptr + i, s.len - i);

		if (len == 0)
			return false;
		i += len;
	}
	return true;
}
