/* deb.c - versions, paragraphs and sources of Debian, after deb-version(7) and
 * sources.list(5). */
#include "work/hostaudit/resolve/deb.h"

#include <ctype.h>

#define SOURCE_URIS_MAX 64
#define FIELD_MAX_BYTES 4096

static int order(int c)
{
	if (isdigit(c))
		return 0;
	if (isalpha(c))
		return c;
	if (c == '~')
		return -1;
	return c != 0 ? c + 256 : 0;
}

static int at(struct str s, size_t i)
{
	return i < s.len ? (unsigned char)s.ptr[i] : 0;
}

static int part_cmp(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	while (i < a.len || j < b.len) {
		int first_diff = 0;

		while ((i < a.len && !isdigit(at(a, i))) || (j < b.len && !isdigit(at(b, j)))) {
			int d = order(at(a, i)) - order(at(b, j));

			if (d != 0)
				return d;
			i++;
			j++;
		}
		while (at(a, i) == '0')
			i++;
		while (at(b, j) == '0')
			j++;
		while (isdigit(at(a, i)) && isdigit(at(b, j))) {
			if (first_diff == 0)
				first_diff = at(a, i) - at(b, j);
			i++;
			j++;
		}
		if (isdigit(at(a, i)))
			return 1;
		if (isdigit(at(b, j)))
			return -1;
		if (first_diff != 0)
			return first_diff;
	}
	return 0;
}

struct version {
	struct str epoch, upstream, revision;
};

static struct version version_of(struct str s)
{
	struct version v = { .epoch = STR("0"), .upstream = s, .revision = STR("") };
	ptrdiff_t colon = str_find_char(s, ':');

	if (colon >= 0) {
		v.epoch = str_until(s, (size_t)colon);
		v.upstream = str_from(s, (size_t)colon + 1);
	}
	for (size_t i = v.upstream.len; i > 0; i--) {
		if (v.upstream.ptr[i - 1] != '-')
			continue;
		v.revision = str_from(v.upstream, i);
		v.upstream = str_until(v.upstream, i - 1);
		break;
	}
	return v;
}

int deb_version_cmp(struct str a, struct str b)
{
	struct version x, y;
	int d;

	if (str_eq(a, b))
		return 0;
	x = version_of(a);
	y = version_of(b);
	d = part_cmp(x.epoch, y.epoch);
	if (d == 0)
		d = part_cmp(x.upstream, y.upstream);
	return d != 0 ? d : part_cmp(x.revision, y.revision);
}

enum deb_event deb_line(struct str line, struct str *ret_name, struct str *ret_value)
{
	ptrdiff_t colon;

	if (line.len > 0 && line.ptr[0] == '#')
		return DEB_COMMENT;
	if (line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
		*ret_value = str_trim(line);
		return ret_value->len > 0 ? DEB_MORE : DEB_END;
	}
	if (str_trim(line).len == 0)
		return DEB_END;
	colon = str_find_char(line, ':');
	if (colon <= 0)
		return DEB_BAD;
	*ret_name = str_trim(str_until(line, (size_t)colon));
	*ret_value = str_trim(str_from(line, (size_t)colon + 1));
	return DEB_FIELD;
}

int deb_bool(struct str s)
{
	static const char *const yes[] = { "yes", "true", "on", "with", "enable", "1" };
	static const char *const no[] = { "no", "false", "off", "without", "disable", "0" };

	for (size_t i = 0; i < COUNT(yes); i++)
		if (str_is_nocase(s, yes[i]))
			return 1;
	for (size_t i = 0; i < COUNT(no); i++)
		if (str_is_nocase(s, no[i]))
			return 0;
	return -1;
}

/* The words between '[' and ']'. False when the bracket does not close. */
static bool options(struct str *rest, struct deb_source *s)
{
	ptrdiff_t close;
	struct str inside, word, name, value;

	*rest = str_trim(*rest);
	if (!str_starts(*rest, "["))
		return true;
	close = str_find_char(*rest, ']');
	if (close < 0)
		return false;
	inside = (struct str){ rest->ptr + 1, (size_t)close - 1 };
	*rest = str_trim(str_from(*rest, (size_t)close + 1));
	while (str_next_word(&inside, " \t", &word)) {
		if (!str_split(word, '=', &name, &value))
			return false;
		if (str_is_nocase(name, "signed-by"))
			s->signed_by = value;
		else if (str_is_nocase(name, "trusted"))
			s->trusted = value;
		else if (str_is_nocase(name, "allow-insecure"))
			s->allow_insecure = value;
	}
	return true;
}

