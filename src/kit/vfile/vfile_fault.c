/* vfile_fault.c - a disk whose n-th call fails. */
#include "kit/vfile/vfile_crash.h"

#include <errno.h>
#include <stdlib.h>

struct fault {
	struct vfile_disk base;
	struct vfile_disk *inner;
	struct vfile_fault plan;
	uint64_t calls;
};

static struct fault *fault_of(struct vfile_disk *d)
{
	return (struct fault *)d;
}

static struct vfile_disk *inner_of(struct vfile_disk *d)
{
	return fault_of(d)->inner;
}

/* One more call: is it the one, or one after it that fails too? */
static bool is_struck(struct vfile_disk *d)
{
	struct fault *f = fault_of(d);

	f->calls++;
	return f->plan.nth > 0 &&
		(f->calls == f->plan.nth ||
			(f->plan.is_short_first && f->calls == f->plan.nth + 1) ||
			(f->plan.is_lasting && f->calls > f->plan.nth));
}

/* For calls that a short write is nothing to. */
static int struck(struct vfile_disk *d)
{
	return is_struck(d) ? -fault_of(d)->plan.errno_value : 0;
}

static int struck_read(struct vfile_disk *d)
{
	return fault_of(d)->plan.reads_count ? struck(d) : 0;
}

static int fault_open(struct vfile_disk *d, const char *path, enum vfile_mode mode, int *ret_handle)
{
	int rc = mode == VFILE_CREATE ? struck(d) : struck_read(d);

	return rc != 0 ? rc : inner_of(d)->ops->open(inner_of(d), path, mode, ret_handle);
}

static void fault_close(struct vfile_disk *d, int handle)
{
	inner_of(d)->ops->close(inner_of(d), handle);
}

static ssize_t fault_pread(struct vfile_disk *d, int handle, void *to, size_t size, uint64_t offset)
{
	int rc = struck_read(d);

	return rc != 0 ? rc : inner_of(d)->ops->pread(inner_of(d), handle, to, size, offset);
}

static ssize_t fault_pwrite(struct vfile_disk *d, int handle, struct str bytes, uint64_t offset)
{
	struct fault *f = fault_of(d);
	bool is_bad = is_struck(d), is_told;
	ssize_t n = 0;

	if (is_bad && bytes.len > 1)
		bytes = str_until(bytes, bytes.len / 2);
	else if (is_bad && f->plan.errno_value != 0)
		return -f->plan.errno_value;
	n = f->inner->ops->pwrite(f->inner, handle, bytes, offset);
	is_told = f->plan.errno_value == 0 || (f->plan.is_short_first && f->calls == f->plan.nth);
	return !is_bad || is_told ? n : -f->plan.errno_value;
}

static int fault_size(struct vfile_disk *d, int handle, uint64_t *ret_bytes)
{
	return inner_of(d)->ops->size(inner_of(d), handle, ret_bytes);
}

static int fault_truncate(struct vfile_disk *d, int handle, uint64_t size)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->truncate(inner_of(d), handle, size);
}

static int fault_allocate(struct vfile_disk *d, int handle, uint64_t size)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->allocate(inner_of(d), handle, size);
}

static int fault_sync(struct vfile_disk *d, int handle, bool is_data_only)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->sync(inner_of(d), handle, is_data_only);
}

static int fault_rename(struct vfile_disk *d, const char *from, const char *to)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->rename(inner_of(d), from, to);
}

static int fault_unlink(struct vfile_disk *d, const char *path)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->unlink(inner_of(d), path);
}

static int fault_mkdir(struct vfile_disk *d, const char *path)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->mkdir(inner_of(d), path);
}

static int fault_rmdir(struct vfile_disk *d, const char *path)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->rmdir(inner_of(d), path);
}

static int fault_sync_dir(struct vfile_disk *d, const char *path)
{
	int rc = struck(d);

	return rc != 0 ? rc : inner_of(d)->ops->sync_dir(inner_of(d), path);
}

static int fault_list(struct vfile_disk *d, const char *path, vfile_each *each, void *context)
{
	int rc = struck_read(d);

	return rc != 0 ? rc : inner_of(d)->ops->list(inner_of(d), path, each, context);
}

static void fault_free(struct vfile_disk *d)
{
	free(d);
}

static const struct vfile_ops fault_ops = {
	.open = fault_open,
	.close = fault_close,
	.pread = fault_pread,
	.pwrite = fault_pwrite,
	.size = fault_size,
	.truncate = fault_truncate,
	.allocate = fault_allocate,
	.sync = fault_sync,
	.rename = fault_rename,
	.unlink = fault_unlink,
	.mkdir = fault_mkdir,
	.rmdir = fault_rmdir,
	.sync_dir = fault_sync_dir,
	.list = fault_list,
	.free = fault_free,
};

struct vfile_disk *vfile_fault_new(struct vfile_disk *inner, struct vfile_fault fault)
{
	struct fault *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	*f = (struct fault){ { &fault_ops }, inner, fault, 0 };
	return &f->base;
}

uint64_t vfile_fault_calls(const struct vfile_disk *fault)
{
	return ((const struct fault *)fault)->calls;
}
