#include "work/archive/scan.h"

#ifdef __SSE2__
#include <immintrin.h>
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

#define WITH_AVX2 __attribute__((target("avx2")))

/* Of a byte's lower half: which upper halves make it one between words, as bits. */
#define LOWER_HALVES \
	0x07, 0x03, 0x07, 0x03, 0x03, 0x03, 0x07, 0x07, 0x07, 0x07, 0x0B, (char)0xAB, (char)0x8F, \
		(char)0xAB, 0x0B, (char)0x8B
#define UPPER_HALVES 1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0

/* The same with two look-ups instead of nine ranges. */
WITH_AVX2 static inline void scan_64_wide(struct scan *s, const char *from, size_t word)
{
	const __m256i lower = _mm256_setr_epi8(LOWER_HALVES, LOWER_HALVES);
	const __m256i upper = _mm256_setr_epi8(UPPER_HALVES, UPPER_HALVES);
	const __m256i half = _mm256_set1_epi8(15), nine = _mm256_set1_epi8(9);
	uint64_t between = 0, digits = 0;
	__m256i any = _mm256_setzero_si256(), least = _mm256_set1_epi8(-1);

	for (int i = 0; i < 2; i++) {
		__m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(from + 32 * i));
		__m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
		__m256i both =
			_mm256_and_si256(_mm256_shuffle_epi8(lower, _mm256_and_si256(bytes, half)),
				_mm256_shuffle_epi8(upper, high));
		__m256i figure = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
		__m256i word_byte = _mm256_cmpeq_epi8(both, _mm256_setzero_si256());
		__m256i digit = _mm256_cmpeq_epi8(_mm256_min_epu8(figure, nine), figure);

		between |= (uint64_t) ~(uint32_t)_mm256_movemask_epi8(word_byte) << (32 * i);
		digits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(digit) << (32 * i);
		any = _mm256_or_si256(any, bytes);
		least = _mm256_min_epu8(least, bytes);
	}
	s->between[word] = between;
	s->digits[word] = digits;
	s->has_high |= _mm256_movemask_epi8(any) != 0;
	s->has_nul |= _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
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

static inline __attribute__((always_inline)) void scan_with(
	struct scan *s, struct str line, void (*part)(struct scan *, const char *, size_t))
{
	size_t i = 0;
	char tail[64];

	s->has_nul = s->has_high = false;
	for (; i + 64 <= line.len; i += 64)
		part(s, line.ptr + i, i / 64);
	memset(tail, ' ', sizeof(tail));
	memcpy(tail, line.ptr + i, line.len - i);
	part(s, tail, i / 64);
	s->between[i / 64 + 1] = UINT64_MAX;
	s->digits[i / 64 + 1] = 0;
}

#ifdef __SSE2__
WITH_AVX2 static void scan_wide(struct scan *s, struct str line)
{
	scan_with(s, line, scan_64_wide);
}
#endif

void scan_line_narrow(struct scan *s, struct str line)
{
	scan_with(s, line, scan_64);
}

void scan_line(struct scan *s, struct str line)
{
#ifdef __SSE2__
	if (__builtin_cpu_supports("avx2")) {
		scan_wide(s, line);
		return;
	}
#endif
	scan_line_narrow(s, line);
}
