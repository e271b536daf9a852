/* seal.h - floor 4: who signs a log. The sealer trusts nobody: it reads the entries back from the
 * disk, makes the tree again, holds its root against the one the writer names, and only then
 * signs, with the identity key of the shard and the key of the hour (docs/formats/seal.md). Keys of
 * past hours are gone, so that who takes the machine today cannot sign for yesterday.
 *
 * The disk given is the shard's folder. One process seals a shard; the keys are its alone, and
 * stand in a folder beside the log (KEYS), so that who reads the log has not the keys with it. */
#ifndef WORK_SEAL_H
#define WORK_SEAL_H

#include "core/trail/seal_channel.h"
#include "core/trail/segments.h"
#include "core/trail/shard_id.h"
#include "core/trail/trail.h"
#include "kit/merkle/note.h"
#include "kit/vfile/vfile.h"

#define SEAL_EPOCH_S 3600
#define SEAL_LEAF_MAX NOTICE_BYTES_MAX
#define SEAL_REASON_SIZE 400

/* --- a shard begins --------------------------------------------------------------------------- */

struct seal_begin {
	struct str origin;        /* <unit-domain>/khien/<log>/<year> */
	struct vfile_disk *keys;  /* the shard's own */
	struct vfile_disk *log;   /* the folder of all shards of the log */
	struct vfile_disk *vault; /* where its recovery key waits to be printed */
	int64_t now_s;
	struct vfile_disk *previous, *previous_keys; /* the shard it goes on from, or NULL */
	struct str reason;                           /* why it goes on elsewhere; "" else */
	struct str recovery; /* seed of the recovery key, for a shard after a restore; "" else */
};

/* Make the keys of a shard and its first leaf, whose raw bytes go to RET_LEAF: the writer puts them
 * as leaf 0, kind LEAF_LINK. Called again it gives the same leaf. */
MUST_CHECK int seal_begin(
	struct vfile_disk *d, const struct seal_begin *b, struct buf *ret_leaf, struct err *e);
/* The leaf of a shard that was begun; ERR_ABSENT. */
MUST_CHECK int seal_first_leaf(struct vfile_disk *d, struct buf *ret_leaf, struct err *e);

/* The shard to write at NOW_S: the newest of the year in Viet Nam, "2026" or, after restores,
 * "2026.2" …; "2026" when there is none. A clock that was set back, or runs from a dead battery,
 * opens no older year: the keys of that are gone, and so would be those of the newest. NAME has
 * SHARD_ID_SIZE bytes. */
MUST_CHECK int seal_shard_now(struct vfile_disk *log, int64_t now_s, char *ret_name, struct err *e);
/* The newest of that very year. */
MUST_CHECK int seal_shard_of(struct vfile_disk *log, unsigned year, char *ret_name, struct err *e);
/* 2026 of "2026.2"; 0: no name of a shard. */
unsigned seal_shard_year(const char *name);
/* All of them, oldest first. Lives in A. */
MUST_CHECK int seal_shards(struct vfile_disk *log, struct arena *a, const char *const **ret,
	size_t *ret_count, struct err *e);

/* The recovery key is made with the first shard of a log and waits in the vault to be printed, in
 * two halves; then only the public key stays. */
#define SEAL_HALF_SIZE 80
struct seal_halves {
	char half[2][SEAL_HALF_SIZE]; /* letters in groups of four, with a check of their own */
};
/* ERR_ABSENT: printed already. */
MUST_CHECK int seal_recovery_halves(
	struct vfile_disk *vault, struct seal_halves *ret, struct err *e);
MUST_CHECK int seal_recovery_forget(struct vfile_disk *vault, struct err *e);
/* Is SEED that of the log's public recovery key? ERR_INPUT: no. */
MUST_CHECK int seal_recovery_check(
	struct vfile_disk *log, const unsigned char *seed, struct err *e);
/* The seed again. ERR_INPUT: a half is mistyped, or they do not belong together. */
MUST_CHECK int seal_recovery_join(
	struct str half_1, struct str half_2, unsigned char *ret_seed, struct err *e);

/* --- sealing ---------------------------------------------------------------------------------- */

struct seal;

/* Go on from the newest checkpoint. ERR_ABSENT: the shard was not begun; ERR_INPUT: what is on the
 * disk is not what was signed, nothing is changed then. *RET is yours. */
MUST_CHECK int seal_open(struct vfile_disk *d, struct vfile_disk *keys, int64_t now_s,
	struct seal **ret, struct err *e);
struct seal *seal_close(struct seal *s); /* NULL is fine; returns NULL */

