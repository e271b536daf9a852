/* encoding.c - old Vietnamese encodings into Unicode. */
#include "kit/office/encoding_table.h"
#include "kit/office/office_int.h"

#include <string.h>
#include <utf8proc.h>

#define PIECE_BYTES 4096

const char *office_encoding_name(enum office_encoding encoding)
{
	static const char *const names[] = { "UTF-8", "UTF-16 LE", "UTF-16 BE", "Windows-1258",
		"TCVN3 (ABC)", "VNI", "Windows-1252" };

	return names[encoding];
}

int latin_byte(uint32_t c)
{
	if (c < 0x80 || (c >= 0xA0 && c < 0x100))
		return (int)c;
	for (int i = 0; i < 128; i++)
		if (cp1252_table[i] == c && c != 0xFFFD)
			return 0x80 + i;
	/* what Windows-1252 leaves open is often kept as a control character */
	return c < 0xA0 ? (int)c : -1;
}

/* Characters are collected with their marks and composed when the next letter begins. */
struct writer {
	struct buf *out;
	char piece[PIECE_BYTES];
	size_t len;
};

static bool has_plain_text(const struct writer *w)
{
	for (size_t i = 0; i < w->len; i++)
		if ((unsigned char)w->piece[i] >= 0x80)
			return false;
	return true;
}

static void flush(struct writer *w)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t len = -1;

	if (!has_plain_text(w))
		len = utf8proc_map((const utf8proc_uint8_t *)w->piece, (utf8proc_ssize_t)w->len,
			&composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (len >= 0)
		buf_add(w->out, (struct str){ (const char *)composed, (size_t)len });
	else
		buf_add(w->out, (struct str){ w->piece, w->len });
	free(composed);
	w->len = 0;
}

static bool is_mark(uint32_t c)
{
	return c >= 0x300 && c < 0x370;
}

static void put(struct writer *w, uint32_t c)
{
	if (w->len + 16 > sizeof(w->piece) || (w->len + 256 > sizeof(w->piece) && !is_mark(c)))
		flush(w);
	if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		c = 0xFFFD;
	w->len += (size_t)utf8proc_encode_char(
		(utf8proc_int32_t)c, (utf8proc_uint8_t *)w->piece + w->len);
}

/* VNI writes a vowel, then one byte for its marks; a letter with horn or without marks has a byte
 * of its own. Upper case is 0x20 below. */
struct vni_mark {
	unsigned char byte;
	uint16_t first, second;
};

static const struct vni_mark vni_marks[] = {
	{ 0xF9, 0x301, 0 },
	{ 0xF8, 0x300, 0 },
	{ 0xFB, 0x309, 0 },
	{ 0xF5, 0x303, 0 },
	{ 0xEF, 0x323, 0 },
	{ 0xEA, 0x306, 0 },
	{ 0xE9, 0x306, 0x301 },
	{ 0xE8, 0x306, 0x300 },
	{ 0xFA, 0x306, 0x309 },
	{ 0xFC, 0x306, 0x303 },
	{ 0xEB, 0x306, 0x323 },
	{ 0xE2, 0x302, 0 },
	{ 0xE1, 0x302, 0x301 },
	{ 0xE0, 0x302, 0x300 },
	{ 0xE5, 0x302, 0x309 },
	{ 0xE3, 0x302, 0x303 },
	{ 0xE4, 0x302, 0x323 },
};

static const struct {
	unsigned char byte;
	uint16_t lower, upper;
} vni_letters[] = {
	{ 0xF1, 0x111, 0x110 },
	{ 0xF4, 0x1A1, 0x1A0 },
	{ 0xF6, 0x1B0, 0x1AF },
	{ 0xED, 0xED, 0xCD },
	{ 0xEC, 0xEC, 0xCC },
	{ 0xE6, 0x1EC9, 0x1EC8 },
	{ 0xF3, 0x129, 0x128 },
	{ 0xF2, 0x1ECB, 0x1ECA },
	{ 0xEE, 0x1EF5, 0x1EF4 },
};

