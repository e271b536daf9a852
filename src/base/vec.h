/* vec.h - growing arrays whose memory is an arena's.
 *
 *	VEC(struct row) rows = { 0 };
 *	struct row *r = vec_add(arena, &rows);   // zeroed
 *	for (size_t i = 0; i < rows.len; i++) use(&rows.at[i]);
 *
 * Pointers into a vec are good until the next vec_add. Old arrays stay in the arena until it ends,
 * so a vec costs at most twice its final size. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#include "base/arena.h"

#define VEC(type) \
	struct { \
		type *at; \
		size_t len; \
		size_t room; \
	}

#define vec_add(arena, vec) \
	((vec)->at = vec_grow((arena), (vec)->at, (vec)->len, &(vec)->room, sizeof(*(vec)->at)), \
	 &(vec)->at[(vec)->len++])

#define vec_push(arena, vec, value) (*vec_add((arena), (vec)) = (value))

void *vec_grow(struct arena *a, void *at, size_t len, size_t *room, size_t item_size);

#endif
