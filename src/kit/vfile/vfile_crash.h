/* vfile_crash.h - disks for tests: one in memory, one that fails at the n-th call, one that
 * records, and the replayer that rebuilds from a recording every disk a power cut could have
 * left. Never linked into a product.
 *
 * A test of a writer is short:
 *
 *	struct vfile_disk *memory = vfile_memory_new(), *disk = vfile_record_new(memory);
 *	write(disk, ...);   // on trial; vfile_record_mark() at each promise it makes
 *	vfile_replay(disk, &(struct vfile_replay){ .check = recover_and_look }, &result);
 *	assert(result.faults == 0);
 *
 * What a power cut leaves: of each file every 512-byte sector on its own holds what was last
 * synced or any later state of it; the length is the last synced one or any later one; of the
 * changes of names in a folder that was not synced since, any may be missing. A failed sync
 * makes nothing last, and a later one that succeeds does not heal what was written before the
 * failure. */
#ifndef KIT_VFILE_CRASH_H
#define KIT_VFILE_CRASH_H

#include "kit/vfile/vfile.h"

#define VFILE_SECTOR_BYTES 512

/* An empty disk in memory. Syncing does nothing. */
struct vfile_disk *vfile_memory_new(void);

/* The disks below stand before INNER, which must outlive them and is not closed with them. Stack
 * them record over fault over memory: the recorder must see what failed. */

struct vfile_fault {
	uint64_t nth;        /* the call that fails, counted from 1; 0: none */
	int errno_value;     /* ENOSPC, EIO, EROFS ... ; 0: a short write that is no error */
	bool is_lasting;     /* all calls from then on fail */
	bool reads_count;    /* reading and listing are calls too */
	bool is_short_first; /* a write struck is short, the call after it fails: a full disk */
};

/* Calls counted: all that change or sync something. A write that fails has written its first
 * half; a sync that fails has synced nothing. */
struct vfile_disk *vfile_fault_new(struct vfile_disk *inner, struct vfile_fault fault);
uint64_t vfile_fault_calls(const struct vfile_disk *fault);

/* Records what happens on INNER from now on; what is there already counts as synced. */
struct vfile_disk *vfile_record_new(struct vfile_disk *inner);
/* The writer has promised PROMISE (say, "line 17 is safe") to somebody outside. */
void vfile_record_mark(struct vfile_disk *record, uint64_t promise);

/* The power goes: after OPERATION recorded operations, PROMISE being the last mark before. */
struct vfile_crash {
	size_t operation;
	uint64_t promise;
	uint64_t state; /* number of this disk among those of the point */
};

/* Start again on DISK, which may be written, and look: false, with the reason in E, when something
 * promised is lost or something false is taken for true. Files opened must be closed. */
typedef bool vfile_check(
	void *context, struct vfile_disk *disk, const struct vfile_crash *crash, struct err *e);

struct vfile_replay {
	vfile_check *check;
	void *context;
	uint64_t states_per_point; /* all, when there are not more; else a sample. 0: 4,096 */
	uint64_t seed;             /* of the sample */
};

/* For a long night: KHIEN_CRASH_STATES disks at each point instead of those asked for, and
 * KHIEN_CRASH_SEED for others than last night's. True when the former is set. */
bool vfile_replay_at_length(struct vfile_replay *how);

struct vfile_replay_result {
	uint64_t points; /* moments looked at: before each sync and each mark, and at the end */
	uint64_t sampled_points; /* of these, with more states than states_per_point */
	uint64_t states;
	uint64_t faults;
	struct vfile_crash first; /* the first that was at fault, and why */
	struct err reason;
};

/* Between two syncs the set of possible disks only grows, so the moments looked at cover all
 * others. A sample holds the oldest and the newest disk, those where one piece alone is new or
 * old, those cut after each piece, and beyond these disks by chance. */
void vfile_replay(const struct vfile_disk *record, const struct vfile_replay *how,
	struct vfile_replay_result *ret);

#endif
