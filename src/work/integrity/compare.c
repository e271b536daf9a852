/* compare.c - two walks in the same order, side by side. */
#include "work/integrity/integrity_int.h"

#include <string.h>

#include "kit/crypto/crypto.h"

struct comparing {
	struct scan *scan;
	struct arena *a;
	struct integrity_report *r;
	struct hasher hasher;
	VEC(struct integrity_change) changes;
};

static struct integrity_entry keep(struct arena *a, const struct integrity_entry *e)
{
	struct integrity_entry copy = *e;

	copy.path = arena_str(a, e->path);
	return copy;
}

/* What names this change: path and new state. The same file changed once more has another mark. */
static struct str mark_of(struct arena *a, const struct integrity_change *c)
{
	const struct integrity_entry *n = &c->after;
	struct str path = c->what == INTEGRITY_REMOVED ? c->before.path : n->path;
	char hex[SHA256_HEX_SIZE], hash[SHA256_HEX_SIZE];
	struct str text;

	hex_of(n->hash, sizeof(n->hash), hash);
	text = arena_fmt(a, "%d %d %u %o %u %u %llu %lld %s %.*s", (int)c->what, (int)n->kind,
		n->flags & INTEGRITY_HASHED, n->mode, n->uid, n->gid, (unsigned long long)n->size,
		(long long)(n->flags & INTEGRITY_HASHED ? 0 : n->ctime_s), hash, STR_FMT(path));
	sha256_hex(text, hex);
	return arena_str(a, (struct str){ hex, 24 });
}

static void add(struct comparing *c, enum integrity_what what, const struct integrity_entry *before,
	const struct integrity_entry *after)
{
	struct integrity_change *change;

	if (c->changes.len >= LIMIT_INTEGRITY_CHANGES) {
		c->r->of_what[what]++;
		c->r->of_state[INTEGRITY_OPEN]++;
		return;
	}
	change = vec_add(c->a, &c->changes);
	*change = (struct integrity_change){
		.what = what, .package = STR(""), .who = STR(""), .by = STR(""), .reason = STR("")
	};
	change->before.path = change->after.path = STR("");
	if (before)
		change->before = keep(c->a, before);
	if (after)
		change->after = keep(c->a, after);
	change->mark = mark_of(c->a, change);
}

static bool has_same_times(const struct integrity_entry *a, const struct integrity_entry *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
		a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns &&
		a->ctime_s == b->ctime_s && a->ctime_ns == b->ctime_ns;
}

static bool has_same_rights(const struct integrity_entry *a, const struct integrity_entry *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

/* Read NOW where that is needed to tell. */
static void read_now(struct comparing *c, struct integrity_entry *now)
{
	const char *why;

	if (now->kind != INTEGRITY_FILE || (now->flags & INTEGRITY_HASHED))
		return;
	why = hash_path(&c->hasher, c->scan->root_fd, now);
	if (why)
		scan_gap(c->scan, now->path, why);
	c->r->hashed++;
}

/* 1 it is another content, 0 the same, -1 nobody can tell (which is a gap). */
static int is_other_content(
	struct comparing *c, const struct integrity_entry *before, struct integrity_entry *now)
{
	if (now->kind == INTEGRITY_DIR)
		return 0;
	if (now->kind == INTEGRITY_OTHER)
		return before->size != now->size;
	if (!c->scan->options->is_full && has_same_times(before, now))
		return 0;
	read_now(c, now);
	if (!(now->flags & INTEGRITY_HASHED) || !(before->flags & INTEGRITY_HASHED))
		return before->size != now->size ? 1 : -1;
	return memcmp(before->hash, now->hash, sizeof(now->hash)) != 0;
}

static void compare_one(
	struct comparing *c, const struct integrity_entry *before, struct integrity_entry *now)
{
	int is_other;

	if (before->kind != now->kind) {
		read_now(c, now);
		add(c, INTEGRITY_TYPE, before, now);
		return;
	}
	is_other = is_other_content(c, before, now);
	if (is_other > 0)
		add(c, INTEGRITY_CONTENT, before, now);
	else if (!has_same_rights(before, now))
		add(c, INTEGRITY_RIGHTS, before, now);
	else if (now->kind != INTEGRITY_DIR && !has_same_times(before, now))
		c->r->touched++;
}

/* What stands in a folder that cannot be read now is not gone. */
static bool is_hidden(const struct comparing *c, struct str path)
{
	for (size_t i = 0; i < c->scan->gaps.len; i++)
		if (path.len != c->scan->gaps.at[i].path.len &&
			path_is_below(path, c->scan->gaps.at[i].path))
			return true;
	return false;
}

static int compare_all(struct comparing *c, struct baseline *b, struct err *e)
{
	struct integrity_entry before, now;
	struct scan_walk walk;
	bool has_now;
	int has_before;

	scan_walk_start(&walk, c->scan);
	has_now = scan_walk_next(&walk, &now);
	has_before = baseline_next(b, &before, e);
	while (has_before > 0 || (has_before == 0 && has_now)) {
		int order = !has_now ? -1 : has_before == 0 ? 1 : path_cmp(before.path, now.path);

		if (order < 0) {
			if (!is_hidden(c, before.path))
				add(c, INTEGRITY_REMOVED, &before, NULL);
		} else if (order > 0) {
			read_now(c, &now);
			add(c, INTEGRITY_ADDED, NULL, &now);
		} else {
			compare_one(c, &before, &now);
		}
		c->r->entries += order >= 0;
		if (order <= 0)
			has_before = baseline_next(b, &before, e);
		if (order >= 0)
			has_now = scan_walk_next(&walk, &now);
	}
	return has_before < 0 ? has_before : 0;
}

int compare_run(struct scan *s, struct baseline *b, struct arena *a, struct integrity_report *ret,
	struct err *e)
{
	struct comparing c = { .scan = s, .a = a, .r = ret };
	int rc;

	ret->hashed = s->hashed;
	ret->baseline_at_s = b->at_s;
	ret->baseline_sha256 = arena_str(a, str_of(b->sha256));
	hasher_init(&c.hasher);
	rc = compare_all(&c, b, e);
	hasher_done(&c.hasher);
	ret->changes = c.changes.at;
	ret->change_count = c.changes.len;
	ret->gap_count = s->gaps.len;
	ret->gaps = arena_array(a, struct integrity_gap, s->gaps.len ? s->gaps.len : 1);
	for (size_t i = 0; i < s->gaps.len; i++)
		ret->gaps[i] = (struct integrity_gap){ arena_str(a, s->gaps.at[i].path),
			s->gaps.at[i].why };
	return rc;
}
