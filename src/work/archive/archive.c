/* archive.c - a shard as one run of entries: closed segments, then the write-ahead files. */
#include <stdlib.h>

#include "core/trail/wal.h"
#include "work/archive/layout.h"
#include "work/archive/count.h"
#include "work/archive/match.h"
#include "work/archive/shard.h"

#define TAIL_STEP 8192               /* entries looked at before the first are given out */
#define TAIL_BYTES ((size_t)4 * MIB) /* of entries found and not given out yet */
#define MOVES_MAX 1000 /* times that entries move into a segment while somebody looks for them */

struct archive {
	struct vfile_disk *disk;
	struct archive_told *told; /* NULL: what is amiss is a failure */
	struct shard_segments segments;
	/* the segment that was used last */
	struct vfile file;
	struct segment *open;
	uint64_t open_first;
	/* the write-ahead files */
	uint64_t tail; /* index of the first entry that is read from there */
	uint64_t next;
	struct wal_reader *end;    /* stands after the last entry seen */
	struct wal_reader *reader; /* of archive_read() */
	struct bytes entry;
	struct sha256 *sha256; /* NULL until needed */
};

static void close_segment(struct archive *a)
{
	if (a->open) {
		a->open = segment_close(a->open);
		vfile_close(&a->file);
	}
}

static int use_segment(struct archive *a, const struct shard_segment *s, struct err *e)
{
	char name[SHARD_NAME_SIZE];
	int rc;

	if (a->open && a->open_first == s->first)
		return 0;
	close_segment(a);
	rc = vfile_open(a->disk, shard_name(s->first, name), VFILE_READ, &a->file, e);
	if (rc < 0)
		return rc;
	rc = segment_open_file(&a->file, e, &a->open);
	if (rc == 0 && segment_count(a->open) != s->end - s->first)
		rc = err_set(e, ERR_INPUT, "it was replaced by another");
	if (rc < 0) {
		a->open = segment_close(a->open);
		vfile_close(&a->file);
		return err_context(e, "\"%s\"", name);
	}
	a->open_first = s->first;
	return 0;
}

static uint64_t closed_end(const struct shard_segments *s)
{
	return s->count ? s->at[s->count - 1].end : 0;
}

/* Where the write-ahead files take over, and how far they go. */
static int follow_tail(struct archive *a, struct err *e)
{
	uint64_t closed = closed_end(&a->segments), oldest = a->segments.oldest;
	struct str entry;
	int rc;

	if (a->end == NULL || closed > wal_reader_next(a->end)) {
		a->end = wal_reader_close(a->end);
		a->tail = a->next = oldest > closed && oldest < UINT64_MAX ? oldest : closed;
		rc = wal_reader_open(a->disk, a->tail, &a->end, e);
		if (rc < 0) /* the newest file may end where the segments do */
			return rc == ERR_ABSENT ? 0 : rc;
	}
	if (closed > a->tail)
		a->tail = closed;
	do
		rc = wal_read(a->end, UINT64_MAX, &entry, e);
	while (rc > 0);
	return rc;
}

/* Go as far as the write-ahead files do. The newest of them may have been written anew, after a
 * crash of who writes it: when nothing more seems to come, it is opened again by its name. */
static int see_tail(struct archive *a, struct err *e)
{
	uint64_t before = a->next;
	int rc = follow_tail(a, e);

	if (rc < 0 || a->end == NULL)
		return rc;
	a->next = wal_reader_next(a->end);
	if (a->next > before)
		return 0;
	a->end = wal_reader_close(a->end);
	rc = wal_reader_open(a->disk, a->next, &a->end, e);
	if (rc < 0) /* all went into segments, or an end that was not durable is gone */
		return rc == ERR_ABSENT ? 0 : rc;
	rc = follow_tail(a, e);
	a->next = a->end ? wal_reader_next(a->end) : a->next;
	return rc;
}

static int list_once(struct archive *a, struct err *e)
{
	struct shard_segments found;
	int rc = a->told ? shard_look(a->disk, &a->segments, a->told->listed, e, &found) :
			   shard_list(a->disk, &a->segments, e, &found);

	if (rc == 0) {
		free(a->segments.at);
		a->segments = found;
	}
	return rc;
}

static bool has_hole(const struct archive *a)
{
	const struct shard_segments *s = &a->segments;

	for (size_t i = 1; i < s->count; i++)
		if (s->at[i].first != s->at[i - 1].end)
			return true;
	return (a->told && *a->told->listed) ||
		(s->oldest != UINT64_MAX && s->oldest > closed_end(s));
}

/* A long list of names is read in pieces, and of two names that come meanwhile it may hold the
 * newer one alone: a hole is one that is seen twice. */
static int list_segments(struct archive *a, struct err *e)
{
	int rc = list_once(a, e);

	return rc == 0 && has_hole(a) ? list_once(a, e) : rc;
}

