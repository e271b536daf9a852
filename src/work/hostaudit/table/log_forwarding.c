/* log_forwarding: every place that logs of this machine are sent to; log_exposures: log files that
 * others may change; log_seals: journals whose records are sealed against change. */
#include <sys/stat.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/forward.h"
#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/journal.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"

enum { PROGRAM, TARGET, PROTOCOL, IS_ON, IS_LOCAL, IS_PART, FILE_PATH, LINE, LOST };

static const struct fact_column columns[] = {
	[PROGRAM] = { "program", FACT_TEXT, T("chương trình gửi nhật ký") },
	[TARGET] = { "target", FACT_TEXT, T("nơi nhận; trống: không rõ") },
	[PROTOCOL] = { "protocol", FACT_TEXT, T("giao thức") },
	[IS_ON] = { "is_on", FACT_INT, T("1: dịch vụ gửi được bật và có đường dẫn tới nơi nhận") },
	[IS_LOCAL] = { "is_local", FACT_INT, T("1: nơi nhận là chính máy này") },
	[IS_PART] = { "is_part", FACT_INT, T("1: chỉ gửi một phần nhật ký") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị ghi đè") },
	{ 0 },
};

static bool is_enabled(struct host *h, const char *unit)
{
	return systemd_unit(h, unit).state == UNIT_ENABLED;
}

static void show(struct fact_rows *rows, const char *program, const struct forward *f, bool is_on)
{
	fact_row(rows);
	fact_cstr(rows, PROGRAM, program);
	if (f->target.len > 0)
		fact_text(rows, TARGET, f->target);
	fact_text(rows, PROTOCOL, f->protocol);
	fact_int(rows, IS_ON, is_on && !f->is_off);
	fact_int(rows, IS_LOCAL, forward_is_local(f->target));
	fact_int(rows, IS_PART, f->is_part);
	fact_text(rows, FILE_PATH, f->file);
	fact_int(rows, LINE, f->line);
}

static void show_all(struct host *h, struct fact_rows *rows, const char *program,
	const struct forward_list *list, bool is_on)
{
	if (list->is_strange)
		host_gap(h, GAP_SYNTAX, arena_cstr(list->a, list->file));
	for (size_t i = 0; i < list->all.len; i++)
		show(rows, program, &list->all.at[i], is_on);
}

/* ---- rsyslog and syslog-ng: a main file and what it includes ---- */

typedef void reader(
	struct forward_list *list, struct str bytes, forward_include *include, void *context);

struct tree {
	struct host *h;
	struct forward_list *list;
	reader *read;
	struct str folder; /* relative includes begin here */
	int depth, files, includes;
	bool has_imjournal; /* rsyslog: it reads the journal itself */
};

#define TREE_FILES_MAX 500
#define TREE_INCLUDES_MAX 100

static bool names_imjournal(struct str text)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (!str_starts(str_trim(line), "#") && str_find(line, STR("imjournal")) >= 0)
			return true;
	return false;
}

static void read_tree(void *context, struct str pattern)
{
	struct tree *t = context;
	struct str outer = t->list->file;
	const struct host_file *file;
	const struct str *paths;
	size_t count;

	if (!str_starts(pattern, "/"))
		pattern = arena_fmt(t->list->a, "%.*s/%.*s", STR_FMT(t->folder), STR_FMT(pattern));
	if (t->includes > TREE_INCLUDES_MAX)
		return; /* told already */
	if (t->depth >= LIMIT_HOST_INCLUDE_DEPTH || ++t->includes > TREE_INCLUDES_MAX) {
		host_gap(t->h, GAP_LOOP, arena_cstr(t->list->a, pattern));
		return;
	}
	if (host_glob(t->h, arena_cstr(t->list->a, pattern), &paths, &count) != 0)
		return;
	t->depth++;
	for (size_t i = 0; i < count && ++t->files < TREE_FILES_MAX; i++) {
		if (host_read(t->h, paths[i].ptr, &file) != 0)
			continue;
		t->list->file = file->path;
		t->has_imjournal |= names_imjournal(file->bytes);
		t->read(t->list, file->bytes, read_tree, t);
	}
	t->depth--;
	t->list->file = outer.ptr ? outer : pattern;
	if (t->files >= TREE_FILES_MAX)
		host_gap(t->h, GAP_LIMIT, arena_cstr(t->list->a, pattern));
}

