/* seal_int.h - private to work/seal. */
#ifndef WORK_SEAL_INT_H
#define WORK_SEAL_INT_H

#include "work/seal/seal.h"

#define SEAL_MEMORY_BYTES (16 * MIB)
#define SEAL_EPOCHS_WHOLE 24 /* of these many newest epochs every checkpoint is kept */

/* A secret key on the disk: fixed length, below one sector, so that it is overwritten at once. */
#define KEY_FILE_BYTES 64
struct seal_key {
	uint64_t number; /* of the epoch; 0 of other keys */
	int64_t made_at_s;
	unsigned char seed[ED25519_SEED_SIZE];
};

void key_make(struct seal_key *k, uint64_t number, int64_t now_s);
/* ERR_ABSENT: no such file; ERR_INPUT: it is none, or was overwritten. */
MUST_CHECK int key_load(
	struct vfile_disk *d, const char *path, struct seal_key *ret, struct err *e);
MUST_CHECK int key_store(
	struct vfile_disk *d, const char *path, const struct seal_key *k, struct err *e);
/* Over the bytes that are there, then synced: what stood there is no more in the file. */
MUST_CHECK int key_overwrite(
	struct vfile_disk *d, const char *path, const struct seal_key *k, struct err *e);
MUST_CHECK int key_erase(struct vfile_disk *d, const char *path, struct err *e);
/* The note key of a seed; NAME and LABEL are borrowed. */
MUST_CHECK int key_note(const struct seal_key *k, enum note_type type, struct str name,
	struct note_key *ret, struct err *e);
/* vkey of it, in A. */
MUST_CHECK int key_text(const struct seal_key *k, enum note_type type, struct str name,
	struct arena *a, struct str *ret, struct err *e);

#define KEY_IDENTITY "identity.key"
#define KEY_EPOCH "epoch.key"
#define KEY_NEXT "epoch-next.key"
#define KEY_RECOVERY "recovery.key"

/* The folder, made when it is not there, of the user that seals. */
MUST_CHECK int seal_folder(const char *path, struct err *e);

/* checkpoints/EPOCH-SIZE, newest last. */
struct history_row {
	uint64_t epoch, size;
};
MUST_CHECK int history_list(struct vfile_disk *d, struct arena *a, struct history_row **ret,
	size_t *ret_count, struct err *e);
#define HISTORY_NAME_SIZE 64
const char *history_name(struct history_row row, char *name);
/* Keep all of the newest epochs and the last of each older one. */
MUST_CHECK int history_thin(struct vfile_disk *d, struct err *e);

/* Checkpoints of ours that others hold. */
struct seal_anchor {
	char name[VFILE_NAME_SIZE];
	struct merkle_head head;
};
struct seal {
	struct vfile_disk *d, *keys;
	struct arena arena;
	struct str origin;
	struct seal_key identity, epoch, next;
	bool has_next;    /* the next key is made */
	bool is_handed;   /* and given to the writer */
	bool is_next_due; /* and stands in the log, not yet in a tree that was agreed on */
	struct note_key identity_key;
	struct tree *tree;
	struct wal_reader *reader;
	struct sha256 *sha256;
	struct buf note; /* the newest checkpoint */
	struct merkle_head head;
	uint64_t tree_epoch;        /* the epoch that the leaves read so far are in */
	struct merkle_head met[16]; /* checkpoints held outside that begin this log */
	size_t met_next;
	bool is_met; /* the writer was heard since opening */
	bool is_stopped;
	enum seal_reason why; /* it was stopped, or is about to be */
	char stopped[SEAL_REASON_SIZE];
};

/* Those of anchors/ that are ours. Lives in A. */
MUST_CHECK int anchors_load(const struct seal *s, struct arena *a, struct seal_anchor **ret,
	size_t *ret_count, struct err *e);

/* Those that are not larger than what was signed: does the log begin with them? ERR_CONFLICT: no,
 * it was written twice. */
MUST_CHECK int anchors_meet(
	struct seal *s, const struct seal_anchor *anchors, size_t count, struct err *e);

/* Each change among the leaves of a shard of the trail, in their order; a shard without leaves has
 * none. */
typedef void trail_each(void *context, const struct leaf *leaf);
MUST_CHECK int trail_changes(struct vfile_disk *d, trail_each *each, void *context, struct err *e);

/* What seal_segments() was told; or NULL. */
const struct trail_segments *seal_segments_now(void);
/* The tree up to the last whole group below the newest checkpoint, its files missing or cut, from
 * the entries. ERR_INPUT: they are not those that were signed; ERR_SYSTEM: not all are here, and
 * nothing was changed. */
MUST_CHECK int seal_remake_tree(struct seal *s, struct err *e);

/* Read entries up to SIZE leaves into the tree. */
MUST_CHECK int seal_read(struct seal *s, uint64_t size, struct err *e);

#endif