/* The write-ahead files that would go on here are segments since these were listed. */
static bool is_overtaken(struct archive *a)
{
	struct err none;
	uint64_t oldest;

	return wal_oldest(a->disk, &oldest, &none) == 0 && oldest > a->next;
}

/* The end of a file tells all that stands in it. */
static bool read_end(struct vfile *f, unsigned char *ret)
{
	struct err none;

	return f->size_bytes >= SEGMENT_FOOTER_BYTES &&
		vfile_read_at(f, f->size_bytes - SEGMENT_FOOTER_BYTES, ret, SEGMENT_FOOTER_BYTES,
			&none) == SEGMENT_FOOTER_BYTES;
}

/* A text that went must not be read on in the file that had it. */
static void leave_replaced(struct archive *a)
{
	unsigned char was[SEGMENT_FOOTER_BYTES], is[SEGMENT_FOOTER_BYTES];
	char name[SHARD_NAME_SIZE];
	struct vfile now;
	struct err none;
	bool is_same;

	if (!a->open ||
		vfile_open(a->disk, shard_name(a->open_first, name), VFILE_READ, &now, &none) < 0)
		return;
	is_same = read_end(&a->file, was) && read_end(&now, is) && memcmp(was, is, sizeof(is)) == 0;
	vfile_close(&now);
	if (!is_same)
		close_segment(a);
}

int archive_refresh(struct archive *a, struct err *e)
{
	int rc;

	leave_replaced(a);
	for (int tries = 0;; tries++) {
		rc = list_segments(a, e);
		if (rc == 0)
			rc = see_tail(a, e);
		if (rc < 0 || tries == MOVES_MAX || !is_overtaken(a))
			return rc;
	}
}

int archive_open_around(
	struct vfile_disk *shard, struct archive_told *told, struct err *e, struct archive **ret)
{
	struct archive *a = calloc(1, sizeof(*a));
	int rc;

	if (a == NULL)
		abort();
	a->disk = shard;
	a->told = told;
	rc = archive_refresh(a, e);
	if (rc < 0) {
		archive_close(a);
		return rc;
	}
	*ret = a;
	return 0;
}

int archive_open(struct vfile_disk *shard, struct err *e, struct archive **ret)
{
	return archive_open_around(shard, NULL, e, ret);
}

struct archive *archive_close(struct archive *a)
{
	if (a == NULL)
		return NULL;
	close_segment(a);
	wal_reader_close(a->end);
	wal_reader_close(a->reader);
	free(a->segments.at);
	bytes_done(&a->entry);
	if (a->sha256)
		sha256_end(a->sha256, NULL);
	free(a);
	return NULL;
}

void archive_stat(const struct archive *a, struct archive_stat *ret)
{
	const struct shard_segments *s = &a->segments;

	*ret = (struct archive_stat){ .next = a->next, .segments = s->count, .first = a->tail };
	if (s->count > 0) {
		ret->first = s->at[0].first;
		ret->closed = s->at[s->count - 1].end;
	}
	for (size_t i = 0; i < s->count; i++)
		ret->segment_bytes += s->at[i].bytes;
}

static const struct shard_segment *segment_of(const struct archive *a, uint64_t i)
{
	size_t low = 0, high = a->segments.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->segments.at[middle].end <= i)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->segments.count && a->segments.at[low].first <= i ? &a->segments.at[low] :
									   NULL;
}

static int read_tail(struct archive *a, uint64_t i, struct err *e, struct leaf *ret)
{
	struct str entry;
	int rc = 0;

	if (a->reader == NULL || wal_reader_next(a->reader) != i) {
		a->reader = wal_reader_close(a->reader);
		rc = wal_reader_open(a->disk, i, &a->reader, e);
	}
	if (rc == 0)
		rc = wal_read(a->reader, i + 1, &entry, e);
	if (rc == 0)
		rc = err_set(e, ERR_ABSENT, "entry %llu is not there", (unsigned long long)i);
	return rc < 0 ? rc : leaf_parse(entry, ret, e);
}

static int read_any(struct archive *a, uint64_t i, struct err *e, struct leaf *ret)
{
	const struct shard_segment *s = segment_of(a, i);
	int rc;

	if (s) {
		rc = use_segment(a, s, e);
		return rc < 0 ? rc : segment_read(a->open, i - s->first, e, ret);
	}
	if (i < a->tail || i >= a->next)
		return err_set(
			e, ERR_ABSENT, "entry %llu is not in this archive", (unsigned long long)i);
	return read_tail(a, i, e, ret);
}

