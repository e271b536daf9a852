/* apt.c - readers of dpkg's status and of apt's lists that several tables share. */
#include "work/hostaudit/apt.h"

#include "work/hostaudit/dpkg.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/resolve/deb.h"
#include "work/hostaudit/rpmdb.h"

/* ---- dpkg ---- */

#define FIELD_MAX_BYTES 256

/* The few fields of one paragraph, copied: lines of a streamed file do not last. */
struct paragraph {
	dpkg_each_package *each;
	void *context;
	struct {
		char text[FIELD_MAX_BYTES];
		size_t len;
	} fields[5];
	bool is_open;
	size_t count;
};

enum { F_NAME, F_VERSION, F_ARCH, F_STATUS, F_SECTION };

static bool flush(struct paragraph *p)
{
	struct str s[5];
	struct dpkg_package package;

	if (!p->is_open || p->fields[F_NAME].len == 0)
		return true;
	for (int i = 0; i < 5; i++)
		s[i] = (struct str){ p->fields[i].text, p->fields[i].len };
	package = (struct dpkg_package){ .name = s[F_NAME],
		.version = s[F_VERSION],
		.arch = s[F_ARCH],
		.status = s[F_STATUS],
		.section = s[F_SECTION] };
	for (int i = 0; i < 5; i++)
		p->fields[i].len = 0;
	p->is_open = false;
	p->count++;
	return p->each(p->context, &package);
}

static bool status_line(void *context, struct str line)
{
	static const char *const names[] = { "Package", "Version", "Architecture", "Status",
		"Section" };
	struct paragraph *p = context;
	struct str name, value;

	if (line.len == 0)
		return flush(p);
	/* Most lines are of descriptions and other fields: their first letter is enough. */
	if (!str_has(STR("PVASpvas"), line.ptr[0]) || deb_line(line, &name, &value) != DEB_FIELD)
		return true;
	p->is_open = true;
	for (int i = 0; i < 5; i++) {
		if (!str_is_nocase(name, names[i]))
			continue;
		p->fields[i].len = value.len < FIELD_MAX_BYTES ? value.len : FIELD_MAX_BYTES;
		memcpy(p->fields[i].text, value.ptr, p->fields[i].len);
	}
	return true;
}

static int read_each(struct host *h, dpkg_each_package *each, void *context)
{
	struct paragraph p = { .each = each, .context = context };
	int rc = host_read_lines(h, DPKG_STATUS, status_line, &p);

	if (rc == 0)
		flush(&p);
	/* a machine that lives from dpkg has packages: none is a list that was overwritten */
	if (rc == 0 && p.count == 0 && !rpmdb_is_there(h))
		host_gap(h, GAP_SYNTAX, DPKG_STATUS);
	return rc;
}

#define KEPT_MAX_BYTES MIB

struct kept_package {
	struct kept_package *next;
	struct dpkg_package package;
	char texts[];
};

/* The packages as the first table that asked found them, for the others. */
struct dpkg_list {
	struct host *h;
	struct kept_package *first, **end;
	size_t bytes;
	bool is_whole; /* else each table reads for itself, and is told for itself what is amiss */
};

static struct str keep_text(char **to, struct str s)
{
	char *copy = *to;

	memcpy(copy, s.ptr, s.len);
	*to += s.len;
	return (struct str){ copy, s.len };
}

static bool keep(void *context, const struct dpkg_package *p)
{
	struct dpkg_list *list = context;
	size_t bytes = sizeof(struct kept_package) + p->name.len + p->version.len + p->arch.len +
		p->status.len + p->section.len;
	struct kept_package *kept = NULL;
	char *texts;

	if (list->bytes + bytes <= KEPT_MAX_BYTES)
		kept = arena_try(host_arena(list->h), bytes);
	list->is_whole = kept != NULL;
	if (!kept)
		return false;
	texts = kept->texts;
	kept->package = (struct dpkg_package){ .name = keep_text(&texts, p->name),
		.version = keep_text(&texts, p->version),
		.arch = keep_text(&texts, p->arch),
		.status = keep_text(&texts, p->status),
		.section = keep_text(&texts, p->section) };
	*list->end = kept;
	list->end = &kept->next;
	list->bytes += bytes;
	return true;
}

/* What goes wrong here is nobody's gap: whoever asks meets it again when he reads. */
static const struct dpkg_list *list_of(struct host *h)
{
	static const struct fact_table nobody = { .name = "" };
	const struct fact_table *asking = h->filling;
	size_t gaps = h->gaps.len;
	struct dpkg_list *list;

	if (h->dpkg)
		return h->dpkg;
	h->dpkg = list = arena_new(host_arena(h), struct dpkg_list);
	*list = (struct dpkg_list){ .h = h, .end = &list->first, .is_whole = true };
	h->filling = &nobody;
	if (read_each(h, keep, list) != 0 || h->gaps.len > gaps)
		list->is_whole = false;
	h->filling = asking;
	h->gaps.len = gaps;
	return list;
}

