/* witness.c - what is held, and when it may grow. */
#include "work/witness/witness.h"

#include <stdlib.h>

#define MEMORY_BYTES (4 * MIB)
#define ALARMS_BYTES_MAX (64 * KIB)
#define HELD_NAME_SIZE (8 + SHA256_HEX_SIZE)

struct witness {
	struct vfile_disk *d;
	struct arena arena;
	struct policy policy;
	struct note_key key;
	struct secret seed;
	struct str text; /* vkey */
};

/* --- opening ---------------------------------------------------------------------------------- */

static int load_name(struct witness *w, struct str name, struct str *ret, struct err *e)
{
	int rc = vfile_load(w->d, "name", KIB, &w->arena, ret, e);

	if (rc == ERR_ABSENT) {
		*ret = arena_str(&w->arena, name);
		return vfile_replace(w->d, "name", name, e);
	}
	*ret = str_trim(*ret);
	return rc;
}

static int load_key(struct witness *w, struct str name, struct err *e)
{
	unsigned char seed[ED25519_SEED_SIZE], public_key[ED25519_PUBLIC_SIZE];
	struct str bytes;
	struct buf b;
	int rc = vfile_load(w->d, "witness.key", KIB, &w->arena, &bytes, e);

	if (rc == ERR_ABSENT) {
		ed25519_keygen(seed, public_key);
		bytes = arena_str(&w->arena, (struct str){ (char *)seed, sizeof(seed) });
		rc = vfile_replace(w->d, "witness.key", bytes, e);
	}
	if (rc == 0 && bytes.len != ED25519_SEED_SIZE)
		rc = err_set(e, ERR_INPUT, "\"witness.key\" is no key");
	if (rc < 0)
		return rc;
	secret_init(&w->seed, bytes);
	ed25519_public((const unsigned char *)bytes.ptr, public_key);
	wipe((char *)bytes.ptr, bytes.len);
	wipe(seed, sizeof(seed));
	rc = note_key_make(&w->key, NOTE_COSIGNATURE, name, STR(""), public_key, e);
	if (rc < 0)
		return rc;
	buf_init(&b, 4 * KIB);
	note_key_text(&w->key, &b);
	w->text = arena_str(&w->arena, buf_str(&b));
	buf_add_char(&b, '\n');
	rc = vfile_replace(w->d, "witness.pub", buf_str(&b), e);
	buf_done(&b);
	return rc;
}

static int load_policy(struct witness *w, struct err *e)
{
	struct str text;
	int rc = vfile_load(w->d, "policy", POLICY_BYTES_MAX, &w->arena, &text, e);

	if (rc == ERR_ABSENT) /* it knows nobody yet */
		rc = vfile_replace(w->d, "policy", STR("quorum none\n"), e);
	else if (rc == 0)
		rc = policy_parse(text, &w->arena, &w->policy, e);
	return rc;
}

int witness_open(struct vfile_disk *d, struct str name, struct witness **ret, struct err *e)
{
	struct witness *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		abort();
	w->d = d;
	arena_init(&w->arena, MEMORY_BYTES);
	rc = load_name(w, name, &name, e);
	if (rc == 0)
		rc = load_key(w, name, e);
	if (rc == 0)
		rc = load_policy(w, e);
	if (rc == 0)
		rc = vfile_make_folder(w->d, "held", e);
	if (rc < 0) {
		witness_close(w);
		return rc;
	}
	*ret = w;
	return 0;
}

struct witness *witness_close(struct witness *w)
{
	if (!w)
		return NULL;
	secret_done(&w->seed);
	arena_done(&w->arena);
	free(w);
	return NULL;
}

struct str witness_key_text(const struct witness *w)
{
	return w->text;
}

/* --- what is held ----------------------------------------------------------------------------- */

static const char *held_name(struct str origin, char *name)
{
	char hex[SHA256_HEX_SIZE];

	snprintf(name, HELD_NAME_SIZE, "held/%s", sha256_hex(origin, hex));
	return name;
}

/* The head held under PATH; of no leaves when there is none. */
static int load_held(struct vfile_disk *d, const char *path, struct arena *a, struct str *ret_note,
	struct merkle_head *ret, struct err *e)
{
	struct note *n = arena_new(a, struct note);
	struct checkpoint c;
	int rc = vfile_load(d, path, NOTE_BYTES_MAX, a, ret_note, e);

