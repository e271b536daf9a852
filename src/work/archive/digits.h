/* digits.h - private to work/archive: what the numbers of a block may hold, without its columns:
 * five decimal digits that stand together, as bits behind a byte of flags. A text with five digits
 * that are not here is in no number of the block. */
#ifndef ARCHIVE_DIGITS_H
#define ARCHIVE_DIGITS_H

#include "work/archive/layout.h"

#define DIGITS_MIN 5        /* of fewer nothing is known */
#define DIGITS_BYTES 12501  /* the flags, 100,000 bits */
#define DIGITS_WITH_TIMES 1 /* the digits of times are among them */

/* The number as it stands in a slot of TYPE: at least so many digits. */
void digits_add(uint8_t *bits, unsigned type, uint64_t value, unsigned digits);
/* Does a time of FORM hold five digits one after the other? */
bool digits_in_time(unsigned form);
void digits_add_time(uint8_t *bits, unsigned form, int64_t value);
/* Do so many bits stand for something that storing them is of no use? */
bool digits_are_many(const uint8_t *bits);
/* May what stands in a slot of TYPE, a number or a time, hold TEXT? */
bool digits_may_hold(const uint8_t *bits, unsigned type, struct str text);

#endif
