/* pending.c - newer versions that apt's lists know of installed packages. Lists may be tens
 * of megabytes: they are streamed line by line, and only those of security and update suites are
 * read. */
#include "work/hostaudit/apt.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/deb.h"
#include "work/hostaudit/tables.h"

/* ---- package_lists ---- */

enum { L_FILE, L_SUITE, L_IS_SECURITY, L_IS_READABLE, L_FETCHED_AT };

static const struct fact_column list_columns[] = {
	[L_FILE] = { "file", FACT_TEXT, T("tệp danh mục gói") },
	[L_SUITE] = { "suite", FACT_TEXT, T("nhánh phát hành") },
	[L_IS_SECURITY] = { "is_security", FACT_INT, T("danh mục bản vá an toàn") },
	[L_IS_READABLE] = { "is_readable", FACT_INT, T("đọc được (không nén, hoặc nén bằng LZ4)") },
	[L_FETCHED_AT] = { "fetched_at_s", FACT_INT, T("lần hỏi máy chủ gần nhất") },
	{ 0 },
};

/* "deb.debian.org_debian_dists_bookworm-updates_main_binary-amd64_Packages" -> "bookworm-updates"
 */
static struct str suite_of(struct str name)
{
	ptrdiff_t at = str_find(name, STR("_dists_"));
	ptrdiff_t end;

	if (at < 0)
		return STR("");
	name = str_from(name, (size_t)at + 7);
	end = str_find_char(name, '_');
	return end < 0 ? name : str_until(name, (size_t)end);
}

enum form { FORM_NONE, FORM_PLAIN, FORM_LZ4, FORM_OTHER };

/* A list of packages; apt keeps it plain unless Acquire::GzipIndexes tells it to pack it. */
static enum form form_of(struct str name)
{
	ptrdiff_t at = str_find(name, STR("_Packages"));
	struct str end = at < 0 ? STR("") : str_from(name, (size_t)at + 9);

	if (at < 0 || (end.len > 0 && end.ptr[0] != '.'))
		return FORM_NONE;
	return end.len == 0 ? FORM_PLAIN : str_is(end, ".lz4") ? FORM_LZ4 : FORM_OTHER;
}

static int fill_lists(struct host *h, struct fact_rows *rows, struct err *e)
{
	int64_t at_s = apt_lists_at_s(h);
	const struct str *names;
	size_t count;

	if (host_list(h, "/var/lib/apt/lists", &names, &count) < 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		enum form form = form_of(names[i]);

		if (form == FORM_NONE)
			continue;
		fact_row(rows);
		fact_text(rows, L_FILE,
			arena_fmt(host_arena(h), "/var/lib/apt/lists/%.*s", STR_FMT(names[i])));
		fact_text(rows, L_SUITE, suite_of(names[i]));
		fact_int(rows, L_IS_SECURITY, apt_is_security_list(names[i]));
		fact_int(rows, L_IS_READABLE, form != FORM_OTHER);
		if (at_s > 0)
			fact_int(rows, L_FETCHED_AT, at_s);
	}
	return 0;
}

const struct fact_table package_lists_table = {
	.name = "package_lists",
	.words = T("danh mục gói mà apt đã tải về"),
	.columns = list_columns,
	.fill = fill_lists,
};

/* ---- pending_updates ---- */

enum { NAME, ARCH, INSTALLED, AVAILABLE, IS_SECURITY, IS_HELD, SUITE, FILE_PATH, LINE };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên gói") },
	[ARCH] = { "arch", FACT_TEXT, T("kiến trúc") },
	[INSTALLED] = { "installed", FACT_TEXT, T("phiên bản đang cài") },
	[AVAILABLE] = { "available", FACT_TEXT, T("phiên bản mới") },
	[IS_SECURITY] = { "is_security", FACT_INT, T("là bản vá an toàn") },
	[IS_HELD] = { "is_held", FACT_INT, T("bị giữ, không nâng cấp") },
	[SUITE] = { "suite", FACT_TEXT, T("nhánh phát hành") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp danh mục gói") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

struct installed {
	struct str name, arch, version;
	struct str best, suite, file; /* the newest one offered */
	int64_t best_line;
	bool is_security, is_held;
	struct installed *next; /* with the same hash */
};

#define SLOTS 4096
#define INSTALLED_MAX 50000

struct scan {
	struct arena a;
	struct installed *slots[SLOTS];
	VEC(struct installed *) all;
	/* the paragraph at hand */
	struct installed *match; /* the first of that name */
	int64_t line, package_line;
	char version[256], arch[64];
	size_t version_len, arch_len;
	struct str file, suite;
	bool is_security;
};

static uint32_t hash_of(struct str s)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.ptr[i]) * 16777619u;
	return hash % SLOTS;
}

static bool add_installed(void *context, const struct dpkg_package *p)
{
	struct scan *s = context;
	struct installed *i;
	uint32_t slot = hash_of(p->name);

	if (!dpkg_is_here(p->status))
		return true;
	if (s->all.len >= INSTALLED_MAX)
		return false;
	i = arena_new(&s->a, struct installed);
	*i = (struct installed){ .name = arena_str(&s->a, p->name),
		.arch = arena_str(&s->a, p->arch),
		.version = arena_str(&s->a, p->version),
		.is_held = str_starts(p->status, "hold "),
		.next = s->slots[slot] };
	s->slots[slot] = i;
	vec_push(&s->a, &s->all, i);
	return true;
}

