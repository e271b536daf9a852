/* place.c - the folder of a log: made, locked, the shard of the year. */
#include "work/seal/seal_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST_NAME_SIZE 256

static int lock(const char *folder, struct arena *a, int *ret_fd, struct err *e)
{
	const char *path = arena_fmt(a, "%s/lock", folder).ptr;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_errno(e, errno, "lock \"%s\"", path);
	vfile_hand_over(path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int rc = errno == EWOULDBLOCK ?
			err_set(e, ERR_CONFLICT, "another process writes the log in \"%s\" now",
				folder) :
			err_errno(e, errno, "lock \"%s\"", path);

		close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

/* The unit's domain: what older shards say, what was given, or the host's name. */
static int unit_of(struct vfile_disk *log, const char *last, struct str given, struct arena *a,
	struct str *ret, struct err *e)
{
	char *host = arena_alloc(a, HOST_NAME_SIZE);
	struct str origin, rest;
	int rc;

	if (last) {
		rc = vfile_load(log, arena_fmt(a, "%s/origin", last).ptr, KIB, a, &origin, e);
		if (rc == 0 && str_split(origin, '/', ret, &rest))
			return 0;
		return rc < 0 ? rc : err_set(e, ERR_INPUT, "\"%s/origin\" is no origin", last);
	}
	if (given.len == 0 && gethostname(host, HOST_NAME_SIZE - 1) == 0)
		given = str_of(host);
	for (size_t i = 0; i < given.len; i++) {
		unsigned char c = (unsigned char)given.ptr[i];

		if (c <= ' ' || c >= 0x7f || strchr("/+\"\\", c))
			return err_set(
				e, ERR_INPUT, "\"%.*s\" is no domain of a unit", STR_FMT(given));
	}
	*ret = given.len > 0 ? arena_str(a, given) : STR("khien");
	return 0;
}

/* The last word in the shard of the year before. */
static int seal_old(struct vfile_disk *old, struct vfile_disk *keys, int64_t now_s, struct err *e)
{
	struct seal_answer answer;
	struct wal *w;
	int rc = wal_open(old, &w, e);

	if (rc < 0)
		return rc;
	rc = seal_now(old, keys, w, now_s, &answer, e);
	wal_close(w);
	if (rc == 0 && !answer.is_sealed)
		rc = err_set(e, ERR_CONFLICT, "the shard before is not sealed: %s", answer.reason);
	return rc;
}

static bool was_begun(struct vfile_disk *d)
{
	struct err ignored;
	struct vfile f;

	if (vfile_open(d, "genesis", VFILE_READ, &f, &ignored) != 0)
		return false;
	vfile_close(&f);
	return true;
}

/* A place that is being opened. */
struct opening {
	struct seal_place *place;
	struct arena *a;
	const char *data, *path, *log;
	struct str unit;
	int64_t now_s;
};

static int open_previous(struct opening *o, const char *last, struct seal_begin *ret, struct err *e)
{
	int rc = vfile_disk_open(arena_fmt(o->a, "%s/%s", o->path, last).ptr, &ret->previous, e);

	return rc == 0 ? seal_keys_open(o->data, o->log, last, &ret->previous_keys, e) : rc;
}

static int begin(struct opening *o, const char *last, struct str origin, struct err *e)
{
	struct seal_place *p = o->place;
	struct seal_begin b = { .origin = origin,
		.keys = p->keys,
		.log = p->log,
		.vault = p->vault,
		.now_s = o->now_s,
		.reason = STR("") };
	struct buf leaf;
	int rc = last ? open_previous(o, last, &b, e) : 0;

	if (rc == 0 && last)
		rc = seal_old(b.previous, b.previous_keys, b.now_s, e);
	if (rc == 0) {
		buf_init(&leaf, SEAL_LEAF_MAX);
		rc = seal_begin(p->shard, &b, &leaf, e);
		buf_done(&leaf);
	}
	vfile_disk_close(b.previous);
	vfile_disk_close(b.previous_keys);
	return rc;
}

static int open_shard(struct opening *o, struct err *e)
{
	struct seal_place *p = o->place;
	const char *const *names, *last = NULL, *full;
	size_t count;
	int rc = seal_shard_now(p->log, o->now_s, p->name, e);

	if (rc == 0)
		rc = seal_shards(p->log, o->a, &names, &count, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], p->name) != 0)
			last = names[i];
	rc = unit_of(p->log, count > 0 && !last ? p->name : last, o->unit, o->a, &o->unit, e);
	if (rc == ERR_ABSENT) /* a folder that was made and no more */
		rc = unit_of(p->log, NULL, o->unit, o->a, &o->unit, e);
	full = arena_fmt(o->a, "%s/%s", o->path, p->name).ptr;
	if (rc == 0)
		rc = seal_folder(full, e);
	if (rc == 0)
		rc = vfile_disk_open(full, &p->shard, e);
	if (rc == 0)
		rc = seal_keys_open(o->data, o->log, NULL, &p->vault, e);
	if (rc == 0)
		rc = seal_keys_open(o->data, o->log, p->name, &p->keys, e);
	if (rc < 0 || was_begun(p->shard))
		return rc;
	return begin(o, last,
		arena_fmt(o->a, "%.*s/khien/%s/%s", STR_FMT(o->unit),
			strcmp(o->log, SEAL_TRAIL) == 0 ? "so-vet" : "nhat-ky", p->name),
		e);
}

