#include "work/hostaudit/resolve/yaml_keys.h"

#include "work/hostaudit/resolve/resolve.h"

struct reader {
	struct arena *a;
	yaml_key_fn *tell;
	void *ctx;
	int line;
	bool is_strange;
	size_t depth;
	struct {
		size_t indent;
		struct str name; /* whole */
	} parents[YAML_KEYS_DEPTH];
};

/* A quote opens a text where one may begin, and nowhere inside a word. */
static bool opens_quote(struct str s, size_t i)
{
	return (s.ptr[i] == '"' || s.ptr[i] == '\'') &&
		(i == 0 || str_has(STR(" \t[{,:"), s.ptr[i - 1]));
}

/* Where C stands outside of quotes and brackets, for ':' with a blank or the end behind it; -1 for
 * nowhere. */
static ptrdiff_t find_outside(struct str s, char c)
{
	char quote = 0;
	int depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		char at = s.ptr[i];

		if (quote)
			quote = at == quote ? 0 : quote;
		else if (depth == 0 && at == c &&
			(c != ':' || i + 1 == s.len || str_has(STR(" \t"), s.ptr[i + 1])))
			return (ptrdiff_t)i;
		else if (opens_quote(s, i))
			quote = at;
		else if (at == '{' || at == '[')
			depth++;
		else if ((at == '}' || at == ']') && depth > 0)
			depth--;
	}
	return -1;
}

static struct str without_comment(struct str line)
{
	char quote = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (quote)
			quote = line.ptr[i] == quote ? 0 : quote;
		else if (line.ptr[i] == '#' && (i == 0 || str_has(STR(" \t"), line.ptr[i - 1])))
			return str_until(line, i);
		else if (opens_quote(line, i))
			quote = line.ptr[i];
	}
	return line;
}

static struct str below(struct reader *r, struct str parent, struct str name)
{
	if (parent.len == 0)
		return name;
	return arena_fmt(r->a, "%.*s.%.*s", STR_FMT(parent), STR_FMT(name));
}

static void take_value(struct reader *r, struct str name, struct str value, int depth);

/* "{bindIp: 127.0.0.1, port: 27017}", without its braces. */
static void take_braces(struct reader *r, struct str parent, struct str inside, int depth)
{
	while (str_trim(inside).len > 0 && !r->is_strange) {
		ptrdiff_t comma = find_outside(inside, ','), colon;
		struct str one =
			str_trim(str_until(inside, comma < 0 ? inside.len : (size_t)comma));

		inside = str_from(inside, comma < 0 ? inside.len : (size_t)comma + 1);
		colon = find_outside(one, ':');
		if (colon < 0) {
			r->is_strange = true;
			return;
		}
		take_value(r,
			below(r, parent, str_unquote(str_trim(str_until(one, (size_t)colon)))),
			str_trim(str_from(one, (size_t)colon + 1)), depth + 1);
	}
}

static void take_value(struct reader *r, struct str name, struct str value, int depth)
{
	if (str_starts(value, "{")) {
		if (!str_ends(value, "}") || depth >= YAML_KEYS_DEPTH)
			r->is_strange = true;
		else
			take_braces(r, name, (struct str){ value.ptr + 1, value.len - 2 }, depth);
		return;
	}
	r->is_strange = r->is_strange || str_starts(value, "&") || str_starts(value, "*") ||
		(str_starts(value, "[") && !str_ends(value, "]"));
	r->tell(r->ctx,
		&(struct yaml_key){ .name = name, .value = str_unquote(value), .line = r->line });
}

static void take_line(struct reader *r, struct str line, size_t indent)
{
	bool is_item = str_is(line, "-") || str_starts(line, "- ");
	struct str parent, name;
	ptrdiff_t colon;

	/* the items of a list may stand as far left as its name */
	while (r->depth > 0 &&
		(r->parents[r->depth - 1].indent > indent ||
			(!is_item && r->parents[r->depth - 1].indent == indent)))
		r->depth--;
	parent = r->depth > 0 ? r->parents[r->depth - 1].name : STR("");
	if (is_item) {
		r->tell(r->ctx,
			&(struct yaml_key){ .name = parent,
				.value = str_unquote(str_trim(str_from(line, 1))),
				.is_item = true,
				.line = r->line });
		return;
	}
	colon = find_outside(line, ':');
	if (colon < 0) {
		r->is_strange = true;
		return;
	}
	name = below(r, parent, str_unquote(str_trim(str_until(line, (size_t)colon))));
	line = str_trim(str_from(line, (size_t)colon + 1));
	if (line.len > 0) {
		take_value(r, name, line, 0);
	} else if (r->depth < YAML_KEYS_DEPTH) {
		r->parents[r->depth].indent = indent;
		r->parents[r->depth++].name = name;
	} else {
		r->is_strange = true;
	}
}

bool yaml_keys(struct str bytes, struct arena *a, yaml_key_fn *tell, void *ctx)
{
	struct reader r = { .a = a, .tell = tell, .ctx = ctx };
	struct str line;

	while (str_next_line(&bytes, &line)) {
		size_t indent = 0;

		r.line++;
		line = without_comment(line);
		while (indent < line.len && line.ptr[indent] == ' ')
			indent++;
		line = str_trim(line);
		if (line.len > 0 && !str_is(line, "---") && !str_is(line, "...") &&
			!str_starts(line, "%"))
			take_line(&r, line, indent);
	}
	return !r.is_strange;
}
