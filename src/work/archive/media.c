/* media.c - copies of months on external disks, and what may leave when they are good. */
#include <stdio.h>
#include <stdlib.h>

#include "core/trail/order.h"
#include "core/trail/tree.h"
#include "core/trail/wal.h"
#include "work/archive/keep_int.h"

#define MEDIUM_NAME "khien-medium"
#define MEDIUM_MAX 512
#define COPIES_MAX 256

/* --- media ----------------------------------------------------------------------------------- */

static bool is_label(struct str label)
{
	if (label.len == 0 || label.len > KEEP_LABEL_MAX || !str_is_utf8(label))
		return false;
	for (size_t i = 0; i < label.len; i++)
		if ((unsigned char)label.ptr[i] < ' ' || label.ptr[i] == 0x7F)
			return false;
	return true;
}

int keep_medium(struct vfile_disk *medium, struct keep_medium *ret, struct err *e)
{
	struct str text, line, id, label;
	struct arena a;
	int rc;

	arena_init(&a, 4 * MEDIUM_MAX);
	rc = vfile_load(medium, MEDIUM_NAME, MEDIUM_MAX, &a, &text, e);
	if (rc == 0 &&
		!(str_next_line(&text, &line) && str_is(line, "khien-medium 1") &&
			str_next_line(&text, &id) && str_starts(id, "id ") &&
			id.len == 3 + KEEP_ID_SIZE - 1 && str_next_line(&text, &label) &&
			str_starts(label, "label ") && is_label(str_from(label, 6)) &&
			text.len == 0))
		rc = err_set(e, ERR_INPUT, "\"" MEDIUM_NAME "\" is not what we write there");
	for (size_t i = 3; rc == 0 && i < id.len; i++)
		if (strchr("0123456789abcdef", id.ptr[i]) == NULL)
			rc = err_set(e, ERR_INPUT, "\"" MEDIUM_NAME "\" has no number of ours");
	if (rc == 0) {
		*ret = (struct keep_medium){ 0 };
		memcpy(ret->id, id.ptr + 3, KEEP_ID_SIZE - 1);
		memcpy(ret->label, label.ptr + 6, label.len - 6);
	}
	arena_done(&a);
	return rc;
}

int keep_register(struct vfile_disk *medium, struct str label, struct err *e)
{
	unsigned char id[(KEEP_ID_SIZE - 1) / 2];
	char hex[KEEP_ID_SIZE];
	struct keep_medium old;
	struct buf text;
	int rc = keep_medium(medium, &old, e);

	if (rc != ERR_ABSENT)
		return rc < 0 ?
			rc :
			err_set(e, ERR_CONFLICT, "it is the medium \"%s\" already", old.label);
	if (!is_label(label))
		return err_set(
			e, ERR_INPUT, "a label has 1 to %d bytes in one line", KEEP_LABEL_MAX);
	random_bytes(id, sizeof(id));
	buf_init(&text, MEDIUM_MAX);
	buf_fmt(&text, "khien-medium 1\nid %s\nlabel %.*s\n", hex_of(id, sizeof(id), hex),
		STR_FMT(label));
	rc = vfile_replace(medium, MEDIUM_NAME, buf_str(&text), e);
	buf_done(&text);
	return rc;
}

/* --- receipts -------------------------------------------------------------------------------- */

static bool take_copy(struct str line, struct keep_copy *ret)
{
	struct str word, id, at, label = STR("");

	*ret = (struct keep_copy){ 0 };
	if (!str_split(line, ' ', &word, &line) || !str_is(word, "copy") ||
		!str_split(line, ' ', &id, &line) || id.len != KEEP_ID_SIZE - 1)
		return false;
	if (!str_split(line, ' ', &at, &label))
		at = line;
	if (!str_to_i64(at, &ret->checked_at_s) || (label.len && !is_label(label)))
		return false;
	memcpy(ret->id, id.ptr, id.len);
	memcpy(ret->label, label.ptr, label.len);
	return true;
}

