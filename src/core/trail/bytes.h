/* bytes.h - private to core/trail: big-endian numbers and the check of a record. */
#ifndef TRAIL_BYTES_H
#define TRAIL_BYTES_H

#include "base/base.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline void put_u16(unsigned char *to, uint16_t value)
{
	to[0] = (unsigned char)(value >> 8);
	to[1] = (unsigned char)value;
}

static inline void put_u32(unsigned char *to, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(to, &value, 4);
}

static inline void put_u64(unsigned char *to, uint64_t value)
{
	value = __builtin_bswap64(value);
	memcpy(to, &value, 8);
}

static inline uint16_t get_u16(const unsigned char *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

static inline uint32_t get_u32(const unsigned char *from)
{
	uint32_t value;

	memcpy(&value, from, 4);
	return __builtin_bswap32(value);
}

static inline uint64_t get_u64(const unsigned char *from)
{
	uint64_t value;

	memcpy(&value, from, 8);
	return __builtin_bswap64(value);
}

/* Finds damage by chance; who wants to deceive meets the tree. */
static inline uint32_t check_of(const unsigned char *bytes, size_t size)
{
	return (uint32_t)XXH3_64bits(bytes, size);
}

#endif
