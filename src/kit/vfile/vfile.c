/* vfile.c - what every disk shares: looking at names, writing all of it, words for errors. */
#include "kit/vfile/vfile.h"

#include <errno.h>
#include <stdlib.h>

static int fail(struct err *e, int rc, const char *what, const char *path)
{
	if (rc == -ENOSPC || rc == -EDQUOT)
		return err_set(e, ERR_LIMIT, "cannot %s \"%s\": the disk is full", what, path);
	return err_errno(e, -rc, "cannot %s \"%s\"", what, path);
}

/* Our own programs make these names; one that leads out of the disk is a mistake made louder. */
static bool is_path(const char *path)
{
	size_t len = strlen(path), part = 0;

	if (len == 0 || len >= VFILE_NAME_SIZE)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0') {
			if ((unsigned char)path[i] < ' ')
				return false;
			continue;
		}
		if (i == part || (path[part] == '.' && i - part == 1) ||
			(path[part] == '.' && path[part + 1] == '.' && i - part == 2))
			return false;
		part = i + 1;
	}
	return true;
}

static int refuse(struct err *e, const char *path)
{
	return err_set(e, ERR_INPUT, "\"%s\" is no path inside the disk", path);
}

void vfile_disk_close(struct vfile_disk *d)
{
	if (d)
		d->ops->free(d);
}

int vfile_open(struct vfile_disk *d, const char *path, enum vfile_mode mode, struct vfile *ret,
	struct err *e)
{
	struct vfile f = { .disk = d };
	int rc;

	if (!is_path(path))
		return refuse(e, path);
	rc = d->ops->open(d, path, mode, &f.handle);
	if (rc == -EISDIR)
		return err_set(e, ERR_INPUT, "\"%s\" is no file", path);
	if (rc != 0)
		return fail(e, rc, mode == VFILE_CREATE ? "create" : "open", path);
	rc = d->ops->size(d, f.handle, &f.size_bytes);
	if (rc != 0) {
		d->ops->close(d, f.handle);
		return fail(e, rc, "measure", path);
	}
	memcpy(f.path, path, strlen(path) + 1);
	*ret = f;
	return 0;
}

void vfile_close(struct vfile *f)
{
	if (f->disk)
		f->disk->ops->close(f->disk, f->handle);
	f->disk = NULL;
}

static int refuse_failed(struct vfile *f, struct err *e)
{
	return err_set(
		e, ERR_SYSTEM, "\"%s\" was not synced once and is not written any more", f->path);
}

int vfile_write_at(struct vfile *f, uint64_t offset, struct str bytes, struct err *e)
{
	if (f->is_failed)
		return refuse_failed(f, e);
	if (offset > INT64_MAX || bytes.len > (uint64_t)INT64_MAX - offset)
		return err_set(e, ERR_LIMIT, "\"%s\" cannot be that long", f->path);
	while (bytes.len > 0) {
		ssize_t n = f->disk->ops->pwrite(f->disk, f->handle, bytes, offset);

		if (n <= 0)
			return fail(e, n < 0 ? (int)n : -EIO, "write", f->path);
		offset += (uint64_t)n;
		if (offset > f->size_bytes)
			f->size_bytes = offset;
		bytes = str_from(bytes, (size_t)n);
	}
	return 0;
}

int vfile_append(struct vfile *f, struct str bytes, struct err *e)
{
	uint64_t end = f->size_bytes;
	int rc = vfile_write_at(f, end, bytes, e);

	if (rc != 0)
		f->size_bytes = end;
	return rc;
}

