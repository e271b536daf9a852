#include "work/archive/match.h"

#include "core/query/query.h"
#include "kit/office/office.h"

#define TERM_TEXT_MAX (4 * KIB)

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.ptr[i] >= 0x80)
			return false;
	return true;
}

static void add_text(struct term *t, struct str text)
{
	struct texts *to = &t->text;

	if (t->folding != FOLD_NONE && text.len > 0)
		fold_into(&to->all, text, t->folding);
	else
		bytes_add(&to->all, text.ptr, text.len);
	to->end[to->count++] = (uint16_t)to->all.len;
	t->is_ascii = is_ascii((struct str){ (const char *)to->all.at, to->all.len });
}

static int set_text(struct term *t, const struct bytes *literal, struct err *e)
{
	size_t len;

	add_text(t, (struct str){ (const char *)literal->at, literal->len });
	len = t->text.all.len;
	if (len == 0 && t->pattern == NULL)
		return err_set(e, ERR_INPUT, "of the text nothing is left to search for");
	return len > TERM_TEXT_MAX ? err_set(e, ERR_INPUT, "a text of %zu bytes is too long", len) :
				     0;
}

/* The texts that a pattern needs beside the first are terms of their own. */
static int add_terms(
	struct matcher *m, const struct term *first, const struct bytes *literals, struct err *e)
{
	for (size_t i = 0; i < PATTERN_LITERALS; i++) {
		struct term *t = &m->terms[m->count];
		int result;

		if (i > 0 && (literals[i].len == 0 || first->is_not))
			break;
		*t = (struct term){ .folding = first->folding,
			.is_not = first->is_not,
			.pattern = i == 0 ? first->pattern : NULL };
		m->count++;
		result = set_text(t, &literals[i], e);
		if (result < 0)
			return result;
	}
	return 0;
}

/* Does every one of ANY hold it? */
static bool is_in_all(const struct texts *any, const struct texts *one)
{
	struct str text = texts_at(one, 0);
	bool is_in = true;

	for (size_t i = 0; i < any->count && is_in; i++)
		is_in = str_find(texts_at(any, i), text) >= 0;
	return is_in;
}

/* Texts of which any must stand, in a term of their own behind those from FIRST on. */
static void add_any(struct matcher *m, size_t first, const struct texts *any)
{
	struct term *t = &m->terms[m->count];

	if (any->count < 2 || any->all.len > TERM_TEXT_MAX || m->terms[first].is_not)
		return;
	*t = (struct term){ .folding = m->terms[first].folding };
	for (size_t i = 0; i < any->count; i++) {
		size_t before = t->text.all.len;

		add_text(t, texts_at(any, i));
		if (t->text.all.len == before) { /* folded away: it may stand anywhere */
			bytes_done(&t->text.all);
			return;
		}
	}
	for (size_t i = first; i < m->count; i++)
		m->terms[i].is_part =
			m->terms[i].text.all.len > 0 && is_in_all(&t->text, &m->terms[i].text);
	m->count++;
}

/* Records are found by their texts before a pattern is tried on them. Without regard to case
 * letters are compared folded: what is the same but for case is the same folded too. A text of
 * ASCII alone needs no pattern for that. */
