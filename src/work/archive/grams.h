/* grams.h - private to work/archive: what a segment may hold, without its tables: four letters at a
 * time, folded, as bits of a hash. Letters that stand together in a record stand together in a
 * template or in an entry of the dictionary, for words are cut at digits only; what a hexadecimal
 * slot may bring is left out. So a text with four letters that are not here is nowhere in the
 * segment. */
#ifndef ARCHIVE_GRAMS_H
#define ARCHIVE_GRAMS_H

#include "work/archive/bytes.h"

#define GRAMS_BYTES_MIN 64
#define GRAMS_BYTES_MAX (256 * KIB)

/* Numbers of the grams met, as bits: 32^4 of them. */
struct grams {
	uint64_t *seen;
	size_t count;
};

void grams_add(struct grams *g, struct str folded);
/* The bits as they are stored. */
void grams_write(const struct grams *g, struct bytes *to);
void grams_done(struct grams *g);

/* May a record that holds TEXT be in a segment with these bits? TEXT may be folded or not. */
bool grams_may_hold(const uint8_t *bits, size_t bytes, struct str text);

#endif
