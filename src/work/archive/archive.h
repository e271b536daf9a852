/* archive.h - floor 4: the log archive: the closed, compressed segments of a sealed log and the
 * write-ahead files behind them, read and searched as one run of entries. How a log lies on the
 * disk is told in docs/formats/log.md, how a segment does in docs/formats/segment.md.
 *
 * The disk given is the shard's folder (DATA/log/2026). One process writes segments, below; any
 * number read, each with its own disk and archive, one thread each. Nothing a reader finds is
 * believed: what is damaged, cut or foreign is ERR_INPUT and named, never a wrong entry. */
#ifndef WORK_ARCHIVE_H
#define WORK_ARCHIVE_H

#include "core/trail/leaf.h"
#include "core/trail/segments.h"
#include "kit/vfile/vfile.h"

struct archive;

/* A shard without any entry is none the worse. *RET is yours. */
MUST_CHECK int archive_open(struct vfile_disk *shard, struct err *e, struct archive **ret);
/* The same for who would rather have the rest than nothing: files that are missing, foreign or
 * damaged are gone around, and the first of them is told in TOLD, which must live as long. "": all
 * is well. LISTED is of the last refresh; FOUND of a search, whose beginning clears it. */
#define ARCHIVE_TOLD_SIZE 320
struct archive_told {
	char listed[ARCHIVE_TOLD_SIZE], found[ARCHIVE_TOLD_SIZE];
};
MUST_CHECK int archive_open_around(
	struct vfile_disk *shard, struct archive_told *told, struct err *e, struct archive **ret);
struct archive *archive_close(struct archive *a); /* NULL is fine; returns NULL */
/* See what has come since: new segments, new entries. */
MUST_CHECK int archive_refresh(struct archive *a, struct err *e);

struct archive_stat {
	uint64_t first;  /* index of the oldest entry that is here */
	uint64_t closed; /* after the last one that stands in a segment */
	uint64_t next;   /* after the last one of all */
	uint64_t segments;
	uint64_t segment_bytes;
};
void archive_stat(const struct archive *a, struct archive_stat *ret);

/* Entry I. What is borrowed lives until the next call with A. One after the other is quick, each
 * somewhere else costs the unpacking of a block, some 30 ms. ERR_ABSENT: not here. */
MUST_CHECK int archive_read(struct archive *a, uint64_t i, struct err *e, struct leaf *ret);
/* The bytes that were hashed: leaf_head() and what was received. ERR_ABSENT too when its text was
 * redacted: archive_leaf() still knows the hash. */
MUST_CHECK int archive_entry(struct archive *a, uint64_t i, struct err *e, struct str *ret);
/* 1 with the leaf hash when the text of entry I was redacted, else 0. */
MUST_CHECK int archive_redacted(
	struct archive *a, uint64_t i, struct err *e, struct merkle_hash *ret_leaf);
MUST_CHECK int archive_leaf(struct archive *a, uint64_t i, struct err *e, struct merkle_hash *ret);

enum archive_mode {
	ARCHIVE_EXACT, /* these bytes stand in it, as grep -F */
	ARCHIVE_FOLD,  /* text_fold() of them in text_fold() of it: dang nhap finds Đăng nhập */
	ARCHIVE_NOCASE, /* these characters, whatever their case */
	ARCHIVE_REGEX,  /* a Perl regular expression matches */
	ARCHIVE_REGEX_NOCASE
};

struct archive_term {
	enum archive_mode mode;
	struct str text; /* 1 to 4,096 bytes; a phrase is one term, several words are several */
	bool is_not;     /* entries that do not hold it */
};

#define ARCHIVE_TERMS_MAX 16

/* Called for each entry found; the leaf lives until it returns. Not 0 stops the search, which is no
 * failure. */
typedef int archive_hit(void *context, uint64_t index, const struct leaf *leaf);
/* Called now and then with the index the search has come to. Not 0 stops it. */
typedef int archive_tick(void *context, uint64_t index);