int archive_read(struct archive *a, uint64_t i, struct err *e, struct leaf *ret)
{
	int rc = read_any(a, i, e, ret);

	/* it may have moved from a write-ahead file into a segment, or have come since */
	if (rc == ERR_ABSENT) {
		rc = archive_refresh(a, e);
		if (rc == 0)
			rc = read_any(a, i, e, ret);
	}
	return rc;
}

int archive_redacted(struct archive *a, uint64_t i, struct err *e, struct merkle_hash *ret)
{
	const struct shard_segment *s = segment_of(a, i);
	int rc = s ? use_segment(a, s, e) : 0;

	return rc == 0 && s ? segment_redacted(a->open, i - s->first, e, ret) : rc;
}

int archive_entry(struct archive *a, uint64_t i, struct err *e, struct str *ret)
{
	struct merkle_hash hash;
	struct leaf leaf;
	int rc = archive_read(a, i, e, &leaf);

	if (rc == 0)
		rc = archive_redacted(a, i, e, &hash);
	if (rc > 0)
		return err_set(e, ERR_ABSENT, "the text of entry %llu was redacted",
			(unsigned long long)i);
	if (rc < 0)
		return rc;
	if (leaf.raw.len > LEAF_RAW_MAX)
		return err_set(e, ERR_INPUT, "entry %llu is too long", (unsigned long long)i);
	a->entry.len = 0;
	leaf_head(&leaf, bytes_more(&a->entry, LEAF_HEAD_BYTES));
	a->entry.len = LEAF_HEAD_BYTES;
	bytes_add(&a->entry, leaf.raw.ptr, leaf.raw.len);
	*ret = (struct str){ (const char *)a->entry.at, a->entry.len };
	return 0;
}

int archive_leaf(struct archive *a, uint64_t i, struct err *e, struct merkle_hash *ret)
{
	struct str entry;
	int rc = archive_redacted(a, i, e, ret);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = archive_entry(a, i, e, &entry);
	if (rc < 0)
		return rc;
	if (a->sha256 == NULL)
		a->sha256 = sha256_new();
	merkle_leaf(a->sha256, entry, ret);
	return 0;
}

/* A search under way. */
struct quest {
	struct archive *a;
	const struct archive_query *q;
	struct matcher *m;
	uint64_t first, end; /* what is to be looked at yet */
	uint64_t base;       /* of the segment in work */
	int64_t hits;
	bool is_stopped;
	/* entries of the write-ahead files that were found: where each begins, and their bytes */
	struct bytes starts;
	struct bytes kept;
	struct err *e;
};

static int hit_in_segment(void *context, uint64_t i, const struct leaf *leaf)
{
	struct quest *s = context;

	return s->q->hit(s->q->context, s->base + i, leaf);
}

static int tick_in_segment(void *context, uint64_t i)
{
	struct quest *s = context;

	return s->q->tick(s->q->context, s->base + i);
}

/* The entries from FIRST to END were looked at, and need it no more when others have moved. */
static void is_done(struct quest *s, uint64_t first, uint64_t end)
{
	if (s->q->is_oldest_first)
		s->first = end;
	else
		s->end = first;
}

static int quest_segment(struct quest *s, const struct shard_segment *at)
{
	struct segment_search search = { .matcher = s->m,
		.first = s->first > at->first ? s->first - at->first : 0,
		.end = (s->end < at->end ? s->end : at->end) - at->first,
		.is_oldest_first = s->q->is_oldest_first,
		.hit = s->q->hit ? hit_in_segment : NULL,
		.tick = s->q->tick ? tick_in_segment : NULL,
		.context = s };
	int64_t hits;
	int rc;

	if (s->end <= at->first || s->first >= at->end)
		return 0;
	s->base = at->first;
	rc = use_segment(s->a, at, s->e);
	if (rc < 0)
		return rc;
	hits = segment_search(s->a->open, &search, s->e);
	if (hits < 0) {
		char name[SHARD_NAME_SIZE];

		return err_context(s->e, "\"%s\"", shard_name(at->first, name));
	}
	s->hits += hits;
	s->is_stopped = search.is_stopped;
	is_done(s, at->first, at->end);
	return 0;
}

/* An entry found of the write-ahead files is kept until its turn comes. */
struct kept {
	uint64_t index;
	size_t from;
	size_t len;
};

static int match_entry(struct quest *s, struct str entry, struct leaf *ret)
{
	int rc = leaf_parse(entry, ret, s->e);

	if (rc < 0)
		return rc;
	if (!matcher_meta(s->m, ret) ||
		(matcher_needs_raw(s->m, ret) && !matcher_written(s->m, ret)))
		return 0;
	return matcher_text(s->m, ret->raw, s->e);
}

