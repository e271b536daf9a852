/* md5_streams.c - MD5 of many streams side by side. One MD5 waits for itself at every step, so a
 * processor can do sixteen in the time of one; no library of Debian 12 does that. It finds what
 * changed by accident or by hand in files whose checksums dpkg keeps as MD5, no more than dpkg. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "kit/crypto/crypto.h"
#include "kit/crypto/crypto_int.h"

#define LANES 16
#define WORDS 16
#define BLOCK_BYTES 64
#define PIECE_BYTES (32 * KIB)
#define PIECE_BLOCKS_MAX (PIECE_BYTES / BLOCK_BYTES + 2) /* with what ends a stream */

struct lane {
	void *stream;
	unsigned char *bytes, *at;
	size_t blocks; /* whole ones not yet taken, from AT on */
	uint64_t size; /* of the stream so far */
	bool is_ended; /* its last blocks are among them */
};

struct lanes {
	uint32_t state[4][LANES];
	struct lane lane[LANES];
	unsigned char *idle; /* read by a lane that has nothing to do */
};

static const uint32_t begin[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };

/* F to I of RFC 1321, added to a. b is what the step before has only just given: what does not need
 * it stands apart, and the halves of G, which never have a bit in common, are added one by one. */
#define F(a, b, c, d) (a) += (d) ^ ((b) & ((c) ^ (d)))
#define G(a, b, c, d) ((a) += ~(d) & (c), (a) += (d) & (b))
#define H(a, b, c, d) (a) += (b) ^ ((c) ^ (d))
#define I(a, b, c, d) (a) += (c) ^ ((b) | ~(d))
#define STEP_OF(add, a, b, c, d, word, s, t) \
	do { \
		a += (word) + (t); \
		add(a, b, c, d); \
		a = ((a << (s)) | (a >> (32 - (s)))) + (b); \
	} while (0)
/* A step waits for the one before it: meanwhile the processor does that of a second group. */
#define STEP(add, a, b, c, d, k, s, t) \
	do { \
		STEP_OF(add, a[0], b[0], c[0], d[0], m[0][k], s, t); \
		if (COUNT(a) > 1) \
			STEP_OF(add, a[COUNT(a) - 1], b[COUNT(a) - 1], c[COUNT(a) - 1], \
				d[COUNT(a) - 1], m[COUNT(a) - 1][k], s, t); \
	} while (0)
#define FOUR(add, k0, k1, k2, k3, s0, s1, s2, s3, t0, t1, t2, t3) \
	do { \
		STEP(add, a, b, c, d, k0, s0, t0); \
		STEP(add, d, a, b, c, k1, s1, t1); \
		STEP(add, c, d, a, b, k2, s2, t2); \
		STEP(add, b, c, d, a, k3, s3, t3); \
	} while (0)

