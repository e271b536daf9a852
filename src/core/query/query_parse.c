/* query_parse.c - from the text of a question to its tree; each refusal has its column. */
#include "core/query/query_int.h"

#include <string.h>

struct reader {
	struct query *q;
	struct str text;
	size_t at;
	int depth; /* of parentheses */
	struct parse_fault *fault;
};

/* The column, in characters from 1, of byte AT. */
static int column_of(struct str text, size_t at)
{
	int column = 1;

	for (size_t i = 0; i < at && i < text.len; i++)
		column += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	return column;
}

static bool refuse(struct reader *r, size_t at, const char *words, struct str about)
{
	*r->fault = (struct parse_fault){ .line = 1,
		.column = column_of(r->text, at),
		.words = words,
		.about = text_clean(r->q->a, about.ptr ? about : STR(""), 80) };
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->text.len && is_blank(r->text.ptr[r->at]))
		r->at++;
}

static char here(const struct reader *r)
{
	return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static bool is_end(const struct reader *r)
{
	return r->at >= r->text.len;
}

/* Ends a term what stands at AT? */
static bool ends_term(const struct reader *r, size_t at)
{
	return at >= r->text.len || is_blank(r->text.ptr[at]) ||
		(r->text.ptr[at] == ')' && r->depth > 0);
}

/* "…" with \" and \\ in it; r->at stands on the first quote. */
static bool take_quoted(struct reader *r, struct str *ret)
{
	size_t begin = r->at++, n = 0;
	char *out = arena_alloc(r->q->a, r->text.len + 1);

	for (; !is_end(r) && here(r) != '"'; r->at++) {
		if (here(r) == '\\' && r->at + 1 < r->text.len &&
			(r->text.ptr[r->at + 1] == '"' || r->text.ptr[r->at + 1] == '\\'))
			r->at++;
		out[n++] = here(r);
	}
	if (is_end(r))
		return refuse(r, begin, T("thiếu dấu ngoặc kép đóng"), STR(""));
	r->at++;
	if (n == 0)
		return refuse(r, begin, T("giữa hai dấu ngoặc kép không có gì"), STR(""));
	*ret = (struct str){ out, n };
	return true;
}

/* A run without blanks; parentheses that are its own stay in it. */
static struct str take_word(struct reader *r)
{
	size_t begin = r->at;
	int inside = 0;

	for (; !is_end(r) && !is_blank(here(r)); r->at++) {
		if (here(r) == '(')
			inside++;
		else if (here(r) == ')' && inside-- == 0 && r->depth > 0)
			break;
	}
	return (struct str){ r->text.ptr + begin, r->at - begin };
}

/* Is it /…/ or /…/i with an end right behind? Slashes inside are written \/. */
static bool is_regex(const struct reader *r, size_t *ret_close)
{
	size_t i = r->at + 1;

	while (i < r->text.len && r->text.ptr[i] != '/')
		i += r->text.ptr[i] == '\\' ? 2 : 1;
	*ret_close = i;
	return i < r->text.len && i > r->at + 1 &&
		(ends_term(r, i + 1) || (r->text.ptr[i + 1] == 'i' && ends_term(r, i + 2)));
}

static bool add_regex(
	struct reader *r, size_t at, struct str pattern, bool is_caseless, struct node **ret)
{
	struct str why = STR("");
	size_t wrong = 0;

	if (!query_regex_node(r->q, pattern, is_caseless, &wrong, &why, ret))
		return refuse(r, at + wrong, T("biểu thức chính quy sai: {a}"), why);
	return true;
}

static bool take_regex(struct reader *r, size_t close, struct node **ret)
{
	size_t begin = r->at;
	struct str pattern = { r->text.ptr + begin + 1, close - begin - 1 };
	bool is_caseless = close + 1 < r->text.len && r->text.ptr[close + 1] == 'i';

	r->at = close + 1 + is_caseless;
	return add_regex(r, begin + 1, pattern, is_caseless, ret);
}

static struct node *text_node(struct reader *r, struct str text, bool is_fold)
{
	struct node *n = query_node(r->q, NODE_TEXT);

	n->is_fold = is_fold;
	n->text = is_fold ? text_fold(r->q->a, text) : arena_str(r->q->a, text);
	return n;
}

/* NAME:VALUE with a NAME that is a field's. */
static bool is_field(const struct reader *r, size_t *ret_colon, enum query_field *ret_field)
{
	size_t i = r->at;

	while (i < r->text.len && r->text.ptr[i] != ':' && !is_blank(r->text.ptr[i]))
		i++;
	*ret_colon = i;
	return i < r->text.len && r->text.ptr[i] == ':' &&
		query_field_parse((struct str){ r->text.ptr + r->at, i - r->at }, ret_field);
}

static bool take_field(struct reader *r, size_t colon, enum query_field field, struct node **ret)
{
	struct str name = { r->text.ptr + r->at, colon - r->at }, value;
	const char *words = NULL;
	size_t at = colon + 1;

	r->at = at;
	if (here(r) == '"') {
		if (!take_quoted(r, &value))
			return false;
	} else {
		value = take_word(r);
	}
	if (value.len == 0)
		return refuse(r, at, T("thiếu giá trị sau \"{a}:\""), name);
	if (field == QUERY_REGEX)
		return add_regex(r, at, value, false, ret);
	if (!query_field_node(r->q, field, value, &words, ret))
		return refuse(r, at, words, value);
	return true;
}

static bool take_text(struct reader *r, struct node **ret)
{
	bool is_fold = r->q->options.is_fold;
	struct str text;

	if ((here(r) == '~' || here(r) == '=') && !ends_term(r, r->at + 1)) {
		is_fold = here(r) == '~';
		r->at++;
	}
	if (here(r) != '"')
		text = take_word(r);
	else if (!take_quoted(r, &text))
		return false;
	*ret = text_node(r, text, is_fold);
	return true;
}

static bool take_either(struct reader *r, struct node **ret);

static bool take_term(struct reader *r, struct node **ret);

static bool take_not(struct reader *r, struct node **ret)
{
	size_t at = r->at++;
	struct node *inner = NULL;

	if (here(r) == '-')
		return refuse(r, at, T("sau dấu trừ phải là một từ"), STR(""));
	if (!take_term(r, &inner))
		return false;
	if (!inner)
		return refuse(r, at, T("thời gian không đi với dấu trừ"), STR(""));
	*ret = query_node(r->q, NODE_NOT);
	query_append(*ret, inner);
	return true;
}

static bool take_group(struct reader *r, struct node **ret)
{
	size_t at = r->at++;

	if (++r->depth > LIMIT_QUERY_DEPTH)
		return refuse(r, at, T("quá nhiều lớp ngoặc đơn"), STR(""));
	if (!take_either(r, ret))
		return false;
	r->depth--;
	if (here(r) != ')')
		return refuse(r, at, T("thiếu dấu ngoặc đơn đóng"), STR(""));
	r->at++;
	return true;
}

static bool take_term(struct reader *r, struct node **ret)
{
	enum query_field field;
	size_t at = r->at, mark;

	if (++r->q->nodes > LIMIT_QUERY_NODES)
		return refuse(r, at, T("câu tìm có quá nhiều phần"), STR(""));
	if (here(r) == '-' && !ends_term(r, r->at + 1))
		return take_not(r, ret);
	if (here(r) == '(')
		return take_group(r, ret);
	if (here(r) == '/' && is_regex(r, &mark))
		return take_regex(r, mark, ret);
	if (is_field(r, &mark, &field))
		return take_field(r, mark, field, ret);
	return take_text(r, ret);
}

static bool is_or(const struct reader *r)
{
	static const char *const words[] = { "OR", "HOẶC", "|" }; /* no words */

	for (size_t i = 0; i < COUNT(words); i++) {
		if (str_starts(str_from(r->text, r->at), words[i]) &&
			ends_term(r, r->at + strlen(words[i])))
			return true;
	}
	return false;
}

/* Terms that all hold, until OR, a closing parenthesis or the end. */
static bool take_all(struct reader *r, struct node *into)
{
	size_t begin = r->at;
	bool is_any = false;

	for (skip_blanks(r); !is_end(r) && !(here(r) == ')' && r->depth > 0) && !is_or(r);
		skip_blanks(r)) {
		struct node *n = NULL;

		if (!take_term(r, &n))
			return false;
		if (n)
			query_append(into, n);
		is_any = true;
	}
	if (!is_any && (is_or(r) || r->depth > 0 || begin > 0))
		return refuse(r, r->at, T("thiếu một từ ở đây"), STR(""));
	return true;
}

static bool take_either(struct reader *r, struct node **ret)
{
	struct node *all = query_node(r->q, NODE_AND), *either;

	*ret = all;
	if (!take_all(r, all))
		return false;
	if (!is_or(r))
		return true;
	either = query_node(r->q, NODE_OR);
	query_append(either, all);
	while (is_or(r)) {
		while (!ends_term(r, r->at))
			r->at++;
		all = query_node(r->q, NODE_AND);
		if (!take_all(r, all))
			return false;
		query_append(either, all);
	}
	*ret = either;
	return true;
}

static bool parse(struct reader *r)
{
	struct node *n = NULL;
	struct str text = str_trim(r->text);

	if (text.len == 0)
		return true;
	if (text.len > QUERY_BYTES_MAX)
		return refuse(r, 0, T("câu tìm quá dài"), STR(""));
	if (r->q->options.is_fixed)
		n = text_node(r, r->text, r->q->options.is_fold);
	else if (!take_either(r, &n))
		return false;
	query_append(r->q->root, n);
	return true;
}

int query_parse(struct str text, const struct query_options *options, struct arena *a,
	struct parse_fault *ret_fault, struct query **ret)
{
	struct query *q = arena_new(a, struct query);
	struct reader r = { .q = q, .text = text, .fault = ret_fault };

	q->a = a;
	q->options = *options;
	q->from_ns = INT64_MIN;
	q->end_ns = INT64_MAX;
	q->root = query_node(q, NODE_AND);
	buf_init(&q->folded, 4 * LIMIT_SEGMENT_RECORD_BYTES);
	if (!parse(&r)) {
		query_free(q);
		return ERR_INPUT;
	}
	*ret = q;
	return 0;
}

int query_narrow(
	struct query *q, enum query_field field, struct str value, struct parse_fault *ret_fault)
{
	struct reader r = { .q = q, .text = value, .fault = ret_fault };
	const char *words = NULL;
	struct node *n = NULL;

	if (!query_field_node(q, field, value, &words, &n)) {
		refuse(&r, 0, words, value);
		return ERR_INPUT;
	}
	if (n)
		query_append(q->root, n);
	return 0;
}
