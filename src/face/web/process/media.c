/* media.c - the process that looks which external disks are plugged in and does the order of a
 * page: make one ours, write months on it, read them back. It comes and goes. */
#include "face/web/process/media.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/org/org.h"
#include "face/web/process/archive_note.h"
#include "work/archive/keep.h"
#include "work/hostaudit/hostaudit.h"
#include "work/seal/seal.h"

#define MEMORY (64 * MIB)
#define DEPTH_MAX 2 /* /media/USER/DISK */
#define ENTRIES_MAX 256
#define TELL_US 500000

static const char *const usual[] = { "/media", "/run/media", "/mnt", NULL };

struct disk {
	struct keep_medium is; /* id "" when it is none of ours yet */
	const char *path;
	uint64_t free_bytes, size_bytes;
};

struct media {
	struct store *store;
	struct arena *a;
	struct vfile_disk *notes;
	const char *log; /* its folder */
	bool is_given;   /* each folder of --media is a disk, mounted or not */
	struct disk disks[MEDIA_DISKS_MAX];
	size_t count;
};

/* --- what is there ---------------------------------------------------------------------------- */

static void add_disk(struct media *m, const char *path, const struct keep_medium *is)
{
	struct disk *d = &m->disks[m->count];
	struct statvfs fs;

	if (m->count == MEDIA_DISKS_MAX)
		return;
	*d = (struct disk){ .is = *is, .path = path };
	if (statvfs(path, &fs) == 0) {
		d->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
		d->size_bytes = (uint64_t)fs.f_blocks * fs.f_frsize;
	}
	m->count++;
}

/* A disk of ours, one that could become ours, or neither. */
static bool take_disk(struct media *m, const char *path, bool is_mount)
{
	struct keep_medium is = { 0 };
	struct vfile_disk *d = NULL;
	struct err none = { 0 };
	int rc = vfile_disk_open(path, &d, &none);

	if (rc == 0)
		rc = keep_medium(d, &is, &none);
	vfile_disk_close(d);
	if (rc != 0 && (rc != ERR_ABSENT || !is_mount))
		return false;
	if (strpbrk(path, "\t\n"))
		return false; /* it could not be named in a line */
	add_disk(m, path, &is);
	return true;
}

static void look_below(struct media *m, const char *folder, int depth)
{
	struct stat above, st;
	struct dirent *entry;
	DIR *dir = opendir(folder);

	if (!dir || fstat(dirfd(dir), &above) != 0) {
		if (dir)
			closedir(dir);
		return;
	}
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)) != NULL; i++) {
		const char *path = arena_fmt(m->a, "%s/%s", folder, entry->d_name).ptr;

		if (entry->d_name[0] == '.' || lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		if (!take_disk(m, path, m->is_given || st.st_dev != above.st_dev) &&
			depth < DEPTH_MAX && !m->is_given)
			look_below(m, path, depth + 1);
	}
	closedir(dir);
}

static int keep_if_new(struct media *m, const char *setting, struct str text, struct err *e)
{
	struct str old = STR_NONE;
	int rc = org_setting(m->store, setting, m->a, &old, e);

	return rc < 0 || str_eq(old, text) ? rc : org_set(m->store, setting, text, e);
}

/* In MB: a page needs no more, and the setting changes less often. */
static int tell_seen(struct media *m, struct err *e)
{
	struct str all = STR("");

	for (size_t i = 0; i < m->count; i++)
		all = arena_fmt(m->a, "%.*s%s\t%s\t%s\t%llu\t%llu\n", STR_FMT(all),
			m->disks[i].is.id, m->disks[i].is.label, m->disks[i].path,
			(unsigned long long)(m->disks[i].free_bytes / 1000000),
			(unsigned long long)(m->disks[i].size_bytes / 1000000));
	return keep_if_new(m, MEDIA_SEEN, all, e);
}

/* --- an order --------------------------------------------------------------------------------- */

struct order {
	enum keep_work work;
	struct str path, what; /* a label, a month, or MEDIA_ALL */
	struct vfile_disk *medium;
	struct keep_medium which;
	size_t done, all;
	/* who watches is told how far it is with a month */
	struct media *media;
	const char *month;
	int64_t told_us;
};

/* Months of all shards, oldest first: in which shard, and its name. */
struct month {
	const char *shard, *name;
};

