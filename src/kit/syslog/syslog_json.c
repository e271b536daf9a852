/* syslog_json.c - a JSON object as body: walked once, without a tree, for the few keys that tell
 * who sent the line and what it is about. What is not JSON to its end stays text. */
#include "kit/syslog/syslog_int.h"

#define DEPTH_MAX 16

struct walk {
	struct cursor c;
	struct body_fields fields;
};

static void skip_space(struct cursor *c)
{
	while (peek(c, 0) == ' ' || peek(c, 0) == '\t' || peek(c, 0) == '\n' || peek(c, 0) == '\r')
		c->at++;
}

static bool take_text(struct cursor *c, struct syslog_part *ret)
{
	size_t from = c->at + 1;

	if (!take(c, '"'))
		return false;
	for (; c->at < c->line.len; c->at++) {
		if (c->line.ptr[c->at] == '\\')
			c->at++;
		else if (c->line.ptr[c->at] == '"') {
			*ret = part_of(from, c->at);
			c->at++;
			return true;
		}
	}
	return false;
}

/* A number, true, false, null. */
static bool take_bare(struct cursor *c, struct syslog_part *ret)
{
	size_t from = c->at;

	while (is_alpha(peek(c, 0)) || is_digit(peek(c, 0)) || peek(c, 0) == '-' ||
		peek(c, 0) == '+' || peek(c, 0) == '.')
		c->at++;
	*ret = part_of(from, c->at);
	return ret->len > 0;
}

static bool walk_value(struct walk *w, int depth);

static bool walk_object(struct walk *w, int depth)
{
	size_t len = w->fields.path_len;

	for (bool is_first = true;; is_first = false) {
		struct syslog_part key;

		skip_space(&w->c);
		if (is_first && take(&w->c, '}'))
			return true;
		if (!take_text(&w->c, &key))
			return false;
		skip_space(&w->c);
		if (!take(&w->c, ':'))
			return false;
		fields_push(&w->fields, syslog_part(w->c.line, key));
		if (!walk_value(w, depth))
			return false;
		w->fields.path_len = len;
		skip_space(&w->c);
		if (take(&w->c, '}'))
			return true;
		if (!take(&w->c, ','))
			return false;
	}
}

static bool walk_list(struct walk *w, int depth)
{
	size_t len = w->fields.path_len;
	bool is_fine = true;

	skip_space(&w->c);
	if (take(&w->c, ']'))
		return true;
	w->fields.path_len = FIELD_PATH_SIZE; /* nothing below a list is asked for */
	do {
		is_fine = walk_value(w, depth);
		skip_space(&w->c);
	} while (is_fine && take(&w->c, ','));
	w->fields.path_len = len;
	return is_fine && take(&w->c, ']');
}

static bool walk_value(struct walk *w, int depth)
{
	struct syslog_part value;

	if (depth > DEPTH_MAX)
		return false;
	skip_space(&w->c);
	if (take(&w->c, '{'))
		return walk_object(w, depth + 1);
	if (take(&w->c, '['))
		return walk_list(w, depth + 1);
	if (peek(&w->c, 0) == '"' ? !take_text(&w->c, &value) : !take_bare(&w->c, &value))
		return false;
	fields_value(&w->fields, fields_path(&w->fields), value);
	return true;
}

void json_read(struct str line, int64_t received_s, struct syslog_line *l)
{
	struct walk w = { .c = { line, l->message.at, received_s } };

	if (!walk_value(&w, 0))
		return;
	skip_space(&w.c);
	if (w.c.at != line.len)
		return;
	l->body = SYSLOG_JSON;
	fields_take(line, received_s, &w.fields, l);
}
