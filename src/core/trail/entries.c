/* entries.c - entries by index, and what can be proven with them. */
#include "core/trail/entries.h"

#include "core/trail/leaf.h"
#include "kit/merkle/note.h"

#define LIST_MEMORY_BYTES (8 * MIB)
#define SEGMENT_NAME_SIZE 40

/* The name of the segment that INDEX would stand in. */
static int find_segment(
	struct vfile_disk *d, uint64_t index, char *ret_name, uint64_t *ret_first, struct err *e)
{
	struct vfile_names names;
	struct arena a;
	bool is_found = false;
	uint64_t first;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = vfile_list(d, "segments", &a, &names, e);
	for (size_t i = 0; rc == 0 && i < names.len; i++) {
		struct str name = str_of(names.at[i].name);

		if (name.len != 24 || !str_ends(name, ".seg") ||
			!str_to_u64(str_until(name, 20), 10, &first) || first > index)
			continue;
		snprintf(ret_name, SEGMENT_NAME_SIZE, "segments/%s", names.at[i].name);
		*ret_first = first;
		is_found = true;
	}
	arena_done(&a);
	if (rc == 0 && !is_found)
		rc = err_set(e, ERR_ABSENT, "entry %llu is not in a segment here",
			(unsigned long long)index);
	return rc;
}

/* Entries whose leaf hashes are wanted, one after the other. */
struct wanted {
	uint64_t next, end; /* indices still wanted */
	struct merkle_hash *hashes;
	struct sha256 *sha256;
};

static void put(struct wanted *t, const struct merkle_hash *hash)
{
	*t->hashes++ = *hash;
	t->next++;
}

static int from_wal(const struct entries *x, struct wanted *t, struct err *e)
{
	struct merkle_hash hash;
	struct wal_reader *reader;
	struct str entry;
	int rc = wal_reader_open(x->disk, t->next, &reader, e);

	if (rc < 0)
		return rc;
	while (t->next < t->end) {
		rc = wal_read(reader, t->end, &entry, e);
		if (rc <= 0)
			break;
		merkle_leaf(t->sha256, entry, &hash);
		put(t, &hash);
	}
	wal_reader_close(reader);
	return rc < 0 ? rc : 0;
}

static int from_segment(const struct entries *x, struct wanted *t, struct err *e)
{
	char name[SEGMENT_NAME_SIZE];
	struct merkle_hash hash;
	struct leaf leaf;
	uint64_t first = 0, count = 0;
	void *segment;
	struct buf b;
	int rc = find_segment(x->disk, t->next, name, &first, e);

	if (rc == 0)
		rc = x->segments->open(x->disk, name, &segment, &count, e);
	if (rc < 0)
		return rc;
	buf_init(&b, LEAF_BYTES_MAX + 1);
	while (rc >= 0 && t->next < t->end && t->next - first < count) {
		unsigned char head[LEAF_HEAD_BYTES];

		rc = x->segments->read(segment, t->next - first, &leaf, &hash, e);
		if (rc < 0)
			break;
		if (rc != TRAIL_REDACTED) {
			leaf_head(&leaf, head);
			buf_clear(&b);
			buf_add(&b, (struct str){ (char *)head, sizeof(head) });
			buf_add(&b, leaf.raw);
			merkle_leaf(t->sha256, buf_str(&b), &hash);
		}
		put(t, &hash);
	}
	buf_done(&b);
	x->segments->close(segment);
	return rc < 0 ? rc : 0;
}

/* Write-ahead files first, they are quicker; a range may lie in two segments. */
static int read_all(const struct entries *x, struct wanted *t, struct err *e)
{
	int rc = from_wal(x, t, e);

	while (rc == ERR_ABSENT && x->segments && t->next < t->end) {
		uint64_t before = t->next;

		rc = from_segment(x, t, e);
		if (rc == 0 && t->next < t->end)
			rc = t->next > before ? ERR_ABSENT :
						err_set(e, ERR_ABSENT, "entry %llu is not here",
							(unsigned long long)t->next);
		if (rc == ERR_ABSENT && t->next == before)
			break;
		if (rc == ERR_ABSENT && from_wal(x, t, e) == 0)
			rc = 0;
	}
	if (rc == 0 && t->next < t->end)
		rc = err_set(e, ERR_ABSENT, "entry %llu is not here", (unsigned long long)t->next);
	return rc;
}

int entries_hash(void *context, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e)
{
	struct wanted t = { .next = from, .end = from + count, .hashes = ret };
	int rc;

	t.sha256 = sha256_new();
	rc = read_all(context, &t, e);
	sha256_end(t.sha256, NULL);
	return rc;
}

/* --- proofs ----------------------------------------------------------------------------------- */

static int load_note(
	const struct entries *x, struct arena *a, struct trail_proof *ret, struct err *e)
{
	struct note *n = arena_new(a, struct note);
	struct checkpoint c;
	int rc = vfile_load(x->disk, "checkpoint", NOTE_BYTES_MAX, a, &ret->note, e);

	if (rc == 0)
		rc = note_parse(ret->note, a, n, e);
	if (rc == 0)
		rc = checkpoint_parse(n->text, &c, e);
	if (rc == 0)
		ret->head = c.head;
	return rc;
}

int entries_prove_growth(const struct entries *x, uint64_t old_size, struct arena *a,
	struct trail_proof *ret, struct err *e)
{
	struct entries copy = *x;
	struct tree_source source = { .leaves = { entries_hash, &copy } };
	struct merkle_reader reader = { tree_hash, &source };
	int rc = load_note(x, a, ret, e);

	if (rc < 0)
		return rc;
	if (old_size > ret->head.size)
		return err_set(e, ERR_INPUT, "the newest checkpoint has %llu leaves only",
			(unsigned long long)ret->head.size);
	rc = tree_read(x->disk, ret->head.size, &source.tree, e);
	if (rc < 0)
		return rc;
	rc = merkle_prove_consistency(&reader, old_size, ret->head.size, &ret->path, e);
	tree_close(source.tree);
	return rc;
}