static int list_months(struct media *m, struct month **ret, size_t *ret_count, struct err *e)
{
	const char *const *shards, *const *months;
	struct vfile_disk *log = NULL, *shard;
	size_t shard_count = 0, count = 0, all = 0;
	struct month *list = arena_array(m->a, struct month, 12 * 200);
	int rc = vfile_disk_open(m->log, &log, e);

	if (rc == 0)
		rc = seal_shards(log, m->a, &shards, &shard_count, e);
	vfile_disk_close(log);
	for (size_t i = 0; rc == 0 && i < shard_count; i++) {
		rc = vfile_disk_open(arena_fmt(m->a, "%s/%s", m->log, shards[i]).ptr, &shard, e);
		if (rc < 0)
			break;
		rc = keep_months(shard, m->a, &months, &count, e);
		for (size_t k = 0; rc == 0 && k < count && all < 12 * 200; k++)
			list[all++] = (struct month){ shards[i], months[k] };
		vfile_disk_close(shard);
	}
	*ret = list;
	*ret_count = rc == 0 ? all : 0;
	return rc;
}

static void tell(struct order *o, uint64_t bytes, uint64_t all_bytes)
{
	struct err none;
	char text[128];

	snprintf(text, sizeof(text), "%zu %zu %llu %llu %s", o->done, o->all,
		(unsigned long long)bytes, (unsigned long long)all_bytes, o->month);
	o->told_us = clock_monotonic_us();
	/* who watches sees less when it fails; the work goes on */
	(void)!vfile_replace(o->media->notes, MEDIA_PROGRESS, str_of(text), &none);
}

static void tell_bytes(void *context, uint64_t bytes, uint64_t all_bytes)
{
	struct order *o = context;

	if (clock_monotonic_us() - o->told_us > TELL_US)
		tell(o, bytes, all_bytes);
}

/* Has the disk this month, by the receipt? */
static bool has_copy(
	struct media *m, struct vfile_disk *shard, const char *month, const struct order *o)
{
	struct keep_copy *copies;
	struct err none;
	size_t count;

	if (keep_copies(shard, month, m->a, &copies, &count, &none) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(copies[i].id, o->which.id) == 0)
			return true;
	return false;
}

/* All: what is written is what the disk lacks, and what is read back is what it has. A month whose
 * segments have left this machine is only on disks, and is not written any more. */
static int do_month(struct media *m, struct order *o, const struct month *month, struct err *e)
{
	const struct keep_watch watch = { tell_bytes, o };
	struct vfile_disk *shard;
	int rc = vfile_disk_open(arena_fmt(m->a, "%s/%s", m->log, month->shard).ptr, &shard, e);

	if (rc < 0)
		return rc;
	if (!str_is(o->what, MEDIA_ALL) ||
		has_copy(m, shard, month->name, o) == (o->work == KEEP_CHECKING)) {
		o->month = month->name;
		tell(o, 0, 0);
		rc = o->work == KEEP_CHECKING ?
			keep_check(shard, month->name, o->medium, clock_now_s(), &watch, e) :
			keep_export(shard, month->name, o->medium, clock_now_s(), &watch, e);
		o->done += rc == 0;
	} else {
		o->all--;
	}
	vfile_disk_close(shard);
	return rc < 0 ? err_context(e, "%s", month->name) : rc;
}

/* The month has its list made in each shard of its year that holds some of it. */
static int do_pack(struct media *m, struct order *o, struct err *e)
{
	const struct keep_watch watch = { tell_bytes, o };
	const char *const *shards;
	struct vfile_disk *log = NULL, *shard;
	size_t count = 0;
	int rc = vfile_disk_open(m->log, &log, e);

	o->month = arena_cstr(m->a, o->what);
	o->all = 1;
	if (rc == 0)
		rc = seal_shards(log, m->a, &shards, &count, e);
	vfile_disk_close(log);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (strncmp(shards[i], o->month, 4) != 0)
			continue;
		rc = vfile_disk_open(arena_fmt(m->a, "%s/%s", m->log, shards[i]).ptr, &shard, e);
		if (rc < 0)
			break;
		tell(o, 0, 0);
		rc = keep_close(shard, o->month, &watch, e);
		o->done |= rc == 0;
		if (rc == ERR_ABSENT)
			rc = 0;
		vfile_disk_close(shard);
	}
	if (rc == 0 && o->done == 0)
		rc = err_set(e, ERR_ABSENT, "no closed segment is of %s", o->month);
	return rc;
}

