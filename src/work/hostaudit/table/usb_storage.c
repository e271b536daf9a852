/* usb_storage.c - can a USB disk be used on this machine: the driver, what keeps it from
 * loading, and what keeps devices from being let in at all. */
#include <sys/stat.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/boot.h"
#include "work/hostaudit/resolve/ini.h"
#include "work/hostaudit/resolve/modprobe.h"
#include "work/hostaudit/resolve/usbguard.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum {
	HAS_BUS,
	HAS_KERNEL,
	HAS_DRIVER,
	IS_BUILTIN,
	IS_LOADED,
	IS_BLOCKED,
	HOW,
	FOUND,
	FILE_PATH,
	LINE,
	LOST
};

static const struct fact_column columns[] = {
	[HAS_BUS] = { "has_bus", FACT_INT, T("máy có cổng USB; trống khi không rõ") },
	[HAS_KERNEL] = { "has_kernel", FACT_INT, T("biết được nhân hệ điều hành nào sẽ chạy") },
	[HAS_DRIVER] = { "has_driver", FACT_INT, T("có trình điều khiển usb-storage") },
	[IS_BUILTIN] = { "is_builtin", FACT_INT, T("trình điều khiển nằm sẵn trong nhân") },
	[IS_LOADED] = { "is_loaded", FACT_INT, T("trình điều khiển đang được nạp") },
	[IS_BLOCKED] = { "is_blocked", FACT_INT, T("bị chặn") },
	[HOW] = { "how", FACT_TEXT, T("cách chặn") },
	[FOUND] = { "found", FACT_TEXT, T("giá trị tìm thấy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị thay thế") },
	{ 0 },
};

struct block {
	const char *how;
	struct str found, file, lost;
	int64_t line;
};

/* ---- the driver ---- */

static bool has_module_file(struct host *h, struct str release)
{
	static const char *const endings[] = { "", ".xz", ".zst", ".gz" };

	for (size_t i = 0; i < COUNT(endings); i++)
		if (host_exists(h,
			    arena_fmt(host_arena(h),
				    "/lib/modules/%.*s/kernel/drivers/usb/storage/usb-storage.ko%s",
				    STR_FMT(release), endings[i])
				    .ptr))
			return true;
	return false;
}

static bool is_builtin(struct host *h, struct str release)
{
	struct str list = host_bytes(h,
		arena_fmt(host_arena(h), "/lib/modules/%.*s/modules.builtin", STR_FMT(release)),
		NULL);

	return str_find(list, STR("/usb-storage.ko")) >= 0;
}

struct driver {
	bool has_kernel, is_there, is_builtin, is_loaded;
};

static struct driver driver_of(struct host *h)
{
	struct driver d = { 0 };
	const struct str *names;
	size_t count;
	struct str release;

	d.is_loaded = host_exists(h, "/sys/module/usb_storage");
	if (host_has_proc(h) &&
		host_read_proc(h, "/proc/sys/kernel/osrelease", 256, host_arena(h), &release) ==
			0) {
		release = str_trim(release);
		d.has_kernel = true;
		d.is_builtin = is_builtin(h, release);
		d.is_there = d.is_loaded || d.is_builtin || has_module_file(h, release);
		return d;
	}
	if (host_list(h, "/lib/modules", &names, &count) < 0)
		return d;
	d.has_kernel = count > 0;
	for (size_t i = 0; i < count; i++) {
		d.is_builtin |= is_builtin(h, names[i]);
		d.is_there |= d.is_builtin || has_module_file(h, names[i]);
	}
	return d;
}

