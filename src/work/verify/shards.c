/* shards.c - all shards of a folder, each held against the one before it. */
#include "core/trail/shard_id.h"
#include "work/verify/verify_int.h"

#include <stdlib.h>
#include <string.h>

struct run {
	const struct verify_job *job;
	verify_each *each;
	void *context;
	struct arena *a;
	size_t shards;
	bool has_findings;
};

struct shard {
	const char *name, *path;
	int number;
	struct verify_report *report; /* NULL: it was not begun */
};

struct shards {
	struct shard *at;
	size_t len;
};

static int by_number(const void *a, const void *b)
{
	const struct shard *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
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

static void *copied(struct arena *a, const void *from, size_t bytes)
{
	return bytes ? memcpy(arena_alloc(a, bytes), from, bytes) : NULL;
}

/* The report of the shard stays for those after it; what it was made with goes. */
static int one(struct run *run, const char *path, struct vfile_disk *d,
	const struct verify_report *before, struct verify_report *ret, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, VERIFY_MEMORY_BYTES);
	rc = verify_shard(d, run->job, before, &a, ret, e);
	if (rc == 0) {
		run->shards++;
		ret->identity.name = arena_str(run->a, ret->identity.name);
		ret->identity.label = STR("");
		ret->recovery.name = arena_str(run->a, ret->recovery.name);
		ret->recovery.label = STR("");
		ret->redacted_at = copied(
			run->a, ret->redacted_at, ret->redacted_kept * sizeof(*ret->redacted_at));
		ret->decided =
			copied(run->a, ret->decided, ret->decided_count * sizeof(*ret->decided));
		ret->leaving =
			copied(run->a, ret->leaving, ret->leaving_count * sizeof(*ret->leaving));
	} else {
		err_context(e, "\"%s\"", path);
	}
	arena_done(&a);
	return rc;
}

static void tell(struct run *run, const char *path, const struct verify_report *r)
{
	run->each(run->context, path, r);
	run->has_findings = run->has_findings || r->finding_count > 0;
}

static bool is_decided(const struct shards *all, struct verify_place place)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct verify_report *r = all->at[i].report;

		for (size_t k = 0; r && k < r->decided_count; k++)
			if (r->decided[k].shard == place.shard &&
				r->decided[k].index == place.index)
				return true;
	}
	return false;
}

/* Who may write here could take a text out, and say of it that somebody had allowed it: then the
 * decision is in the log, sealed. More than are kept are none that anybody decided one by one. */
static void judge_redacted(const struct shards *all, const struct shard *s)
{
	struct verify_report *r = s->report;

	for (size_t i = 0; i < all->len; i++)
		if (all->at[i].report && all->at[i].report->is_stopped)
			return; /* the decision may stand in what was not read */
	for (size_t k = 0; k < r->redacted_kept; k++)
		if (!is_decided(all, (struct verify_place){ s->number, r->redacted_at[k] }))
			found_in(r, VERIFY_UNDECIDED, r->redacted_at[k], r->redacted_at[k] + 1, "",
				"");
	if (r->redacted > r->redacted_kept)
		found_in(r, VERIFY_UNDECIDED, r->redacted_at[r->redacted_kept - 1] + 1,
			r->signed_size, "", "");
}

/* How far from FIRST on the entries of shard ORDER have left. */
static uint64_t left_until(const struct shards *all, int number, uint64_t first)
{
	bool goes_on = true;

	while (goes_on) {
		goes_on = false;
		for (size_t i = 0; i < all->len; i++) {
			const struct verify_report *r = all->at[i].report;

			for (size_t k = 0; r && k < r->leaving_count; k++)
				if (r->leaving[k].shard == number && r->leaving[k].first <= first &&
					r->leaving[k].end > first) {
					first = r->leaving[k].end;
					goes_on = true;
				}
		}
	}
	return first;
}

/* What left by the rules of retention is not missing: the log says so, sealed before it went. What
 * is missing beside that stays a finding. */
static void judge_missing(const struct shards *all, const struct shard *s)
{
	struct verify_report *r = s->report;
	size_t kept = 0,
	       count = r->finding_count < VERIFY_FINDINGS_MAX ? r->finding_count :
								VERIFY_FINDINGS_MAX;

	for (size_t i = 0; i < count; i++) {
		struct verify_finding f = r->findings[i];
		uint64_t until = f.fault == VERIFY_MISSING && f.end > f.first ?
			left_until(all, s->number, f.first) :
			f.first;

		until = until < f.end ? until : f.end;
		if (until > f.first) {
			r->left += until - f.first;
			f.first = f.likely = until;
			if (f.first == f.end)
				continue;
		}
		r->findings[kept++] = f;
	}
	r->finding_count -= count - kept;
}

static int read_shards(struct run *run, struct shards *all, struct err *e)
{
	struct verify_report *before = NULL;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < all->len; i++) {
		struct shard *s = &all->at[i];
		struct verify_report *r;
		struct vfile_disk *d;

		rc = vfile_disk_open(s->path, &d, e);
		if (rc < 0)
			break;
		if (has_file(d, "origin")) {
			r = arena_new(run->a, struct verify_report);
			rc = one(run, s->path, d, before, r, e);
			s->report = before = r;
		}
		vfile_disk_close(d);
	}
	return rc;
}

static int shards_of(struct run *run, const char *path, struct vfile_disk *log, struct err *e)
{
	VEC(struct shard) shards = { 0 };
	struct vfile_names names;
	struct shards all;
	int number;
	int rc = vfile_list(log, "", run->a, &names, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.len; i++)
		if (names.at[i].is_folder && shard_id_parse(str_of(names.at[i].name), &number))
			vec_push(run->a, &shards,
				((struct shard){ .name = names.at[i].name,
					.path = arena_fmt(run->a, "%s/%s", path, names.at[i].name)
							.ptr,
					.number = number }));
	if (shards.len > 0)
		qsort(shards.at, shards.len, sizeof(*shards.at), by_number);
	all = (struct shards){ shards.at, shards.len };
	rc = read_shards(run, &all, e);
	for (size_t i = 0; rc == 0 && i < all.len; i++)
		if (all.at[i].report) {
			judge_redacted(&all, &all.at[i]);
			judge_missing(&all, &all.at[i]);
			tell(run, all.at[i].path, all.at[i].report);
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
	if (has_file(d, "origin")) {
		rc = one(run, dir, d, NULL, &report, e);
		if (rc == 0)
			tell(run, dir, &report);
	} else {
		rc = shards_of(run, dir, d, e);
	}
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