/* The 64 steps of RFC 1321, section 3.4, on as many lanes as the type of a, b, c, d holds. */
#define ROUNDS \
	do { \
		FOUR(F, 0, 1, 2, 3, 7, 12, 17, 22, 0xd76aa478, 0xe8c7b756, 0x242070db, \
			0xc1bdceee); \
		FOUR(F, 4, 5, 6, 7, 7, 12, 17, 22, 0xf57c0faf, 0x4787c62a, 0xa8304613, \
			0xfd469501); \
		FOUR(F, 8, 9, 10, 11, 7, 12, 17, 22, 0x698098d8, 0x8b44f7af, 0xffff5bb1, \
			0x895cd7be); \
		FOUR(F, 12, 13, 14, 15, 7, 12, 17, 22, 0x6b901122, 0xfd987193, 0xa679438e, \
			0x49b40821); \
		FOUR(G, 1, 6, 11, 0, 5, 9, 14, 20, 0xf61e2562, 0xc040b340, 0x265e5a51, \
			0xe9b6c7aa); \
		FOUR(G, 5, 10, 15, 4, 5, 9, 14, 20, 0xd62f105d, 0x02441453, 0xd8a1e681, \
			0xe7d3fbc8); \
		FOUR(G, 9, 14, 3, 8, 5, 9, 14, 20, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, \
			0x455a14ed); \
		FOUR(G, 13, 2, 7, 12, 5, 9, 14, 20, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, \
			0x8d2a4c8a); \
		FOUR(H, 5, 8, 11, 14, 4, 11, 16, 23, 0xfffa3942, 0x8771f681, 0x6d9d6122, \
			0xfde5380c); \
		FOUR(H, 1, 4, 7, 10, 4, 11, 16, 23, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, \
			0xbebfbc70); \
		FOUR(H, 13, 0, 3, 6, 4, 11, 16, 23, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, \
			0x04881d05); \
		FOUR(H, 9, 12, 15, 2, 4, 11, 16, 23, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, \
			0xc4ac5665); \
		FOUR(I, 0, 7, 14, 5, 6, 10, 15, 21, 0xf4292244, 0x432aff97, 0xab9423a7, \
			0xfc93a039); \
		FOUR(I, 12, 3, 10, 1, 6, 10, 15, 21, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, \
			0x85845dd1); \
		FOUR(I, 8, 15, 6, 13, 6, 10, 15, 21, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, \
			0x4e0811a1); \
		FOUR(I, 4, 11, 2, 9, 6, 10, 15, 21, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, \
			0xeb86d391); \
	} while (0)

/* clang-format off */
/* WIDTH rows of as many words become columns: log2(WIDTH) times, rows STEP apart change halves of
 * STEP words. Unrolled they stay in registers: a row written to memory in halves is read back only
 * when both have arrived there. */
#define LOWER(width, step, k) ((k) & (step) ? (width) + (k) - (step) : (k))
#define UPPER(width, step, k) ((k) & (step) ? (width) + (k) : (k) + (step))
#define EACH4(half, width, step, k) \
	half(width, step, k), half(width, step, (k) + 1), half(width, step, (k) + 2), \
		half(width, step, (k) + 3)
#define EACH8(half, width, step, k) \
	EACH4(half, width, step, k), EACH4(half, width, step, (k) + 4)
#define EACH16(half, width, step, k) \
	EACH8(half, width, step, k), EACH8(half, width, step, (k) + 8)
#define TURN_STEP(each, width, vector, row, step) \
	_Pragma("GCC unroll 16") \
	for (int i = 0; i < (width); i++) \
		if (!(i & (step))) { \
			vector x = (row)[i], y = (row)[i + (step)]; \
\
			(row)[i] = __builtin_shufflevector(x, y, each(LOWER, width, step, 0)); \
			(row)[i + (step)] = \
				__builtin_shufflevector(x, y, each(UPPER, width, step, 0)); \
		}
#define TURN1(row) (void)(row)
#define TURN4(row) \
	do { \
		TURN_STEP(EACH4, 4, four, row, 1) \
		TURN_STEP(EACH4, 4, four, row, 2) \
	} while (0)
#define TURN8(row) \
	do { \
		TURN_STEP(EACH8, 8, eight, row, 1) \
		TURN_STEP(EACH8, 8, eight, row, 2) \
		TURN_STEP(EACH8, 8, eight, row, 4) \
	} while (0)
#define TURN16(row) \
	do { \
		TURN_STEP(EACH16, 16, sixteen, row, 1) \
		TURN_STEP(EACH16, 16, sixteen, row, 2) \
		TURN_STEP(EACH16, 16, sixteen, row, 4) \
		TURN_STEP(EACH16, 16, sixteen, row, 8) \
	} while (0)

#if __BYTE_ORDER == __BIG_ENDIAN
#define SWAP_WORDS(width, m) \
	for (int i = 0; i < WORDS; i++) \
		for (int k = 0; k < (width); k++) \
			(m)[i][k] = le32toh((m)[i][k])
#else
#define SWAP_WORDS(width, m) (void)0
#endif

/* The words of BLOCK of the lanes of group G, from AT[G] on, stand one lane beside the other in
 * m[g]. */
