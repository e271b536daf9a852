/* syslog_xml.c - a Windows event in XML as body, as Windows itself, NXLog and collectors write it:
 * walked once, without a tree. What is no <Event> to its end stays text; of one that was cut off on
 * its way, what <System> says is taken when that was whole. */
#include "kit/syslog/syslog_int.h"

#define DEPTH_MAX 16

struct walk {
	struct cursor c;
	struct body_fields fields;
	struct syslog_part names[DEPTH_MAX]; /* of the elements that are open */
	size_t lens[DEPTH_MAX];              /* of the path outside of each */
	size_t depth;
	bool has_system; /* <System> has ended */
};

static bool is_name_char(char ch)
{
	return is_alpha(ch) || is_digit(ch) || ch == '_' || ch == '-' || ch == '.' || ch == ':';
}

static void skip_space(struct cursor *c)
{
	while (peek(c, 0) == ' ' || peek(c, 0) == '\t' || peek(c, 0) == '\n' || peek(c, 0) == '\r')
		c->at++;
}

static struct syslog_part take_name(struct cursor *c)
{
	size_t from = c->at;

	while (is_name_char(peek(c, 0)))
		c->at++;
	return part_of(from, c->at);
}

static bool take_text(struct cursor *c, const char *text)
{
	if (!str_starts(str_from(c->line, c->at), text))
		return false;
	c->at += strlen(text);
	return true;
}

/* Up to END, which is passed over. */
static bool take_until(struct cursor *c, struct str end, struct syslog_part *ret)
{
	ptrdiff_t len = str_find(str_from(c->line, c->at), end);

	if (len < 0)
		return false;
	*ret = part_of(c->at, c->at + (size_t)len);
	c->at += (size_t)len + end.len;
	return true;
}

/* NXLog's own XML has its fields at once below <Event>, by the names they have in its JSON. */
static void look_at(struct walk *w, struct syslog_part value)
{
	struct str path = fields_path(&w->fields);

	while (value.len && w->c.line.ptr[value.at] == ' ') {
		value.at++;
		value.len--;
	}
	while (value.len && w->c.line.ptr[value.at + value.len - 1] == ' ')
		value.len--;
	fields_value(&w->fields, path, value);
	if (w->depth == 2 && str_starts(path, "Event."))
		fields_value(&w->fields, str_from(path, 6), value);
}

/* name="value" … up to the end of the tag. */
static bool take_attributes(struct walk *w)
{
	struct cursor *c = &w->c;
	size_t len = w->fields.path_len;

	for (;;) {
		struct syslog_part name, value;
		char quote;

		skip_space(c);
		name = take_name(c);
		if (name.len == 0)
			return true;
		skip_space(c);
		if (!take(c, '='))
			return false;
		skip_space(c);
		quote = peek(c, 0);
		if ((quote != '"' && quote != '\'') || !take(c, quote) ||
			!take_until(c, (struct str){ &quote, 1 }, &value))
			return false;
		fields_push(&w->fields, STR("#attributes"));
		fields_push(&w->fields, syslog_part(c->line, name));
		look_at(w, value);
		w->fields.path_len = len;
	}
}

static void leave(struct walk *w)
{
	w->depth--;
	w->fields.path_len = w->lens[w->depth];
	if (w->depth == 1 && str_is(syslog_part(w->c.line, w->names[1]), "System"))
		w->has_system = true;
}

static bool enter(struct walk *w)
{
	struct syslog_part name = take_name(&w->c);
	struct str text = syslog_part(w->c.line, name);

	if (name.len == 0 || w->depth == DEPTH_MAX || (w->depth == 0 && !str_is(text, "Event")))
		return false;
	w->names[w->depth] = name;
	w->lens[w->depth++] = w->fields.path_len;
	fields_push(&w->fields, text);
	if (!take_attributes(w))
		return false;
	if (take_text(&w->c, "/>"))
		leave(w);
	else if (!take(&w->c, '>'))
		return false;
	return true;
}

static bool take_end(struct walk *w)
{
	struct str name = syslog_part(w->c.line, take_name(&w->c));

	skip_space(&w->c);
	if (w->depth == 0 || !take(&w->c, '>') ||
		!str_eq(name, syslog_part(w->c.line, w->names[w->depth - 1])))
		return false;
	leave(w);
	return true;
}

/* One tag, comment or the like, or the text up to the next. */
static bool step(struct walk *w)
{
	struct cursor *c = &w->c;
	struct syslog_part part;

	if (take_text(c, "<!--"))
		return take_until(c, STR("-->"), &part);
	if (take_text(c, "<?"))
		return take_until(c, STR("?>"), &part);
	if (take_text(c, "<![CDATA[")) {
		if (w->depth == 0 || !take_until(c, STR("]]>"), &part))
			return false;
		look_at(w, part);
		return true;
	}
	if (take_text(c, "</"))
		return take_end(w);
	if (take(c, '<'))
		return enter(w);
	if (w->depth == 0 || !take_until(c, STR("<"), &part))
		return false;
	c->at--;
	look_at(w, part);
	return true;
}

void xml_read(struct str line, int64_t received_s, struct syslog_line *l)
{
	struct walk w = { .c = { line, l->message.at, received_s } };
	bool is_fine;

	do {
		is_fine = step(&w);
		if (w.depth == 0)
			skip_space(&w.c);
	} while (is_fine && w.c.at < line.len);
	if (!w.has_system && (!is_fine || w.depth > 0 || w.names[0].len == 0))
		return;
	l->body = SYSLOG_XML;
	fields_take(line, received_s, &w.fields, l);
}
