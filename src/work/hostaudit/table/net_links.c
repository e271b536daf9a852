/* net_links: everything that connects this machine or could: interfaces of the kernel, radios, and
 * the traces that earlier connections leave. For the machine that must be on no network at all. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/nm.h"
#include "work/hostaudit/tables.h"

enum { NAME, KIND, STATE, FOUND, FILE_PATH };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("giao diện, thiết bị hoặc tệp") },
	[KIND] = { "kind", FACT_TEXT,
		T("loại: wired, wireless, mobile, bluetooth, profile, lease") },
	[STATE] = { "state", FACT_TEXT,
		T("up: đang nối; down: có mà không nối; saved: được lưu để nối; past: đã từng nối") },
	[FOUND] = { "found", FACT_TEXT, T("chi tiết") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	{ 0 },
};

struct link {
	struct str name, found, file;
	const char *kind, *state;
};

static void put(struct fact_rows *rows, const struct link *l)
{
	fact_row(rows);
	fact_text(rows, NAME, l->name);
	fact_cstr(rows, KIND, l->kind);
	fact_cstr(rows, STATE, l->state);
	fact_text(rows, FOUND, l->found);
	fact_text(rows, FILE_PATH, l->file);
}

static struct str word_of(struct host *h, const char *dir, const char *name)
{
	struct str text = STR("");

	host_read_proc(
		h, arena_fmt(host_arena(h), "%s/%s", dir, name).ptr, 64, host_arena(h), &text);
	return str_trim(text);
}

/* Drivers that do not tell their state count as connected once they are switched on. */
static bool is_switched_on(struct host *h, const char *dir)
{
	struct str flags = word_of(h, dir, "flags");
	uint64_t bits;

	return str_starts(flags, "0x") && str_to_u64(str_from(flags, 2), 16, &bits) && bits & 1;
}

static const char *kind_of(struct host *h, const char *dir, struct str name)
{
	if (host_exists(h, arena_fmt(host_arena(h), "%s/phy80211", dir).ptr) ||
		host_exists(h, arena_fmt(host_arena(h), "%s/wireless", dir).ptr))
		return "wireless";
	if (str_starts(name, "ww") || str_starts(name, "ppp"))
		return "mobile";
	return str_starts(name, "bnep") ? "bluetooth" : "wired";
}

/* Interfaces that only programs of this machine reach. */
static bool is_inner(struct host *h, const char *dir, struct str name)
{
	return str_is(name, "lo") || str_is(name, "bonding_masters") ||
		(!host_exists(h, arena_fmt(host_arena(h), "%s/device", dir).ptr) &&
			!str_starts(name, "ppp") && !str_starts(name, "bnep"));
}

static void put_interfaces(struct host *h, struct fact_rows *rows)
{
	const struct str *names;
	size_t count;

	if (!host_has_proc(h) || host_list(h, "/sys/class/net", &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *dir = arena_fmt(host_arena(h), "/sys/class/net/%s", names[i].ptr).ptr;
		struct link l = { .name = names[i], .file = str_of(dir) };
		struct str operstate;

		if (is_inner(h, dir, names[i]))
			continue;
		operstate = word_of(h, dir, "operstate");
		l.kind = kind_of(h, dir, names[i]);
		l.state = str_is(operstate, "up") ||
				(str_is(operstate, "unknown") && is_switched_on(h, dir)) ?
			"up" :
			"down";
		l.found = arena_fmt(host_arena(h), "operstate %.*s",
			STR_FMT(operstate.len > 0 ? operstate : STR("?")));
		put(rows, &l);
	}
}

static void put_bluetooth(struct host *h, struct fact_rows *rows)
{
	const struct str *names;
	size_t count;

	if (!host_has_proc(h) || host_list(h, "/sys/class/bluetooth", &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		put(rows,
			&(struct link){ .name = names[i],
				.kind = "bluetooth",
				.state = "down",
				.found = STR("radio"),
				.file = STR("/sys/class/bluetooth") });
}

static void put_profiles(struct host *h, struct fact_rows *rows)
{
	const struct nm_profile *profiles;
	size_t count;

	nm_profiles(h, &profiles, &count);
	for (size_t i = 0; i < count; i++) {
		const struct nm_profile *p = &profiles[i];

		if (str_is(p->type, "loopback") || str_is(p->type, "dummy"))
			continue;
		put(rows,
			&(struct link){ .name = p->id,
				.kind = "profile",
				.state = p->is_active ? "up" : "saved",
				.found = p->type,
				.file = p->file });
	}
}

/* What DHCP clients leave behind, and keys of wireless networks. */
static void put_traces(struct host *h, struct fact_rows *rows)
{
	static const struct {
		const char *pattern, *kind, *state;
	} traces[] = {
		{ "/var/lib/dhcp/*.leases", "lease", "past" },
		{ "/var/lib/NetworkManager/*.lease", "lease", "past" },
		{ "/var/lib/dhclient/*.lease", "lease", "past" },
		{ "/run/systemd/netif/leases/*", "lease", "past" },
		{ "/var/lib/iwd/*.psk", "profile", "saved" },
		{ "/var/lib/iwd/*.open", "profile", "saved" },
	};
	const struct str *paths;
	struct host_stat st;
	size_t count;

	for (size_t t = 0; t < COUNT(traces); t++) {
		if (host_glob(h, traces[t].pattern, &paths, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++)
			if (host_stat(h, paths[i].ptr, &st) == 0 && st.size > 0)
				put(rows,
					&(struct link){ .name = path_base(paths[i]),
						.kind = traces[t].kind,
						.state = traces[t].state,
						.found = STR("file"),
						.file = paths[i] });
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	put_interfaces(h, rows);
	put_bluetooth(h, rows);
	put_profiles(h, rows);
	put_traces(h, rows);
	return 0;
}

const struct fact_table net_links_table = {
	.name = "net_links",
	.words = T("kết nối mạng đang có, được lưu hoặc đã từng có"),
	.columns = columns,
	.fill = fill,
};
