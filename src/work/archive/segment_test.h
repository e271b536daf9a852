/* segment_test.h - records that tests of segments are made of, and segments of them. */
#ifndef ARCHIVE_SEGMENT_TEST_H
#define ARCHIVE_SEGMENT_TEST_H

#include "work/archive/read.h"
#include "work/archive/segment.h"
#include "work/archive/bytes.h"

/* Records as a test holds them: bytes in one buffer. */
struct made {
	struct bytes raw;
	size_t from[70000];
	size_t count;
};

struct made *made_new(void);
void made_free(struct made *m);
void add(struct made *m, const void *bytes, size_t len);
void add_text(struct made *m, const char *text);
struct str nth(const struct made *m, size_t i);
struct leaf record(const struct made *m, size_t i);
struct bytes pack(
	const struct made *m, const struct segment_options *options, struct segment_sizes *sizes);
struct segment *reopen(const struct bytes *b);
/* A generator that gives the same numbers everywhere. */
uint32_t draw(uint64_t *state);
void add_log_lines(struct made *m, size_t count, uint64_t seed);
/* Events as Windows forwarders write them: the values, and a text that names them again. */
void add_events(struct made *m, size_t count, uint64_t seed);
void same_record(const struct leaf *a, const struct leaf *b);

#endif
