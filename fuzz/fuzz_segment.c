/* A closed segment from a disk that somebody else had in his hands: opened, checked, read and
 * searched. The first byte says how long the text searched for is. Checksums are made right again,
 * so that what was changed comes to those who read it. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>

#include "work/archive/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_u64(uint8_t *to, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

/* The checksums of header, footer and directory. */
static void mend_ends(uint8_t *at, size_t size)
{
	uint8_t ends[SEGMENT_HEADER_BYTES + 32], *foot = at + size - SEGMENT_FOOTER_BYTES;
	uint64_t from = u64_at(foot), len = (uint32_t)u64_at(foot + 8);

	if (from <= size && len <= size - from)
		put_u64(foot + 16, XXH3_64bits(at + from, len));
	memcpy(ends, at, SEGMENT_HEADER_BYTES);
	memcpy(ends + SEGMENT_HEADER_BYTES, foot, 32);
	put_u64(foot + 32, XXH3_64bits(ends, sizeof(ends)));
}

static void mend_sections(struct segment *s, const uint8_t *at)
{
	for (uint32_t i = 0; i < s->section_count; i++)
		s->sections[i].hash =
			XXH3_64bits(at + s->sections[i].offset, s->sections[i].stored_len);
}

static int take(void *context, uint64_t i, const struct leaf *record)
{
	return ++*(uint64_t *)context > 2000;
}

static void look_for(struct segment *s, struct str text, enum archive_mode mode)
{
	struct archive_term term = { .mode = mode, .text = text };
	struct archive_query query = { .terms = &term, .term_count = 1 };
	uint64_t count = 0;
	struct segment_search search = { .end = UINT64_MAX, .hit = take, .context = &count };
	struct err e;

	if (matcher_new(&query, &e, &search.matcher) < 0)
		return;
	if (segment_search(s, &search, &e) >= 0) {
		search.hit = NULL;
		if (segment_search(s, &search, &e) < 0)
			count = 0;
	}
	matcher_free(search.matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t text = size > 0 ? data[0] % 16 : 0;
	struct segment *s = NULL;
	struct leaf record;
	struct err e;
	uint8_t *at;

	if (size < 1 + text + SEGMENT_HEADER_BYTES + SEGMENT_FOOTER_BYTES)
		return 0;
	size -= 1 + text;
	at = malloc(size);
	if (at == NULL)
		abort();
	memcpy(at, data + 1 + text, size);
	mend_ends(at, size);
	if (segment_open((struct str){ (const char *)at, size }, &e, &s) == 0) {
		struct str words = { (const char *)data + 1, text };

		mend_sections(s, at);
		for (uint64_t i = 0; i < segment_count(s) && i < 50; i++)
			if (segment_read(s, i, &e, &record) < 0)
				break;
		for (unsigned mode = ARCHIVE_EXACT; mode <= ARCHIVE_NOCASE && text > 0; mode++)
			look_for(s, words, (enum archive_mode)mode);
		if (segment_check(s, &e) == 0 && segment_count(s) == 0)
			assert(segment_read(s, 0, &e, &record) == ERR_ABSENT);
	}
	segment_close(s);
	free(at);
	return 0;
}
