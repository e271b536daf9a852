/* write.c - the data folder into one sealed file. */
#include "work/backup/backup_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/store/store.h"

#define DEEPEST 12
#define LIST_BYTES_MAX (256 * MIB)
#define PASSES_MAX 20

/* What was found in the folder. */
struct found {
	char *path;
	bool is_done;
};

struct writer {
	const char *data;
	struct pieces pieces;
	struct arena a;
	VEC(struct found) list;
	struct backup_sum sum;
	backup_progress *progress;
	void *context;
	char copy[PATH_BYTES_MAX]; /* of the database, beside the backup */
	struct err *e;
};

/* --- what there is ---------------------------------------------------------------------------- */

/* The database comes apart; what the service makes anew is left out. */
static bool is_left_out(const char *path)
{
	static const char *const names[] = { DATABASE, DATABASE "-wal", DATABASE "-shm",
		DATABASE "-journal", "incoming" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(path, names[i]) == 0)
			return true;
	}
	return false;
}

static bool is_known(const struct writer *w, const char *path)
{
	for (size_t i = 0; i < w->list.len; i++) {
		if (strcmp(w->list.at[i].path, path) == 0)
			return true;
	}
	return false;
}

static const char *full(struct writer *w, const char *path)
{
	return arena_fmt(&w->a, "%s/%s", w->data, path).ptr;
}

static int walk(struct writer *w, const char *folder, int depth)
{
	DIR *d = opendir(*folder ? full(w, folder) : w->data);
	struct dirent *x;
	int rc = 0;

	if (!d)
		return errno == ENOENT && *folder ?
			0 :
			err_errno(w->e, errno, "read \"%s/%s\"", w->data, folder);
	while (rc == 0 && (x = readdir(d)) != NULL) {
		const char *path;
		struct stat st;

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		path = *folder ? arena_fmt(&w->a, "%s/%s", folder, x->d_name).ptr :
				 arena_cstr(&w->a, str_of(x->d_name));
		if (is_left_out(path) || lstat(full(w, path), &st) != 0)
			continue;
		if (strlen(path) >= PATH_BYTES_MAX || depth > DEEPEST)
			rc = err_set(w->e, ERR_LIMIT, "\"%s\" stands too deep", path);
		else if ((S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) && !is_known(w, path))
			*vec_add(&w->a, &w->list) = (struct found){ .path = (char *)path };
		if (rc == 0 && S_ISDIR(st.st_mode))
			rc = walk(w, path, depth + 1);
	}
	closedir(d);
	return rc;
}

/* Folders before what is in them; the signed heads of a log before its keys, so that no key is of
 * an hour before the newest head, and both before the lines they are about, so that there are
 * always as many lines as a head tells, or more. */
static int rank_of(const char *path)
{
	static const char *const lines[] = { "/wal/", "/segments/" };

	for (size_t i = 0; i < COUNT(lines); i++) {
		if (strstr(path, lines[i]))
			return 2;
	}
	return strncmp(path, "keys/", 5) == 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = rank_of(x->path) - rank_of(y->path);

	return order ? order : strcmp(x->path, y->path);
}

/* --- one file --------------------------------------------------------------------------------- */

static int put_bytes(struct writer *w, int fd, uint64_t size)
{
	unsigned char bytes[PIECE_BYTES], digest[SHA256_SIZE];
	struct sha256 *sha = sha256_new();
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < size;) {
		size_t now = size - at < sizeof(bytes) ? (size_t)(size - at) : sizeof(bytes);
		ssize_t got = read(fd, bytes, now);

		if (got <= 0) {
			rc = err_set(w->e, ERR_SYSTEM, "a file became shorter while it was read");
			break;
		}
		sha256_add(sha, (struct str){ (const char *)bytes, (size_t)got });
		rc = pieces_put(&w->pieces, bytes, (size_t)got, w->e);
		at += (uint64_t)got;
	}
	sha256_end(sha, digest);
	return rc < 0 ? rc : pieces_put(&w->pieces, digest, sizeof(digest), w->e);
}

/* FROM as PATH of the backup. What has gone meanwhile is no failure: 1. */
static int put_file(struct writer *w, const char *from, const char *path)
{
	struct entry x = { .kind = ENTRY_FILE };
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 1 : err_errno(w->e, errno, "read \"%s\"", from);
	if (fstat(fd, &st) != 0) {
		close(fd);
		return err_errno(w->e, errno, "read \"%s\"", from);
	}
	x.kind = S_ISDIR(st.st_mode) ? ENTRY_FOLDER : ENTRY_FILE;
	x.mode = st.st_mode & 0700;
	x.uid = st.st_uid;
	x.gid = st.st_gid;
	x.size = x.kind == ENTRY_FILE ? (uint64_t)st.st_size : 0; /* what is added later is later */
	snprintf(x.path, sizeof(x.path), "%s", path);
	rc = entry_put(&w->pieces, &x, w->e);
	if (rc == 0 && x.kind == ENTRY_FILE) {
		rc = put_bytes(w, fd, x.size);
		w->sum.files++;
		w->sum.bytes += (int64_t)x.size;
	}
	close(fd);
	return rc;
}

