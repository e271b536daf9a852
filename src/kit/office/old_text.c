/* old_text.c - a line that a program of old Vietnamese Windows, or a device of that time, wrote: no
 * UTF-8, and no binary either. */
#include "kit/office/office.h"
#include "kit/text/text.h"

#define SURE_PERCENT 90 /* of the words with marks are Vietnamese: less, and it is no text */
#define LETTERS_MAX 60  /* of a text, that are looked at before its line is recognised */

bool office_old_text(struct str raw, struct office_guess *ret)
{
	struct office_guess guess;

	if (str_is_utf8(raw))
		return false;
	for (size_t i = 0; i < raw.len; i++)
		if ((unsigned char)raw.ptr[i] < 0x20 && raw.ptr[i] != '\t')
			return false;
	guess = office_recognise(raw);
	if (guess.sure_percent < SURE_PERCENT ||
		(guess.encoding != OFFICE_CP1258 && guess.encoding != OFFICE_TCVN3 &&
			guess.encoding != OFFICE_VNI))
		return false;
	*ret = guess;
	return true;
}

/* May FOLDED stand in RAW? In all these encodings a byte of ASCII is itself, and any other becomes
 * at most three letters of ASCII without its marks, or none. FOLDED is ASCII. */
static bool may_hold(struct str raw, struct str folded)
{
	size_t len = folded.len < LETTERS_MAX ? folded.len : LETTERS_MAX;
	uint64_t places[128] = { 0 }, here = 0, end = UINT64_C(1) << len;

	for (size_t i = 0; i < len; i++)
		places[(unsigned char)folded.ptr[i]] |= UINT64_C(1) << i;
	/* a bit for each number of letters of the text that stand just before this byte */
	for (size_t i = 0; i < raw.len && !(here & end); i++) {
		unsigned char c = (unsigned char)raw.ptr[i];

		here |= 1;
		if (c >= 0x80)
			here |= here << 1 | here << 2 | here << 3;
		else
			here = (here & places[c >= 'A' && c <= 'Z' ? c | 0x20 : c]) << 1;
	}
	return (here & end) != 0;
}

static bool is_ascii(struct str s)
{
	unsigned char high = 0;

	for (size_t i = 0; i < s.len; i++)
		high |= (unsigned char)s.ptr[i];
	return high < 0x80;
}

bool office_old_text_holds(struct str raw, struct str text, bool is_folded)
{
	struct office_guess guess;
	struct buf decoded;
	struct str folded, in;
	struct arena a;
	bool is_there = false;

	if (text.len == 0 || (!is_folded && is_ascii(text)) || is_ascii(raw) || str_is_utf8(raw))
		return false;
	/* folding makes at most three times of it, arena_alloc() rounds up */
	arena_init(&a, 20 * (4 * raw.len + text.len + KIB));
	folded = is_folded ? text : text_fold(&a, text);
	if ((!is_ascii(folded) || may_hold(raw, folded)) && office_old_text(raw, &guess)) {
		buf_init(&decoded, 4 * raw.len + 16);
		office_decode(guess, raw, &decoded);
		in = is_folded ? text_fold(&a, buf_str(&decoded)) : buf_str(&decoded);
		is_there = str_find(in, text) >= 0;
		buf_done(&decoded);
	}
	arena_done(&a);
	return is_there;
}
