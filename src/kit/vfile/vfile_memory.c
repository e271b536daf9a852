/* vfile_memory.c - a disk in memory: a list of names and their files. Small disks; found by
 * walking. */
#include "kit/vfile/vfile_int.h"

#include <errno.h>
#include <stdlib.h>

#define ARENA_BYTES (256 * MIB)

static struct memory *memory_of(struct vfile_disk *d)
{
	return (struct memory *)d;
}

bool path_is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (len == 0)
		return strchr(path, '/') == NULL;
	return strncmp(path, folder, len) == 0 && path[len] == '/' && !strchr(path + len + 1, '/');
}

static struct memory_name *find(struct memory *m, const char *path)
{
	for (size_t i = 0; i < m->names.len; i++)
		if (strcmp(m->names.at[i].path, path) == 0)
			return &m->names.at[i];
	return NULL;
}

static bool is_folder(struct memory *m, const char *path)
{
	struct memory_name *n = *path ? find(m, path) : NULL;

	return *path == '\0' || (n && !n->file);
}

/* The folder PATH is to stand in is there. */
static bool has_parent(struct memory *m, const char *path)
{
	const char *end = strrchr(path, '/');
	char folder[VFILE_NAME_SIZE] = "";

	if (end)
		memcpy(folder, path, (size_t)(end - path));
	return is_folder(m, folder);
}

static void forget(struct memory *m, struct memory_name *n)
{
	if (n->file)
		n->file->users--;
	*n = m->names.at[--m->names.len];
}

void memory_reserve(struct memory_file *f, size_t size)
{
	size_t room = f->room ? f->room : 256;

	if (size <= f->room)
		return;
	while (room < size)
		room *= 2;
	f->bytes = realloc(f->bytes, room);
	if (!f->bytes)
		abort();
	memset(f->bytes + f->room, 0, room - f->room);
	f->room = room;
}

struct memory_file *memory_add_file(struct memory *m, const char *path)
{
	struct memory_file *f = arena_new(&m->arena, struct memory_file);

	f->older = m->files;
	f->users = 1;
	m->files = f;
	vec_push(&m->arena, &m->names,
		((struct memory_name){ arena_cstr(&m->arena, str_of(path)), f }));
	return f;
}

void memory_add_folder(struct memory *m, const char *path)
{
	vec_push(&m->arena, &m->names,
		((struct memory_name){ arena_cstr(&m->arena, str_of(path)), NULL }));
}

static int memory_open(
	struct vfile_disk *d, const char *path, enum vfile_mode mode, int *ret_handle)
{
	struct memory *m = memory_of(d);
	struct memory_name *n = find(m, path);
	struct memory_file *f;
	int i = 0;

	if (mode == VFILE_CREATE ? n != NULL : !n)
		return n ? -EEXIST : -ENOENT;
	if (n && !n->file)
		return -EISDIR;
	while (i < MEMORY_HANDLES && m->handles[i].file)
		i++;
	if (i == MEMORY_HANDLES)
		return -EMFILE;
	if (!n && !has_parent(m, path))
		return -ENOENT;
	f = n ? n->file : memory_add_file(m, path);
	if (f->load) {
		f->load(f, f->context, f->number);
		f->load = NULL;
	}
	f->users++;
	m->handles[i].file = f;
	m->handles[i].is_writable = mode != VFILE_READ;
	*ret_handle = i;
	return 0;
}

static void memory_close(struct vfile_disk *d, int handle)
{
	memory_of(d)->handles[handle].file->users--;
	memory_of(d)->handles[handle].file = NULL;
}

static ssize_t memory_pread(
	struct vfile_disk *d, int handle, void *to, size_t size, uint64_t offset)
{
	struct memory_file *f = memory_of(d)->handles[handle].file;

	if (offset >= f->size)
		return 0;
	if (size > f->size - offset)
		size = f->size - (size_t)offset;
	memcpy(to, f->bytes + offset, size);
	return (ssize_t)size;
}

static ssize_t memory_pwrite(struct vfile_disk *d, int handle, struct str bytes, uint64_t offset)
{
	struct memory_file *f = memory_of(d)->handles[handle].file;

	if (!memory_of(d)->handles[handle].is_writable)
		return -EBADF;
	if (offset > ARENA_BYTES || bytes.len > ARENA_BYTES - offset)
		return -ENOSPC;
	memory_reserve(f, (size_t)offset + bytes.len);
	memcpy(f->bytes + offset, bytes.ptr, bytes.len);
	if (f->size < offset + bytes.len)
		f->size = (size_t)offset + bytes.len;
	return (ssize_t)bytes.len;
}