int seal_place_open(const char *data, const char *log, struct str unit, int64_t now_s,
	struct seal_place *ret, struct err *e)
{
	struct arena a;
	struct opening o = {
		.place = ret, .a = &a, .data = data, .log = log, .unit = unit, .now_s = now_s
	};
	int rc;

	*ret = (struct seal_place){ .lock_fd = -1 };
	arena_init(&a, SEAL_MEMORY_BYTES);
	o.path = arena_fmt(&a, "%s/%s", data, log).ptr;
	rc = seal_folder(data, e);
	if (rc == 0)
		rc = seal_folder(o.path, e);
	if (rc == 0)
		rc = lock(o.path, &a, &ret->lock_fd, e);
	if (rc == 0)
		rc = vfile_disk_open(o.path, &ret->log, e);
	if (rc == 0)
		rc = open_shard(&o, e);
	arena_done(&a);
	return rc;
}

int seal_place_turn(
	const char *data, const char *log, int64_t now_s, struct seal_place *p, struct err *e)
{
	struct seal_place next = { .lock_fd = -1 };
	struct arena a;
	struct opening o = {
		.place = &next, .a = &a, .data = data, .log = log, .unit = STR(""), .now_s = now_s
	};
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	o.path = arena_fmt(&a, "%s/%s", data, log).ptr;
	rc = vfile_disk_open(o.path, &next.log, e);
	if (rc == 0)
		rc = open_shard(&o, e);
	arena_done(&a);
	if (rc < 0) {
		seal_place_close(&next);
		return rc;
	}
	next.lock_fd = p->lock_fd;
	p->lock_fd = -1;
	seal_place_close(p);
	*p = next;
	return 0;
}

/* --- going on after a restore ----------------------------------------------------------------- */

/* "2026" of a year that has no shard yet, else the next part: "2026.2". */
static void next_name(const char *last, int64_t now_s, char *ret)
{
	int first = date_at(now_s).year * SHARD_PARTS + 1, shard = 0;

	(void)shard_id_parse(str_of(last), &shard);
	shard_id_text(shard + 1 < first ? first : shard + 1, ret);
}

/* The new shard's folder stands only when all of it could be made. */
static int continue_at(struct opening *o, const struct seal_continue *c, struct err *e)
{
	struct seal_place *p = o->place;
	const char *const *names, *last, *path;
	struct seal_begin b = { .log = p->log,
		.now_s = c->now_s,
		.reason = c->reason,
		.recovery = { (const char *)c->recovery, sizeof(c->recovery) } };
	struct buf leaf;
	size_t count;
	int rc = seal_shards(p->log, o->a, &names, &count, e);

	if (rc == 0 && count == 0)
		rc = err_set(e, ERR_ABSENT, "there is no log to go on from");
	if (rc < 0)
		return rc;
	last = names[count - 1];
	next_name(last, c->now_s, p->name);
	rc = unit_of(p->log, last, STR(""), o->a, &o->unit, e);
	b.origin = arena_fmt(o->a, "%.*s/khien/%s/%s", STR_FMT(o->unit),
		strcmp(c->log, SEAL_TRAIL) == 0 ? "so-vet" : "nhat-ky", p->name);
	if (rc == 0)
		rc = open_previous(o, last, &b, e);
	if (rc == 0)
		rc = seal_keys_open(o->data, o->log, NULL, &p->vault, e);
	path = arena_fmt(o->a, "%s/%s", o->path, p->name).ptr;
	if (rc == 0)
		rc = seal_folder(path, e);
	if (rc == 0)
		rc = vfile_disk_open(path, &p->shard, e);
	if (rc == 0)
		rc = seal_keys_open(o->data, o->log, p->name, &p->keys, e);
	if (rc == 0) {
		b.keys = p->keys;
		b.vault = p->vault;
		buf_init(&leaf, SEAL_LEAF_MAX);
		rc = seal_begin(p->shard, &b, &leaf, e);
		buf_done(&leaf);
		if (rc < 0)
			(void)rmdir(path); /* refused before anything was written */
	}
	vfile_disk_close(b.previous);
	vfile_disk_close(b.previous_keys);
	return rc;
}

int seal_continue(const struct seal_continue *c, char *ret_shard, struct err *e)
{
	struct seal_place place = { .lock_fd = -1 };
	struct arena a;
	struct opening o = {
		.place = &place, .a = &a, .data = c->data, .log = c->log, .now_s = c->now_s
	};
	int rc;

	if (str_trim(c->reason).len == 0)
		return err_set(e, ERR_INPUT, "a reason is needed: it stands in the log for ever");
	arena_init(&a, SEAL_MEMORY_BYTES);
	o.path = arena_fmt(&a, "%s/%s", c->data, c->log).ptr;
	rc = lock(o.path, &a, &place.lock_fd, e);
	if (rc == 0)
		rc = vfile_disk_open(o.path, &place.log, e);
	if (rc == 0)
		rc = continue_at(&o, c, e);
	if (rc == 0)
		memcpy(ret_shard, place.name, SHARD_ID_SIZE);
	arena_done(&a);
	seal_place_close(&place);
	return rc;
}

void seal_place_close(struct seal_place *p)
{
	vfile_disk_close(p->keys);
	vfile_disk_close(p->vault);
	vfile_disk_close(p->shard);
	vfile_disk_close(p->log);
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	*p = (struct seal_place){ .lock_fd = -1 };
}
