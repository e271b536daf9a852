/* logs.c - how long logs are kept: what logrotate, journald and auditd are told
 * (log_policies) and how far back the files on the disk really reach (log_spans). */
#include <sys/stat.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/log_sweeps.h"
#include "work/hostaudit/resolve/ini.h"
#include "work/hostaudit/resolve/journal.h"
#include "work/hostaudit/resolve/logrotate.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

/* ---- logrotate, for both tables ---- */

#define FILES_MAX 2000
#define LOGS_MAX 2000

/* FILES: those of the pattern that are there and that no block before had. */
typedef void policy_found(void *context, struct str pattern, const struct rotate_policy *p,
	const struct str *files, size_t count);

struct seen_log {
	struct str path;
	bool is_lenient;
};

struct rotation {
	struct host *h;
	struct logrotate l;
	policy_found *found;
	void *context;
	VEC(struct seen_log) seen;
	int depth;
	int files; /* read so far: includes may name one another */
};

static void read_file(struct rotation *r, const char *path)
{
	const struct host_file *file;
	int64_t outer = r->l.bad_line; /* of the file that includes this one */

	if (r->depth >= LIMIT_HOST_INCLUDE_DEPTH || ++r->files > FILES_MAX) {
		host_gap(r->h, GAP_LOOP, path);
		return;
	}
	/* logrotate passes over what others may write, or what is not root's */
	if (host_read(r->h, path, &file) < 0 || host_is_loose(r->h, file->mode, file->uid))
		return;
	r->depth++;
	logrotate_read(&r->l, file->bytes, file->path);
	r->depth--;
	if (r->l.bad_line > 0)
		host_gap(r->h, GAP_SYNTAX, path);
	r->l.bad_line = outer;
}

static void include(void *context, struct str path)
{
	struct rotation *r = context;
	const char *name = arena_cstr(host_arena(r->h), path);
	VEC(struct str) taken = { 0 };
	const struct str *names;
	struct host_stat st;
	size_t count;

	if (host_stat(r->h, name, &st) != 0)
		return;
	if (!S_ISDIR(st.mode)) {
		read_file(r, name);
		return;
	}
	if (host_list(r->h, name, &names, &count) < 0)
		return;
	/* it looks at all names before it reads the first of the files */
	for (size_t i = 0; i < count; i++)
		if (!logrotate_is_taboo(&r->l, names[i]))
			vec_push(host_arena(r->h), &taken,
				arena_fmt(host_arena(r->h), "%s/%.*s", name, STR_FMT(names[i])));
	for (size_t i = 0; i < taken.len; i++)
		read_file(r, taken.at[i].ptr);
}

static void files_of(struct host *h, struct str pattern, const struct str **ret, size_t *ret_count)
{
	*ret_count = 0;
	if (pattern.len == 0 || pattern.ptr[0] != '/' ||
		host_glob(h, arena_cstr(host_arena(h), pattern), ret, ret_count) < 0)
		*ret_count = 0;
}

static const struct seen_log *seen_before(const struct rotation *r, struct str path)
{
	for (size_t i = 0; i < r->seen.len; i++)
		if (str_eq(r->seen.at[i].path, path))
			return &r->seen.at[i];
	return NULL;
}

/* A log that a block before had is an error to logrotate: the first one counts, and of the pattern
 * that names it again the rest is lost. A name without a file counts as written. */
static void found_pattern(void *context, struct str pattern, const struct rotate_policy *p)
{
	struct rotation *r = context;
	struct arena *a = host_arena(r->h);
	const struct str *paths;
	const struct seen_log *before;
	VEC(struct str) mine = { 0 };
	size_t count, i, taken = 0;
	bool is_there;

	files_of(r->h, pattern, &paths, &count);
	is_there = count > 0;
	for (i = 0; i < (is_there ? count : 1); i++) {
		struct seen_log one = { is_there ? paths[i] : pattern, p->is_lenient };

		before = seen_before(r, one.path);
		if (before && before->is_lenient)
			continue;
		if (before)
			break;
		if (r->seen.len >= LOGS_MAX) {
			host_gap(r->h, GAP_LIMIT, "/etc/logrotate.conf");
			return;
		}
		vec_push(a, &r->seen, one);
		taken++;
		if (is_there)
			vec_push(a, &mine, one.path);
	}
	if (taken > 0)
		r->found(r->context, pattern, p, mine.at, mine.len);
}

