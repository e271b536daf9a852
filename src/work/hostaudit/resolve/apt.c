/* apt.c - apt's own reading of its configuration: characters outside quotes end a piece at
 * '{', ';' or '}', a piece is a tag and perhaps a word, a tag within a block without a word of its
 * own is an entry of a list. Later files and lines win. */
#include "work/hostaudit/resolve/apt.h"
#include "work/hostaudit/resolve/space.h"

#define TAB_BLANKS 8
#define LOST_MAX_BYTES 1000 /* who would read more? */

struct reader {
	struct apt_conf *conf;
	struct str text, file;
	size_t pos;
	int64_t line;
	struct str stack[APT_CONF_DEPTH_MAX]; /* tags of the open blocks: made only when set */
	int depth;
	char *piece; /* the characters since the last '{', ';' or '}' */
	size_t piece_len;
	int64_t piece_line;
};

void apt_conf_init(struct apt_conf *c, struct arena *a)
{
	*c = (struct apt_conf){ .a = a };
}

static struct apt_item *child_of(struct apt_item *parent, struct str tag)
{
	for (struct apt_item *i = parent->child; tag.len > 0 && i != NULL; i = i->next)
		if (str_eq_nocase(i->tag, tag))
			return i;
	return NULL;
}

static struct apt_item *child_made(struct apt_conf *c, struct apt_item *parent, struct str tag)
{
	struct apt_item *found = child_of(parent, tag);
	struct apt_item **last = &parent->child;

	if (found != NULL)
		return found;
	if (c->item_count >= APT_CONF_ITEMS_MAX)
		return NULL;
	c->item_count++;
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(c->a, struct apt_item);
	(*last)->tag = tag;
	return *last;
}

/* Take "A" off NAME = "A::B"; false for the last part. Behind a "::" apt looks for the next one
 * only from the second character on: "A::::B" is "::B" within A. */
static bool take_part(struct str *name, bool is_first, struct str *ret)
{
	ptrdiff_t at = str_find(str_from(*name, is_first || name->len == 0 ? 0 : 1), STR("::"));

	if (at < 0)
		return false;
	at += is_first ? 0 : 1;
	*ret = str_until(*name, (size_t)at);
	*name = str_from(*name, (size_t)at + 2);
	return true;
}

/* Walk "A::B::" from TOP; a trailing "::" asks for a new entry of a list. */
static struct apt_item *walk(struct apt_conf *c, struct apt_item *top, struct str name)
{
	struct str part;

	for (int depth = 0; top != NULL && take_part(&name, depth == 0, &part); depth++) {
		if (depth == APT_CONF_DEPTH_MAX)
			return NULL;
		top = child_made(c, top, part);
	}
	return top == NULL ? NULL : child_made(c, top, name);
}

static const struct apt_item *look(const struct apt_item *top, struct str name)
{
	struct str part;

	for (bool is_first = true; top != NULL && take_part(&name, is_first, &part);
		is_first = false)
		top = child_of((struct apt_item *)top, part);
	return top == NULL ? NULL : child_of((struct apt_item *)top, name);
}

const struct apt_item *apt_conf_find(const struct apt_conf *c, const char *name)
{
	return look(&c->root, str_of(name));
}

struct str apt_conf_value(const struct apt_conf *c, const char *name, const char *fallback)
{
	const struct apt_item *i = apt_conf_find(c, name);

	return i == NULL || i->value.len == 0 ? str_of(fallback) : i->value;
}

/* apt's StringToBool: a number, or one of these words. */
bool apt_conf_bool(const struct apt_conf *c, const char *name, bool fallback)
{
	struct str v = apt_conf_value(c, name, "");
	int64_t n;

	if (str_to_i64(v, &n))
		return n != 0;
	if (str_is_nocase(v, "yes") || str_is_nocase(v, "true") || str_is_nocase(v, "on") ||
		str_is_nocase(v, "with") || str_is_nocase(v, "enable"))
		return true;
	if (str_is_nocase(v, "no") || str_is_nocase(v, "false") || str_is_nocase(v, "off") ||
		str_is_nocase(v, "without") || str_is_nocase(v, "disable"))
		return false;
	return fallback;
}

static bool bad(struct reader *r)
{
	if (r->conf->bad_file.ptr == NULL) {
		r->conf->bad_file = r->file;
		r->conf->bad_line = r->line;
	}
	return false;
}

#define WORD_MAX_BYTES 1023

