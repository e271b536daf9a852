/* trail.c - from rows of the database to sealed leaves. */
#include "work/seal/trail.h"

#include "work/seal/seal_int.h"

#define BATCH 1000
#define CHANGE_BYTES_MAX (32 * KIB)

int trail_changes(struct vfile_disk *d, trail_each *each, void *context, struct err *e)
{
	struct wal_reader *r;
	struct leaf leaf;
	struct str entry;
	struct err why;
	int rc;

	if (wal_reader_open(d, 0, &r, &why) < 0)
		return 0;
	while ((rc = wal_read(r, UINT64_MAX, &entry, e)) == 1) {
		rc = leaf_parse(entry, &leaf, e);
		if (rc < 0)
			break;
		if (leaf.kind == LEAF_CHANGE)
			each(context, &leaf);
	}
	wal_reader_close(r);
	return rc < 0 ? rc : 0;
}

static void note_last(void *context, const struct leaf *leaf)
{
	*(int64_t *)context = (int64_t)leaf->sequence;
}

/* The last change that stands in the log, in this shard or in one before it. */
static int last_copied(
	const char *data, const struct seal_place *place, int64_t *ret, struct err *e)
{
	const char *const *names;
	struct vfile_disk *d;
	struct arena a;
	size_t count = 0;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	*ret = 0;
	rc = seal_shards(place->log, &a, &names, &count, e);
	while (rc == 0 && count-- > 0 && *ret == 0) {
		rc = vfile_disk_open(
			arena_fmt(&a, "%s/" SEAL_TRAIL "/%s", data, names[count]).ptr, &d, e);
		if (rc == 0) {
			rc = trail_changes(d, note_last, ret, e);
			vfile_disk_close(d);
		}
	}
	arena_done(&a);
	return rc;
}

static int add(struct wal *w, const struct change *c, struct err *e)
{
	struct leaf leaf = { .kind = LEAF_CHANGE,
		.transport = LEAF_OWN,
		.received_ns = clock_now_s() * 1000000000,
		.boot_ns = clock_monotonic_us() * 1000,
		.sequence = (uint64_t)c->id };
	struct buf b;
	int rc;

	buf_init(&b, CHANGE_BYTES_MAX);
	change_write(c, &b);
	leaf.raw = buf_str(&b);
	rc = buf_is_full(&b) ? err_set(e, ERR_LIMIT, "change %lld is too long", (long long)c->id) :
			       wal_add(w, &leaf, e);
	if (rc == ERR_LIMIT && !buf_is_full(&b)) {
		rc = wal_commit(w, e);
		if (rc == 0)
			rc = wal_add(w, &leaf, e);
	}
	buf_done(&b);
	return rc;
}

static int copy(struct wal *w, struct store *s, int64_t last, struct err *e)
{
	int rc = 0;

	for (size_t count = BATCH; rc == 0 && count == BATCH;) {
		struct changes list = { 0 };
		struct arena a;

		arena_init(&a, SEAL_MEMORY_BYTES);
		rc = change_list(s, last, BATCH, &a, &list, e);
		count = list.len;
		for (size_t i = 0; rc == 0 && i < count; i++) {
			rc = add(w, &list.at[i], e);
			last = list.at[i].id;
		}
		arena_done(&a);
	}
	return rc == 0 ? wal_commit(w, e) : rc;
}

/* The link of a new shard comes first. */
static int copy_and_seal(const char *data, struct seal_place *place, struct store *s, int64_t now_s,
	struct seal_answer *ret, struct err *e)
{
	struct wal *w;
	int64_t last = 0;
	int rc = last_copied(data, place, &last, e);

	if (rc == 0)
		rc = wal_open(place->shard, &w, e);
	if (rc < 0)
		return rc;
	if (wal_next(w) == 0)
		rc = seal_now(place->shard, place->keys, w, now_s, ret, e);
	if (rc == 0)
		rc = copy(w, s, last, e);
	if (rc == 0)
		rc = seal_now(place->shard, place->keys, w, now_s, ret, e);
	wal_close(w);
	return rc;
}

int seal_trail(
	const char *data, struct store *s, int64_t now_s, struct seal_answer *ret, struct err *e)
{
	struct seal_place place;
	int rc = seal_place_open(data, SEAL_TRAIL, STR(""), now_s, &place, e);

	if (rc == 0)
		rc = copy_and_seal(data, &place, s, now_s, ret, e);
	seal_place_close(&place);
	return rc;
}
