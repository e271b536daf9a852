/* grow.c - the tree that grows from the entries, beside the one that was stored, both held against
 * each checkpoint. Where the entries' tree fails and the stored one holds, the groups in which
 * they differ are the ones that were changed; where both fail, it lies after the last
 * checkpoint that held. */
#include "work/verify/verify_int.h"

int grow_begin(struct walk *w, struct err *e)
{
	int rc = vfile_open(w->d, "tree/1", VFILE_READ, &w->stored_file, e);

	w->is_group_whole = true;
	w->has_stored = rc == 0;
	return rc == ERR_ABSENT ? 0 : rc;
}

/* The stored hash of group G. */
static bool stored_hash(struct walk *w, uint64_t g, struct merkle_hash *ret)
{
	struct err e;

	if (!w->has_stored)
		return false;
	if (g < w->stored_from || g >= w->stored_from + w->stored_len) {
		ssize_t len = vfile_read_at(&w->stored_file, g * SHA256_SIZE, w->stored_bytes,
			sizeof(w->stored_bytes), &e);

		w->stored_from = g;
		w->stored_len = len > 0 ? (uint64_t)len / SHA256_SIZE : 0;
		if (w->stored_len == 0)
			return false;
	}
	memcpy(ret->bytes, w->stored_bytes + (g - w->stored_from) * SHA256_SIZE, SHA256_SIZE);
	return true;
}

/* --- comparing -------------------------------------------------------------------------------- */

/* The root of whole groups with the leaves of the open one behind them. */
static bool root_is(
	struct walk *w, const struct merkle_frontier *whole, const struct merkle_hash *root)
{
	struct merkle_frontier f = *whole;
	struct merkle_head head;

	if (w->is_lost || (w->group.size > 0 && !w->is_group_whole))
		return false;
	for (unsigned h = 0; h < GROUP_HEIGHT; h++)
		f.at[h] = w->group.at[h];
	f.size += w->group.size;
	if (f.size == 0) {
		merkle_empty(&head.root);
		return merkle_equal(&head.root, root);
	}
	merkle_frontier_head(w->sha256, &f, &head);
	return merkle_equal(&head.root, root);
}

/* Groups that differ, now proven to be the ones that were changed. */
static void tell_groups(struct walk *w)
{
	for (size_t i = 0; i < w->diff_count; i++) {
		uint64_t first = w->diffs[i] * GROUP, end = first + GROUP;
		struct verify_finding *f = &w->r->findings[w->broken_finding];

		if (w->is_broken && w->broken_finding < VERIFY_FINDINGS_MAX && f->first < end &&
			f->end > first) {
			/* the same change, narrower */
			f->first = f->first > first ? f->first : first;
			f->end = f->end < end ? f->end : end;
			f->likely = f->first;
			w->is_broken = false;
			continue;
		}
		found(w, VERIFY_ROOT, first, end, "");
	}
}

static void mismatch(struct walk *w, const struct verify_note *n)
{
	struct verify_finding *f;
	uint64_t end = n->head.size, likely, good = n->is_anchor ? w->last_anchor : w->last_good;

	if (w->is_broken && !n->is_anchor)
		return;
	if (!w->is_broken)
		w->broken_finding = w->r->finding_count;
	/* who rewrote the log also signed it anew: against an anchor only anchors count */
	f = found(w, n->is_anchor ? VERIFY_ANCHOR_ROOT : VERIFY_ROOT, good,
		end > good ? end : good + 1, n->is_anchor ? n->name.ptr : "");
	likely = w->diff_count > 0 ? w->diffs[0] * GROUP : f->first;
	f->likely = likely > f->first && likely < f->end ? likely : f->first;
	w->is_broken = true;
}

static void match(struct walk *w, const struct verify_note *n, bool is_of_entries)
{
	if (is_of_entries) {
		if (w->diff_count > 0)
			found(w, VERIFY_TREE, w->diffs[0] * GROUP, w->diffs[0] * GROUP + GROUP,
				"tree/1");
		w->stored = w->mixed;
	} else {
		tell_groups(w);
		w->mixed = w->stored;
	}
	w->r->anchors_met += n->is_anchor;
	if (n->is_anchor)
		w->last_anchor = n->head.size;
	w->is_broken = false;
	w->diff_count = 0;
	w->last_good = n->head.size;
}

/* Without the leaves of its open group a checkpoint says nothing. */
static bool is_judgeable(const struct walk *w)
{
	return !w->is_lost && (w->group.size == 0 || w->is_group_whole);
}

static void meet_notes(struct walk *w)
{
	for (; w->note_next < w->note_count; w->note_next++) {
		const struct verify_note *n = &w->notes[w->note_next];

		if (n->head.size > w->index)
			return;
		note_judge(w, n);
		/* a hole may have led past its size */
		if (n->head.size != w->index || !is_judgeable(w))
			continue;
		if (root_is(w, &w->mixed, &n->head.root))
			match(w, n, true);
		else if (root_is(w, &w->stored, &n->head.root))
			match(w, n, false);
		else
			mismatch(w, n);
	}
}

/* --- growing ---------------------------------------------------------------------------------- */

