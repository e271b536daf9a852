/* shards.c - all shards of a folder, each held against the one before it. */
#include "work/verify/verify_int.h"

#include <stdlib.h>

struct run {
	const struct verify_job *job;
	verify_each *each;
	void *context;
	struct arena *a;
	size_t shards;
	bool has_findings;
};

struct shard {
	const char *name;
	uint64_t order;
};

/* "2026", or "2026.2" after a restore. */
static bool parse_shard(const char *name, uint64_t *ret_order)
{
	struct str year = str_of(name), part;
	uint64_t y, p = 1;

	if (str_split(str_of(name), '.', &year, &part) && !str_to_u64(part, 10, &p))
		return false;
	if (year.len != 4 || !str_to_u64(year, 10, &y) || p > 999)
		return false;
	*ret_order = y * 1000 + p;
	return true;
}

static int by_order(const void *a, const void *b)
{
	const struct shard *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static bool has_file(struct vfile_disk *d, const char *name)
{
	struct vfile f;
	struct err e;

	if (vfile_open(d, name, VFILE_READ, &f, &e) != 0)
		return false;
	vfile_close(&f);
	return true;
}

/* The report of the shard stays for the one after it; what it was made with goes. */
static int one(struct run *run, const char *path, struct vfile_disk *d,
	const struct verify_report *before, struct verify_report *ret, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, VERIFY_MEMORY_BYTES);
	rc = verify_shard(d, run->job, before, &a, ret, e);
	if (rc == 0) {
		run->each(run->context, path, ret);
		run->shards++;
		run->has_findings = run->has_findings || ret->finding_count > 0;
		ret->identity.name = arena_str(run->a, ret->identity.name);
		ret->identity.label = STR("");
		ret->recovery.name = arena_str(run->a, ret->recovery.name);
		ret->recovery.label = STR("");
	} else {
		err_context(e, "\"%s\"", path);
	}
	arena_done(&a);
	return rc;
}

static int shards_of(struct run *run, const char *path, struct vfile_disk *log, struct err *e)
{
	struct verify_report reports[2], *before = NULL;
	VEC(struct shard) shards = { 0 };
	struct vfile_names names;
	uint64_t order;
	int rc = vfile_list(log, "", run->a, &names, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.len; i++)
		if (names.at[i].is_folder && parse_shard(names.at[i].name, &order))
			vec_push(run->a, &shards, ((struct shard){ names.at[i].name, order }));
	if (shards.len > 0)
		qsort(shards.at, shards.len, sizeof(*shards.at), by_order);
	for (size_t i = 0; rc == 0 && i < shards.len; i++) {
		const char *full = arena_fmt(run->a, "%s/%s", path, shards.at[i].name).ptr;
		struct vfile_disk *d;

		rc = vfile_disk_open(full, &d, e);
		if (rc < 0)
			break;
		if (has_file(d, "origin")) {
			rc = one(run, full, d, before, &reports[i % 2], e);
			before = &reports[i % 2];
		}
		vfile_disk_close(d);
	}
	return rc;
}

/* The folder itself may be a shard; else it holds shards. No such folder is no shard. */
static int in_folder(struct run *run, const char *dir, struct err *e)
{
	struct verify_report report;
	struct vfile_disk *d;
	int rc = vfile_disk_open(dir, &d, e);

	if (rc < 0)
		return rc;
	rc = has_file(d, "origin") ? one(run, dir, d, NULL, &report, e) : shards_of(run, dir, d, e);
	vfile_disk_close(d);
	return rc;
}

/* A data folder holds two logs. */
static int below(struct run *run, const char *dir, struct err *e)
{
	static const char *const logs[] = { "log", "trail" };
	int rc = in_folder(run, dir, e);

	if (rc < 0 || run->shards > 0)
		return rc;
	for (size_t i = 0; i < COUNT(logs) && rc == 0; i++) {
		rc = in_folder(run, arena_fmt(run->a, "%s/%s", dir, logs[i]).ptr, e);
		if (rc == ERR_ABSENT)
			rc = 0;
	}
	return rc;
}

int verify_archive(const char *dir, const struct verify_job *job, verify_each *each, void *context,
	struct err *e)
{
	struct arena a;
	struct run run = { .job = job, .each = each, .context = context, .a = &a };
	int rc;

	arena_init(&a, 16 * MIB);
	rc = below(&run, dir, e);
	if (rc == 0 && run.shards == 0)
		rc = err_set(e, ERR_ABSENT, "there is no sealed log below \"%s\"", dir);
	arena_done(&a);
	return rc == 0 ? run.has_findings : rc;
}
