#include "work/archive/json.h"

/* Windows events and their like: long lines, whose values are repeated in a text of many lines that
 * name them again. Each value is one slot, cut out of that text too, so that both are the same. */

#define TYPED_MAX 40 /* bytes of a value that may be a time, a number or an address */
#define NAME_MAX 48
#define TIME_TAIL_MAX 8 /* such as the Z behind it */

static bool add_time(struct cut *c, size_t from, size_t end, uint64_t context)
{
	struct slot slot = { .type = SLOT_TIME };
	int64_t time;
	size_t taken;

	if (!cut_may_be_time(c, from))
		return false;
	taken = timeform_parse(c->s + from, c->len - from, &slot.form, &time);
	if (taken == 0 || from + taken > end || end - from - taken > TIME_TAIL_MAX)
		return false;
	cut_slot(c, from, from + taken, slot, (struct value){ (uint64_t)time, 0 });
	c->tag = mix(context, 5);
	cut_static(c, from + taken, end);
	return true;
}

/* Bytes FROM to END as a value of a known type; false when they are none. */
static bool add_typed(struct cut *c, size_t from, size_t end, uint64_t context)
{
	unsigned classes;
	size_t stop;

	/* what begins with a letter may stand behind the letter of an escape */
	if (!(class_of(c->s[from]) & IS_DIGIT))
		return false;
	if (add_time(c, from, end, context))
		return true;
	classes = cut_run(c, from, end, IS_ALNUM | IS_MARK, &stop);
	if (stop != end)
		return false;
	if (classes == IS_DIGIT && end - from <= NUMBER_DIGITS_MAX) {
		cut_number(c, from, end);
		c->tag = mix(context, 2);
		return true;
	}
	if (end - from > 2 && c->s[from] == '0' && c->s[from + 1] == 'x') {
		cut_chunk(c, from, end, context);
		return true;
	}
	return classes == (IS_DIGIT | IS_MARK) && cut_ipv4(c, from, &stop);
}

/* A text with blanks and digits in it, such as a message: its words. */
static bool add_words(struct cut *c, size_t from, size_t end)
{
	size_t len = c->len;

	if (memchr(c->s + from, ' ', end - from) == NULL ||
		memchr(c->s + from, '\\', end - from) != NULL ||
		scan_digits(&c->w->scan, from, end) == NO_DIGIT)
		return false;
	c->len = end;
	cut_words(c, from);
	c->len = len;
	return true;
}

/* A value as a whole: of a known type, but for braces around it, or a text. */
static void add_value(struct cut *c, size_t from, size_t end, uint64_t context)
{
	size_t at = from, stop = end;
	struct cut before = *c;

	if (from == end)
		return;
	while (at < stop && c->s[at] == '{')
		at++;
	while (stop > at && c->s[stop - 1] == '}')
		stop--;
	if (at < stop && stop - at <= TYPED_MAX) {
		cut_static(c, from, at);
		if (add_typed(c, at, stop, mix(context, at - from))) {
			cut_static(c, stop, end);
			return;
		}
		*c = before;
	}
	cut_word(c, from, end, context);
}

/* Where a name such as "\n\tAccount Name:" and the blanks behind it end; FROM if there is none. */
static size_t name_end(const struct cut *c, size_t from, size_t end)
{
	size_t at = from;

	while (at < end && at - from < NAME_MAX &&
		(class_of(c->s[at]) & (IS_ALNUM | IS_MARK) || c->s[at] == ' '))
		at++;
	if (at == end || (c->s[at] != ':' && c->s[at] != '='))
		return from;
	for (at++; at < end && c->s[at] == ' ';)
		at++;
	while (at + 1 < end && c->s[at] == '\\' && c->s[at + 1] == 't') {
		c->w->has_tabs = true;
		at += 2;
	}
	return at;
}

/* Where the text from FROM on breaks: before a line break that is written in it, or a bar. */
static size_t part_end(const struct cut *c, size_t from, size_t end)
{
	size_t at = from + (c->s[from] == '\\' ? 2 : 1);

	while (at < end && c->s[at] != '|') {
		if (c->s[at] != '\\')
			at++;
		else if (at + 1 < end && c->s[at + 1] == 'n')
			break;
		else
			at += 2;
	}
	if (at >= end)
		return end;
	/* a return goes with the line break behind it */
	return c->s[at] == '\\' && at > from + 2 && c->s[at - 2] == '\\' && c->s[at - 1] == 'r' ?
		at - 2 :
		at;
}

/* The text of a string: the parts of it, each with a name or without. */
static void add_string(struct cut *c, size_t from, size_t end)
{
	size_t stop = from < end ? part_end(c, from, end) : end, name;

	if (stop == end) {
		if (!add_words(c, from, end))
			add_value(c, from, end, c->tag);
		return;
	}
	for (; from < end && !c->is_full; from = stop) {
		stop = part_end(c, from, end);
		if (c->s[from] == '|') {
			cut_static(c, from, from + 1);
			add_value(c, from + 1, stop, c->tag);
			continue;
		}
		name = name_end(c, from, stop);
		if (name > from)
			cut_word(c, from, name, c->tag);
		add_value(c, name, stop, mix(c->tag, 7));
	}
}

static size_t string_end(const struct cut *c, size_t at)
{
	while (at < c->len && c->s[at] != '"')
		at += c->s[at] == '\\' ? 2 : 1;
	return at < c->len ? at : c->len;
}

/* A number, or what else stands without quotes behind a name. */
static size_t add_bare(struct cut *c, size_t from)
{
	size_t end = from;

	while (end < c->len && c->s[end] != ',' && c->s[end] != '}' && c->s[end] != '"')
		end++;
	add_value(c, from, end, c->tag);
	return end;
}

void cut_json(struct cut *c)
{
	size_t at = 0, from = 0; /* static from there on */

	while (at < c->len && !c->is_full) {
		size_t end;

		if (c->s[at] != '"') {
			at++;
			continue;
		}
		end = string_end(c, at + 1);
		if (end + 1 < c->len && c->s[end + 1] == ':') {
			at = end + 2;
			cut_static(c, from, at);
			if (c->group == 0)
				c->group = c->tag;
			from = at;
			if (at < c->len && c->s[at] != '"')
				from = at = add_bare(c, at);
		} else {
			cut_static(c, from, at + 1);
			add_string(c, at + 1, end);
			from = end;
			at = end + 1;
		}
	}
	if (!c->is_full && from < c->len)
		cut_static(c, from, c->len);
}