/* Look at entries FROM to END and keep what is found. 1: there was too much, look at fewer. */
static int look(struct quest *s, uint64_t from, uint64_t end)
{
	struct wal_reader *r = NULL;
	struct str entry;
	struct leaf leaf;
	int64_t hits = 0;
	int rc = wal_reader_open(s->a->disk, from, &r, s->e);

	s->starts.len = s->kept.len = 0;
	for (uint64_t i = from; rc == 0 && i < end; i++) {
		struct kept kept = { .index = i, .from = s->kept.len };

		rc = wal_read(r, end, &entry, s->e);
		if (rc <= 0)
			break;
		rc = match_entry(s, entry, &leaf);
		if (rc <= 0)
			continue;
		rc = 0;
		if (s->q->hit == NULL) {
			hits++;
			continue;
		}
		kept.len = entry.len;
		bytes_add(&s->starts, &kept, sizeof(kept));
		bytes_add(&s->kept, entry.ptr, entry.len);
		if (s->kept.len > TAIL_BYTES && end - from > 1)
			rc = 1;
	}
	wal_reader_close(r);
	s->hits += rc == 0 ? hits : 0;
	return rc;
}

static int give(struct quest *s)
{
	const struct kept *kept = (const struct kept *)(const void *)s->starts.at;
	size_t count = s->starts.len / sizeof(*kept);

	for (size_t n = 0; n < count && !s->is_stopped; n++) {
		const struct kept *k = &kept[s->q->is_oldest_first ? n : count - 1 - n];
		struct leaf leaf;
		int rc = leaf_parse(
			(struct str){ (const char *)s->kept.at + k->from, k->len }, &leaf, s->e);

		if (rc < 0)
			return rc;
		s->hits++;
		s->is_stopped = s->q->hit(s->q->context, k->index, &leaf) != 0;
	}
	return 0;
}

/* The write-ahead files, in steps that grow: the newest entries soon, all of them in a few. */
static int quest_tail(struct quest *s)
{
	uint64_t from = s->first > s->a->tail ? s->first : s->a->tail, step = TAIL_STEP;
	uint64_t end = s->end < s->a->next ? s->end : s->a->next;

	while (from < end && !s->is_stopped) {
		uint64_t count = step < end - from ? step : end - from;
		uint64_t at = s->q->is_oldest_first ? from : end - count;
		int rc;

		if (s->q->tick && s->q->tick(s->q->context, at) != 0) {
			s->is_stopped = true;
			break;
		}
		rc = look(s, at, at + count);
		if (rc > 0) {
			step = count / 2;
			continue;
		}
		if (rc == 0)
			rc = give(s);
		if (rc < 0)
			return rc;
		is_done(s, at, at + count);
		if (s->q->is_oldest_first)
			from += count;
		else
			end -= count;
		step *= 2;
	}
	return 0;
}

/* A segment that cannot be read is gone around, where somebody is told. One that went meanwhile is
 * looked for again first. */
static int quest_around(struct quest *s, const struct shard_segment *at)
{
	struct archive_told *told = s->a->told;
	int rc = quest_segment(s, at);

	if (!told || (rc != ERR_INPUT && rc != ERR_SYSTEM))
		return rc;
	if (!*told->found)
		snprintf(told->found, sizeof(told->found), "%s", s->e->text);
	return 0;
}

static int quest_all(struct quest *s)
{
	const struct shard_segments *in = &s->a->segments;
	bool is_counted = s->q->second && !s->q->hit && !s->q->tick && in->count > 1;
	int rc = s->q->is_oldest_first ? 0 : quest_tail(s);

	if (rc == 0 && is_counted) {
		int64_t hits = count_segments(in, s->a->disk, s->q, s->first, s->end, s->e);

		is_counted = hits >= 0 || !s->a->told || hits == ERR_ABSENT;
		if (is_counted && hits < 0)
			return (int)hits;
		s->hits += hits > 0 ? hits : 0;
	}
	for (size_t n = 0; n < in->count && rc == 0 && !is_counted && !s->is_stopped; n++)
		rc = quest_around(s, &in->at[s->q->is_oldest_first ? n : in->count - 1 - n]);
	return rc == 0 && s->q->is_oldest_first ? quest_tail(s) : rc;
}

int64_t archive_search(struct archive *a, const struct archive_query *query, struct err *e)
{
	struct quest s = { .a = a,
		.q = query,
		.first = query->first,
		.end = query->end ? query->end : UINT64_MAX,
		.e = e };
	int rc = matcher_new(query, e, &s.m);

	if (rc < 0)
		return rc;
	if (a->told)
		a->told->found[0] = '\0';
	rc = quest_all(&s);
	/* what is left to look at has moved */
	for (int tries = 0; rc == ERR_ABSENT && tries < MOVES_MAX; tries++) {
		rc = archive_refresh(a, e);
		if (rc == 0)
			rc = quest_all(&s);
	}
	matcher_free(s.m);
	bytes_done(&s.starts);
	bytes_done(&s.kept);
	return rc < 0 ? rc : s.hits;
}
