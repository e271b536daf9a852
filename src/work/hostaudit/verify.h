/* verify.h - private to hostaudit: hashing many files, on two threads where the process may start
 * one. What several tables ask for is read once: the digest of a file that is to be kept answers
 * for the same device, inode, size and times as long as the host lives. */
#ifndef WORK_VERIFY_H
#define WORK_VERIFY_H

#include "base/base.h"
#include "kit/crypto/crypto.h"
#include "work/hostaudit/host.h"

enum verify_state {
	VERIFY_DONE,       /* hashed: GOT is the digest */
	VERIFY_GONE,       /* nothing is there */
	VERIFY_DENIED,     /* no right to read it */
	VERIFY_STRANGE,    /* a device, a pipe, a folder, a loop of links */
	VERIFY_TOO_LARGE,  /* over LIMIT_VERIFY_FILE_BYTES */
	VERIFY_UNREADABLE, /* the disk or the library refused */
	VERIFY_LATER,      /* large, and not read because it may wait; EXPECTED is its size */
};

/* The kernel alone sets changed_ns: who alters the content of a file alters it, too. */
struct verify_identity {
	uint64_t device, inode;
	int64_t size_bytes, modified_ns, changed_ns;
};

struct verify_file {
	const char *path;        /* in: as the machine sees it */
	enum digest_kind kind;   /* in */
	bool may_wait;           /* in: what is large is asked for again, the largest first */
	bool is_kept;            /* in: somebody will ask again, so that its digest is kept */
	enum verify_state state; /* out, and what follows */
	unsigned char got[DIGEST_SIZE_MAX];
	uint8_t got_size;
	uint32_t mode;
	/* while it is read: how much of it came, of how much when it was opened */
	int fd;
	int64_t size, expected;
	struct verify_identity identity;
};

/* Fill what is out. WHAT is the word for host_progress(), which is told of BASE + files done, of
 * TOTAL; NULL tells nobody. */
struct verify_progress {
	const char *what;
	size_t base, total;
};
void verify_files(struct host *h, struct verify_file *files, size_t count,
	const struct verify_progress *progress);
/* Is GOT what HEX (lower case) says? */
bool verify_is(const struct verify_file *file, struct str hex);
/* The GAP_ code for a state that is neither DONE nor GONE. */
const char *verify_gap(enum verify_state state);

#endif