/* apt's ParseCWord: "…" and again "…" to the end, one blank between; nothing in them is special. */
static bool quoted_words(struct reader *r, struct str *rest, struct str *ret)
{
	struct str s = trim_space(*rest);
	struct buf out;
	bool is_good = s.len > 0 && s.len <= WORD_MAX_BYTES;

	buf_init(&out, s.len + 1);
	for (size_t i = 0; is_good && i < s.len; i++) {
		ptrdiff_t close = -1;

		if (s.ptr[i] == '"') {
			close = str_find_char(str_from(s, i + 1), '"');
			is_good = close >= 0;
			buf_add(&out, str_until(str_from(s, i + 1), is_good ? (size_t)close : 0));
			i += 1 + (size_t)(is_good ? close : 0);
		} else if (!is_space(s.ptr[i])) {
			is_good = false;
		} else if (!is_space(s.ptr[i - 1])) {
			buf_add_char(&out, ' ');
		}
	}
	if (is_good) {
		*ret = arena_str(r->conf->a, buf_str(&out));
		*rest = STR("");
	}
	buf_done(&out);
	return is_good;
}

/* apt's ParseQuoteWord: up to a blank outside "…" and […]; quotes fall away, %XX is a byte. */
static bool word(struct reader *r, struct str *rest, struct str *ret)
{
	struct str s = *rest;
	size_t end = 0;
	struct buf out;

	while (s.len > 0 && is_space(s.ptr[0]))
		s = str_from(s, 1);
	if (s.len == 0)
		return false;
	for (; end < s.len && !is_space(s.ptr[end]); end++) {
		if (s.ptr[end] != '"' && s.ptr[end] != '[')
			continue;
		ptrdiff_t close =
			str_find_char(str_from(s, end + 1), s.ptr[end] == '"' ? '"' : ']');

		if (close < 0)
			return false;
		end += 1 + (size_t)close;
	}
	buf_init(&out, s.len + 1);
	for (size_t i = 0; i < end; i++) {
		uint64_t byte;

		if (s.ptr[i] == '%' && i + 2 < end &&
			str_to_u64((struct str){ s.ptr + i + 1, 2 }, 16, &byte)) {
			buf_add_char(&out, (char)byte);
			i += 2;
		} else if (s.ptr[i] != '"') {
			buf_add_char(&out, s.ptr[i]);
		}
	}
	*ret = arena_str(r->conf->a, buf_str(&out));
	buf_done(&out);
	s = str_from(s, end);
	*rest = trim_space(s);
	return true;
}

/* Set TAG (STR_NONE: the block itself) within the open blocks; apt takes all as one name. */
static void set(struct reader *r, struct str tag, struct str value)
{
	struct apt_item *i;
	struct buf name;

	buf_init(&name, LIMIT_HOST_LINE_BYTES);
	for (int d = 0; d < r->depth; d++) {
		buf_add(&name, d > 0 ? STR("::") : STR(""));
		buf_add(&name, r->stack[d]);
	}
	if (tag.ptr != NULL && r->depth > 0)
		buf_add(&name, STR("::"));
	buf_add(&name, tag);
	i = walk(r->conf, &r->conf->root, arena_str(r->conf->a, buf_str(&name)));
	buf_done(&name);
	if (i == NULL)
		return;
	if (i->value.ptr != NULL && tag.len > 0 && i->lost.len < LOST_MAX_BYTES)
		i->lost = arena_fmt(r->conf->a, "%.*s%s%.*s:%lld=%.*s", STR_FMT(i->lost),
			i->lost.len > 0 ? "; " : "", STR_FMT(i->file), (long long)i->line,
			STR_FMT(i->value));
	i->value = value;
	i->file = r->file;
	i->line = r->piece_line;
}

static void clear(struct reader *r, struct str name)
{
	struct apt_item *i = (struct apt_item *)look(&r->conf->root, name);

	if (i == NULL)
		return;
	i->value = (struct str){ 0 };
	i->child = NULL;
}

/* One piece of text before END, one of '{', ';', '}'. */
static bool piece(struct reader *r, char end)
{
	struct str rest = trim_space((struct str){ r->piece, r->piece_len });
	struct str tag, value = { 0 };

	r->piece_len = 0;
	if (rest.len == 0)
		return end != '{' || bad(r);
	if (!word(r, &rest, &tag))
		return bad(r);
	if (rest.len > 0 && !quoted_words(r, &rest, &value) && !word(r, &rest, &value))
		return bad(r);
	if (rest.len > 0)
		return bad(r);
	if (end != '{' && value.ptr == NULL) {
		/* a lone word in a block is an entry of its list, one like a directive too */
		if (str_is(tag, "#clear"))
			return bad(r);
		if (r->depth > 0)
			set(r, STR(""), tag);
		return true;
	}
	if (tag.len > 0 && tag.ptr[0] == '#' && end != '{') {
		if (r->depth > 0)
			return bad(r);
		if (str_is(tag, "#clear"))
			clear(r, value);
		else if (str_is(tag, "#include"))
			set(r, STR("#include::"), value);
		else if (!str_is(tag, "#x-apt-configure-index"))
			return bad(r);
		return true;
	}
	if (end == '{') {
		if (r->depth == APT_CONF_DEPTH_MAX)
			return bad(r);
		r->stack[r->depth] = tag;
		r->depth++;
		if (value.ptr != NULL)
			set(r, STR_NONE, value);
		return true;
	}
	set(r, tag, value);
	return true;
}

