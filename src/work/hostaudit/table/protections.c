/* protections: what guards or watches this machine besides antivirus, and whether it is on.
 * Products by packs/checks/data/protections.csv; ufw, AppArmor, SELinux by their own settings. */
#include "work/hostaudit/data.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/resolve/boot.h"
#include "work/hostaudit/resolve/ini.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum { NAME, KIND, UNIT, PROCESS, STATE, IS_EXPECTED, FOUND, FILE_PATH, LINE };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên") },
	[KIND] = { "kind", FACT_TEXT,
		T("loại: intrusion, audit, integrity, device, firewall, access, monitor") },
	[UNIT] = { "unit", FACT_TEXT, T("đơn vị systemd") },
	[PROCESS] = { "process", FACT_TEXT, T("tên tiến trình; trống: không có tiến trình riêng") },
	[STATE] = { "state", FACT_TEXT, T("on, off hoặc masked") },
	[IS_EXPECTED] = { "is_expected", FACT_INT,
		T("1: cài xong là tự bật, tắt là do có người làm") },
	[FOUND] = { "found", FACT_TEXT, T("thiết lập tìm thấy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

struct protection {
	const char *name, *kind, *unit, *process, *state;
	bool is_expected;
	struct str found, file;
	int64_t line;
};

static void put(struct fact_rows *rows, const struct protection *p)
{
	fact_row(rows);
	fact_cstr(rows, NAME, p->name);
	fact_cstr(rows, KIND, p->kind);
	fact_cstr(rows, UNIT, p->unit);
	fact_cstr(rows, PROCESS, p->process);
	fact_cstr(rows, STATE, p->state);
	fact_int(rows, IS_EXPECTED, p->is_expected);
	fact_text(rows, FOUND, p->found);
	fact_text(rows, FILE_PATH, p->file);
	if (p->line > 0)
		fact_int(rows, LINE, p->line);
}

static const char *state_of(struct unit unit)
{
	return unit.state == UNIT_MASKED ? "masked" : unit.state == UNIT_ENABLED ? "on" : "off";
}

static bool has_script(struct host *h, const char *unit)
{
	struct str name = str_of(unit);

	return str_ends(name, ".service") &&
		host_exists(h,
			arena_fmt(host_arena(h), "/etc/init.d/%.*s",
				STR_FMT(str_until(name, name.len - 8)))
				.ptr);
}

/* The kernel's command line beats what is enabled: a unit it masks, auditing it forbids. */
static void obey_boot(const struct boot_line *boot, struct protection *p)
{
	struct str masked = boot_value(boot, "systemd.mask");
	bool is_masked = masked.ptr && str_is(masked, p->unit);

	if (!is_masked && !(str_is(str_of(p->kind), "audit") && boot_says(boot, "audit=0")))
		return;
	p->state = is_masked ? "masked" : "off";
	p->is_expected = true;
	p->file = boot->file;
	p->line = boot->line;
}

static void put_products(struct host *h, struct fact_rows *rows, const char *family)
{
	struct boot_line boot = boot_line(h);

	for (size_t i = 0; i < data_protections_count; i++) {
		const struct data_protections *d = &data_protections[i];
		struct str starts = str_of(d->starts);
		struct protection p = { d->name, d->kind, d->unit, d->process, "off", false,
			STR(""), STR_NONE, 0 };
		struct unit unit;

		if (!host_exists(h, d->path))
			continue;
		unit = systemd_unit(h, d->unit);
		/* Debian still starts some by a script of /etc/rc?.d */
		p.state = unit.state == UNIT_ABSENT && unit_starts(h, d->unit) ? "on" :
										 state_of(unit);
		p.is_expected = (unit.state != UNIT_ABSENT || has_script(h, d->unit)) &&
			(str_is(starts, "all") || str_is(starts, family));
		p.file = unit.file.len > 0 ? unit.file : STR_NONE;
		obey_boot(&boot, &p);
		p.found = arena_fmt(host_arena(h), "%s: %s", d->unit, p.state);
		put(rows, &p);
	}
}

/* ufw ships switched off: only what was switched on can be stopped. */
static void put_ufw(struct host *h, struct fact_rows *rows)
{
	struct protection p = { "ufw", "firewall", "ufw.service", "", "off", false, STR(""),
		STR("/etc/ufw/ufw.conf"), 0 };
	struct setting enabled = { 0 };
	struct str bytes = host_bytes(h, p.file, &p.file);
	struct unit unit;

	ini_last(bytes, p.file, "", "ENABLED", host_arena(h), &enabled);
	if (!enabled.value.ptr)
		return;
	unit = systemd_unit(h, p.unit);
	p.line = enabled.line;
	p.is_expected = str_is_nocase(str_unquote(enabled.value), "yes");
	if (p.is_expected)
		p.state = state_of(unit);
	p.found = arena_fmt(host_arena(h), "ENABLED=%.*s; ufw.service: %s",
		STR_FMT(str_until(enabled.value, 20)), state_of(unit));
	put(rows, &p);
}

static struct str kernel_says(struct host *h, const char *path)
{
	struct str text = STR("");

	if (host_has_proc(h))
		host_read_proc(h, path, 64, host_arena(h), &text);
	return str_trim(text);
}

static void put_apparmor(struct host *h, struct fact_rows *rows)
{
	struct protection p = { "AppArmor", "access", "apparmor.service", "", "off", true, STR(""),
		STR_NONE, 0 };
	struct unit unit = systemd_unit(h, p.unit);
	struct str now = kernel_says(h, "/sys/module/apparmor/parameters/enabled");
	struct boot_line boot = boot_line(h);

	if (unit.state == UNIT_ABSENT)
		return;
	p.state = state_of(unit);
	p.file = unit.file;
	if (boot_says(&boot, "apparmor=0")) {
		p.state = "off";
		p.file = boot.file;
		p.line = boot.line;
	} else if (str_is(now, "N")) {
		p.state = "off";
		p.file = STR("/sys/module/apparmor/parameters/enabled");
	}
	p.found = arena_fmt(host_arena(h), "apparmor.service: %s; kernel: %.*s", p.state,
		STR_FMT(now.len > 0 ? now : STR("-")));
	put(rows, &p);
}

/* As libselinux reads it: the first line that begins with SELINUX= and a word it knows. */
static struct setting selinux_mode(struct str bytes, struct str file, struct arena *a)
{
	static const char *const modes[] = { "enforcing", "permissive", "disabled" };
	struct setting s = { 0 };
	struct str line;

	for (int n = 1; !s.value.ptr && str_next_line(&bytes, &line); n++) {
		struct str word;

		if (!str_starts(line, "SELINUX="))
			continue;
		word = str_trim(str_from(line, strlen("SELINUX=")));
		for (size_t i = 0; i < COUNT(modes); i++)
			if (str_is_nocase(str_until(word, strlen(modes[i])), modes[i]))
				setting_win(&s, a, str_of(modes[i]), file, n);
	}
	return s;
}

static void put_selinux(struct host *h, struct fact_rows *rows)
{
	struct protection p = { "SELinux", "access", "", "", "off", true, STR(""),
		STR("/etc/selinux/config"), 0 };
	struct str now = kernel_says(h, "/sys/fs/selinux/enforce");
	struct setting mode = { 0 };
	struct str bytes = host_bytes(h, p.file, &p.file);
	struct boot_line boot = boot_line(h);

	mode = selinux_mode(bytes, p.file, host_arena(h));
	if (!mode.value.ptr)
		return;
	p.line = mode.line;
	if (str_is(mode.value, "enforcing"))
		p.state = "on";
	if (boot_says(&boot, "selinux=0") || boot_says(&boot, "enforcing=0")) {
		p.state = "off";
		p.file = boot.file;
		p.line = boot.line;
	} else if (str_is(now, "0")) {
		p.state = "off";
		p.file = STR("/sys/fs/selinux/enforce");
		p.line = 0;
	}
	p.found = arena_fmt(host_arena(h), "SELINUX=%.*s; enforce: %.*s",
		STR_FMT(str_until(mode.value, 20)), STR_FMT(now.len > 0 ? now : STR("-")));
	put(rows, &p);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct os_release os = os_release_read(h);

	(void)e;
	put_products(h, rows, os.family);
	put_ufw(h, rows);
	/* each family has its own; the other's is an extra that ships switched off */
	if (str_is(str_of(os.family), "debian"))
		put_apparmor(h, rows);
	if (str_is(str_of(os.family), "rhel"))
		put_selinux(h, rows);
	return 0;
}

const struct fact_table protections_table = {
	.name = "protections",
	.words = T("biện pháp bảo vệ, giám sát đã cài và trạng thái bật tắt"),
	.columns = columns,
	.fill = fill,
};
