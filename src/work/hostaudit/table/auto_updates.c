/* auto_updates.c - does the system update itself: for apt the chain that must hold from the
 * timer over the periodic settings to the origins that unattended-upgrades takes, as
 * apt.systemd.daily and unattended-upgrade walk it; for dnf and yum their automatic service. The
 * first broken link is told. */
#include "work/hostaudit/apt.h"
#include "work/hostaudit/apt_origins.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/resolve/apt.h"
#include "work/hostaudit/resolve/dnf.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"

enum {
	MECHANISM,
	PROBLEM,
	DETAIL,
	LISTS_DAYS,
	UPGRADE_DAYS,
	SUCCESS_AT,
	CONFIG_AT,
	FOUND,
	FILE_PATH,
	LINE,
	LOST
};

static const struct fact_column columns[] = {
	[MECHANISM] = { "mechanism", FACT_TEXT, T("cơ chế tự cập nhật") },
	[PROBLEM] = { "problem", FACT_TEXT,
		T("khâu bị đứt đầu tiên; trống khi cả chuỗi hoạt động") },
	[DETAIL] = { "detail", FACT_TEXT, T("chi tiết của khâu đó") },
	[LISTS_DAYS] = { "lists_days", FACT_INT, T("chu kỳ tải danh mục gói, ngày") },
	[UPGRADE_DAYS] = { "upgrade_days", FACT_INT, T("chu kỳ cài bản vá, ngày") },
	[SUCCESS_AT] = { "success_at_s", FACT_INT, T("lần tự cập nhật gần nhất, giây UTC") },
	[CONFIG_AT] = { "config_at_s", FACT_INT, T("lúc bật chế độ này, giây UTC") },
	[FOUND] = { "found", FACT_TEXT, T("giá trị tìm thấy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị thay thế") },
	{ 0 },
};

struct finding {
	const char *mechanism, *problem; /* problem NULL: the chain holds */
	const char *detail;
	int64_t lists_days, upgrade_days, success_at_s, config_at_s;
	struct str found, file, lost;
	int64_t line;
};

static void show(struct fact_rows *rows, const struct finding *f)
{
	fact_row(rows);
	fact_cstr(rows, MECHANISM, f->mechanism);
	fact_cstr(rows, PROBLEM, f->problem);
	fact_cstr(rows, DETAIL, f->detail);
	if (f->lists_days > 0)
		fact_int(rows, LISTS_DAYS, f->lists_days);
	if (f->upgrade_days > 0)
		fact_int(rows, UPGRADE_DAYS, f->upgrade_days);
	if (f->success_at_s > 0)
		fact_int(rows, SUCCESS_AT, f->success_at_s);
	if (f->config_at_s > 0)
		fact_int(rows, CONFIG_AT, f->config_at_s);
	fact_text(rows, FOUND, f->found);
	if (f->file.len > 0) {
		fact_text(rows, FILE_PATH, f->file);
		fact_int(rows, LINE, f->line);
		fact_text(rows, LOST, f->lost);
	}
}

static int64_t newest_mtime(struct host *h, const char *const *paths, size_t count)
{
	int64_t newest = 0;
	struct host_stat st;

	for (size_t i = 0; i < count; i++)
		if (host_stat(h, paths[i], &st) == 0 && st.mtime_s > newest)
			newest = st.mtime_s;
	return newest;
}

/* ---- apt: the settings ---- */

/* "1", "7d", "12h", "always" of apt.systemd.daily as days, rounded up; 0 off; -1 not understood. */
static int64_t interval_days(struct str s)
{
	int64_t n, unit = CLOCK_DAY_S;

	if (str_is(s, "always"))
		return 1;
	if (s.len > 0) {
		char last = s.ptr[s.len - 1];

		unit = last == 's' ? 1 : last == 'm' ? 60 : last == 'h' ? 3600 : unit;
		if (last == 's' || last == 'm' || last == 'h' || last == 'd')
			s = str_until(s, s.len - 1);
	}
	if (!str_to_i64(s, &n) || n < 0 || n > 100000000)
		return -1;
	return (n * unit + CLOCK_DAY_S - 1) / CLOCK_DAY_S;
}