int dpkg_each(struct host *h, dpkg_each_package *each, void *context)
{
	const struct dpkg_list *list = list_of(h);
	const struct kept_package *kept = list->first;

	if (!list->is_whole)
		return read_each(h, each, context);
	while (kept && each(context, &kept->package))
		kept = kept->next;
	return 0;
}

struct str dpkg_state(struct str status)
{
	struct str word = STR("");

	for (int i = 0; i < 3; i++)
		if (!str_next_word(&status, " ", &word))
			return STR("");
	return word;
}

bool dpkg_is_here(struct str status)
{
	struct str state = dpkg_state(status);

	return state.len > 0 && !str_is(state, "not-installed") && !str_is(state, "config-files");
}

struct search {
	const char *name;
	bool is_found;
};

static bool is_it(void *context, const struct dpkg_package *p)
{
	struct search *s = context;

	if (str_is(p->name, s->name) && dpkg_is_here(p->status))
		s->is_found = true;
	return !s->is_found;
}

bool dpkg_is_installed(struct host *h, const char *name)
{
	struct search s = { .name = name };

	return dpkg_each(h, is_it, &s) == 0 && s.is_found;
}

/* ---- apt's lists ---- */

bool apt_is_security_list(struct str name)
{
	return str_find(name, STR("security")) >= 0 || str_starts(name, "esm.ubuntu.com_");
}

static void read_release(struct host *h, struct str name, struct apt_release *r)
{
	struct arena *a = host_arena(h);
	struct str text, line, field, value;
	ptrdiff_t end = str_find_char(name, '_');

	*r = (struct apt_release){ .origin = STR(""),
		.label = STR(""),
		.suite = STR(""),
		.codename = STR(""),
		.site = str_until(name, end < 0 ? 0 : (size_t)end) };
	if (host_read_head(h, arena_fmt(a, "/var/lib/apt/lists/%.*s", STR_FMT(name)).ptr, 2 * KIB,
		    &text) < 0)
		return;
	while (str_next_line(&text, &line)) {
		if (deb_line(line, &field, &value) != DEB_FIELD)
			continue;
		if (str_is(field, "Origin"))
			r->origin = value;
		else if (str_is(field, "Label"))
			r->label = value;
		else if (str_is(field, "Suite"))
			r->suite = value;
		else if (str_is(field, "Codename"))
			r->codename = value;
	}
}

void apt_security_releases(struct host *h, const struct apt_release **ret, size_t *ret_count)
{
	VEC(struct apt_release) releases = { 0 };
	const struct str *names;
	size_t count = 0;

	if (host_list(h, "/var/lib/apt/lists", &names, &count) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (apt_is_security_list(names[i]) &&
			(str_ends(names[i], "_InRelease") || str_ends(names[i], "_Release")))
			read_release(h, names[i], vec_add(host_arena(h), &releases));
	*ret = releases.at;
	*ret_count = releases.len;
}

/* "https://an@host/debian/" "stable" -> "host_debian_dists_stable" */
static struct str list_prefix(struct arena *a, struct str uri, struct str suite)
{
	ptrdiff_t at = str_find(uri, STR("://"));
	ptrdiff_t slash, user;
	char *name;

	if (at >= 0)
		uri = str_from(uri, (size_t)at + 3);
	slash = str_find_char(uri, '/');
	user = str_find_char(uri, '@');
	if (user >= 0 && (slash < 0 || user < slash))
		uri = str_from(uri, (size_t)user + 1);
	while (str_ends(uri, "/"))
		uri = str_until(uri, uri.len - 1);
	name = arena_cstr(a, arena_fmt(a, "%.*s_dists_%.*s", STR_FMT(uri), STR_FMT(suite)));
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '_';
	return str_of(name);
}

bool apt_release_of(struct host *h, struct str uri, struct str suite, struct apt_release *ret)
{
	static const char *const ends[] = { "_InRelease", "_Release" };
	struct str prefix = list_prefix(host_arena(h), uri, suite);
	const struct str *names;
	size_t count = 0;

	if (host_list(h, "/var/lib/apt/lists", &names, &count) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t e = 0; e < COUNT(ends); e++)
			if (str_eq(names[i],
				    arena_fmt(host_arena(h), "%.*s%s", STR_FMT(prefix), ends[e]))) {
				read_release(h, names[i], ret);
				return true;
			}
	return false;
}

/* Lists themselves carry the date of the server. What apt touches at each update: its "partial"
 * folder, and the stamps of the scheduled run. */
int64_t apt_lists_at_s(struct host *h)
{
	static const char *const paths[] = { "/var/lib/apt/lists/partial",
		"/var/lib/apt/periodic/update-stamp",
		"/var/lib/apt/periodic/update-success-stamp" };
	int64_t newest = 0;
	struct host_stat st;

	for (size_t i = 0; i < COUNT(paths); i++)
		if (host_stat(h, paths[i], &st) == 0 && st.mtime_s > newest)
			newest = st.mtime_s;
	if (newest == 0 && host_stat(h, "/var/lib/apt/lists", &st) == 0)
		newest = st.mtime_s;
	return newest;
}
