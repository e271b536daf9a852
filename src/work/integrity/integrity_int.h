/* integrity_int.h - private to work/integrity. */
#ifndef WORK_INTEGRITY_INT_H
#define WORK_INTEGRITY_INT_H

#include <pthread.h>

#include "kit/vfile/vfile.h"
#include "work/integrity/integrity.h"

/* Paths in the order of a walk: a folder, what is in it, then its next neighbour. */
int path_cmp(struct str a, struct str b);
bool path_is_below(struct str path, struct str top); /* or TOP itself */


/* ---- scan.c: what is there now ---- */

struct scan_dir;

struct scan_entry {
	struct integrity_entry is; /* path: the name alone */
	struct scan_dir *sub;      /* of a folder, once it was read */
};

struct scan_dir {
	struct str path;
	uint64_t dev;
	struct scan_entry *at;
	size_t count;
};

typedef VEC(struct integrity_gap) gap_vec;

struct scan {
	const struct integrity_options *options;
	int root_fd;
	pthread_mutex_t lock;
	pthread_cond_t change;
	VEC(struct scan_dir *) todo; /* in arenas[0] */
	size_t busy, entries, hashed;
	bool is_full; /* the ceiling of entries was reached */
	struct arena queue;
	struct arena *arenas; /* one for each thread */
	int threads;
	gap_vec gaps;
	struct scan_entry *tops; /* one for each tree that is there */
	size_t top_count;
};

MUST_CHECK int scan_run(
	struct scan *s, const struct integrity_options *o, bool hashes, struct err *e);
void scan_done(struct scan *s);
void scan_gap(struct scan *s, struct str path, const char *why);

/* The entries in order, with whole paths that live until the next one; false at the end. */
#define SCAN_DEPTH 1024
struct scan_walk {
	struct scan *scan;
	size_t top;
	struct {
		struct scan_dir *dir;
		size_t next;
	} stack[SCAN_DEPTH];
	size_t depth;
	char path[4096];
};
void scan_walk_start(struct scan_walk *w, struct scan *s);
bool scan_walk_next(struct scan_walk *w, struct integrity_entry *ret);

/* ---- hash.c ---- */

#define HASH_BLOCK_BYTES (256 * KIB)
struct sha256;
struct hasher {
	struct sha256 *sha;
	char *block;
};
void hasher_init(struct hasher *h);
void hasher_done(struct hasher *h);
/* The content of NAME below DIR_FD into ENTRY, whose size and times are those of what was read.
 * NULL, or the reason of a gap. */
const char *hash_file(
	struct hasher *h, int dir_fd, const char *name, struct integrity_entry *entry);
/* The same for entry->path below the root. */
const char *hash_path(struct hasher *h, int root_fd, struct integrity_entry *entry);
const char *hash_link(
	struct hasher *h, int dir_fd, const char *name, struct integrity_entry *entry);
/* The MD5 of a file below the root, in hex, "" when it cannot be read. */
const char *hash_md5(int root_fd, struct str path, char hex[33]);
/* openat2() below the root; LINKS: links are followed, inside it. */
int open_below(int root_fd, const char *path, int flags, bool follows);

/* ---- baseline.c: its bytes ---- */

struct baseline_writer {
	struct buf rules, names, facts, times, hashes;
	uint64_t count;
	char last[4096];
	size_t last_len;
	struct integrity_entry before;
};

void baseline_start(struct baseline_writer *w);
void baseline_add(struct baseline_writer *w, const struct integrity_entry *entry);
MUST_CHECK int baseline_finish(struct baseline_writer *w, const struct integrity_options *o,
	struct buf *out, struct err *e);
void baseline_drop(struct baseline_writer *w);

struct baseline {
	struct arena arena;
	int64_t at_s;
	struct integrity_rule *rules;
	size_t rule_count;
	uint64_t count, left;
	struct str names, facts, times, hashes; /* what is still to be read */
	char path[4096];
	size_t path_len;
	struct integrity_entry before;
	char sha256[65];
};

/* Check the digest and unpack. */
MUST_CHECK int baseline_open(struct str bytes, struct baseline *ret, struct err *e);
/* The same without the digest: what stands between. For the fuzz target. */
MUST_CHECK int baseline_parse(struct str body, struct baseline *ret, struct err *e);
/* 1 an entry, whose path lives until the next; 0 done; <0 damaged. */
MUST_CHECK int baseline_next(struct baseline *b, struct integrity_entry *ret, struct err *e);
void baseline_close(struct baseline *b);

/* ---- packages.c: what the installed packages say of a path ---- */

struct packages;
struct packages_file {
	struct str package; /* "" none lists it */
	struct str md5;     /* hex, "" not told (links, generated files) */
	int64_t at_s;       /* when the package was last unpacked */
};
struct packages *packages_open(int root_fd, struct arena *a); /* NULL: there is no dpkg */
struct packages_file packages_find(const struct packages *p, struct str path);
/* Was any package unpacked or removed within? */
bool packages_changed(const struct packages *p, int64_t from_s, int64_t until_s);
/* A small text file below the root, or STR_NONE. */
struct str read_below(int root_fd, const char *path, size_t max_bytes, struct arena *a);

/* ---- who.c ---- */

struct audit_event {
	struct str path;
	int64_t at_s;
	struct str who;
};
struct audit_log {
	bool is_there;
	VEC(struct audit_event) events;
};
/* What /var/log/audit/audit.log tells of changes since SINCE_S. */
void audit_log_read(int root_fd, int64_t since_s, struct arena *a, struct audit_log *ret);
void audit_log_parse(struct str text, int64_t since_s, struct arena *a, struct audit_log *ret);
struct str audit_log_who(const struct audit_log *log, const struct integrity_change *c);

/* ---- compare.c ---- */

MUST_CHECK int compare_run(struct scan *s, struct baseline *b, struct arena *a,
	struct integrity_report *ret, struct err *e);
/* Why each change may be: packages within windows, acceptances, the audit log. */
void explain_changes(struct scan *s, const struct integrity_note *notes, size_t note_count,
	struct arena *a, struct integrity_report *r);
void accept_changes(
	const struct integrity_note *notes, size_t note_count, struct integrity_report *r);
void count_changes(struct integrity_report *r);

/* ---- text.c: reports and journals as text ---- */

void report_write(const struct integrity_report *r, struct buf *out);
MUST_CHECK int report_parse(
	struct str text, struct arena *a, struct integrity_report *ret, struct err *e);
void summary_write(const struct integrity_report *r, struct buf *out);
void note_write(const struct integrity_note *n, struct buf *out);
MUST_CHECK int journal_parse(struct str text, struct arena *a, struct integrity_note **ret,
	size_t *ret_count, struct err *e);

#endif
