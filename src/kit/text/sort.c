/* sort.c - the order of the Vietnamese alphabet as bytes that compare. */
#include "kit/text/text.h"

#include <stdlib.h>
#include <utf8proc.h>

/* a ă â b c d đ e ê … : each letter a byte, above the figures */
#define LETTERS "a\1\2bcd\3e\4fghijklmno\5\6pqrstu\7vwxyz"
enum { BREVE_A = 1, ROOF_A, BAR_D, ROOF_E, ROOF_O, HORN_O, HORN_U };

#define FIRST_LETTER 0x40
#define END_OF_LETTERS '\x1f' /* below the blank: a shorter name comes first */

/* One letter with its marks. */
struct letter {
	utf8proc_int32_t base;
	int tone; /* ngang, huyền, hỏi, ngã, sắc, nặng */
};

static void mark(struct letter *l, utf8proc_int32_t point)
{
	switch (point) {
	case 0x300:
		l->tone = 1;
		break;
	case 0x309:
		l->tone = 2;
		break;
	case 0x303:
		l->tone = 3;
		break;
	case 0x301:
		l->tone = 4;
		break;
	case 0x323:
		l->tone = 5;
		break;
	case 0x306:
		l->base = l->base == 'a' ? BREVE_A : l->base;
		break;
	case 0x302:
		l->base = l->base == 'a' ? ROOF_A :
			l->base == 'e'   ? ROOF_E :
			l->base == 'o'   ? ROOF_O :
					   l->base;
		break;
	case 0x31B:
		l->base = l->base == 'o' ? HORN_O : l->base == 'u' ? HORN_U : l->base;
		break;
	default:
		break;
	}
}

static bool is_mark(utf8proc_int32_t point)
{
	return point >= 0x300 && point < 0x370;
}

/* The tone is the word's, as some write "hoá" and some "hóa". */
struct key {
	struct buf letters, tones;
	int tone; /* of the word that is read */
};

static void put_letter(struct letter l, struct key *k)
{
	static const char order[] = LETTERS;
	utf8proc_uint8_t bytes[4];

	for (size_t i = 0; i < sizeof(order) - 1; i++) {
		if (order[i] == l.base) {
			buf_add_char(&k->letters, (char)(FIRST_LETTER + i));
			k->tone = l.tone ? l.tone : k->tone;
			return;
		}
	}
	if (l.base < 0x20)
		return;
	buf_add(&k->letters,
		(struct str){ (const char *)bytes, (size_t)utf8proc_encode_char(l.base, bytes) });
	buf_add_char(&k->tones, (char)('0' + k->tone));
	k->tone = 0;
}

struct str text_sort_key(struct arena *a, struct str s)
{
	utf8proc_uint8_t *plain = NULL;
	utf8proc_ssize_t len, at = 0, step;
	utf8proc_int32_t point;
	struct letter l = { 0 };
	struct key k = { 0 };
	struct str key;

	len = utf8proc_map((const utf8proc_uint8_t *)(s.ptr ? s.ptr : ""), (utf8proc_ssize_t)s.len,
		&plain, UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD);
	if (len < 0)
		return text_fold(a, s);
	buf_init(&k.letters, MIB);
	buf_init(&k.tones, MIB);
	while (at < len && (step = utf8proc_iterate(plain + at, len - at, &point)) > 0) {
		at += step;
		if (is_mark(point)) {
			mark(&l, point);
			continue;
		}
		if (l.base)
			put_letter(l, &k);
		l = (struct letter){ .base = point == 0x111 ? BAR_D : point };
	}
	if (l.base)
		put_letter(l, &k);
	free(plain);
	key = arena_fmt(a, "%.*s%c%.*s%d", STR_FMT(buf_str(&k.letters)), END_OF_LETTERS,
		STR_FMT(buf_str(&k.tones)), k.tone);
	buf_done(&k.letters);
	buf_done(&k.tones);
	return key;
}

struct str text_name_key(struct arena *a, struct str name)
{
	struct str given = str_trim(name), before;

	for (size_t i = given.len; i-- > 0;) {
		if (given.ptr[i] != ' ')
			continue;
		before = str_trim(str_until(given, i));
		given = str_from(given, i + 1);
		return arena_fmt(a, "%.*s\x1f%.*s", STR_FMT(text_sort_key(a, given)),
			STR_FMT(text_sort_key(a, before)));
	}
	return text_sort_key(a, given);
}
