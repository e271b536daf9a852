/* logrotate.c - logrotate's configuration, as far as it says how long logs are kept. */
#include "work/hostaudit/resolve/logrotate.h"

#include <ctype.h>
#include <fnmatch.h>

#define PATTERNS_MAX 256
#define TABOO_MAX 64
#define TABOO_BYTES 64

void logrotate_init(struct logrotate *l, struct arena *a)
{
	*l = (struct logrotate){ .a = a, .globals = { .by = ROTATE_SIZE } };
}

const char *rotate_name(enum rotate_by by)
{
	static const char *const names[] = { "hourly", "daily", "weekly", "monthly", "yearly",
		"size" };

	return names[by];
}

int64_t rotate_days(const struct rotate_policy *p)
{
	int64_t days;

	if (p->count < 0)
		return p->max_age_days > 0 ? p->max_age_days : -1;
	switch (p->by) {
	case ROTATE_HOURLY:
		days = p->count / 24;
		break;
	case ROTATE_DAILY:
		days = p->count;
		break;
	case ROTATE_WEEKLY:
		days = p->count * 7;
		break;
	case ROTATE_MONTHLY:
		days = p->count * 365 / 12;
		break;
	case ROTATE_YEARLY:
		days = p->count * 365;
		break;
	default:
		return p->count == 0 ? 0 : -2;
	}
	return p->max_age_days > 0 && p->max_age_days < days ? p->max_age_days : days;
}

bool logrotate_is_taboo(const struct logrotate *l, struct str name)
{
	static const char *const usual[] = { "*.bak", "*.cfsaved", "*.disabled", "*.dpkg-bak",
		"*.dpkg-del", "*.dpkg-dist", "*.dpkg-new", "*.dpkg-old", "*.dpkg-tmp", "*.rpmnew",
		"*.rpmorig", "*.rpmsave", "*.swp", "*.ucf-dist", "*.ucf-new", "*.ucf-old", "*~",
		"*,v", "*.rhn-cfg-tmp-*" };
	const char *text = arena_cstr(l->a, name);

	if (name.len == 0 || str_is(name, ".") || str_is(name, ".."))
		return true;
	for (size_t i = 0; i < COUNT(usual) && !l->is_taboo_own; i++)
		if (fnmatch(usual[i], text, FNM_PERIOD) == 0)
			return true;
	for (size_t i = 0; i < l->taboo.len; i++)
		if (fnmatch(l->taboo.at[i].ptr, text, FNM_PERIOD) == 0)
			return true;
	return false;
}

/* "tabooext + .old, .off", "taboopat a*": without the plus the list begins anew. */
static void take_taboo(struct logrotate *l, struct str value, bool is_ending)
{
	struct str word;

	if (str_starts(value, "+")) {
		value = str_from(value, 1);
	} else {
		l->is_taboo_own = true;
		l->taboo.len = 0;
	}
	while (str_next_word(&value, " \t,", &word) && l->taboo.len < TABOO_MAX &&
		word.len < TABOO_BYTES)
		vec_push(l->a, &l->taboo,
			arena_fmt(l->a, "%s%.*s", is_ending ? "*" : "", STR_FMT(word)));
}

struct reader {
	struct logrotate *l;
	struct str file;
	struct str patterns[PATTERNS_MAX];
	size_t pattern_count;
	struct rotate_policy block;
	bool is_in_block, is_in_script;
	bool is_refused; /* the block at hand: logrotate passes over it */
	bool is_over;    /* it reads no further in this file */
};

static void bad(struct reader *r, int64_t line)
{
	if (r->l->bad_line == 0)
		r->l->bad_line = line;
	r->is_refused = r->is_in_block;
	r->is_over |= !r->is_in_block;
}

static bool is_script(struct str word)
{
	static const char *const names[] = { "postrotate", "prerotate", "firstaction", "lastaction",
		"preremove" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(word, names[i]))
			return true;
	return false;
}

static bool period(struct rotate_policy *p, struct str word)
{
	static const char *const names[] = { "hourly", "daily", "weekly", "monthly", "yearly" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(word, names[i])) {
			p->by = (enum rotate_by)i;
			return true;
		}
	return false;
}

