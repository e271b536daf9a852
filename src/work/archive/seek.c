#include "work/archive/seek.h"

#ifdef __SSE2__
#include <emmintrin.h>

/* Sixteen places at once: those with the first byte of the text, and its last one behind it. */
static const uint8_t *seek_some(const uint8_t **at, const uint8_t *end, struct str wanted)
{
	const __m128i first = _mm_set1_epi8(wanted.ptr[0]);
	const __m128i last = _mm_set1_epi8(wanted.ptr[wanted.len - 1]);
	const uint8_t *from = *at;

	for (; (size_t)(end - from) >= wanted.len + 15; from += 16) {
		const void *behind = from + wanted.len - 1;
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)from);
		__m128i b = _mm_loadu_si128((const __m128i *)behind);
		unsigned places = (unsigned)_mm_movemask_epi8(
			_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));

		for (; places; places &= places - 1) {
			const uint8_t *place = from + __builtin_ctz(places);

			if (memcmp(place, wanted.ptr, wanted.len) == 0)
				return place;
		}
	}
	*at = from;
	return NULL;
}
#endif

const uint8_t *seek(const uint8_t *at, const uint8_t *end, struct str wanted)
{
#ifdef __SSE2__
	const uint8_t *found = wanted.len > 0 ? seek_some(&at, end, wanted) : NULL;

	if (found)
		return found;
#endif
	return memmem(at, (size_t)(end - at), wanted.ptr, wanted.len);
}
