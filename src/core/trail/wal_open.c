/* wal_open.c - starting again: the newest file is read up to its last sound record, written anew
 * and synced. A sync that failed before may have left in memory what never came to the disk; what
 * was read is therefore not built upon, only what was written and synced again. */
#include "core/trail/wal_write.h"

#include <stdlib.h>

#define OPEN_MEMORY_BYTES (8 * MIB)

struct recovery {
	struct wal *w;
	struct vfile from;
	struct vfile to; /* disk NULL: nothing is written anew */
	uint64_t at;     /* bytes of the old file read so far, and of the new one written */
};

/* All records of one piece of the file; *RET_USED tells how far. */
static int take_records(struct recovery *r, struct str piece, size_t *ret_used, struct err *e)
{
	struct str entry = STR_NONE;
	struct merkle_hash hash;
	size_t used = 0, size;

	while ((size = wal_record(str_from(piece, used), &entry)) > 0) {
		merkle_leaf(r->w->sha256, entry, &hash);
		if (!merkle_append(r->w->sha256, &r->w->durable, &hash))
			return err_set(e, ERR_LIMIT, "the tree is full");
		used += size;
	}
	*ret_used = used;
	if (used == 0 || !r->to.disk)
		return 0;
	return vfile_write_at(&r->to, r->at, str_until(piece, used), e);
}

/* Read on from r->at to the first record that is none. */
static int take_file(struct recovery *r, struct err *e)
{
	size_t room = WAL_READ_BYTES, used = 1;
	char *piece = malloc(room);
	int rc = 0;

	if (!piece)
		abort();
	while (rc == 0 && used > 0) {
		ssize_t n = vfile_read_at(&r->from, r->at, piece, room, e);

		if (n < 0)
			rc = (int)n;
		else
			rc = take_records(r, (struct str){ piece, (size_t)n }, &used, e);
		r->at += rc == 0 ? used : 0;
	}
	free(piece);
	return rc;
}

/* Where the file's last byte that is not zero ends, looked for from FROM on. */
static int end_of_content(struct vfile *f, uint64_t from, uint64_t *ret, struct err *e)
{
	char piece[4 * KIB];
	ssize_t n = 1;

	*ret = from;
	while (n > 0) {
		n = vfile_read_at(f, from, piece, sizeof(piece), e);
		if (n < 0)
			return (int)n;
		for (ssize_t i = n; i > 0; i--)
			if (piece[i - 1]) {
				*ret = from + (uint64_t)i;
				break;
			}
		from += (uint64_t)n;
	}
	return 0;
}

/* What follows the last sound record is kept beside, whatever it is: usually the half of a write
 * that was cut, but it may be a record that was damaged, and then nobody may lose it. */
static int keep_rest(struct recovery *r, struct err *e)
{
	char name[WAL_NAME_SIZE + 32], piece[4 * KIB];
	uint64_t end, at = r->at;
	struct vfile f;
	int rc = end_of_content(&r->from, r->at, &end, e);

	if (rc < 0 || end <= r->at)
		return rc;
	snprintf(name, sizeof(name), WAL_FOLDER "/%020llu.torn",
		(unsigned long long)r->w->durable.size);
	rc = vfile_unlink(r->w->disk, name, e);
	rc = vfile_open(r->w->disk, name, VFILE_CREATE, &f, e);
	if (rc < 0)
		return rc;
	while (rc == 0 && at < end) {
		ssize_t n = vfile_read_at(&r->from, at, piece, sizeof(piece), e);

		rc = n < 0 ? (int)n : vfile_append(&f, (struct str){ piece, (size_t)n }, e);
		at += n > 0 ? (uint64_t)n : end;
	}
	if (rc == 0)
		rc = vfile_sync(&f, e);
	vfile_close(&f);
	return rc;
}

static bool is_whole(struct recovery *r, const unsigned char *header, uint64_t first, struct err *e)
{
	return wal_header_read(header, first, &r->w->durable, e) == 0;
}

