/* sources.c - where packages come from: the sources of apt and the repositories of dnf, each
 * with what proves its origin. */
#include "work/hostaudit/apt.h"
#include "work/hostaudit/apt_origins.h"
#include "work/hostaudit/data.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/apt.h"
#include "work/hostaudit/resolve/deb.h"
#include "work/hostaudit/resolve/dnf.h"
#include "work/hostaudit/resolve/ini.h"
#include "work/hostaudit/tables.h"

enum {
	MANAGER,
	URI,
	SUITE,
	COMPONENTS,
	IS_ENABLED,
	IS_SECURITY,
	ORIGIN,
	ORIGIN_KIND,
	SIGNED_BY,
	IS_UNSIGNED,
	IS_AUTO,
	FILE_PATH,
	LINE
};

static const struct fact_column columns[] = {
	[MANAGER] = { "manager", FACT_TEXT, T("apt hoặc dnf") },
	[URI] = { "uri", FACT_TEXT, T("địa chỉ") },
	[SUITE] = { "suite", FACT_TEXT, T("nhánh phát hành hoặc tên kho") },
	[COMPONENTS] = { "components", FACT_TEXT, T("thành phần") },
	[IS_ENABLED] = { "is_enabled", FACT_INT, T("đang dùng") },
	[IS_SECURITY] = { "is_security", FACT_INT, T("nhánh bản vá an toàn") },
	[ORIGIN] = { "origin", FACT_TEXT, T("nhà phát hành; trống khi không rõ") },
	[ORIGIN_KIND] = { "origin_kind", FACT_TEXT, T("system, vendor; trống khi không rõ") },
	[SIGNED_BY] = { "signed_by", FACT_TEXT, T("khóa được chỉ định") },
	[IS_UNSIGNED] = { "is_unsigned", FACT_INT, T("chấp nhận gói không có chữ ký") },
	[IS_AUTO] = { "is_auto", FACT_INT,
		T("nguồn ngoài hệ điều hành có được tự động cập nhật không; trống: chưa rõ") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

/* The host of "https://user@host:port/path", or "". */
static struct str host_of(struct str uri)
{
	ptrdiff_t at = str_find(uri, STR("://"));
	size_t end = 0;

	if (at < 0)
		return STR("");
	uri = str_from(uri, (size_t)at + 3);
	while (end < uri.len && uri.ptr[end] != '/')
		end++;
	uri = str_until(uri, end);
	at = str_find_char(uri, '@');
	if (at >= 0)
		uri = str_from(uri, (size_t)at + 1);
	at = str_find_char(uri, ':');
	return at < 0 ? uri : str_until(uri, (size_t)at);
}

static const struct data_origins *origin_of(struct str host)
{
	for (size_t i = 0; i < data_origins_count; i++) {
		const char *known = data_origins[i].host;

		if (known[0] == '.' ? str_ends(host, known) || str_is(host, known + 1) :
				      str_is(host, known))
			return &data_origins[i];
	}
	return NULL;
}

/* Keys that only sign what the maker of the system publishes, whatever mirror brings it. */
static const struct data_systems *system_of_key(struct str path)
{
	for (size_t i = 0; i < data_systems_count; i++)
		if (data_systems[i].keyring[0] != '\0' &&
			str_find(path, str_of(data_systems[i].keyring)) >= 0)
			return &data_systems[i];
	return NULL;
}

struct walk {
	struct host *h;
	struct fact_rows *rows;
	struct str file;
	const struct data_systems *only_keys; /* every trusted key is this system's */
	bool is_insecure;                     /* apt is told to take unsigned sources */
	const struct apt_conf *conf;          /* of apt */
	const struct os_release *os;
	int dnf_takes; /* what dnf-automatic installs: 1 all, -1 not told */
};

/* Is it the system's own? */
static bool show_origin(struct walk *w, struct str uri, struct str key)
{
	const struct data_origins *origin = origin_of(host_of(uri));
	const struct data_systems *maker = system_of_key(key);

	if (maker == NULL && key.len == 0)
		maker = w->only_keys;
	if (maker != NULL) {
		fact_cstr(w->rows, ORIGIN, maker->name);
		fact_cstr(w->rows, ORIGIN_KIND, "system");
	} else if (origin != NULL) {
		fact_cstr(w->rows, ORIGIN, origin->name);
		fact_cstr(w->rows, ORIGIN_KIND, origin->kind);
	} else if (str_starts(uri, "cdrom:")) {
		fact_cstr(w->rows, ORIGIN, "cdrom");
		fact_cstr(w->rows, ORIGIN_KIND, "system");
		return true;
	}
	return maker != NULL || (origin != NULL && str_is(str_of(origin->kind), "system"));
}

/* Does unattended-upgrade take what this source offers? Without its Release nobody can tell. */
static void show_auto(struct walk *w, const struct deb_source *s)
{
	struct apt_release r;
	enum apt_match m;

	if (!s->is_enabled || !apt_release_of(w->h, s->uri, s->suite, &r))
		return;
	m = apt_takes_release(w->conf, w->os, &r);
	if (m != APT_MATCH_UNCLEAR)
		fact_int(w->rows, IS_AUTO, m == APT_MATCH_YES);
}

static void show_source(void *context, const struct deb_source *s)
{
	struct walk *w = context;
	struct str lists =
		arena_fmt(host_arena(w->h), "%.*s %.*s", STR_FMT(s->uri), STR_FMT(s->suite));

	if (!str_is(s->type, "deb"))
		return; /* sources of programs are not installed */
	fact_row(w->rows);
	fact_cstr(w->rows, MANAGER, "apt");
	fact_text(w->rows, URI, redact_urls(host_arena(w->h), s->uri));
	fact_text(w->rows, SUITE, s->suite);
	fact_text(w->rows, COMPONENTS, s->components);
	fact_int(w->rows, IS_ENABLED, s->is_enabled);
	fact_int(w->rows, IS_SECURITY,
		apt_is_security_list(lists) || str_find(s->uri, STR("esm.ubuntu.com")) >= 0);
	fact_text(w->rows, SIGNED_BY, s->signed_by);
	fact_int(w->rows, IS_UNSIGNED,
		deb_bool(s->trusted) == 1 || deb_bool(s->allow_insecure) == 1 ||
			(w->is_insecure && deb_bool(s->trusted) != 0));
	if (!show_origin(w, s->uri, s->signed_by))
		show_auto(w, s);
	fact_text(w->rows, FILE_PATH, w->file);
	fact_int(w->rows, LINE, s->line);
}

static void read_sources(struct walk *w, const char *path)
{
	const struct host_file *file;
	int64_t bad;

	if (host_read(w->h, path, &file) < 0)
		return;
	w->file = file->path;
	if (str_ends(file->path, ".sources"))
		bad = deb_sources_822(file->bytes, host_arena(w->h), show_source, w);
	else
		bad = deb_sources_list(file->bytes, host_arena(w->h), show_source, w);
	if (bad > 0)
		host_gap(w->h, GAP_SYNTAX, path);
}

static bool is_source_name(struct str name)
{
	if (name.len == 0 || name.ptr[0] == '.' ||
		!(str_ends(name, ".list") || str_ends(name, ".sources")))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '_' || c == '-' || c == '.'))
			return false;
	}
	return true;
}

