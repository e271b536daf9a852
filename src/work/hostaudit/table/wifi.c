/* wifi_networks: each wireless network this machine joins or makes, how it is protected, and what
 * its passphrase is made of (never the passphrase). */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/nm.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/served.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"
#include "work/hostaudit/wifi.h"

enum {
	PROGRAM,
	NAME,
	SECURITY,
	IS_AP,
	IS_ON,
	IS_PERSONAL,
	HAS_MAC_LIST,
	PSK_LENGTH,
	PSK_KINDS,
	CHANGED_AT,
	FILE_PATH,
	LINE,
	PSK_LINE
};

static const struct fact_column columns[] = {
	[PROGRAM] = { "program", FACT_TEXT, T("chương trình dùng tệp này") },
	[NAME] = { "name", FACT_TEXT, T("tên mạng (SSID)") },
	[SECURITY] = { "security", FACT_TEXT,
		T("bảo mật: open, WEP, WPA, WPA2-TKIP, WPA2, WPA3, OWE; trống: chưa rõ") },
	[IS_AP] = { "is_ap", FACT_INT, T("1: máy này phát mạng đó") },
	[IS_ON] = { "is_on", FACT_INT, T("1: đang phát hoặc tự phát khi khởi động") },
	[IS_PERSONAL] = { "is_personal", FACT_INT, T("1: vào bằng mật khẩu chung của mạng") },
	[HAS_MAC_LIST] = { "has_mac_list", FACT_INT, T("1: chỉ nhận địa chỉ MAC đã đăng ký") },
	[PSK_LENGTH] = { "psk_length", FACT_INT, T("số ký tự của mật khẩu; trống: chưa rõ") },
	[PSK_KINDS] = { "psk_kinds", FACT_TEXT, T("loại ký tự có trong mật khẩu; trống: chưa rõ") },
	[CHANGED_AT] = { "changed_at_s", FACT_INT, T("lúc tệp được ghi lần cuối, giây UTC") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng đặt bảo mật") },
	[PSK_LINE] = { "psk_line", FACT_INT, T("dòng đặt mật khẩu") },
	{ 0 },
};

static void show(struct host *h, struct fact_rows *rows, const struct wifi_network *n)
{
	struct str kinds;

	fact_row(rows);
	fact_cstr(rows, PROGRAM, n->program);
	fact_text(rows, NAME, n->name.ptr ? n->name : STR(""));
	fact_cstr(rows, SECURITY, n->security);
	fact_int(rows, IS_AP, n->is_ap);
	fact_int(rows, IS_ON, n->is_on);
	fact_int(rows, IS_PERSONAL, n->is_personal);
	fact_int(rows, HAS_MAC_LIST, n->has_mac_list);
	if (n->psk.is_known) {
		fact_int(rows, PSK_LENGTH, n->psk.length);
		kinds = arena_fmt(host_arena(h), "%s%s%s%s", n->psk.has_lower ? ",lower" : "",
			n->psk.has_upper ? ",upper" : "", n->psk.has_digit ? ",digit" : "",
			n->psk.has_other ? ",special" : "");
		fact_text(rows, PSK_KINDS, str_from(kinds, kinds.len > 0));
	}
	if (n->changed_at_s > 0)
		fact_int(rows, CHANGED_AT, n->changed_at_s);
	fact_text(rows, FILE_PATH, n->file);
	if (n->line > 0)
		fact_int(rows, LINE, n->line);
	if (n->psk_line > 0)
		fact_int(rows, PSK_LINE, n->psk_line);
}

/* Read every file of PATTERN with READ. */
/* Make PATH the file at hand. */
static bool next_file(
	struct host *h, struct wifi_list *list, struct str path, const struct host_file **ret)
{
	if (host_read(h, path.ptr, ret) != 0)
		return false;
	list->file = (*ret)->path;
	list->changed_at_s = (*ret)->mtime_s;
	return true;
}

static void end_file(struct host *h, struct wifi_list *list)
{
	if (list->is_strange)
		host_gap(h, GAP_SYNTAX, list->file.ptr);
	list->is_strange = false;
}

static void read_all(struct host *h, struct wifi_list *list, const char *pattern,
	void (*read)(struct wifi_list *list, struct str bytes))
{
	const struct host_file *file;
	const struct str *paths;
	size_t count;

	if (host_glob(h, pattern, &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!next_file(h, list, paths[i], &file))
			continue;
		read(list, file->bytes);
		end_file(h, list);
	}
}

static void read_netplan(struct host *h, struct wifi_list *list)
{
	struct wifi_netplan plan = { .list = list };
	const struct host_file *file;
	const struct str *paths;
	size_t count;

	if (host_glob(h, "/etc/netplan/*.yaml", &paths, &count) != 0 || count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!next_file(h, list, paths[i], &file))
			continue;
		wifi_netplan_read(&plan, file->bytes);
		end_file(h, list);
	}
	wifi_netplan_end(&plan);
	end_file(h, list);
}