static void point_at(struct finding *f, const struct apt_conf *c, const char *name)
{
	const struct apt_item *i = apt_conf_find(c, name);

	if (i == NULL || i->file.ptr == NULL)
		return;
	f->file = i->file;
	f->line = i->line;
	f->lost = i->lost;
	f->found = arena_fmt(c->a, "%s \"%.*s\"", name, STR_FMT(i->value));
}

/* The interval of NAME in days; problem when it is off. */
static int64_t interval(
	struct finding *f, const struct apt_conf *c, const char *name, const char *problem)
{
	struct str value = apt_conf_value(c, name, "0");
	int64_t days = interval_days(value);

	if (days > 0)
		return days;
	f->problem = days == 0 ? problem : "not-understood";
	f->detail = name;
	f->found = arena_fmt(c->a, "%s \"%.*s\"", name, STR_FMT(value));
	point_at(f, c, name);
	return 0;
}

/* ---- apt: which origins are taken ---- */

/* What the security suite calls itself when no Release file is there to ask. */
static struct apt_release assumed_release(struct arena *a, const struct os_release *os)
{
	bool is_ubuntu = str_is(os->id, "ubuntu");
	struct str security = arena_fmt(a, "%.*s-security", STR_FMT(os->codename));

	return (struct apt_release){
		.origin = is_ubuntu ? STR("Ubuntu") : STR("Debian"),
		.label = is_ubuntu ? STR("Ubuntu") : STR("Debian-Security"),
		.suite = is_ubuntu ? security : STR(""),
		.codename = is_ubuntu ? os->codename : security,
		.site = STR(""),
	};
}

static enum apt_match takes_security(struct host *h, const struct apt_conf *c)
{
	struct os_release os = os_release_read(h);
	struct apt_release assumed = assumed_release(c->a, &os);
	const struct apt_release *releases;
	enum apt_match best = APT_MATCH_NO;
	size_t count;

	apt_security_releases(h, &releases, &count);
	if (count == 0) {
		releases = &assumed;
		count = 1;
	}
	for (size_t i = 0; i < count && best != APT_MATCH_YES; i++) {
		enum apt_match m = apt_takes_release(c, &os, &releases[i]);

		if (m != APT_MATCH_NO)
			best = m;
	}
	return best;
}

/* Is one of the regular expressions of LIST one that every name fits, or its beginning? */
static bool has_all(const struct apt_item *list)
{
	static const char *const all[] = { ".*", ".", "^.*", "^.*$", ".*$", ".+", "^", "^.", ".+$",
		"^.+", "^.+$", "[a-z]", "^[a-z]", "[a-z0-9]", "^[a-z0-9]", "[a-z].*", "\\w",
		"\\S" };

	for (const struct apt_item *i = list != NULL ? list->child : NULL; i != NULL; i = i->next)
		for (size_t k = 0; k < COUNT(all); k++)
			if (str_is(i->value, all[k]))
				return true;
	return false;
}

/* A black list of every package, or a white list of some. */
static bool forbids(const struct apt_conf *c, struct finding *f)
{
	static const char black[] = "Unattended-Upgrade::Package-Blacklist";
	static const char white[] = "Unattended-Upgrade::Package-Whitelist";
	const struct apt_item *few = apt_conf_find(c, white);

	if (has_all(apt_conf_find(c, black)))
		f->detail = black;
	else if (few != NULL && few->child != NULL && !has_all(few))
		f->detail = white;
	else
		return false;
	f->problem = "all-forbidden";
	f->found = arena_fmt(c->a, "%s", f->detail);
	return true;
}

/* The release that security fixes come from, as fetched, or as it calls itself. */
static struct apt_release security_release(struct host *h)
{
	struct os_release os = os_release_read(h);
	const struct apt_release *releases;
	size_t count;

