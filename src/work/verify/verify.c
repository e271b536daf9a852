/* verify.c - one pass over a shard: its closed segments, then its write-ahead files. */
#include "work/verify/verify_int.h"

#include <stdlib.h>

#define PROGRESS_EVERY 65536

/* --- files ------------------------------------------------------------------------------------ */

static int by_first(const void *a, const void *b)
{
	const struct verify_file *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? 1 : -1;
	return x->is_wal - y->is_wal;
}

struct file_list {
	VEC(struct verify_file) files;
};

static int list_folder(struct walk *w, const char *folder, const char *ending,
	struct file_list *list, struct err *e)
{
	struct vfile_names names;
	int rc = vfile_list(w->d, folder, w->a, &names, e);

	if (rc < 0)
		return rc == ERR_ABSENT ? 0 : rc;
	for (size_t i = 0; i < names.len; i++) {
		struct str name = str_of(names.at[i].name);
		struct verify_file f = { .is_wal = str_is(STR("wal"), folder) };

		if (names.at[i].is_folder || name.len != 24 || !str_ends(name, ending) ||
			!str_to_u64(str_until(name, 20), 10, &f.first))
			continue;
		f.name = arena_fmt(w->a, "%s/%.*s", folder, STR_FMT(name)).ptr;
		vec_push(w->a, &list->files, f);
	}
	return 0;
}

static int list_files(struct walk *w, struct err *e)
{
	struct file_list list = { 0 };
	int rc = list_folder(w, "wal", ".wal", &list, e);

	if (rc == 0 && w->job->segments)
		rc = list_folder(w, "segments", ".seg", &list, e);
	if (list.files.len > 0)
		qsort(list.files.at, list.files.len, sizeof(*list.files.at), by_first);
	w->files = list.files.at;
	w->file_count = list.files.len;
	return rc;
}

/* --- leaves ----------------------------------------------------------------------------------- */

static int tell_progress(struct walk *w)
{
	if (w->index % PROGRESS_EVERY != 0 || !w->job->progress)
		return 0;
	if (w->job->progress(w->job->context, w->index, w->all) != 0)
		w->r->is_stopped = true;
	return w->r->is_stopped;
}

static int take(
	struct walk *w, const struct leaf *leaf, const struct merkle_hash *hash, struct err *e)
{
	int rc;

	leaf_judge(w, leaf);
	rc = grow_leaf(w, hash, e);
	return rc < 0 ? rc : tell_progress(w);
}

/* Entries that cannot be read. */
static int damaged(struct walk *w, uint64_t end, enum verify_fault fault, struct err *e)
{
	found_run(w, fault, end);
	return grow_hole(w, end, e);
}

static void hash_leaf(struct walk *w, const struct leaf *leaf, struct merkle_hash *ret)
{
	unsigned char head[LEAF_HEAD_BYTES];

	leaf_head(leaf, head);
	sha256_add(w->sha256, (struct str){ "\0", 1 });
	sha256_add(w->sha256, (struct str){ (char *)head, sizeof(head) });
	sha256_add(w->sha256, leaf->raw);
	sha256_next(w->sha256, ret->bytes);
}

static int read_segment(struct walk *w, const struct verify_file *file, struct err *e)
{
	const struct trail_segments *ops = w->job->segments;
	uint64_t count = 0, skip = w->index - file->first;
	struct err why;
	void *segment;
	int rc = ops->open(w->d, file->name, &segment, &count, &why);

	if (rc < 0) {
		found(w, VERIFY_ENTRY, w->index, w->index + 1, file->name);
		return 0;
	}
	for (uint64_t i = skip; rc == 0 && i < count; i++) {
		struct merkle_hash hash;
		struct leaf leaf;
		int got = ops->read(segment, i, &leaf, &hash, &why);

		if (got < 0) {
			rc = damaged(w, w->index + 1, VERIFY_ENTRY, e);
		} else if (got == TRAIL_REDACTED) {
			leaf_judge_redacted(w, &leaf);
			rc = grow_leaf(w, &hash, e);
		} else {
			if (got == TRAIL_HIDDEN)
				found_run(w, VERIFY_HIDDEN, w->index + 1);
			hash_leaf(w, &leaf, &hash);
			rc = take(w, &leaf, &hash, e);
		}
	}
	ops->close(segment);
	return rc;
}

