/* explain.c - why a change may be there: a package within a declared window, or a person's word. */
#include "work/integrity/integrity_int.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct str path_of(const struct integrity_change *c)
{
	return c->what == INTEGRITY_REMOVED ? c->before.path : c->after.path;
}

/* Does the link lead to a path of a package? */
static bool leads_to_package(struct scan *s, const struct packages *p, struct str path)
{
	char name[4096], target[4096];
	size_t len = path.len;
	ssize_t n = -1;
	int fd;

	if (path.len >= sizeof(name))
		return false;
	memcpy(name, path.ptr, path.len);
	name[path.len] = '\0';
	fd = open_below(s->root_fd, name, O_PATH | O_NOFOLLOW, true);
	if (fd >= 0) {
		n = readlinkat(fd, "", target, sizeof(target));
		close(fd);
	}
	if (n <= 0)
		return false;
	while (target[0] != '/' && len > 0 && path.ptr[len - 1] != '/')
		len--;
	if (target[0] == '/')
		len = 0;
	if (len + (size_t)n >= sizeof(name))
		return false;
	memcpy(name + len, target, (size_t)n);
	return packages_find(p, (struct str){ name, len + (size_t)n }).package.len > 0;
}

/* Is the content what the package says? A link has no checksum: its target must be a path of a
 * package. A folder has no content. */
static bool is_as_packaged(struct scan *s, const struct packages *p, const struct packages_file *f,
	const struct integrity_change *c)
{
	char md5[33];

	if (f->package.len == 0 || c->what == INTEGRITY_REMOVED || c->what == INTEGRITY_RIGHTS)
		return false;
	if (c->after.kind == INTEGRITY_DIR)
		return true;
	if (c->after.kind == INTEGRITY_FILE)
		return f->md5.len > 0 &&
			str_eq(f->md5, str_of(hash_md5(s->root_fd, c->after.path, md5)));
	return c->after.kind == INTEGRITY_LINK && leads_to_package(s, p, c->after.path);
}

static bool is_within(int64_t at_s, const struct integrity_note *window)
{
	return at_s >= window->from_s && at_s <= window->until_s;
}

/* Would this window of maintenance explain the change? */
static bool absorbs(const struct integrity_note *window, const struct packages *p,
	const struct packages_file *f, const struct integrity_change *c)
{
	if (c->what == INTEGRITY_REMOVED)
		return (c->before.flags & INTEGRITY_PACKAGED) && f->package.len == 0 &&
			packages_changed(p, window->from_s, window->until_s);
	return c->is_as_packaged && is_within(c->after.ctime_s, window) &&
		is_within(f->at_s, window);
}

static void absorb(struct integrity_change *c, const struct packages *p,
	const struct packages_file *f, const struct integrity_note *notes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (notes[i].act != INTEGRITY_WINDOW || !absorbs(&notes[i], p, f, c))
			continue;
		c->state = INTEGRITY_ABSORBED;
		c->by = notes[i].by;
		c->reason = notes[i].reason;
		return;
	}
}

void accept_changes(
	const struct integrity_note *notes, size_t note_count, struct integrity_report *r)
{
	for (size_t n = 0; n < note_count; n++) {
		if (notes[n].act != INTEGRITY_ACCEPT)
			continue;
		for (size_t i = 0; i < r->change_count; i++) {
			struct integrity_change *c = &r->changes[i];

			if (c->state != INTEGRITY_OPEN || !str_eq(c->mark, notes[n].mark))
				continue;
			c->state = INTEGRITY_ACCEPTED;
			c->by = notes[n].by;
			c->reason = notes[n].reason;
		}
	}
}

void count_changes(struct integrity_report *r)
{
	for (size_t i = 0; i < r->change_count; i++) {
		r->of_state[r->changes[i].state]++;
		if (r->changes[i].state == INTEGRITY_OPEN)
			r->of_what[r->changes[i].what]++;
	}
}

void explain_changes(struct scan *s, const struct integrity_note *notes, size_t note_count,
	struct arena *a, struct integrity_report *r)
{
	struct packages *p;
	struct audit_log log = { 0 };

	p = r->change_count > 0 ? packages_open(s->root_fd, a) : NULL;
	r->has_packages = p != NULL;
	if (r->change_count > 0)
		audit_log_read(s->root_fd, r->baseline_at_s, a, &log);
	r->has_audit_log = log.is_there;
	for (size_t i = 0; i < r->change_count; i++) {
		struct integrity_change *c = &r->changes[i];
		struct packages_file f = packages_find(p, path_of(c));

		c->package = f.package;
		c->is_as_packaged = is_as_packaged(s, p, &f, c);
		c->who = audit_log_who(&log, c);
		if (p)
			absorb(c, p, &f, notes, note_count);
	}
	accept_changes(notes, note_count, r);
	count_changes(r);
}