static int do_months(struct media *m, struct order *o, struct err *e)
{
	struct month *months;
	size_t count = 0;
	bool is_all = str_is(o->what, MEDIA_ALL);
	int rc = keep_medium(o->medium, &o->which, e);

	if (rc == 0)
		rc = list_months(m, &months, &count, e);
	o->all = is_all ? count : 1;
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (is_all || str_is(o->what, months[i].name))
			rc = do_month(m, o, &months[i], e);
	if (rc == 0 && !is_all && o->done == 0)
		rc = err_set(e, ERR_ABSENT, "there is no month %.*s", STR_FMT(o->what));
	return rc;
}

/* Only a disk that was found just now: a page does not name paths of its own. */
static int run_order(struct media *m, struct order *o, struct err *e)
{
	int rc = ERR_ABSENT;

	if (o->work == KEEP_PACKING)
		return do_pack(m, o, e);
	for (size_t i = 0; i < m->count; i++)
		if (str_is(o->path, m->disks[i].path))
			rc = vfile_disk_open(m->disks[i].path, &o->medium, e);
	if (rc == ERR_ABSENT && !o->medium)
		return err_set(
			e, ERR_ABSENT, "no disk is mounted at \"%.*s\" any more", STR_FMT(o->path));
	if (rc == 0)
		rc = o->work == KEEP_REGISTERING ? keep_register(o->medium, o->what, e) :
						   do_months(m, o, e);
	vfile_disk_close(o->medium);
	return rc;
}

/* For the page to say in its words, in the language of whoever looks. */
static const char *outcome(struct media *m, const struct order *o, int rc, const struct err *e)
{
	return arena_fmt(m->a, "%lld %d %d %zu\n%.*s\n%s", (long long)clock_now_s(), -rc,
		(int)o->work, o->done,
		STR_FMT(o->work == KEEP_REGISTERING || !*o->month ? o->what : str_of(o->month)),
		rc < 0 ? e->text : "")
		.ptr;
}

static bool parse_order(struct str text, struct order *ret)
{
	static const char *const works[] = { [KEEP_PACKING] = "pack",
		[KEEP_REGISTERING] = "register",
		[KEEP_WRITING] = "write",
		[KEEP_CHECKING] = "check" };
	struct str word;

	if (!str_split(text, ' ', &word, &text) || !str_split(text, '\n', &ret->path, &ret->what))
		return false;
	for (size_t i = 0; i < COUNT(works); i++) {
		ret->work = (enum keep_work)i;
		if (str_is(word, works[i]))
			return true;
	}
	return false;
}

/* An order is done once, whatever comes of it. */
static int do_order(struct media *m, struct err *e)
{
	struct str text = STR_NONE;
	struct order o = { .media = m, .month = "" };
	struct err fault = { 0 }, none;
	int rc = org_setting(m->store, MEDIA_ORDER, m->a, &text, e);

	(void)!vfile_unlink(m->notes, MEDIA_PROGRESS, &none); /* of one that was ended at work */
	if (rc < 0 || text.len == 0)
		return rc;
	rc = org_set(m->store, MEDIA_ORDER, STR(""), e);
	if (rc < 0 || !parse_order(text, &o))
		return rc;
	tell(&o, 0, 0);
	rc = run_order(m, &o, &fault);
	(void)!vfile_unlink(m->notes, MEDIA_PROGRESS, &none);
	return org_set(m->store, MEDIA_RESULT, str_of(outcome(m, &o, rc, &fault)), e);
}

/* --- the process ------------------------------------------------------------------------------ */

static int work(const struct process *self, struct store *store, struct err *e)
{
	const char *given = command_value(self->service->line, "media");
	struct arena a;
	struct media *m;
	int rc;

	arena_init(&a, MEMORY);
	m = arena_new(&a, struct media);
	*m = (struct media){ .store = store, .a = &a, .is_given = given != NULL };
	m->log = arena_fmt(&a, "%s/" SEAL_LOG, self->service->data).ptr;
	rc = vfile_disk_open(
		arena_fmt(&a, "%s/" MEDIA_NOTES, self->service->data).ptr, &m->notes, e);
	for (int pass = 0; rc == 0 && pass < 2; pass++) { /* before the order, and after it */
		m->count = 0;
		if (given)
			look_below(m, given, 1);
		for (size_t i = 0; !given && usual[i]; i++)
			look_below(m, usual[i], 1);
		rc = pass == 0 ? do_order(m, e) : tell_seen(m, e);
	}
	vfile_disk_close(m->notes);
	arena_done(&a);
	return rc;
}

int web_media_start(const struct process *self)
{
	const char *given = command_value(self->service->line, "media");
	const char *const own[] = { given, NULL };

	return web_visit_outside(self, given ? own : usual, work);
}