/* Read on from write-ahead files as far as records are whole, up to END. */
static int read_wal(struct walk *w, uint64_t end, struct err *e)
{
	struct wal_reader *reader;
	struct merkle_hash hash;
	struct leaf leaf;
	struct str entry;
	struct err why;
	int got, rc = 0;

	if (wal_reader_open(w->d, w->index, &reader, &why) < 0)
		return 0;
	while (rc == 0 && w->index < end) {
		got = wal_read(reader, UINT64_MAX, &entry, &why);
		if (got != 1 && w->index < w->r->signed_size && wal_reader_skip(reader)) {
			rc = damaged(w, w->index + 1, VERIFY_ENTRY, e);
			continue;
		}
		if (got != 1)
			break;
		merkle_leaf(w->sha256, entry, &hash);
		if (leaf_parse(entry, &leaf, &why) == 0) {
			rc = take(w, &leaf, &hash, e);
			continue;
		}
		found(w, VERIFY_ENTRY, w->index, w->index + 1, "");
		rc = grow_leaf(w, &hash, e);
	}
	wal_reader_close(reader);
	return rc;
}

/* Segments first; what lies between them may still be in a write-ahead file. */
static int read_segments(struct walk *w, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->file_count; i++) {
		const struct verify_file *file = &w->files[i];

		if (file->is_wal)
			continue;
		if (file->first > w->index)
			rc = read_wal(w, file->first, e);
		if (rc == 0 && file->first > w->index)
			rc = damaged(w, file->first, VERIFY_MISSING, e);
		if (rc == 0)
			rc = read_segment(w, file, e);
	}
	return rc;
}

static int read_files(struct walk *w, struct err *e)
{
	int rc = read_segments(w, e);

	for (size_t i = 0; rc == 0; i++) {
		rc = read_wal(w, UINT64_MAX, e);
		while (i < w->file_count && (!w->files[i].is_wal || w->files[i].first <= w->index))
			i++;
		if (rc != 0 || i == w->file_count)
			break;
		rc = damaged(w, w->files[i].first, VERIFY_MISSING, e);
	}
	return rc < 0 ? rc : 0;
}

/* --- a shard ---------------------------------------------------------------------------------- */

static int walk_all(struct walk *w, struct err *e)
{
	int rc = origin_load(w, e);

	if (rc == ERR_ABSENT && w->r->finding_count > 0)
		return 0; /* told */
	if (rc == 0)
		rc = list_files(w, e);
	if (rc == 0)
		rc = notes_load(w, e);
	if (rc < 0)
		return rc;
	w->all = w->r->signed_size;
	rc = grow_begin(w, e);
	if (rc == 0)
		rc = read_files(w, e);
	if (rc == 0)
		rc = grow_end(w, e);
	return rc;
}

int verify_shard(struct vfile_disk *d, const struct verify_job *job,
	const struct verify_report *before, struct arena *a, struct verify_report *ret,
	struct err *e)
{
	struct walk *w = arena_new(a, struct walk);
	int rc;

	*ret = (struct verify_report){ 0 };
	w->d = d;
	w->job = job;
	w->before = before;
	w->r = ret;
	w->a = a;
	w->sha256 = sha256_new();
	w->sources = arena_array(a, struct verify_source, SOURCES_MAX);
	rc = walk_all(w, e);
	ret->redacted_at = w->redacted.at;
	ret->redacted_kept = w->redacted.len;
	ret->decided = w->decided.at;
	ret->decided_count = w->decided.len;
	ret->leaving = w->leaving.at;
	ret->leaving_count = w->leaving.len;
	sha256_end(w->sha256, NULL);
	return rc;
}