/* May the vowel before take MARK? Breve stands on a only, the roof on a, e, o. */
static bool vni_takes(unsigned char vowel, const struct vni_mark *mark)
{
	unsigned char v = vowel | 0x20;

	if (mark->first == 0x306)
		return v == 'a';
	if (mark->first == 0x302)
		return v == 'a' || v == 'e' || v == 'o';
	return v == 'a' || v == 'e' || v == 'o' || v == 'u' || v == 'y' || v == 0xF4 || v == 0xF6;
}

static uint32_t vni_letter(unsigned char byte)
{
	for (size_t i = 0; i < COUNT(vni_letters); i++) {
		if (byte == vni_letters[i].byte)
			return vni_letters[i].lower;
		if (byte == vni_letters[i].byte - 0x20)
			return vni_letters[i].upper;
	}
	return cp1252_table[byte - 0x80];
}

static void decode_vni(struct writer *w, struct str bytes)
{
	unsigned char before = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];
		const struct vni_mark *mark = NULL;

		for (size_t m = 0; m < COUNT(vni_marks) && before && byte >= 0xC0; m++)
			if ((byte | 0x20) == vni_marks[m].byte && vni_takes(before, &vni_marks[m]))
				mark = &vni_marks[m];
		if (mark) {
			put(w, mark->first);
			if (mark->second)
				put(w, mark->second);
			before = 0;
		} else {
			put(w, byte < 0x80 ? byte : vni_letter(byte));
			before = byte;
		}
	}
}

static void decode_table(struct writer *w, const uint16_t *table, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		put(w, byte < 0x80 ? byte : table[byte - 0x80]);
	}
}

static void decode_utf16(struct writer *w, struct str bytes, bool is_big)
{
	uint32_t high = 0;

	for (size_t i = 0; i + 1 < bytes.len; i += 2) {
		unsigned char a = (unsigned char)bytes.ptr[i], b = (unsigned char)bytes.ptr[i + 1];
		uint32_t unit = is_big ? (uint32_t)(a << 8 | b) : (uint32_t)(b << 8 | a);

		if (high && unit >= 0xDC00 && unit < 0xE000) {
			put(w, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
			high = 0;
			continue;
		}
		if (high)
			put(w, 0xFFFD);
		high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
		if (!high)
			put(w, unit);
	}
	if (high || bytes.len % 2)
		put(w, 0xFFFD);
}

static void decode_utf8(struct writer *w, struct str bytes)
{
	for (size_t i = 0; i < bytes.len;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)bytes.ptr + i,
			(utf8proc_ssize_t)(bytes.len - i), &c);

		put(w, step > 0 ? (uint32_t)c : 0xFFFD);
		i += step > 0 ? (size_t)step : 1;
	}
}

/* UTF-8 of what once were single bytes, back to those. False when there is another character. */
static bool untwice(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + i,
			(utf8proc_ssize_t)(text.len - i), &c);
		int byte = step > 0 ? latin_byte((uint32_t)c) : -1;

		if (byte < 0)
			return false;
		buf_add_char(out, (char)byte);
		i += (size_t)step;
	}
	return true;
}

void office_decode(struct office_guess from, struct str bytes, struct buf *out)
{
	struct writer w = { .out = out };
	struct buf single;

	buf_init(&single, from.is_twice ? bytes.len + 1 : 1);
	if (from.is_twice && untwice(bytes, &single))
		bytes = buf_str(&single);
	else if (from.is_twice)
		from.encoding = OFFICE_UTF8;
	switch (from.encoding) {
	case OFFICE_UTF8:
		decode_utf8(&w, bytes);
		break;
	case OFFICE_UTF16LE:
		decode_utf16(&w, bytes, false);
		break;
	case OFFICE_UTF16BE:
		decode_utf16(&w, bytes, true);
		break;
	case OFFICE_CP1258:
		decode_table(&w, cp1258_table, bytes);
		break;
	case OFFICE_TCVN3:
		decode_table(&w, tcvn3_table, bytes);
		break;
	case OFFICE_VNI:
		decode_vni(&w, bytes);
		break;
	case OFFICE_CP1252:
		decode_table(&w, cp1252_table, bytes);
		break;
	}
	flush(&w);
	buf_done(&single);
}
