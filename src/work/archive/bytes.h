/* bytes.h - private to work/archive: growing byte strings, varints, and a reader that cannot run
 * past its end. All of it is inline: the codec spends its time here. */
#ifndef ARCHIVE_BYTES_H
#define ARCHIVE_BYTES_H

#include <endian.h>
#include <stdlib.h>

#include "base/base.h"

/* Room for COUNT of SIZE bytes, all 0; or for what is written before it is read. Exhaustion of the
 * system's memory aborts, here as below. */
static inline void *zeroed(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (p == NULL)
		abort();
	return p;
}

static inline void *unset(size_t count, size_t size)
{
	void *p = malloc((count ? count : 1) * size);

	if (p == NULL)
		abort();
	return p;
}

struct bytes {
	uint8_t *at;
	size_t len;
	size_t room;
};

/* Grow to ROOM. */
void bytes_grow(struct bytes *b, size_t room);
void bytes_done(struct bytes *b);

static inline uint8_t *bytes_more(struct bytes *b, size_t count)
{
	if (b->room - b->len < count)
		bytes_grow(b, b->len + count);
	return b->at + b->len;
}

static inline void bytes_add(struct bytes *b, const void *from, size_t count)
{
	if (count == 0)
		return;
	memcpy(bytes_more(b, count), from, count);
	b->len += count;
}

static inline void bytes_u8(struct bytes *b, uint8_t value)
{
	*bytes_more(b, 1) = value;
	b->len++;
}

static inline void bytes_varint(struct bytes *b, uint64_t value)
{
	uint8_t *to = bytes_more(b, 10);
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		to[n++] = (uint8_t)(value | 0x80);
	to[n++] = (uint8_t)value;
	b->len += n;
}

static inline void bytes_u64(struct bytes *b, uint64_t value)
{
	uint8_t *to = bytes_more(b, 8);

	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (8 * i));
	b->len += 8;
}

static inline uint64_t u64_at(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return le64toh(value);
}

static inline uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* Each block needs the same room as the one before, and the system makes each page anew, at the
 * price of a page compressed, when it was given back in between: keep what is freed, or give it
 * back again. */
void memory_keep(bool is_kept);

static inline uint64_t word_at(const void *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	return word;
}

static inline uint32_t half_at(const void *from)
{
	uint32_t half;

	memcpy(&half, from, sizeof(half));
	return half;
}

/* Most pieces and values are short: a call would cost more than it compares or copies. */
static inline bool same_bytes(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	if (len > 16)
		return memcmp(x, y, len) == 0;
	if (len >= 8)
		return ((word_at(x) ^ word_at(y)) |
			       (word_at(x + len - 8) ^ word_at(y + len - 8))) == 0;
	if (len >= 4)
		return ((half_at(x) ^ half_at(y)) |
			       (half_at(x + len - 4) ^ half_at(y + len - 4))) == 0;
	for (size_t i = 0; i < len; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

static inline uint8_t *put_bytes(uint8_t *to, const void *from, size_t len)
{
	const char *at = from;

	if (len > 16) {
		memcpy(to, at, len);
	} else if (len >= 8) {
		memcpy(to, at, 8);
		memcpy(to + len - 8, at + len - 8, 8);
	} else if (len >= 4) {
		memcpy(to, at, 4);
		memcpy(to + len - 4, at + len - 4, 4);
	} else {
		for (size_t i = 0; i < len; i++)
			to[i] = (uint8_t)at[i];
	}
	return to + len;
}

/* A position in bytes from outside. Past the end, or at a malformed varint, is_bad becomes true for
 * good and every further read gives 0. */
struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool is_bad;
};

static inline struct reader reader_of(const void *from, size_t len)
{
	return (struct reader){ from, (const uint8_t *)from + len, false };
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

static inline uint8_t read_u8(struct reader *r)
{
	if (r->at >= r->end) {
		r->is_bad = true;
		return 0;
	}
	return *r->at++;
}

static inline uint64_t read_varint(struct reader *r)
{
	uint64_t value = 0;

	/* most are short */
	if (r->at < r->end && *r->at < 0x80)
		return *r->at++;
	if (r->end - r->at >= 2 && r->at[1] < 0x80) {
		value = (uint64_t)(r->at[0] & 0x7F) | (uint64_t)r->at[1] << 7;
		r->at += 2;
		return value;
	}
	for (int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = read_u8(r);

		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return value;
	}
	r->is_bad = true;
	r->at = r->end;
	return 0;
}

/* NULL, and is_bad, when fewer are left. */
static inline const uint8_t *read_bytes(struct reader *r, size_t count)
{
	const uint8_t *from = r->at;

	if (reader_left(r) < count) {
		r->is_bad = true;
		r->at = r->end;
		return NULL;
	}
	r->at += count;
	return from;
}

static inline uint64_t read_u64(struct reader *r)
{
	const uint8_t *from = read_bytes(r, 8);

	return from ? u64_at(from) : 0;
}

#endif
