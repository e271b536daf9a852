/* os.c - what the machine says it is, and until when each release is supported. */
#include "kit/crypto/crypto.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/tables.h"

/* ---- os-release(5) ---- */

/* A value as a shell would take it: quotes off, a backslash before the next character off. */
static struct str unquote(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;
	char quote = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (quote == 0 && (c == '"' || c == '\''))
			quote = c;
		else if (c == quote && quote != 0)
			quote = 0;
		else if (c == '\\' && quote != '\'' && i + 1 < s.len)
			out[n++] = s.ptr[++i];
		else if (quote == 0 && (c == ' ' || c == '\t'))
			break;
		else
			out[n++] = c;
	}
	return (struct str){ out, n };
}

static void take(struct os_release *os, struct str name, struct str value, int64_t line)
{
	if (str_is(name, "ID")) {
		os->id = value;
		os->id_line = line;
	} else if (str_is(name, "ID_LIKE")) {
		os->id_like = value;
	} else if (str_is(name, "VERSION_ID")) {
		os->version_id = value;
	} else if (str_is(name, "VERSION_CODENAME")) {
		os->codename = value;
	} else if (str_is(name, "PRETTY_NAME")) {
		os->name = value;
	}
}

static struct str part_of(struct str version, const char *part)
{
	ptrdiff_t dot = str_find_char(version, '.');

	if (str_is(str_of(part), "none"))
		return STR("");
	if (dot < 0 || str_is(str_of(part), "full"))
		return version;
	if (str_is(str_of(part), "major"))
		return str_until(version, (size_t)dot);
	struct str rest = str_from(version, (size_t)dot + 1); /* minor: the first two numbers */
	ptrdiff_t second = str_find_char(rest, '.');

	return second < 0 ? version : str_until(version, (size_t)(dot + 1 + second));
}

static bool is_like(const struct os_release *os, const char *name)
{
	struct str rest = os->id_like, word;

	while (str_next_word(&rest, " ", &word))
		if (str_is(word, name))
			return true;
	return str_is(os->id, name);
}

static const char *family_of(struct host *h, const struct os_release *os)
{
	if (os->known != NULL)
		return os->known->family;
	if (is_like(os, "debian") || is_like(os, "ubuntu"))
		return "debian";
	if (is_like(os, "rhel") || is_like(os, "fedora") || is_like(os, "centos"))
		return "rhel";
	if (os->id.len > 0)
		return "other";
	if (host_exists(h, "/var/lib/dpkg/status"))
		return "debian";
	return host_exists(h, "/etc/yum.repos.d") ? "rhel" : "other";
}

struct os_release os_release_read(struct host *h)
{
	struct os_release os = { .id = STR(""),
		.id_like = STR(""),
		.version_id = STR(""),
		.codename = STR(""),
		.name = STR(""),
		.release = STR(""),
		.file = STR("") };
	const struct host_file *file;
	struct str rest, line, name, value;

	if (host_read(h, "/etc/os-release", &file) == 0 ||
		host_read(h, "/usr/lib/os-release", &file) == 0) {
		os.file = file->path;
		rest = file->bytes;
		for (int64_t n = 1; str_next_line(&rest, &line); n++)
			if (str_split(str_trim(line), '=', &name, &value) && name.ptr[0] != '#')
				take(&os, name, unquote(host_arena(h), value), n);
	}
	for (size_t i = 0; i < data_systems_count; i++)
		if (str_is(os.id, data_systems[i].id))
			os.known = &data_systems[i];
	if (os.known != NULL)
		os.release = part_of(os.version_id, os.known->version);
	os.family = family_of(h, &os);
	return os;
}

/* ---- os_release ---- */

enum {
	ID,
	VERSION_ID,
	RELEASE,
	NAME,
	CODENAME,
	FAMILY,
	LICENCE,
	HAS_CONTRACT,
	CONTRACT_UNTIL,
	FILE_PATH,
	LINE
};

