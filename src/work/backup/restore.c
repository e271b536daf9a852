/* restore.c - the sealed file back into a folder. */
#include "work/backup/backup_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/store/store.h"

struct reader {
	const char *into;
	struct pieces pieces;
	struct backup_sum sum;
	char path[2 * PATH_BYTES_MAX];
	struct err *e;
};

static const char *full(struct reader *r, const char *path)
{
	snprintf(r->path, sizeof(r->path), "%s/%s", r->into, path);
	return r->path;
}

/* To whom it belonged, where we may. */
static void give(const char *path, const struct entry *x)
{
	if (geteuid() == 0 && lchown(path, x->uid, x->gid) != 0)
		return; /* the service hands over what it needs when it starts */
}

static int take_bytes(struct reader *r, int fd, const struct entry *x)
{
	unsigned char bytes[PIECE_BYTES], digest[SHA256_SIZE], told[SHA256_SIZE];
	struct sha256 *sha = sha256_new();
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < x->size;) {
		size_t now = x->size - at < sizeof(bytes) ? (size_t)(x->size - at) : sizeof(bytes);

		rc = pieces_get(&r->pieces, bytes, now, r->e);
		if (rc == 0 && write(fd, bytes, now) != (ssize_t)now)
			rc = err_errno(r->e, errno ? errno : ENOSPC, "write \"%s\"", x->path);
		if (rc == 0)
			sha256_add(sha, (struct str){ (const char *)bytes, now });
		at += now;
	}
	sha256_end(sha, digest);
	if (rc == 0)
		rc = pieces_get(&r->pieces, told, sizeof(told), r->e);
	if (rc == 0 && memcmp(told, digest, sizeof(told)) != 0)
		rc = err_set(r->e, ERR_CRYPTO, "\"%s\" is not what was put in", x->path);
	if (rc == 0 && fsync(fd) != 0)
		rc = err_errno(r->e, errno, "write \"%s\"", x->path);
	return rc;
}

static int take(struct reader *r, const struct entry *x)
{
	const char *path = full(r, x->path);
	int fd, rc;

	if (x->kind == ENTRY_FOLDER) {
		if (mkdir(path, 0700) != 0)
			return err_errno(r->e, errno, "make \"%s\"", path);
		give(path, x);
		return 0;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(r->e, errno, "write \"%s\"", path);
	rc = take_bytes(r, fd, x);
	close(fd);
	give(path, x);
	r->sum.files++;
	r->sum.bytes += (int64_t)x->size;
	return rc;
}

static int take_all(struct reader *r)
{
	struct entry x;
	int rc = entry_get(&r->pieces, &x, r->e);

	while (rc == 0 && x.kind != ENTRY_END) {
		rc = take(r, &x);
		if (rc == 0)
			rc = entry_get(&r->pieces, &x, r->e);
	}
	if (rc < 0)
		return rc;
	r->sum.at_s = (int64_t)x.size;
	rc = pieces_done(&r->pieces, r->e);
	return rc < 0 ? rc : store_check(full(r, DATABASE), r->e);
}

static int open_head(struct reader *r, const char *file, const struct backup_keys *keys)
{
	char magic[BACKUP_MAGIC_SIZE];
	unsigned char key[AEAD_KEY_SIZE];
	struct backup_head h;
	int rc;

	if (fread(magic, 1, sizeof(magic), r->pieces.file) != sizeof(magic) ||
		memcmp(magic, BACKUP_MAGIC, sizeof(magic)) != 0)
		return err_set(r->e, ERR_INPUT, "\"%s\" is no backup of Khien", file);
	if (fread(&h, 1, sizeof(h), r->pieces.file) != sizeof(h))
		return err_set(r->e, ERR_CRYPTO, "the backup is cut off");
	rc = head_open(keys, &h, key, r->e);
	if (rc < 0)
		return rc;
	r->pieces.stream = stream_in((struct str){ (const char *)key, sizeof(key) }, h.stream);
	wipe(key, sizeof(key));
	return r->pieces.stream ? 0 : err_set(r->e, ERR_CRYPTO, "the backup is damaged");
}

void backup_remove(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *x;
	char path[3 * PATH_BYTES_MAX];

	while (d && (x = readdir(d)) != NULL) {
		struct stat st;

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, x->d_name) >= (int)sizeof(path) ||
			lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			backup_remove(path);
		else
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(folder);
}

int backup_restore(const char *file, const char *into, const struct backup_keys *keys,
	struct backup_sum *ret, struct err *e)
{
	FILE *f = fopen(file, "rbe");
	struct reader *r;
	int rc;

	if (!f)
		return err_errno(e, errno, "read \"%s\"", file);
	r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	r->into = into;
	r->e = e;
	r->pieces.file = f;
	rc = open_head(r, file, keys);
	if (rc == 0 && mkdir(into, 0700) != 0)
		rc = errno == EEXIST ? err_set(e, ERR_CONFLICT, "\"%s\" is there already", into) :
				       err_errno(e, errno, "make \"%s\"", into);
	else if (rc == 0) {
		rc = take_all(r);
		if (rc < 0)
			backup_remove(into);
	}
	if (rc == 0)
		*ret = r->sum;
	stream_free(r->pieces.stream);
	fclose(f);
	wipe(r, sizeof(*r));
	free(r);
	return rc;
}