/* The files that logrotate.service names, mostly the one. */
static void read_main(struct rotation *r)
{
	struct setting command = { 0 };
	struct str rest, word;
	bool is_any = false;

	if (!unit_starts(r->h, "logrotate.timer")) {
		read_file(r, "/etc/logrotate.conf");
		return;
	}
	systemd_unit_conf(r->h, "logrotate.service", "Service", "ExecStart", &command);
	rest = command.value;
	if (str_next_word(&rest, " \t", &word) && str_is(path_base(word), "logrotate"))
		while (str_next_word(&rest, " \t\"'", &word)) {
			if (str_is(word, "-s") || str_is(word, "--state") || str_is(word, "-l") ||
				str_is(word, "-m"))
				(void)str_next_word(&rest, " \t\"'", &word);
			else if (str_starts(word, "/")) {
				read_file(r, arena_cstr(host_arena(r->h), word));
				is_any = true;
			}
		}
	if (!is_any)
		read_file(r, "/etc/logrotate.conf");
}

static void each_policy(struct host *h, policy_found *found, void *context)
{
	struct rotation *r = arena_new(host_arena(h), struct rotation);

	r->h = h;
	r->found = found;
	r->context = context;
	logrotate_init(&r->l, host_arena(h));
	r->l.found = found_pattern;
	r->l.include = include;
	r->l.context = r;
	read_main(r);
}

/* Is anything there that runs logrotate? Without it nothing is rotated and nothing deleted. */
static bool is_run(struct host *h)
{
	return unit_starts(h, "logrotate.timer") || host_exists(h, "/etc/cron.daily/logrotate") ||
		host_exists(h, "/etc/cron.hourly/logrotate");
}

/* ---- auditd ---- */

struct audit_log {
	struct setting action, count, disk_full, space_left;
	struct str path;
};

/* The last KEY of auditd.conf; its words have no case. */
static void audit_last(
	struct str bytes, struct str file, const char *key, struct arena *a, struct setting *s)
{
	struct str line, name, value;

	for (int64_t n = 1; str_next_line(&bytes, &line); n++)
		if (str_split(line, '=', &name, &value) && str_is_nocase(str_trim(name), key))
			setting_win(s, a, str_trim(value), file, (int)n);
}

/* False when auditd is not there. */
static bool read_auditd(struct host *h, struct audit_log *ret)
{
	const char *conf = "/etc/audit/auditd.conf";
	struct arena *a = host_arena(h);
	struct str file = STR("");
	struct setting path = { 0 };
	struct str bytes;

	*ret = (struct audit_log){ 0 };
	if (!host_exists(h, "/usr/sbin/auditd") && !host_exists(h, "/sbin/auditd"))
		return false;
	bytes = host_bytes(h, str_of(conf), &file);
	audit_last(bytes, file, "max_log_file_action", a, &ret->action);
	audit_last(bytes, file, "num_logs", a, &ret->count);
	audit_last(bytes, file, "disk_full_action", a, &ret->disk_full);
	audit_last(bytes, file, "space_left_action", a, &ret->space_left);
	audit_last(bytes, file, "log_file", a, &path);
	ret->path = path.value.len > 0 ? path.value : STR("/var/log/audit/audit.log");
	return true;
}

/* ---- journald ---- */

struct journal {
	const char *storage; /* persistent, volatile, none */
	struct setting storage_set, retention, size;
	int64_t retention_days; /* 0: no end */
};

static bool is_storage(struct str v)
{
	return str_is(v, "auto") || str_is(v, "persistent") || str_is(v, "volatile") ||
		str_is(v, "none");
}

static bool is_span(struct str v)
{
	uint64_t us;

	return systemd_span(v, &us); /* an empty one is refused, and the former stays */
}

/* "100M", "1G", "104857600", by 1024; SIZE_MAX for what journald refuses. */
static uint64_t size_of(struct str v)
{
	static const char units[] = "KMGTPE";
	uint64_t n, unit = 1;

	for (size_t i = 0; v.len > 1 && units[i]; i++) {
		unit *= KIB;
		if (v.ptr[v.len - 1] == units[i])
			return str_to_u64(str_until(v, v.len - 1), 10, &n) &&
					n < UINT64_MAX / unit ?
				n * unit :
				UINT64_MAX;
	}
	return str_to_u64(v, 10, &n) ? n : UINT64_MAX;
}