static void directive(struct reader *r, struct str line, int64_t number)
{
	struct rotate_policy *p = r->is_in_block ? &r->block : &r->l->globals;
	struct str word, value;
	int64_t n;

	for (size_t i = 0; i < line.len && !str_has(STR(" \t="), line.ptr[i]); i++)
		if (!isalpha((unsigned char)line.ptr[i])) {
			bad(r, number); /* "daily}", "a,b" */
			return;
		}
	if (!str_next_word(&line, " \t=", &word))
		return;
	line = str_trim(line);
	if (str_starts(line, "="))
		line = str_from(line, 1);
	value = str_trim(line);
	if (is_script(word)) {
		r->is_in_script = true;
	} else if (r->is_in_block &&
		(str_is(word, "include") || str_starts(word, "tabooext") ||
			str_starts(word, "taboopat"))) {
		bad(r, number);
	} else if (str_is(word, "include")) {
		if (r->l->include != NULL)
			r->l->include(r->l->context, value);
	} else if (period(p, word)) {
		/* "weekly 1", "monthly 15"; a comment behind it is refused, and the file with it */
		if ((p->by == ROTATE_WEEKLY || p->by == ROTATE_MONTHLY) && value.len > 0 &&
			(!str_to_i64(value, &n) || n < 0 ||
				n > (p->by == ROTATE_WEEKLY ? 7 : 31))) {
			bad(r, number);
			r->is_over = true;
			return;
		}
		if (p->file.len == 0) {
			p->file = r->file;
			p->line = number;
		}
	} else if (str_is(word, "size")) {
		p->by = ROTATE_SIZE;
		p->file = r->file;
		p->line = number;
	} else if (str_is(word, "maxsize")) {
		p->has_max_size = true;
	} else if (str_is(word, "tabooext") || str_is(word, "taboopat")) {
		take_taboo(r->l, value, str_is(word, "tabooext"));
	} else if (str_is(word, "ignoreduplicates")) {
		p->is_lenient = true;
	} else if (str_is(word, "rotate") || str_is(word, "maxage")) {
		if (!str_to_i64(value, &n) || n < -1 || n > 1000000) {
			bad(r, number);
			return;
		}
		if (str_is(word, "rotate"))
			p->count = n;
		else
			p->max_age_days = n;
		p->file = r->file;
		p->line = number;
	}
}

static void end_block(struct reader *r)
{
	for (size_t i = 0; i < r->pattern_count && !r->is_refused; i++)
		r->l->found(r->l->context, r->patterns[i], &r->block);
	r->pattern_count = 0;
	r->is_in_block = r->is_refused = false;
}

/* Patterns before a '{'; what follows it on the line belongs to the block. Returns the rest. */
static struct str patterns(struct reader *r, struct str line, int64_t number)
{
	struct str word;

	while (line = str_trim(line), line.len > 0) {
		if (line.ptr[0] == '{') {
			r->is_in_block = true;
			r->block = r->l->globals;
			return str_from(line, 1);
		}
		if (line.ptr[0] == '"' || line.ptr[0] == '\'') {
			ptrdiff_t end = str_find_char(str_from(line, 1), line.ptr[0]);

			/* the first '{' opens the block, also within quotes */
			if (end < 0 || str_has(str_until(str_from(line, 1), (size_t)end), '{')) {
				bad(r, number);
				return STR("");
			}
			word = (struct str){ line.ptr + 1, (size_t)end };
			line = str_from(line, (size_t)end + 2);
		} else {
			size_t n = 0;

			while (n < line.len && !str_has(STR(" \t{"), line.ptr[n]))
				n++;
			word = str_until(line, n);
			line = str_from(line, n);
		}
		if (r->pattern_count < PATTERNS_MAX)
			r->patterns[r->pattern_count++] = word;
		else
			bad(r, number);
	}
	return STR("");
}

static void one_line(struct reader *r, struct str line, int64_t number)
{
	struct str body, word;

	line = str_trim(line);
	if (r->is_in_script) {
		r->is_in_script = !str_starts(line, "endscript");
		return;
	}
	if (line.len == 0 || line.ptr[0] == '#')
		return;
	if (!r->is_in_block && (r->pattern_count > 0 || str_has(STR("/\"'~{"), line.ptr[0])))
		line = str_trim(patterns(r, line, number));
	if (line.len == 0 || line.ptr[0] == '#')
		return;
	if (line.ptr[0] == '}') {
		if (!r->is_in_block)
			bad(r, number);
		end_block(r);
		return;
	}
	if (r->is_in_block && str_ends(line, "}")) { /* "{ daily }" */
		directive(r, line, number);
		/* the brace belongs to the value of a word that takes one */
		body = str_trim(str_until(line, line.len - 1));
		if (str_next_word(&body, " \t=", &word) && body.len > 0)
			bad(r, number);
		end_block(r);
		return;
	}
	directive(r, line, number);
}

void logrotate_read(struct logrotate *l, struct str text, struct str file)
{
	struct reader *r = arena_new(l->a, struct reader);
	struct str line;

	r->l = l;
	r->file = file;
	l->bad_line = 0;
	for (int64_t n = 1; !r->is_over && str_next_line(&text, &line); n++)
		one_line(r, line, n);
	if (r->is_in_block || r->pattern_count > 0)
		bad(r, 1);
}
