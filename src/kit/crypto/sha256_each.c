/* sha256_each.c - SHA-256 of many strings, two at a time. A step of SHA-256 waits for the one
 * before it, also where the processor has instructions for it: beside one string there is time for
 * a second one. No library of Debian 12 does that for strings. Where there are no such
 * instructions, they go one after the other. */
#include "kit/crypto/crypto.h"

#include <endian.h>

#include "kit/crypto/crypto_int.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define LANES 2
#define BLOCK_BYTES 64
#define LENGTH_BYTES 8 /* what ends a message */
#define CPUID_SHA (1u << 29)

/* A message is its first block, the whole blocks that follow in the string itself, and its end. */
struct lane {
	const unsigned char *at;
	size_t blocks; /* from AT on; 0: the next part is due */
	const unsigned char *middle;
	size_t middle_blocks, end_blocks;
	unsigned char first[BLOCK_BYTES];
	unsigned char end[2 * BLOCK_BYTES];
	unsigned char *ret; /* NULL: nothing to do */
};

/* The state as the instructions want it: words a b e f, and c d g h. */
struct lanes {
	__m128i abef[LANES], cdgh[LANES];
	struct lane lane[LANES];
};

/* RFC 6234, section 5.1. */
_Alignas(16) static const uint32_t constants[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
	0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3,
	0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

#define WITH_SHA __attribute__((target("sha,sse4.1")))

/* BLOCKS of both lanes. Four steps of both, then the next four. */
WITH_SHA static void take(struct lanes *l, size_t blocks)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	for (size_t block = 0; block < blocks; block++) {
		__m128i w[LANES][4], abef[LANES], cdgh[LANES];

		for (int n = 0; n < LANES; n++) {
			const __m128i *from = (const __m128i *)(const void *)(l->lane[n].at +
				block * BLOCK_BYTES);

			for (int i = 0; i < 4; i++)
				w[n][i] = _mm_shuffle_epi8(_mm_loadu_si128(from + i), swap);
			abef[n] = l->abef[n];
			cdgh[n] = l->cdgh[n];
		}
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			__m128i k = _mm_load_si128((const __m128i *)(const void *)constants + i);

#pragma GCC unroll 2
			for (int n = 0; n < LANES; n++) {
				__m128i *now = &w[n][i % 4], last = w[n][(i + 3) % 4], sum;

				if (i >= 4) {
					sum = _mm_alignr_epi8(last, w[n][(i + 2) % 4], 4);
					*now = _mm_sha256msg1_epu32(*now, w[n][(i + 1) % 4]);
					*now = _mm_sha256msg2_epu32(_mm_add_epi32(*now, sum), last);
				}
				sum = _mm_add_epi32(*now, k);
				cdgh[n] = _mm_sha256rnds2_epu32(cdgh[n], abef[n], sum);
				sum = _mm_shuffle_epi32(sum, 0x0e);
				abef[n] = _mm_sha256rnds2_epu32(abef[n], cdgh[n], sum);
			}
		}
		for (int n = 0; n < LANES; n++) {
			l->abef[n] = _mm_add_epi32(l->abef[n], abef[n]);
			l->cdgh[n] = _mm_add_epi32(l->cdgh[n], cdgh[n]);
		}
	}
}

static void start(struct lanes *l, int n, unsigned char first, struct str bytes, unsigned char *ret)
{
	struct lane *lane = &l->lane[n];
	size_t len = bytes.len + 1, whole = len / BLOCK_BYTES, rest = len % BLOCK_BYTES;
	uint64_t bits = htobe64((uint64_t)len * 8);

	l->abef[n] = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
	l->cdgh[n] = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
	lane->end_blocks = rest + 1 + LENGTH_BYTES > BLOCK_BYTES ? 2 : 1;
	memset(lane->end, 0, sizeof(lane->end));
	if (whole > 0) {
		lane->first[0] = first;
		memcpy(lane->first + 1, bytes.ptr, BLOCK_BYTES - 1);
		lane->middle = (const unsigned char *)bytes.ptr + BLOCK_BYTES - 1;
		memcpy(lane->end, bytes.ptr + bytes.len - rest, rest);
	} else {
		lane->end[0] = first;
		if (bytes.len > 0)
			memcpy(lane->end + 1, bytes.ptr, bytes.len);
	}
	lane->end[rest] = 0x80;
	memcpy(lane->end + lane->end_blocks * BLOCK_BYTES - sizeof(bits), &bits, sizeof(bits));
	lane->middle_blocks = whole > 0 ? whole - 1 : 0;
	lane->at = lane->first;
	lane->blocks = whole > 0;
	lane->ret = ret;
}

