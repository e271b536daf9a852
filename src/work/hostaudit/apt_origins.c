#include "work/hostaudit/apt_origins.h"

#include <fnmatch.h>
#include <stddef.h>

#include "work/hostaudit/resolve/deb.h"
#include "work/hostaudit/resolve/resolve.h"

struct pattern_context {
	struct str distro_id, codename;
	struct arena *a;
};

static struct str substitute(const struct pattern_context *c, struct str s)
{
	static const char id[] = "${distro_id}", codename[] = "${distro_codename}";
	struct buf out;

	buf_init(&out, 64 * KIB);
	while (s.len > 0) {
		if (str_starts(s, id)) {
			buf_add(&out, c->distro_id);
			s = str_from(s, sizeof(id) - 1);
		} else if (str_starts(s, codename)) {
			buf_add(&out, c->codename);
			s = str_from(s, sizeof(codename) - 1);
		} else {
			buf_add_char(&out, s.ptr[0]);
			s = str_from(s, 1);
		}
	}
	s = arena_str(c->a, buf_str(&out));
	buf_done(&out);
	return s;
}

static enum apt_match token_matches(struct str token, const struct apt_release *r, struct arena *a)
{
	static const struct {
		const char *name;
		size_t offset;
	} fields[] = {
		{ "o", offsetof(struct apt_release, origin) },
		{ "origin", offsetof(struct apt_release, origin) },
		{ "l", offsetof(struct apt_release, label) },
		{ "label", offsetof(struct apt_release, label) },
		{ "a", offsetof(struct apt_release, suite) },
		{ "suite", offsetof(struct apt_release, suite) },
		{ "archive", offsetof(struct apt_release, suite) },
		{ "n", offsetof(struct apt_release, codename) },
		{ "codename", offsetof(struct apt_release, codename) },
		{ "site", offsetof(struct apt_release, site) },
	};
	struct str what, value;

	if (!str_split(token, '=', &what, &value))
		return APT_MATCH_UNCLEAR;
	what = str_trim(what);
	if (str_is(what, "c") || str_is(what, "component"))
		return fnmatch(arena_cstr(a, str_trim(value)), "main", 0) == 0 ? APT_MATCH_YES :
										 APT_MATCH_NO;
	for (size_t i = 0; i < COUNT(fields); i++) {
		const struct str *have = (const struct str *)((const char *)r + fields[i].offset);

		if (!str_is(what, fields[i].name))
			continue;
		if (have->len == 0 && !str_is(str_trim(value), "*"))
			return APT_MATCH_UNCLEAR; /* no Release file told it */
		return fnmatch(arena_cstr(a, str_trim(value)), arena_cstr(a, *have),
			       FNM_NOESCAPE) == 0 ?
			APT_MATCH_YES :
			APT_MATCH_NO;
	}
	return APT_MATCH_UNCLEAR; /* unattended-upgrade itself stops at an unknown matcher */
}

static enum apt_match pattern_matches(
	const struct pattern_context *c, struct str pattern, const struct apt_release *r)
{
	enum apt_match result = APT_MATCH_YES;
	struct str token;

	pattern = substitute(c, str_trim(pattern));
	if (pattern.len == 0)
		return APT_MATCH_NO;
	while (str_next_word(&pattern, ",", &token)) {
		enum apt_match m = token_matches(str_trim(token), r, c->a);

		if (m == APT_MATCH_NO)
			return APT_MATCH_NO;
		if (m == APT_MATCH_UNCLEAR)
			result = APT_MATCH_UNCLEAR;
	}
	return result;
}

/* "Debian:stable" or "Debian stable" of the older list. */
static struct str as_pattern(struct arena *a, struct str s)
{
	struct str origin, suite;

	if (!str_split(s, ':', &origin, &suite) && !str_split(str_trim(s), ' ', &origin, &suite))
		return STR("");
	return arena_fmt(a, "o=%.*s,a=%.*s", STR_FMT(str_trim(origin)), STR_FMT(str_trim(suite)));
}

