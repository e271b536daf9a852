#include "work/archive/count.h"

#include <pthread.h>
#include <stdatomic.h>

#include "work/archive/match.h"
#include "work/archive/segment.h"

/* What the threads share: the next segment to be taken. */
struct share {
	const struct shard_segments *in;
	const struct archive_query *query;
	uint64_t first, end;
	_Atomic size_t next;
	_Atomic bool is_over; /* one of them failed */
};

struct counter {
	struct share *share;
	struct vfile_disk *disk;
	struct matcher *matcher;
	int64_t hits;
	int result;
	struct err e;
};

static int count_opened(struct counter *c, const struct shard_segment *at, struct segment *s)
{
	const struct share *h = c->share;
	struct segment_search search = { .matcher = c->matcher,
		.first = h->first > at->first ? h->first - at->first : 0,
		.end = (h->end < at->end ? h->end : at->end) - at->first };
	int64_t hits;

	if (segment_count(s) != at->end - at->first)
		return err_set(&c->e, ERR_INPUT, "it was replaced by another");
	hits = segment_search(s, &search, &c->e);
	if (hits < 0)
		return (int)hits;
	c->hits += hits;
	return 0;
}

static int count_one(struct counter *c, const struct shard_segment *at)
{
	char name[SHARD_NAME_SIZE];
	struct segment *s = NULL;
	struct vfile file;
	int rc;

	if (c->share->end <= at->first || c->share->first >= at->end)
		return 0;
	rc = vfile_open(c->disk, shard_name(at->first, name), VFILE_READ, &file, &c->e);
	if (rc < 0)
		return rc;
	rc = segment_open_file(&file, &c->e, &s);
	if (rc == 0)
		rc = count_opened(c, at, s);
	segment_close(s);
	vfile_close(&file);
	return rc < 0 ? err_context(&c->e, "\"%s\"", name) : 0;
}

static void *count_some(void *counter)
{
	struct counter *c = counter;
	struct share *h = c->share;
	size_t i;

	while (c->result == 0 && !h->is_over && (i = h->next++) < h->in->count)
		c->result = count_one(c, &h->in->at[i]);
	if (c->result < 0)
		h->is_over = true;
	return NULL;
}

int64_t count_segments(const struct shard_segments *in, struct vfile_disk *disk,
	const struct archive_query *query, uint64_t first, uint64_t end, struct err *e)
{
	struct share share = { .in = in, .query = query, .first = first, .end = end };
	struct counter of[2] = { { .share = &share, .disk = disk },
		{ .share = &share, .disk = query->second } };
	int64_t hits = 0;
	pthread_t second;
	bool is_started;
	int rc = 0;

	/* else a fifth of the time goes into pages given back and asked for again */
	memory_keep(true);
	for (size_t i = 0; i < COUNT(of) && rc == 0; i++)
		rc = matcher_new(query, e, &of[i].matcher);
	if (rc == 0) {
		is_started = pthread_create(&second, NULL, count_some, &of[1]) == 0;
		count_some(&of[0]);
		if (is_started)
			pthread_join(second, NULL);
	}
	for (size_t i = 0; i < COUNT(of); i++) {
		matcher_free(of[i].matcher);
		hits += of[i].hits;
		if (of[i].result < 0 && rc == 0) {
			rc = of[i].result;
			*e = of[i].e;
		}
	}
	memory_keep(false);
	return rc < 0 ? rc : hits;
}