static void put_words(unsigned char *ret, __m128i words, size_t first, size_t second)
{
	uint32_t w[4];

	memcpy(w, &words, sizeof(w));
	for (int i = 0; i < 4; i++)
		w[i] = htobe32(w[i]);
	memcpy(ret + first * 4, &w[3], 4);
	memcpy(ret + first * 4 + 4, &w[2], 4);
	memcpy(ret + second * 4, &w[1], 4);
	memcpy(ret + second * 4 + 4, &w[0], 4);
}

/* The next part of the message. False: it had none, and its digest is given. */
static bool go_on(struct lanes *l, int n)
{
	struct lane *lane = &l->lane[n];

	if (lane->middle_blocks > 0) {
		lane->at = lane->middle;
		lane->blocks = lane->middle_blocks;
		lane->middle_blocks = 0;
	} else if (lane->end_blocks > 0) {
		lane->at = lane->end;
		lane->blocks = lane->end_blocks;
		lane->end_blocks = 0;
	} else {
		put_words(lane->ret, l->abef[n], 0, 4);
		put_words(lane->ret, l->cdgh[n], 2, 6);
		lane->ret = NULL;
		return false;
	}
	return true;
}

void sha256_each_by_two(
	unsigned char first, const struct str *bytes, size_t count, unsigned char *ret)
{
	struct lanes l = { 0 };
	size_t next = 0;

	for (;;) {
		size_t blocks = SIZE_MAX, busy = 0;

		for (int n = 0; n < LANES; n++) {
			struct lane *lane = &l.lane[n];

			while (lane->blocks == 0 && (!lane->ret || !go_on(&l, n)) && next < count) {
				start(&l, n, first, bytes[next], ret + next * SHA256_SIZE);
				next++;
			}
			busy += lane->ret != NULL;
			if (lane->ret && lane->blocks < blocks)
				blocks = lane->blocks;
		}
		if (busy == 0)
			return;
		for (int n = 0; n < LANES; n++)
			if (!l.lane[n].ret) { /* it does what the other does, for nobody */
				l.lane[n].at = l.lane[1 - n].at;
				l.lane[n].blocks = blocks;
			}
		take(&l, blocks);
		for (int n = 0; n < LANES; n++) {
			l.lane[n].at += blocks * BLOCK_BYTES;
			l.lane[n].blocks -= blocks;
		}
	}
}

bool sha256_has_two(void)
{
	unsigned a, b = 0, c, d;

	return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
		(b & CPUID_SHA);
}
#else
void sha256_each_by_two(
	unsigned char first, const struct str *bytes, size_t count, unsigned char *ret)
{
	sha256_each_by_one(first, bytes, count, ret);
}

bool sha256_has_two(void)
{
	return false;
}
#endif

void sha256_each_by_one(
	unsigned char first, const struct str *bytes, size_t count, unsigned char *ret)
{
	struct sha256 *s = sha256_new();

	for (size_t i = 0; i < count; i++) {
		sha256_add(s, (struct str){ (const char *)&first, 1 });
		sha256_add(s, bytes[i]);
		sha256_next(s, ret + i * SHA256_SIZE);
	}
	sha256_end(s, NULL);
}

void sha256_each(unsigned char first, const struct str *bytes, size_t count, unsigned char *ret)
{
	static int has_two = -1; /* CPUID is slow in a virtual machine */

	if (has_two < 0)
		has_two = sha256_has_two();
	if (has_two)
		sha256_each_by_two(first, bytes, count, ret);
	else
		sha256_each_by_one(first, bytes, count, ret);
}
