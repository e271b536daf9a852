#include "kit/text/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define FOLD_GROWTH 3 /* no character gets longer than this, in bytes */

/* What of S is UTF-8, folded into OUT; how many bytes that are. */
static size_t fold_whole(struct str s, char *out)
{
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t len =
		utf8proc_map((const utf8proc_uint8_t *)s.ptr, (utf8proc_ssize_t)s.len, &folded,
			UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
	size_t n = 0;

	if (len < 0)
		abort();
	for (utf8proc_ssize_t i = 0; i < len; i++) {
		/* đ (U+0111) is a letter of its own and carries no mark to strip */
		if (folded[i] == 0xC4 && i + 1 < len && folded[i + 1] == 0x91) {
			out[n++] = 'd';
			i++;
		} else {
			out[n++] = (char)folded[i];
		}
	}
	free(folded);
	return n;
}

struct str text_fold(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, FOLD_GROWTH * s.len + 1);
	size_t from = 0, at = 0, n = 0;

	while (at < s.len) {
		utf8proc_int32_t point;
		utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)s.ptr + at,
			(utf8proc_ssize_t)(s.len - at), &point);

		if (len > 0) {
			at += (size_t)len;
			continue;
		}
		if (from < at)
			n += fold_whole(str_from(str_until(s, at), from), out + n);
		out[n++] = '?';
		from = ++at;
	}
	if (from < at)
		n += fold_whole(str_from(s, from), out + n);
	return (struct str){ out, n };
}

bool text_matches(struct arena *a, struct str s, struct str folded_needle)
{
	return str_find(text_fold(a, s), folded_needle) >= 0;
}

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

struct str text_clean(struct arena *a, struct str s, size_t max_bytes)
{
	char *out = arena_alloc(a, 3 * (s.len < max_bytes ? s.len : max_bytes) + 8);
	size_t n = 0;
	size_t i = 0;

	while (i < s.len) {
		utf8proc_int32_t point;
		utf8proc_ssize_t len = utf8proc_iterate(
			(const utf8proc_uint8_t *)s.ptr + i, (utf8proc_ssize_t)(s.len - i), &point);
		bool is_shown = len > 0 && point >= 0x20 && !(point >= 0x7F && point < 0xA0);
		size_t step = len > 0 ? (size_t)len : 1;

		if (i + step > max_bytes) {
			memcpy(out + n, "…", 3);
			n += 3;
			break;
		}
		if (is_shown) {
			memcpy(out + n, s.ptr + i, step);
			n += step;
		} else {
			memcpy(out + n, replacement, 3);
			n += 3;
		}
		i += step;
	}
	return (struct str){ out, n };
}