static int memory_size(struct vfile_disk *d, int handle, uint64_t *ret_bytes)
{
	*ret_bytes = memory_of(d)->handles[handle].file->size;
	return 0;
}

static int memory_truncate(struct vfile_disk *d, int handle, uint64_t size)
{
	struct memory_file *f = memory_of(d)->handles[handle].file;

	if (!memory_of(d)->handles[handle].is_writable)
		return -EINVAL;
	if (size > ARENA_BYTES)
		return -ENOSPC;
	if (size < f->size)
		memset(f->bytes + size, 0, f->size - (size_t)size);
	memory_reserve(f, (size_t)size);
	f->size = (size_t)size;
	return 0;
}

static int memory_allocate(struct vfile_disk *d, int handle, uint64_t size)
{
	struct memory_file *f = memory_of(d)->handles[handle].file;

	return size > f->size ? memory_truncate(d, handle, size) : 0;
}

static int memory_sync(struct vfile_disk *d, int handle, bool is_data_only)
{
	return 0;
}

static int memory_rename(struct vfile_disk *d, const char *from, const char *to)
{
	struct memory *m = memory_of(d);
	struct memory_name *n = find(m, from), *old = find(m, to);
	char *path;

	if (!n || !has_parent(m, to))
		return -ENOENT;
	if (!n->file || (old && !old->file))
		return -EISDIR;
	if (n == old)
		return 0;
	path = arena_cstr(&m->arena, str_of(to));
	n->path = path;
	if (old)
		forget(m, old);
	return 0;
}

static int memory_unlink(struct vfile_disk *d, const char *path)
{
	struct memory *m = memory_of(d);
	struct memory_name *n = find(m, path);

	if (!n || !n->file)
		return n ? -EISDIR : -ENOENT;
	forget(m, n);
	return 0;
}

static int memory_mkdir(struct vfile_disk *d, const char *path)
{
	struct memory *m = memory_of(d);

	if (find(m, path))
		return -EEXIST;
	if (!has_parent(m, path))
		return -ENOENT;
	memory_add_folder(m, path);
	return 0;
}

static int memory_rmdir(struct vfile_disk *d, const char *path)
{
	struct memory *m = memory_of(d);
	struct memory_name *n = find(m, path);

	if (!n || n->file)
		return n ? -ENOTDIR : -ENOENT;
	for (size_t i = 0; i < m->names.len; i++)
		if (path_is_in(m->names.at[i].path, path))
			return -ENOTEMPTY;
	forget(m, n);
	return 0;
}

static int memory_sync_dir(struct vfile_disk *d, const char *path)
{
	return is_folder(memory_of(d), path) ? 0 : -ENOENT;
}

static int memory_list(struct vfile_disk *d, const char *path, vfile_each *each, void *context)
{
	struct memory *m = memory_of(d);
	size_t skip = *path ? strlen(path) + 1 : 0;

	if (!is_folder(m, path))
		return -ENOENT;
	for (size_t i = 0; i < m->names.len; i++)
		if (path_is_in(m->names.at[i].path, path))
			each(context, m->names.at[i].path + skip, !m->names.at[i].file);
	return 0;
}

static void memory_free(struct vfile_disk *d)
{
	memory_clear(memory_of(d));
	free(d);
}

static const struct vfile_ops memory_ops = {
	.open = memory_open,
	.close = memory_close,
	.pread = memory_pread,
	.pwrite = memory_pwrite,
	.size = memory_size,
	.truncate = memory_truncate,
	.allocate = memory_allocate,
	.sync = memory_sync,
	.rename = memory_rename,
	.unlink = memory_unlink,
	.mkdir = memory_mkdir,
	.rmdir = memory_rmdir,
	.sync_dir = memory_sync_dir,
	.list = memory_list,
	.free = memory_free,
};

void memory_init(struct memory *m)
{
	*m = (struct memory){ .base = { &memory_ops } };
	arena_init(&m->arena, ARENA_BYTES);
}

void memory_clear(struct memory *m)
{
	for (struct memory_file *f = m->files; f; f = f->older)
		free(f->bytes);
	arena_done(&m->arena);
	memory_init(m);
}

struct vfile_disk *vfile_memory_new(void)
{
	struct memory *m = malloc(sizeof(*m));

	if (!m)
		abort();
	memory_init(m);
	return &m->base;
}
