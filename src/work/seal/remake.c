/* remake.c - hashes of the tree that somebody took away are made again from the entries, wherever
 * those stand. Nothing that is there is cut before the entries have proved to be the ones that were
 * signed: of what has left for a disk outside no hash could be made again. */
#include "work/seal/seal_int.h"

#include <stdlib.h>

#include "core/trail/entries.h"

#define AT_ONCE 65536 /* a segment is read from its beginning each time */

/* All leaves up to SIZE, into TO where it is not NULL; *RET is the head of all of them. */
static int take_leaves(
	struct seal *s, uint64_t size, struct tree *to, struct merkle_head *ret, struct err *e)
{
	struct merkle_hash *hashes = malloc(AT_ONCE * sizeof(*hashes));
	struct merkle_frontier edge = { 0 };
	struct entries x = { .disk = s->d, .segments = seal_segments_now() };
	int rc = 0;

	if (!hashes)
		abort();
	for (uint64_t at = 0; rc == 0 && at < size;) {
		size_t n = size - at < AT_ONCE ? (size_t)(size - at) : AT_ONCE;

		rc = entries_hash(&x, at, n, hashes, e);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			if (!merkle_append(s->sha256, &edge, &hashes[i]))
				rc = err_set(e, ERR_LIMIT, "the tree is full");
			else if (to)
				rc = tree_add(to, &hashes[i], e);
		}
		at += n;
	}
	free(hashes);
	if (rc == 0)
		merkle_frontier_head(s->sha256, &edge, ret);
	return rc;
}

int seal_remake_tree(struct seal *s, struct err *e)
{
	uint64_t whole = s->head.size - s->head.size % TREE_GROUP;
	struct merkle_head head = { 0 };
	struct err why;
	int rc = take_leaves(s, s->head.size, NULL, &head, &why);

	if (rc < 0)
		return err_set(e, ERR_SYSTEM,
			"files of \"tree\" are missing or cut, and not all entries are here to make "
			"them again (%s): copy them back from a backup",
			why.text);
	if (!merkle_equal(&head.root, &s->head.root))
		return err_set(e, ERR_INPUT,
			"the entries on the disk are not those of the checkpoint of %llu leaves",
			(unsigned long long)s->head.size);
	rc = tree_write(s->d, 0, &s->tree, e);
	if (rc == 0)
		rc = take_leaves(s, whole, s->tree, &head, e);
	if (rc == 0)
		rc = tree_sync(s->tree, e);
	if (rc == 0)
		fprintf(stderr,
			"khien seal: files of the tree were missing and have been made again\n");
	return rc;
}