	if (rc == ERR_ABSENT) {
		*ret_note = STR("");
		ret->size = 0;
		merkle_empty(&ret->root);
		return 0;
	}
	if (rc == 0)
		rc = note_parse(*ret_note, a, n, e);
	if (rc == 0)
		rc = checkpoint_parse(n->text, &c, e);
	if (rc == 0)
		*ret = c.head;
	return rc;
}

/* For people: a log that does not go on from what it said before. */
static void alarm_of(struct witness *w, struct str origin, const char *why, int64_t now_s)
{
	char at[CLOCK_TEXT_MAX];
	struct str before = STR("");
	struct arena a;
	struct err e;

	arena_init(&a, 4 * ALARMS_BYTES_MAX);
	if (vfile_load(w->d, "alarms", ALARMS_BYTES_MAX, &a, &before, &e) < 0 ||
		before.len > ALARMS_BYTES_MAX - 4 * KIB)
		before = STR("");
	if (vfile_replace(w->d, "alarms",
		    arena_fmt(&a, "%.*s%s %.*s: %s\n", STR_FMT(before), clock_iso(now_s, at),
			    STR_FMT(origin), why),
		    &e) < 0)
		fprintf(stderr, "khien witness: %s\n", e.text);
	fprintf(stderr, "khien witness: %.*s: %s\n", STR_FMT(origin), why);
	arena_done(&a);
}

/* --- add-checkpoint --------------------------------------------------------------------------- */

struct adding {
	struct arena *a;
	struct witness_request request;
	struct note *note;
	struct checkpoint checkpoint;
	struct merkle_head held;
};

static const struct note_key *log_key(const struct witness *w, struct str origin)
{
	for (size_t i = 0; i < w->policy.log_count; i++)
		if (w->policy.logs[i].type == NOTE_ED25519 &&
			str_eq(w->policy.logs[i].name, origin))
			return &w->policy.logs[i];
	return NULL;
}

/* 0: it is well formed and signed; else the status. */
static int read_request(struct witness *w, struct str bytes, struct adding *x)
{
	const struct note_key *key;
	struct err e;

	if (witness_request_parse(bytes, &x->request, &e) < 0 ||
		note_parse(x->request.note, x->a, x->note, &e) < 0 ||
		checkpoint_parse(x->note->text, &x->checkpoint, &e) < 0)
		return 400;
	key = log_key(w, x->checkpoint.origin);
	if (!key)
		return 404;
	if (note_verify(x->note, key, NULL, &e) != 1)
		return 403;
	return x->request.old_size > x->checkpoint.head.size ? 400 : 0;
}

static int judge(struct witness *w, struct adding *x, int64_t now_s, struct buf *ret_body)
{
	const struct merkle_head *head = &x->checkpoint.head;

	if (x->request.old_size != x->held.size) {
		if (head->size < x->held.size)
			alarm_of(w, x->checkpoint.origin,
				"the log is shorter than what was cosigned: it was put back in time",
				now_s);
		buf_fmt(ret_body, "%llu\n", (unsigned long long)x->held.size);
		return 409;
	}
	if (head->size == x->held.size && !merkle_equal(&head->root, &x->held.root)) {
		alarm_of(w, x->checkpoint.origin,
			"another checkpoint of the same size: the log was written twice", now_s);
		buf_fmt(ret_body, "%llu\n", (unsigned long long)x->held.size);
		return 409;
	}
	if (!merkle_is_extended(&x->held, head, &x->request.proof)) {
		alarm_of(w, x->checkpoint.origin,
			"the checkpoint does not go on from what was cosigned", now_s);
		return 422;
	}
	return 0;
}

static void cosign(struct witness *w, const struct adding *x, int64_t now_s, struct buf *ret_body)
{
	note_sign(ret_body, x->note->text, &w->key, (const unsigned char *)secret_str(&w->seed).ptr,
		(uint64_t)now_s);
}

int witness_add(struct witness *w, struct str request, int64_t now_s, struct buf *ret_body)
{
	char path[HELD_NAME_SIZE];
	struct adding x = { 0 };
	struct str note;
	struct arena a;
	struct err e;
	int status;

	arena_init(&a, MEMORY_BYTES);
	x.a = &a;
	x.note = arena_new(&a, struct note);
	status = read_request(w, request, &x);
	if (status == 0 &&
		load_held(w->d, held_name(x.checkpoint.origin, path), &a, &note, &x.held, &e) < 0)
		status = 500;
	if (status == 0)
		status = judge(w, &x, now_s, ret_body);
	/* stored before it is answered */
	if (status == 0 && vfile_replace(w->d, path, x.request.note, &e) < 0)
		status = 500;
	if (status == 0) {
		cosign(w, &x, now_s, ret_body);
		status = 200;
	}
	if (status == 500)
		fprintf(stderr, "khien witness: %s\n", e.text);
	arena_done(&a);
	return status;
}

