/* now.c - sealing what is there, in the process that writes. */
#include "work/seal/seal_int.h"

#include "kit/text/text.h"

/* Commit, making room when the batch is full. */
static int add(struct wal *w, const struct leaf *leaf, struct err *e)
{
	int rc = wal_add(w, leaf, e);

	if (rc == ERR_LIMIT) {
		rc = wal_commit(w, e);
		if (rc == 0)
			rc = wal_add(w, leaf, e);
	}
	return rc;
}

static int add_own(struct wal *w, enum leaf_kind kind, struct str raw, int64_t now_s, struct err *e)
{
	struct leaf leaf = { .kind = (uint8_t)kind,
		.transport = LEAF_OWN,
		.received_ns = now_s * 1000000000,
		.boot_ns = clock_monotonic_us() * 1000,
		.raw = raw };

	return add(w, &leaf, e);
}

static int add_first(struct vfile_disk *d, struct wal *w, int64_t now_s, struct err *e)
{
	struct buf b;
	int rc;

	if (wal_next(w) > 0)
		return 0;
	buf_init(&b, SEAL_LEAF_MAX);
	rc = seal_first_leaf(d, &b, e);
	if (rc == 0)
		rc = add_own(w, LEAF_LINK, buf_str(&b), now_s, e);
	buf_done(&b);
	return rc;
}

/* What the clock said just before the checkpoint, and which checkpoint was the last. */
static int add_clock(struct seal *s, struct wal *w, int64_t now_s, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE] = "", at[CLOCK_TEXT_MAX];
	struct json j;
	struct buf b;
	int rc;

	if (seal_size(s) > 0) {
		sha256(seal_note(s), digest);
		hex_of(digest, sizeof(digest), hex);
	}
	buf_init(&b, 4 * KIB);
	json_init(&j, &b, false);
	json_object(&j);
	json_put(&j, "at", str_of(clock_iso(now_s, at)));
	json_put(&j, "after", str_of(hex));
	json_object_end(&j);
	rc = add_own(w, LEAF_CLOCK, str_trim(buf_str(&b)), now_s, e);
	buf_done(&b);
	return rc;
}

static int commit_and_check(
	struct seal *s, struct wal *w, int64_t now_s, struct seal_answer *ret, struct err *e)
{
	struct merkle_head head;
	int rc = add_clock(s, w, now_s, e);

	if (rc == 0)
		rc = wal_commit(w, e);
	if (rc < 0)
		return rc;
	wal_head(w, &head);
	return seal_check(s, &head, now_s, ret, e);
}

static int seal_all(
	struct seal *s, struct wal *w, int64_t now_s, struct seal_answer *ret, struct err *e)
{
	struct merkle_head head;
	struct buf key;
	int rc;

	if (wal_next(w) > seal_size(s)) {
		rc = commit_and_check(s, w, now_s, ret, e);
	} else {
		wal_head(w, &head);
		rc = seal_check(s, &head, now_s, ret, e);
	}
	if (rc < 0 || !ret->is_sealed)
		return rc;
	buf_init(&key, SEAL_LEAF_MAX);
	rc = seal_next_key(s, now_s, &key, e);
	if (rc == 0 && key.len > 0)
		rc = add_own(w, LEAF_KEY, buf_str(&key), now_s, e);
	if (rc == 0 && key.len > 0)
		rc = commit_and_check(s, w, now_s, ret, e);
	buf_done(&key);
	return rc;
}

int seal_now(struct vfile_disk *d, struct vfile_disk *keys, struct wal *w, int64_t now_s,
	struct seal_answer *ret, struct err *e)
{
	struct seal_answer got = { 0 };
	struct seal *s;
	int rc = add_first(d, w, now_s, e);

	if (rc == 0)
		rc = wal_commit(w, e); /* the sealer looks at the disk alone */
	if (rc == 0)
		rc = seal_open(d, keys, now_s, &s, e);
	if (rc < 0)
		return rc;
	rc = seal_all(s, w, now_s, &got, e);
	seal_close(s);
	if (rc == 0)
		*ret = got;
	return rc;
}