#define READ_WORDS(width, vector, turn) \
	do { \
		_Pragma("GCC unroll 4") \
		for (int part = 0; part < WORDS; part += (width)) { \
			_Pragma("GCC unroll 16") \
			for (int lane = 0; lane < (width); lane++) \
				m[g][part + lane] = *(const vector##_loose *)( \
					l->lane[at[g] + (size_t)lane].at + \
					block * BLOCK_BYTES + 4 * part); \
			turn((&m[g][part])); \
		} \
		SWAP_WORDS(width, m[g]); \
	} while (0)
/* clang-format on */

/* BLOCKS of GROUPS of WIDTH lanes, each from its place in AT on. */
#define TAKE_BLOCKS(groups, width, vector, turn) \
	do { \
		vector a[groups], b[groups], c[groups], d[groups]; \
		vector was[groups][4], m[groups][WORDS]; \
\
		for (size_t g = 0; g < (groups); g++) \
			for (int i = 0; i < 4; i++) \
				memcpy(&was[g][i], &l->state[i][at[g]], sizeof(vector)); \
		for (size_t block = 0; block < blocks; block++) { \
			for (size_t g = 0; g < (groups); g++) { \
				READ_WORDS(width, vector, turn); \
				a[g] = was[g][0], b[g] = was[g][1]; \
				c[g] = was[g][2], d[g] = was[g][3]; \
			} \
			ROUNDS; \
			for (size_t g = 0; g < (groups); g++) { \
				was[g][0] += a[g], was[g][1] += b[g]; \
				was[g][2] += c[g], was[g][3] += d[g]; \
			} \
		} \
		for (size_t g = 0; g < (groups); g++) \
			for (int i = 0; i < 4; i++) \
				memcpy(&l->state[i][at[g]], &was[g][i], sizeof(vector)); \
	} while (0)

typedef uint32_t one __attribute__((vector_size(4)));
typedef uint32_t one_loose __attribute__((vector_size(4), aligned(1), may_alias));
typedef uint32_t four __attribute__((vector_size(16)));
typedef uint32_t four_loose __attribute__((vector_size(16), aligned(1), may_alias));

static void take_one(struct lanes *l, const size_t *at, size_t blocks)
{
	TAKE_BLOCKS(1, 1, one, TURN1);
}

static void take_two(struct lanes *l, const size_t *at, size_t blocks)
{
	TAKE_BLOCKS(2, 1, one, TURN1);
}

static void take_four(struct lanes *l, const size_t *at, size_t blocks)
{
	TAKE_BLOCKS(2, 4, four, TURN4);
}

#if defined(__x86_64__)
typedef uint32_t eight __attribute__((vector_size(32)));
typedef uint32_t eight_loose __attribute__((vector_size(32), aligned(1), may_alias));
typedef uint32_t sixteen __attribute__((vector_size(64)));
typedef uint32_t sixteen_loose __attribute__((vector_size(64), aligned(1), may_alias));

__attribute__((target("avx2"))) static void take_eight(
	struct lanes *l, const size_t *at, size_t blocks)
{
	TAKE_BLOCKS(2, 8, eight, TURN8);
}

__attribute__((target("avx512f"))) static void take_sixteen(
	struct lanes *l, const size_t *at, size_t blocks)
{
	TAKE_BLOCKS(1, 16, sixteen, TURN16);
}
#endif

bool md5_has_width(size_t width)
{
#if defined(__x86_64__)
	if (width == 16)
		return __builtin_cpu_supports("avx512f");
	if (width == 8)
		return __builtin_cpu_supports("avx2");
#endif
	return width == 4;
}

static void take_group(struct lanes *l, size_t width, size_t from, size_t blocks)
{
	const size_t at[] = { from, from + width };

#if defined(__x86_64__)
	if (width == 16)
		take_sixteen(l, at, blocks);
	else if (width == 8)
		take_eight(l, at, blocks);
	else
#endif
		take_four(l, at, blocks);
}

