/* obey.h - private to work/archive: what people ordered of a log that runs (core/trail/order.h) is
 * done by the store, once the leaf that orders it is sealed. */
#ifndef ARCHIVE_OBEY_H
#define ARCHIVE_OBEY_H

#include "work/archive/guard.h"

struct obey {
	struct vfile_disk *log;
	struct vfile_disk *const *shards; /* oldest first; the last one is written */
	const char *const *names;         /* of their folders */
	size_t count;
	const struct guard_policy *policy;
	/* Of the last shard. Closed, and NULL then, where its segments are changed. */
	struct archive_writer **writer;
};

/* What can be done now. 1: a month may leave, by guard_retire(). An order that
 * cannot be done stays, and says why; the first reason is returned when all were tried. */
MUST_CHECK int obey(const struct obey *o, struct err *e);

#endif