static bool is_one_of(struct str v, const char *const *words)
{
	for (; *words; words++)
		if (str_is_nocase(v, *words))
			return true;
	return false;
}

static bool is_journal_off(struct str v)
{
	static const char *const words[] = { "0", "no", "n", "false", "f", "off", NULL };

	return is_one_of(v, words);
}

static bool is_journal_bool(struct str v)
{
	static const char *const words[] = { "1", "yes", "y", "true", "t", "on", NULL };

	return is_one_of(v, words) || is_journal_off(v);
}

/* The journal keeps what programs say to itself: imuxsock then hears nothing. */
static bool is_journal_closed(struct host *h)
{
	struct setting s = { 0 };

	systemd_conf(h, "journald.conf", "Journal", "ForwardToSyslog", is_journal_bool, &s);
	return s.value.ptr && is_journal_off(s.value);
}

/* The file after "-f" on the unit's command line, or in the options that RHEL keeps apart. */
static const char *named_file(struct host *h, const char *unit, const char *usual)
{
	struct setting command;
	struct str rest, word;

	systemd_unit_conf(h, unit, "Service", "ExecStart", &command);
	rest = command.value;
	if (str_find(rest, STR("$SYSLOGD_OPTIONS")) >= 0)
		rest = arena_fmt(host_arena(h), "%.*s %.*s", STR_FMT(rest),
			STR_FMT(host_bytes(h, STR("/etc/sysconfig/rsyslog"), NULL)));
	while (str_next_word(&rest, " \t\n\"'=", &word))
		if (str_starts(word, "-f/"))
			return arena_cstr(host_arena(h), str_from(word, 2));
		else if (str_is(word, "-f") && str_next_word(&rest, " \t\n\"'", &word) &&
			str_starts(word, "/"))
			return arena_cstr(host_arena(h), word);
	return usual;
}

static void put_tree(struct host *h, struct fact_rows *rows, const char *program,
	const char *main_file, reader *read)
{
	struct forward_list list = { .a = host_arena(h) };
	struct tree t = { .h = h, .list = &list, .read = read };
	struct str unit_name = arena_fmt(list.a, "%s.service", program);
	struct unit unit = systemd_unit(h, unit_name.ptr);

	if (unit.state == UNIT_ABSENT)
		return; /* a removed package leaves its settings behind */
	main_file = named_file(h, unit_name.ptr, main_file);
	t.folder = str_of(main_file);
	t.folder = str_until(t.folder, t.folder.len - path_base(t.folder).len - 1);
	read_tree(&t, str_of(main_file));
	forward_syslog_ng_done(&list);
	if (read == forward_rsyslog && !t.has_imjournal && is_journal_closed(h))
		for (size_t i = 0; i < list.all.len; i++)
			list.all.at[i].is_part = true;
	show_all(h, rows, program, &list, unit.state == UNIT_ENABLED);
}

/* ---- one file a program ---- */

static void put_files(struct host *h, struct fact_rows *rows, const char *program, const char *unit,
	const char *path, void (*read)(struct forward_list *list, struct str bytes))
{
	struct forward_list list = { .a = host_arena(h), .file = str_of(path) };
	struct str bytes = host_bytes(h, list.file, &list.file);

	if (bytes.len == 0 || systemd_unit(h, unit).state == UNIT_ABSENT)
		return;
	read(&list, bytes);
	show_all(h, rows, program, &list, is_enabled(h, unit));
}

/* That it runs is all that is told. */
static void put_running(struct host *h, struct fact_rows *rows, const char *name)
{
	struct unit unit = systemd_unit(h, name);

	if (unit.state == UNIT_ENABLED)
		show(rows, name,
			&(struct forward){
				.target = STR(""), .protocol = STR(""), .file = unit.file },
			true);
}

