/* pattern.c - regular expressions: PCRE2, which bounds what one match may cost, and the text that a
 * pattern cannot do without, by which the archive finds the few records worth trying. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "work/archive/match.h"

#define STEPS_MAX 200000 /* of one match; at some ns a step, a record costs a few ms at worst */
#define DEPTH_MAX 2000
#define HEAP_MAX_KIB 4096
#define LITERAL_MIN 2

struct pattern {
	pcre2_code *code;
	pcre2_code
		*ascii; /* the same for records of ASCII alone, which is twice as quick; or NULL */
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	bool has_jit;
};

static _Noreturn void no_memory(void)
{
	abort();
}

static bool is_ascii(struct str s)
{
	uint64_t high = 0, word;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		memcpy(&word, s.ptr + i, 8);
		high |= word;
	}
	for (; i < s.len; i++)
		high |= (uint64_t)(uint8_t)s.ptr[i];
	return (high & 0x8080808080808080u) == 0;
}

/* Verbs such as (*LIMIT_MATCH=…) could lift the limits. */
static bool is_verb(struct str text)
{
	return text.len >= 2 && text.ptr[0] == '(' && text.ptr[1] == '*';
}

struct pattern *pattern_new(struct str text, bool is_regex, bool is_nocase, struct err *e)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
		(is_nocase ? PCRE2_CASELESS : 0);
	struct pattern *p;
	int code = 0;
	PCRE2_SIZE at = 0;

	/* PCRE2_LITERAL takes few other options */
	if (!is_regex)
		options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_LITERAL |
			(is_nocase ? PCRE2_CASELESS : 0);
	if (is_regex && is_verb(text)) {
		err_set(e, ERR_INPUT, "a pattern may not begin with (*");
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		no_memory();
	p->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &code, &at, NULL);
	if (p->code == NULL) {
		PCRE2_UCHAR words[160];

		pcre2_get_error_message(code, words, sizeof(words));
		err_set(e, ERR_INPUT, "the pattern is wrong at byte %zu: %s", (size_t)at,
			(const char *)words);
		return pattern_free(p);
	}
	p->data = pcre2_match_data_create(1, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (p->data == NULL || p->limits == NULL)
		no_memory();
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_depth_limit(p->limits, DEPTH_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_MAX_KIB);
	if (is_ascii(text))
		p->ascii = pcre2_compile((PCRE2_SPTR)text.ptr, text.len,
			options & ~(PCRE2_UTF | PCRE2_MATCH_INVALID_UTF), &code, &at, NULL);
	/* where memory may not be made executable, patterns are interpreted */
	p->has_jit = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
	if (p->ascii)
		pcre2_jit_compile(p->ascii, PCRE2_JIT_COMPLETE);
	if (p->has_jit) {
		p->stack = pcre2_jit_stack_create(32 * KIB, 512 * KIB, NULL);
		if (p->stack == NULL)
			no_memory();
		pcre2_jit_stack_assign(p->limits, NULL, p->stack);
	}
	return p;
}

struct pattern *pattern_free(struct pattern *p)
{
	if (p) {
		pcre2_jit_stack_free(p->stack);
		pcre2_match_context_free(p->limits);
		pcre2_match_data_free(p->data);
		pcre2_code_free(p->code);
		pcre2_code_free(p->ascii);
		free(p);
	}
	return NULL;
}

int pattern_match(struct pattern *p, struct str raw, struct err *e)
{
	const pcre2_code *code = p->ascii && is_ascii(raw) ? p->ascii : p->code;
	int rc = pcre2_match(
		code, (PCRE2_SPTR)(raw.ptr ? raw.ptr : ""), raw.len, 0, 0, p->data, p->limits);

	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return err_set(e, ERR_LIMIT,
		"the pattern takes too many steps on a record of %zu bytes: make it simpler",
		raw.len);
}

/* A pattern being read for its literals. */
struct reading {
	struct str rest;
	/* the run of plain characters being read: so many, where there were choices */
	struct bytes now[TEXTS_MAX];
	size_t count;
	struct bytes *best; /* the longest so far, longest first */
	struct texts *any;  /* NULL: choices are passed over; else they are all that counts */
};