static void end_group(struct walk *w)
{
	uint64_t g = w->index / GROUP - 1;
	struct merkle_hash computed = w->group.at[GROUP_HEIGHT], stored;
	bool has_stored = stored_hash(w, g, &stored);

	if (!w->is_group_whole && !has_stored)
		w->is_lost = true;
	if (!w->is_lost) {
		if (!w->is_group_whole)
			computed = stored;
		else if (has_stored && !merkle_equal(&computed, &stored) &&
			w->diff_count < DIFFS_MAX)
			w->diffs[w->diff_count++] = g;
		if (!merkle_append_subtree(w->sha256, &w->mixed, GROUP_HEIGHT, &computed) ||
			!merkle_append_subtree(w->sha256, &w->stored, GROUP_HEIGHT,
				has_stored ? &stored : &computed))
			w->is_lost = true;
	}
	w->group.size = 0;
	w->is_group_whole = true;
}

int grow_leaf(struct walk *w, const struct merkle_hash *hash, struct err *e)
{
	if (w->is_group_whole && !merkle_append(w->sha256, &w->group, hash))
		return err_set(e, ERR_LIMIT, "the tree is full");
	w->index++;
	if (w->index % GROUP == 0)
		end_group(w);
	if (w->note_next < w->note_count && w->notes[w->note_next].head.size <= w->index)
		meet_notes(w);
	return 0;
}

int grow_hole(struct walk *w, uint64_t end, struct err *e)
{
	w->is_epoch_known = false; /* the key of an hour may have stood there */
	while (w->index < end) {
		uint64_t stop = (w->index / GROUP + 1) * GROUP;

		w->is_group_whole = false;
		w->group.size = 1; /* open, and not to be judged */
		w->index = stop < end ? stop : end;
		if (w->index % GROUP == 0)
			end_group(w);
		meet_notes(w);
	}
	return 0;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Each hash above the lowest level is that of the 256 below it. */
static int check_level(struct walk *w, unsigned level, struct err *e)
{
	unsigned char bytes[TILE_BYTES];
	char below[16], here[16];
	struct vfile low, high;
	uint64_t span = UINT64_C(1) << 8 * level;
	int rc;

	snprintf(below, sizeof(below), "tree/%u", level - 1);
	snprintf(here, sizeof(here), "tree/%u", level);
	rc = vfile_open(w->d, here, VFILE_READ, &high, e);
	if (rc < 0)
		return rc == ERR_ABSENT ? 0 : rc;
	rc = vfile_open(w->d, below, VFILE_READ, &low, e);
	for (uint64_t n = 0; rc == 0 && n < w->r->signed_size / span; n++) {
		struct merkle_frontier f = { 0 };
		struct merkle_hash hash;

		if (vfile_read_at(&high, n * SHA256_SIZE, hash.bytes, SHA256_SIZE, e) !=
				SHA256_SIZE ||
			vfile_read_at(&low, n * TILE_BYTES, bytes, TILE_BYTES, e) != TILE_BYTES)
			break;
		for (unsigned i = 0; i < TILE_WIDTH; i++) {
			struct merkle_hash child;

			memcpy(child.bytes, bytes + i * SHA256_SIZE, SHA256_SIZE);
			if (!merkle_append(w->sha256, &f, &child))
				break;
		}
		if (!merkle_equal(&f.at[8], &hash))
			found(w, VERIFY_TREE, n * span, (n + 1) * span, here);
	}
	if (rc == 0)
		vfile_close(&low);
	vfile_close(&high);
	return rc == ERR_ABSENT ? 0 : rc;
}

static uint64_t count_bad(const struct walk *w)
{
	uint64_t bad = 0;
	size_t kept = w->r->finding_count < VERIFY_FINDINGS_MAX ? w->r->finding_count :
								  VERIFY_FINDINGS_MAX;

	for (size_t i = 0; i < kept; i++) {
		const struct verify_finding *f = &w->r->findings[i];
		bool is_entries = f->fault == VERIFY_ENTRY || f->fault == VERIFY_MISSING ||
			f->fault == VERIFY_ROOT;

		if (is_entries && f->first < w->last_good)
			bad += (f->end < w->last_good ? f->end : w->last_good) - f->first;
	}
	return bad;
}

int grow_end(struct walk *w, struct err *e)
{
	struct merkle_frontier f = w->mixed;
	bool is_told = false;
	int rc = 0;

	for (; w->note_next < w->note_count; w->note_next++) {
		const struct verify_note *n = &w->notes[w->note_next];
		struct verify_finding *told;

		if (!n->is_anchor && (is_told || n->head.size < w->r->signed_size))
			continue; /* the largest says it all */
		is_told = is_told || !n->is_anchor;
		told = found(w, n->is_anchor ? VERIFY_ANCHOR_SIZE : VERIFY_MISSING, w->index,
			n->head.size, n->name.ptr);
		told->likely = w->index;
	}
	for (unsigned level = 2; level <= TREE_LEVELS && rc == 0; level++)
		rc = check_level(w, level, e);
	w->r->proven = w->last_good - count_bad(w);
	for (unsigned h = 0; h < GROUP_HEIGHT; h++)
		f.at[h] = w->group.at[h];
	f.size += w->group.size;
	if (f.size > 0 && f.size == w->index)
		merkle_frontier_head(w->sha256, &f, &w->r->head);
	if (w->has_stored)
		vfile_close(&w->stored_file);
	return rc;
}
