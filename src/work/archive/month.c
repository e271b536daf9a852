/* month.c - what a month holds: its manifest, made. */
#include <stdio.h>
#include <stdlib.h>

#include "core/trail/tree.h"
#include "work/archive/bytes.h"
#include "work/archive/keep_int.h"
#include "work/archive/prove.h"

struct making {
	struct vfile_disk *shard;
	struct keep_month month;
	struct bytes segments, sources, kinds; /* of the structs of keep_month */
	struct keep_done done;
	struct err *e;
};

static void count(struct bytes *counts, uint32_t what)
{
	struct keep_count one = { what, 1 }, *at = (struct keep_count *)(void *)counts->at;
	size_t low = 0, high = counts->len / sizeof(one);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at[middle].what < what)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < counts->len / sizeof(one) && at[low].what == what) {
		at[low].entries++;
		return;
	}
	bytes_add(counts, &one, sizeof(one));
	at = (struct keep_count *)(void *)counts->at;
	memmove(at + low + 1, at + low, counts->len - (low + 1) * sizeof(one));
	at[low] = one;
}

/* That of its latest entry. */
static void month_of(struct segment *s, char *ret_name)
{
	int64_t first_ns, last_ns;
	struct date d;

	segment_times(s, &first_ns, &last_ns);
	d = date_at(last_ns / 1000000000);
	snprintf(ret_name, KEEP_MONTH_SIZE, "%04d-%02d", d.year % 10000, d.month);
}

int keep_month_of(
	struct vfile_disk *shard, const struct shard_segment *at, char *ret_name, struct err *e)
{
	char name[SHARD_NAME_SIZE];
	struct segment *s = NULL;
	struct vfile file;
	int rc = vfile_open(shard, shard_name(at->first, name), VFILE_READ, &file, e);

	if (rc == 0) {
		rc = segment_open_file(&file, e, &s);
		if (rc == 0)
			month_of(s, ret_name);
		segment_close(s);
		vfile_close(&file);
	}
	return rc < 0 ? err_context(e, "\"%s\"", name) : 0;
}

static int add_segment(struct making *m, const struct shard_segment *at)
{
	struct keep_segment one = { .first = at->first, .end = at->end, .bytes = at->bytes };
	struct segment *s = NULL;
	char name[SHARD_NAME_SIZE];
	struct leaf leaf;
	struct vfile file;
	int rc = vfile_open(m->shard, shard_name(at->first, name), VFILE_READ, &file, m->e);

	if (rc < 0)
		return rc;
	rc = segment_open_file(&file, m->e, &s);
	for (uint64_t i = 0; rc == 0 && i < segment_count(s); i++) {
		rc = segment_meta(s, i, m->e, &leaf);
		if (rc < 0)
			break;
		count(&m->sources, leaf.source);
		count(&m->kinds, leaf.kind);
	}
	if (rc == 0)
		rc = keep_hash(&file, m->e, one.sha256);
	bytes_add(&m->segments, &one, sizeof(one));
	segment_close(s);
	vfile_close(&file);
	keep_tell(&m->done, at->bytes);
	return rc < 0 ? err_context(m->e, "\"%s\"", name) : 0;
}

/* Only those of the month stay in the list. */
static int choose(struct making *m, struct shard_segments *found)
{
	char month[KEEP_MONTH_SIZE];
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < found->count; i++) {
		rc = keep_month_of(m->shard, &found->at[i], month, m->e);
		if (rc == 0 && strcmp(month, m->month.name) == 0) {
			m->done.all += found->at[i].bytes;
			found->at[kept++] = found->at[i];
		}
	}
	found->count = rc == 0 ? kept : 0;
	return rc;
}

/* What came first of those in no closed segment must be of a later month: else the list would lack
 * its last lines for ever. */
static int check_closed(struct making *m)
{
	struct archive *a = NULL;
	struct archive_stat stat;
	struct leaf leaf;
	char name[16];
	int rc = archive_open(m->shard, m->e, &a);

	if (rc < 0)
		return rc;
	archive_stat(a, &stat);
	if (stat.closed < stat.next)
		rc = archive_read(a, stat.closed, m->e, &leaf);
	if (rc == 0 && stat.closed < stat.next) {
		struct date d = date_at(leaf.received_ns / 1000000000);

		snprintf(name, sizeof(name), "%04d-%02d", d.year % 10000, d.month);
		if (strcmp(name, m->month.name) <= 0)
			rc = err_set(m->e, ERR_CONFLICT,
				"the last lines of %s are in no closed segment yet", m->month.name);
	}
	archive_close(a);
	return rc;
}

