/* bytes.c - the bytes of files: copied once, under the name of their digest, and read back only as
 * what they were. */
#include <stdlib.h>

#include "core/file/file_int.h"
#include "kit/crypto/crypto.h"

#define HEAD_BYTES (4 * KIB)

static const char *kept_path(struct str sha256, const char *tail, struct arena *a)
{
	return arena_fmt(a, FILE_FOLDER "/%.*s%s", STR_FMT(sha256), tail).ptr;
}

/* IN to OUT, which may be NULL, with size, kind and digest. */
static int copy(struct vfile *in, struct vfile *out, struct arena *a, struct file *f, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	struct sha256 *sha = sha256_new();
	char piece[FILE_PIECE_BYTES];
	ssize_t len = 0;
	int rc = 0;

	f->size_bytes = 0;
	while (rc == 0 &&
		(len = vfile_read_at(in, (uint64_t)f->size_bytes, piece, sizeof(piece), e)) > 0) {
		struct str bytes = { piece, (size_t)len };

		if (f->size_bytes == 0)
			f->kind = file_kind_of(str_until(bytes, HEAD_BYTES));
		sha256_add(sha, bytes);
		f->size_bytes += len;
		if (f->size_bytes > (int64_t)FILE_BYTES_MAX)
			rc = err_set(e, ERR_LIMIT, "the file is larger than %u MiB",
				FILE_BYTES_MAX / MIB);
		else if (out)
			rc = vfile_append(out, bytes, e);
	}
	sha256_end(sha, digest);
	if (rc == 0 && len < 0)
		rc = (int)len;
	if (rc == 0)
		f->sha256 = arena_str(a, str_of(hex_of(digest, sizeof(digest), hex)));
	return rc;
}

/* Do these bytes lie there already, whole? */
static bool is_kept(struct vfile_disk *disk, struct arena *a, const struct file *f)
{
	struct file there = { 0 };
	struct err e = { 0 };
	struct vfile in;
	bool is_same;

	if (vfile_open(disk, kept_path(f->sha256, "", a), VFILE_READ, &in, &e) < 0)
		return false;
	is_same = in.size_bytes == (uint64_t)f->size_bytes && copy(&in, NULL, a, &there, &e) == 0 &&
		str_eq(there.sha256, f->sha256);
	vfile_close(&in);
	return is_same;
}

/* The copy is written under a name of its own and gets its last name when it is synced: what
 * stands under a digest is whole. */
static int keep_as(
	struct vfile_disk *disk, struct vfile *in, struct arena *a, struct file *f, struct err *e)
{
	struct file again = { 0 };
	const char *part = kept_path(f->sha256, ".part", a);
	struct vfile out = { 0 };
	int rc = vfile_unlink(disk, part, e); /* of one that was broken off */

	if (rc == 0 || rc == ERR_ABSENT)
		rc = vfile_open(disk, part, VFILE_CREATE, &out, e);
	if (rc == ERR_ABSENT) {
		rc = vfile_make_folder(disk, FILE_FOLDER, e);
		if (rc == 0)
			rc = vfile_open(disk, part, VFILE_CREATE, &out, e);
	}
	if (rc < 0)
		return rc;
	rc = copy(in, &out, a, &again, e);
	if (rc == 0 && !str_eq(again.sha256, f->sha256))
		rc = err_set(e, ERR_CONFLICT, "the file changed while it was kept");
	if (rc == 0)
		rc = vfile_sync_data(&out, e);
	vfile_close(&out);
	if (rc == 0)
		rc = vfile_rename(disk, part, kept_path(f->sha256, "", a), e);
	if (rc == 0)
		rc = vfile_sync_dir(disk, FILE_FOLDER, e);
	return rc;
}

int file_look(struct vfile_disk *disk, const char *from, enum file_kind *ret, struct err *e)
{
	char head[HEAD_BYTES];
	struct vfile in;
	ssize_t len;
	int rc = vfile_open(disk, from, VFILE_READ, &in, e);

	if (rc < 0)
		return rc;
	len = vfile_read_at(&in, 0, head, sizeof(head), e);
	vfile_close(&in);
	if (len < 0)
		return (int)len;
	*ret = file_kind_of((struct str){ head, (size_t)len });
	return 0;
}

int file_keep(
	struct vfile_disk *disk, const char *from, struct arena *a, struct file *f, struct err *e)
{
	struct vfile in;
	int rc = vfile_open(disk, from, VFILE_READ, &in, e);

	if (rc < 0)
		return rc;
	rc = copy(&in, NULL, a, f, e);
	if (rc == 0 && f->size_bytes == 0)
		rc = err_set(e, ERR_INPUT, "the file is empty");
	if (rc == 0 && !is_kept(disk, a, f))
		rc = keep_as(disk, &in, a, f, e);
	vfile_close(&in);
	return rc;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct file_reading {
	struct vfile in;
	struct sha256 *sha;
	char sha256[2 * SHA256_SIZE + 1];
	uint64_t at, size_bytes;
};

int file_open(
	struct vfile_disk *disk, const struct file *f, struct file_reading **ret, struct err *e)
{
	struct file_reading *r = calloc(1, sizeof(*r));
	char path[VFILE_NAME_SIZE];
	int rc;

	if (!r)
		abort();
	snprintf(path, sizeof(path), FILE_FOLDER "/%.*s", STR_FMT(f->sha256));
	rc = vfile_open(disk, path, VFILE_READ, &r->in, e);
	if (rc == 0 && r->in.size_bytes != (uint64_t)f->size_bytes) {
		vfile_close(&r->in);
		rc = err_set(e, ERR_CRYPTO, "\"%s\" has not the size it was kept with", path);
	}
	if (rc < 0) {
		free(r);
		return rc;
	}
	r->sha = sha256_new();
	r->size_bytes = (uint64_t)f->size_bytes;
	snprintf(r->sha256, sizeof(r->sha256), "%.*s", STR_FMT(f->sha256));
	*ret = r;
	return 0;
}

static int is_as_kept(struct file_reading *r, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	sha256_end(r->sha, digest);
	r->sha = NULL;
	if (strcmp(hex_of(digest, sizeof(digest), hex), r->sha256) != 0)
		return err_set(e, ERR_CRYPTO, "\"%s\" is not what was kept", r->in.path);
	return 0;
}

int file_next(struct file_reading *r, struct buf *out, struct err *e)
{
	char piece[FILE_PIECE_BYTES];
	ssize_t len;
	int rc = 0;

	if (r->at == r->size_bytes)
		return 0;
	len = vfile_read_at(&r->in, r->at, piece, sizeof(piece), e);
	if (len < 0)
		return (int)len;
	if (len == 0)
		return err_set(e, ERR_CRYPTO, "\"%s\" ends too early", r->in.path);
	sha256_add(r->sha, (struct str){ piece, (size_t)len });
	r->at += (uint64_t)len;
	if (r->at == r->size_bytes)
		rc = is_as_kept(r, e);
	if (rc < 0)
		return rc;
	buf_add(out, (struct str){ piece, (size_t)len });
	return r->at < r->size_bytes;
}

void file_close(struct file_reading *r)
{
	if (!r)
		return;
	if (r->sha)
		sha256_end(r->sha, NULL);
	vfile_close(&r->in);
	free(r);
}
