/* prove_range.c - that nothing is missing: every entry of a run, with what fixes it in the tree
 * that was signed. The file is told in docs/formats/range.md. */
#include <string.h>

#include "core/trail/tree.h"
#include "kit/merkle/note.h"
#include "work/archive/find_int.h"
#include "work/archive/prove.h"

#define MEMORY_BYTES (4 * MIB)
#define HASHES_BYTES (128 * SHA256_SIZE)

/* The run of one shard that holds all that was received in a time. */
struct run {
	int shard;
	uint64_t first, end;
	bool is_split; /* over more than one shard */
};

static int take(void *context, const struct find_line *line)
{
	struct run *run = context;
	uint64_t i = line->place.index;

	if (run->shard == 0)
		*run = (struct run){ line->place.shard, i, i + 1, false };
	run->is_split |= run->shard != line->place.shard;
	if (i < run->first)
		run->first = i;
	if (i >= run->end)
		run->end = i + 1;
	return run->is_split;
}

static int run_of(struct find *f, struct query *times, struct run *ret, struct err *e)
{
	struct find_answer answer;
	struct find_ask ask = { .query = times, .hit = take, .context = ret };
	int rc;

	*ret = (struct run){ 0 };
	rc = find_newest(f, &ask, &answer, e);
	if (rc == 0 && ret->shard == 0)
		rc = err_set(e, ERR_ABSENT, "nothing was received in that time");
	if (rc == 0 && ret->is_split)
		rc = err_set(e, ERR_INPUT,
			"the time lies in more than one part of the log: ask for each by itself");
	return rc;
}

/* One entry more at either side shows where the time begins and ends. */
static void widen(struct run *run, const struct archive_stat *stat, uint64_t size)
{
	if (run->first > stat->first)
		run->first--;
	if (run->end < size)
		run->end++;
}

static int outside(const struct shard_open *s, const struct merkle_span *span, struct buf *out,
	struct err *e)
{
	struct tree_source source = { .leaves = { prove_leaf_hashes, s->archive } };
	struct merkle_reader reader = { tree_hash, &source };
	int rc = tree_read(s->disk, span->hi, &source.tree, e);

	if (rc < 0)
		return rc;
	rc = merkle_prove_range(&reader, span, out, e);
	tree_close(source.tree);
	return rc;
}

static int put_entries(const struct shard_open *s, const struct run *run, struct buf *out,
	struct err *e)
{
	struct str entry;
	int rc = 0;

	for (uint64_t i = run->first; rc == 0 && i < run->end; i++) {
		rc = archive_entry(s->archive, i, e, &entry);
		if (rc == ERR_ABSENT)
			rc = err_set(e, ERR_ABSENT,
				"entry %llu is not here any more, or its text was redacted",
				(unsigned long long)i);
		if (rc == 0)
			rc = bundle_add(out, entry, e);
		if (rc == 0 && buf_is_full(out))
			rc = err_set(e, ERR_LIMIT,
				"that is more than one file of proof may hold; ask for less time");
	}
	return rc;
}

static int write_range(const struct shard_open *s, struct run *run, struct str note,
	uint64_t size, struct buf *out, struct err *e)
{
	struct archive_stat stat;
	struct buf hashes;
	int rc;

	archive_stat(s->archive, &stat);
	widen(run, &stat, size);
	buf_init(&hashes, HASHES_BYTES);
	rc = outside(s, &(struct merkle_span){ 0, size, run->first, run->end }, &hashes, e);
	if (rc == 0) {
		buf_fmt(out, "khien-range 1\n%llu %llu %zu %zu\n", (unsigned long long)run->first,
			(unsigned long long)run->end, hashes.len / SHA256_SIZE, note.len);
		buf_add(out, note);
		buf_add(out, buf_str(&hashes));
		rc = put_entries(s, run, out, e);
	}
	buf_done(&hashes);
	return rc;
}

int prove_times(struct find *f, struct query *times, struct buf *out, struct err *e)
{
	const struct shard_open *s;
	struct checkpoint c;
	struct arena a;
	struct note n;
	struct str note;
	struct run run;
	int rc = run_of(f, times, &run, e);

	if (rc < 0)
		return rc;
	s = find_shard(f, run.shard);
	arena_init(&a, MEMORY_BYTES);
	rc = vfile_load(s->disk, "checkpoint", NOTE_BYTES_MAX, &a, &note, e);
	if (rc == 0)
		rc = note_parse(note, &a, &n, e);
	if (rc == 0)
		rc = checkpoint_parse(n.text, &c, e);
	if (rc == ERR_ABSENT || (rc == 0 && run.end > c.head.size))
		rc = err_set(e, ERR_CONFLICT,
			"the newest lines of that time are not sealed yet: ask for an earlier end, or "
			"in a minute");
	if (rc == 0)
		rc = write_range(s, &run, note, c.head.size, out, e);
	arena_done(&a);
	return rc;
}
