/* uses.h - private to work/archive: in which blocks a template, a text or an address stands, and in
 * which families of slots: so that a search decodes only where something may be. A block is a bit;
 * those past the 31st share the last one. */
#ifndef ARCHIVE_USES_H
#define ARCHIVE_USES_H

#include "work/archive/table.h"

static inline uint32_t uses_bit(uint32_t block)
{
	return (uint32_t)1 << (block < 31 ? block : 31);
}

/* An entry of a dictionary in a family of slots. */
struct use {
	uint32_t entry; /* the writer's number of it */
	uint32_t blocks;
	uint16_t family;
};

struct uses {
	struct table by_hash;
	struct bytes list; /* of struct use */
	struct bytes
		newest; /* of each entry its newest use; most have one family, which is soon seen */
	bool is_full;   /* not all are known: nothing is written */
};

void uses_note(struct uses *u, uint32_t entry, uint16_t family, uint32_t block);
/* The uses of the entries in ORDER, which gives the writer's number of each, as they are stored. */
void uses_write(struct uses *u, const struct bytes *order, struct bytes *to);
void uses_done(struct uses *u);

/* Read for a search. */
struct use_list {
	uint32_t *from; /* of an entry, and one more: its first use */
	struct use *at; /* without the entry */
};

/* False when CONTENT is not that of COUNT entries and FAMILIES families. *RET is yours. */
MUST_CHECK bool uses_read(
	const struct bytes *content, uint32_t count, uint32_t families, struct use_list *ret);
void use_list_done(struct use_list *l);

#endif