/* fluent-bit reads the file its unit names: of the newer form only that it runs is told. */
static void put_fluent_bit(struct host *h, struct fact_rows *rows)
{
	struct setting command = { 0 };
	struct str rest, word, path = STR("/etc/fluent-bit/fluent-bit.conf");

	systemd_unit_conf(h, "fluent-bit.service", "Service", "ExecStart", &command);
	rest = command.value;
	while (str_next_word(&rest, " \t\"'", &word))
		if ((str_is(word, "-c") || str_is(word, "--config")) &&
			str_next_word(&rest, " \t\"'", &word) && str_starts(word, "/"))
			path = word;
		else if (str_starts(word, "--config=/"))
			path = str_from(word, 9);
	if (str_ends(path, ".yaml") || str_ends(path, ".yml"))
		put_running(h, rows, "fluent-bit.service");
	else
		put_files(h, rows, "fluent-bit", "fluent-bit.service",
			arena_cstr(host_arena(h), path), forward_fluent_bit);
}

static void put_journal_upload(struct host *h, struct fact_rows *rows)
{
	struct setting url = { 0 };
	struct forward f = { .protocol = STR("http") };

	systemd_conf(h, "journal-upload.conf", "Upload", "URL", NULL, &url);
	if (!url.value.ptr)
		return;
	f.target = redact_urls(host_arena(h), url.value);
	f.file = url.file;
	f.line = url.line;
	show(rows, "systemd-journal-upload", &f, is_enabled(h, "systemd-journal-upload.service"));
}

static void put_audisp(struct host *h, struct fact_rows *rows)
{
	struct setting active = { 0 }, server = { 0 };
	struct str file = STR("/etc/audit/plugins.d/au-remote.conf");
	struct str bytes = host_bytes(h, file, &file);
	struct forward f = { .protocol = STR("tcp"), .is_part = true };

	ini_last(bytes, file, "", "active", host_arena(h), &active);
	if (!str_bool(active.value, false))
		return;
	file = STR("/etc/audit/audisp-remote.conf");
	bytes = host_bytes(h, file, &file);
	ini_last(bytes, file, "", "remote_server", host_arena(h), &server);
	if (!server.value.ptr)
		return;
	f.target = server.value;
	f.file = server.file;
	f.line = server.line;
	show(rows, "auditd", &f, is_enabled(h, "auditd.service"));
}

/* Senders whose configuration is not read, or is not where it mostly is. */
static void put_others(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "fluentd.service", "td-agent.service",
		"vector.service", "promtail.service", "alloy.service", "nxlog.service",
		"SplunkForwarder.service", "elastic-agent.service", "otelcol.service",
		"otelcol-contrib.service", "graylog-sidecar.service", "grafana-agent.service",
		"logstash.service", "auditbeat.service", "journalbeat.service",
		"azuremonitoragent.service", "google-cloud-ops-agent.service",
		"amazon-cloudwatch-agent.service", "datadog-agent.service", "cribl.service" };
	static const struct {
		const char *unit, *file;
	} elsewhere[] = { { "fluent-bit.service", "/etc/fluent-bit/fluent-bit.conf" },
		{ "filebeat.service", "/etc/filebeat/filebeat.yml" } };

	for (size_t i = 0; i < COUNT(units); i++)
		put_running(h, rows, units[i]);
	for (size_t i = 0; i < COUNT(elsewhere); i++)
		if (!host_exists(h, elsewhere[i].file))
			put_running(h, rows, elsewhere[i].unit);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	put_tree(h, rows, "rsyslog", "/etc/rsyslog.conf", forward_rsyslog);
	put_tree(h, rows, "syslogd", "/etc/syslog.conf", forward_rsyslog);
	put_tree(h, rows, "inetutils-syslogd", "/etc/syslog.conf", forward_rsyslog);
	put_tree(h, rows, "syslog-ng", "/etc/syslog-ng/syslog-ng.conf", forward_syslog_ng);
	put_journal_upload(h, rows);
	put_audisp(h, rows);
	put_fluent_bit(h, rows);
	put_files(h, rows, "filebeat", "filebeat.service", "/etc/filebeat/filebeat.yml",
		forward_beat);
	put_files(h, rows, "wazuh-agent", "wazuh-agent.service", "/var/ossec/etc/ossec.conf",
		forward_ossec);
	put_others(h, rows);
	return 0;
}

