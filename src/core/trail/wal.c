/* wal.c - the writer: a batch in memory, one write and one sync for all of it. */
#include "core/trail/wal_int.h"
#include "core/trail/wal_write.h"

#include <stdlib.h>

#define HASHED_AT_ONCE 64 /* entries, while they are at hand */
#define KEPT_BYTES (2 * WAL_BATCH_BYTES)
#define KEPT_PART 8 /* of a small file not more than one part in so many */

/* A file with its header, its room taken, and its name: all of it lasts when this returns 0. */
int wal_file_make(struct vfile_disk *d, const char *name, const struct merkle_frontier *edge,
	uint64_t file_bytes, struct vfile *ret, struct err *e)
{
	unsigned char header[WAL_HEADER_BYTES];
	struct vfile f;
	struct err ignored;
	int rc = vfile_unlink(d, name, &ignored); /* of an attempt that found no room */

	(void)rc;
	rc = vfile_open(d, name, VFILE_CREATE, &f, e);
	if (rc < 0)
		return rc;
	wal_header_write(edge, header);
	rc = vfile_allocate(&f, file_bytes, e);
	if (rc == 0)
		rc = vfile_write_at(&f, 0, (struct str){ (char *)header, sizeof(header) }, e);
	if (rc == 0)
		rc = vfile_sync(&f, e);
	if (rc == 0)
		rc = vfile_sync_dir(d, WAL_FOLDER, e);
	if (rc < 0) {
		vfile_close(&f);
		(void)!vfile_unlink(d, name, &ignored);
		return rc;
	}
	*ret = f;
	return 0;
}

/* The entries of the batch that have no hash yet get theirs, and their place in the tree: wal_add()
 * saw to it that there is one. */
static void hash_batch(struct wal *w)
{
	struct merkle_hash hashes[HASHED_AT_ONCE + 1];
	struct str entries[HASHED_AT_ONCE];
	size_t count = 0;

	for (; w->hashed_count + count < w->batch_count; count++) {
		char *at = (char *)w->batch + w->hashed_len;

		entries[count] = (struct str){ at + 4, get_u32((unsigned char *)at) };
		w->hashed_len += entries[count].len + WAL_FRAME_BYTES;
	}
	merkle_leaves(entries, count, hashes);
	w->hashed_count += count;
	if (!merkle_append_all(&w->next, hashes, count))
		abort();
}

int wal_add(struct wal *w, const struct leaf *leaf, struct err *e)
{
	size_t len = LEAF_HEAD_BYTES + leaf->raw.len;
	unsigned char *at = w->batch + w->batch_len;

	if (leaf->raw.len > LEAF_RAW_MAX)
		return err_set(e, ERR_INPUT, "an entry of %zu bytes is too long", len);
	if (w->batch_len + len + WAL_FRAME_BYTES > WAL_BATCH_BYTES)
		return err_set(e, ERR_LIMIT, "the batch is full");
	if (wal_next(w) == MERKLE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "the tree is full");
	put_u32(at, (uint32_t)len);
	leaf_head(leaf, at + 4);
	if (leaf->raw.len)
		memcpy(at + 4 + LEAF_HEAD_BYTES, leaf->raw.ptr, leaf->raw.len);
	put_u32(at + 4 + len, check_of(at, 4 + len));
	w->batch_len += len + WAL_FRAME_BYTES;
	w->batch_count++;
	if (w->batch_count - w->hashed_count == HASHED_AT_ONCE)
		hash_batch(w);
	return 0;
}

void wal_limit(struct wal *w, uint64_t bytes)
{
	w->limit_bytes = bytes;
}

/* Is there room for so many bytes more? */
static int check_limit(struct wal *w, uint64_t more, struct err *e)
{
	uint64_t used = 0;
	int rc = w->limit_bytes ? wal_bytes(w->disk, &used, e) : 0;

	if (rc < 0 || w->limit_bytes == 0)
		return rc;
	return used <= w->limit_bytes && more <= w->limit_bytes - used ?
		0 :
		err_set(e, ERR_LIMIT, "the write-ahead files may take %llu bytes, and have %llu",
			(unsigned long long)w->limit_bytes, (unsigned long long)used);
}

