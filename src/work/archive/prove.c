#include "work/archive/prove.h"

#include <string.h>

#include "core/trail/tree.h"
#include "kit/merkle/note.h"
#include "work/archive/find_int.h"

#define MEMORY_BYTES (2 * MIB)

/* The newest checkpoint of a shard. All of it lives in A. */
static int load(const struct shard_open *s, struct arena *a, struct str *ret_note, struct note *ret,
	struct checkpoint *ret_checkpoint, struct err *e)
{
	int rc = vfile_load(s->disk, "checkpoint", NOTE_BYTES_MAX, a, ret_note, e);

	if (rc == 0)
		rc = note_parse(*ret_note, a, ret, e);
	return rc == 0 ? checkpoint_parse(ret->text, ret_checkpoint, e) : rc;
}

/* Those whose name is not the log's own, nor begins with it and a slash. */
static size_t others(const struct note *n, struct str origin)
{
	size_t count = 0;

	for (size_t i = 0; i < n->count; i++) {
		struct str name = n->signatures[i].name;

		if (!str_eq(str_until(name, origin.len), origin))
			count++;
	}
	return count;
}

static const struct shard_open *shard_of(struct find *f, int number, struct err *e)
{
	const struct shard_open *s = find_shard(f, number);

	if (!s)
		(void)err_set(e, ERR_ABSENT, "there is no such part of the log");
	return s;
}

int prove_seal(struct find *f, int shard, struct prove_seal *ret, struct err *e)
{
	const struct shard_open *s = shard_of(f, shard, e);
	struct prove_seal seal = { 0 };
	struct checkpoint c;
	struct arena a;
	struct note n;
	struct leaf leaf;
	struct str text;
	int rc;

	if (!s)
		return ERR_ABSENT;
	arena_init(&a, MEMORY_BYTES);
	rc = load(s, &a, &text, &n, &c, e);
	if (rc == 0) {
		snprintf(seal.origin, sizeof(seal.origin), "%.*s", STR_FMT(c.origin));
		seal.size = c.head.size;
		seal.cosignatures = others(&n, c.origin);
		if (seal.size && archive_read(s->archive, seal.size - 1, e, &leaf) == 0)
			seal.last_ns = leaf.received_ns;
		*ret = seal;
	}
	arena_done(&a);
	return rc;
}

int prove_note(struct find *f, int shard, struct arena *a, struct str *ret, struct err *e)
{
	const struct shard_open *s = shard_of(f, shard, e);
	struct checkpoint c;
	struct note n;

	return s ? load(s, a, ret, &n, &c, e) : ERR_ABSENT;
}

int prove_leaf_hashes(
	void *context, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = archive_leaf(context, from + i, e, &ret[i]);
	return rc;
}

/* The path, and that it holds. */
static int path_to(const struct shard_open *s, uint64_t index, const struct merkle_head *head,
	struct merkle_proof *ret, struct err *e)
{
	struct tree_source source = { .leaves = { prove_leaf_hashes, s->archive } };
	struct merkle_reader reader = { tree_hash, &source };
	struct merkle_hash leaf;
	int rc = tree_read(s->disk, head->size, &source.tree, e);

	if (rc < 0)
		return rc;
	rc = merkle_prove_inclusion(&reader, index, head->size, ret, e);
	tree_close(source.tree);
	if (rc == 0)
		rc = prove_leaf_hashes(s->archive, index, 1, &leaf, e);
	if (rc == 0 && !merkle_is_included(&leaf, index, head, ret))
		rc = err_set(e, ERR_CRYPTO,
			"the line is not the one that was sealed: run khien-verify on this log");
	return rc;
}

int prove_line(struct find *f, struct find_place place, struct buf *out, struct err *e)
{
	const struct shard_open *s = shard_of(f, place.shard, e);
	struct tlog_proof proof = { .index = place.index };
	struct checkpoint c = { 0 };
	struct arena a;
	struct note n;
	int rc;

	if (!s)
		return ERR_ABSENT;
	arena_init(&a, MEMORY_BYTES);
	rc = load(s, &a, &proof.note, &n, &c, e);
	if (rc == ERR_ABSENT || (rc == 0 && place.index >= c.head.size))
		rc = err_set(e, ERR_CONFLICT, "line %llu is not sealed yet",
			(unsigned long long)place.index);
	if (rc == 0)
		rc = path_to(s, place.index, &c.head, &proof.path, e);
	if (rc == 0)
		rc = archive_entry(s->archive, place.index, e, &proof.extra);
	if (rc == 0)
		tlog_proof_write(&proof, out);
	arena_done(&a);
	return rc;
}
