/* prove_range.c - that nothing is missing: every entry of a time, with what fixes it in the trees
 * that were signed, given as it is read. The file is told in docs/formats/range.md. */
#include <stdlib.h>

#include "core/trail/tree.h"
#include "kit/merkle/note.h"
#include "work/archive/find_int.h"
#include "work/archive/prove.h"

#define MEMORY_BYTES (4 * MIB)
#define HASHES_BYTES (128 * SHA256_SIZE)
#define ENOUGH_BYTES (128 * KIB) /* for one piece */

/* What is told of one shard. */
struct part {
	const struct shard_open *shard;
	struct str note; /* in the arena of the range */
	uint64_t size;   /* of the tree that was signed */
	uint64_t first, end;
};

struct prove_range {
	struct find *f;
	struct find_place first, last; /* received in the time */
	uint64_t done, all;            /* entries */
	struct query *query;           /* or NULL: count those that answer it */
	uint64_t hits;
	size_t shard;                  /* of the log: the one in work */
	struct part part;
	uint64_t next; /* entry of the part; its end: another part is begun */
	struct arena a;
};

static int take(void *context, const struct find_line *line)
{
	*(struct find_place *)context = line->place;
	return 1;
}

/* By index the first and the last there are: a clock that was set back in between hides none. */
static int find_ends(struct prove_range *r, struct query *times, struct err *e)
{
	struct find_answer answer;
	struct find_ask first = { times, .is_forward = true, .hit = take, .context = &r->first };
	struct find_ask last = { .query = times, .hit = take, .context = &r->last };
	int rc = find_newest(r->f, &first, &answer, e);

	if (rc == 0)
		rc = find_newest(r->f, &last, &answer, e);
	if (rc == 0 && r->first.shard == 0)
		rc = err_set(e, ERR_ABSENT, "nothing was received in that time");
	return rc;
}

static int load_note(struct part *p, struct arena *a, struct err *e)
{
	struct checkpoint c;
	struct note n;
	int rc = vfile_load(p->shard->disk, "checkpoint", NOTE_BYTES_MAX, a, &p->note, e);

	if (rc == 0)
		rc = note_parse(p->note, a, &n, e);
	if (rc == 0)
		rc = checkpoint_parse(n.text, &c, e);
	if (rc == 0)
		p->size = c.head.size;
	return rc;
}

static int not_here(uint64_t i, struct err *e)
{
	return err_set(e, ERR_ABSENT, "entry %llu is not here any more", (unsigned long long)i);
}

/* Where a shard ends the next one begins: there all of it is told, up to both sides of the joint.
 * Elsewhere one entry more at either side shows where the time begins and ends. */
static int part_of(struct prove_range *r, size_t i, struct err *e, struct part *ret)
{
	int number = find_shard_at(r->f, i), rc;
	struct archive_stat stat;
	struct part p = { .shard = find_shard(r->f, number) };

	find_shard_stat(r->f, i, &stat);
	rc = load_note(&p, &r->a, e);
	if (number == r->first.shard)
		p.first = r->first.index - (r->first.index > stat.first);
	p.end = p.size;
	if (rc == 0 && number == r->last.shard) {
		if (r->last.index >= p.size)
			rc = ERR_ABSENT;
		else if (r->last.index + 2 <= p.size)
			p.end = r->last.index + 2;
	}
	if (rc == ERR_ABSENT)
		return err_set(e, ERR_CONFLICT,
			"the newest lines of that time are not sealed yet: ask for an earlier end, or "
			"in a minute");
	if (rc == 0 && p.first < stat.first)
		return not_here(p.first, e);
	*ret = p;
	return rc;
}

static int outside(const struct part *p, struct buf *out, struct err *e)
{
	struct merkle_span span = { 0, p->size, p->first, p->end };
	struct tree_source source = { .leaves = { prove_leaf_hashes, p->shard->archive } };
	struct merkle_reader reader = { tree_hash, &source };
	int rc = tree_read(p->shard->disk, p->size, &source.tree, e);

	if (rc < 0)
		return rc;
	rc = merkle_prove_range(&reader, &span, out, e);
	tree_close(source.tree);
	return rc;
}

static int put_head(const struct part *p, struct buf *out, struct err *e)
{
	struct buf hashes;
	int rc;

	buf_init(&hashes, HASHES_BYTES);
	rc = outside(p, &hashes, e);
	buf_fmt(out, "khien-range 2\n%llu %llu %zu %zu\n", (unsigned long long)p->first,
		(unsigned long long)p->end, hashes.len / SHA256_SIZE, p->note.len);
	buf_add(out, p->note);
	buf_add(out, buf_str(&hashes));
	buf_done(&hashes);
	return rc;
}

/* Of an entry whose text was redacted only the hash is left; 1 then. */
static int load_entry(const struct part *p, uint64_t i, struct err *e, struct str *ret,
	struct merkle_hash *ret_leaf)
{
	int rc = archive_entry(p->shard->archive, i, e, ret);