static const struct fact_column release_columns[] = {
	[ID] = { "id", FACT_TEXT, T("mã hệ điều hành") },
	[VERSION_ID] = { "version_id", FACT_TEXT, T("phiên bản") },
	[RELEASE] = { "release", FACT_TEXT, T("bản phát hành") },
	[NAME] = { "name", FACT_TEXT, T("tên đầy đủ") },
	[CODENAME] = { "codename", FACT_TEXT, T("tên mã") },
	[FAMILY] = { "family", FACT_TEXT, T("họ hệ điều hành") },
	[LICENCE] = { "licence", FACT_TEXT, T("giấy phép: open hoặc subscription") },
	[HAS_CONTRACT] = { "has_contract", FACT_INT, T("máy đã đăng ký thuê bao") },
	[CONTRACT_UNTIL] = { "contract_until_s", FACT_INT,
		T("chứng thư thuê bao có hiệu lực đến, giây UTC") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

/* The latest end of the certificates that fit PATTERN; 0 when none can be read. Keys lie beside
 * them as "…-key.pem". */
static int64_t certified_until(struct host *h, const char *pattern)
{
	const struct str *paths;
	int64_t until = 0, one;
	size_t count;

	if (host_glob(h, pattern, &paths, &count) != 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (!str_ends(paths[i], "-key.pem") &&
			certificate_until(host_bytes(h, paths[i], NULL), &one) && one > until)
			until = one;
	return until;
}

/* Registered with its maker: what subscription-manager and SUSEConnect leave. A certificate of what
 * the machine may use says more than the one of what it is. */
static void show_contract(struct host *h, struct fact_rows *rows)
{
	int64_t until = certified_until(h, "/etc/pki/entitlement/*.pem");

	if (until == 0)
		until = certified_until(h, "/etc/pki/consumer/cert.pem");
	if (until != 0)
		fact_int(rows, CONTRACT_UNTIL, until);
	fact_int(rows, HAS_CONTRACT,
		until != 0 || host_exists(h, "/etc/zypp/credentials.d/SCCcredentials"));
}

static int fill_release(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct os_release os = os_release_read(h);

	fact_row(rows);
	fact_text(rows, ID, os.id);
	fact_text(rows, VERSION_ID, os.version_id);
	fact_text(rows, RELEASE, os.release);
	fact_text(rows, NAME, os.name);
	fact_text(rows, CODENAME, os.codename);
	fact_cstr(rows, FAMILY, os.family);
	show_contract(h, rows);
	if (os.known != NULL)
		fact_cstr(rows, LICENCE, os.known->licence);
	if (os.file.len > 0) {
		fact_text(rows, FILE_PATH, os.file);
		fact_int(rows, LINE, os.id_line);
	}
	return 0;
}

const struct fact_table os_release_table = {
	.name = "os_release",
	.words = T("hệ điều hành của máy"),
	.columns = release_columns,
	.fill = fill_release,
};

/* ---- os_support ---- */

enum { S_ID, S_RELEASE, S_PHASE, S_UNTIL, S_UNTIL_S, S_MARKER };

static const struct fact_column support_columns[] = {
	[S_ID] = { "id", FACT_TEXT, T("mã hệ điều hành") },
	[S_RELEASE] = { "release", FACT_TEXT, T("bản phát hành") },
	[S_PHASE] = { "phase", FACT_TEXT, T("giai đoạn hỗ trợ") },
	[S_UNTIL] = { "until", FACT_TEXT, T("ngày cuối được hỗ trợ") },
	[S_UNTIL_S] = { "until_s", FACT_INT, T("thời điểm hết hỗ trợ, giây UTC") },
	[S_MARKER] = { "marker", FACT_TEXT, T("dấu hiệu của dịch vụ hỗ trợ trả phí") },
	{ 0 },
};

static int fill_support(struct host *h, struct fact_rows *rows, struct err *e)
{
	for (size_t i = 0; i < data_support_count; i++) {
		const struct data_support *s = &data_support[i];
		struct date until;

		fact_row(rows);
		fact_cstr(rows, S_ID, s->id);
		fact_cstr(rows, S_RELEASE, s->version);
		fact_cstr(rows, S_PHASE, s->phase);
		fact_cstr(rows, S_MARKER, s->marker);
		if (date_parse(str_of(s->until), &until)) {
			fact_cstr(rows, S_UNTIL, s->until);
			fact_int(rows, S_UNTIL_S, date_start_s(until) + CLOCK_DAY_S);
		}
	}
	return 0;
}

const struct fact_table os_support_table = {
	.name = "os_support",
	.words = T("thời hạn hỗ trợ của các hệ điều hành"),
	.columns = support_columns,
	.fill = fill_support,
};
