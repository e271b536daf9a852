/* taking.h - floor 3: does intake take lines, and if not, since when and why: told by intake in a
 * file of one fixed size below DATA/log, for pages to show. The file is made while all is well and
 * then written in its place, never synced, so that it can be told on a full disk too. It is no
 * evidence; what was lost is counted in leaves. */
#ifndef CORE_TRAIL_TAKING_H
#define CORE_TRAIL_TAKING_H

#include "kit/vfile/vfile.h"

#define TAKING_FILE "intake/taking"
#define TAKING_BYTES 512
#define TAKING_WHY_MAX 300

enum taking {
	TAKING_WELL,
	TAKING_FULL,   /* no room on the disk, or none in the quota */
	TAKING_FAILED, /* a write or a sync failed: the disk */
};

struct taking_state {
	enum taking is;
	int64_t since_s;
	char why[TAKING_WHY_MAX + 1]; /* the system's words; "" when all is well */
};

/* LOG is DATA/log. */
MUST_CHECK int taking_save(
	struct vfile_disk *log, const struct taking_state *state, struct err *e);
bool taking_parse(struct str text, struct taking_state *ret);
/* ERR_ABSENT: nobody told; ERR_INPUT: it cannot be read. */
MUST_CHECK int taking_load(struct vfile_disk *log, struct taking_state *ret, struct err *e);

#endif