/* One or two large files that are left alone at the end gain nothing from lanes that do nothing. */
static void take(struct lanes *l, size_t width, size_t blocks)
{
	const size_t at_once = width < LANES ? 2 * width : width;

	for (size_t from = 0; from < LANES; from += at_once) {
		size_t busy[LANES], count = 0;

		for (size_t i = from; i < from + at_once; i++)
			if (l->lane[i].stream)
				busy[count++] = i;
		if (count > 2)
			take_group(l, width, from, blocks);
		else if (count == 2)
			take_two(l, busy, blocks);
		else if (count == 1)
			take_one(l, busy, blocks);
	}
}

/* ---- the lanes ---- */

static void start(struct lanes *l, size_t i, void *stream)
{
	struct lane *lane = &l->lane[i];

	*lane = (struct lane){ .stream = stream, .bytes = lane->bytes };
	for (size_t k = 0; k < COUNT(begin); k++)
		l->state[k][i] = begin[k];
}

static void finish(struct lanes *l, size_t i, const struct md5_feed *feed)
{
	uint32_t digest[4];

	for (size_t k = 0; k < COUNT(digest); k++)
		digest[k] = htole32(l->state[k][i]);
	feed->end(l->lane[i].stream, (const unsigned char *)digest);
	l->lane[i].stream = NULL;
}

/* The next piece of a stream, and behind the last one what RFC 1321 puts there. */
static void refill(struct lane *lane, const struct md5_feed *feed)
{
	size_t have = feed->read(lane->stream, (char *)lane->bytes, PIECE_BYTES);

	lane->size += have;
	lane->at = lane->bytes;
	if (have < PIECE_BYTES) {
		uint64_t bits = htole64(lane->size * 8);
		size_t end =
			(have + 1 + sizeof(bits) + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;

		memset(lane->bytes + have, 0, end - have);
		lane->bytes[have] = 0x80;
		memcpy(lane->bytes + end - sizeof(bits), &bits, sizeof(bits));
		lane->is_ended = true;
		have = end;
	}
	lane->blocks = have / BLOCK_BYTES;
}

/* Give every lane blocks to do as far as there are streams. Returns for how many blocks that lasts;
 * 0: all are done. */
static size_t prepare(struct lanes *l, const struct md5_feed *feed, bool *has_more)
{
	size_t blocks = PIECE_BLOCKS_MAX;
	bool is_busy = false;

	for (size_t i = 0; i < LANES; i++) {
		struct lane *lane = &l->lane[i];
		void *stream;

		if (lane->stream && lane->blocks == 0 && lane->is_ended)
			finish(l, i, feed);
		if (!lane->stream && *has_more) {
			stream = feed->next(feed->context);
			*has_more = stream != NULL;
			start(l, i, stream);
		}
		if (!lane->stream) {
			lane->at = l->idle;
			continue;
		}
		if (lane->blocks == 0)
			refill(lane, feed);
		if (lane->blocks < blocks)
			blocks = lane->blocks;
		is_busy = true;
	}
	return is_busy ? blocks : 0;
}

void md5_streams_by(size_t width, const struct md5_feed *feed)
{
	const size_t room = PIECE_BLOCKS_MAX * BLOCK_BYTES;
	struct lanes *l = calloc(1, sizeof(*l));
	unsigned char *bytes = calloc(LANES + 1, room);
	bool has_more = true;
	size_t blocks;

	if (!l || !bytes)
		abort();
	l->idle = bytes + LANES * room;
	for (size_t i = 0; i < LANES; i++)
		l->lane[i].bytes = bytes + i * room;
	while ((blocks = prepare(l, feed, &has_more)) > 0) {
		take(l, width, blocks);
		for (size_t i = 0; i < LANES; i++)
			if (l->lane[i].stream) {
				l->lane[i].at += blocks * BLOCK_BYTES;
				l->lane[i].blocks -= blocks;
			}
	}
	free(bytes);
	free(l);
}

void md5_streams(const struct md5_feed *feed)
{
	md5_streams_by(md5_has_width(16) ? 16 : md5_has_width(8) ? 8 : 4, feed);
}
