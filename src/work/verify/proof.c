/* proof.c - one line, proven without the log. */
#include "work/verify/verify_int.h"

int verify_note(const struct verify_job *job, struct str note_bytes, struct arena *a,
	struct verify_proof *ret, struct err *e)
{
	struct note *n = arena_new(a, struct note);
	struct checkpoint c;
	int rc = note_parse(note_bytes, a, n, e), is_signed = 0;

	if (rc == 0)
		rc = checkpoint_parse(n->text, &c, e);
	if (rc < 0)
		return rc;
	/* of all keys that are known none may be false; of identities one is needed */
	for (size_t i = 0; i < job->key_count; i++) {
		if (job->keys[i].type == NOTE_COSIGNATURE || !str_eq(job->keys[i].name, c.origin))
			continue;
		rc = note_verify(n, &job->keys[i], NULL, e);
		if (rc < 0)
			return rc;
		is_signed += rc && job->keys[i].type == NOTE_ED25519;
	}
	if (is_signed == 0)
		return err_set(e, ERR_CRYPTO, "the checkpoint is not signed by a key given");
	ret->head = c.head;
	snprintf(ret->origin, sizeof(ret->origin), "%.*s", STR_FMT(c.origin));
	ret->is_quorum_met = true;
	return job->policy ? policy_check(job->policy, n, &ret->is_quorum_met, &ret->witnesses, e) :
			     0;
}

int verify_proof(struct str text, const struct verify_job *job, struct arena *a,
	struct verify_proof *ret, struct err *e)
{
	struct verify_proof p = { 0 };
	struct tlog_proof proof;
	struct merkle_hash hash;
	struct sha256 *s;
	int rc = tlog_proof_parse(text, a, &proof, e);

	if (rc < 0)
		return rc;
	if (!proof.extra.ptr)
		return err_set(e, ERR_INPUT, "the proof does not hold the entry it proves");
	rc = leaf_parse(proof.extra, &p.leaf, e);
	if (rc == 0)
		rc = verify_note(job, proof.note, a, &p, e);
	if (rc < 0)
		return rc;
	p.index = proof.index;
	s = sha256_new();
	merkle_leaf(s, proof.extra, &hash);
	sha256_end(s, NULL);
	if (!merkle_is_included(&hash, proof.index, &p.head, &proof.path))
		return err_set(e, ERR_CRYPTO,
			"entry %llu is not in the tree that was signed: the entry or its path was changed",
			(unsigned long long)proof.index);
	if (!p.is_quorum_met)
		return err_set(e, ERR_CRYPTO, "too few witnesses cosigned the checkpoint");
	*ret = p;
	return 0;
}
