#include "work/archive/match.h"

#define TERM_TEXT_MAX (4 * KIB)

/* The text by which records are found before a pattern is tried on them. Without regard to case
 * letters are compared folded: what is the same but for case is the same folded too. */
static int make_ready(struct term *t, const struct archive_term *from, struct err *e)
{
	bool is_regex = from->mode >= ARCHIVE_REGEX;
	bool is_nocase = from->mode == ARCHIVE_NOCASE || from->mode == ARCHIVE_REGEX_NOCASE;
	struct bytes literal = { 0 };

	if (from->text.len == 0 || from->text.len > TERM_TEXT_MAX)
		return err_set(e, ERR_INPUT, "a text of 1 to %u bytes is searched for, not of %zu",
			TERM_TEXT_MAX, from->text.len);
	t->is_not = from->is_not;
	t->is_fold = is_nocase || from->mode == ARCHIVE_FOLD;
	if (is_regex || is_nocase) {
		t->pattern = pattern_new(from->text, is_regex, is_nocase, e);
		if (t->pattern == NULL)
			return ERR_INPUT;
	}
	if (is_regex)
		pattern_literal(from->text, &literal);
	else
		bytes_add(&literal, from->text.ptr, from->text.len);
	/* a match need not be where the pattern's text is not valid UTF-8 */
	if (t->is_fold && literal.len > 0)
		fold_into(&t->text, (struct str){ (const char *)literal.at, literal.len });
	else
		bytes_add(&t->text, literal.at, literal.len);
	bytes_done(&literal);
	if (t->text.len == 0 && t->pattern == NULL)
		return err_set(e, ERR_INPUT, "of the text nothing is left to search for");
	return t->text.len > TERM_TEXT_MAX ?
		err_set(e, ERR_INPUT, "a text of %zu bytes is too long", t->text.len) :
		0;
}

int matcher_new(const struct archive_query *query, struct err *e, struct matcher **ret)
{
	struct matcher *m = calloc(1, sizeof(*m));
	int result = 0;

	if (m == NULL)
		abort();
	m->query = query;
	m->has_meta = query->from_ns != 0 || query->until_ns != 0 || query->source_count > 0 ||
		query->kinds != 0;
	if (query->term_count > ARCHIVE_TERMS_MAX)
		result = err_set(e, ERR_INPUT, "at most %u words are searched for at once",
			ARCHIVE_TERMS_MAX);
	for (size_t i = 0; i < query->term_count && result == 0; i++) {
		result = make_ready(&m->terms[m->count++], &query->terms[i], e);
		m->has_patterns |= m->terms[i].pattern != NULL;
	}
	if (result < 0) {
		matcher_free(m);
		return result;
	}
	*ret = m;
	return 0;
}

struct matcher *matcher_free(struct matcher *m)
{
	if (m == NULL)
		return NULL;
	for (size_t i = 0; i < m->count; i++) {
		bytes_done(&m->terms[i].text);
		pattern_free(m->terms[i].pattern);
	}
	bytes_done(&m->folded);
	free(m);
	return NULL;
}

bool matcher_meta(const struct matcher *m, const struct leaf *leaf)
{
	const struct archive_query *q = m->query;
	bool is_source = q->source_count == 0;

	for (size_t i = 0; i < q->source_count && !is_source; i++)
		is_source = q->sources[i] == leaf->source;
	return is_source && (q->from_ns == 0 || leaf->received_ns >= q->from_ns) &&
		(q->until_ns == 0 || leaf->received_ns < q->until_ns) &&
		(q->kinds == 0 || (leaf->kind < 32 && q->kinds >> leaf->kind & 1));
}

int matcher_patterns(struct matcher *m, struct str raw, struct err *e)
{
	for (size_t i = 0; i < m->count; i++) {
		int result;

		if (m->terms[i].pattern == NULL)
			continue;
		result = pattern_match(m->terms[i].pattern, raw, e);
		if (result < 0 || (result > 0) == m->terms[i].is_not)
			return result < 0 ? result : 0;
	}
	return 1;
}

static bool holds(struct str raw, const struct bytes *text)
{
	return raw.len >= text->len && memmem(raw.ptr, raw.len, text->at, text->len) != NULL;
}

int matcher_text(struct matcher *m, struct str raw, struct err *e)
{
	m->folded.len = 0;
	for (size_t i = 0; i < m->count; i++) {
		const struct term *t = &m->terms[i];
		struct str in = raw;

		if (t->pattern && (t->is_not || t->text.len == 0))
			continue;
		if (t->is_fold) {
			if (m->folded.len == 0)
				fold_into(&m->folded, raw);
			in = (struct str){ (const char *)m->folded.at, m->folded.len };
		}
		if (holds(in, &t->text) == t->is_not)
			return 0;
	}
	return m->has_patterns ? matcher_patterns(m, raw, e) : 1;
}
