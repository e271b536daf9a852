/* segment.h - private to work/archive: closed segments. Raw records in, one immutable compressed
 * run of bytes out, from which every record comes back byte for byte, in order, and which can be
 * searched without being unpacked. Bytes leave through a sink and come in from memory or a file.
 * The layout is told in docs/formats/segment.md.
 *
 * A record is a leaf; here its raw bytes may be any, up to LIMIT_SEGMENT_RECORD_BYTES.
 *
 * Writers and segments are for one thread each; several segments may be read at once. */
#ifndef ARCHIVE_SEGMENT_H
#define ARCHIVE_SEGMENT_H

#include "core/trail/leaf.h"
#include "kit/merkle/merkle.h"
#include "kit/vfile/vfile.h"

/* Takes the next bytes of the segment. A negative answer, with ERR filled, stops the writer. */
typedef int segment_sink(void *context, const void *bytes, size_t size, struct err *e);

struct segment_options {
	uint32_t block_bytes; /* raw bytes coded together; 0 for the default, 8 MiB */
	bool is_small;        /* for cold segments: slower, about a tenth smaller */
};

/* What a segment costs. */
struct segment_sizes {
	uint64_t records;
	uint64_t raw_bytes;    /* of the records, without any separator */
	uint64_t stored_bytes; /* of the whole segment */
	uint64_t meta_bytes;   /* of them, what is not the raw bytes: times, senders, peers */
	uint32_t blocks;
	uint32_t text_blocks; /* of them, those that columns did not help */
	uint32_t templates;
};

struct segment_writer;

/* Write a segment to SINK. OPTIONS may be NULL. Never NULL; end it with segment_writer_free(). */
struct segment_writer *segment_writer_new(
	const struct segment_options *options, segment_sink *sink, void *context);
/* Bytes are copied. ERR_LIMIT: the record is too large, or the segment full: finish it and begin
 * another. After any other failure the writer is only good for free. */
MUST_CHECK int segment_add(struct segment_writer *w, const struct leaf *record, struct err *e);
/* The record added last was redacted: its text is gone, this is its leaf hash. */
void segment_add_hash(struct segment_writer *w, const struct merkle_hash *leaf);
/* The rest of the bytes. RET_SIZES may be NULL. */
MUST_CHECK int segment_finish(
	struct segment_writer *w, struct err *e, struct segment_sizes *ret_sizes);
struct segment_writer *segment_writer_free(struct segment_writer *w); /* NULL is fine */

struct segment;

/* Read the segment in BYTES, which are borrowed until segment_close(). Checks header, footer and
 * directory; sections are checked when they are used. ERR_INPUT: not a segment, or damaged. */
MUST_CHECK int segment_open(struct str bytes, struct err *e, struct segment **ret_segment);
/* How many records a segment holds, from its first and last bytes alone. */
MUST_CHECK int segment_peek(struct vfile *file, struct err *e, uint64_t *ret_records);
/* The same as segment_open() of a file, which stays open and in its place until segment_close(). */
MUST_CHECK int segment_open_file(struct vfile *file, struct err *e, struct segment **ret_segment);
struct segment *segment_close(struct segment *s); /* NULL is fine; returns NULL */

uint64_t segment_count(const struct segment *s);
/* The earliest and latest time received; 0 and 0 without records. */
void segment_times(const struct segment *s, int64_t *ret_first_ns, int64_t *ret_last_ns);
/* Record I, from 0. Its raw bytes live until the next call with this segment. */
MUST_CHECK int segment_read(struct segment *s, uint64_t i, struct err *e, struct leaf *ret_record);
/* The same without the raw bytes, which need not be unpacked. */
MUST_CHECK int segment_meta(struct segment *s, uint64_t i, struct err *e, struct leaf *ret_record);
/* 1 with the leaf hash when the text of record I was redacted, else 0. */
MUST_CHECK int segment_redacted(
	struct segment *s, uint64_t i, struct err *e, struct merkle_hash *ret_leaf);
/* Every checksum. */
MUST_CHECK int segment_check_sections(struct segment *s, struct err *e);
/* The same, and every block unpacked and compared with the hash of its raw bytes. */
MUST_CHECK int segment_check(struct segment *s, struct err *e);

struct matcher;

/* Which of the records that MATCHER wants, and who is told. */
struct segment_search {
	struct matcher *matcher;
	uint64_t first; /* records from this one on */
	uint64_t end;   /* up to before this one */
	bool is_oldest_first;
	/* Called for each record found. Not 0 stops the search; that is no failure. The raw bytes
	 * live until it returns. NULL: records are only counted, without being unpacked where the
	 * columns already tell. */
	int (*hit)(void *context, uint64_t i, const struct leaf *record);
	int (*tick)(void *context, uint64_t i); /* the same, before each block; NULL: none */
	void *context;
	bool is_stopped; /* afterwards */
};

/* How many records were found, or ERR_*. */
MUST_CHECK int64_t segment_search(struct segment *s, struct segment_search *search, struct err *e);

#endif
