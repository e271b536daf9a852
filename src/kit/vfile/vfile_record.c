/* vfile_record.c - a disk that writes down what happens to another one. */
#include "kit/vfile/vfile_int.h"

#include <errno.h>
#include <stdlib.h>

#define RECORDING_BYTES (512 * MIB)

static struct record *mine(struct vfile_disk *d)
{
	return (struct record *)d;
}

const struct record *record_of(const struct vfile_disk *d)
{
	return (const struct record *)d;
}

static struct record_row *add(struct record *r, enum record_kind kind)
{
	struct record_row *row = vec_add(&r->arena, &r->rows);

	row->kind = kind;
	return row;
}

static const char *keep(struct record *r, const char *path)
{
	return arena_cstr(&r->arena, str_of(path));
}

static struct record_name *find(struct record *r, const char *path)
{
	for (size_t i = 0; i < r->names.len; i++)
		if (strcmp(r->names.at[i].path, path) == 0)
			return &r->names.at[i];
	return NULL;
}

static void drop(struct record *r, const char *path)
{
	struct record_name *n = find(r, path);

	if (n)
		*n = r->names.at[--r->names.len];
}

static size_t add_file(struct record *r, const char *path)
{
	struct record_row *row = add(r, RECORD_MAKE);

	row->path = keep(r, path);
	row->file = r->files++;
	vec_push(&r->arena, &r->names, ((struct record_name){ row->path, row->file }));
	return row->file;
}

static int record_open(
	struct vfile_disk *d, const char *path, enum vfile_mode mode, int *ret_handle)
{
	struct record *r = mine(d);
	struct record_name *n;
	int rc, i = 0;

	while (i < MEMORY_HANDLES && r->handles[i] >= 0)
		i++;
	if (i == MEMORY_HANDLES)
		return -EMFILE;
	rc = r->inner->ops->open(r->inner, path, mode, &r->handles[i]);
	if (rc != 0) {
		r->handles[i] = -1;
		return rc;
	}
	n = find(r, path);
	r->handle_files[i] = n ? n->file : add_file(r, path);
	*ret_handle = i;
	return 0;
}

static void record_close(struct vfile_disk *d, int handle)
{
	struct record *r = mine(d);

	r->inner->ops->close(r->inner, r->handles[handle]);
	r->handles[handle] = -1;
}

static ssize_t record_pread(
	struct vfile_disk *d, int handle, void *to, size_t size, uint64_t offset)
{
	struct record *r = mine(d);

	return r->inner->ops->pread(r->inner, r->handles[handle], to, size, offset);
}

static void add_write(struct record *r, size_t file, uint64_t offset, struct str bytes)
{
	struct record_row *row = add(r, RECORD_WRITE);

	row->file = file;
	row->offset = offset;
	row->bytes = arena_str(&r->arena, bytes);
}

static ssize_t record_pwrite(struct vfile_disk *d, int handle, struct str bytes, uint64_t offset)
{
	struct record *r = mine(d);
	int inner = r->handles[handle];
	ssize_t n = r->inner->ops->pwrite(r->inner, inner, bytes, offset);
	ssize_t there = n;
	char *copy;

	if (n < 0) {
		/* What a failed write did only the disk knows. */
		copy = arena_alloc(&r->arena, bytes.len);
		there = r->inner->ops->pread(r->inner, inner, copy, bytes.len, offset);
		bytes.ptr = copy;
	}
	if (there > 0)
		add_write(r, r->handle_files[handle], offset, str_until(bytes, (size_t)there));
	return n;
}

static int record_size(struct vfile_disk *d, int handle, uint64_t *ret_bytes)
{
	struct record *r = mine(d);

	return r->inner->ops->size(r->inner, r->handles[handle], ret_bytes);
}

static void add_size(struct record *r, size_t file, uint64_t size)
{
	struct record_row *row = add(r, RECORD_SIZE);

	row->file = file;
	row->offset = size;
}

static int record_truncate(struct vfile_disk *d, int handle, uint64_t size)
{
	struct record *r = mine(d);
	int rc = r->inner->ops->truncate(r->inner, r->handles[handle], size);

	if (rc == 0)
		add_size(r, r->handle_files[handle], size);
	return rc;
}

static int record_allocate(struct vfile_disk *d, int handle, uint64_t size)
{
	struct record *r = mine(d);
	int rc = r->inner->ops->allocate(r->inner, r->handles[handle], size);
	uint64_t now;

	if (rc == 0 && r->inner->ops->size(r->inner, r->handles[handle], &now) == 0)
		add_size(r, r->handle_files[handle], now);
	return rc;
}

