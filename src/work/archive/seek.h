/* seek.h - private to work/archive: a text in a long run of bytes. */
#ifndef ARCHIVE_SEEK_H
#define ARCHIVE_SEEK_H

#include "base/base.h"

/* The first place of WANTED between AT and END, or NULL. The same as memmem(), several times as
 * quick where the text is short and its bytes are frequent, as words in a dictionary are. */
const uint8_t *seek(const uint8_t *at, const uint8_t *end, struct str wanted);

#endif