/* When every key apt trusts for all sources is one system's, any source without a key of its own
 * can only bring what that system signed. */
static const struct data_systems *only_keys(struct host *h)
{
	const struct data_systems *maker = NULL;
	const struct str *names;
	size_t count;
	struct host_stat st;

	if (host_stat(h, "/etc/apt/trusted.gpg", &st) == 0 && st.size > 0)
		return NULL;
	if (host_list(h, "/etc/apt/trusted.gpg.d", &names, &count) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!str_ends(names[i], ".gpg") && !str_ends(names[i], ".asc"))
			continue;
		maker = system_of_key(names[i]);
		if (maker == NULL)
			return NULL;
	}
	return maker;
}

static void read_apt(struct host *h, struct fact_rows *rows)
{
	struct os_release os = os_release_read(h);
	struct apt_conf conf;
	struct walk w = {
		.h = h, .rows = rows, .only_keys = only_keys(h), .conf = &conf, .os = &os
	};
	const struct str *names;
	size_t count;

	apt_conf_load(h, host_arena(h), &conf);
	w.is_insecure = apt_conf_bool(&conf, "Acquire::AllowInsecureRepositories", false) ||
		apt_conf_bool(&conf, "APT::Get::AllowUnauthenticated", false);
	read_sources(&w, "/etc/apt/sources.list");
	if (host_list(h, "/etc/apt/sources.list.d", &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (is_source_name(names[i]))
			read_sources(&w,
				arena_fmt(host_arena(h), "/etc/apt/sources.list.d/%.*s",
					STR_FMT(names[i]))
					.ptr);
}

/* ---- dnf ---- */

struct repo {
	struct str name, uri, key;
	int64_t line, line_of_check;
	bool is_enabled, is_checked;
};

static void show_repo(struct walk *w, const struct repo *r)
{
	if (r->name.len == 0)
		return;
	fact_row(w->rows);
	fact_cstr(w->rows, MANAGER, "dnf");
	fact_text(w->rows, URI, redact_urls(host_arena(w->h), r->uri));
	fact_text(w->rows, SUITE, r->name);
	fact_int(w->rows, IS_ENABLED, r->is_enabled);
	fact_int(w->rows, IS_SECURITY, 1); /* updates of security come with all others */
	fact_text(w->rows, SIGNED_BY, r->key);
	fact_int(w->rows, IS_UNSIGNED, !r->is_checked);
	if (!show_origin(w, r->uri, r->key) && w->dnf_takes >= 0)
		fact_int(w->rows, IS_AUTO, w->dnf_takes);
	fact_text(w->rows, FILE_PATH, w->file);
	fact_int(w->rows, LINE, r->line_of_check > 0 ? r->line_of_check : r->line);
}

static void read_repos(struct walk *w, const char *path, bool is_checked)
{
	struct str bytes = host_bytes(w->h, str_of(path), &w->file);
	struct repo r = { 0 };
	struct ini ini;
	struct ini_entry entry;

	ini_init(&ini, bytes, 0, NULL);
	while (ini_next(&ini, &entry)) {
		if (!str_eq(entry.section, r.name)) {
			show_repo(w, &r);
			r = (struct repo){ .name = entry.section,
				.line = entry.line,
				.is_enabled = true,
				.is_checked = is_checked };
		}
		if (str_is(entry.key, "enabled"))
			r.is_enabled = str_bool(entry.value, true);
		else if (str_is(entry.key, "gpgcheck")) {
			r.is_checked = str_bool(entry.value, is_checked);
			r.line_of_check = entry.line;
		} else if (str_is(entry.key, "gpgkey"))
			r.key = entry.value;
		else if (str_is(entry.key, "baseurl") ||
			(r.uri.len == 0 &&
				(str_is(entry.key, "metalink") || str_is(entry.key, "mirrorlist"))))
			r.uri = entry.value;
	}
	show_repo(w, &r);
}

/* dnf-automatic installs all, or only what its source marks as security, which others seldom do. */
static int dnf_takes(struct host *h)
{
	struct setting type = { 0 };
	struct str file = STR("/etc/dnf/automatic.conf");
	struct str bytes = host_bytes(h, file, &file);

	(void)dnf_last(bytes, file, "commands", "upgrade_type", host_arena(h), &type);
	return str_is(type.value, "security") ? -1 : 1; /* what it does not know is no change */
}

static void read_dnf(struct host *h, struct fact_rows *rows)
{
	struct walk w = { .h = h, .rows = rows, .dnf_takes = dnf_takes(h) };
	const char *main_file =
		host_exists(h, "/etc/dnf/dnf.conf") ? "/etc/dnf/dnf.conf" : "/etc/yum.conf";
	struct setting check = { 0 };
	struct str file = STR("");
	struct str bytes;
	const struct str *paths;
	size_t count;

	if (!host_exists(h, "/etc/yum.repos.d"))
		return;
	bytes = host_bytes(h, str_of(main_file), &file);
	ini_last(bytes, file, "main", "gpgcheck", host_arena(h), &check);
	if (host_glob(h, "/etc/yum.repos.d/*.repo", &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		read_repos(&w, paths[i].ptr, str_bool(check.value, false));
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	if (host_exists(h, "/etc/apt"))
		read_apt(h, rows);
	read_dnf(h, rows);
	return 0;
}

const struct fact_table package_sources_table = {
	.name = "package_sources",
	.words = T("nguồn cài đặt phần mềm"),
	.columns = columns,
	.fill = fill,
};
