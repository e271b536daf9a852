/* host.h - private to hostaudit: reading one machine, live or below another root, without harm.
 *
 * Paths are absolute as the machine itself sees them ("/etc/ssh/sshd_config") and are resolved
 * below the root (openat2 RESOLVE_IN_ROOT): no link leads out of it. Only regular files are read,
 * never a FIFO or a device, at most LIMIT_HOST_FILE_BYTES of each, each once: later calls get the
 * same bytes. What cannot be read is remembered as a gap of the table being filled, with the
 * reason; a check that needs that table then answers unknown. A file that is simply not there is no
 * gap. */
#ifndef WORK_HOST_H
#define WORK_HOST_H

#include "base/base.h"

struct host;

struct host_file {
	struct str path;
	struct str bytes;
	int64_t mtime_s;
	uint32_t mode;
	uint32_t uid;
};

struct host_stat {
	uint32_t mode; /* S_IFMT and permissions */
	uint32_t uid, gid;
	int64_t size, mtime_s;
	int64_t ctime_s; /* when content, owner or mode last changed: no program can set it back */
	uint64_t dev, ino;
	uint32_t rdev_major, rdev_minor;
};

/* Why something could not be read: codes that stand in evidence; words are in reasons.c. */
#define GAP_RIGHTS "no-rights"
#define GAP_TOO_LARGE "too-large"
#define GAP_NOT_REGULAR "not-regular"
#define GAP_LOOP "include-loop"
#define GAP_SYNTAX "not-understood"
#define GAP_NOT_LIVE "not-live"
#define GAP_UNREADABLE "unreadable"
#define GAP_LIMIT "limit"
#define GAP_FOREIGN "foreign-database"

/* ROOT "/" is the live machine. NOW_S dates everything. *RET is yours: host_close(). */
MUST_CHECK int host_open(const char *root, int64_t now_s, struct err *e, struct host **ret);
struct host *host_close(struct host *h);

bool host_is_live(const struct host *h); /* the running machine itself, not an image of one */
/* Is there a /proc below this root: the live one, or a recorded one in a fixture? */
bool host_has_proc(const struct host *h);
/* A deep audit: whole files are hashed and every process number that may be in use is tried, which
 * takes a second. */
bool host_is_deep(const struct host *h);
/* Tell whoever waits how far a long work of a deep audit is; from the main thread only. */
void host_progress(struct host *h, const char *what, size_t done, size_t total);
int64_t host_now_s(const struct host *h);
struct arena *host_arena(struct host *h); /* ends with the host */

/* 0 and the file (it lives as long as the host); ERR_ABSENT without a gap; else a gap and <0. All
 * reads of a run share a budget (LIMIT_HOST_BUDGET_BYTES, a cached file counts each time), so that
 * includes which fan out end in a gap "limit". */
int host_read(struct host *h, const char *path, const struct host_file **ret);
/* From now on PATH reads as BYTES, whatever the machine has there; a later call changes nothing
 * that was read before. */
void host_put(struct host *h, const char *path, struct str bytes);
/* As host_read, the first MAX_BYTES only, not cached; for headers of large files. */
int host_read_head(struct host *h, const char *path, size_t max_bytes, struct str *ret);
/* Call LINE for each line of a possibly huge regular file (whole file, bounded memory); stop when
 * it returns false. Lines longer than LIMIT_HOST_LINE_BYTES are cut. */
int host_read_lines(struct host *h, const char *path, bool (*line)(void *context, struct str line),
	void *context);
/* The same of what is packed in it, as apt keeps its lists where it is told to: a frame of LZ4. A
 * gap when it is none, or ends too early; the lines before it came. */
int host_read_lz4_lines(struct host *h, const char *path,
	bool (*line)(void *context, struct str line), void *context);
/* A piece of a regular file from OFFSET on, for record files that may be huge and sparse. 0 and how
 * much came (0 at the end); ERR_ABSENT quietly; else a gap. Not cached. */
int host_read_at(struct host *h, const char *path, int64_t offset, char *into, size_t size,
	size_t *ret_size);
/* For files of /proc and /sys whose size is 0: read what comes, at most MAX_BYTES, not cached, and
 * no gap when it vanished meanwhile (ERR_ABSENT). */
int host_read_proc(
	struct host *h, const char *path, size_t max_bytes, struct arena *a, struct str *ret);

/* Names in a folder (no "." and ".."), in byte order; they live as long as the host. An absent
 * folder is 0 names. Returns 0, or <0 with a gap. */
int host_list(struct host *h, const char *path, const struct str **ret_names, size_t *ret_count);
/* The names that end so, in A: of a large folder that is looked through once and not remembered. */
void host_list_ending(struct host *h, const char *path, const char *ending, struct arena *a,
	struct str **ret_names, size_t *ret_count);
/* Can FOLDER have NAME? No is certain; asking a folder for many names costs one listing. */
bool host_has_name(struct host *h, const char *folder, const char *name);
/* Did the listing of FOLDER say that NAME is a plain file, no link? Yes is certain; no is also the
 * answer where the file system does not tell, or FOLDER was not listed. */
bool host_is_listed_file(struct host *h, const char *folder, const char *name);
/* Paths matching a glob pattern in its last component only ("/etc/apt/apt.conf.d/" + "*"), sorted.
 */
int host_glob(struct host *h, const char *pattern, const struct str **ret_paths, size_t *ret_count);
/* Text of a symbolic link, unfollowed; lives as long as the host. */
int host_readlink(struct host *h, const char *path, struct str *ret);
/* Following links. ERR_ABSENT quietly. As the file stood when a table of this run first asked;
 * below /proc and /sys as it stands. */
int host_stat(struct host *h, const char *path, struct host_stat *ret);
/* Not following the last link. */
int host_lstat(struct host *h, const char *path, struct host_stat *ret);
bool host_exists(struct host *h, const char *path);
/* Would a daemon of root refuse the file: others may write it, or it is not root's? What holds of
 * /etc as well is the umask and the account of whoever unpacked an image, and says nothing. */
bool host_is_loose(struct host *h, uint32_t mode, uint32_t uid);

/* SHA-256 in hex of a file that host_read() has read and everybody may read; "" for any other. */
const char *host_sha256(struct host *h, struct str path);

/* Remember that the table being filled could not see something. */
void host_gap(struct host *h, const char *reason, const char *path);

#endif