static size_t shortest(const struct bytes *of, size_t count)
{
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		least = of[i].len < least ? of[i].len : least;
	return least;
}

static size_t shortest_text(const struct texts *of)
{
	size_t least = of->count > 0 ? SIZE_MAX : 0;

	for (size_t i = 0; i < of->count; i++)
		least = texts_at(of, i).len < least ? texts_at(of, i).len : least;
	return least;
}

static void keep_choice(struct reading *r)
{
	size_t least = shortest(r->now, r->count);

	if (r->count == 1 || least < LITERAL_MIN || least <= shortest_text(r->any))
		return;
	r->any->all.len = 0;
	r->any->count = r->count;
	for (size_t i = 0; i < r->count; i++) {
		bytes_add(&r->any->all, r->now[i].at, r->now[i].len);
		r->any->end[i] = (uint16_t)r->any->all.len;
	}
}

static void end_run(struct reading *r)
{
	struct bytes *now = &r->now[0];

	if (r->any)
		keep_choice(r);
	for (size_t i = 0; !r->any && i < PATTERN_LITERALS && now->len >= LITERAL_MIN; i++) {
		struct bytes shorter = r->best[i];

		if (now->len <= shorter.len)
			continue;
		r->best[i] = *now;
		*now = shorter;
	}
	for (size_t i = 0; i < r->count; i++)
		r->now[i].len = 0;
	r->count = 1;
}

static void add_plain(struct reading *r, char c)
{
	for (size_t i = 0; i < r->count; i++)
		bytes_u8(&r->now[i], (uint8_t)c);
}

/* What stands before a quantifier may be missing, or come again: it does not count. A choice is
 * not read where a quantifier follows. */
static void drop_last(struct reading *r)
{
	for (size_t i = 0; i < r->count; i++)
		while (r->now[i].len > 0 && (r->now[i].at[--r->now[i].len] & 0xC0) == 0x80)
			;
	end_run(r);
}

/* Past the class at the beginning of REST; false when it does not end. */
static bool skip_class(struct reading *r)
{
	size_t i = 1;

	if (i < r->rest.len && r->rest.ptr[i] == '^')
		i++;
	if (i < r->rest.len && r->rest.ptr[i] == ']')
		i++;
	for (; i < r->rest.len && r->rest.ptr[i] != ']'; i++) {
		if (r->rest.ptr[i] == '\\')
			i++;
		else if (r->rest.ptr[i] == '[') /* [:digit:] and the like: not ours to read */
			return false;
	}
	if (i >= r->rest.len)
		return false;
	r->rest = str_from(r->rest, i + 1);
	return true;
}

/* Past the group at the beginning of REST, with all in it. */
static bool skip_group(struct reading *r)
{
	int depth = 0;

	while (r->rest.len > 0) {
		char c = r->rest.ptr[0];

		if (c == '[') {
			if (!skip_class(r))
				return false;
			continue;
		}
		if (c == '\\' && r->rest.len > 1)
			r->rest = str_from(r->rest, 1);
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		r->rest = str_from(r->rest, 1);
		if (depth == 0)
			return true;
	}
	return false;
}

static bool is_punctuation(char c)
{
	return c > ' ' && c < 0x7F && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
		!(c >= '0' && c <= '9');
}

/* Plain texts with bars between them, up to the end of REST or the bracket that ends their group:
 * how many bytes they take, or 0 when they are not plain or too many. They go to the empty TO. */
static size_t read_texts(struct str rest, struct bytes *to, size_t *ret_count)
{
	size_t n = 0, i = 0;

	for (; i < rest.len && rest.ptr[i] != ')'; i++) {
		char c = rest.ptr[i];

		if (c == '|') {
			if (++n == TEXTS_MAX)
				return 0;
			continue;
		}
		if (c == '\\' && i + 1 < rest.len && is_punctuation(rest.ptr[i + 1]))
			c = rest.ptr[++i];
		else if (c == 0 || strchr("\\([.*+?{^$", c) != NULL)
			return 0;
		bytes_u8(&to[n], (uint8_t)c);
	}
	*ret_count = n + 1;
	return i;
}

