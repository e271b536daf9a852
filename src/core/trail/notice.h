/* notice.h - floor 3: what a log says of itself in its own leaves: the link that a shard begins
 * with (kind 9) and the key of the next epoch (kind 6). Each is a JSON object of one spelling, read
 * byte for byte, so that a verifier needs no reader of JSON (docs/formats/seal.md). */
#ifndef CORE_TRAIL_NOTICE_H
#define CORE_TRAIL_NOTICE_H

#include "core/trail/leaf.h"
#include "kit/merkle/note.h"

#define NOTICE_BYTES_MAX (16 * KIB)
#define NOTICE_EPOCH_LABEL "khien-epoch"
#define NOTICE_REASON_MAX 400

/* Who vouches for a link: nobody before the first shard, the identity key of the year before, or
 * the recovery key after a restore. */
enum link_by { LINK_FIRST, LINK_IDENTITY, LINK_RECOVERY };
#define LINK_BY_MAX LINK_RECOVERY

/* Keys are in their text form (vkey). */
struct link_notice {
	struct str origin;
	struct str identity, epoch, recovery;
	struct str after;  /* the note of the checkpoint gone on from; "" of the first shard */
	struct str reason; /* a sentence without quotes, backslashes or control characters */
	enum link_by by;
	unsigned char signature[ED25519_SIGNATURE_SIZE]; /* zeros of LINK_FIRST */
};

/* Signed with SEED when somebody vouches (else NULL). ERR_INPUT for a text that may not stand
 * there. */
MUST_CHECK int link_write(
	const struct link_notice *n, const unsigned char *seed, struct buf *out, struct err *e);
/* Strings lie in A. ERR_INPUT for anything but the one spelling. */
MUST_CHECK int link_parse(struct str raw, struct arena *a, struct link_notice *ret, struct err *e);
/* Does the key (of whom BY names) vouch for the link in RAW? True of LINK_FIRST. */
bool link_is_signed(struct str raw, const struct link_notice *n, const struct note_key *by);

/* The key of epoch NUMBER, signed with the key of the epoch before it. */
struct epoch_notice {
	uint64_t number;
	struct str key; /* vkey */
	unsigned char signature[ED25519_SIGNATURE_SIZE];
};

void epoch_write(struct str origin, uint64_t number, struct str key, const unsigned char *old_seed,
	struct buf *out);
MUST_CHECK int epoch_parse(struct str raw, struct epoch_notice *ret, struct err *e);
bool epoch_is_signed(struct str origin, const struct epoch_notice *n, const struct note_key *old);

#endif
