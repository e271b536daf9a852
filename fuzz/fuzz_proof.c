/* fuzz_proof.c - proofs in files, requests to a witness, bundles of entries. What is read is
 * written the same; a proof that was made up proves nothing of a tree whose root nobody could
 * aim at. */
#include "kit/merkle/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct buf *b, struct str bytes)
{
	if (!str_eq(buf_str(b), bytes))
		abort();
	buf_done(b);
}

static void try_verify(uint64_t index, const struct merkle_proof *p)
{
	struct merkle_head head = { index, { { 1 } } }, old = { index / 2, { { 2 } } };

	head.size += index < UINT64_MAX;
	if (merkle_is_included(&old.root, index, &head, p) || merkle_is_extended(&old, &head, p))
		abort();
}

static void try_bundle(struct str bytes)
{
	struct str rest = bytes, entry;
	struct err e;
	struct buf b;
	int rc;

	buf_init(&b, bytes.len);
	while ((rc = bundle_next(&rest, &entry, &e)) == 1)
		if (bundle_add(&b, entry, &e) != 0)
			abort();
	same(&b, str_until(bytes, bytes.len - rest.len));
	if (rc == 0 && rest.len > 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	static struct tlog_proof p;
	static struct witness_request w;
	struct arena a;
	struct err e;
	struct buf b;

	arena_init(&a, 4 * MIB);
	if (tlog_proof_parse(bytes, &a, &p, &e) == 0) {
		buf_init(&b, size);
		tlog_proof_write(&p, &b);
		same(&b, bytes);
		try_verify(p.index, &p.path);
	}
	if (witness_request_parse(bytes, &w, &e) == 0) {
		buf_init(&b, size);
		witness_request_write(&w, &b);
		same(&b, bytes);
		try_verify(w.old_size, &w.proof);
	}
	try_bundle(bytes);
	arena_done(&a);
	return 0;
}