struct seal_answer {
	bool is_sealed;
	uint64_t size;                   /* of the newest checkpoint */
	unsigned char note[SHA256_SIZE]; /* hash of it */
	enum seal_reason why;            /* why not, in a word and in a sentence */
	char reason[SEAL_REASON_SIZE];
};

/* The writer says: these leaves are on the disk, this is their root. A disagreement is told in RET,
 * kept in the file "alarm", and ends the signing of this shard; failures of the disk are
 * returned. */
MUST_CHECK int seal_check(struct seal *s, const struct merkle_head *head, int64_t now_s,
	struct seal_answer *ret, struct err *e);
/* When the hour is over: the leaf (kind LEAF_KEY) that the writer is to put into the log next; ""
 * when nothing is due or it was handed over already. */
MUST_CHECK int seal_next_key(struct seal *s, int64_t now_s, struct buf *ret_leaf, struct err *e);
/* The newest checkpoint; size 0 and "" before the first. */
uint64_t seal_size(const struct seal *s);
struct str seal_note(const struct seal *s);

/* In one process, for commands: take the writer W of the shard, add what is due (first leaf, clock,
 * key), commit, and seal all that is there. */
MUST_CHECK int seal_now(struct vfile_disk *d, struct vfile_disk *keys, struct wal *w, int64_t now_s,
	struct seal_answer *ret, struct err *e);

/* --- the folder of a log ---------------------------------------------------------------------- */

/* The shard of now of one log of the data folder, made where it is not there, for its one writer:
 * who holds a place holds the lock. */
struct seal_place {
	struct vfile_disk *log, *shard;
	struct vfile_disk *vault, *keys; /* beside them: see seal_keys_open() */
	char name[SHARD_ID_SIZE];
	int lock_fd; /* -1: closed */
};

#define SEAL_LOG "log"     /* what machines send: nhat-ky */
#define SEAL_TRAIL "trail" /* what changes in Khiên: so-vet */
#define SEAL_KEYS "keys"   /* of both, in folders of the same names */
/* The keys of the shard SHARD of LOG or, where that is NULL, its vault; made where it is not there.
 * Keys that an earlier version kept in the log itself are moved here. */
MUST_CHECK int seal_keys_open(const char *data, const char *log, const char *shard,
	struct vfile_disk **ret, struct err *e);
/* UNIT is the domain of the unit for a log that has none yet; "" takes the host's name. When the
 * year has turned, the old shard is sealed for the last time and the new one goes on from it.
 * ERR_CONFLICT: somebody else writes this log now. Close it also after a failure. */
MUST_CHECK int seal_place_open(const char *data, const char *log, struct str unit, int64_t now_s,
	struct seal_place *ret, struct err *e);
/* The year may have turned for a place that is open. Its lock is kept all the while: processes that
 * were forked since hold it too, so it could not be had again. After a failure the place is as
 * before. */
MUST_CHECK int seal_place_turn(
	const char *data, const char *log, int64_t now_s, struct seal_place *p, struct err *e);
void seal_place_close(struct seal_place *p);

/* The legitimate tiếp nối, after a restore or when signing was refused: a new shard that begins
 * with the newest checkpoint that lies here, with the reason, signed by the recovery key. The old
 * shard signs nothing more. ERR_INPUT: not the recovery key of this log, or no reason;
 * ERR_CONFLICT: somebody writes the log; ERR_ABSENT: nothing to go on from. Nothing is changed
 * then. */
struct seal_continue {
	const char *data, *log;
	struct str reason;
	unsigned char recovery[ED25519_SEED_SIZE];
	int64_t now_s;
};
MUST_CHECK int seal_continue(
	const struct seal_continue *c, char *ret_shard, struct err *e); /* SHARD_ID_SIZE */

/* The process of a service (kit/process): it answers CHECK over its channel, hands over keys and
 * links, and has no other way in or out. The shard is begun before it starts, and the service holds
 * the lock of the log's place from then on; the leaf that begins a shard is handed over when it is
 * empty. */
struct process;
struct process_service;
MUST_CHECK int seal_prepare(struct process_service *service, void **ret_state, struct err *e);
void seal_release(void *state);
MUST_CHECK int seal_renew(struct process_service *service, void *state, struct err *e);
int seal_start(const struct process *self);

/* --- what is known outside -------------------------------------------------------------------- */

/* Somebody outside holds this checkpoint of ours: kept in anchors/NAME when it is the largest of
 * NAME. The sealer signs nothing smaller, nor anything that does not begin with it, and nothing
 * more when what it signed already does not: then the log was written twice, by a copy of it. */
MUST_CHECK int seal_anchor_keep(
	struct vfile_disk *d, const char *name, struct str note, struct err *e);

/* Whoever starts sealers says once how closed segments are read: an anchor may end in one. */
void seal_segments(const struct trail_segments *s);

#endif