static bool is_gone(struct wal *w, const char *name)
{
	struct err ignored;
	int rc = vfile_unlink(w->disk, name, &ignored);

	return (rc == 0 || rc == ERR_ABSENT) && vfile_sync_dir(w->disk, WAL_FOLDER, &ignored) == 0;
}

/* The next file is there before the full one is cut, so that nothing is left half-way. One that
 * could not be made is gone for good before entries go on in the full one: else it would hide
 * them. */
static int roll(struct wal *w, struct err *e)
{
	char name[WAL_NAME_SIZE];
	struct vfile next;
	int rc = check_limit(w, w->file_bytes, e);

	wal_name(w->durable.size, name);
	if (rc == 0)
		rc = wal_file_make(w->disk, name, &w->durable, w->file_bytes, &next, e);
	w->has_ghost = rc < 0 && !is_gone(w, name);
	if (rc < 0)
		return rc;
	rc = vfile_truncate(&w->file, w->end_bytes, e);
	vfile_close(&w->file);
	w->file = next;
	w->first = w->durable.size;
	w->end_bytes = WAL_HEADER_BYTES;
	return rc;
}

/* The end of each file is kept for the time when there is no room for another one: it is taken from
 * the disk already. */
static bool is_at_kept(const struct wal *w, size_t more)
{
	uint64_t small = w->file_bytes / KEPT_PART;
	uint64_t kept = small < KEPT_BYTES ? small : KEPT_BYTES;

	return w->durable.size > w->first && w->end_bytes + more > w->file_bytes - kept;
}

static int roll_when(struct wal *w, bool is_due, struct err *e)
{
	int rc = 0;

	if (w->is_failed)
		return err_set(e, ERR_SYSTEM, "the write-ahead file failed before");
	if (is_due)
		rc = roll(w, e);
	w->is_failed = rc < 0 && rc != ERR_LIMIT;
	return rc;
}

int wal_room(struct wal *w, struct err *e)
{
	return roll_when(w, is_at_kept(w, 0), e);
}

int wal_turn(struct wal *w, struct err *e)
{
	assert(w->batch_len == 0);
	return roll_when(w, w->durable.size > w->first, e);
}

int wal_commit(struct wal *w, struct err *e)
{
	int rc = 0;

	if (w->is_failed)
		return err_set(e, ERR_SYSTEM, "the write-ahead file failed before");
	if (w->batch_len == 0)
		return 0;
	hash_batch(w);
	if (is_at_kept(w, w->batch_len))
		rc = roll(w, e);
	if (rc == ERR_LIMIT && !w->has_ghost && w->end_bytes + w->batch_len <= w->file_bytes)
		rc = 0; /* for such a time it is kept */
	if (rc == 0)
		rc = vfile_write_at(
			&w->file, w->end_bytes, (struct str){ (char *)w->batch, w->batch_len }, e);
	if (rc == ERR_LIMIT)
		return rc;
	if (rc == 0)
		rc = vfile_sync_data(&w->file, e);
	if (rc < 0) {
		w->is_failed = true;
		return rc;
	}
	w->end_bytes += w->batch_len;
	w->batch_len = w->batch_count = w->hashed_len = w->hashed_count = 0;
	w->durable = w->next;
	return 0;
}

uint64_t wal_size(const struct wal *w)
{
	return w->durable.size;
}

uint64_t wal_next(const struct wal *w)
{
	return w->durable.size + w->batch_count;
}

size_t wal_batch_bytes(const struct wal *w)
{
	return w->batch_len;
}

void wal_head(const struct wal *w, struct merkle_head *ret)
{
	merkle_frontier_head(w->sha256, &w->durable, ret);
}

struct wal *wal_close(struct wal *w)
{
	struct err ignored;

	if (!w)
		return NULL;
	if (w->file.disk && !w->is_failed) {
		if (vfile_truncate(&w->file, w->end_bytes, &ignored) == 0)
			(void)!vfile_sync(&w->file, &ignored);
	}
	vfile_close(&w->file);
	sha256_end(w->sha256, NULL);
	free(w->batch);
	free(w);
	return NULL;
}
