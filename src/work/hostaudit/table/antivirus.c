/* antivirus.c - antivirus products by their files (packs/checks/data/antivirus.csv), and of
 * ClamAV what its configuration and its databases say. Of other products only their own tool knows
 * more: NULL. */
#include "work/hostaudit/data.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/clamav.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum {
	PRODUCT,
	KIND,
	PATH,
	PROCESS,
	IS_SERVICE,
	IS_ENABLED,
	UNIT,
	DATABASE_AT,
	DATABASE,
	UPDATES,
	UPDATES_WHY,
	ONACCESS,
	ONACCESS_WHY,
	FILE_PATH,
	LINE
};

static const struct fact_column columns[] = {
	[PRODUCT] = { "product", FACT_TEXT, T("tên sản phẩm") },
	[KIND] = { "kind", FACT_TEXT,
		T("clamav (đọc được hết) hoặc vendor (chỉ công cụ của hãng biết)") },
	[PATH] = { "path", FACT_TEXT, T("dấu hiệu cài đặt") },
	[PROCESS] = { "process", FACT_TEXT, T("tên tiến trình quét") },
	[IS_SERVICE] = { "is_service", FACT_INT, T("có tiến trình quét thường trực được cài") },
	[IS_ENABLED] = { "is_enabled", FACT_INT, T("được khởi động cùng máy") },
	[UNIT] = { "unit", FACT_TEXT, T("dịch vụ") },
	[DATABASE_AT] = { "database_at_s", FACT_INT, T("lúc lập mẫu nhận diện, giây UTC") },
	[DATABASE] = { "database", FACT_TEXT, T("tệp mẫu nhận diện") },
	[UPDATES] = { "updates", FACT_INT,
		T("tự cập nhật mẫu; trống khi chỉ công cụ của hãng biết") },
	[UPDATES_WHY] = { "updates_found", FACT_TEXT, T("cách tự cập nhật") },
	[ONACCESS] = { "onaccess", FACT_INT,
		T("quét khi mở tệp; trống khi chỉ công cụ của hãng biết") },
	[ONACCESS_WHY] = { "onaccess_found", FACT_TEXT, T("thiết lập quét khi mở tệp") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp cấu hình") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

/* ---- ClamAV ---- */

static const char *first_there(struct host *h, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (host_exists(h, paths[i]))
			return paths[i];
	return NULL;
}

static const char *conf_of(struct host *h, bool is_freshclam)
{
	static const char *const fresh[] = { "/etc/clamav/freshclam.conf", "/etc/freshclam.conf" };
	static const char *const daemon[] = { "/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf",
		"/etc/clamd.conf" };

	return is_freshclam ? first_there(h, fresh, COUNT(fresh)) :
			      first_there(h, daemon, COUNT(daemon));
}

static struct setting conf_value(struct host *h, const char *path, const char *key)
{
	struct setting s = { 0 };
	struct str file = STR("");

	if (path != NULL)
		clamav_conf(host_bytes(h, str_of(path), &file), file, key, host_arena(h), &s);
	return s;
}

/* The build time of the newest daily database. */
static void show_database(struct host *h, struct fact_rows *rows)
{
	static const char *const names[] = { "daily.cld", "daily.cvd", "daily.inc/daily.info" };
	struct setting dir = conf_value(h, conf_of(h, true), "DatabaseDirectory");
	struct str folder = dir.value.len > 0 ? dir.value : STR("/var/lib/clamav");
	int64_t newest = 0, at_s;
	struct str header, best = STR("");

	for (size_t i = 0; i < COUNT(names); i++) {
		struct str path = arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(folder), names[i]);

		if (host_read_head(h, path.ptr, 512, &header) < 0)
			continue;
		if (!clamav_header(header, &at_s)) {
			host_gap(h, GAP_SYNTAX, path.ptr);
		} else if (at_s > newest) {
			newest = at_s;
			best = path;
		}
	}
	if (newest > 0) {
		fact_int(rows, DATABASE_AT, newest);
		fact_text(rows, DATABASE, best);
	}
}

static void show_updates(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "clamav-freshclam.service",
		"clamav-freshclam-once.timer", "freshclam.service", "clamav-freshclam.timer" };
	const char *path = conf_of(h, true);
	struct setting checks = conf_value(h, path, "Checks");
	struct setting example = conf_value(h, path, "Example");
	const char *unit = NULL;

	for (size_t i = 0; i < COUNT(units) && unit == NULL; i++)
		if (unit_starts(h, units[i]))
			unit = units[i];
	if (path == NULL || !host_exists(h, "/usr/bin/freshclam")) {
		fact_int(rows, UPDATES, 0);
		fact_cstr(rows, UPDATES_WHY, "freshclam: absent");
		return;
	}
	fact_cstr(rows, FILE_PATH, path);
	fact_int(rows, LINE, example.file.len > 0 ? example.line : checks.line);
	if (example.file.len > 0) {
		fact_int(rows, UPDATES, 0);
		fact_cstr(rows, UPDATES_WHY, "Example");
	} else if (unit != NULL && str_is(checks.value, "0")) {
		fact_int(rows, UPDATES, 0);
		fact_cstr(rows, UPDATES_WHY, "Checks 0");
	} else {
		fact_int(rows, UPDATES, unit != NULL);
		fact_cstr(rows, UPDATES_WHY, unit != NULL ? unit : "clamav-freshclam.service: off");
	}
}

