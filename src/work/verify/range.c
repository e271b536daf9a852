/* range.c - runs of entries, proven to be all there is between their ends, without the log. */
#include "work/verify/verify_int.h"

#include <stdlib.h>

#define HEAD_ONE "khien-range 1" /* one part, nothing redacted: given out before the second form */
#define HEAD "khien-range 2"
#define OUTSIDE_MAX 128
#define LINE_MAX 128
#define ROOM_BYTES (NOTE_BYTES_MAX + 2 * KIB)
#define PART_MEMORY_BYTES (4 * MIB)

/* What was read of the file and not taken yet. */
struct input {
	const struct verify_stream *from;
	char *bytes;
	size_t at, len;
	bool is_over;
	struct err *e;
};

struct reading {
	struct input in;
	const struct verify_job *job;
	struct arena *a; /* of the part */
	struct sha256 *sha;
	struct verify_part part;
	struct verify_part before; /* size 0: there was none */
	struct merkle_head head, head_before;
	struct merkle_hash outside[OUTSIDE_MAX];
	uint64_t hashes, note_bytes;
	uint64_t next; /* index of the entry that comes */
	bool is_second_form;
};

/* WANTED bytes at once, or what there is of them. */
static int fill(struct input *in, size_t wanted)
{
	size_t got;
	int rc;

	if (in->len - in->at >= wanted || in->is_over)
		return 0;
	memmove(in->bytes, in->bytes + in->at, in->len - in->at);
	in->len -= in->at;
	in->at = 0;
	while (in->len < wanted && !in->is_over) {
		rc = in->from->read(in->from->context, in->bytes + in->len, ROOM_BYTES - in->len,
			&got, in->e);
		if (rc < 0)
			return rc;
		in->len += got;
		in->is_over = got == 0;
	}
	return 0;
}

static int cut_off(struct input *in)
{
	return err_set(in->e, ERR_INPUT, "this is no proof of a range, or it was cut off");
}

static int take(struct input *in, size_t size, struct str *ret)
{
	int rc = fill(in, size);

	if (rc == 0 && in->len - in->at < size)
		rc = cut_off(in);
	if (rc < 0)
		return rc;
	*ret = (struct str){ in->bytes + in->at, size };
	in->at += size;
	return 0;
}

static int take_line(struct input *in, struct str *ret)
{
	const char *end;
	int rc = fill(in, LINE_MAX);
	size_t len = in->len - in->at;

	if (rc < 0)
		return rc;
	end = memchr(in->bytes + in->at, '\n', len < LINE_MAX ? len : LINE_MAX);
	if (!end)
		return cut_off(in);
	*ret = (struct str){ in->bytes + in->at, (size_t)(end - in->bytes) - in->at };
	in->at += ret->len + 1;
	return 0;
}

static bool take_number(struct str *rest, char end, uint64_t *ret)
{
	struct str word = *rest;

	if (end != '\n' && !str_split(*rest, end, &word, rest))
		return false;
	return str_to_u64(word, 10, ret);
}

static int take_head(struct reading *r, bool is_first)
{
	struct verify_part *p = &r->part;
	struct str line;
	int rc = take_line(&r->in, &line);

	if (rc < 0)
		return rc;
	r->is_second_form = str_is(line, HEAD);
	if (!r->is_second_form && !(is_first && str_is(line, HEAD_ONE)))
		return is_first ? cut_off(&r->in) :
				  err_set(r->in.e, ERR_INPUT,
					  "something stands behind the last entry");
	rc = take_line(&r->in, &line);
	if (rc == 0 &&
		(!take_number(&line, ' ', &p->first) || !take_number(&line, ' ', &p->end) ||
			!take_number(&line, ' ', &r->hashes) ||
			!take_number(&line, '\n', &r->note_bytes) || p->first >= p->end ||
			p->end > MERKLE_SIZE_MAX || r->hashes > OUTSIDE_MAX ||
			r->note_bytes > NOTE_BYTES_MAX))
		rc = cut_off(&r->in);
	return rc;
}

static int take_note(struct reading *r)
{
	struct verify_proof signed_by = { 0 };
	struct str bytes;
	int rc = take(&r->in, r->note_bytes, &bytes);

	if (rc == 0)
		rc = verify_note(r->job, bytes, r->a, &signed_by, r->in.e);
	if (rc == 0 && !signed_by.is_quorum_met)
		rc = err_set(r->in.e, ERR_CRYPTO, "too few witnesses cosigned the checkpoint");
	if (rc == 0)
		rc = take(&r->in, r->hashes * SHA256_SIZE, &bytes);
	if (rc < 0)
		return rc;
	memcpy(r->outside, bytes.ptr, bytes.len);
	r->head = signed_by.head;
	r->part.size = signed_by.head.size;
	memcpy(r->part.origin, signed_by.origin, sizeof(r->part.origin));
	return 0;
}

/* A part that follows another begins with the link of its shard, which names where the one before
 * ended; that part must have told it to that end. */
