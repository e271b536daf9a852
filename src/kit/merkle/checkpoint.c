/* checkpoint.c - C2SP tlog-checkpoint, tlog-proof, and the request of tlog-witness. */
#include "kit/merkle/note_int.h"

#define PROOF_FIRST_LINE "c2sp.org/tlog-proof@v1"

int checkpoint_parse(struct str text, struct checkpoint *ret, struct err *e)
{
	struct checkpoint c = { .extensions = STR_NONE };
	struct str rest = text, line;

	if (!line_next(&rest, &c.origin) || c.origin.len == 0)
		return err_set(e, ERR_INPUT, "the checkpoint has no origin");
	if (!line_next(&rest, &line) || !line_number(line, &c.head.size) ||
		c.head.size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_INPUT, "the checkpoint has no size");
	if (!line_next(&rest, &line) || !line_bytes(line, c.head.root.bytes, SHA256_SIZE))
		return err_set(e, ERR_INPUT, "the checkpoint has no root");
	c.extensions = rest;
	while (rest.len > 0)
		if (!line_next(&rest, &line) || line.len == 0)
			return err_set(e, ERR_INPUT, "the checkpoint has an empty line");
	*ret = c;
	return 0;
}

void checkpoint_write(const struct checkpoint *c, struct buf *out)
{
	buf_add(out, c->origin);
	buf_fmt(out, "\n%llu\n", (unsigned long long)c->head.size);
	line_add_base64(out, (struct str){ (const char *)c->head.root.bytes, SHA256_SIZE });
	buf_add_char(out, '\n');
	buf_add(out, c->extensions);
}

/* "WORD rest": is the line of this kind? */
static bool has_word(struct str line, const char *word, struct str *ret_rest)
{
	if (!str_starts(line, word))
		return false;
	*ret_rest = str_from(line, strlen(word));
	return true;
}

/* Hashes, one a line, up to an empty line. */
static int parse_hashes(struct str *rest, struct merkle_proof *ret, struct err *e)
{
	struct str line;

	ret->count = 0;
	while (line_next(rest, &line)) {
		if (line.len == 0)
			return 0;
		if (ret->count == MERKLE_PROOF_MAX)
			return err_set(e, ERR_LIMIT, "more than %d hashes", MERKLE_PROOF_MAX);
		if (!line_bytes(line, ret->at[ret->count++].bytes, SHA256_SIZE))
			return err_set(e, ERR_INPUT, "hash %zu of the proof is none", ret->count);
	}
	return err_set(e, ERR_INPUT, "the proof is cut off");
}

static void write_hashes(struct buf *out, const struct merkle_proof *p)
{
	for (size_t i = 0; i < p->count; i++) {
		line_add_base64(out, (struct str){ (const char *)p->at[i].bytes, SHA256_SIZE });
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

int tlog_proof_parse(struct str bytes, struct arena *a, struct tlog_proof *ret, struct err *e)
{
	struct str rest = bytes, line = STR_NONE, word;
	int rc;

	ret->extra = STR_NONE;
	if (bytes.len > NOTE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a proof of %zu bytes is too long", bytes.len);
	if (!line_next(&rest, &line) || !str_is(line, PROOF_FIRST_LINE))
		return err_set(e, ERR_INPUT, "a proof begins with \"%s\"", PROOF_FIRST_LINE);
	if (!line_next(&rest, &line))
		return err_set(e, ERR_INPUT, "the proof is cut off");
	if (has_word(line, "extra ", &word)) {
		rc = base64_to(word, a, &ret->extra, e);
		if (rc != 0)
			return rc;
		if (!line_next(&rest, &line))
			return err_set(e, ERR_INPUT, "the proof is cut off");
	}
	if (!has_word(line, "index ", &word) || !line_number(word, &ret->index))
		return err_set(e, ERR_INPUT, "the proof has no index");
	rc = parse_hashes(&rest, &ret->path, e);
	if (rc == 0)
		ret->note = rest;
	return rc;
}

void tlog_proof_write(const struct tlog_proof *p, struct buf *out)
{
	buf_add(out, STR(PROOF_FIRST_LINE "\n"));
	if (p->extra.ptr) {
		buf_add(out, STR("extra "));
		line_add_base64(out, p->extra);
		buf_add_char(out, '\n');
	}
	buf_fmt(out, "index %llu\n", (unsigned long long)p->index);
	write_hashes(out, &p->path);
	buf_add(out, p->note);
}

int witness_request_parse(struct str bytes, struct witness_request *ret, struct err *e)
{
	struct str rest = bytes, line, word;
	int rc;

	if (bytes.len > NOTE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a request of %zu bytes is too long", bytes.len);
	if (!line_next(&rest, &line) || !has_word(line, "old ", &word) ||
		!line_number(word, &ret->old_size))
		return err_set(e, ERR_INPUT, "the request has no old size");
	rc = parse_hashes(&rest, &ret->proof, e);
	if (rc == 0)
		ret->note = rest;
	return rc;
}

void witness_request_write(const struct witness_request *w, struct buf *out)
{
	buf_fmt(out, "old %llu\n", (unsigned long long)w->old_size);
	write_hashes(out, &w->proof);
	buf_add(out, w->note);
}