/* Step over a comment at POS; false when there is none. */
static bool comment(struct reader *r)
{
	struct str rest = str_from(r->text, r->pos);
	ptrdiff_t end;

	if (str_starts(rest, "/*")) {
		end = str_find(str_from(rest, 2), STR("*/"));
		size_t len = end < 0 ? rest.len : (size_t)end + 4;

		for (size_t i = 0; i < len; i++)
			r->line += rest.ptr[i] == '\n';
		r->pos += len;
		return true;
	}
	if (!str_starts(rest, "//") &&
		!(str_starts(rest, "#") && !str_starts(rest, "#clear") &&
			!str_starts(rest, "#include")))
		return false;
	end = str_find_char(rest, '\n');
	r->pos += end < 0 ? rest.len : (size_t)end;
	return true;
}

static bool step(struct reader *r, bool *is_quoted)
{
	char c = r->text.ptr[r->pos];

	if (!*is_quoted && (c == '/' || c == '#') && comment(r))
		return true;
	r->pos++;
	if (c == '\n') {
		r->line++;
		*is_quoted = false; /* apt reads by lines; an open quote ends with its line */
		c = ' ';
	}
	if (c == '"')
		*is_quoted = !*is_quoted;
	if (!*is_quoted && (c == '{' || c == ';' || c == '}')) {
		if (!piece(r, c))
			return false;
		if (c == '}' && r->depth > 0)
			r->depth--;
		return true;
	}
	if (r->piece_len == 0) {
		if (is_space(c))
			return true;
		r->piece_line = r->line;
	}
	/* apt makes eight blanks of a tab, in quotes too */
	for (int i = 0; c == '\t' && i < TAB_BLANKS - 1; i++)
		r->piece[r->piece_len++] = ' ';
	r->piece[r->piece_len++] = c == '\r' || c == '\t' ? ' ' : c;
	return true;
}

bool apt_conf_add(struct apt_conf *c, struct str text, struct str file)
{
	struct reader r = { .conf = c, .text = text, .file = file, .line = 1 };
	bool is_quoted = false;
	size_t room = 1;

	for (size_t i = 0; i < text.len; i++)
		room += text.ptr[i] == '\t' ? TAB_BLANKS : 1;
	r.piece = arena_alloc(c->a, room);
	while (r.pos < text.len)
		if (!step(&r, &is_quoted))
			return false;
	if (trim_space((struct str){ r.piece, r.piece_len }).len > 0)
		return bad(&r);
	return c->item_count < APT_CONF_ITEMS_MAX || bad(&r);
}

/* apt takes names of these characters without an ending or with ".conf". */
static bool is_part_name(struct str name)
{
	ptrdiff_t dot = -1;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '_' || c == '-' || c == '.'))
			return false;
		if (c == '.')
			dot = (ptrdiff_t)i;
	}
	if (name.len == 0 || name.ptr[0] == '.')
		return false;
	return dot < 0 || str_is(str_from(name, (size_t)dot), ".conf");
}

static void load_file(struct host *h, struct apt_conf *c, const char *path)
{
	const struct host_file *f;

	if (host_read(h, path, &f) < 0)
		return;
	if (!apt_conf_add(c, f->bytes, f->path))
		host_gap(h, GAP_SYNTAX, path);
}

static void load_dir(struct host *h, struct apt_conf *c, const char *dir)
{
	const struct str *names;
	size_t count;

	if (host_list(h, dir, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (is_part_name(names[i]))
			load_file(h, c, arena_fmt(c->a, "%s/%.*s", dir, STR_FMT(names[i])).ptr);
}

void apt_conf_load(struct host *h, struct arena *a, struct apt_conf *ret)
{
	const struct apt_item *includes;

	apt_conf_init(ret, a);
	load_dir(h, ret, "/etc/apt/apt.conf.d");
	load_file(h, ret, "/etc/apt/apt.conf");
	/* Values that came in through an #include may stand anywhere in the order: say so. */
	includes = apt_conf_find(ret, "#include");
	if (includes != NULL && includes->child != NULL)
		host_gap(h, GAP_SYNTAX, arena_cstr(a, includes->child->file));
}