static int record_sync(struct vfile_disk *d, int handle, bool is_data_only)
{
	struct record *r = mine(d);
	int rc = r->inner->ops->sync(r->inner, r->handles[handle], is_data_only);
	struct record_row *row = add(r, RECORD_SYNC);

	row->file = r->handle_files[handle];
	row->is_failed = rc != 0;
	return rc;
}

static int record_rename(struct vfile_disk *d, const char *from, const char *to)
{
	struct record *r = mine(d);
	int rc = r->inner->ops->rename(r->inner, from, to);
	struct record_name *name = find(r, from);
	struct record_row *row;

	if (rc != 0 || strcmp(from, to) == 0)
		return rc;
	assert(name); /* everything on the disk was there at the beginning or came through here */
	row = add(r, RECORD_RENAME);
	row->path = keep(r, from);
	row->to = keep(r, to);
	row->file = name->file;
	drop(r, to);
	name = find(r, from); /* it may have moved */
	assert(name);
	name->path = row->to;
	return 0;
}

static int name_change(struct vfile_disk *d, int rc, enum record_kind kind, const char *path)
{
	if (rc == 0)
		add(mine(d), kind)->path = keep(mine(d), path);
	return rc;
}

static int record_unlink(struct vfile_disk *d, const char *path)
{
	struct record *r = mine(d);
	int rc = name_change(d, r->inner->ops->unlink(r->inner, path), RECORD_UNLINK, path);

	if (rc == 0)
		drop(r, path);
	return rc;
}

static int record_mkdir(struct vfile_disk *d, const char *path)
{
	struct record *r = mine(d);

	return name_change(d, r->inner->ops->mkdir(r->inner, path), RECORD_MKDIR, path);
}

static int record_rmdir(struct vfile_disk *d, const char *path)
{
	struct record *r = mine(d);

	return name_change(d, r->inner->ops->rmdir(r->inner, path), RECORD_RMDIR, path);
}

static int record_sync_dir(struct vfile_disk *d, const char *path)
{
	struct record *r = mine(d);
	int rc = r->inner->ops->sync_dir(r->inner, path);
	struct record_row *row = add(r, RECORD_SYNC_DIR);

	row->path = keep(r, path);
	row->is_failed = rc != 0;
	return rc;
}

static int record_list(struct vfile_disk *d, const char *path, vfile_each *each, void *context)
{
	struct record *r = mine(d);

	return r->inner->ops->list(r->inner, path, each, context);
}

static void record_free(struct vfile_disk *d)
{
	arena_done(&mine(d)->arena);
	free(d);
}

static const struct vfile_ops record_ops = {
	.open = record_open,
	.close = record_close,
	.pread = record_pread,
	.pwrite = record_pwrite,
	.size = record_size,
	.truncate = record_truncate,
	.allocate = record_allocate,
	.sync = record_sync,
	.rename = record_rename,
	.unlink = record_unlink,
	.mkdir = record_mkdir,
	.rmdir = record_rmdir,
	.sync_dir = record_sync_dir,
	.list = record_list,
	.free = record_free,
};

static void add_content(struct record *r, const char *path, struct err *e)
{
	size_t file = add_file(r, path);
	struct str bytes;

	if (vfile_load(r->inner, path, RECORDING_BYTES, &r->arena, &bytes, e) != 0)
		abort(); /* a recording that begins with a lie is worth nothing */
	if (bytes.len > 0)
		add_write(r, file, 0, bytes);
}

/* Write down what is there already, folder by folder. */
static void add_snapshot(struct record *r)
{
	VEC(const char *) folders = { 0 };
	struct vfile_names names;
	struct err e = { 0 };

	vec_push(&r->arena, &folders, "");
	for (size_t i = 0; i < folders.len; i++) {
		const char *folder = folders.at[i];

		if (vfile_list(r->inner, folder, &r->arena, &names, &e) != 0)
			abort();
		for (size_t j = 0; j < names.len; j++) {
			struct str path = arena_fmt(
				&r->arena, "%s%s%s", folder, *folder ? "/" : "", names.at[j].name);

			if (!names.at[j].is_folder) {
				add_content(r, path.ptr, &e);
				continue;
			}
			add(r, RECORD_MKDIR)->path = path.ptr;
			vec_push(&r->arena, &folders, path.ptr);
		}
	}
	r->snapshot = r->rows.len;
}

struct vfile_disk *vfile_record_new(struct vfile_disk *inner)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->base.ops = &record_ops;
	r->inner = inner;
	for (int i = 0; i < MEMORY_HANDLES; i++)
		r->handles[i] = -1;
	arena_init(&r->arena, RECORDING_BYTES);
	add_snapshot(r);
	return &r->base;
}

void vfile_record_mark(struct vfile_disk *record, uint64_t promise)
{
	add(mine(record), RECORD_MARK)->offset = promise;
}
