#include "core/query/query_int.h"
#include "kit/office/office.h"

#include <string.h>

struct query *query_free(struct query *q)
{
	if (!q)
		return NULL;
	for (size_t i = 0; i < q->regexes.len; i++)
		pcre2_code_free(q->regexes.at[i]->code);
	pcre2_match_data_free(q->data);
	pcre2_match_context_free(q->match);
	buf_done(&q->folded);
	return NULL;
}

uint64_t query_given_up(const struct query *q)
{
	return q->given_up;
}

/* --- one line --------------------------------------------------------------------------------- */

/* The raw bytes as text_fold() makes them; the common case, ASCII, without it. */
static struct str folded(struct query *q, struct str raw)
{
	unsigned char high = 0;

	if (q->has_folded)
		return (struct str){ q->folded.ptr, q->folded.len };
	q->has_folded = true;
	buf_clear(&q->folded);
	buf_add(&q->folded, raw);
	for (size_t i = 0; i < q->folded.len; i++) {
		unsigned char c = (unsigned char)q->folded.ptr[i];

		high |= c;
		if (c >= 'A' && c <= 'Z')
			q->folded.ptr[i] = (char)(c | 0x20);
	}
	q->is_high = (high & 0x80) != 0;
	if (q->is_high) {
		struct arena a;

		/* decomposed it is at most three times as long; arena_alloc() rounds up */
		arena_init(&a, 20 * (raw.len + KIB));
		buf_clear(&q->folded);
		buf_add(&q->folded, text_fold(&a, raw));
		arena_done(&a);
	}
	return (struct str){ q->folded.ptr, q->folded.len };
}

static bool text_stands(struct query *q, const struct node *n, struct str raw)
{
	struct str in = n->is_fold ? folded(q, raw) : raw;

	return n->text.len == 0 ||
		(in.len >= n->text.len && memmem(in.ptr, in.len, n->text.ptr, n->text.len)) ||
		((q->is_high || !n->is_fold) && office_old_text_holds(raw, n->text, n->is_fold));
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* GLOB is folded; a '*' in it stands for anything. */
static bool glob_matches(struct str glob, struct str s)
{
	size_t g = 0, i = 0, star = SIZE_MAX, mark = 0;

	while (i < s.len) {
		if (g < glob.len && glob.ptr[g] == '*') {
			star = g++;
			mark = i;
		} else if (g < glob.len && glob.ptr[g] == lower(s.ptr[i])) {
			g++, i++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.ptr[g] == '*')
		g++;
	return g == glob.len;
}

static const struct query_parts *parts_of(struct query *q, struct str raw)
{
	if (!q->has_parts)
		query_parts(raw, 0, &q->parts);
	q->has_parts = true;
	return &q->parts;
}

static bool severity_fits(const struct node *n, int severity)
{
	if (severity < 0)
		return false;
	if (n->op == 0)
		return severity == n->number;
	return n->op > 0 ? severity <= n->number : severity >= n->number;
}

static bool field_fits(struct query *q, const struct node *n, const struct query_line *line)
{
	switch (n->field) {
	case QUERY_HOST:
		return glob_matches(n->text, parts_of(q, line->raw)->host);
	case QUERY_PROGRAM:
		return glob_matches(n->text, parts_of(q, line->raw)->program);
	case QUERY_EVENT:
		return glob_matches(n->text, parts_of(q, line->raw)->event);
	case QUERY_SEVERITY:
		return severity_fits(n, parts_of(q, line->raw)->severity);
	case QUERY_FACILITY:
		return parts_of(q, line->raw)->facility == n->number;
	case QUERY_SOURCE:
		return line->source == n->source;
	case QUERY_PEER:
		return memcmp(line->peer, n->peer, sizeof(n->peer)) == 0;
	case QUERY_KIND:
		return line->kind == n->number;
	case QUERY_TRANSPORT:
		return line->transport == n->number;
	default:
		return true;
	}
}

/* As deep as the parser let it become. */
static bool node_matches(struct query *q, const struct node *n, const struct query_line *line)
{
	const struct node *child;

	switch (n->kind) {
	case NODE_AND:
		for (child = n->first; child; child = child->next) {
			if (!node_matches(q, child, line))
				return false;
		}
		return true;
	case NODE_OR:
		for (child = n->first; child; child = child->next) {
			if (node_matches(q, child, line))
				return true;
		}
		return false;
	case NODE_NOT:
		return !node_matches(q, n->first, line);
	case NODE_TEXT:
		return text_stands(q, n, line->raw);
	case NODE_REGEX:
		return query_regex_matches(q, n, line->raw);
	case NODE_FIELD:
		break;
	}
	return field_fits(q, n, line);
}

static bool is_in_time(const struct query *q, const struct query_line *line)
{
	int64_t ns;

	if (q->from_ns == INT64_MIN && q->end_ns == INT64_MAX)
		return true;
	ns = q->options.is_by_receipt ? line->received_ns : query_line_ns(line);
	return ns >= q->from_ns && ns < q->end_ns;
}

bool query_matches(struct query *q, const struct query_line *line)
{
	if (!is_in_time(q, line))
		return false;
	q->has_folded = q->has_parts = false;
	return node_matches(q, q->root, line);
}

/* --- what every match has --------------------------------------------------------------------- */

static void need_add(struct query_need *need, struct str text, bool is_fold, bool is_not)
{
	if (text.len == 0 || text.len > QUERY_TERM_BYTES_MAX ||
		need->term_count == QUERY_TERMS_MAX) {
		need->is_all = false;
		return;
	}
	need->terms[need->term_count++] = (struct query_term){ text, is_fold, is_not };
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

/* Texts that are not sure to be all of it. */
static void need_part(struct query_need *need, struct str text, bool is_fold)
{
	need->is_all = false;
	if (text.len)
		need_add(need, text, is_fold, false);
}

static void need_of(const struct query *q, const struct node *n, struct query_need *need)
{
	struct str text;

	switch (n->kind) {
	case NODE_AND:
		for (const struct node *child = n->first; child; child = child->next)
			need_of(q, child, need);
		break;
	case NODE_TEXT:
		need_add(need, n->text, n->is_fold, false);
		break;
	case NODE_NOT:
		if (n->first->kind == NODE_TEXT)
			need_add(need, n->first->text, n->first->is_fold, true);
		else
			need->is_all = false;
		break;
	case NODE_REGEX:
		text = query_regex_need(q->a, n->text);
		need_part(need, n->is_fold ? text_fold(q->a, text) : text, n->is_fold);
		break;
	case NODE_FIELD:
		/* what is read out of a line stands in it */
		need->is_all = false;
		if ((n->field == QUERY_HOST || n->field == QUERY_PROGRAM ||
			    n->field == QUERY_EVENT) &&
			!str_has(n->text, '*') && is_ascii(n->text))
			need_part(need, n->text, true);
		break;
	case NODE_OR:
		need->is_all = false;
		break;
	}
}

void query_need(const struct query *q, struct query_need *ret)
{
	*ret = (struct query_need){ .is_all = true,
		.from_ns = q->from_ns,
		.end_ns = q->end_ns,
		.is_by_receipt = q->options.is_by_receipt };
	need_of(q, q->root, ret);
}