static void read_ifcfg(struct host *h, struct wifi_list *list)
{
	static const char dir[] = "/etc/sysconfig/network-scripts";
	const struct host_file *file;
	const struct str *names;
	size_t count;

	if (host_list(h, dir, &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!str_starts(names[i], "ifcfg-") ||
			host_read(h, arena_fmt(list->a, "%s/%s", dir, names[i].ptr).ptr, &file) !=
				0)
			continue;
		list->file = file->path;
		list->changed_at_s = file->mtime_s;
		wifi_read_ifcfg(list, file->bytes,
			host_bytes(
				h, arena_fmt(list->a, "%s/keys-%s", dir, names[i].ptr + 6), NULL));
	}
}

static void read_hostapd(struct host *h, struct wifi_list *list)
{
	static const char *const units[] = { "hostapd.service", NULL };
	static const char *const programs[] = { "hostapd", NULL };
	size_t before = list->all.len;
	const struct unit_link *links;
	struct served use;
	size_t count;

	read_all(h, list, "/etc/hostapd/*.conf", wifi_read_hostapd);
	if (list->all.len == before)
		return;
	use = served(h, units, programs);
	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++)
		use.is_enabled = use.is_enabled || str_starts(links[i].name, "hostapd@");
	for (size_t i = before; i < list->all.len; i++)
		list->all.at[i].is_on = use.is_enabled || use.is_running;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct wifi_list list = { .a = host_arena(h) };
	const struct nm_profile *profiles;
	size_t count;

	(void)e;
	nm_profiles(h, &profiles, &count);
	for (size_t i = 0; i < count; i++)
		if (profiles[i].is_wifi)
			show(h, rows, &profiles[i].wifi);
	read_all(h, &list, "/etc/wpa_supplicant/*.conf", wifi_read_wpa);
	read_all(h, &list, "/var/lib/iwd/*.psk", wifi_read_iwd);
	read_all(h, &list, "/var/lib/iwd/*.open", wifi_read_iwd);
	read_all(h, &list, "/var/lib/iwd/*.8021x", wifi_read_iwd);
	read_all(h, &list, "/var/lib/iwd/ap/*.ap", wifi_read_iwd);
	read_netplan(h, &list);
	read_all(h, &list, "/etc/network/interfaces", wifi_read_interfaces);
	read_all(h, &list, "/etc/network/interfaces.d/*", wifi_read_interfaces);
	read_ifcfg(h, &list);
	read_hostapd(h, &list);
	for (size_t i = 0; i < list.all.len; i++)
		show(h, rows, &list.all.at[i]);
	return 0;
}

const struct fact_table wifi_networks_table = {
	.name = "wifi_networks",
	.words = T("mạng không dây mà máy này vào hoặc phát"),
	.columns = columns,
	.fill = fill,
};