ssize_t vfile_read_at(struct vfile *f, uint64_t offset, void *to, size_t size, struct err *e)
{
	size_t done = 0;

	if (offset > INT64_MAX || size > PTRDIFF_MAX)
		return err_set(e, ERR_LIMIT, "\"%s\" cannot be that long", f->path);
	while (done < size) {
		ssize_t n = f->disk->ops->pread(
			f->disk, f->handle, (char *)to + done, size - done, offset + done);

		if (n < 0)
			return fail(e, (int)n, "read", f->path);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int vfile_truncate(struct vfile *f, uint64_t size, struct err *e)
{
	int rc;

	if (f->is_failed)
		return refuse_failed(f, e);
	rc = size > INT64_MAX ? -EFBIG : f->disk->ops->truncate(f->disk, f->handle, size);
	if (rc != 0)
		return fail(e, rc, "cut", f->path);
	f->size_bytes = size;
	return 0;
}

int vfile_allocate(struct vfile *f, uint64_t size, struct err *e)
{
	int rc;

	if (f->is_failed)
		return refuse_failed(f, e);
	rc = size > INT64_MAX ? -EFBIG : f->disk->ops->allocate(f->disk, f->handle, size);
	if (rc != 0)
		return fail(e, rc, "take room for", f->path);
	if (size > f->size_bytes)
		f->size_bytes = size;
	return 0;
}

static int sync_file(struct vfile *f, bool is_data_only, struct err *e)
{
	int rc;

	if (f->is_failed)
		return refuse_failed(f, e);
	rc = f->disk->ops->sync(f->disk, f->handle, is_data_only);
	if (rc == 0)
		return 0;
	f->is_failed = true;
	return fail(e, rc, "sync", f->path);
}

int vfile_sync_data(struct vfile *f, struct err *e)
{
	return sync_file(f, true, e);
}

int vfile_sync(struct vfile *f, struct err *e)
{
	return sync_file(f, false, e);
}

int vfile_rename(struct vfile_disk *d, const char *from, const char *to, struct err *e)
{
	int rc;

	if (!is_path(from) || !is_path(to))
		return refuse(e, is_path(from) ? to : from);
	rc = d->ops->rename(d, from, to);
	return rc != 0 ? fail(e, rc, "rename", from) : 0;
}

/* The four that take one path. */
static int on_path(struct vfile_disk *d, int (*op)(struct vfile_disk *, const char *),
	const char *what, const char *path, struct err *e)
{
	int rc;

	if (!is_path(path) && !(op == d->ops->sync_dir && *path == '\0'))
		return refuse(e, path);
	rc = op(d, path);
	return rc != 0 ? fail(e, rc, what, path) : 0;
}

int vfile_unlink(struct vfile_disk *d, const char *path, struct err *e)
{
	return on_path(d, d->ops->unlink, "remove", path, e);
}

int vfile_mkdir(struct vfile_disk *d, const char *path, struct err *e)
{
	return on_path(d, d->ops->mkdir, "make the folder", path, e);
}

int vfile_rmdir(struct vfile_disk *d, const char *path, struct err *e)
{
	return on_path(d, d->ops->rmdir, "remove the folder", path, e);
}

int vfile_sync_dir(struct vfile_disk *d, const char *path, struct err *e)
{
	return on_path(d, d->ops->sync_dir, "sync the folder", path, e);
}

int vfile_sync_parent(struct vfile_disk *d, const char *path, struct err *e)
{
	const char *end = strrchr(path, '/');
	char folder[VFILE_NAME_SIZE] = "";

	if (!is_path(path))
		return refuse(e, path);
	if (end)
		memcpy(folder, path, (size_t)(end - path));
	return vfile_sync_dir(d, folder, e);
}

int vfile_make_folder(struct vfile_disk *d, const char *path, struct err *e)
{
	struct err ignored;
	int rc = vfile_mkdir(d, path, e);

	/* what cannot be made but can be synced is a folder: it was there */
	if (rc < 0 && vfile_sync_dir(d, path, &ignored) < 0)
		return rc;
	return vfile_sync_parent(d, path, e);
}

struct listing {
	struct arena *a;
	VEC(struct vfile_name) names;
	bool is_full;
};

static void add_name(void *context, const char *name, bool is_folder)
{
	struct listing *l = context;
	size_t len = strlen(name);
	char *copy = l->is_full ? NULL : arena_try(l->a, len + 1);

	/* The array doubles: asked for before it is needed, so that vec_add() never meets the
	 * ceiling. */
	if (!copy ||
		l->a->max_bytes - l->a->used_bytes <
			4 * (l->names.len + 8) * sizeof(*l->names.at)) {
		l->is_full = true;
		return;
	}
	memcpy(copy, name, len + 1);
	vec_push(l->a, &l->names, ((struct vfile_name){ copy, is_folder }));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct vfile_name *)a)->name, ((const struct vfile_name *)b)->name);
}

int vfile_list(struct vfile_disk *d, const char *path, struct arena *a, struct vfile_names *ret,
	struct err *e)
{
	struct listing l = { .a = a };
	int rc;

	if (*path && !is_path(path))
		return refuse(e, path);
	rc = d->ops->list(d, path, add_name, &l);
	if (rc != 0)
		return fail(e, rc, "read the folder", path);
	if (l.is_full)
		return err_set(e, ERR_LIMIT, "the folder \"%s\" holds too many names", path);
	if (l.names.len > 0)
		qsort(l.names.at, l.names.len, sizeof(*l.names.at), by_name);
	*ret = (struct vfile_names){ l.names.at, l.names.len };
	return 0;
}

static int write_synced(struct vfile_disk *d, const char *path, struct str bytes, struct err *e)
{
	struct vfile f;
	int rc = vfile_open(d, path, VFILE_CREATE, &f, e);

	if (rc != 0)
		return rc;
	rc = vfile_append(&f, bytes, e);
	if (rc == 0)
		rc = vfile_sync_data(&f, e);
	vfile_close(&f);
	return rc;
}

int vfile_replace(struct vfile_disk *d, const char *path, struct str bytes, struct err *e)
{
	char temp[VFILE_NAME_SIZE];
	int rc;

	if (!is_path(path) || strlen(path) + sizeof(".tmp") > sizeof(temp))
		return refuse(e, path);
	snprintf(temp, sizeof(temp), "%s.tmp", path);
	/* One left by a power cut holds nothing anybody was promised. */
	rc = d->ops->unlink(d, temp);
	if (rc != 0 && rc != -ENOENT)
		return fail(e, rc, "remove", temp);
	rc = write_synced(d, temp, bytes, e);
	if (rc == 0)
		rc = vfile_rename(d, temp, path, e);
	if (rc != 0) {
		(void)d->ops->unlink(d, temp);
		return rc;
	}
	return vfile_sync_parent(d, path, e);
}

int vfile_load(struct vfile_disk *d, const char *path, size_t max_bytes, struct arena *a,
	struct str *ret, struct err *e)
{
	struct vfile f;
	char *bytes;
	ssize_t n;
	int rc = vfile_open(d, path, VFILE_READ, &f, e);

	if (rc != 0)
		return rc;
	bytes = f.size_bytes <= max_bytes ? arena_try(a, (size_t)f.size_bytes + 1) : NULL;
	if (!bytes)
		n = err_set(e, ERR_LIMIT, "\"%s\" is longer than %zu bytes", path, max_bytes);
	else
		n = vfile_read_at(&f, 0, bytes, (size_t)f.size_bytes, e);
	vfile_close(&f);
	if (n < 0)
		return (int)n;
	*ret = (struct str){ bytes, (size_t)n };
	return 0;
}