int keep_copies(struct vfile_disk *shard, const char *month, struct arena *a,
	struct keep_copy **ret, size_t *ret_count, struct err *e)
{
	struct keep_copy *copies = arena_array(a, struct keep_copy, COPIES_MAX);
	char path[KEEP_PATH_SIZE];
	struct str text = STR(""), line;
	size_t count = 0;
	int rc = vfile_load(shard, keep_path(month, "copies", path), KEEP_COPIES_MAX, a, &text, e);

	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	while (str_next_line(&text, &line)) {
		if (count == COPIES_MAX || !take_copy(line, &copies[count]))
			return err_set(e, ERR_INPUT, "\"%s\", line %zu: this is no receipt", path,
				count + 1);
		count++;
	}
	*ret = copies;
	*ret_count = count;
	return 0;
}

static void put_copy(struct buf *out, const char *id, const char *label, int64_t at_s)
{
	buf_fmt(out, "copy %s %lld%s%s\n", id, (long long)at_s, *label ? " " : "", label);
}

/* The receipt of a medium: a new one, or none at AT_S 0. */
static int set_copy(struct vfile_disk *shard, const char *month, const struct keep_medium *medium,
	int64_t at_s, struct err *e)
{
	char path[KEEP_PATH_SIZE];
	struct keep_copy *copies;
	struct buf text;
	struct arena a;
	size_t count;
	int rc;

	arena_init(&a, 4 * KEEP_COPIES_MAX);
	buf_init(&text, KEEP_COPIES_MAX);
	rc = keep_copies(shard, month, &a, &copies, &count, e);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (strcmp(copies[i].id, medium->id) != 0)
			put_copy(&text, copies[i].id, copies[i].label, copies[i].checked_at_s);
	if (at_s != 0)
		put_copy(&text, medium->id, medium->label, at_s);
	if (rc == 0)
		rc = vfile_replace(shard, keep_path(month, "copies", path), buf_str(&text), e);
	buf_done(&text);
	arena_done(&a);
	return rc;
}

/* --- copies ---------------------------------------------------------------------------------- */

/* "2026-01/00000000000000000042.seg" */
static const char *copy_name(const char *month, uint64_t first, char *ret)
{
	snprintf(ret, KEEP_PATH_SIZE, "%s/%020llu.seg", month, (unsigned long long)first);
	return ret;
}

/* Does the file hold what the manifest says? */
static int check_file(
	struct vfile_disk *d, const char *name, const struct keep_segment *want, struct err *e)
{
	unsigned char found[SHA256_SIZE];
	struct vfile file;
	int rc = vfile_open(d, name, VFILE_READ, &file, e);

	if (rc < 0)
		return rc;
	rc = keep_hash(&file, e, found);
	if (rc == 0 &&
		(file.size_bytes != want->bytes || memcmp(found, want->sha256, sizeof(found)) != 0))
		rc = err_set(e, ERR_INPUT, "\"%s\" is not what the manifest says", name);
	vfile_close(&file);
	return rc;
}

static int copy_bytes(struct vfile *from, struct vfile *to, struct err *e)
{
	char *bytes = malloc(COPY_BYTES);
	uint64_t at = 0;
	ssize_t n;
	int rc = 0;

	if (bytes == NULL)
		abort();
	while (rc == 0 && (n = vfile_read_at(from, at, bytes, COPY_BYTES, e)) != 0) {
		rc = n < 0 ? (int)n : vfile_append(to, (struct str){ bytes, (size_t)n }, e);
		at += n > 0 ? (uint64_t)n : 0;
	}
	free(bytes);
	return rc == 0 ? vfile_sync(to, e) : rc;
}

static int copy_segment(struct vfile_disk *shard, const char *month, struct vfile_disk *medium,
	const struct keep_segment *segment, struct err *e)
{
	char name[SHARD_NAME_SIZE], copy[KEEP_PATH_SIZE];
	struct vfile from, to = { 0 };
	int rc;

	if (check_file(medium, copy_name(month, segment->first, copy), segment, e) == 0)
		return 0; /* there already */
	rc = vfile_unlink(medium, copy, e);
	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	rc = vfile_open(shard, shard_name(segment->first, name), VFILE_READ, &from, e);
	if (rc < 0)
		return rc;
	rc = vfile_open(medium, copy, VFILE_CREATE, &to, e);
	if (rc == 0)
		rc = copy_bytes(&from, &to, e);
	vfile_close(&to);
	vfile_close(&from);
	return rc == 0 ? vfile_sync_dir(medium, month, e) : rc;
}

