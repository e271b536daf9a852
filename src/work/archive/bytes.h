/* bytes.h - private to work/archive: growing byte strings, varints, and a reader that cannot run
 * past its end. All of it is inline: the codec spends its time here. */
#ifndef ARCHIVE_BYTES_H
#define ARCHIVE_BYTES_H

#include "base/base.h"

struct bytes {
	uint8_t *at;
	size_t len;
	size_t room;
};

/* Grow to ROOM; exhaustion of the system's memory aborts. */
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
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

static inline uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
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