/* Each of the runs goes on with each of the texts. */
static bool add_texts(struct reading *r, const struct bytes *texts, size_t count)
{
	size_t runs = r->count;

	if (runs * count > TEXTS_MAX)
		return false;
	/* the first ones come last: the others are made from them */
	for (size_t t = count; t-- > 0;)
		for (size_t i = 0; i < runs; i++) {
			struct bytes *to = &r->now[t * runs + i];

			if (t > 0) {
				to->len = 0;
				bytes_add(to, r->now[i].at, r->now[i].len);
			}
			bytes_add(to, texts[t].at, texts[t].len);
		}
	r->count = runs * count;
	return true;
}

/* A group of plain texts that stands there once; false when it is another. */
static bool read_choice(struct reading *r)
{
	size_t from = r->rest.len > 1 && r->rest.ptr[1] == '?' ? 3 : 1, count = 0, len;
	struct bytes texts[TEXTS_MAX] = { 0 };
	struct str in = str_from(r->rest, from);
	bool is_read = false;

	len = read_texts(in, texts, &count);
	if (len > 0 && len < in.len &&
		(len + 1 == in.len || strchr("*+?{", in.ptr[len + 1]) == NULL))
		is_read = add_texts(r, texts, count);
	if (is_read)
		r->rest = str_from(in, len + 1);
	for (size_t i = 0; i < TEXTS_MAX; i++)
		bytes_done(&texts[i]);
	return is_read;
}

/* An escape at the beginning of REST: punctuation stands for itself; of letters and digits only
 * those are known that take no further characters. */
static bool read_escape(struct reading *r)
{
	char c = r->rest.len > 1 ? r->rest.ptr[1] : 0;

	if (strchr("dDsSwWbBAZzRhHvVntrfe", c) != NULL && c != 0) {
		end_run(r);
	} else if (is_punctuation(c)) {
		add_plain(r, c);
	} else {
		return false;
	}
	r->rest = str_from(r->rest, 2);
	return true;
}

static bool read_one(struct reading *r)
{
	char c = r->rest.ptr[0];

	switch (c) {
	case '|': /* either side may be the one */
		return false;
	case '\\':
		return read_escape(r);
	case '[':
		end_run(r);
		return skip_class(r);
	case '(':
		if (r->rest.len > 2 && r->rest.ptr[1] == '?' && r->rest.ptr[2] != ':')
			return false;
		if (r->rest.len > 1 && r->rest.ptr[1] == '*')
			return false;
		if (r->any && read_choice(r))
			return true;
		end_run(r);
		return skip_group(r);
	case '*':
	case '+':
	case '?':
	case '{':
		drop_last(r);
		r->rest = str_from(r->rest, 1);
		if (c == '{') {
			ptrdiff_t end = str_find_char(r->rest, '}');

			if (end < 0)
				return false;
			r->rest = str_from(r->rest, (size_t)end + 1);
		}
		return true;
	case '.':
	case '^':
	case '$':
		end_run(r);
		break;
	default:
		add_plain(r, c);
	}
	r->rest = str_from(r->rest, 1);
	return true;
}

/* Into BEST, or into ANY. */
static bool read_all(struct str regex, struct bytes *best, struct texts *any)
{
	struct reading r = { .rest = regex, .count = 1, .best = best, .any = any };
	/* comments and quoting would need a reader of their own */
	bool is_good = str_find(regex, STR("(?#")) < 0 && str_find(regex, STR("\\Q")) < 0;
	size_t count = 0;

	/* nothing but texts: a choice without its brackets */
	if (is_good && any && regex.len > 0 && read_texts(regex, r.now, &count) == regex.len) {
		r.count = count;
		r.rest.len = 0;
	} else {
		for (size_t i = 0; i < TEXTS_MAX; i++)
			r.now[i].len = 0;
	}
	while (is_good && r.rest.len > 0)
		is_good = read_one(&r);
	end_run(&r);
	for (size_t i = 0; i < TEXTS_MAX; i++)
		bytes_done(&r.now[i]);
	return is_good;
}

void pattern_literals(struct str regex, struct bytes *to, struct texts *any)
{
	bool is_good = read_all(regex, to, NULL);

	for (size_t i = 0; !is_good && i < PATTERN_LITERALS; i++)
		to[i].len = 0;
	if (!read_all(regex, NULL, any))
		any->count = 0;
}