/* 1, 0; -1 when an image cannot tell. Root hubs are named usb1, usb2, … */
static int has_bus(struct host *h)
{
	const struct str *names;
	size_t count;

	if (!host_has_proc(h))
		return -1;
	if (host_list(h, "/sys/bus/usb/devices", &names, &count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (str_starts(names[i], "usb"))
			return 1;
	return 0;
}

/* ---- what keeps it off ---- */

/* kmod takes names from the kernel's command line as well. */
static void load_rules(struct host *h, struct modprobe *m)
{
	struct boot_line boot;

	modprobe_load(h, m);
	if (m->blacklist.value.ptr != NULL)
		return;
	boot = boot_line(h);
	if (cmdline_lists(boot.words, "modprobe.blacklist", m->module))
		setting_win(
			&m->blacklist, host_arena(h), STR("blacklist"), boot.file, (int)boot.line);
}

static bool by_modprobe(struct host *h, struct block *b)
{
	struct modprobe m = { .a = host_arena(h), .module = "usb_storage" };

	load_rules(h, &m);
	if (m.install.value.ptr != NULL) {
		b->file = m.install.file;
		b->line = m.install.line;
		b->lost = m.install.lost;
		b->found = arena_fmt(
			host_arena(h), "install usb-storage %.*s", STR_FMT(m.install.value));
		if (modprobe_is_off(m.install.value)) {
			b->how = "install";
			return true;
		}
		/* what another program does instead is for a person to look at */
		b->how = modprobe_loads(m.install.value) ? "install-loads" : "install-other";
		return false;
	}
	if (m.blacklist.value.ptr != NULL) {
		struct modprobe uas = { .a = host_arena(h), .module = "uas" };

		/* It only removes the module's aliases: uas, which needs it, still pulls it in.
		 * With both it takes a driver of a rarer device, or a hand, to load them. */
		load_rules(h, &uas);
		b->file = m.blacklist.file;
		b->line = m.blacklist.line;
		b->found = STR("blacklist usb-storage");
		b->how = uas.blacklist.value.ptr != NULL ? "blacklist-both" : "blacklist";
	}
	return false;
}

static bool by_cmdline(struct host *h, struct block *b)
{
	struct boot_line boot = boot_line(h);
	struct str nousb = boot_value(&boot, "usbcore.nousb");

	b->file = boot.file;
	b->line = boot.line;
	if (cmdline_lists(boot.words, "module_blacklist", "usb_storage")) {
		b->how = "module_blacklist";
		b->found = STR("module_blacklist=usb-storage");
		return true;
	}
	if (cmdline_lists(boot.words, "usbcore.authorized_default", "0")) {
		b->how = "authorized_default";
		b->found = STR("usbcore.authorized_default=0");
		return true;
	}
	if (boot_says(&boot, "nousb") || boot_says(&boot, "usbcore.nousb") ||
		(nousb.len > 0 && str_has(STR("1yY"), nousb.ptr[0]))) {
		b->how = "nousb";
		b->found = STR("nousb");
		return true;
	}
	return false;
}

struct usbguard {
	struct setting implicit, inserted, present, rule_file, rule_folder;
};

static void read_usbguard(struct host *h, struct usbguard *u, struct str *ret_file)
{
	struct str conf = host_bytes(h, STR("/etc/usbguard/usbguard-daemon.conf"), ret_file);
	const struct {
		const char *key;
		struct setting *setting;
	} keys[] = { { "ImplicitPolicyTarget", &u->implicit },
		{ "InsertedDevicePolicy", &u->inserted }, { "PresentDevicePolicy", &u->present },
		{ "RuleFile", &u->rule_file }, { "RuleFolder", &u->rule_folder } };

	for (size_t i = 0; i < COUNT(keys); i++)
		ini_last(conf, *ret_file, "", keys[i].key, host_arena(h), keys[i].setting);
}

/* The first rule of PATH that decides about a strange disk; USBGUARD_PASSES when none does. */
static enum usbguard_says rules_say(struct host *h, struct str path, struct block *b)
{
	struct str file = path, rest = host_bytes(h, path, &file), line;

	for (int64_t n = 1; str_next_line(&rest, &line); n++) {
		enum usbguard_says says = usbguard_rule(line);

		if (says == USBGUARD_PASSES || says == USBGUARD_UNCLEAR)
			continue;
		b->file = file;
		b->line = n;
		b->found = str_trim(line);
		return says;
	}
	return USBGUARD_PASSES;
}

static enum usbguard_says all_rules_say(struct host *h, const struct usbguard *u, struct block *b)
{
	enum usbguard_says says = USBGUARD_PASSES;
	const struct str *paths;
	size_t count;

	if (u->rule_file.value.len > 0)
		says = rules_say(h, u->rule_file.value, b);
	if (says != USBGUARD_PASSES || u->rule_folder.value.len == 0 ||
		host_glob(h,
			arena_fmt(host_arena(h), "%.*s/*.conf", STR_FMT(u->rule_folder.value)).ptr,
			&paths, &count) != 0)
		return says;
	for (size_t i = 0; i < count && says == USBGUARD_PASSES; i++)
		says = rules_say(h, paths[i], b);
	return says;
}

static bool is_shut(struct str policy)
{
	return str_is(policy, "block") || str_is(policy, "reject");
}

static bool by_usbguard(struct host *h, struct block *b)
{
	struct usbguard u = { 0 };
	struct str file = STR("");
	struct setting *decides = &u.implicit;
	enum usbguard_says says;

	if (!unit_starts(h, "usbguard.service") || !host_exists(h, "/usr/sbin/usbguard-daemon"))
		return false;
	read_usbguard(h, &u, &file);
	b->how = "usbguard";
	says = all_rules_say(h, &u, b);
	/* what is there when it starts may be let in whatever the rules say; what comes later is
	 * judged by them unless everything is kept out */
	if (u.present.value.len > 0 && !is_shut(u.present.value) &&
		!str_is(u.present.value, "apply-policy"))
		decides = &u.present;
	else if (u.inserted.value.len > 0 && !str_is(u.inserted.value, "apply-policy"))
		decides = &u.inserted;
	else if (says != USBGUARD_PASSES)
		return says == USBGUARD_BLOCKS;
	b->file = file;
	b->line = decides->line;
	b->found = arena_fmt(host_arena(h), "%s=%.*s",
		decides == &u.present          ? "PresentDevicePolicy" :
			decides == &u.inserted ? "InsertedDevicePolicy" :
						 "ImplicitPolicyTarget",
		STR_FMT(decides->value.len > 0 ? decides->value : STR("block")));
	/* its own default is block */
	return decides->value.len == 0 || is_shut(decides->value);
}

/* A rule that takes the authorisation from mass storage: interface class 08, or from every device.
 * What a command writes there, or a device above is matched by, is for a person to try. */
static const char *rule_says(struct str line)
{
	bool is_storage;

	line = str_trim(line);
	if (str_starts(line, "#") || str_find(line, STR("\"usb\"")) < 0)
		return NULL;
	if (str_find(line, STR("ATTR{authorized_default}=\"0\"")) >= 0)
		return "udev";
	is_storage = str_find(line, STR("{bInterfaceClass}==\"08\"")) >= 0 ||
		str_find(line, STR(":08")) >= 0;
	if (!is_storage || str_find(line, STR("authorized")) < 0)
		return NULL;
	return str_find(line, STR("ATTR{authorized}=\"0\"")) >= 0 &&
			str_find(line, STR("ATTRS{bInterfaceClass}")) < 0 ?
		"udev" :
		"udev-other";
}

static bool by_udev(struct host *h, struct block *b)
{
	const struct str *paths;
	size_t count;

	if (host_glob(h, "/etc/udev/rules.d/*.rules", &paths, &count) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct host_stat st;
		struct str rest, line, file = paths[i];

		if (host_stat(h, paths[i].ptr, &st) != 0 || !S_ISREG(st.mode))
			continue; /* a link to /dev/null hides a rule of the distribution */
		rest = host_bytes(h, paths[i], &file);
		for (int64_t n = 1; str_next_line(&rest, &line); n++) {
			const char *how = rule_says(line);

			if (how)
				*b = (struct block){ .how = how,
					.found = STR("authorized=0"),
					.file = file,
					.line = n };
			if (how && str_is(str_of(how), "udev"))
				return true;
		}
	}
	return false;
}

/* ---- the row ---- */

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	static bool (*const ways[])(struct host * h, struct block * b) = { by_modprobe, by_cmdline,
		by_usbguard, by_udev };
	struct driver driver = driver_of(h);
	struct block found = { 0 };
	bool is_blocked = false;
	int bus = has_bus(h);

	for (size_t i = 0; i < COUNT(ways) && !is_blocked; i++) {
		struct block b = { 0 };

		is_blocked = ways[i](h, &b);
		if (is_blocked || (found.how == NULL && b.how != NULL))
			found = b;
	}
	fact_row(rows);
	if (bus >= 0)
		fact_int(rows, HAS_BUS, bus);
	fact_int(rows, HAS_KERNEL, driver.has_kernel);
	fact_int(rows, HAS_DRIVER, driver.is_there);
	fact_int(rows, IS_BUILTIN, driver.is_builtin);
	fact_int(rows, IS_LOADED, driver.is_loaded);
	fact_int(rows, IS_BLOCKED, is_blocked);
	if (found.how == NULL)
		return 0;
	fact_cstr(rows, HOW, found.how);
	fact_text(rows, FOUND, found.found);
	fact_text(rows, FILE_PATH, found.file);
	fact_int(rows, LINE, found.line);
	fact_text(rows, LOST, found.lost);
	return 0;
}

const struct fact_table usb_storage_table = {
	.name = "usb_storage",
	.words = T("khả năng dùng ổ đĩa USB"),
	.columns = columns,
	.fill = fill,
};
