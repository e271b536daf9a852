/* redact.c - the text of one entry is taken out of a closed segment, by order of somebody who may
 * order it; its leaf hash stays, so that every proof over the log still holds. The segment is
 * written anew without the text and takes the place of the old one at once. */
#include "core/trail/wal.h"
#include "work/archive/bytes.h"
#include "work/archive/keep_int.h"

/* A segment being written anew. */
struct rewrite {
	struct vfile_disk *disk;
	struct vfile old_file, new_file;
	struct segment *old;
	struct segment_writer *writer;
	uint64_t row; /* whose text goes */
	struct merkle_hash hash;
	struct merkle_hash row_hash;
	struct sha256 *sha256;
};

static int to_file(void *context, const void *bytes, size_t size, struct err *e)
{
	return vfile_append(context, (struct str){ bytes, size }, e);
}

/* The leaf hash of the record, from its text, or from where it was kept when the text went. */
static int hash_of(struct rewrite *r, uint64_t i, const struct leaf *leaf, struct err *e)
{
	int rc = segment_redacted(r->old, i, e, &r->hash);
	struct bytes entry = { 0 };

	if (rc != 0)
		return rc;
	leaf_head(leaf, bytes_more(&entry, LEAF_HEAD_BYTES));
	entry.len = LEAF_HEAD_BYTES;
	bytes_add(&entry, leaf->raw.ptr, leaf->raw.len);
	merkle_leaf(r->sha256, (struct str){ (const char *)entry.at, entry.len }, &r->hash);
	bytes_done(&entry);
	return 0;
}

static int copy_record(struct rewrite *r, uint64_t i, struct err *e)
{
	struct leaf leaf;
	int rc = segment_read(r->old, i, e, &leaf), redacted = i == r->row;

	if (rc == 0 && redacted)
		rc = hash_of(r, i, &leaf, e);
	else if (rc == 0)
		rc = redacted = segment_redacted(r->old, i, e, &r->hash);
	if (rc < 0)
		return rc;
	if (redacted)
		leaf.raw = STR("");
	if (i == r->row)
		r->row_hash = r->hash;
	rc = segment_add(r->writer, &leaf, e);
	if (rc == 0 && redacted)
		segment_add_hash(r->writer, &r->hash);
	return rc;
}

/* Is record I of the new segment S what it was, but for the text that goes? */
static int compare_record(struct rewrite *r, struct segment *s, uint64_t i, struct err *e)
{
	unsigned char was_head[LEAF_HEAD_BYTES], is_head[LEAF_HEAD_BYTES];
	struct merkle_hash is_hash, was_hash;
	struct leaf was = { 0 }, is = { 0 };
	int rc = segment_read(r->old, i, e, &was), was_redacted = 0, is_redacted = 0;

	if (rc == 0)
		rc = segment_read(s, i, e, &is);
	if (rc == 0)
		rc = was_redacted = segment_redacted(r->old, i, e, &was_hash);
	if (rc >= 0)
		rc = is_redacted = segment_redacted(s, i, e, &is_hash);
	if (rc < 0)
		return rc;
	if (i == r->row)
		was.raw = STR("");
	leaf_head(&was, was_head);
	leaf_head(&is, is_head);
	if (is_redacted != (was_redacted || i == r->row) || !str_eq(was.raw, is.raw) ||
		memcmp(was_head, is_head, sizeof(is_head)) != 0 ||
		(was_redacted && !merkle_equal(&was_hash, &is_hash)))
		return err_set(
			e, ERR_INPUT, "record %llu is not what it was", (unsigned long long)i);
	return 0;
}

static int write_anew(struct rewrite *r, struct err *e)
{
	int rc = vfile_unlink(r->disk, SHARD_PART, e);

	if (rc == 0 || rc == ERR_ABSENT)
		rc = vfile_open(r->disk, SHARD_PART, VFILE_CREATE, &r->new_file, e);
	if (rc < 0)
		return rc;
	r->writer = segment_writer_new(NULL, to_file, &r->new_file);
	for (uint64_t i = 0; i < segment_count(r->old) && rc == 0; i++)
		rc = copy_record(r, i, e);
	if (rc == 0)
		rc = segment_finish(r->writer, e, NULL);
	r->writer = segment_writer_free(r->writer);
	return rc == 0 ? vfile_sync(&r->new_file, e) : rc;
}

