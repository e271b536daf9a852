/* note.h - the texts a log is judged by, to the letter of the C2SP specifications: signed-note,
 * tlog-checkpoint, tlog-cosignature (Ed25519), tlog-proof, and the request of tlog-witness.
 *
 * Readers take one spelling only: base64 without stray bits, numbers without leading zeros,
 * every line ended. What they return borrows from the bytes read and from the arena. A text that
 * was read proves nothing: note_verify() with a key that the reader got from elsewhere does. */
#ifndef KIT_MERKLE_NOTE_H
#define KIT_MERKLE_NOTE_H

#include "kit/merkle/merkle.h"

#define NOTE_BYTES_MAX (256 * KIB) /* 16 signatures of 5 kB must be read; these are more */
#define NOTE_SIGNATURES_MAX 64

enum note_type {
	NOTE_ED25519 = 0x01,
	NOTE_COSIGNATURE = 0x04, /* signs the time with the text */
	NOTE_OWN = 0xff,         /* Ed25519 over the text, told apart by a label of ours */
};

/* A key somebody signs notes with. NAME has no blanks and no plus. */
struct note_key {
	enum note_type type;
	struct str name;
	struct str label; /* of NOTE_OWN, else "" */
	uint32_t id;
	unsigned char public_key[ED25519_PUBLIC_SIZE];
};

/* Borrows NAME and LABEL. ERR_INPUT for a name that may not be. */
MUST_CHECK int note_key_make(struct note_key *ret, enum note_type type, struct str name,
	struct str label, const unsigned char *public_key, struct err *e);
/* The text form, name+id+key ("vkey"). Keys of other types are ERR_ABSENT. */
MUST_CHECK int note_key_parse(
	struct str vkey, struct arena *a, struct note_key *ret, struct err *e);
void note_key_text(const struct note_key *key, struct buf *out);

struct note_signature {
	struct str name;
	uint32_t key_id;
	struct str bytes; /* after the key id */
};

struct note {
	struct str text; /* what is signed, its last line feed included */
	size_t count;
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

MUST_CHECK int note_parse(struct str bytes, struct arena *a, struct note *ret, struct err *e);
/* 1 when KEY signed the note, 0 when no signature claims to be of KEY, ERR_CRYPTO when one
 * claims and does not hold: then the whole note is worth nothing, whoever else signed it.
 * RET_AT_S (may be NULL) is the latest time of a cosignature, 0 for other types. A quorum counts
 * keys by this call, never lines. */
MUST_CHECK int note_verify(
	const struct note *n, const struct note_key *key, uint64_t *ret_at_s, struct err *e);

/* Write a note: the text and the blank line, then a line for each signature. AT_S is the time of a
 * cosignature, ignored for other types. ERR_INPUT for a text no note may have. */
MUST_CHECK int note_begin(struct buf *out, struct str text, struct err *e);
void note_sign(struct buf *out, struct str text, const struct note_key *key,
	const unsigned char *seed, uint64_t at_s);

/* The text of a checkpoint: origin, size, root, and extension lines (with their line feeds; "" when
 * there are none, as there should be). */
struct checkpoint {
	struct str origin;
	struct merkle_head head;
	struct str extensions;
};

/* TEXT is that of a note. Whether a tree of no leaves has its right root is
 * merkle_is_extended()'s. */
MUST_CHECK int checkpoint_parse(struct str text, struct checkpoint *ret, struct err *e);
void checkpoint_write(const struct checkpoint *c, struct buf *out);

/* One leaf, provable without the log: its index, its path, and the checkpoint with its
 * signatures. */
struct tlog_proof {
	struct str extra; /* STR_NONE: no such line; nobody vouches for it */
	uint64_t index;
	struct merkle_proof path;
	struct str note;
};

MUST_CHECK int tlog_proof_parse(
	struct str bytes, struct arena *a, struct tlog_proof *ret, struct err *e);
void tlog_proof_write(const struct tlog_proof *p, struct buf *out);

/* What a log sends a witness (add-checkpoint): the size the witness knows, the proof that the new
 * checkpoint extends it, the checkpoint. */
struct witness_request {
	uint64_t old_size;
	struct merkle_proof proof;
	struct str note;
};

MUST_CHECK int witness_request_parse(struct str bytes, struct witness_request *ret, struct err *e);
void witness_request_write(const struct witness_request *w, struct buf *out);

#endif