	if (rc != ERR_ABSENT)
		return rc;
	rc = archive_leaf(p->shard->archive, i, e, ret_leaf);
	return rc < 0 ? rc : 1;
}

static void count(struct prove_range *r, const struct leaf *leaf)
{
	struct query_line line = { .raw = leaf->raw,
		.received_ns = leaf->received_ns,
		.source = leaf->source,
		.kind = leaf->kind,
		.transport = leaf->transport,
		.peer = leaf->peer };

	r->hits += query_matches(r->query, &line);
}

/* What is left of a redacted entry may be what is asked for. */
static int count_entry(struct prove_range *r, uint64_t i, struct str entry, struct err *e)
{
	struct leaf leaf;
	int rc = 0;

	if (!r->query)
		return 0;
	rc = entry.len ? leaf_parse(entry, &leaf, e) :
			 archive_read(r->part.shard->archive, i, e, &leaf);
	if (rc == 0)
		count(r, &leaf);
	return rc;
}

/* While a long time is told, what was in a write-ahead file moves into a segment: then it is looked
 * for once more. The hash of a redacted one stands behind a length of none. */
static int put_entry(struct prove_range *r, uint64_t i, struct buf *out, struct err *e)
{
	const struct part *p = &r->part;
	struct str entry = STR("");
	struct merkle_hash leaf;
	int rc = load_entry(p, i, e, &entry, &leaf);

	if (rc < 0 && archive_refresh(p->shard->archive, e) == 0)
		rc = load_entry(p, i, e, &entry, &leaf);
	if (rc == ERR_ABSENT)
		return not_here(i, e);
	if (rc == 0) {
		rc = bundle_add(out, entry, e);
	} else if (rc == 1) {
		buf_add(out, (struct str){ "\0\0", 2 });
		buf_add(out, (struct str){ (const char *)leaf.bytes, SHA256_SIZE });
		entry = STR("");
	}
	return rc < 0 ? rc : count_entry(r, i, entry, e);
}

static bool is_asked(const struct prove_range *r, size_t i)
{
	int number = find_shard_at(r->f, i);

	return number >= r->first.shard && number <= r->last.shard;
}

/* What there is to do, and that it can be done, before the first byte is given. */
static int count_all(struct prove_range *r, struct err *e)
{
	struct part p;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < find_shard_count(r->f); i++) {
		if (!is_asked(r, i))
			continue;
		rc = part_of(r, i, e, &p);
		r->all += rc == 0 ? p.end - p.first : 0;
		arena_done(&r->a);
		arena_init(&r->a, MEMORY_BYTES);
	}
	return rc;
}

int prove_range_open(
	struct find *f, struct query *times, struct prove_range **ret, struct err *e)
{
	struct prove_range *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		abort();
	arena_init(&r->a, MEMORY_BYTES);
	r->f = f;
	rc = find_ends(r, times, e);
	if (rc == 0)
		rc = count_all(r, e);
	if (rc < 0)
		prove_range_close(r);
	else
		*ret = r;
	return rc;
}

/* 1: the part in work is another one; 0: there is none left. */
static int begin_part(struct prove_range *r, struct buf *out, struct err *e)
{
	int rc;

	while (r->shard < find_shard_count(r->f) && !is_asked(r, r->shard))
		r->shard++;
	if (r->shard == find_shard_count(r->f))
		return 0;
	arena_done(&r->a);
	arena_init(&r->a, MEMORY_BYTES);
	rc = part_of(r, r->shard++, e, &r->part);
	r->next = r->part.first;
	if (rc == 0)
		rc = put_head(&r->part, out, e);
	return rc < 0 ? rc : 1;
}

int prove_range_next(struct prove_range *r, struct buf *out, struct err *e)
{
	int rc = 1;

	while (rc == 1 && out->len < ENOUGH_BYTES) {
		if (r->next == r->part.end) {
			rc = begin_part(r, out, e);
			continue;
		}
		rc = put_entry(r, r->next++, out, e);
		r->done += rc == 0;
		if (rc == 0)
			rc = 1;
	}
	if (rc >= 0 && buf_is_full(out))
		rc = err_set(e, ERR_LIMIT, "there is too little room for a piece of the proof");
	return rc;
}

void prove_range_count(struct prove_range *r, struct query *q)
{
	r->query = q;
}

uint64_t prove_range_hits(const struct prove_range *r)
{
	return r->hits;
}

void prove_range_stat(const struct prove_range *r, uint64_t *ret_done, uint64_t *ret_all)
{
	*ret_done = r->done;
	*ret_all = r->all > r->done ? r->all : r->done;
}

struct prove_range *prove_range_close(struct prove_range *r)
{
	if (r)
		arena_done(&r->a);
	free(r);
	return NULL;
}
