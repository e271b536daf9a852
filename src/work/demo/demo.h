/* demo.h - floor 4: a believable sample: a district that does not exist, with its people,
 * registers, cases, statements and a year of duties, made by the calls of the core as people would
 * make it.
 * The same seed gives the same sample on the same day. */
#ifndef WORK_DEMO_H
#define WORK_DEMO_H

#include "core/org/account.h"
#include "core/org/org.h"
#include "kit/vfile/vfile.h"

/* The setting that marks a database as sample; its value is the seed. */
#define DEMO_SETTING ORG_SAMPLE
/* The file that marks a data folder as sample. */
#define DEMO_MARK "khien-mau"

struct demo_account {
	struct str login, name, onetime;
};
#define DEMO_ACCOUNTS 3
struct demo_done {
	int64_t units, people, records, skipped, cases, signings, duties, machines;
	struct demo_account accounts[DEMO_ACCOUNTS];
};
typedef void demo_progress(void *context, const char *what, size_t done, size_t total);

struct demo {
	struct store *store; /* migrated, empty */
	struct vfile_disk *disk; /* the data folder */
	const struct pack_set *packs;
	struct arena *a; /* what is told in struct demo_done lives here */
	uint64_t seed;
	int64_t now_s;
	demo_progress *progress; /* may be NULL */
	void *context;
};
/* Fill the store. ERR_CONFLICT: it holds something already, and nothing is changed. */
MUST_CHECK int demo_make(const struct demo *d, struct demo_done *ret, struct err *e);

#endif
