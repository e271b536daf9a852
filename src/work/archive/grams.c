#include "work/archive/grams.h"

#define LETTER_BITS 5
#define GRAM_LETTERS 4
#define GRAM_MASK ((1u << (LETTER_BITS * GRAM_LETTERS)) - 1)
#define BITS_A_GRAM 8

/* Letters one after the other: the last four as a number. */
struct run {
	uint32_t letters;
	unsigned len;
	unsigned hex; /* how many of the last are letters that a hexadecimal number may have */
};

/* Take C; true when a whole gram of use stands in r->letters. */
static inline bool run_take(struct run *r, uint8_t c)
{
	uint8_t low = c | 0x20;

	if (low < 'a' || low > 'z' || c >= 0x80) {
		r->len = r->hex = 0;
		return false;
	}
	r->letters = (r->letters << LETTER_BITS | (uint32_t)(low - 'a' + 1)) & GRAM_MASK;
	r->len++;
	/* words are cut at hexadecimal numbers, and 0xabc behind its x */
	r->hex = low <= 'f' || low == 'x' ? r->hex + 1 : 0;
	return r->len >= GRAM_LETTERS && r->hex < GRAM_LETTERS;
}

static inline uint32_t place(uint32_t gram, size_t bytes)
{
	return (uint32_t)((gram * 0x9E3779B1u) >> 7) & (uint32_t)(bytes * 8 - 1);
}

void grams_add(struct grams *g, struct str folded)
{
	struct run r = { 0 };

	if (g->seen == NULL) {
		g->seen = calloc((GRAM_MASK + 1) / 64, sizeof(*g->seen));
		if (g->seen == NULL)
			abort();
	}
	for (size_t i = 0; i < folded.len; i++) {
		uint64_t bit;

		if (!run_take(&r, (uint8_t)folded.ptr[i]))
			continue;
		bit = (uint64_t)1 << r.letters % 64;
		g->count += (g->seen[r.letters / 64] & bit) == 0;
		g->seen[r.letters / 64] |= bit;
	}
}

void grams_write(const struct grams *g, struct bytes *to)
{
	size_t bytes = GRAMS_BYTES_MIN;

	while (bytes * 8 < g->count * BITS_A_GRAM && bytes < GRAMS_BYTES_MAX)
		bytes *= 2;
	memset(bytes_more(to, bytes), 0, bytes);
	for (uint32_t word = 0; g->seen && word <= GRAM_MASK / 64; word++) {
		for (uint64_t left = g->seen[word]; left; left &= left - 1) {
			uint32_t at = place(word * 64 + (uint32_t)__builtin_ctzll(left), bytes);

			to->at[to->len + at / 8] |= (uint8_t)(1u << at % 8);
		}
	}
	to->len += bytes;
}

void grams_done(struct grams *g)
{
	free(g->seen);
	*g = (struct grams){ 0 };
}

bool grams_may_hold(const uint8_t *bits, size_t bytes, struct str text)
{
	struct run r = { 0 };

	for (size_t i = 0; i < text.len; i++) {
		uint32_t at;

		if (!run_take(&r, (uint8_t)text.ptr[i]))
			continue;
		at = place(r.letters, bytes);
		if (!(bits[at / 8] >> at % 8 & 1))
			return false;
	}
	return true;
}