static void offer(struct scan *s, struct installed *i)
{
	struct str version = { s->version, s->version_len };
	struct str known = i->best.ptr != NULL ? i->best : i->version;

	if (deb_version_cmp(version, known) <= 0 &&
		!(s->is_security && !i->is_security && i->best.ptr != NULL &&
			str_eq(version, i->best)))
		return;
	i->best = arena_str(&s->a, version);
	i->best_line = s->package_line;
	i->is_security |= s->is_security;
	i->suite = s->suite;
	i->file = s->file;
}

static void end_paragraph(struct scan *s)
{
	struct str arch = { s->arch, s->arch_len };

	for (struct installed *i = s->match; i != NULL; i = i->next)
		if (str_eq(i->name, s->match->name) && s->version_len > 0 &&
			(str_eq(i->arch, arch) || str_is(arch, "all") || str_is(i->arch, "all")))
			offer(s, i);
	s->match = NULL;
	s->version_len = s->arch_len = 0;
}

static void keep(char *into, size_t room, size_t *ret_len, struct str value)
{
	value = str_trim(value);
	*ret_len = value.len < room ? value.len : 0;
	memcpy(into, value.ptr, *ret_len);
}

static bool packages_line(void *context, struct str line)
{
	struct scan *s = context;

	s->line++;
	if (line.len == 0) {
		if (s->match != NULL)
			end_paragraph(s);
	} else if (line.ptr[0] == 'P' && str_starts(line, "Package: ")) {
		struct str name = str_trim(str_from(line, 9));

		s->package_line = s->line;
		s->match = s->slots[hash_of(name)];
		while (s->match != NULL && !str_eq(s->match->name, name))
			s->match = s->match->next;
	} else if (s->match != NULL && str_starts(line, "Version: ")) {
		keep(s->version, sizeof(s->version), &s->version_len, str_from(line, 9));
	} else if (s->match != NULL && str_starts(line, "Architecture: ")) {
		keep(s->arch, sizeof(s->arch), &s->arch_len, str_from(line, 14));
	}
	return true;
}

static void scan_list(struct host *h, struct scan *s, struct str name)
{
	struct str suite = suite_of(name);
	enum form form = form_of(name);

	if (form == FORM_NONE || (!apt_is_security_list(name) && !str_ends(suite, "-updates")))
		return;
	s->file = arena_fmt(&s->a, "/var/lib/apt/lists/%.*s", STR_FMT(name));
	if (form == FORM_OTHER) {
		host_gap(h, GAP_SYNTAX, s->file.ptr);
		return;
	}
	s->suite = suite;
	s->is_security = apt_is_security_list(name);
	s->line = 0;
	s->match = NULL;
	if (form == FORM_LZ4)
		host_read_lz4_lines(h, s->file.ptr, packages_line, s);
	else
		host_read_lines(h, s->file.ptr, packages_line, s);
	if (s->match != NULL)
		end_paragraph(s);
}

static void show(struct fact_rows *rows, const struct scan *s)
{
	for (size_t n = 0; n < s->all.len; n++) {
		const struct installed *i = s->all.at[n];

		if (i->best.ptr == NULL)
			continue;
		fact_row(rows);
		fact_text(rows, NAME, i->name);
		fact_text(rows, ARCH, i->arch);
		fact_text(rows, INSTALLED, i->version);
		fact_text(rows, AVAILABLE, i->best);
		fact_int(rows, IS_SECURITY, i->is_security);
		fact_int(rows, IS_HELD, i->is_held);
		fact_text(rows, SUITE, i->suite);
		fact_text(rows, FILE_PATH, i->file);
		fact_int(rows, LINE, i->best_line);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct scan *s = calloc(1, sizeof(*s));
	const struct str *names;
	size_t count;
	int rc;

	if (s == NULL)
		abort();
	arena_init(&s->a, 96 * MIB); /* INSTALLED_MAX with the longest fields fit */
	rc = dpkg_each(h, add_installed, s);
	/* lists to compare and nothing to compare them with: "none waits" would be a guess */
	if (rc == ERR_ABSENT && host_exists(h, "/var/lib/apt/lists"))
		host_gap(h, GAP_UNREADABLE, "/var/lib/dpkg/status");
	if (rc == 0 && host_list(h, "/var/lib/apt/lists", &names, &count) == 0)
		for (size_t i = 0; i < count; i++)
			scan_list(h, s, names[i]);
	if (s->all.len >= INSTALLED_MAX)
		host_gap(h, GAP_LIMIT, "/var/lib/dpkg/status");
	show(rows, s);
	arena_done(&s->a);
	free(s);
	return 0;
}

const struct fact_table pending_updates_table = {
	.name = "pending_updates",
	.words = T("bản cập nhật chưa cài của các gói đã cài"),
	.columns = columns,
	.fill = fill,
};