static bool is_size(struct str v)
{
	return size_of(v) != UINT64_MAX;
}

static struct journal read_journald(struct host *h)
{
	struct journal j = { .storage = "volatile" };
	uint64_t us;

	systemd_conf(h, "journald.conf", "Journal", "Storage", is_storage, &j.storage_set);
	systemd_conf(h, "journald.conf", "Journal", "MaxRetentionSec", is_span, &j.retention);
	systemd_conf(h, "journald.conf", "Journal", "SystemMaxUse", is_size, &j.size);
	if (str_is(j.storage_set.value, "persistent") ||
		((j.storage_set.value.len == 0 || str_is(j.storage_set.value, "auto")) &&
			host_exists(h, "/var/log/journal")))
		j.storage = "persistent";
	else if (str_is(j.storage_set.value, "none"))
		j.storage = "none";
	if (j.retention.value.len > 0 && systemd_span(j.retention.value, &us) && us != UINT64_MAX)
		j.retention_days = (int64_t)(us / 1000000 / CLOCK_DAY_S);
	if (j.retention_days == 0 && j.retention.value.len > 0 &&
		systemd_span(j.retention.value, &us) && us > 0 && us != UINT64_MAX)
		j.retention_days = 1; /* less than a day is not without end */
	return j;
}

static bool has_journald(struct host *h)
{
	return host_exists(h, "/usr/lib/systemd/systemd-journald") ||
		host_exists(h, "/lib/systemd/systemd-journald");
}

/* ---- log_policies ---- */

enum {
	KEEPER,
	PATTERN,
	FILES,
	PERIOD,
	COUNT_KEPT,
	KEPT_DAYS,
	ENDS,
	MAX_BYTES,
	FOUND,
	FILE_PATH,
	LINE,
	LOST
};