/* A month that goes to a medium, or is read back there. */
struct copying {
	struct vfile_disk *shard, *medium;
	struct keep_month month;
	struct keep_done done;
	struct arena *a;
};

/* All files of the month on the medium, and the manifest beside them. */
static int check_month(struct copying *c, struct err *e)
{
	const struct keep_month *m = &c->month;
	char path[KEEP_PATH_SIZE], copy[KEEP_PATH_SIZE];
	struct str here, there;
	int rc = vfile_load(
		c->shard, keep_path(m->name, "month", path), KEEP_MANIFEST_MAX, c->a, &here, e);

	snprintf(copy, sizeof(copy), "%s/manifest", m->name);
	if (rc == 0)
		rc = vfile_load(c->medium, copy, KEEP_MANIFEST_MAX, c->a, &there, e);
	if (rc == 0 && !str_eq(here, there))
		rc = err_set(e, ERR_INPUT, "\"%s\" is another manifest than the one here", copy);
	for (size_t i = 0; i < m->segment_count && rc == 0; i++) {
		rc = check_file(c->medium, copy_name(m->name, m->segments[i].first, copy),
			&m->segments[i], e);
		keep_tell(&c->done, m->segments[i].bytes);
	}
	return rc;
}

static int export(struct copying *c, struct err *e)
{
	const struct keep_month *m = &c->month;
	char path[KEEP_PATH_SIZE], copy[KEEP_PATH_SIZE];
	struct str manifest;
	int rc = vfile_make_folder(c->medium, m->name, e);

	for (size_t i = 0; i < m->segment_count && rc == 0; i++) {
		rc = copy_segment(c->shard, m->name, c->medium, &m->segments[i], e);
		keep_tell(&c->done, m->segments[i].bytes);
	}
	if (rc == 0)
		rc = vfile_load(c->shard, keep_path(m->name, "month", path), KEEP_MANIFEST_MAX,
			c->a, &manifest, e);
	snprintf(copy, sizeof(copy), "%s/manifest", m->name);
	if (rc == 0)
		rc = vfile_replace(c->medium, copy, manifest, e);
	return rc == 0 ? check_month(c, e) : rc;
}

/* Both ways to a receipt. */
static int receipt(
	struct copying *c, const char *month, int64_t now_s, bool is_export, struct err *e)
{
	struct keep_medium which;
	struct arena a;
	int rc;

	arena_init(&a, 8 * KEEP_MANIFEST_MAX);
	c->a = &a;
	rc = keep_medium(c->medium, &which, e);
	if (rc == 0)
		rc = keep_read(c->shard, month, &a, &c->month, e);
	if (rc == 0) {
		for (size_t i = 0; i < c->month.segment_count; i++)
			c->done.all += c->month.segments[i].bytes * (1 + is_export);
		rc = is_export ? export(c, e) : check_month(c, e);
		/* a medium that cannot be read now says nothing; one that is wrong is no copy */
		if (rc == ERR_INPUT || rc == ERR_ABSENT) {
			struct err other;

			if (set_copy(c->shard, month, &which, 0, &other) < 0)
				rc = err_context(e, "and the receipt could not be withdrawn");
		} else if (rc == 0) {
			rc = set_copy(c->shard, month, &which, now_s, e);
		}
	}
	arena_done(&a);
	return rc;
}

int keep_export(struct vfile_disk *shard, const char *month, struct vfile_disk *medium,
	int64_t now_s, const struct keep_watch *watch, struct err *e)
{
	struct copying c = { .shard = shard, .medium = medium, .done = { .watch = watch } };

	return receipt(&c, month, now_s, true, e);
}

int keep_check(struct vfile_disk *shard, const char *month, struct vfile_disk *medium,
	int64_t now_s, const struct keep_watch *watch, struct err *e)
{
	struct copying c = { .shard = shard, .medium = medium, .done = { .watch = watch } };

	return receipt(&c, month, now_s, false, e);
}

/* --- what leaves ----------------------------------------------------------------------------- */