	apt_security_releases(h, &releases, &count);
	return count > 0 ? releases[0] : assumed_release(host_arena(h), &os);
}

static bool is_pinned_away(struct host *h, struct finding *f)
{
	struct apt_release security = security_release(h);
	struct str file;
	int64_t line = 0;
	enum apt_match m = apt_pins_away(h, &security, &file, &line);

	if (m == APT_MATCH_NO)
		return false;
	f->problem = m == APT_MATCH_YES ? "all-forbidden" : "not-understood";
	f->detail = "Pin-Priority";
	f->found = STR("Pin-Priority");
	f->file = file;
	f->line = line;
	return true;
}

/* ---- apt: the chain ---- */

/* However often apt's own settings ask, it runs when its timer goes off. */
static bool goes_off(struct host *h, const char *timer, int64_t *days, struct finding *f)
{
	struct setting when = { 0 };
	int64_t period = systemd_timer_days(h, timer, &when);

	if (period > *days)
		*days = period;
	if (period > 0)
		return true;
	f->problem = period == 0 ? "timer-off" : "not-understood";
	f->detail = timer;
	f->found = when.value.len > 0 ? when.value : STR("OnCalendar: absent");
	f->file = when.file.len > 0 ? when.file : systemd_unit(h, timer).file;
	f->line = when.line;
	return false;
}

static bool is_started(struct host *h, const char *timer, const char *service, struct finding *f)
{
	struct unit unit = systemd_unit(h, timer);

	if (unit.state == UNIT_ENABLED) {
		/* a timer of a masked service goes off for nothing */
		struct unit started = systemd_unit(h, service);

		if (started.state != UNIT_MASKED)
			return true;
		unit = started;
		timer = service;
	}
	f->problem = unit.state == UNIT_MASKED ? "timer-masked" : "timer-off";
	f->detail = timer;
	f->found = unit.state == UNIT_MASKED ? STR("masked") :
		unit.state == UNIT_ABSENT    ? STR("absent") :
					       STR("disabled");
	f->file = unit.file;
	f->line = 0;
	return false;
}

/* A service that somebody gave another program: what that one does is not known. */
static bool does_its_work(struct host *h, const char *service, struct finding *f)
{
	struct setting command = { 0 };

	systemd_unit_command(h, service, &command);
	if (command.value.len == 0 || str_find(command.value, STR("apt.systemd.daily")) >= 0 ||
		str_find(command.value, STR("unattended-upgrade")) >= 0)
		return true;
	f->problem = "not-read";
	f->detail = service;
	f->found = command.value;
	f->file = command.file;
	f->line = command.line;
	return false;
}

static bool has_starter(struct host *h, struct finding *f)
{
	/* Without systemd cron starts it; where systemd runs, that script ends at once. */
	if (!host_exists(h, "/usr/lib/systemd/systemd") &&
		!host_exists(h, "/lib/systemd/systemd")) {
		if (host_exists(h, "/etc/cron.daily/apt-compat"))
			return true;
		if (systemd_unit(h, "apt-daily-upgrade.timer").state == UNIT_ABSENT) {
			f->problem = "timer-off";
			f->detail = "/etc/cron.daily/apt-compat";
			f->file = STR("/etc/cron.daily/apt-compat");
			return false;
		}
	}
	return is_started(h, "apt-daily.timer", "apt-daily.service", f) &&
		is_started(h, "apt-daily-upgrade.timer", "apt-daily-upgrade.service", f) &&
		goes_off(h, "apt-daily.timer", &f->lists_days, f) &&
		goes_off(h, "apt-daily-upgrade.timer", &f->upgrade_days, f) &&
		does_its_work(h, "apt-daily-upgrade.service", f);
}

/* Sunday is 0; -1: no day, or the word of another language, which the machine may speak. */
static int day_of(struct str word)
{
	static const char *const names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };

	for (int i = 0; i < (int)COUNT(names); i++)
		if (str_is(word, names[i]) || str_eq(word, str_until(str_of(names[i]), 3)) ||
			(word.len == 1 && word.ptr[0] == '0' + i))
			return i;
	return -1;
}

