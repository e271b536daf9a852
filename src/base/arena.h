/* arena.h - memory that ends with the work it was for: a request, an audit, a pack. What a function
 * puts into a caller's arena is never freed singly. Reaching the arena's ceiling is an assertion
 * for arenas without bad input, and arena_try() for those that meet it; the system's own exhaustion
 * aborts. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *block; /* newest first */
	size_t used_bytes;
	size_t max_bytes;
};

/* Caller's storage. MAX_BYTES is the ceiling of everything the arena may hold. */
void arena_init(struct arena *a, size_t max_bytes);
void arena_done(struct arena *a); /* frees all; may be called twice */

/* Zeroed, aligned for any type. Never NULL; aborts at the ceiling. */
void *arena_alloc(struct arena *a, size_t size);
/* The same, or NULL at the ceiling: for sizes that come from outside. */
void *arena_try(struct arena *a, size_t size);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (count)))

/* Copies, always ended by a NUL byte that is not part of the length. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