/* Is there a segment before FIRST? */
static int is_oldest(struct vfile_disk *shard, uint64_t first, struct err *e)
{
	struct shard_segments found, none = { 0 };
	int rc = shard_list(shard, &none, e, &found);

	if (rc < 0)
		return rc;
	if (found.count > 0 && found.at[0].first < first)
		rc = err_set(
			e, ERR_CONFLICT, "an older month is still here; the oldest leaves first");
	free(found.at);
	return rc;
}

/* Months of the calendar between MONTH ("2026-01") and the one of NOW_S. */
static int64_t months_since(const char *month, int64_t now_s)
{
	struct date now = date_at(now_s);
	uint64_t year = 0, number = 0;

	(void)!str_to_u64(str_until(str_of(month), 4), 10, &year);
	(void)!str_to_u64(str_from(str_of(month), 5), 10, &number);
	return (int64_t)now.year * 12 + now.month - (int64_t)(year * 12 + number);
}

enum keep_leave keep_may_leave(const struct keep_rule *rule, const char *month,
	const struct keep_copy *copies, size_t count, unsigned *ret_good)
{
	int64_t since_s = 0;

	if (rule->checked_months)
		since_s = date_start_s(
			date_add_months(date_at(rule->now_s), -(int)rule->checked_months));
	*ret_good = 0;
	for (size_t i = 0; i < count; i++)
		*ret_good += copies[i].checked_at_s >= since_s;
	if (months_since(month, rule->now_s) <= (int64_t)rule->months)
		return KEEP_TOO_YOUNG;
	return *ret_good < rule->copies ? KEEP_FEW_COPIES : KEEP_MAY_LEAVE;
}

static int may_leave(struct vfile_disk *shard, const char *month, const struct keep_rule *rule,
	struct arena *a, unsigned *ret_good, struct err *e)
{
	struct keep_copy *copies;
	unsigned good;
	size_t count;
	int rc = keep_copies(shard, month, a, &copies, &count, e);

	if (rc < 0)
		return rc;
	*ret_good = 0;
	switch (keep_may_leave(rule, month, copies, count, &good)) {
	case KEEP_TOO_YOUNG:
		return err_set(e, ERR_CONFLICT, "%s is to stay %u months", month, rule->months);
	case KEEP_FEW_COPIES:
		return err_set(e, ERR_CONFLICT,
			"%u media hold %s and were read back in time, and %u must", good, month,
			rule->copies);
	default:
		*ret_good = good;
		return 0;
	}
}

int keep_is_here(struct vfile_disk *shard, const char *month, struct err *e)
{
	char name[SHARD_NAME_SIZE];
	struct keep_month m;
	bool is_here = false;
	struct vfile file;
	struct arena a;
	int rc;

	arena_init(&a, 2 * KEEP_MANIFEST_MAX);
	rc = keep_read(shard, month, &a, &m, e);
	for (size_t i = 0; rc == 0 && !is_here && i < m.segment_count; i++) {
		rc = vfile_open(shard, shard_name(m.segments[i].first, name), VFILE_READ, &file, e);
		is_here = rc == 0;
		if (rc == 0)
			vfile_close(&file);
		else if (rc == ERR_ABSENT)
			rc = 0;
	}
	arena_done(&a);
	return rc < 0 ? rc : is_here;
}

int keep_retire(
	struct vfile_disk *shard, const char *month, const struct keep_rule *rule, struct err *e)
{
	char name[SHARD_NAME_SIZE];
	struct keep_month m;
	struct arena a;
	unsigned good;
	int rc;

	arena_init(&a, 8 * KEEP_MANIFEST_MAX);
	rc = keep_read(shard, month, &a, &m, e);
	if (rc == 0)
		rc = may_leave(shard, month, rule, &a, &good, e);
	if (rc == 0)
		rc = is_oldest(shard, m.segments[0].first, e);
	for (size_t i = 0; i < m.segment_count && rc == 0; i++) {
		rc = check_file(shard, shard_name(m.segments[i].first, name), &m.segments[i], e);
		if (rc == 0)
			rc = vfile_unlink(shard, name, e);
		if (rc == ERR_ABSENT) /* it left before the power went */
			rc = 0;
	}
	if (rc == 0)
		rc = vfile_sync_dir(shard, SHARD_FOLDER, e);
	arena_done(&a);
	return rc;
}