static enum apt_match list_matches(const struct pattern_context *c, const struct apt_item *list,
	bool is_old_form, const struct apt_release *r)
{
	enum apt_match best = APT_MATCH_NO;

	if (list == NULL)
		return APT_MATCH_NO;
	for (const struct apt_item *i = list->child; i != NULL && best != APT_MATCH_YES;
		i = i->next) {
		enum apt_match m =
			pattern_matches(c, is_old_form ? as_pattern(c->a, i->value) : i->value, r);

		if (m != APT_MATCH_NO)
			best = m;
	}
	return best;
}

enum apt_match apt_takes_release(
	const struct apt_conf *c, const struct os_release *os, const struct apt_release *r)
{
	struct pattern_context context = { .a = c->a, .codename = os->codename };
	const struct apt_item *list = apt_conf_find(c, "Unattended-Upgrade::Origins-Pattern");
	const struct apt_item *old = apt_conf_find(c, "Unattended-Upgrade::Allowed-Origins");
	enum apt_match m;

	context.distro_id = os->known != NULL ? str_of(os->known->name) : os->id;
	m = list_matches(&context, list, false, r);
	if (m != APT_MATCH_YES) {
		enum apt_match other = list_matches(&context, old, true, r);

		m = other == APT_MATCH_NO ? m : other;
	}
	return m;
}

/* ---- pins ---- */

#define INSTALLED_PRIORITY 100 /* of the version that is there */

struct pin {
	struct str package, pin, priority;
	int64_t line;
};

/* "release l=Debian-Security,n=bookworm-security", "origin security.debian.org". */
static enum apt_match pin_matches(struct host *h, const struct pin *p, const struct apt_release *r)
{
	struct str rest = p->pin, kind;
	struct pattern_context context = { .a = host_arena(h) };
	int64_t priority;

	if (!str_is(p->package, "*") || !str_to_i64(p->priority, &priority) ||
		priority >= INSTALLED_PRIORITY || !str_next_word(&rest, " \t", &kind))
		return APT_MATCH_NO;
	if (str_is(kind, "release"))
		return pattern_matches(&context, rest, r);
	if (str_is(kind, "origin"))
		return str_find(rest, STR("security")) >= 0 ? APT_MATCH_YES : APT_MATCH_NO;
	return APT_MATCH_NO;
}

static enum apt_match file_pins_away(
	struct host *h, struct str path, const struct apt_release *r, int64_t *ret_line)
{
	struct str rest = host_bytes(h, path, NULL), line, name, value;
	enum apt_match worst = APT_MATCH_NO, m;
	struct pin pin = { 0 };
	bool is_more = true;

	for (int64_t n = 1; is_more; n++) {
		enum deb_event event = DEB_END;

		is_more = str_next_line(&rest, &line);
		if (is_more)
			event = deb_line(line, &name, &value);
		if (event == DEB_FIELD && str_is_nocase(name, "Package"))
			pin.package = value;
		else if (event == DEB_FIELD && str_is_nocase(name, "Pin"))
			pin.pin = value;
		else if (event == DEB_FIELD && str_is_nocase(name, "Pin-Priority")) {
			pin.priority = value;
			pin.line = n;
		}
		if (event != DEB_END)
			continue;
		m = pin_matches(h, &pin, r);
		if (m != APT_MATCH_NO && worst != APT_MATCH_YES) {
			worst = m;
			*ret_line = pin.line;
		}
		pin = (struct pin){ 0 };
	}
	return worst;
}

enum apt_match apt_pins_away(
	struct host *h, const struct apt_release *r, struct str *ret_file, int64_t *ret_line)
{
	static const char folder[] = "/etc/apt/preferences.d";
	struct str main = STR("/etc/apt/preferences");
	enum apt_match worst = file_pins_away(h, main, r, ret_line);
	const struct str *names;
	size_t count = 0;

	*ret_file = main;
	if (host_list(h, folder, &names, &count) < 0)
		return worst;
	for (size_t i = 0; i < count && worst != APT_MATCH_YES; i++) {
		struct str path = arena_fmt(host_arena(h), "%s/%.*s", folder, STR_FMT(names[i]));
		enum apt_match m;

		/* apt takes names without a dot, or ending in .pref */
		if (str_has(names[i], '.') && !str_ends(names[i], ".pref"))
			continue;
		m = file_pins_away(h, path, r, ret_line);
		if (m == APT_MATCH_NO)
			continue;
		worst = m;
		*ret_file = path;
	}
	return worst;
}
