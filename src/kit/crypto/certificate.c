/* certificate.c - until when a certificate of X.509 says it holds (RFC 5280): the few fields of DER
 * before that date are stepped over, and nothing behind it is looked at. An audit asks no more of a
 * certificate, and would load OpenSSL for it. */
#include <string.h>
#include <time.h>

#include "kit/crypto/crypto.h"

#define PEM_BYTES_MAX (256 * KIB)

enum {
	DER_INTEGER = 0x02,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_VERSION = 0xa0,
};

static bool is_next(struct str der, unsigned char tag)
{
	return der.len > 0 && (unsigned char)der.ptr[0] == tag;
}

/* The value at the front of *REST, which has this TAG; *REST is what follows it. */
static bool take(struct str *rest, unsigned char tag, struct str *ret)
{
	const unsigned char *bytes = (const unsigned char *)rest->ptr;
	size_t head = 2, len;

	if (rest->len < head || bytes[0] != tag)
		return false;
	len = bytes[1];
	if (len > 127) {
		size_t count = len - 128;

		if (count < 1 || count > 3 || rest->len - head < count)
			return false;
		len = 0;
		for (size_t i = 0; i < count; i++)
			len = len << 8 | bytes[head + i];
		head += count;
	}
	if (len > rest->len - head)
		return false;
	*ret = str_until(str_from(*rest, head), len);
	*rest = str_from(*rest, head + len);
	return true;
}

/* Two figures, or -1. */
static int pair(struct str s, size_t at)
{
	const char *c = s.ptr + at;

	return c[0] >= '0' && c[0] <= '9' && c[1] >= '0' && c[1] <= '9' ?
		(c[0] - '0') * 10 + c[1] - '0' :
		-1;
}

/* "YYMMDDHHMMSSZ", before 2050, or "YYYYMMDDHHMMSSZ"; a day that the calendar has. */
static bool read_time(struct str s, bool is_long, int64_t *ret)
{
	size_t year_len = is_long ? 4 : 2;
	struct tm given = { 0 }, real;
	int parts[7], century;

	if (s.len != year_len + 11 || s.ptr[s.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i < (s.len - 1) / 2; i++) {
		parts[i] = pair(s, 2 * i);
		if (parts[i] < 0)
			return false;
	}
	century = is_long ? parts[0] : parts[0] < 50 ? 20 : 19;
	given.tm_year = century * 100 + parts[is_long] - 1900;
	given.tm_mon = parts[is_long + 1] - 1;
	given.tm_mday = parts[is_long + 2];
	given.tm_hour = parts[is_long + 3];
	given.tm_min = parts[is_long + 4];
	given.tm_sec = parts[is_long + 5];
	real = given;
	*ret = timegm(&real);
	return real.tm_mon == given.tm_mon && real.tm_mday == given.tm_mday &&
		real.tm_hour == given.tm_hour && real.tm_min == given.tm_min &&
		real.tm_sec == given.tm_sec;
}

static bool until_of(struct str der, int64_t *ret)
{
	struct str all, fields, skipped, validity, until;
	bool is_long;

	if (!take(&der, DER_SEQUENCE, &all) || der.len > 0 || !take(&all, DER_SEQUENCE, &fields))
		return false;
	if (is_next(fields, DER_VERSION) && !take(&fields, DER_VERSION, &skipped))
		return false;
	if (!take(&fields, DER_INTEGER, &skipped) ||      /* its number */
		!take(&fields, DER_SEQUENCE, &skipped) || /* how it is signed */
		!take(&fields, DER_SEQUENCE, &skipped) || /* by whom */
		!take(&fields, DER_SEQUENCE, &validity))
		return false;
	if (!take(&validity, DER_UTC_TIME, &skipped) && !take(&validity, DER_TIME, &skipped))
		return false;
	is_long = is_next(validity, DER_TIME);
	return take(&validity, is_long ? DER_TIME : DER_UTC_TIME, &until) && validity.len == 0 &&
		read_time(until, is_long, ret);
}

/* The letters between the lines that begin and end the first certificate, without line breaks. */
static bool body_of(struct str pem, struct arena *a, struct str *ret)
{
	static const struct str begin = STR("-----BEGIN CERTIFICATE-----"),
				end = STR("-----END CERTIFICATE-----");
	long at = str_find(pem, begin), len;
	char *letters;
	size_t kept = 0;

	if (at < 0)
		return false;
	pem = str_from(pem, (size_t)at + begin.len);
	len = str_find(pem, end);
	if (len < 0)
		return false;
	letters = arena_alloc(a, (size_t)len + 1);
	for (size_t i = 0; i < (size_t)len; i++)
		if (!memchr(" \t\r\n", pem.ptr[i], 4))
			letters[kept++] = pem.ptr[i];
	*ret = (struct str){ letters, kept };
	return true;
}

bool certificate_until(struct str pem, int64_t *ret_at_s)
{
	struct arena a;
	struct err ignored;
	struct str body, der;
	int64_t at_s;
	bool is_read;

	if (pem.len > PEM_BYTES_MAX)
		return false;
	arena_init(&a, 2 * PEM_BYTES_MAX);
	is_read = body_of(pem, &a, &body) && base64_to(body, &a, &der, &ignored) == 0 &&
		until_of(der, &at_s);
	arena_done(&a);
	if (is_read)
		*ret_at_s = at_s;
	return is_read;
}