static int make_ready(struct matcher *m, const struct archive_term *from, struct err *e)
{
	bool is_regex = from->mode >= ARCHIVE_REGEX;
	bool is_nocase = from->mode == ARCHIVE_NOCASE || from->mode == ARCHIVE_REGEX_NOCASE;
	bool is_plain = from->mode == ARCHIVE_NOCASE && is_ascii(from->text);
	struct term first = { .is_not = from->is_not,
		.folding = is_plain                             ? FOLD_CASE :
			is_nocase || from->mode == ARCHIVE_FOLD ? FOLD_MARKS :
								  FOLD_NONE };
	struct bytes literals[PATTERN_LITERALS] = { 0 };
	struct texts any = { 0 };
	size_t count = m->count;
	int result;

	if (from->text.len == 0 || from->text.len > TERM_TEXT_MAX)
		return err_set(e, ERR_INPUT, "a text of 1 to %u bytes is searched for, not of %zu",
			TERM_TEXT_MAX, from->text.len);
	if (is_regex || (is_nocase && !is_plain)) {
		first.pattern = pattern_new(from->text, is_regex, is_nocase, e);
		if (first.pattern == NULL)
			return ERR_INPUT;
		m->has_patterns = true;
	}
	if (is_regex)
		pattern_literals(from->text, literals, &any);
	else
		bytes_add(&literals[0], from->text.ptr, from->text.len);
	result = add_terms(m, &first, literals, e);
	if (result == 0)
		add_any(m, count, &any);
	bytes_done(&any.all);
	for (size_t i = 0; i < PATTERN_LITERALS; i++)
		bytes_done(&literals[i]);
	return result;
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
	for (size_t i = 0; i < query->term_count && result == 0; i++)
		result = make_ready(m, &query->terms[i], e);
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
		bytes_done(&m->terms[i].text.all);
		pattern_free(m->terms[i].pattern);
	}
	for (int i = 0; i < FOLDINGS; i++)
		bytes_done(&m->folded[i]);
	free(m);
	return NULL;
}

static bool is_in_time(const struct archive_query *q, int64_t ns)
{
	return (q->from_ns == 0 || ns >= q->from_ns) && (q->until_ns == 0 || ns < q->until_ns);
}

bool matcher_needs_raw(const struct matcher *m, const struct leaf *leaf)
{
	return leaf->transport == LEAF_OLD_FILE && !m->query->is_by_receipt &&
		(m->query->from_ns != 0 || m->query->until_ns != 0);
}

bool matcher_written(const struct matcher *m, const struct leaf *leaf)
{
	return is_in_time(m->query, query_leaf_ns(leaf));
}

bool matcher_meta(const struct matcher *m, const struct leaf *leaf)
{
	const struct archive_query *q = m->query;
	bool is_source = q->source_count == 0;

	for (size_t i = 0; i < q->source_count && !is_source; i++)
		is_source = q->sources[i] == leaf->source;
	return is_source && (matcher_needs_raw(m, leaf) || is_in_time(q, leaf->received_ns)) &&
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

bool term_is_old(const struct term *t, struct str raw)
{
	bool is_there = false;

	for (size_t i = 0; i < t->text.count && !is_there; i++)
		is_there = t->folding != FOLD_CASE && t->pattern == NULL &&
			office_old_text_holds(raw, texts_at(&t->text, i), t->folding == FOLD_MARKS);
	return is_there;
}

static bool holds(struct str raw, const struct texts *texts)
{
	bool is_there = false;

	for (size_t i = 0; i < texts->count && !is_there; i++) {
		struct str text = texts_at(texts, i);

		is_there =
			raw.len >= text.len && memmem(raw.ptr, raw.len, text.ptr, text.len) != NULL;
	}
	return is_there;
}

/* Does the text stand in a line of an old encoding? */
static bool is_old_text(const struct matcher *m, const struct term *t, struct str raw)
{
	return (m->is_high || t->folding == FOLD_NONE) && term_is_old(t, raw);
}

int matcher_text(struct matcher *m, struct str raw, struct err *e)
{
	for (int i = 0; i < FOLDINGS; i++)
		m->folded[i].len = 0;
	m->is_high = false;
	for (size_t i = 0; i < m->count; i++) {
		const struct term *t = &m->terms[i];
		struct str in = raw;

		if (t->pattern && (t->is_not || t->text.all.len == 0))
			continue;
		if (t->folding != FOLD_NONE) {
			struct bytes *folded = &m->folded[t->folding];

			if (folded->len == 0)
				m->is_high = fold_into(folded, raw, t->folding);
			in = (struct str){ (const char *)folded->at, folded->len };
		}
		if ((holds(in, &t->text) || is_old_text(m, t, raw)) == t->is_not)
			return 0;
	}
	return m->has_patterns ? matcher_patterns(m, raw, e) : 1;
}