static int check_joint(struct reading *r, const struct leaf *leaf)
{
	const struct verify_part *before = &r->before;
	struct note *note = arena_new(r->a, struct note);
	struct link_notice n;
	struct checkpoint c;
	int rc;

	if (before->size == 0)
		return 0;
	rc = leaf->kind == LEAF_LINK && r->next == 0 && before->end == before->size ? 0 : ERR_INPUT;
	if (rc == 0)
		rc = link_parse(leaf->raw, r->a, &n, r->in.e);
	if (rc == 0)
		rc = note_parse(n.after, r->a, note, r->in.e);
	if (rc == 0)
		rc = checkpoint_parse(note->text, &c, r->in.e);
	if (rc == 0 && !str_is(c.origin, before->origin))
		rc = ERR_INPUT;
	if (rc == 0 && n.by == LINK_RECOVERY) {
		snprintf(r->part.restored, sizeof(r->part.restored), "%.*s", STR_FMT(n.reason));
		r->part.restored_from = c.head.size;
		return 0;
	}
	if (rc < 0 || c.head.size != before->size ||
		!merkle_equal(&c.head.root, &r->head_before.root))
		return err_set(r->in.e, ERR_CRYPTO,
			"%s does not go on where %s ends: entries between them are missing",
			r->part.origin, before->origin);
	return 0;
}

static int take_entry(struct reading *r, struct str entry, struct merkle_hash *ret)
{
	struct verify_part *p = &r->part;
	struct leaf leaf;
	int rc = leaf_parse(entry, &leaf, r->in.e);

	if (rc == 0 && r->next == p->first)
		rc = check_joint(r, &leaf);
	if (rc < 0)
		return rc;
	merkle_leaf(r->sha, entry, ret);
	if (p->first_ns == 0)
		p->first_ns = leaf.received_ns;
	p->last_ns = leaf.received_ns;
	p->lines += leaf.kind == LEAF_LINE;
	if (r->in.from->entry)
		r->in.from->entry(r->in.from->context, &leaf);
	return 0;
}

/* A length of none: of this entry only the hash is left. The joint of two parts is no such one. */
static int take_redacted(struct reading *r, struct merkle_hash *ret)
{
	struct str hash;
	int rc = take(&r->in, SHA256_SIZE, &hash);

	if (rc == 0 && r->next == r->part.first && r->before.size)
		rc = cut_off(&r->in);
	if (rc < 0)
		return rc;
	memcpy(ret->bytes, hash.ptr, SHA256_SIZE);
	if (r->part.redacted++ == 0)
		r->part.first_redacted = r->next;
	return 0;
}

static int next_leaf(void *context, struct merkle_hash *ret, struct err *e)
{
	struct reading *r = context;
	struct str bytes;
	size_t len = 0;
	int rc = take(&r->in, 2, &bytes);

	if (rc == 0) {
		len = (size_t)(unsigned char)bytes.ptr[0] << 8 | (unsigned char)bytes.ptr[1];
		if (len > 0)
			rc = take(&r->in, len, &bytes);
	}
	if (rc < 0)
		return err_set(e, rc, "the proof ends before entry %llu",
			(unsigned long long)r->next);
	rc = len == 0 && r->is_second_form ? take_redacted(r, ret) : take_entry(r, bytes, ret);
	r->next++;
	return rc;
}

static int one_part(struct reading *r, bool is_first)
{
	struct merkle_range range = { .leaf = next_leaf, .context = r, .outside = r->outside };
	int rc;

	r->part = (struct verify_part){ 0 };
	rc = take_head(r, is_first);
	if (rc == 0)
		rc = take_note(r);
	if (rc < 0)
		return rc;
	r->next = range.first = r->part.first;
	range.end = r->part.end;
	range.outside_count = (size_t)r->hashes;
	rc = merkle_check_range(&range, &r->head, r->in.e);
	if (rc == 0)
		return err_set(r->in.e, ERR_CRYPTO,
			"these are not the entries %llu to %llu that were signed: one was changed, left "
			"out or put in",
			(unsigned long long)range.first, (unsigned long long)range.end - 1);
	return rc < 0 ? rc : 0;
}

int verify_range(const struct verify_stream *s, const struct verify_job *job,
	verify_each_part *each, void *context, struct err *e)
{
	struct reading r = { .in = { .from = s, .e = e }, .job = job, .sha = sha256_new() };
	struct arena a;
	int rc;

	r.in.bytes = malloc(ROOM_BYTES);
	if (!r.in.bytes)
		abort();
	r.a = &a;
	do {
		arena_init(&a, PART_MEMORY_BYTES);
		rc = one_part(&r, r.before.size == 0);
		arena_done(&a);
		if (rc == 0) {
			each(context, &r.part);
			r.before = r.part;
			r.head_before = r.head;
			rc = fill(&r.in, 1);
		}
	} while (rc == 0 && r.in.at < r.in.len);
	free(r.in.bytes);
	sha256_end(r.sha, NULL);
	return rc;
}