const struct fact_table log_forwarding_table = {
	.name = "log_forwarding",
	.words = T("nơi nhật ký của máy này được gửi tới"),
	.columns = columns,
	.fill = fill,
};

/* ---- log_exposures ---- */

enum { X_PATH, X_MODE };

static const struct fact_column exposure_columns[] = {
	[X_PATH] = { "path", FACT_TEXT, T("tệp nhật ký") },
	[X_MODE] = { "mode", FACT_TEXT, T("quyền của tệp") },
	{ 0 },
};

#define EXPOSED_FILES_MAX 5000

static void look(struct host *h, struct fact_rows *rows, const char *dir, int depth, int *files)
{
	const struct str *names;
	size_t count;

	if (depth > 2 || host_list(h, dir, &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str path = arena_fmt(host_arena(h), "%s/%s", dir, names[i].ptr);
		struct host_stat st;

		if (++*files > EXPOSED_FILES_MAX) {
			host_gap(h, GAP_LIMIT, dir);
			return;
		}
		if (host_lstat(h, path.ptr, &st) != 0 || S_ISLNK(st.mode))
			continue;
		if ((S_ISREG(st.mode) && (st.mode & S_IWOTH)) ||
			(S_ISDIR(st.mode) && (st.mode & S_IWOTH) && !(st.mode & S_ISVTX))) {
			fact_row(rows);
			fact_text(rows, X_PATH, path);
			fact_text(rows, X_MODE,
				arena_fmt(host_arena(h), "%04o", (unsigned)(st.mode & 07777)));
		}
		/* journals have their own keeper, and a folder for each machine */
		if (S_ISDIR(st.mode) && !str_is(names[i], "journal"))
			look(h, rows, path.ptr, depth + 1, files);
	}
}

static int fill_exposures(struct host *h, struct fact_rows *rows, struct err *e)
{
	int files = 0;

	(void)e;
	look(h, rows, "/var/log", 0, &files);
	return 0;
}

const struct fact_table log_exposures_table = {
	.name = "log_exposures",
	.words = T("tệp, thư mục nhật ký mà tài khoản nào cũng sửa được"),
	.columns = exposure_columns,
	.fill = fill_exposures,
};

/* ---- log_seals ---- */

enum { S_FILE, S_IS_SEALED };

static const struct fact_column seal_columns[] = {
	[S_FILE] = { "file", FACT_TEXT, T("tệp nhật ký của systemd") },
	[S_IS_SEALED] = { "is_sealed", FACT_INT, T("1: bản ghi được đóng dấu chống sửa") },
	{ 0 },
};

static int fill_seals(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct str *machines;
	size_t count;

	(void)e;
	if (host_list(h, "/var/log/journal", &machines, &count) != 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const char *path = arena_fmt(
			host_arena(h), "/var/log/journal/%s/system.journal", machines[i].ptr)
					   .ptr;
		struct journal_header header;
		struct str head;

		if (host_read_head(h, path, JOURNAL_HEADER_BYTES, &head) != 0)
			continue;
		if (!journal_header(head, &header)) {
			host_gap(h, GAP_SYNTAX, path);
			continue;
		}
		fact_row(rows);
		fact_cstr(rows, S_FILE, path);
		fact_int(rows, S_IS_SEALED, header.is_sealed);
	}
	return 0;
}

const struct fact_table log_seals_table = {
	.name = "log_seals",
	.words = T("nhật ký của systemd và dấu chống sửa"),
	.columns = seal_columns,
	.fill = fill_seals,
};