static bool list_line(struct str line, struct deb_source *s)
{
	ptrdiff_t hash = str_find_char(line, '#');
	struct str rest = hash < 0 ? line : str_until(line, (size_t)hash);

	if (!str_next_word(&rest, " \t\r", &s->type))
		return true; /* an empty line; type stays NULL */
	if (!str_is(s->type, "deb") && !str_is(s->type, "deb-src"))
		return false;
	if (!options(&rest, s))
		return false;
	if (str_starts(rest, "[")) /* "deb [a=b] cdrom:[name]/": the bracket is the URI's own */
		return false;
	if (str_starts(rest, "cdrom:[")) {
		ptrdiff_t close = str_find(rest, STR("]/"));

		if (close < 0)
			return false;
		s->uri = str_until(rest, (size_t)close + 2);
		rest = str_from(rest, (size_t)close + 2);
	} else if (!str_next_word(&rest, " \t\r", &s->uri)) {
		return false;
	}
	if (!str_next_word(&rest, " \t\r", &s->suite))
		return false;
	s->components = str_trim(rest);
	s->is_enabled = true;
	return s->components.len > 0 || str_ends(s->suite, "/");
}

int64_t deb_sources_list(struct str text, struct arena *a, deb_source_found *found, void *context)
{
	struct str line;
	int64_t bad = 0;

	for (int64_t number = 1; str_next_line(&text, &line); number++) {
		struct deb_source s = { .line = number };

		if (!list_line(line, &s)) {
			bad = bad == 0 ? number : bad;
			continue;
		}
		if (s.type.ptr != NULL)
			found(context, &s);
	}
	return bad;
}

/* The fields of one paragraph, each with its continuation lines joined by blanks. */
struct paragraph {
	struct arena *a;
	struct str types, uris, suites, components, signed_by, trusted, allow_insecure, enabled;
	struct str *open;
	int64_t line;
	bool is_started;
};

static struct str *slot_of(struct paragraph *p, struct str name)
{
	static const struct {
		const char *name;
		size_t offset;
	} slots[] = {
		{ "Types", offsetof(struct paragraph, types) },
		{ "URIs", offsetof(struct paragraph, uris) },
		{ "Suites", offsetof(struct paragraph, suites) },
		{ "Components", offsetof(struct paragraph, components) },
		{ "Signed-By", offsetof(struct paragraph, signed_by) },
		{ "Trusted", offsetof(struct paragraph, trusted) },
		{ "Allow-Insecure", offsetof(struct paragraph, allow_insecure) },
		{ "Enabled", offsetof(struct paragraph, enabled) },
	};

	for (size_t i = 0; i < COUNT(slots); i++)
		if (str_is_nocase(name, slots[i].name))
			return (struct str *)((char *)p + slots[i].offset);
	return NULL;
}

static void emit(struct paragraph *p, deb_source_found *found, void *context)
{
	struct deb_source s = { .components = p->components,
		.signed_by = p->signed_by,
		.trusted = p->trusted,
		.allow_insecure = p->allow_insecure,
		.line = p->line };
	struct str types = p->types, uris, suites;
	int made = 0;

	s.is_enabled = p->enabled.ptr == NULL || deb_bool(p->enabled) != 0;
	while (str_next_word(&types, " \t", &s.type))
		for (uris = p->uris; str_next_word(&uris, " \t", &s.uri);)
			for (suites = p->suites; str_next_word(&suites, " \t", &s.suite);)
				if (made++ < SOURCE_URIS_MAX)
					found(context, &s);
}

/* False when a field grows beyond what anybody writes. */
static bool join(struct paragraph *p, struct str value)
{
	if (p->open == NULL)
		return true;
	/* A key written into the file itself is told by its first line. */
	if (p->open == &p->signed_by && p->signed_by.len > 0)
		return true;
	if (p->open->len + value.len > FIELD_MAX_BYTES)
		return false;
	*p->open = arena_fmt(
		p->a, "%.*s%s%.*s", STR_FMT(*p->open), p->open->len > 0 ? " " : "", STR_FMT(value));
	return true;
}

int64_t deb_sources_822(struct str text, struct arena *a, deb_source_found *found, void *context)
{
	struct paragraph p = { .a = a };
	struct str line, name, value;
	int64_t bad = 0, number = 1;

	for (; str_next_line(&text, &line); number++) {
		switch (deb_line(line, &name, &value)) {
		case DEB_FIELD:
			if (!p.is_started)
				p.line = number;
			p.is_started = true;
			p.open = slot_of(&p, name);
			if (p.open != NULL)
				*p.open = value;
			break;
		case DEB_MORE:
			if (!join(&p, value) && bad == 0)
				bad = number;
			break;
		case DEB_END:
			emit(&p, found, context);
			p = (struct paragraph){ .a = a };
			break;
		case DEB_COMMENT:
			break;
		case DEB_BAD:
			bad = bad == 0 ? number : bad;
			break;
		}
	}
	emit(&p, found, context);
	if (p.is_started && p.uris.ptr == NULL && p.types.len > 0)
		bad = bad == 0 ? p.line : bad;
	return bad;
}
