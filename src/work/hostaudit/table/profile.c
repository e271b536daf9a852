/* profile.c - what kind of machine this is: one row that every check may ask in "applies". */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/sysctl.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum {
	KIND,
	FAMILY,
	IS_LIVE,
	HAS_PROC,
	IS_CONTAINER,
	IS_VM,
	HAS_DESKTOP,
	HAS_SYSTEMD,
	AGE_DAYS,
	HAS_IP6,
	MACHINE
};

static const struct fact_column columns[] = {
	[KIND] = { "kind", FACT_TEXT, T("server hoặc workstation") },
	[FAMILY] = { "family", FACT_TEXT, T("họ hệ điều hành: debian, rhel, other") },
	[IS_LIVE] = { "is_live", FACT_INT, T("là chính máy đang chạy") },
	[HAS_PROC] = { "has_proc", FACT_INT, T("có /proc để đọc") },
	[IS_CONTAINER] = { "is_container", FACT_INT, T("chạy trong vùng chứa") },
	[IS_VM] = { "is_vm", FACT_INT, T("là máy ảo; trống khi không rõ") },
	[HAS_DESKTOP] = { "has_desktop", FACT_INT, T("có giao diện đồ họa") },
	[HAS_SYSTEMD] = { "has_systemd", FACT_INT, T("khởi động bằng systemd") },
	[AGE_DAYS] = { "age_days", FACT_INT, T("số ngày kể từ khi cài đặt; trống khi không rõ") },
	[HAS_IP6] = { "has_ip6", FACT_INT, T("có địa chỉ IPv6; trống khi không rõ") },
	[MACHINE] = { "machine", FACT_TEXT, T("hãng và loại máy") },
	{ 0 },
};

static struct str line_of(struct host *h, const char *path)
{
	struct str text;

	if (host_read_proc(h, path, 4096, host_arena(h), &text) < 0)
		return STR("");
	return str_trim(text);
}

static bool has_any(struct host *h, const char *pattern)
{
	const struct str *paths;
	size_t count;

	return host_glob(h, pattern, &paths, &count) == 0 && count > 0;
}

/* A display manager is started at boot, or sessions for one are installed. */
static bool has_desktop(struct host *h)
{
	struct str link;

	if (host_readlink(h, "/etc/systemd/system/display-manager.service", &link) == 0)
		return !str_is(link, "/dev/null");
	return has_any(h, "/usr/share/wayland-sessions/*.desktop") ||
		has_any(h, "/usr/share/xsessions/*.desktop");
}

/* Marks that any user may read; the environment of process 1 would need root. */
static bool is_container(struct host *h)
{
	return host_exists(h, "/run/systemd/container") || host_exists(h, "/.dockerenv") ||
		host_exists(h, "/run/.containerenv");
}

/* 1, 0, or -1 when nothing tells. */
static int is_vm(struct host *h, struct str machine)
{
	static const char *const makers[] = { "QEMU", "KVM", "VMware", "VirtualBox", "innotek",
		"Xen", "Bochs", "Microsoft Corporation Virtual Machine", "Amazon EC2", "OpenStack",
		"Google Compute Engine", "Parallels", "oVirt", "Nutanix", "Alibaba Cloud", "bhyve",
		"Firecracker", "RHEV", "Virtual Machine" };
	struct str cpu = STR("");

	if (!host_has_proc(h))
		return -1;
	for (size_t i = 0; i < COUNT(makers); i++)
		if (str_find(machine, str_of(makers[i])) >= 0)
			return 1;
	if (host_exists(h, "/sys/hypervisor/type"))
		return 1;
	/* The processor tells a guest; the first of them is enough. */
	if (host_read_proc(h, "/proc/cpuinfo", 4096, host_arena(h), &cpu) == 0 && cpu.len > 0)
		return str_find(cpu, STR(" hypervisor")) >= 0;
	return machine.len > 0 ? 0 : -1;
}

/* The machine id is written at the first start, host keys soon after: the older tells the age.
 * Files of an image are older than the machine and tell nothing. */
static int64_t installed_at_s(struct host *h)
{
	static const char *const paths[] = { "/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key.pub",
		"/etc/ssh/ssh_host_rsa_key.pub" };
	int64_t oldest = 0;
	struct host_stat st;

	for (size_t i = 0; i < COUNT(paths); i++)
		if (host_stat(h, paths[i], &st) == 0 && st.size > 0 &&
			(oldest == 0 || st.mtime_s < oldest))
			oldest = st.mtime_s;
	return oldest;
}

/* 0 when the settings of the kernel turn IPv6 off on each interface at the next start, else -1.
 * NetworkManager turns it on again on those it brings up. */
static int has_ip6_at_start(struct host *h)
{
	struct setting all = { 0 }, last = { 0 };

	sysctl_conf(h, "net.ipv6.conf.all.disable_ipv6", &all);
	sysctl_conf(h, "net.ipv6.conf.*.disable_ipv6", &last);
	return str_is(all.value, "1") && str_is(last.value, "1") &&
			!unit_starts(h, "NetworkManager.service") ?
		0 :
		-1;
}

/* 1, 0, or -1: some interface, if only the machine's own, has an address. */
static int has_ip6(struct host *h)
{
	struct str text;
	int rc;

	if (!host_has_proc(h))
		return has_ip6_at_start(h);
	rc = host_read_proc(h, "/proc/net/if_inet6", 64 * KIB, host_arena(h), &text);
	return rc == ERR_ABSENT ? 0 : rc < 0 ? -1 : text.len > 0;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct os_release os = os_release_read(h);
	struct str machine = line_of(h, "/sys/class/dmi/id/sys_vendor");
	struct str product = line_of(h, "/sys/class/dmi/id/product_name");
	int64_t installed = installed_at_s(h);
	bool is_desktop = has_desktop(h);
	int ip6 = has_ip6(h), vm;

	machine = arena_fmt(host_arena(h), "%.*s %.*s", STR_FMT(machine), STR_FMT(product));
	vm = is_vm(h, str_trim(machine));
	fact_row(rows);
	fact_cstr(rows, KIND, is_desktop ? "workstation" : "server");
	fact_cstr(rows, FAMILY, os.family);
	fact_int(rows, IS_LIVE, host_is_live(h));
	fact_int(rows, HAS_PROC, host_has_proc(h));
	fact_int(rows, IS_CONTAINER, is_container(h));
	if (vm >= 0)
		fact_int(rows, IS_VM, vm);
	fact_int(rows, HAS_DESKTOP, is_desktop);
	fact_int(rows, HAS_SYSTEMD,
		host_exists(h, "/usr/lib/systemd/systemd") ||
			host_exists(h, "/lib/systemd/systemd"));
	if (installed > 0 && installed <= host_now_s(h))
		fact_int(rows, AGE_DAYS, (host_now_s(h) - installed) / CLOCK_DAY_S);
	if (ip6 >= 0)
		fact_int(rows, HAS_IP6, ip6);
	if (str_trim(machine).len > 0)
		fact_text(rows, MACHINE, str_trim(machine));
	return 0;
}

const struct fact_table host_profile_table = {
	.name = "host_profile",
	.words = T("loại máy và hoàn cảnh của nó"),
	.columns = columns,
	.fill = fill,
};