/* What is looked for; zeros ask for everything, newest first. */
struct archive_query {
	const struct archive_term *terms; /* all of them */
	size_t term_count;
	int64_t from_ns;         /* its time (query_line_ns) is this or later */
	int64_t until_ns;        /* before this; 0: no bound */
	bool is_by_receipt;      /* the time is when it was received, of every entry */
	const uint32_t *sources; /* one of them; none given: any */
	size_t source_count;
	uint32_t kinds; /* bits 1 << kind; 0: any */
	uint64_t first; /* entries from this index on */
	uint64_t end;   /* up to before this one; 0: all */
	bool is_oldest_first;
	archive_hit *hit; /* NULL: only count, which is much quicker */
	archive_tick *tick;
	void *context;
	/* The same shard, opened once more; or NULL. Who only counts, without a tick, does so in
	 * two threads then, where a second one may be made. */
	struct vfile_disk *second;
};

/* How many entries are what QUERY asks for, of those looked at before it was stopped; or ERR_*.
 * ERR_INPUT: a term is empty, too long or no regular expression (the sentence says where).
 * ERR_LIMIT: a regular expression took too many steps on one entry. */
MUST_CHECK int64_t archive_search(
	struct archive *a, const struct archive_query *query, struct err *e);

/* Closed segments one by one, for work/verify. */
extern const struct trail_segments archive_entries;

/* Writing: entries that are sealed become closed segments. */
struct archive_writer;

struct archive_options {
	uint64_t segment_bytes; /* received bytes of one; 0: 64 MiB */
	uint32_t block_bytes;   /* of them, coded together; 0: 8 MiB */
	bool is_small;          /* slower, a tenth smaller */
	bool uses_reserve;      /* the next segment is written into the room held back for it */
	uint64_t quota_bytes;   /* all segments together take no byte more; 0: no bound */
	uint64_t wal_bytes;     /* what one takes in had so many before, at most; 0: no bound */
};

/* What an earlier writer left unfinished is removed. OPTIONS may be NULL. *RET is yours. */
MUST_CHECK int archive_writer_open(struct vfile_disk *shard, const struct archive_options *options,
	struct err *e, struct archive_writer **ret);
struct archive_writer *archive_writer_close(struct archive_writer *w); /* NULL is fine */

/* Take entries on, up to before index SEALED, which a checkpoint on the disk covers: at most one
 * segment's. One that is full is written, synced, read back from the disk, held against the
 * write-ahead files byte for byte, put in its place, and the files that are no longer needed go.
 * 1: there is more to do; 0: all taken. ERR_LIMIT: the disk is full; nothing is lost, try again
 * when there is room. ERR_INPUT: a write-ahead file is damaged, or what was written does not give
 * back what was taken; nothing was removed. After a failure close the writer and open another. */
MUST_CHECK int archive_writer_step(struct archive_writer *w, uint64_t sealed, struct err *e);
/* The same up to where the shard's newest checkpoint goes: what a process calls every second. It
 * closes segments at the end of a month (in Viet Nam) by itself. */
MUST_CHECK int archive_writer_tend(struct archive_writer *w, struct err *e);
/* Close the segment in work, however small, as at the end of a month. */
MUST_CHECK int archive_writer_end(struct archive_writer *w, struct err *e);
/* The same when all of it is of a month before the one of NOW_S: no later line may ever come. 1:
 * all that was received before that month stands in closed segments; 0: some of it may wait for
 * its seal. */
MUST_CHECK int archive_writer_end_month(struct archive_writer *w, int64_t now_s, struct err *e);
/* These two options are others from now on. */
void archive_writer_bounds(struct archive_writer *w, uint64_t quota_bytes, uint64_t wal_bytes);
/* Index after the last entry that stands in a closed segment. */
uint64_t archive_writer_closed(const struct archive_writer *w);

/* In one process, for commands: all entries below SEALED into closed segments, the last however
 * small. The shard's writer is closed. */
MUST_CHECK int archive_close_segments(struct vfile_disk *shard,
	const struct archive_options *options, uint64_t sealed, struct err *e);
/* The process of a service (kit/process) that does it, in the shard the service writes; and the
 * folders it writes. */
struct process;
int archive_start(const struct process *self);
extern const char *const archive_writes[];

/* Take the text of an entry out of its closed segment; its leaf hash, which RET_LEAF gets, stays,
 * so that every proof still holds. Who orders it has put a leaf of kind 8 into the log before. Not
 * while a writer has a segment in work. All or nothing, whenever the power goes. */
MUST_CHECK int archive_redact(
	struct vfile_disk *shard, uint64_t index, struct err *e, struct merkle_hash *ret_leaf);

#endif
