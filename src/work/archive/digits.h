/* digits.h - private to work/archive: what the numbers of a block may hold, without its columns:
 * five decimal digits that stand together, as bits behind a byte of flags. A text with five digits
 * that are not here is in no number of the block. Those of times are told apart: a number that some
 * row holds would else have the times of all rows decoded. Where the flags say so, no row of the
 * block has five digits that are neither among those of numbers nor among those of times: then the
 * tables of the segment need not be unpacked to pass over it. */
#ifndef ARCHIVE_DIGITS_H
#define ARCHIVE_DIGITS_H

#include "work/archive/layout.h"

#define DIGITS_MIN 5 /* of fewer nothing is known */
#define DIGITS_BITS_BYTES 12500
#define DIGITS_BYTES (1 + DIGITS_BITS_BYTES)                  /* the flags, 100,000 bits */
#define DIGITS_BYTES_APART (DIGITS_BYTES + DIGITS_BITS_BYTES) /* as many for times */
#define DIGITS_WITH_TIMES 1  /* to version 3: the digits of times are among them */
#define DIGITS_TIMES_APART 2 /* they stand behind them */
#define DIGITS_WHOLE 4       /* from version 5: those of all rows are here, wherever they stand */
#define DIGITS_UNTOLD 4      /* with that, from this bit on: the most that a time untold has */

/* Those of all rows are told; of times all, or of more digits than any time has one behind the
 * other. */
static inline bool digits_are_whole(const uint8_t *bits)
{
	return bits[0] & DIGITS_WHOLE &&
		(bits[0] & DIGITS_TIMES_APART || bits[0] >> DIGITS_UNTOLD >= DIGITS_MIN);
}

/* How many bytes there are with these flags. */
size_t digits_bytes(uint8_t flags);
/* The number as it stands in a slot of TYPE: at least so many digits. */
void digits_add(uint8_t *bits, unsigned type, uint64_t value, unsigned digits);
/* Does a time of FORM hold five digits one after the other? How many at most? */
bool digits_in_time(unsigned form);
unsigned digits_most_in_time(unsigned form);
/* To those of times where they stand apart, else to numbers. */
void digits_add_time(uint8_t *bits, unsigned form, int64_t value);
/* May digits of a row of this template stand together in more than one of its slots and pieces, or
 * in a piece? Its TEXT is static text, a NUL for each of its SLOTS, another at its end. */
bool digits_may_cross(const char *text, uint32_t slots);
/* All that stand together in a row, or in a text of one, bytes beyond ASCII passed over: they are
 * marks that folding takes away, or letters of an old encoding. To numbers, unless times have
 * them, or so few may be those of a time untold. */
void digits_add_text(uint8_t *bits, struct str text);
/* Are all of these here? */
bool digits_have_text(const uint8_t *bits, struct str text);
/* Has TEXT five, bytes beyond ASCII passed over? */
bool digits_in_text(struct str text);
/* Do so many bits stand for something that storing them is of no use? */
bool digits_are_many(const uint8_t *bits);
/* May what stands in a slot of TYPE, a number or a time, hold TEXT? */
bool digits_may_hold(const uint8_t *bits, unsigned type, struct str text);
/* May any row of the block hold TEXT? */
bool digits_may_stand(const uint8_t *bits, struct str text);

#endif
