/* trail_check.c - does the database still say what was sealed? */
#include "work/seal/trail.h"

#include <stdlib.h>

#include "kit/text/text.h"
#include "work/seal/seal_int.h"

#define MEMORY_BYTES (512 * MIB)
#define CHANGE_BYTES_MAX (32 * KIB)
#define FINDINGS_MAX 1000

/* What the changes say of a row last. */
struct row {
	struct row *next;
	struct str table, key, hash; /* "" of one that was removed */
	int64_t change;
	bool is_there;
};

struct check {
	struct arena *a;
	struct trail_check *r;
	VEC(struct trail_finding) findings;
	struct changes changes; /* by id */
	bool *has_leaf;         /* parallel */
	int64_t last_leaf;      /* the newest that was there before the database was read */
	bool has_last;          /* it is known; else it is being looked for */
	struct row **rows;      /* hashed */
	size_t room;
};

static void tell(
	struct check *c, enum trail_fault fault, struct str table, struct str key, int64_t change)
{
	if (c->findings.len < FINDINGS_MAX)
		vec_push(c->a, &c->findings,
			((struct trail_finding){
				fault, arena_str(c->a, table), arena_str(c->a, key), change }));
}

static struct str number(struct check *c, int64_t value)
{
	return arena_fmt(c->a, "%lld", (long long)value);
}

/* --- leaves against notes of changes ---------------------------------------------------------- */

static int by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key, other = ((const struct change *)item)->id;

	return (id > other) - (id < other);
}

static void judge_leaf(void *context, const struct leaf *leaf)
{
	struct check *c = context;
	int64_t id = (int64_t)leaf->sequence;
	struct change *found = c->changes.len == 0 ?
		NULL :
		bsearch(&id, c->changes.at, c->changes.len, sizeof(*c->changes.at), by_id);
	struct buf b;

	if (!c->has_last && id > c->last_leaf)
		c->last_leaf = id;
	if (!c->has_last || id > c->last_leaf)
		return;
	c->r->leaves++;
	if (!found) {
		tell(c, TRAIL_NO_NOTE, STR("change"), number(c, id), id);
		return;
	}
	c->has_leaf[found - c->changes.at] = true;
	buf_init(&b, CHANGE_BYTES_MAX);
	change_write(found, &b);
	if (!str_eq(buf_str(&b), leaf->raw))
		tell(c, TRAIL_NOTE, STR("change"), number(c, id), id);
	buf_done(&b);
}

static int read_shards(struct check *c, const char *data, struct err *e)
{
	const char *path = arena_fmt(c->a, "%s/" SEAL_TRAIL, data).ptr;
	const char *const *names;
	struct vfile_disk *log, *d;
	size_t count = 0;
	int rc = vfile_disk_open(path, &log, e);

	if (rc < 0)
		return rc;
	rc = seal_shards(log, c->a, &names, &count, e);
	vfile_disk_close(log);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = vfile_disk_open(arena_fmt(c->a, "%s/%s", path, names[i]).ptr, &d, e);
		if (rc == 0) {
			rc = trail_changes(d, judge_leaf, c, e);
			vfile_disk_close(d);
		}
	}
	return rc;
}

/* --- rows against the last change of each ----------------------------------------------------- */

static size_t place_of(const struct check *c, struct str table, struct str key)
{
	size_t h = 14695981039346656037u;

	for (size_t i = 0; i < table.len; i++)
		h = (h ^ (unsigned char)table.ptr[i]) * 1099511628211u;
	for (size_t i = 0; i < key.len; i++)
		h = (h ^ (unsigned char)key.ptr[i]) * 1099511628211u;
	return h % c->room;
}

static struct row *row_of(struct check *c, struct str table, struct str key)
{
	for (struct row *row = c->rows[place_of(c, table, key)]; row; row = row->next)
		if (str_eq(row->table, table) && str_eq(row->key, key))
			return row;
	return NULL;
}

static void note_rows(struct check *c)
{
	c->room = 2 * c->changes.len + 1;
	c->rows = arena_array(c->a, struct row *, c->room);
	for (size_t i = 0; i < c->changes.len; i++) {
		const struct change *change = &c->changes.at[i];
		struct row *row = row_of(c, change->table, change->key);

		if (!row) {
			struct row **place = &c->rows[place_of(c, change->table, change->key)];

			row = arena_new(c->a, struct row);
			*row = (struct row){
				.next = *place, .table = change->table, .key = change->key
			};
			*place = row;
		}
		row->hash = change->after;
		row->change = change->id;
		if (!c->has_leaf[i] && change->id < c->last_leaf)
			tell(c, TRAIL_NO_LEAF, STR("change"), number(c, change->id), change->id);
	}
}

static int judge_row(
	void *context, const char *table, struct str key, struct str hash, struct err *e)
{
	struct check *c = context;
	struct row *row = row_of(c, str_of(table), key);

	c->r->rows++;
	if (!row || row->hash.len == 0)
		tell(c, TRAIL_ADDED, str_of(table), key, row ? row->change : 0);
	else if (!str_eq(row->hash, hash))
		tell(c, TRAIL_CHANGED, str_of(table), key, row->change);
	if (row)
		row->is_there = true;
	return 0;
}

static void tell_removed(struct check *c)
{
	for (size_t i = 0; i < c->room; i++)
		for (const struct row *row = c->rows[i]; row; row = row->next)
			if (!row->is_there && row->hash.len > 0)
				tell(c, TRAIL_REMOVED, row->table, row->key, row->change);
}

/* Notes and rows of one moment; the leaves that are newer than it are left to the next check. */
static int compare(struct check *c, const char *data, struct store *s, struct err *e)
{
	int rc = change_list(s, 0, SIZE_MAX >> 1, c->a, &c->changes, e);

	if (rc < 0)
		return rc;
	c->r->changes = (int64_t)c->changes.len;
	c->has_leaf = arena_array(c->a, bool, c->changes.len + 1);
	rc = read_shards(c, data, e);
	if (rc < 0)
		return rc;
	note_rows(c);
	rc = change_rows(s, judge_row, c, e);
	if (rc == 0)
		tell_removed(c);
	return rc;
}

int seal_trail_check(
	const char *data, struct store *s, struct arena *a, struct trail_check *ret, struct err *e)
{
	struct check c = { .a = a, .r = ret };
	int rc;

	*ret = (struct trail_check){ 0 };
	/* the newest leaf first: whatever is sealed was in the database before */
	rc = read_shards(&c, data, e);
	c.has_last = true;
	if (rc == 0)
		rc = store_begin_reading(s, e);
	if (rc < 0)
		return rc;
	rc = compare(&c, data, s, e);
	store_rollback(s);
	if (rc < 0)
		return rc;
	ret->findings = c.findings.at;
	ret->finding_count = c.findings.len;
	return 0;
}

const char *trail_fault_words(enum trail_fault fault)
{
	static const char *const words[] = {
		[TRAIL_CHANGED] = T("dòng bị sửa mà không qua Khiên"),
		[TRAIL_REMOVED] = T("dòng bị xóa mà không qua Khiên"),
		[TRAIL_ADDED] = T("dòng được thêm mà không qua Khiên"),
		[TRAIL_NOTE] = T("vết của thay đổi không khớp mục đã niêm phong"),
		[TRAIL_NO_NOTE] = T("mục đã niêm phong không còn vết trong cơ sở dữ liệu"),
		[TRAIL_NO_LEAF] = T("vết của thay đổi không có mục niêm phong"),
	};

	return words[fault];
}