int keep_leaving(struct vfile_disk *shard, const char *name, const char *month,
	const struct keep_rule *rule, struct buf *ret_leaf, struct err *e)
{
	struct leaving l = { .shard = name, .month = month };
	struct keep_month m;
	struct arena a;
	int rc;

	arena_init(&a, 8 * KEEP_MANIFEST_MAX);
	rc = keep_read(shard, month, &a, &m, e);
	if (rc == 0)
		rc = may_leave(shard, month, rule, &a, &l.copies, e);
	if (rc == 0)
		rc = is_oldest(shard, m.segments[0].first, e);
	if (rc == 0) {
		l.first = m.segments[0].first;
		l.end = m.segments[m.segment_count - 1].end;
		leaving_leaf(&l, ret_leaf);
	}
	arena_done(&a);
	return rc;
}

int keep_order_leave(const struct keep_order *x, struct err *e)
{
	struct order o = { 0 }, old;
	char name[ORDER_NAME_SIZE];
	struct arena a;
	struct buf leaf;
	int rc;

	snprintf(name, sizeof(name), ORDER_LEAVE "%s-%s", x->name, x->month);
	arena_init(&a, 64 * KIB);
	buf_init(&leaf, ORDER_BYTES_MAX);
	rc = keep_leaving(x->shard, x->name, x->month, x->rule, &leaf, e);
	if (rc == 0)
		rc = order_load(x->log, name, &a, &old, e);
	o.leaf = buf_str(&leaf);
	/* another one of the same month is of before it came back */
	if (rc == 0 && old.is != ORDER_DONE && str_eq(old.leaf, o.leaf)) {
		rc = old.is == ORDER_SEALED;
	} else if (rc == 0 || rc == ERR_ABSENT) {
		o.at_s = x->rule->now_s;
		rc = order_save(x->log, name, &o, e);
	}
	buf_done(&leaf);
	arena_done(&a);
	return rc;
}

int keep_in_wal(struct vfile_disk *shard, const char *month, struct err *e)
{
	struct keep_month m;
	uint64_t oldest = 0;
	struct arena a;
	int rc, is_there = 0;

	arena_init(&a, 2 * KEEP_MANIFEST_MAX);
	rc = keep_read(shard, month, &a, &m, e);
	if (rc == 0)
		rc = wal_oldest(shard, &oldest, e);
	if (rc == 0)
		is_there = oldest < m.segments[m.segment_count - 1].end;
	arena_done(&a);
	return rc == ERR_ABSENT ? 0 : rc < 0 ? rc : is_there;
}

int keep_order_rest(const struct keep_order *x, struct str leaf, uint64_t size, struct err *e)
{
	const struct order o = {
		.is = ORDER_SEALED, .at_s = x->rule->now_s, .until = size + TREE_GROUP, .leaf = leaf
	};
	char name[ORDER_NAME_SIZE];
	int rc = vfile_make_folder(x->log, ORDER_FOLDER, e); /* the service did not run yet */

	snprintf(name, sizeof(name), ORDER_LEAVE "%s-%s", x->name, x->month);
	return rc < 0 ? rc : order_save(x->log, name, &o, e);
}

void keep_forecast(const struct keep_levels *levels, uint64_t used, uint64_t quota, uint64_t bytes,
	int64_t seconds, struct keep_forecast *ret)
{
	double a_day = seconds > 0 ? (double)bytes * CLOCK_DAY_S / (double)seconds : 0;

	*ret = (struct keep_forecast){ .days_left = -1, .bytes_a_day = (uint64_t)a_day };
	for (enum keep_level level = KEEP_WARN; level <= KEEP_LAST; level++)
		if (quota > 0 && levels->percent[level] > 0 &&
			(double)used * 100 >= (double)quota * levels->percent[level])
			ret->level = level;
	if (quota > 0 && used >= quota)
		ret->days_left = 0;
	else if (quota > 0 && a_day >= 1)
		ret->days_left = (int64_t)((double)(quota - used) / a_day);
}