/* The root of the tree at the end of the month. Without a tree there is none. */
static int find_root(struct making *m, uint64_t end)
{
	struct archive *a = NULL;
	struct tree_source source = { 0 };
	struct merkle_reader reader = { tree_hash, &source };
	int rc = tree_read(m->shard, end, &source.tree, m->e);

	if (rc == ERR_ABSENT)
		return 0;
	if (rc == 0)
		rc = archive_open(m->shard, m->e, &a);
	source.leaves = (struct tree_leaves){ prove_leaf_hashes, a };
	if (rc == 0)
		rc = merkle_head_at(&reader, end, &m->month.head, m->e);
	archive_close(a);
	tree_close(source.tree);
	return rc;
}

static void put_counts(struct buf *out, const char *word, const struct bytes *counts)
{
	const struct keep_count *at = (const struct keep_count *)(const void *)counts->at;

	for (size_t i = 0; i < counts->len / sizeof(*at); i++)
		buf_fmt(out, "%s %u %llu\n", word, at[i].what, (unsigned long long)at[i].entries);
}

static int write_manifest(struct making *m)
{
	const struct keep_segment *s = (const struct keep_segment *)(void *)m->segments.at;
	char hex[SHA256_HEX_SIZE], path[KEEP_PATH_SIZE];
	struct buf out;
	int rc;

	buf_init(&out, KEEP_MANIFEST_MAX);
	buf_fmt(&out, "khien-month 1\nmonth %s\n", m->month.name);
	for (size_t i = 0; i < m->segments.len / sizeof(*s); i++)
		buf_fmt(&out, "segment %llu %llu %llu %s\n", (unsigned long long)s[i].first,
			(unsigned long long)s[i].end, (unsigned long long)s[i].bytes,
			hex_of(s[i].sha256, SHA256_SIZE, hex));
	put_counts(&out, "source", &m->sources);
	put_counts(&out, "kind", &m->kinds);
	if (m->month.head.size > 0)
		buf_fmt(&out, "root %llu %s\n", (unsigned long long)m->month.head.size,
			hex_of(m->month.head.root.bytes, SHA256_SIZE, hex));
	rc = keep_folder(m->shard, m->e);
	if (rc == 0)
		rc = vfile_replace(
			m->shard, keep_path(m->month.name, "month", path), buf_str(&out), m->e);
	buf_done(&out);
	return rc;
}

int keep_close(
	struct vfile_disk *shard, const char *month, const struct keep_watch *watch, struct err *e)
{
	struct making m = { .shard = shard, .done = { .watch = watch }, .e = e };
	struct shard_segments found, none = { 0 };
	const struct keep_segment *last;
	int rc;

	if (!keep_is_month(str_of(month)))
		return err_set(e, ERR_INPUT, "\"%s\" is no month such as 2026-01", month);
	memcpy(m.month.name, month, KEEP_MONTH_SIZE);
	rc = shard_list(shard, &none, e, &found);
	if (rc < 0)
		return rc;
	rc = choose(&m, &found);
	for (size_t i = 0; i < found.count && rc == 0; i++)
		rc = add_segment(&m, &found.at[i]);
	free(found.at);
	if (rc == 0)
		rc = check_closed(&m);
	if (rc == 0 && m.segments.len == 0)
		rc = err_set(e, ERR_ABSENT, "no closed segment is of %s", month);
	if (rc == 0) {
		last = (struct keep_segment *)(void *)(m.segments.at + m.segments.len) - 1;
		rc = find_root(&m, last->end);
	}
	if (rc == 0)
		rc = write_manifest(&m);
	bytes_done(&m.segments);
	bytes_done(&m.sources);
	bytes_done(&m.kinds);
	return rc;
}

/* The month of a segment, when it is before LIMIT and has no list; else "". */
static int month_without_list(struct vfile_disk *shard, const struct shard_segment *at,
	const char *limit, char *ret_month, struct err *e)
{
	char path[KEEP_PATH_SIZE];
	struct vfile file;
	struct err none;
	int rc = keep_month_of(shard, at, ret_month, e);

	if (rc < 0)
		return rc;
	if (strcmp(ret_month, limit) >= 0)
		*ret_month = '\0';
	else if (vfile_open(shard, keep_path(ret_month, "month", path), VFILE_READ, &file, &none) ==
		0) {
		vfile_close(&file);
		*ret_month = '\0';
	}
	return 0;
}

int keep_close_over(struct vfile_disk *shard, int64_t now_s, unsigned *ret_count, struct err *e)
{
	struct shard_segments found, none = { 0 };
	struct date now = date_at(now_s);
	char limit[KEEP_MONTH_SIZE + 16];
	unsigned written = 0;
	int rc = shard_list(shard, &none, e, &found);

	if (rc < 0)
		return rc;
	snprintf(limit, sizeof(limit), "%04d-%02d", now.year, now.month);
	for (size_t i = 0; i < found.count && rc == 0; i++) {
		char month[KEEP_MONTH_SIZE];

		rc = month_without_list(shard, &found.at[i], limit, month, e);
		if (rc == 0 && *month) {
			rc = keep_close(shard, month, NULL, e);
			written += rc == 0;
		}
	}
	free(found.at);
	*ret_count = written;
	return rc;
}