/* On which days of the week unattended-upgrade works: without a list on all. */
static bool has_day(const struct apt_conf *c, struct finding *f)
{
	static const char name[] = "Unattended-Upgrade::Update-Days";
	const struct apt_item *list = apt_conf_find(c, name);
	unsigned days = 0;
	int64_t gap = 0, longest = 0;

	if (list == NULL || list->child == NULL)
		return true;
	for (const struct apt_item *i = list->child; i != NULL; i = i->next)
		if (day_of(i->value) >= 0)
			days |= 1u << day_of(i->value);
	for (int i = 0; days != 0 && i < 14; i++) {
		gap++;
		if ((days >> i % 7 & 1) == 0)
			continue;
		longest = gap > longest && i >= 7 ? gap : longest;
		gap = 0;
	}
	if (longest > f->upgrade_days)
		f->upgrade_days = longest;
	if (days != 0)
		return true;
	f->problem = "upgrade-off";
	f->detail = name;
	f->file = list->child->file;
	f->line = list->child->line;
	f->found = arena_fmt(c->a, "%s \"%.*s\"", name, STR_FMT(list->child->value));
	return false;
}

static void judge_origins(struct host *h, const struct apt_conf *c, struct finding *f)
{
	enum apt_match m = takes_security(h, c);

	if (m == APT_MATCH_YES)
		return;
	f->problem = m == APT_MATCH_NO ? "no-security-origin" : "not-understood";
	f->detail = "Unattended-Upgrade::Origins-Pattern";
	f->found = STR("");
	point_at(f, c,
		apt_conf_find(c, f->detail) != NULL ? f->detail :
						      "Unattended-Upgrade::Allowed-Origins");
	f->found = STR("Unattended-Upgrade::Origins-Pattern");
}

static void judge_apt(struct host *h, const struct apt_conf *c, struct finding *f)
{
	int64_t enable;

	if (!host_exists(h, "/usr/bin/unattended-upgrade") &&
		!dpkg_is_installed(h, "unattended-upgrades")) {
		f->problem = "not-installed";
		f->detail = "unattended-upgrades";
		f->found = STR("unattended-upgrades: absent");
		return;
	}
	/* the script asks [ VALUE -eq 0 ]: a word that is no number is no nought */
	if (str_to_i64(apt_conf_value(c, "APT::Periodic::Enable", "1"), &enable) && enable == 0) {
		f->problem = "periodic-off";
		f->detail = "APT::Periodic::Enable";
		point_at(f, c, f->detail);
		return;
	}
	f->lists_days = interval(f, c, "APT::Periodic::Update-Package-Lists", "lists-off");
	if (f->problem != NULL)
		return;
	f->upgrade_days = interval(f, c, "APT::Periodic::Unattended-Upgrade", "upgrade-off");
	if (f->problem != NULL)
		return;
	if (forbids(c, f) || !has_day(c, f) || is_pinned_away(h, f))
		return;
	judge_origins(h, c, f);
	if (f->problem != NULL || !has_starter(h, f))
		return;
	point_at(f, c, "APT::Periodic::Unattended-Upgrade");
}

static void fill_apt(struct host *h, struct fact_rows *rows)
{
	static const char *const stamps[] = { "/var/lib/apt/periodic/upgrade-stamp",
		"/var/lib/apt/periodic/unattended-upgrades-stamp" };
	struct finding f = { .mechanism = "unattended-upgrades" };
	struct apt_conf conf;

	apt_conf_load(h, host_arena(h), &conf);
	judge_apt(h, &conf, &f);
	f.success_at_s = newest_mtime(h, stamps, COUNT(stamps));
	if (f.problem == NULL && f.file.len > 0) {
		/* The settings may carry the package's own date: when it was unpacked counts too.
		 */
		const char *const paths[] = { f.file.ptr,
			"/var/lib/dpkg/info/unattended-upgrades.list" };

		f.config_at_s = newest_mtime(h, paths, COUNT(paths));
	}
	show(rows, &f);
}

