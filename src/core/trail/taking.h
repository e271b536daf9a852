/* taking.h - floor 3: does a process of the log do its work, and if not, since when and why: intake
 * takes lines, seal signs, store closes segments. Each tells it in a file of one fixed size of its
 * own folder, for pages to show. The file is made while all is well and then written in its place,
 * never synced, so that it can be told on a full disk too. It is no evidence; what was lost is
 * counted in leaves. */
#ifndef CORE_TRAIL_TAKING_H
#define CORE_TRAIL_TAKING_H

#include "kit/vfile/vfile.h"

#define TAKING_FILE "intake/taking" /* of intake, below DATA/log */
#define TAKING_SEALS \
	"sealing"                        /* of seal, below the shard; why begins with a word of
					 * seal_reason_name() */
#define TAKING_STORES "segments/storing" /* of store, below the shard */
#define TAKING_BYTES 512
#define TAKING_WHY_MAX 300

enum taking {
	TAKING_WELL,
	TAKING_FULL,   /* no room on the disk, or none in the quota */
	TAKING_FAILED, /* the disk, or what stands on it */
};

struct taking_state {
	enum taking is;
	int64_t since_s;
	char why[TAKING_WHY_MAX + 1]; /* the system's words; "" when all is well */
};

MUST_CHECK int taking_save(
	struct vfile_disk *d, const char *path, const struct taking_state *state, struct err *e);
bool taking_parse(struct str text, struct taking_state *ret);
/* ERR_ABSENT: nobody told; ERR_INPUT: it cannot be read. */
MUST_CHECK int taking_load(
	struct vfile_disk *d, const char *path, struct taking_state *ret, struct err *e);
/* It is so now. What was told before already is not told again, so that "since" outlives those who
 * are started again and again. */
MUST_CHECK int taking_tell(
	struct vfile_disk *d, const char *path, enum taking is, const char *why, struct err *e);

#endif
