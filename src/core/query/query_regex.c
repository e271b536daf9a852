/* query_regex.c - regular expressions: PCRE2 without its compiler to machine code, with a bound on
 * steps, and the text that a match cannot do without. */
#include "core/query/query_int.h"

#include <string.h>

static bool prepare(struct query *q)
{
	if (!q->match) {
		q->match = pcre2_match_context_create(NULL);
		q->data = pcre2_match_data_create(1, NULL);
		if (!q->match || !q->data)
			return false;
		pcre2_set_match_limit(q->match, LIMIT_QUERY_STEPS);
		pcre2_set_depth_limit(q->match, LIMIT_QUERY_STEPS / 10);
		pcre2_set_heap_limit(q->match, 4 * KIB);
	}
	return true;
}

bool query_regex_node(struct query *q, struct str pattern, bool is_caseless, size_t *ret_at,
	struct str *ret_why, struct node **ret)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
		PCRE2_DOLLAR_ENDONLY | (is_caseless ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	struct node *n = query_node(q, NODE_REGEX);
	PCRE2_SIZE at = 0;
	int code = 0;

	if (!context || !prepare(q))
		abort();
	pcre2_set_parens_nest_limit(context, LIMIT_QUERY_DEPTH);
	pcre2_set_max_pattern_length(context, QUERY_BYTES_MAX);
	n->text = arena_str(q->a, pattern);
	n->is_fold = is_caseless;
	n->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &at, context);
	pcre2_compile_context_free(context);
	if (!n->code) {
		char *why = arena_alloc(q->a, 256);

		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, 256);
		*ret_why = str_of(why);
		*ret_at = at < pattern.len ? at : pattern.len;
		return false;
	}
	vec_push(q->a, &q->regexes, n);
	*ret = n;
	return true;
}

bool query_regex_matches(struct query *q, const struct node *n, struct str raw)
{
	int rc = pcre2_match(
		n->code, (PCRE2_SPTR)(raw.ptr ? raw.ptr : ""), raw.len, 0, 0, q->data, q->match);

	if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
		rc == PCRE2_ERROR_HEAPLIMIT)
		q->given_up++;
	return rc >= 0;
}

/* A character that stands for itself, at I; how many bytes it takes, else 0. */
static size_t plain_at(struct str pattern, size_t i, char *ret)
{
	char c = pattern.ptr[i];

	if (c == '\\' && i + 1 < pattern.len &&
		strchr("./-[](){}+*?^$|\\\"=:,;@_ ", pattern.ptr[i + 1])) {
		*ret = pattern.ptr[i + 1];
		return 2;
	}
	if ((unsigned char)c >= 0x80 || (unsigned char)c < ' ' || strchr("\\.[](){}+*?^$|", c))
		return 0;
	*ret = c;
	return 1;
}

/* Over what stands at I and is no plain character: its end. Groups and classes are passed whole. */
static size_t skip_at(struct str pattern, size_t i)
{
	int depth = 0;

	do {
		char c = pattern.ptr[i++];

		if (c == '\\') {
			i++;
		} else if (c == '{') {
			while (i < pattern.len && pattern.ptr[i - 1] != '}')
				i++;
		} else if (c == '[') {
			i += i < pattern.len && pattern.ptr[i] == '^';
			i += i < pattern.len && pattern.ptr[i] == ']';
			while (i < pattern.len && pattern.ptr[i] != ']')
				i += pattern.ptr[i] == '\\' ? 2 : 1;
			i++;
		} else {
			depth += (c == '(') - (c == ')');
		}
	} while (depth > 0 && i < pattern.len);
	return i;
}

/* Escapes and groups that change what the characters behind them mean: \x41, \Q…\E, (?i), (*VERB).
 * A plain group, (?:…), does not. */
static bool is_plain_enough(struct str pattern)
{
	for (size_t i = 0; i + 1 < pattern.len; i++) {
		char c = pattern.ptr[i], next = pattern.ptr[i + 1];

		if (c == '\\') {
			if (strchr("xpPkgcoNQE0123456789", next))
				return false;
			i++;
		} else if ((c == '(' && next == '*') || (c == '[' && next == '[')) {
			return false;
		} else if (c == '(' && next == '?' && !str_starts(str_from(pattern, i), "(?:")) {
			return false;
		}
	}
	return true;
}

struct str query_regex_need(struct arena *a, struct str pattern)
{
	char *run = arena_alloc(a, pattern.len + 1), *best = arena_alloc(a, pattern.len + 1);
	size_t len = 0, best_len = 0, i = 0;

	if (!is_plain_enough(pattern))
		return STR("");
	while (i < pattern.len) {
		size_t step;
		char c = '\0';

		if (pattern.ptr[i] == '|')
			return STR("");
		step = plain_at(pattern, i, &c);
		if (step > 0)
			run[len++] = c;
		else
			step = skip_at(pattern, i) - i;
		if (c && i + step < pattern.len && strchr("*?{", pattern.ptr[i + step]))
			len--; /* may be missing */
		if (len > best_len) {
			memcpy(best, run, len);
			best_len = len;
		}
		if (!c)
			len = 0;
		i += step;
	}
	return (struct str){ best, best_len };
}