/* ---- dnf, yum ---- */

static bool is_on(struct host *h, const char *unit)
{
	return systemd_unit(h, unit).state == UNIT_ENABLED;
}

/* The ways in which dnf-automatic is started: each by a timer of its own, of which the service may
 * overrule the file. */
static const struct starter {
	const char *timer, *service;
	int installs; /* as dnf_order.installs, where no file of the service is there to ask */
} starters[] = {
	{ "dnf-automatic-install.timer", "dnf-automatic-install.service", 1 },
	{ "dnf-automatic.timer", "dnf-automatic.service", -1 },
	{ "dnf5-automatic.timer", "dnf5-automatic.service", -1 },
	{ "dnf-automatic-download.timer", "dnf-automatic-download.service", 0 },
	{ "dnf-automatic-notifyonly.timer", "dnf-automatic-notifyonly.service", 0 },
};

static void read_apply(struct host *h, struct finding *f, const char *path)
{
	struct setting apply = { 0 };
	struct str file = str_of(path);
	struct str bytes = host_bytes(h, str_of(path), &file);
	int bad = dnf_last(bytes, file, "commands", "apply_updates", host_arena(h), &apply);

	f->file = file;
	f->line = bad > 0 ? bad : apply.line;
	f->lost = apply.lost;
	f->found = apply.value.len > 0 ?
		arena_fmt(host_arena(h), "apply_updates = %.*s", STR_FMT(apply.value)) :
		STR("apply_updates: absent");
	f->detail = "apply_updates";
	if (bad > 0) {
		f->problem = "dnf-refuses";
		f->found = arena_fmt(host_arena(h), "%s:%d", path, bad);
	} else if (!str_bool(apply.value, false)) {
		f->problem = "upgrade-off";
	}
}

/* "exclude = *" leaves nothing to update. */
static void read_excludes(struct host *h, struct finding *f, const char *path, const char *section)
{
	static const char *const keys[] = { "exclude", "excludepkgs" };
	struct str file = str_of(path), word;
	struct str bytes = host_bytes(h, str_of(path), &file);

	for (size_t i = 0; i < COUNT(keys) && !f->problem; i++) {
		struct setting s = { 0 };

		if (dnf_last(bytes, file, section, keys[i], host_arena(h), &s) > 0)
			return;
		while (str_next_word(&s.value, " \t\r\n,", &word))
			if (str_is(word, "*")) {
				f->problem = "all-forbidden";
				f->detail = keys[i];
				f->found = arena_fmt(host_arena(h), "%s = *", keys[i]);
				f->file = s.file;
				f->line = s.line;
			}
	}
}

