/* foreign.c - which tool wrote it, and which check it tells of. */
#include "work/foreign/foreign_int.h"

#include <stdlib.h>

#include "kit/crypto/crypto.h"

#define TEXT_MAX_BYTES 300

struct foreign {
	struct arena *a;
	const struct foreign_reader *reader; /* NULL: nothing but blanks came yet */
	void *context;
	struct sha256 *sha;
	uint64_t bytes;
};

struct foreign *foreign_open(struct arena *a)
{
	struct foreign *in = arena_new(a, struct foreign);

	in->a = a;
	in->sha = sha256_new();
	return in;
}

void foreign_close(struct foreign *in)
{
	if (!in)
		return;
	if (in->reader)
		in->reader->close(in->context);
	if (in->sha)
		sha256_end(in->sha, NULL);
	in->reader = NULL;
	in->sha = NULL;
}

int foreign_feed(struct foreign *in, struct str bytes, struct err *e)
{
	sha256_add(in->sha, bytes);
	in->bytes += bytes.len;
	if (in->bytes > LIMIT_IMPORT_BYTES)
		return err_set(e, ERR_LIMIT, "larger than %u bytes", LIMIT_IMPORT_BYTES);
	if (!in->reader) {
		struct str start = str_trim(bytes);

		if (str_starts(start, "\xef\xbb\xbf"))
			start = str_from(start, 3);
		if (start.len == 0)
			return 0;
		in->reader = start.ptr[0] == '<' ? &xccdf_reader : &lynis_reader;
		in->context = in->reader->open(in->a);
	}
	return in->reader->feed(in->context, bytes, e);
}

int foreign_finish(struct foreign *in, struct imported *ret, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	int rc;

	if (!in->reader)
		return err_set(e, ERR_INPUT, "line 1: there is nothing in it");
	*ret = (struct imported){ .tool = STR(""), .origin = STR(""), .host = STR("") };
	rc = in->reader->finish(in->context, ret, e);
	sha256_end(in->sha, digest);
	in->sha = NULL;
	hex_of(digest, sizeof(digest), ret->sha256);
	return rc;
}

/* ---- which check ---- */

/* "xccdf_org.ssgproject.content_rule_NAME" is NAME, whoever wrote the content. */
static struct str short_rule(struct str rule)
{
	ptrdiff_t at = str_find(rule, STR("_rule_"));

	return at < 0 ? rule : str_from(rule, (size_t)at + 6);
}

static enum outcome outcome_of(const struct foreign_finding *f, const struct import_rule *rule)
{
	if (f->outcome == OUTCOME_PASS && rule->is_no_pass)
		return OUTCOME_UNKNOWN;
	if (f->outcome == OUTCOME_FAIL && rule->is_no_fail)
		return OUTCOME_UNKNOWN;
	return f->outcome;
}

typedef VEC(struct foreign_row) row_vec;

static void add(const struct imported *in, const struct foreign_finding *f,
	const struct import_rule *rule, struct arena *a, row_vec *rows)
{
	struct foreign_row *row = vec_add(a, rows);

	row->finding = f;
	if (!rule)
		return;
	row->check = rule->is;
	row->evidence = (struct evidence){
		.at_s = f->at_s,
		.by = EVIDENCE_IMPORT,
		.check = rule->check,
		.subject =
			arena_fmt(a, "%.*s %.*s", STR_FMT(in->tool), STR_FMT(short_rule(f->rule))),
		.outcome = outcome_of(f, rule),
		.reason = STR("imported"),
		.detail = in->origin,
		.found = text_clean(a,
			f->text.len ?
				arena_fmt(a, "%.*s: %.*s", STR_FMT(f->said), STR_FMT(f->text)) :
				f->said,
			TEXT_MAX_BYTES),
		.wanted = STR(""),
		.file = arena_fmt(a, "#%.*s", STR_FMT(in->tool)),
		.lost = STR(""),
		.extract_sha256 = str_of(in->sha256),
		.person = in->origin,
	};
}

static bool maps(const struct import_rule *rule, const struct imported *in, struct str name)
{
	return rule->is && str_eq(rule->tool, in->tool) && str_eq(rule->rule, name);
}

void foreign_map(const struct imported *in, const struct pack_set *packs, struct arena *a,
	struct foreign_row **ret, size_t *ret_count)
{
	row_vec rows = { 0 };

	for (size_t i = 0; i < in->count; i++) {
		struct str name = short_rule(in->findings[i].rule);
		size_t before = rows.len;

		for (size_t p = 0; p < pack_count(packs); p++)
			for (size_t n = 0; n < pack_at(packs, p)->import_count; n++)
				if (maps(&pack_at(packs, p)->imports[n], in, name))
					add(in, &in->findings[i], &pack_at(packs, p)->imports[n], a,
						&rows);
		if (rows.len == before)
			add(in, &in->findings[i], NULL, a, &rows);
	}
	*ret = rows.at;
	*ret_count = rows.len;
}
