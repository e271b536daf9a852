/* witness.h - floor 4: remembering for others, and asking others to remember: C2SP tlog-witness,
 * both sides. A witness learns hashes alone; it keeps, for each log it knows, the newest
 * checkpoint it cosigned, and never cosigns one that does not go on from it.
 *
 * A witness's folder: "policy" (log lines: whom it knows), "name" (its own), "witness.key" and
 * "witness.pub" (made when absent), "held/HEX" (SHA-256 of the origin) the newest note,
 * "alarms". */
#ifndef WORK_WITNESS_H
#define WORK_WITNESS_H

#include "core/trail/entries.h"
#include "kit/merkle/policy.h"

struct witness;

/* NAME is used when the folder has none yet. *RET is yours. */
MUST_CHECK int witness_open(
	struct vfile_disk *d, struct str name, struct witness **ret, struct err *e);
struct witness *witness_close(struct witness *w);     /* NULL is fine; returns NULL */
struct str witness_key_text(const struct witness *w); /* its vkey, for the policies of logs */

/* POST /add-checkpoint. Returns the HTTP status: 200 with the cosignature line, 409 with the size
 * held, 400, 403, 404, 422; what it promises is on the disk before it returns. 500: the disk
 * failed, nothing is promised. */
int witness_add(struct witness *w, struct str request, int64_t now_s, struct buf *ret_body);
/* GET /held?origin=…: the newest note held, so that a log that was put back in time learns of it.
 * 200, or 404. */
int witness_held(struct witness *w, struct str origin, struct buf *ret_body);

/* What a log sends: its newest checkpoint and that it goes on from OLD_SIZE. */
MUST_CHECK int witness_ask(
	const struct entries *x, uint64_t old_size, struct buf *ret_request, struct err *e);
/* A witness answered 200: does its line cosign NOTE? The whole note goes to RET. ERR_CRYPTO. */
MUST_CHECK int witness_take(struct str note, struct str line, const struct note_key *key,
	struct buf *ret, struct err *e);

/* Who only looks (an agent): REQUEST, as witness_ask() makes it, must be signed by KEY and go on
 * from what is held in "seen". 0: it does and is held now; ERR_CONFLICT: it does not, which is an
 * alarm; *RET_SIZE is what is held. */
MUST_CHECK int witness_see(struct vfile_disk *d, const struct note_key *key, struct str request,
	uint64_t *ret_size, struct err *e);
/* What witness_see() holds: 0 when nothing. */
MUST_CHECK int witness_seen(struct vfile_disk *d, uint64_t *ret_size, struct err *e);

#endif