static bool is_enabled(struct host *h, const char *unit)
{
	static const char *const sockets[] = { "clamav-daemon.socket" };

	if (unit_starts(h, unit))
		return true;
	for (size_t i = 0; i < COUNT(sockets); i++)
		if (str_starts(str_of(unit), "clamav-daemon") && unit_starts(h, sockets[i]))
			return true;
	return false;
}

/* Does UNIT take another with it that is clamd? Debian's clamonacc does. */
static bool takes_clamd_along(struct host *h, const char *unit)
{
	static const char *const keys[] = { "Requires", "Wants", "BindsTo", "Upholds" };
	struct str others, name;

	for (size_t i = 0; i < COUNT(keys); i++) {
		others = systemd_unit_lines(h, unit, "Unit", keys[i]);
		while (str_next_word(&others, " \t\n", &name)) {
			struct unit other;

			if (!str_starts(name, "clamav-daemon.") && !str_starts(name, "clamd"))
				continue;
			other = systemd_unit(h, arena_cstr(host_arena(h), name));
			if (other.state == UNIT_STATIC || other.state == UNIT_DISABLED ||
				other.state == UNIT_ENABLED)
				return true;
		}
	}
	return false;
}

/* Is there a clamd that clamonacc can ask, of this machine or of another? */
static bool has_clamd(struct host *h, const char *conf, const char *onaccess_unit)
{
	struct str at = conf_value(h, conf, "TCPAddr").value;
	const struct unit_link *links;
	size_t count;

	if (conf_value(h, conf, "LocalSocket").value.len == 0 && at.len > 0 &&
		!str_starts(at, "127.") && !str_is(at, "::1") && !str_is(at, "localhost"))
		return true;
	if (!host_exists(h, "/usr/sbin/clamd"))
		return false;
	if (is_enabled(h, "clamav-daemon.service") || takes_clamd_along(h, onaccess_unit))
		return true;
	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++)
		if (str_starts(links[i].name, "clamd") && unit_starts(h, links[i].name.ptr))
			return true;
	return false;
}

static void show_onaccess(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "clamav-clamonacc.service", "clamonacc.service" };
	const char *path = conf_of(h, false);
	struct setting include = conf_value(h, path, "OnAccessIncludePath");
	struct setting mount = conf_value(h, path, "OnAccessMountPath");
	struct setting prevent = conf_value(h, path, "OnAccessPrevention");
	/* clamonacc asks clamd, which does not start with this word left in its file */
	bool is_example = conf_value(h, path, "Example").file.len > 0;
	const char *unit = unit_starts(h, units[0]) ? units[0] : units[1];
	bool is_started = unit_starts(h, unit);
	bool is_alone = is_started && !has_clamd(h, path, unit);
	bool is_watching = include.value.len > 0 || mount.value.len > 0;

	fact_int(rows, ONACCESS, is_started && is_watching && !is_example && !is_alone);
	fact_text(rows, ONACCESS_WHY,
		arena_fmt(host_arena(h),
			"clamonacc: %s; OnAccessIncludePath: %.*s; OnAccessPrevention: %.*s%s%s",
			is_started ? "enabled" : "off",
			STR_FMT(include.value.len > 0       ? include.value :
					mount.value.len > 0 ? mount.value :
							      STR("none")),
			STR_FMT(prevent.value.len > 0 ? prevent.value : STR("no")),
			is_example ? "; Example" : "", is_alone ? "; clamd: off" : ""));
}

/* ---- all products ---- */

static void show(struct host *h, struct fact_rows *rows, const struct data_antivirus *p)
{
	bool is_clamav = str_is(str_of(p->kind), "clamav");
	/* whichever sign was found first, Debian's daemon has one unit */
	const char *unit =
		is_clamav && host_exists(h, "/usr/lib/systemd/system/clamav-daemon.service") ?
		"clamav-daemon.service" :
		p->unit;

	fact_row(rows);
	fact_cstr(rows, PRODUCT, p->name);
	fact_cstr(rows, KIND, p->kind);
	fact_cstr(rows, PATH, p->path);
	fact_cstr(rows, PROCESS, p->process);
	fact_cstr(rows, UNIT, unit);
	fact_int(rows, IS_SERVICE, !is_clamav || host_exists(h, "/usr/sbin/clamd"));
	fact_int(rows, IS_ENABLED,
		is_enabled(h, unit) || (is_clamav && unit_starts(h, "clamd@scan.service")));
	if (!is_clamav)
		return;
	show_database(h, rows);
	show_updates(h, rows);
	show_onaccess(h, rows);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	const char *shown = "";

	for (size_t i = 0; i < data_antivirus_count; i++) {
		const struct data_antivirus *p = &data_antivirus[i];

		/* Rows of one product stand together; its first sign is enough. */
		if (str_is(str_of(p->name), shown) || !host_exists(h, p->path))
			continue;
		shown = p->name;
		show(h, rows, p);
	}
	/* "none" is only as good as the right to look: a folder that is shut is a gap */
	for (size_t i = 0; *shown == '\0' && i < data_antivirus_count; i++) {
		struct host_stat st;

		(void)host_stat(h, data_antivirus[i].path, &st);
	}
	return 0;
}

const struct fact_table antivirus_table = {
	.name = "antivirus",
	.words = T("phần mềm phòng chống mã độc đã cài"),
	.columns = columns,
	.fill = fill,
};