static const struct fact_column policy_columns[] = {
	[KEEPER] = { "keeper", FACT_TEXT, T("logrotate, journald, auditd hoặc tmpfiles") },
	[PATTERN] = { "pattern", FACT_TEXT, T("tệp nhật ký") },
	[FILES] = { "files", FACT_INT, T("số tệp đang có") },
	[PERIOD] = { "period", FACT_TEXT, T("chu kỳ xoay vòng") },
	[COUNT_KEPT] = { "kept", FACT_INT, T("số bản cũ được giữ; -1 là giữ tất cả") },
	[KEPT_DAYS] = { "kept_days", FACT_INT,
		T("số ngày chắc chắn được giữ; trống khi không tính được") },
	[ENDS] = { "ends", FACT_TEXT, T("điều làm mất nhật ký: time, size, never, restart") },
	[MAX_BYTES] = { "max_bytes", FACT_INT,
		T("số byte nhật ký được chiếm; trống khi không đặt") },
	[FOUND] = { "found", FACT_TEXT, T("thiết lập tìm thấy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp cấu hình") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị thay thế") },
	{ 0 },
};

struct policies {
	struct host *h;
	struct fact_rows *rows;
	bool is_run;
};

static void show_policy(void *context, struct str pattern, const struct rotate_policy *p,
	const struct str *files, size_t count)
{
	struct policies *s = context;
	int64_t days = rotate_days(p);

	fact_row(s->rows);
	fact_cstr(s->rows, KEEPER, "logrotate");
	fact_text(s->rows, PATTERN, pattern);
	fact_int(s->rows, FILES, (int64_t)count);
	fact_cstr(s->rows, PERIOD, rotate_name(p->by));
	fact_int(s->rows, COUNT_KEPT, p->count);
	if (!s->is_run || days == -1)
		fact_cstr(s->rows, ENDS, "never");
	else if (days == -2 || (p->has_max_size && days > 0))
		fact_cstr(s->rows, ENDS, "size");
	else {
		fact_cstr(s->rows, ENDS, "time");
		fact_int(s->rows, KEPT_DAYS, days);
	}
	fact_text(s->rows, FOUND,
		p->max_age_days > 0 ?
			arena_fmt(host_arena(s->h), "%s, rotate %lld, maxage %lld%s",
				rotate_name(p->by), (long long)p->count, (long long)p->max_age_days,
				p->has_max_size ? ", maxsize" : "") :
			arena_fmt(host_arena(s->h), "%s, rotate %lld%s", rotate_name(p->by),
				(long long)p->count, p->has_max_size ? ", maxsize" : ""));
	if (p->file.len > 0) {
		fact_text(s->rows, FILE_PATH, p->file);
		fact_int(s->rows, LINE, p->line);
	}
}

static void show_journal(struct host *h, struct fact_rows *rows)
{
	struct journal j = read_journald(h);
	bool is_kept = str_is(str_of(j.storage), "persistent");
	bool has_size = is_kept && j.size.value.len > 0;
	const struct setting *why = j.retention.value.len > 0 ? &j.retention :
		has_size                                      ? &j.size :
								&j.storage_set;

	fact_row(rows);
	fact_cstr(rows, KEEPER, "journald");
	fact_cstr(rows, PATTERN, "journal");
	fact_cstr(rows, ENDS, !is_kept ? "restart" : j.retention_days > 0 ? "time" : "never");
	if (is_kept && j.retention_days > 0)
		fact_int(rows, KEPT_DAYS, j.retention_days);
	fact_text(rows, FOUND,
		arena_fmt(host_arena(h), "Storage: %s; MaxRetentionSec: %.*s%s%.*s", j.storage,
			STR_FMT(j.retention.value.len > 0 ? j.retention.value : STR("0")),
			has_size ? "; SystemMaxUse: " : "",
			STR_FMT(has_size ? j.size.value : STR(""))));
	if (has_size && size_of(j.size.value) <= INT64_MAX)
		fact_int(rows, MAX_BYTES, (int64_t)size_of(j.size.value));
	if (why->file.len > 0) {
		fact_text(rows, FILE_PATH, why->file);
		fact_int(rows, LINE, why->line);
		fact_text(rows, LOST, why->lost);
	}
}

static void show_auditd(struct host *h, struct fact_rows *rows)
{
	struct audit_log log;
	bool is_ended;

	if (!read_auditd(h, &log))
		return;
	is_ended = log.action.value.len == 0 || str_is_nocase(log.action.value, "rotate");
	fact_row(rows);
	fact_cstr(rows, KEEPER, "auditd");
	fact_text(rows, PATTERN, log.path);
	fact_cstr(rows, ENDS, is_ended ? "size" : "never");
	fact_text(rows, FOUND,
		arena_fmt(host_arena(h), "max_log_file_action = %.*s",
			STR_FMT(log.action.value.len > 0 ? log.action.value : STR("ROTATE"))));
	if (log.action.file.len > 0) {
		fact_text(rows, FILE_PATH, log.action.file);
		fact_int(rows, LINE, log.action.line);
	}
}

static void show_sweep(void *context, const struct log_sweep *sweep)
{
	struct policies *s = context;

	fact_row(s->rows);
	fact_cstr(s->rows, KEEPER, "tmpfiles");
	fact_text(s->rows, PATTERN, sweep->path);
	fact_cstr(s->rows, ENDS, "time");
	fact_int(s->rows, KEPT_DAYS, sweep->days);
	fact_text(s->rows, FOUND,
		arena_fmt(host_arena(s->h), "systemd-tmpfiles, %.*s", STR_FMT(sweep->age)));
	fact_text(s->rows, FILE_PATH, sweep->file);
	fact_int(s->rows, LINE, sweep->line);
}

static int fill_policies(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct policies s = { h, rows, is_run(h) };

	if (host_exists(h, "/usr/sbin/logrotate"))
		each_policy(h, show_policy, &s);
	if (has_journald(h))
		show_journal(h, rows);
	show_auditd(h, rows);
	log_sweeps(h, show_sweep, &s);
	return 0;
}

const struct fact_table log_policies_table = {
	.name = "log_policies",
	.words = T("thiết lập giữ nhật ký"),
	.columns = policy_columns,
	.fill = fill_policies,
};

/* ---- log_spans ---- */

enum { S_KEEPER, S_PATH, S_OLDEST, S_NEWEST, S_FILES, S_IS_TRIMMED, S_OLDEST_FILE };

static const struct fact_column span_columns[] = {
	[S_KEEPER] = { "keeper", FACT_TEXT, T("logrotate, journald hoặc auditd") },
	[S_PATH] = { "path", FACT_TEXT, T("nhật ký") },
	[S_OLDEST] = { "oldest_at_s", FACT_INT, T("bản ghi cũ nhất còn lại, giây UTC") },
	[S_NEWEST] = { "newest_at_s", FACT_INT, T("bản ghi mới nhất, giây UTC") },
	[S_FILES] = { "files", FACT_INT, T("số tệp") },
	[S_IS_TRIMMED] = { "is_trimmed", FACT_INT, T("phần cũ hơn đã bị xóa") },
	[S_OLDEST_FILE] = { "file", FACT_TEXT, T("tệp cũ nhất") },
	{ 0 },
};

struct span {
	int64_t oldest_s, newest_s, files;
	struct str oldest_file;
	bool is_trimmed;
};

static void show_span(
	struct fact_rows *rows, const char *keeper, struct str path, const struct span *s)
{
	fact_row(rows);
	fact_cstr(rows, S_KEEPER, keeper);
	fact_text(rows, S_PATH, path);
	fact_int(rows, S_OLDEST, s->oldest_s);
	fact_int(rows, S_NEWEST, s->newest_s);
	fact_int(rows, S_FILES, s->files);
	fact_int(rows, S_IS_TRIMMED, s->is_trimmed);
	fact_text(rows, S_OLDEST_FILE, s->oldest_file);
}

/* Records are numbered through all files: when the oldest number left is not the first, some are
 * gone. */
static void read_journal(struct host *h, struct str folder, struct span *s, uint64_t *first_number)
{
	const struct str *names;
	size_t count;

	if (host_list(h, folder.ptr, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str path =
			arena_fmt(host_arena(h), "%s/%.*s", folder.ptr, STR_FMT(names[i]));
		struct journal_header header;
		struct str head;

		if (!str_starts(names[i], "system") || !str_ends(names[i], ".journal") ||
			host_read_head(h, path.ptr, JOURNAL_HEADER_BYTES, &head) < 0)
			continue;
		if (!journal_header(head, &header)) {
			host_gap(h, GAP_SYNTAX, path.ptr);
			continue;
		}
		if (header.first_at_s == 0)
			continue;
		s->files++;
		if (header.last_at_s > s->newest_s)
			s->newest_s = header.last_at_s;
		if (s->oldest_s == 0 || header.first_at_s < s->oldest_s) {
			s->oldest_s = header.first_at_s;
			s->oldest_file = path;
			*first_number = header.first_number;
		}
	}
}

static void show_journal_span(struct host *h, struct fact_rows *rows)
{
	struct str id = str_trim(host_bytes(h, STR("/etc/machine-id"), NULL));
	struct span s = { 0 };
	uint64_t first_number = 1;

	if (id.len == 0 || !has_journald(h))
		return;
	read_journal(h, arena_fmt(host_arena(h), "/var/log/journal/%.*s", STR_FMT(id)), &s,
		&first_number);
	s.is_trimmed = first_number > 1;
	if (s.files > 0)
		show_span(rows, "journald", STR("journal"), &s);
}

/* "syslog.1", "syslog.2.gz", "messages-20260101": what logrotate makes of BASE. */
static bool is_sibling(struct str name, struct str base)
{
	struct str rest;

	if (name.len <= base.len + 1 || !str_eq(str_until(name, base.len), base))
		return false;
	rest = str_from(name, base.len);
	return (rest.ptr[0] == '.' || rest.ptr[0] == '-') && rest.ptr[1] >= '0' &&
		rest.ptr[1] <= '9';
}

static int64_t period_s(enum rotate_by by)
{
	static const int64_t days[] = { 1, 1, 7, 30, 365, 0 };

	return days[by] * CLOCK_DAY_S;
}

/* The file and its older siblings. A rotated file was last written when it was put aside; its first
 * record is about one period older. */
static bool read_text_span(
	struct host *h, struct str path, const struct rotate_policy *p, struct span *s)
{
	struct str base = path_base(path);
	struct str folder = arena_str(host_arena(h), str_until(path, path.len - base.len - 1));
	int64_t siblings = 0;
	const struct str *names;
	struct host_stat st;
	size_t count;

	if (is_sibling(base, STR("")) || host_list(h, folder.ptr, &names, &count) < 0 ||
		host_stat(h, path.ptr, &st) != 0)
		return false;
	*s = (struct span){
		.newest_s = st.mtime_s, .oldest_s = st.mtime_s, .files = 1, .oldest_file = path
	};
	for (size_t i = 0; i < count; i++) {
		struct str sibling;

		if (!is_sibling(names[i], base))
			continue;
		sibling = arena_fmt(host_arena(h), "%s/%.*s", folder.ptr, STR_FMT(names[i]));
		if (host_stat(h, sibling.ptr, &st) != 0)
			continue;
		siblings++;
		s->files++;
		if (st.mtime_s < s->oldest_s) {
			s->oldest_s = st.mtime_s;
			s->oldest_file = sibling;
		}
	}
	if (siblings > 0)
		s->oldest_s -= period_s(p->by);
	s->is_trimmed = p->count >= 0 && siblings >= p->count && siblings > 0;
	return true;
}

struct spans {
	struct host *h;
	struct fact_rows *rows;
};

static void show_text_spans(void *context, struct str pattern, const struct rotate_policy *p,
	const struct str *files, size_t count)
{
	struct spans *c = context;

	for (size_t i = 0; i < count && i < 1000; i++) {
		struct span s;

		if (read_text_span(c->h, files[i], p, &s))
			show_span(c->rows, "logrotate", files[i], &s);
	}
}

static void show_audit_span(struct host *h, struct fact_rows *rows)
{
	struct rotate_policy p = { .by = ROTATE_SIZE, .count = 4 };
	struct audit_log log;
	struct span s;

	if (!read_auditd(h, &log))
		return;
	if (str_to_i64(log.count.value, &p.count))
		p.count--; /* num_logs counts the one that is written */
	if (read_text_span(h, log.path, &p, &s))
		show_span(rows, "auditd", log.path, &s);
}

static int fill_spans(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct spans c = { h, rows };

	show_journal_span(h, rows);
	if (host_exists(h, "/usr/sbin/logrotate"))
		each_policy(h, show_text_spans, &c);
	show_audit_span(h, rows);
	return 0;
}

const struct fact_table log_spans_table = {
	.name = "log_spans",
	.words = T("nhật ký thực có trên đĩa"),
	.columns = span_columns,
	.fill = fill_spans,
};

/* ---- log_limits: what happens when the disk fills ---- */

enum { L_KEEPER, L_IS_SAFE, L_FOUND, L_FILE, L_LINE };

static const struct fact_column limit_columns[] = {
	[L_KEEPER] = { "keeper", FACT_TEXT, T("chương trình ghi nhật ký") },
	[L_IS_SAFE] = { "is_safe", FACT_INT, T("có cảnh báo hoặc giới hạn trước khi đầy đĩa") },
	[L_FOUND] = { "found", FACT_TEXT, T("thiết lập tìm thấy") },
	[L_FILE] = { "file", FACT_TEXT, T("tệp cấu hình") },
	[L_LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

static int fill_limits(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct audit_log log;
	const struct setting *why;

	if (!read_auditd(h, &log))
		return 0;
	/* Told to say nothing while space runs out: then records are lost without a word. */
	why = str_is_nocase(log.space_left.value, "ignore") ? &log.space_left : &log.disk_full;
	fact_row(rows);
	fact_cstr(rows, L_KEEPER, "auditd");
	fact_int(rows, L_IS_SAFE,
		!str_is_nocase(log.space_left.value, "ignore") &&
			!str_is_nocase(log.disk_full.value, "ignore"));
	fact_text(rows, L_FOUND,
		arena_fmt(host_arena(h), "space_left_action = %.*s, disk_full_action = %.*s",
			STR_FMT(log.space_left.value), STR_FMT(log.disk_full.value)));
	if (why->file.len > 0) {
		fact_text(rows, L_FILE, why->file);
		fact_int(rows, L_LINE, why->line);
	}
	return 0;
}

const struct fact_table log_limits_table = {
	.name = "log_limits",
	.words = T("chương trình ghi nhật ký làm gì khi sắp hết đĩa"),
	.columns = limit_columns,
	.fill = fill_limits,
};
