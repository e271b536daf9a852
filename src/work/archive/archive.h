/* archive.h - floor 4: the log archive. Here its closed segments: raw records in, one immutable
 * compressed run of bytes out, from which every record comes back byte for byte, in order, and
 * which can be searched without being unpacked. The room knows no file, no database and no seal:
 * bytes leave through a sink and come in as memory (a mapped file). The layout is told in
 * docs/formats/segment.md.
 *
 * Writers and segments are for one thread each; several segments may be read at once. */
#ifndef WORK_ARCHIVE_H
#define WORK_ARCHIVE_H

#include "base/base.h"

/* One record: the raw bytes as received, and all that a sealed leaf says of them. Any bytes are
 * allowed, NUL, line feeds and none included, up to LIMIT_SEGMENT_RECORD_BYTES. */
struct segment_record {
	struct str raw;
	int64_t received_ns; /* UTC */
	int64_t boot_ns;     /* boot clock */
	uint64_t sequence;   /* of the source; 0 for senders that do not count */
	uint32_t sender;     /* source number */
	uint16_t flags;
	uint8_t kind;
	uint8_t transport;
	uint8_t peer[16];
};

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
MUST_CHECK int segment_add(
	struct segment_writer *w, const struct segment_record *record, struct err *e);
/* The rest of the bytes. RET_SIZES may be NULL. */
MUST_CHECK int segment_finish(
	struct segment_writer *w, struct err *e, struct segment_sizes *ret_sizes);
struct segment_writer *segment_writer_free(struct segment_writer *w); /* NULL is fine */

struct segment;

/* Read the segment in BYTES, which are borrowed until segment_close(). Checks header, footer and
 * directory; sections are checked when they are used. ERR_INPUT: not a segment, or damaged. */
MUST_CHECK int segment_open(struct str bytes, struct err *e, struct segment **ret_segment);
struct segment *segment_close(struct segment *s); /* NULL is fine; returns NULL */

uint64_t segment_count(const struct segment *s);
/* The earliest and latest time received; 0 and 0 without records. */
void segment_times(const struct segment *s, int64_t *ret_first_ns, int64_t *ret_last_ns);
/* Record I, from 0. Its raw bytes live until the next call with this segment. */
MUST_CHECK int segment_read(
	struct segment *s, uint64_t i, struct err *e, struct segment_record *ret_record);
/* Every checksum, and every block unpacked and compared with the hash of its raw bytes. */
MUST_CHECK int segment_check(struct segment *s, struct err *e);

enum segment_mode {
	SEGMENT_EXACT, /* the bytes of the text, as grep -F */
	SEGMENT_FOLD   /* text_fold() of the text in text_fold() of the record */
};

struct segment_query {
	struct str text;
	enum segment_mode mode;
	uint64_t first; /* records from this one on */
	uint64_t end;   /* up to before this one; 0 for all */
};

/* Called for each record found, in order. Not 0 stops the search; that is no failure. The raw bytes
 * live until it returns. */
typedef int segment_hit(void *context, uint64_t i, const struct segment_record *record);

/* The records that hold the text of QUERY: their count, or ERR_*. HIT may be NULL: then they are
 * only counted, without being unpacked where the columns already tell. */
MUST_CHECK int64_t segment_search(struct segment *s, const struct segment_query *query,
	segment_hit *hit, void *context, struct err *e);

#endif
