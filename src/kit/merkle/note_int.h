/* note_int.h - the lines that notes, checkpoints and proofs are made of. */
#ifndef KIT_MERKLE_NOTE_INT_H
#define KIT_MERKLE_NOTE_INT_H

#include "kit/merkle/note.h"

/* Take the next line, which must end in a line feed, off *REST without it. */
bool line_next(struct str *rest, struct str *ret);
/* Decimal, without sign or leading zeros. */
bool line_number(struct str line, uint64_t *ret);
/* Base64 of exactly SIZE bytes. */
bool line_bytes(struct str line, void *ret, size_t size);
void line_add_base64(struct buf *out, struct str bytes);

#endif
