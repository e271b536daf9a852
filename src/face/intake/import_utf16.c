/* import_utf16.c - old files in UTF-16, as Windows saves "Unicode" text, become UTF-8. A character
 * that is none is never guessed at: what stood there would be lost. */
#include "face/intake/import.h"

#include <utf8proc.h>

bool import_is_utf16(struct str head)
{
	return str_starts(head, "\xff\xfe") || str_starts(head, "\xfe\xff");
}

void import_utf16_init(struct import_utf16 *u, bool is_big)
{
	*u = (struct import_utf16){ .is_big = is_big, .line = 1 };
}

static int wrong(const struct import_utf16 *u, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "line %llu: %s", (unsigned long long)u->line, what);
}

static int take_unit(struct import_utf16 *u, uint32_t unit, struct buf *out, struct err *e)
{
	bool is_low = unit >= 0xdc00 && unit < 0xe000;
	utf8proc_uint8_t bytes[4];

	if (u->high && !is_low)
		return wrong(u, "the second half of a character of UTF-16 is missing", e);
	if (!u->high && is_low)
		return wrong(u, "half a character of UTF-16 without its first half", e);
	if (unit >= 0xd800 && unit < 0xdc00) {
		u->high = unit;
		return 0;
	}
	if (u->high)
		unit = 0x10000 + ((u->high - 0xd800) << 10) + (unit - 0xdc00);
	u->high = 0;
	buf_add(out,
		(struct str){ (const char *)bytes,
			(size_t)utf8proc_encode_char((utf8proc_int32_t)unit, bytes) });
	u->line += unit == '\n';
	return 0;
}

int import_utf16_feed(struct import_utf16 *u, struct str chunk, struct buf *out, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < chunk.len; i++) {
		unsigned char byte = (unsigned char)chunk.ptr[i];

		if (u->has_odd)
			rc = take_unit(u,
				u->is_big ? (uint32_t)u->odd << 8 | byte :
					    (uint32_t)byte << 8 | u->odd,
				out, e);
		u->odd = byte;
		u->has_odd = !u->has_odd;
	}
	return rc;
}

int import_utf16_end(const struct import_utf16 *u, struct err *e)
{
	if (u->has_odd)
		return wrong(u, "the file ends within a character of UTF-16", e);
	return u->high ? wrong(u, "the second half of a character of UTF-16 is missing", e) : 0;
}