int witness_held(struct witness *w, struct str origin, struct buf *ret_body)
{
	char path[HELD_NAME_SIZE];
	struct str note;
	struct arena a;
	struct err e;
	int rc;

	arena_init(&a, MEMORY_BYTES);
	rc = vfile_load(w->d, held_name(origin, path), NOTE_BYTES_MAX, &a, &note, &e);
	if (rc == 0)
		buf_add(ret_body, note);
	arena_done(&a);
	return rc == 0 ? 200 : 404;
}

/* --- the log's side --------------------------------------------------------------------------- */

int witness_ask(const struct entries *x, uint64_t old_size, struct buf *ret_request, struct err *e)
{
	struct trail_proof proof;
	struct witness_request request = { .old_size = old_size };
	struct arena a;
	int rc;

	arena_init(&a, MEMORY_BYTES);
	rc = entries_prove_growth(x, old_size, &a, &proof, e);
	if (rc == 0) {
		request.proof = proof.path;
		request.note = proof.note;
		witness_request_write(&request, ret_request);
	}
	arena_done(&a);
	return rc;
}

int witness_take(struct str note, struct str line, const struct note_key *key, struct buf *ret,
	struct err *e)
{
	struct note *n;
	struct arena a;
	int rc;

	arena_init(&a, MEMORY_BYTES);
	n = arena_new(&a, struct note);
	buf_add(ret, note);
	buf_add(ret, line);
	rc = note_parse(buf_str(ret), &a, n, e);
	if (rc == 0 && note_verify(n, key, NULL, e) != 1)
		rc = err_set(e, ERR_CRYPTO, "the witness \"%.*s\" did not sign this checkpoint",
			STR_FMT(key->name));
	arena_done(&a);
	return rc;
}

/* --- who only looks --------------------------------------------------------------------------- */

int witness_seen(struct vfile_disk *d, uint64_t *ret_size, struct err *e)
{
	struct merkle_head head;
	struct arena a;
	struct str note;
	int rc;

	arena_init(&a, MEMORY_BYTES);
	rc = load_held(d, "seen", &a, &note, &head, e);
	arena_done(&a);
	if (rc == 0)
		*ret_size = head.size;
	return rc;
}

static int see(struct vfile_disk *d, const struct note_key *key, struct str bytes, struct adding *x,
	struct err *e)
{
	struct str note;
	int rc = load_held(d, "seen", x->a, &note, &x->held, e);

	if (rc == 0)
		rc = witness_request_parse(bytes, &x->request, e);
	if (rc == 0)
		rc = note_parse(x->request.note, x->a, x->note, e);
	if (rc == 0)
		rc = checkpoint_parse(x->note->text, &x->checkpoint, e);
	if (rc < 0)
		return rc;
	if (!str_eq(x->checkpoint.origin, key->name) || note_verify(x->note, key, NULL, e) != 1)
		return err_set(e, ERR_CRYPTO, "the checkpoint is not signed by \"%.*s\"",
			STR_FMT(key->name));
	if (x->checkpoint.head.size < x->held.size)
		return err_set(e, ERR_CONFLICT,
			"the log has %llu leaves, %llu were seen: it was put back in time",
			(unsigned long long)x->checkpoint.head.size,
			(unsigned long long)x->held.size);
	if (x->request.old_size != x->held.size ||
		!merkle_is_extended(&x->held, &x->checkpoint.head, &x->request.proof))
		return err_set(e, ERR_CONFLICT,
			"the log does not go on from the %llu leaves that were seen",
			(unsigned long long)x->held.size);
	return vfile_replace(d, "seen", x->request.note, e);
}

int witness_see(struct vfile_disk *d, const struct note_key *key, struct str request,
	uint64_t *ret_size, struct err *e)
{
	struct arena a;
	struct adding x = { .a = &a };
	int rc;

	arena_init(&a, MEMORY_BYTES);
	x.note = arena_new(&a, struct note);
	rc = see(d, key, request, &x, e);
	*ret_size = rc == 0 ? x.checkpoint.head.size : x.held.size;
	arena_done(&a);
	return rc;
}