/* Where files name sources and each of them is switched off there is nothing to update from. */
static void read_sources(struct host *h, struct finding *f)
{
	const struct str *paths;
	size_t count, sections = 0;
	bool is_any = false;

	if (f->problem != NULL || host_glob(h, "/etc/yum.repos.d/*.repo", &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count && !is_any; i++) {
		struct str file = paths[i], bytes = host_bytes(h, paths[i], &file), line;
		bool is_open = false;

		while (str_next_line(&bytes, &line)) {
			struct str key, value;

			line = str_trim(line);
			if (str_starts(line, "[")) {
				is_any |= is_open;
				is_open = true;
				sections++;
				f->file = sections == 1 ? file : f->file;
			} else if (str_split(line, '=', &key, &value) &&
				str_is(str_trim(key), "enabled")) {
				is_open = str_bool(str_trim(value), true);
			}
		}
		is_any |= is_open;
	}
	if (is_any || sections == 0)
		return;
	f->problem = "no-source";
	f->detail = "enabled=0";
	f->found = STR("enabled=0");
	f->line = 0;
}

static void judge_starter(struct host *h, const struct starter *s, struct finding *f)
{
	struct setting command, when;
	struct dnf_order order = { .conf = STR(""), .installs = s->installs };
	struct host_stat st;
	const char *conf;

	if (!is_started(h, s->timer, s->service, f))
		return;
	systemd_unit_conf(h, s->service, "Service", "ExecStart", &command);
	if (command.value.len > 0)
		order = dnf_order_of(command.value);
	conf = str_starts(order.conf, "/") ? arena_cstr(host_arena(h), order.conf) :
					     "/etc/dnf/automatic.conf";
	read_apply(h, f, conf);
	if (order.installs == 1 && f->problem && !str_is(str_of(f->problem), "dnf-refuses"))
		f->problem = NULL;
	if (order.installs == 0 && !f->problem) {
		f->problem = "upgrade-off";
		f->detail = s->service;
		f->found = command.value.len > 0 ? command.value : str_of(s->service);
		f->file = command.file;
		f->line = command.line;
	}
	read_excludes(h, f, conf, "base");
	read_excludes(h, f, "/etc/dnf/dnf.conf", "main");
	read_sources(h, f);
	f->lists_days = f->upgrade_days = systemd_timer_days(h, s->timer, &when);
	if (!f->problem && f->upgrade_days <= 0) {
		f->problem = f->upgrade_days == 0 ? "timer-off" : "not-understood";
		f->detail = s->timer;
		f->found = when.value.len > 0 ? when.value : STR("OnCalendar: absent");
		f->file = when.file.len > 0 ? when.file : systemd_unit(h, s->timer).file;
		f->line = when.line;
	}
	if (!f->problem && host_stat(h, conf, &st) == 0)
		f->config_at_s = st.mtime_s;
}

/* The best of those that are switched on. */
static void fill_dnf_automatic(struct host *h, struct fact_rows *rows)
{
	struct finding best = { .mechanism = "dnf-automatic",
		.problem = "timer-off",
		.detail = "dnf-automatic.timer",
		.found = STR("disabled") };
	bool is_any = false;

	for (size_t i = 0; i < COUNT(starters) && (!is_any || best.problem); i++) {
		struct finding f = { .mechanism = "dnf-automatic", .found = STR("") };

		if (!is_on(h, starters[i].timer))
			continue;
		judge_starter(h, &starters[i], &f);
		if (!is_any || !f.problem)
			best = f;
		is_any = true;
	}
	if (!is_any)
		is_started(h, "dnf-automatic.timer", "dnf-automatic.service", &best);
	show(rows, &best);
}

static void fill_yum_cron(struct host *h, struct fact_rows *rows)
{
	struct finding f = { .mechanism = "yum-cron" };

	read_apply(h, &f, "/etc/yum/yum-cron.conf");
	if (!is_on(h, "yum-cron.service")) {
		f.problem = "timer-off";
		f.detail = "yum-cron.service";
	}
	f.lists_days = f.upgrade_days = 1;
	show(rows, &f);
}

static bool fill_rpm(struct host *h, struct fact_rows *rows)
{
	struct finding none = { .mechanism = "dnf-automatic",
		.problem = "not-installed",
		.detail = "dnf-automatic",
		.found = STR("dnf-automatic: absent") };

	if (host_exists(h, "/usr/sbin/yum-cron"))
		fill_yum_cron(h, rows);
	else if (host_exists(h, "/usr/bin/dnf-automatic") ||
		host_exists(h, "/usr/lib/systemd/system/dnf5-automatic.timer"))
		fill_dnf_automatic(h, rows);
	else if (host_exists(h, "/usr/bin/dnf") || host_exists(h, "/usr/bin/yum") ||
		host_exists(h, "/etc/dnf/dnf.conf") || host_exists(h, "/etc/yum.conf"))
		show(rows, &none);
	else
		return false;
	return true;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	if (host_exists(h, "/usr/bin/apt-get") || host_exists(h, "/var/lib/dpkg/status"))
		fill_apt(h, rows);
	else
		fill_rpm(h, rows);
	return 0;
}

const struct fact_table auto_updates_table = {
	.name = "auto_updates",
	.words = T("chế độ tự động cập nhật hệ điều hành"),
	.columns = columns,
	.fill = fill,
};