/* --- all -------------------------------------------------------------------------------------- */

/* Segments appear and write-ahead files go while we read: look again until nothing is new. FOLDER
 * is "" for all of the data folder. */
static int put_files(struct writer *w, const char *folder)
{
	bool has_new = true;
	int rc = 0;

	if (*folder && !is_known(w, folder) && access(full(w, folder), F_OK) == 0)
		*vec_add(&w->a, &w->list) = (struct found){ .path = (char *)(uintptr_t)folder };

	for (int pass = 0; rc == 0 && has_new; pass++) {
		if (pass == PASSES_MAX)
			return err_set(w->e, ERR_SYSTEM, "the folder changes without end");
		rc = walk(w, folder, 0);
		if (w->list.len)
			qsort(w->list.at, w->list.len, sizeof(*w->list.at), by_rank);
		has_new = false;
		for (size_t i = 0; rc == 0 && i < w->list.len; i++) {
			struct found *f = &w->list.at[i];

			if (f->is_done)
				continue;
			f->is_done = has_new = true;
			rc = put_file(w, full(w, f->path), f->path);
			rc = rc < 0 ? rc : 0;
			if (w->progress)
				w->progress(w->context, i, w->list.len);
		}
	}
	return rc;
}

static int put_database(struct writer *w, const char *file)
{
	int rc;

	if (access(full(w, DATABASE), F_OK) != 0)
		return err_set(w->e, ERR_ABSENT, "there is no \"%s/%s\"", w->data, DATABASE);
	if (snprintf(w->copy, sizeof(w->copy), "%s.db", file) >= (int)sizeof(w->copy))
		return err_set(w->e, ERR_LIMIT, "\"%s\" is too long", file);
	rc = store_copy(full(w, DATABASE), w->copy, w->e);
	if (rc == 0)
		rc = put_file(w, w->copy, DATABASE);
	unlink(w->copy);
	return rc < 0 ? rc : 0;
}

static int write_all(struct writer *w, const char *file, const struct backup_keys *keys)
{
	unsigned char key[AEAD_KEY_SIZE];
	struct entry end = { .kind = ENTRY_END, .size = 0 };
	struct backup_head h;
	int rc = head_make(keys, &h, key, w->e);

	if (rc < 0)
		return rc;
	w->pieces.stream = stream_out((struct str){ (const char *)key, sizeof(key) }, h.stream);
	wipe(key, sizeof(key));
	if (fwrite(BACKUP_MAGIC, 1, BACKUP_MAGIC_SIZE, w->pieces.file) != BACKUP_MAGIC_SIZE ||
		fwrite(&h, 1, sizeof(h), w->pieces.file) != sizeof(h))
		rc = err_errno(w->e, errno, "write \"%s\"", file);
	if (rc == 0)
		rc = put_files(w, "");
	if (rc == 0)
		rc = put_database(w, file);
	if (rc == 0) /* attached meanwhile: the database may know of them */
		rc = put_files(w, "files");
	end.size = (uint64_t)w->sum.at_s;
	if (rc == 0)
		rc = entry_put(&w->pieces, &end, w->e);
	if (rc == 0)
		rc = pieces_end(&w->pieces, w->e);
	stream_free(w->pieces.stream);
	if (rc == 0 && (fflush(w->pieces.file) != 0 || fsync(fileno(w->pieces.file)) != 0))
		rc = err_errno(w->e, errno, "write \"%s\"", file);
	return rc;
}

int backup_write(const char *data, const char *file, const struct backup_keys *keys,
	const struct backup_watch *watch, struct backup_sum *ret, struct err *e)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), rc;
	struct writer *w;

	if (fd < 0)
		return errno == EEXIST ? err_set(e, ERR_CONFLICT, "\"%s\" is there already", file) :
					 err_errno(e, errno, "write \"%s\"", file);
	w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->data = data;
	w->e = e;
	if (watch)
		w->progress = watch->progress, w->context = watch->context;
	w->sum.at_s = clock_now_s();
	w->pieces.file = fdopen(fd, "wb");
	arena_init(&w->a, LIST_BYTES_MAX);
	rc = write_all(w, file, keys);
	fclose(w->pieces.file);
	if (rc < 0)
		unlink(file);
	else
		*ret = w->sum;
	arena_done(&w->a);
	wipe(w, sizeof(*w));
	free(w);
	return rc;
}
