/* tree.c - the hashes of full groups, level by level. Each level is a counter to the base of 256: a
 * frontier over the hashes of the level below, whose full groups go up and onto the disk. Each
 * inner node of the tree is computed once. */
#include "core/trail/tree.h"

#include <stdlib.h>

#define TREE_FOLDER "tree"
#define GROUP_BITS 8
#define NAME_SIZE 16
#define PENDING_MAX 2048 /* hashes not written yet, of a level */

struct tree {
	struct vfile_disk *disk;
	bool is_writer;
	uint64_t size;
	struct sha256 *sha256;
	struct merkle_frontier group[TREE_LEVELS + 1]; /* of a writer */
	struct vfile file[TREE_LEVELS + 1];            /* from 1 on; disk NULL: not open */
	size_t pending[TREE_LEVELS + 1];
	struct merkle_hash *waiting[TREE_LEVELS + 1]; /* PENDING_MAX each, when needed */
};

static const char *name_of(unsigned level, char *name)
{
	snprintf(name, NAME_SIZE, TREE_FOLDER "/%u", level);
	return name;
}

static uint64_t full_groups(uint64_t size, unsigned level)
{
	return size >> (GROUP_BITS * level);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int open_level(struct tree *t, unsigned level, struct err *e)
{
	uint64_t bytes = full_groups(t->size, level) * SHA256_SIZE;
	struct vfile *f = &t->file[level];
	char name[NAME_SIZE];
	int rc = vfile_open(
		t->disk, name_of(level, name), t->is_writer ? VFILE_WRITE : VFILE_READ, f, e);

	if (rc == ERR_ABSENT && bytes == 0)
		return 0;
	if (rc == 0 && f->size_bytes < bytes)
		rc = err_set(e, ERR_ABSENT, "\"%s\" holds %llu bytes where %llu are needed", name,
			(unsigned long long)f->size_bytes, (unsigned long long)bytes);
	if (rc == 0 && t->is_writer && f->size_bytes > bytes)
		rc = vfile_truncate(f, bytes, e);
	return rc;
}

/* The groups that are not full yet, from the hashes below them. */
static int load_groups(struct tree *t, struct err *e)
{
	for (unsigned level = 1; level <= TREE_LEVELS; level++) {
		uint64_t end = full_groups(t->size, level);
		uint64_t from = end & ~(uint64_t)(TREE_GROUP - 1);
		struct merkle_hash hash;

		for (uint64_t i = from; i < end; i++) {
			ssize_t n = vfile_read_at(
				&t->file[level], i * SHA256_SIZE, hash.bytes, SHA256_SIZE, e);

			if (n != SHA256_SIZE)
				return n < 0 ? (int)n :
					       err_set(e, ERR_INPUT, "\"%s\" is too short",
						       t->file[level].path);
			if (!merkle_append(t->sha256, &t->group[level], &hash))
				return err_set(e, ERR_LIMIT, "the tree is full");
		}
	}
	return 0;
}

static int open_tree(
	struct vfile_disk *d, uint64_t size, bool is_writer, struct tree **ret, struct err *e)
{
	struct tree *t = calloc(1, sizeof(*t));
	int rc = is_writer ? vfile_make_folder(d, TREE_FOLDER, e) : 0;

	if (!t)
		abort();
	t->disk = d;
	t->is_writer = is_writer;
	t->size = size;
	t->sha256 = sha256_new();
	for (unsigned level = 1; rc == 0 && level <= TREE_LEVELS; level++)
		rc = open_level(t, level, e);
	if (rc == 0 && is_writer)
		rc = load_groups(t, e);
	if (rc < 0) {
		tree_close(t);
		return rc;
	}
	*ret = t;
	return 0;
}

int tree_write(struct vfile_disk *d, uint64_t size, struct tree **ret, struct err *e)
{
	if (size % TREE_GROUP != 0)
		return err_set(e, ERR_INPUT, "a tree goes on after a whole group only");
	return open_tree(d, size, true, ret, e);
}

int tree_read(struct vfile_disk *d, uint64_t size, struct tree **ret, struct err *e)
{
	return open_tree(d, size, false, ret, e);
}

struct tree *tree_close(struct tree *t)
{
	if (!t)
		return NULL;
	for (unsigned level = 1; level <= TREE_LEVELS; level++) {
		vfile_close(&t->file[level]);
		free(t->waiting[level]);
	}
	sha256_end(t->sha256, NULL);
	free(t);
	return NULL;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int flush(struct tree *t, unsigned level, struct err *e)
{
	struct str bytes = { (char *)t->waiting[level], t->pending[level] * SHA256_SIZE };
	struct vfile *f = &t->file[level];
	char name[NAME_SIZE];
	int rc = 0;

	if (bytes.len == 0)
		return 0;
	if (!f->disk) {
		rc = vfile_open(t->disk, name_of(level, name), VFILE_CREATE, f, e);
		if (rc == 0)
			rc = vfile_sync_dir(t->disk, TREE_FOLDER, e);
	}
	if (rc == 0)
		rc = vfile_append(f, bytes, e);
	if (rc == 0)
		t->pending[level] = 0;
	return rc;
}

static int keep(struct tree *t, unsigned level, const struct merkle_hash *hash, struct err *e)
{
	if (!t->waiting[level]) {
		t->waiting[level] = malloc(PENDING_MAX * sizeof(*hash));
		if (!t->waiting[level])
			abort();
	}
	t->waiting[level][t->pending[level]++] = *hash;
	return t->pending[level] == PENDING_MAX ? flush(t, level, e) : 0;
}

/* A full group of LEVEL is one hash of the level above. */
static int carry(struct tree *t, unsigned level, struct err *e)
{
	int rc = 0;

	for (; rc == 0 && level < TREE_LEVELS && t->group[level].size == TREE_GROUP; level++) {
		struct merkle_hash hash = t->group[level].at[GROUP_BITS];

		t->group[level].size = 0;
		rc = keep(t, level + 1, &hash, e);
		if (rc == 0 && !merkle_append(t->sha256, &t->group[level + 1], &hash))
			rc = err_set(e, ERR_LIMIT, "the tree is full");
	}
	return rc;
}

int tree_add_all(struct tree *t, const struct merkle_hash *leaves, size_t count, struct err *e)
{
	struct merkle_frontier *g = &t->group[0];
	struct merkle_hash some[TREE_GROUP + 1];
	int rc = 0;

	for (size_t n; rc == 0 && count > 0; leaves += n, count -= n) {
		n = TREE_GROUP - g->size < count ? TREE_GROUP - g->size : count;
		memcpy(some, leaves, n * sizeof(*some));
		if (!merkle_append_all(g, some, n))
			return err_set(e, ERR_LIMIT, "the tree is full");
		t->size += n;
		rc = carry(t, 0, e);
	}
	return rc;
}

int tree_add(struct tree *t, const struct merkle_hash *leaf, struct err *e)
{
	return tree_add_all(t, leaf, 1, e);
}

int tree_sync(struct tree *t, struct err *e)
{
	int rc = 0;

	for (unsigned level = 1; rc == 0 && level <= TREE_LEVELS; level++) {
		rc = flush(t, level, e);
		if (rc == 0 && t->file[level].disk)
			rc = vfile_sync_data(&t->file[level], e);
	}
	return rc;
}

int tree_check(const struct tree *t, struct err *e)
{
	char name[NAME_SIZE];
	int rc = 0;

	for (unsigned level = 1; rc == 0 && level <= TREE_LEVELS; level++) {
		struct vfile f;

		if (!t->file[level].disk)
			continue;
		rc = vfile_open(t->disk, name_of(level, name), VFILE_READ, &f, e);
		if (rc == 0 && f.size_bytes < t->file[level].size_bytes)
			rc = ERR_ABSENT;
		if (rc == 0)
			vfile_close(&f);
		if (rc == ERR_ABSENT)
			rc = err_set(e, ERR_SYSTEM, "\"%s\" was taken away or cut", name);
	}
	return rc;
}

uint64_t tree_size(const struct tree *t)
{
	return t->size;
}

void tree_head(const struct tree *t, struct merkle_head *ret)
{
	struct merkle_frontier edge = { .size = t->size };

	for (unsigned level = 0; level <= TREE_LEVELS; level++)
		for (unsigned h = 0; h < GROUP_BITS && level * GROUP_BITS + h < COUNT(edge.at); h++)
			edge.at[level * GROUP_BITS + h] = t->group[level].at[h];
	merkle_frontier_head(t->sha256, &edge, ret);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* COUNT hashes of LEVEL, a power of two of them, folded into one. */
static void fold(struct sha256 *s, struct merkle_hash *at, size_t count, struct merkle_hash *ret)
{
	for (; count > 1; count /= 2)
		for (size_t i = 0; i < count / 2; i++)
			merkle_node(s, &at[2 * i], &at[2 * i + 1], &at[i]);
	*ret = at[0];
}

static int load_level(struct tree *t, unsigned level, uint64_t from, size_t count,
	struct merkle_hash *ret, struct err *e)
{
	ssize_t n;

	if (t->is_writer && t->pending[level] > 0) {
		int rc = flush(t, level, e);

		if (rc < 0)
			return rc;
	}
	if (!t->file[level].disk)
		return err_set(e, ERR_ABSENT, "the hashes of level %u are missing", level);
	n = vfile_read_at(&t->file[level], from * SHA256_SIZE, ret, count * SHA256_SIZE, e);
	if (n < 0)
		return (int)n;
	return (size_t)n == count * SHA256_SIZE ?
		0 :
		err_set(e, ERR_INPUT, "\"%s\" is too short", t->file[level].path);
}

int tree_hash(void *source, unsigned height, uint64_t index, struct merkle_hash *ret, struct err *e)
{
	const struct tree_source *s = source;
	unsigned level = height / GROUP_BITS, above = height % GROUP_BITS;
	struct merkle_hash at[TREE_GROUP];
	size_t count = (size_t)1 << above;
	int rc;

	if (level > TREE_LEVELS || height >= 63 || index >= s->tree->size >> height)
		return err_set(e, ERR_INPUT, "there is no such subtree in a tree of %llu leaves",
			(unsigned long long)s->tree->size);
	if (level == 0 && !s->leaves.load)
		return err_set(e, ERR_ABSENT, "the leaves are not at hand");
	if (level == 0)
		rc = s->leaves.load(s->leaves.context, index << above, count, at, e);
	else
		rc = load_level(s->tree, level, index << above, count, at, e);
	if (rc == 0)
		fold(s->tree->sha256, at, count, ret);
	return rc;
}
