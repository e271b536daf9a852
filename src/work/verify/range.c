/* range.c - a run of entries, proven to be all there is between its ends, without the log. */
#include "work/verify/verify_int.h"

#include <stdlib.h>

#define HEAD "khien-range 1"
#define OUTSIDE_MAX 128

struct parts {
	uint64_t first, end, hashes;
	struct str note, outside, entries;
};

static bool take_number(struct str *rest, char end, uint64_t *ret)
{
	struct str word = *rest;

	if (end != '\n' && !str_split(*rest, end, &word, rest))
		return false;
	return str_to_u64(word, 10, ret);
}

static bool take_parts(struct str text, struct parts *ret)
{
	struct str line;
	uint64_t note = 0;

	if (!str_next_line(&text, &line) || !str_is(line, HEAD) || !str_next_line(&text, &line) ||
		!take_number(&line, ' ', &ret->first) || !take_number(&line, ' ', &ret->end) ||
		!take_number(&line, ' ', &ret->hashes) || !take_number(&line, '\n', &note) ||
		ret->first >= ret->end || ret->end > MERKLE_SIZE_MAX ||
		ret->hashes > OUTSIDE_MAX || note > text.len ||
		ret->hashes * SHA256_SIZE > text.len - note)
		return false;
	ret->note = str_until(text, note);
	text = str_from(text, note);
	ret->outside = str_until(text, ret->hashes * SHA256_SIZE);
	ret->entries = str_from(text, ret->hashes * SHA256_SIZE);
	/* each entry takes two bytes for its length at least */
	return ret->end - ret->first <= ret->entries.len / 2;
}

/* Hash all of them; the first and the last tell the time. */
static int hash_entries(const struct parts *p, struct merkle_hash *leaves,
	struct verify_range *ret, struct err *e)
{
	struct str rest = p->entries, entry;
	struct sha256 *s = sha256_new();
	struct leaf leaf;
	int rc = 1;

	for (uint64_t i = 0; rc == 1 && i < p->end - p->first; i++) {
		rc = bundle_next(&rest, &entry, e);
		if (rc == 0)
			rc = err_set(e, ERR_INPUT, "the proof ends before entry %llu",
				(unsigned long long)(p->first + i));
		if (rc == 1 && leaf_parse(entry, &leaf, e) < 0)
			rc = ERR_INPUT;
		if (rc < 0)
			break;
		merkle_leaf(s, entry, &leaves[i]);
		if (i == 0)
			ret->first_ns = leaf.received_ns;
		ret->last_ns = leaf.received_ns;
		ret->lines += leaf.kind == LEAF_LINE;
	}
	sha256_end(s, NULL);
	if (rc == 1 && rest.len > 0)
		rc = err_set(e, ERR_INPUT, "something stands behind the last entry");
	return rc < 0 ? rc : 0;
}

int verify_range(struct str text, const struct verify_job *job, struct arena *a,
	struct verify_range *ret, struct err *e)
{
	struct verify_range r = { 0 };
	struct verify_proof signed_by = { 0 };
	struct merkle_hash *leaves, outside[OUTSIDE_MAX];
	struct parts p = { 0 };
	int rc;

	if (!take_parts(text, &p))
		return err_set(e, ERR_INPUT, "this is no proof of a range, or it was cut off");
	rc = verify_note(job, p.note, a, &signed_by, e);
	if (rc < 0)
		return rc;
	leaves = calloc(p.end - p.first, sizeof(*leaves));
	if (!leaves)
		abort();
	rc = hash_entries(&p, leaves, &r, e);
	memcpy(outside, p.outside.ptr, p.outside.len);
	if (rc == 0 &&
		!merkle_is_range(&(struct merkle_range){ p.first, p.end, leaves, outside,
					 (size_t)p.hashes },
			&signed_by.head))
		rc = err_set(e, ERR_CRYPTO,
			"these are not the entries %llu to %llu that were signed: one was changed, left "
			"out or put in",
			(unsigned long long)p.first, (unsigned long long)p.end - 1);
	free(leaves);
	if (rc == 0 && !signed_by.is_quorum_met)
		rc = err_set(e, ERR_CRYPTO, "too few witnesses cosigned the checkpoint");
	if (rc < 0)
		return rc;
	r.first = p.first;
	r.end = p.end;
	r.entries = p.entries;
	r.size = signed_by.head.size;
	memcpy(r.origin, signed_by.origin, sizeof(r.origin));
	*ret = r;
	return 0;
}
