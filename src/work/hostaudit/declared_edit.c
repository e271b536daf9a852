/* declared_edit.c - one approval more or less in the text of a declaration, whose comments and
 * order stay as the writer left them. Only block style is edited; anything else is left to the
 * person. */
#include "kit/text/text.h"
#include "work/hostaudit/audit_int.h"
#include "work/hostaudit/resolve/declared.h"

#define DECLARATION_MAX_BYTES LIMIT_HOST_FILE_BYTES

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

static bool is_blank(struct str line)
{
	struct str text = str_trim(line);

	return text.len == 0 || text.ptr[0] == '#';
}

static struct str done(struct buf *out, struct arena *a)
{
	struct str text = buf_is_full(out) ? STR_NONE : arena_str(a, buf_str(out));

	buf_done(out);
	return text;
}

static void add_line(struct buf *out, struct str line)
{
	buf_add(out, line);
	buf_add_char(out, '\n');
}

static void add_scalar(struct buf *out, size_t indent, const char *key, struct str value)
{
	struct json j;

	buf_fmt(out, "%*s%s: ", (int)indent, "", key);
	json_init(&j, out, false);
	json_str(&j, value); /* a string of JSON is one of YAML */
	buf_add_char(out, '\n');
}

static void add_approval(struct buf *out, size_t indent, const struct hostaudit_approval *p)
{
	char date[CLOCK_TEXT_MAX];

	buf_fmt(out, "%*s- what: %.*s\n", (int)indent, "", STR_FMT(p->what));
	add_scalar(out, indent + 2, "name", p->name);
	add_scalar(out, indent + 2, "why", p->why);
	add_scalar(out, indent + 2, "by", p->by);
	buf_fmt(out, "%*suntil: %s\n", (int)indent + 2, "", date_iso(p->until, date));
}

/* The indent of the list that follows in REST; -1 when it is empty or not in block style. */
static ptrdiff_t list_indent(struct str rest)
{
	struct str line;

	while (str_next_line(&rest, &line)) {
		size_t indent = indent_of(line);

		if (is_blank(line))
			continue;
		return line.ptr[indent] == '-' ? (ptrdiff_t)indent : -1;
	}
	return -1;
}

struct str hostaudit_approval_add(
	struct str text, const struct hostaudit_approval *approval, struct arena *a)
{
	struct str rest = text, line;
	bool is_added = false;
	struct buf out;

	buf_init(&out, DECLARATION_MAX_BYTES);
	while (str_next_line(&rest, &line)) {
		struct str value, key;
		ptrdiff_t indent;

		if (is_added || !str_split(line, ':', &key, &value) || !str_is(key, "approved")) {
			/* "approved:" and below it "[]", as a draft without any writes it */
			if (!is_added || !str_is(str_trim(line), "[]"))
				add_line(&out, line);
			continue;
		}
		add_line(&out, STR("approved:"));
		indent = list_indent(rest);
		add_approval(&out, indent >= 0 ? (size_t)indent : 2, approval);
		is_added = true;
		/* the value stands on the same line: only an empty one can be replaced */
		if (!is_blank(value) && !str_starts(str_trim(value), "[]")) {
			buf_done(&out);
			return STR_NONE;
		}
	}
	if (!is_added) {
		add_line(&out, STR("approved:"));
		add_approval(&out, 2, approval);
	}
	return done(&out, a);
}

/* "approved:" that has nothing below it any more. */
static struct str with_empty_list(struct str text, struct arena *a)
{
	struct str rest = text, line, key, value;
	struct buf out;

	buf_init(&out, DECLARATION_MAX_BYTES);
	while (str_next_line(&rest, &line)) {
		bool is_empty = str_split(line, ':', &key, &value) && str_is(key, "approved") &&
			is_blank(value) && list_indent(rest) < 0;

		add_line(&out, is_empty ? STR("approved: []") : line);
	}
	return done(&out, a);
}

struct str hostaudit_approval_remove(struct str text, int number, struct arena *a)
{
	struct str rest = text, line;
	size_t indent = 0;
	bool is_inside = false, is_list = false;
	struct buf out;

	buf_init(&out, DECLARATION_MAX_BYTES);
	for (int n = 1; str_next_line(&rest, &line); n++) {
		bool is_item = !is_blank(line) && line.ptr[indent_of(line)] == '-';

		if (n == number) {
			is_inside = is_list = is_item;
			indent = indent_of(line);
			if (is_item)
				continue;
		} else if (is_inside && (is_blank(line) || indent_of(line) > indent)) {
			continue;
		}
		is_inside = false;
		add_line(&out, line);
	}
	if (!is_list) {
		buf_done(&out);
		return STR_NONE;
	}
	return with_empty_list(done(&out, a), a);
}
