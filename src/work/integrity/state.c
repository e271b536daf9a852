/* state.c - the folder that keeps the state of one machine. */
#include "work/integrity/integrity_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"

#define FOLDER "integrity"

struct integrity {
	struct arena arena;
	struct vfile_disk *disk;
	int folder_fd; /* locked while this is open for changing */
	uid_t owner;
	gid_t group;
};

static int open_folder(struct integrity *i, const char *data, bool is_reading, struct err *e)
{
	const char *path = arena_fmt(&i->arena, "%s/" FOLDER, data).ptr;
	struct stat st, own;

	if (!is_reading && mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(e, errno, "cannot make the folder \"%s\"", path);
	i->folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (i->folder_fd < 0)
		return err_errno(e, errno, "cannot open the folder \"%s\"", path);
	if (stat(data, &st) != 0)
		return err_errno(e, errno, "cannot look at \"%s\"", data);
	i->owner = st.st_uid;
	i->group = st.st_gid;
	if (!is_reading && flock(i->folder_fd, LOCK_EX) != 0)
		return err_errno(e, errno, "cannot lock \"%s\"", path);
	if (!is_reading && fstat(i->folder_fd, &own) == 0 && own.st_uid != i->owner &&
		geteuid() == 0 && fchown(i->folder_fd, i->owner, i->group) != 0)
		return err_errno(e, errno, "cannot hand over \"%s\"", path);
	return vfile_disk_open(path, &i->disk, e);
}

int integrity_open(const char *data, bool is_reading, struct err *e, struct integrity **ret)
{
	struct integrity *i = calloc(1, sizeof(*i));
	int rc;

	if (!i)
		abort();
	i->folder_fd = -1;
	arena_init(&i->arena, LIMIT_INTEGRITY_MEMORY_BYTES);
	rc = open_folder(i, data, is_reading, e);
	if (rc < 0)
		integrity_close(i);
	else
		*ret = i;
	return rc;
}

struct integrity *integrity_close(struct integrity *i)
{
	if (!i)
		return NULL;
	vfile_disk_close(i->disk);
	if (i->folder_fd >= 0)
		close(i->folder_fd);
	arena_done(&i->arena);
	free(i);
	return NULL;
}

/* NAME holds BYTES, and belongs to whom the data folder belongs. */
static int write_file(struct integrity *i, const char *name, struct buf *bytes, struct err *e)
{
	struct stat st;
	int rc;

	if (buf_is_full(bytes))
		return err_set(e, ERR_LIMIT, "\"%s\" would be larger than it may be", name);
	rc = vfile_replace(i->disk, name, buf_str(bytes), e);
	if (rc == 0 && geteuid() == 0 &&
		fstatat(i->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		st.st_uid != i->owner &&
		fchownat(i->folder_fd, name, i->owner, i->group, AT_SYMLINK_NOFOLLOW) != 0)
		rc = err_errno(e, errno, "cannot hand over \"%s\"", name);
	return rc;
}

void integrity_owner(const struct integrity *i, unsigned *ret_uid, unsigned *ret_gid)
{
	*ret_uid = i->owner;
	*ret_gid = i->group;
}

int integrity_journal(struct integrity *i, struct arena *a, struct integrity_note **ret,
	size_t *ret_count, struct err *e)
{
	struct str text = STR("");
	int rc = vfile_load(i->disk, "journal", LIMIT_INTEGRITY_TEXT_BYTES, a, &text, e);

	if (rc == ERR_ABSENT)
		text = STR("");
	else if (rc < 0)
		return rc;
	rc = journal_parse(text, a, ret, ret_count, e);
	return rc < 0 ? err_context(e, "journal") : 0;
}

static int add_notes(
	struct integrity *i, const struct integrity_note *notes, size_t count, struct err *e)
{
	struct str text = STR("");
	struct buf out;
	int rc = vfile_load(i->disk, "journal", LIMIT_INTEGRITY_TEXT_BYTES, &i->arena, &text, e);

	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	buf_init(&out, LIMIT_INTEGRITY_TEXT_BYTES);
	if (rc == 0)
		buf_add(&out, text);
	for (size_t n = 0; n < count; n++)
		note_write(&notes[n], &out);
	rc = write_file(i, "journal", &out, e);
	buf_done(&out);
	return rc;
}

static int needs_person(const struct integrity_note *note, struct err *e)
{
	if (str_trim(note->reason).len == 0)
		return err_set(e, ERR_INPUT, "a reason is needed");
	if (str_trim(note->by).len == 0)
		return err_set(e, ERR_INPUT, "the name of who decided is needed");
	return 0;
}

static int keep_report(struct integrity *i, const struct integrity_report *r, struct err *e)
{
	struct buf out;
	int rc;

	buf_init(&out, LIMIT_INTEGRITY_TEXT_BYTES);
	report_write(r, &out);
	rc = write_file(i, "report", &out, e);
	buf_clear(&out);
	summary_write(r, &out);
	if (rc == 0)
		rc = write_file(i, "summary", &out, e);
	buf_done(&out);
	return rc;
}

/* ---- taking a baseline ---- */

static void encode(
	struct scan *s, struct baseline_writer *w, struct arena *a, struct integrity_report *r)
{
	struct packages *p = packages_open(s->root_fd, a);
	struct integrity_entry entry;
	struct scan_walk walk;

	r->has_packages = p != NULL;
	scan_walk_start(&walk, s);
	while (scan_walk_next(&walk, &entry)) {
		if (packages_find(p, entry.path).package.len > 0)
			entry.flags |= INTEGRITY_PACKAGED;
		baseline_add(w, &entry);
	}
	r->entries = w->count;
}

static int take(struct integrity *i, struct scan *s, const struct integrity_note *note,
	struct integrity_report *r, struct err *e)
{
	struct integrity_note kept = *note;
	struct baseline_writer w;
	char sha[SHA256_HEX_SIZE];
	struct buf bytes;
	struct str all;
	int rc;

	buf_init(&bytes, LIMIT_INTEGRITY_BASELINE_BYTES);
	baseline_start(&w);
	encode(s, &w, &i->arena, r);
	rc = baseline_finish(&w, s->options, &bytes, e);
	all = buf_str(&bytes);
	if (rc == 0)
		rc = write_file(i, "baseline", &bytes, e);
	if (rc == 0) {
		hex_of((const unsigned char *)all.ptr + all.len - SHA256_SIZE, SHA256_SIZE, sha);
		r->baseline_sha256 = kept.mark = arena_str(&i->arena, str_of(sha));
		kept.path = STR("");
		rc = add_notes(i, &kept, 1, e);
	}
	baseline_drop(&w);
	buf_done(&bytes);
	return rc;
}

static void keep_gaps(struct integrity *i, const struct scan *s, struct integrity_report *r)
{
	r->gap_count = s->gaps.len;
	r->gaps = arena_array(&i->arena, struct integrity_gap, s->gaps.len + 1);
	for (size_t n = 0; n < s->gaps.len; n++)
		r->gaps[n] = (struct integrity_gap){ arena_str(&i->arena, s->gaps.at[n].path),
			s->gaps.at[n].why };
}

int integrity_take(struct integrity *i, const struct integrity_options *o,
	const struct integrity_note *note, struct integrity_report *ret, struct err *e)
{
	struct integrity_report r = {
		.at_s = o->now_s, .baseline_at_s = o->now_s, .is_full = true
	};
	int64_t start_us = clock_monotonic_us();
	struct scan s;
	int rc = needs_person(note, e);

	if (rc < 0)
		return rc;
	rc = scan_run(&s, o, true, e);
	if (rc == 0 && s.top_count == 0)
		rc = err_set(e, ERR_ABSENT, "none of the trees is there");
	if (rc == 0) {
		r.hashed = s.hashed;
		rc = take(i, &s, note, &r, e);
		keep_gaps(i, &s, &r);
	}
	scan_done(&s);
	r.duration_us = clock_monotonic_us() - start_us;
	if (rc == 0)
		rc = keep_report(i, &r, e);
	if (rc == 0)
		*ret = r;
	return rc;
}

/* ---- comparing ---- */

static int compare(struct integrity *i, struct integrity_options *o, struct baseline *b,
	struct integrity_report *r, struct err *e)
{
	struct integrity_note *notes;
	struct scan s;
	size_t count;
	int rc = integrity_journal(i, &i->arena, &notes, &count, e);

	if (rc < 0)
		return rc;
	o->rules = b->rules;
	o->rule_count = b->rule_count;
	rc = scan_run(&s, o, o->is_full, e);
	if (rc == 0)
		rc = compare_run(&s, b, &i->arena, r, e);
	if (rc == 0)
		explain_changes(&s, notes, count, &i->arena, r);
	scan_done(&s);
	return rc;
}

static int by_state(const void *a, const void *b)
{
	const struct integrity_change *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return path_cmp(x->what == INTEGRITY_REMOVED ? x->before.path : x->after.path,
		y->what == INTEGRITY_REMOVED ? y->before.path : y->after.path);
}

int integrity_compare(struct integrity *i, const struct integrity_options *o,
	struct integrity_report *ret, struct err *e)
{
	struct integrity_report r = { .at_s = o->now_s, .is_full = o->is_full };
	struct integrity_options options = *o;
	int64_t start_us = clock_monotonic_us();
	struct baseline b;
	struct str bytes;
	int rc = vfile_load(
		i->disk, "baseline", LIMIT_INTEGRITY_BASELINE_BYTES, &i->arena, &bytes, e);

	if (rc == ERR_ABSENT)
		return err_set(e, ERR_ABSENT, "there is no baseline yet: khien integrity baseline");
	if (rc < 0)
		return rc;
	rc = baseline_open(bytes, &b, e);
	if (rc == 0)
		rc = compare(i, &options, &b, &r, e);
	baseline_close(&b);
	if (rc < 0)
		return rc;
	if (r.change_count > 1)
		qsort(r.changes, r.change_count, sizeof(*r.changes), by_state);
	r.duration_us = clock_monotonic_us() - start_us;
	rc = keep_report(i, &r, e);
	if (rc == 0)
		*ret = r;
	return rc;
}

/* ---- what people do ---- */

int integrity_last(
	struct integrity *i, struct arena *a, struct integrity_report *ret, struct err *e)
{
	struct str text;
	int rc = vfile_load(i->disk, "report", LIMIT_INTEGRITY_TEXT_BYTES, a, &text, e);

	if (rc == ERR_ABSENT)
		return err_set(e, ERR_ABSENT, "nothing was compared yet");
	if (rc == 0)
		rc = report_parse(text, a, ret, e);
	return rc < 0 ? err_context(e, "report") : 0;
}

static bool is_meant(const struct integrity_change *c, struct str path)
{
	return c->state == INTEGRITY_OPEN &&
		(str_eq(c->mark, path) ||
			path_is_below(c->what == INTEGRITY_REMOVED ? c->before.path : c->after.path,
				path));
}

int integrity_accept(
	struct integrity *i, struct str path, const struct integrity_note *note, struct err *e)
{
	VEC(struct integrity_note) notes = { 0 };
	struct integrity_report r;
	int rc = needs_person(note, e);

	if (rc == 0)
		rc = integrity_last(i, &i->arena, &r, e);
	if (rc < 0)
		return rc;
	for (size_t n = 0; n < r.change_count; n++) {
		const struct integrity_change *c = &r.changes[n];
		struct integrity_note *row;

		if (!is_meant(c, path))
			continue;
		row = vec_add(&i->arena, &notes);
		*row = *note;
		row->act = INTEGRITY_ACCEPT;
		row->mark = c->mark;
		row->path = c->what == INTEGRITY_REMOVED ? c->before.path : c->after.path;
	}
	if (notes.len == 0)
		return err_set(e, ERR_ABSENT, "the last comparison has no open change at \"%.*s\"",
			STR_FMT(path));
	rc = add_notes(i, notes.at, notes.len, e);
	if (rc < 0)
		return rc;
	accept_changes(notes.at, notes.len, &r);
	memset(r.of_what, 0, sizeof(r.of_what));
	memset(r.of_state, 0, sizeof(r.of_state));
	count_changes(&r);
	rc = keep_report(i, &r, e);
	return rc < 0 ? rc : (int)notes.len;
}

int integrity_window(
	struct integrity *i, const struct integrity_note *note, int64_t days_max, struct err *e)
{
	struct integrity_note kept = *note;
	int rc = needs_person(note, e);

	if (rc < 0)
		return rc;
	if (note->until_s <= note->from_s)
		return err_set(e, ERR_INPUT, "a window ends after it begins");
	if (note->until_s - note->from_s > days_max * CLOCK_DAY_S)
		return err_set(e, ERR_INPUT, "a window lasts at most %lld days",
			(long long)days_max);
	kept.act = INTEGRITY_WINDOW;
	kept.mark = kept.path = STR("");
	return add_notes(i, &kept, 1, e);
}
