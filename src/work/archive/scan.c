#include "work/archive/scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What bytes are: between words, or of a word. */
const uint8_t class_of_byte[256] = { [0 ... 0x20] = IS_BETWEEN,
	['!'] = IS_MARK,
	['"'] = IS_BETWEEN,
	['#' ... '%'] = IS_MARK,
	['&' ... ')'] = IS_BETWEEN,
	['*' ... '+'] = IS_MARK,
	[','] = IS_BETWEEN,
	['-' ... '/'] = IS_MARK,
	['0' ... '9'] = IS_DIGIT,
	[':' ... '?'] = IS_BETWEEN,
	['@'] = IS_MARK,
	['A' ... 'F'] = IS_HEX_UPPER,
	['G' ... 'Z'] = IS_LETTER,
	['['] = IS_BETWEEN,
	['\\'] = IS_MARK,
	[']'] = IS_BETWEEN,
	['^' ... '`'] = IS_MARK,
	['a' ... 'f'] = IS_HEX_LOWER,
	['g' ... 'z'] = IS_LETTER,
	['{' ... '}'] = IS_BETWEEN,
	['~'] = IS_MARK,
	[0x7F] = IS_BETWEEN,
	[0x80 ... 0xFF] = IS_HIGH };

#ifdef __SSE2__
/* Is each byte one of FROM to FROM + COUNT - 1? */
static inline __m128i is_in(__m128i bytes, uint8_t from, uint8_t count)
{
	__m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8((char)from));

	return _mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8((char)(count - 1))), moved);
}

/* The same as the table says: ten ranges, sixteen bytes at once. */
static inline unsigned between_of(__m128i bytes)
{
	__m128i all = _mm_or_si128(is_in(bytes, 0, 0x21), is_in(bytes, '&', 4));

	all = _mm_or_si128(all, is_in(bytes, ':', 6));
	all = _mm_or_si128(all, is_in(bytes, '{', 3));
	all = _mm_or_si128(all, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
	all = _mm_or_si128(all, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')));
	all = _mm_or_si128(all, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('[')));
	all = _mm_or_si128(all, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(']')));
	all = _mm_or_si128(all, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)));
	return (unsigned)_mm_movemask_epi8(all);
}

static void scan_64(struct scan *s, const char *from, size_t word)
{
	uint64_t between = 0, digits = 0;
	unsigned high = 0, nul = 0;

	for (int i = 0; i < 4; i++) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(from + 16 * i));

		between |= (uint64_t)between_of(bytes) << (16 * i);
		digits |= (uint64_t)(unsigned)_mm_movemask_epi8(is_in(bytes, '0', 10)) << (16 * i);
		high |= (unsigned)_mm_movemask_epi8(bytes);
		nul |= (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
	}
	s->between[word] = between;
	s->digits[word] = digits;
	s->has_high |= high != 0;
	s->has_nul |= nul != 0;
}
#else
static void scan_64(struct scan *s, const char *from, size_t word)
{
	uint64_t between = 0, digits = 0;

	for (int i = 0; i < 64; i++) {
		unsigned class = class_of(from[i]);

		between |= (uint64_t)((class & IS_BETWEEN) != 0) << i;
		digits |= (uint64_t)((class & IS_DIGIT) != 0) << i;
		s->has_high |= class == IS_HIGH;
		s->has_nul |= from[i] == 0;
	}
	s->between[word] = between;
	s->digits[word] = digits;
}
#endif

void scan_line(struct scan *s, struct str line)
{
	size_t i = 0;
	char tail[64];

	s->has_nul = s->has_high = false;
	for (; i + 64 <= line.len; i += 64)
		scan_64(s, line.ptr + i, i / 64);
	memset(tail, ' ', sizeof(tail));
	memcpy(tail, line.ptr + i, line.len - i);
	scan_64(s, tail, i / 64);
	s->between[i / 64 + 1] = UINT64_MAX;
	s->digits[i / 64 + 1] = 0;
}