static int write_anew(struct recovery *r, uint64_t first, struct err *e)
{
	static const char fresh[] = WAL_FOLDER "/new";
	char name[WAL_NAME_SIZE];
	struct wal *w = r->w;
	struct merkle_frontier edge = w->durable;
	int rc = wal_file_make(w->disk, fresh, &edge, w->file_bytes, &r->to, e);

	r->at = WAL_HEADER_BYTES;
	if (rc == 0)
		rc = take_file(r, e);
	if (rc == 0)
		rc = vfile_sync(&r->to, e);
	if (rc == 0)
		rc = keep_rest(r, e);
	if (rc == 0)
		rc = vfile_sync_dir(w->disk, WAL_FOLDER, e);
	vfile_close(&r->to);
	if (rc == 0)
		rc = vfile_rename(w->disk, fresh, wal_name(first, name), e);
	if (rc == 0)
		rc = vfile_sync_dir(w->disk, WAL_FOLDER, e);
	if (rc == 0)
		rc = vfile_open(w->disk, name, VFILE_WRITE, &w->file, e);
	w->end_bytes = r->at;
	w->first = first;
	return rc;
}

/* 1: there was nothing in it yet and it is gone. */
static int go_on(struct wal *w, uint64_t first, struct err *e)
{
	unsigned char header[WAL_HEADER_BYTES] = { 0 };
	char name[WAL_NAME_SIZE];
	struct recovery r = { .w = w };
	int rc = vfile_open(w->disk, wal_name(first, name), VFILE_READ, &r.from, e);
	ssize_t n = rc < 0 ? 0 : vfile_read_at(&r.from, 0, header, sizeof(header), e);

	if (rc < 0 || n < 0)
		return rc < 0 ? rc : (int)n;
	if (is_whole(&r, header, first, e)) {
		rc = write_anew(&r, first, e);
		vfile_close(&r.from);
		return rc;
	}
	rc = wal_is_unborn(&r.from) ? 1 : err_context(e, "\"%s\"", name);
	vfile_close(&r.from);
	if (rc == 1 &&
		(vfile_unlink(w->disk, name, e) < 0 || vfile_sync_dir(w->disk, WAL_FOLDER, e) < 0))
		return e->code;
	return rc;
}

static int begin(struct wal *w, struct err *e)
{
	char name[WAL_NAME_SIZE];

	w->end_bytes = WAL_HEADER_BYTES;
	return wal_file_make(w->disk, wal_name(0, name), &w->durable, w->file_bytes, &w->file, e);
}

static int open_files(struct wal *w, struct err *e)
{
	uint64_t *first;
	struct arena a;
	size_t count;
	int rc = vfile_make_folder(w->disk, WAL_FOLDER, e);

	if (rc < 0)
		return rc;
	arena_init(&a, OPEN_MEMORY_BYTES);
	rc = wal_list(w->disk, &a, &first, &count, e);
	if (rc == 0) {
		uint64_t newest = count ? first[count - 1] : 0;

		rc = count ? go_on(w, newest, e) : 1;
		if (rc == 1 && count > 1)
			rc = go_on(w, first[count - 2], e);
		else if (rc == 1 && newest > 0)
			rc = err_set(e, ERR_INPUT,
				"the write-ahead files before index %llu are missing",
				(unsigned long long)newest);
		else if (rc == 1)
			rc = begin(w, e);
	}
	arena_done(&a);
	return rc;
}

int wal_open_sized(struct vfile_disk *d, uint64_t file_bytes, struct wal **ret, struct err *e)
{
	struct wal *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		abort();
	w->disk = d;
	w->file_bytes = file_bytes;
	w->sha256 = sha256_new();
	w->batch = malloc(WAL_BATCH_BYTES);
	if (!w->batch)
		abort();
	rc = open_files(w, e);
	w->next = w->durable;
	if (rc < 0) {
		w->is_failed = true;
		wal_close(w);
		return rc;
	}
	*ret = w;
	return 0;
}

int wal_open(struct vfile_disk *d, struct wal **ret, struct err *e)
{
	return wal_open_sized(d, WAL_FILE_BYTES, ret, e);
}