static int read_back(struct rewrite *r, struct err *e)
{
	struct segment *s = NULL;
	int rc = segment_open_file(&r->new_file, e, &s);

	if (rc == 0)
		rc = segment_check(s, e);
	if (rc == 0 && segment_count(s) != segment_count(r->old))
		rc = err_set(e, ERR_INPUT, "the new segment has another count of records");
	for (uint64_t i = 0; rc == 0 && i < segment_count(s); i++)
		rc = compare_record(r, s, i, e);
	segment_close(s);
	return rc;
}

int archive_redact(
	struct vfile_disk *shard, uint64_t index, struct err *e, struct merkle_hash *ret_leaf)
{
	struct rewrite r = { .disk = shard, .sha256 = sha256_new() };
	struct shard_segment at;
	char name[SHARD_NAME_SIZE];
	int rc = shard_find(shard, index, e, &at);

	if (rc == 0)
		rc = vfile_open(shard, shard_name(at.first, name), VFILE_READ, &r.old_file, e);
	if (rc == 0)
		rc = segment_open_file(&r.old_file, e, &r.old);
	r.row = index - at.first;
	if (rc == 0)
		rc = write_anew(&r, e);
	if (rc == 0)
		rc = read_back(&r, e);
	if (rc == 0)
		rc = vfile_rename(shard, SHARD_PART, name, e);
	if (rc == 0)
		rc = vfile_sync_dir(shard, SHARD_FOLDER, e);
	if (rc == 0)
		*ret_leaf = r.row_hash;
	segment_close(r.old);
	vfile_close(&r.old_file);
	vfile_close(&r.new_file);
	sha256_end(r.sha256, NULL);
	return rc;
}

/* --- and what hangs on it -------------------------------------------------------------------- */

/* Nothing is to be left of the text where lines were written first. */
static int check_wal(struct vfile_disk *shard, uint64_t index, struct err *e)
{
	uint64_t oldest;
	int rc = wal_oldest(shard, &oldest, e);

	if (rc == ERR_ABSENT)
		return 0;
	if (rc == 0 && oldest <= index)
		rc = err_set(e, ERR_CONFLICT, "a write-ahead file holds entry %llu too",
			(unsigned long long)index);
	return rc;
}

/* Its receipts go before the text does: whenever the power goes, no disk counts that holds what the
 * segment no longer has. */
static int withdraw(
	struct vfile_disk *shard, struct keep_redacted *of, bool *ret_has_list, struct err *e)
{
	char path[KEEP_PATH_SIZE];
	struct keep_month list;
	struct keep_copy *copies;
	struct arena a;
	int rc;

	arena_init(&a, 2 * KEEP_MANIFEST_MAX);
	rc = keep_read(shard, of->month, &a, &list, e);
	*ret_has_list = rc == 0;
	if (rc == 0)
		rc = keep_copies(shard, of->month, &a, &copies, &of->copies, e);
	if (rc == 0 && of->copies > 0)
		rc = vfile_replace(shard, keep_path(of->month, "copies", path), STR(""), e);
	arena_done(&a);
	return rc == ERR_ABSENT && !*ret_has_list ? 0 : rc;
}

int keep_redact(struct vfile_disk *shard, uint64_t index, struct keep_redacted *ret, struct err *e)
{
	struct keep_redacted of = { 0 };
	struct shard_segment at;
	bool has_list = false;
	int rc = shard_find(shard, index, e, &at);

	if (rc == 0)
		rc = keep_month_of(shard, &at, of.month, e);
	if (rc == 0)
		rc = check_wal(shard, index, e);
	if (rc == 0)
		rc = withdraw(shard, &of, &has_list, e);
	if (rc == 0)
		rc = archive_redact(shard, index, e, &of.leaf);
	if (rc == 0 && has_list)
		rc = keep_close(shard, of.month, NULL, e);
	if (rc < 0)
		return rc;
	if (!has_list)
		of.month[0] = '\0';
	*ret = of;
	return 0;
}

/* It is written to no more. */
int keep_empty_wal(struct vfile_disk *shard, const struct archive_options *options, struct err *e)
{
	struct wal *w = NULL;
	uint64_t size;
	int rc = wal_open(shard, &w, e);

	if (rc < 0)
		return rc;
	size = wal_size(w);
	rc = wal_turn(w, e);
	wal_close(w);
	if (rc == 0)
		rc = archive_close_segments(shard, options, size, e);
	return rc == 0 ? wal_drop(shard, size, e) : rc;
}
