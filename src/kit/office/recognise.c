/* recognise.c - which encoding is it? Each is tried on a sample, and what becomes of the words that
 * have a mark is held against the shape of a Vietnamese syllable: beginning, vowels, end, one tone.
 * Bytes of one encoding read in another give shapes like "Nguyụn" that no syllable has. */
#include "kit/office/office_int.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define SAMPLE_BYTES (256 * KIB)
#define WORD_LETTERS_MAX 8 /* the longest syllable, "nghiêng", has seven */

static const char begins[] =
	"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"; /* no words */
static const char ends[] = "c ch m n ng nh p t";
static const char vowels[] = /* a blank on both sides of each */
	" a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iêu iu oa oai oao " /* no words */
	"oay oă oe oeo oi oo ôi ơi ua uâ uây ui uê uô uôi uơ ưa ươ ươi ươu ưi ưu uy " /* no words */
	"uya uyê uyu yê yêu "; /* no words */

static bool is_vowel(struct str s)
{
	char one[16];

	if (s.len == 0 || s.len + 2 > sizeof(one))
		return false;
	one[0] = one[s.len + 1] = ' ';
	memcpy(one + 1, s.ptr, s.len);
	return str_find(str_of(vowels), (struct str){ one, s.len + 2 }) >= 0;
}

/* Are these vowels with one of the ends, or none? */
static bool is_rhyme(struct str s)
{
	struct str list = str_of(ends), end;

	if (is_vowel(s))
		return true;
	while (str_next_word(&list, " ", &end))
		if (s.len > end.len && str_eq(str_from(s, s.len - end.len), end) &&
			is_vowel(str_until(s, s.len - end.len)))
			return true;
	return false;
}

bool syllable_is_vietnamese(struct str word)
{
	struct str list = str_of(begins), begin;

	if (is_rhyme(word))
		return true;
	while (str_next_word(&list, " ", &begin))
		if (word.len > begin.len && str_eq(str_until(word, begin.len), begin) &&
			is_rhyme(str_from(word, begin.len)))
			return true;
	return false;
}

/* One word on its way: letters with the marks that make letters, tones counted apart. */
struct word {
	char text[64];
	size_t len, letters, tones;
	bool has_mark, is_odd;
};

struct score {
	size_t marked, good;
};

static void end_word(struct word *w, struct score *score)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t len;

	if (w->has_mark) {
		score->marked++;
		len = utf8proc_map((const utf8proc_uint8_t *)w->text, (utf8proc_ssize_t)w->len,
			&composed, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
		if (!w->is_odd && w->tones <= 1 && len > 0 &&
			syllable_is_vietnamese((struct str){ (char *)composed, (size_t)len }))
			score->good++;
		free(composed);
	}
	*w = (struct word){ 0 };
}

static void add_letter(struct word *w, utf8proc_int32_t c)
{
	bool is_tone = c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323;
	bool makes_letter = c == 0x302 || c == 0x306 || c == 0x31B;

	if (c >= 0x80)
		w->has_mark = true;
	if (is_tone) {
		w->tones++;
		return;
	}
	if (c >= 0x80 && !makes_letter && c != 0x111)
		w->is_odd = true;
	if (!makes_letter && ++w->letters > WORD_LETTERS_MAX)
		w->is_odd = true;
	if (w->len + 4 < sizeof(w->text))
		w->len += (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)w->text + w->len);
}

static struct score score_text(struct str text)
{
	utf8proc_uint8_t *lower = NULL;
	utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)text.ptr,
		(utf8proc_ssize_t)text.len, &lower, UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD);
	struct score score = { 0 };
	struct word w = { 0 };

	for (utf8proc_ssize_t i = 0; i < len;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t step = utf8proc_iterate(lower + i, len - i, &c);

		if (step <= 0)
			break;
		i += step;
		/* above ASCII even a sign counts as a letter: in the right encoding few remain */
		if ((c >= 'a' && c <= 'z') || c >= 0xA1)
			add_letter(&w, c);
		else
			end_word(&w, &score);
	}
	end_word(&w, &score);
	free(lower);
	return score;
}

/* Per mille of the marked words, leaning to less when there are few. */
static int try(struct office_guess guess, struct str sample, struct buf *out)
{
	struct score score;

	buf_clear(out);
	office_decode(guess, sample, out);
	score = score_text(buf_str(out));
	return score.marked ? (int)(score.good * 1000 / score.marked) : 0;
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

/* UTF-16 without a mark: most second bytes of a table are NUL. */
static bool looks_utf16(struct str s, size_t zero_at)
{
	size_t zeros = 0, pairs = s.len / 2;

	for (size_t i = zero_at; i < pairs * 2; i += 2)
		zeros += s.ptr[i] == '\0';
	return pairs > 0 && zeros * 10 > pairs * 4;
}

static bool marked(struct str s, struct office_guess *ret)
{
	if (str_starts(s, "\xFF\xFE") || looks_utf16(s, 1))
		*ret = (struct office_guess){ OFFICE_UTF16LE, false, 100 };
	else if (str_starts(s, "\xFE\xFF") || looks_utf16(s, 0))
		*ret = (struct office_guess){ OFFICE_UTF16BE, false, 100 };
	else if (is_ascii(s))
		*ret = (struct office_guess){ OFFICE_UTF8, false, 100 };
	else
		return false;
	return true;
}

/* SAMPLE without a character that its end cut. */
static struct str whole_characters(struct str s)
{
	for (size_t cut = 0; cut < 4 && cut < s.len; cut++)
		if (str_is_utf8(str_until(s, s.len - cut)))
			return str_until(s, s.len - cut);
	return s;
}

struct office_guess office_recognise(struct str bytes)
{
	static const enum office_encoding single[] = { OFFICE_CP1258, OFFICE_TCVN3, OFFICE_VNI };
	struct str sample = str_until(bytes, bytes.len < SAMPLE_BYTES ? bytes.len : SAMPLE_BYTES);
	struct office_guess best = { OFFICE_CP1252, false, 0 };
	int best_score = 300; /* less is no Vietnamese at all */
	bool is_utf8;
	struct buf out;

	if (marked(sample, &best))
		return best;
	buf_init(&out, 8 * (size_t)SAMPLE_BYTES);
	sample = whole_characters(sample);
	is_utf8 = str_is_utf8(sample);
	if (is_utf8) {
		best = (struct office_guess){ OFFICE_UTF8, false, 100 };
		best_score = try(best, sample, &out) + 300; /* twice needs to be much better */
	}
	for (size_t i = 0; i < COUNT(single); i++) {
		struct office_guess guess = { single[i], is_utf8, 0 };
		int score = try(guess, sample, &out);

		if (score > best_score) {
			best_score = score;
			best = guess;
			best.sure_percent = score / 10;
		}
	}
	buf_done(&out);
	return best;
}
