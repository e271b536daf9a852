#include "kit/text/text.h"
#include "kit/text/words_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str words_in(struct words w, enum lang lang)
{
	return lang == LANG_EN && w.en.ptr ? w.en : w.vi;
}

bool lang_parse(struct str s, enum lang *ret)
{
	if (s.len < 2 || (s.len > 2 && s.ptr[2] != '_' && s.ptr[2] != '-' && s.ptr[2] != '.'))
		return false;
	if (str_starts(s, "vi"))
		*ret = LANG_VI;
	else if (str_starts(s, "en"))
		*ret = LANG_EN;
	else
		return false;
	return true;
}

const char *lang_code(enum lang lang)
{
	return lang == LANG_EN ? "en" : "vi";
}

const char *text_count(enum lang lang, int64_t n, char *text)
{
	char digits[TEXT_COUNT_SIZE];
	size_t len, at = 0, sign = n < 0;

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i > sign && (len - i) % 3 == 0)
			text[at++] = lang == LANG_EN ? ',' : '.';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}

static int by_code(const void *key, const void *row)
{
	return str_cmp(str_of(key), str_of(((const struct words_row *)row)->code));
}

const char *tr(enum lang lang, const char *vi_text)
{
	const struct words_row *row;

	if (lang == LANG_VI)
		return vi_text;
	row = bsearch(vi_text, words_table, words_count, sizeof(*words_table), by_code);
	return row ? row->said : vi_text;
}

const char *text_failure(const char *english)
{
	const struct words_row *row = bsearch(
		english, failure_table, failure_count, sizeof(*failure_table), by_code);

	return row ? row->said : english;
}
