#include "kit/text/text.h"
#include "work/archive/read.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Two characters beyond ASCII are an ASCII letter but for their case: the long s, the kelvin. */
static void fold_case(struct bytes *to, struct str s)
{
	static const char long_s[] = { (char)0xC5, (char)0xBF, 0 };
	static const char kelvin[] = { (char)0xE2, (char)0x84, (char)0xAA, 0 };
	uint8_t *at = bytes_more(to, s.len + 1), *from = at;

	for (size_t i = 0; i < s.len; i++) {
		struct str rest = str_from(s, i);

		if (str_starts(rest, long_s)) {
			*at++ = 's';
			i++;
		} else if (str_starts(rest, kelvin)) {
			*at++ = 'k';
			i += 2;
		} else {
			*at++ = lower((uint8_t)s.ptr[i]);
		}
	}
	to->len += (size_t)(at - from);
}

static void fold_marks(struct bytes *to, struct str s)
{
	struct arena a;
	struct str folded;

	/* NFD makes at most three times of it, arena_alloc rounds up */
	arena_init(&a, 20 * (s.len + KIB));
	folded = text_fold(&a, s);
	bytes_add(to, folded.ptr, folded.len);
	arena_done(&a);
}

bool fold_into(struct bytes *to, struct str s, enum folding folding)
{
	uint8_t *at = bytes_more(to, s.len + 1), high = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.ptr[i];

		high |= c;
		at[i] = lower(c);
	}
	if (high < 0x80)
		to->len += s.len;
	else if (folding == FOLD_CASE)
		fold_case(to, s);
	else
		fold_marks(to, s);
	return high >= 0x80;
}

/* COUNT texts ended by NUL, which begin at FROM. Without a byte beyond ASCII all of them at once:
 * each stays where it is. */
static uint32_t *fold_texts(const struct bytes *texts, const uint32_t *from, uint32_t count,
	enum folding folding, struct bytes *to)
{
	uint32_t *ret = calloc((size_t)count + 1, sizeof(*ret));
	uint8_t high = 0;

	if (ret == NULL)
		abort();
	for (size_t i = 0; i < texts->len; i++)
		high |= texts->at[i];
	if (high < 0x80) {
		fold_into(to, (struct str){ (const char *)texts->at, texts->len }, folding);
		memcpy(ret, from, ((size_t)count + 1) * sizeof(*ret));
		return ret;
	}
	for (uint32_t i = 0; i < count; i++) {
		ret[i] = (uint32_t)to->len;
		fold_into(to,
			(struct str){
				(const char *)texts->at + from[i], from[i + 1] - from[i] - 1 },
			folding);
		bytes_u8(to, 0);
	}
	ret[count] = (uint32_t)to->len;
	return ret;
}

struct folded *folded_new(struct segment *s, enum folding folding)
{
	struct folded *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->text_from = fold_texts(&s->texts, s->text_from, s->text_count, folding, &f->texts);
	f->piece_from = fold_texts(
		&s->text, s->piece_from, s->slot_count + s->template_count - 1, folding, &f->text);
	return f;
}

struct folded *folded_free(struct folded *f)
{
	if (f) {
		bytes_done(&f->text);
		bytes_done(&f->texts);
		free(f->piece_from);
		free(f->text_from);
		free(f);
	}
	return NULL;
}
