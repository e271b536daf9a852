/* raid.c - arrays of disks and their health: md, LVM, btrfs, ZFS. What only the tool of a
 * controller knows is a row without health. */
#include "work/hostaudit/blocks.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/tables.h"

enum {
	NAME,
	KIND,
	LEVEL,
	IS_REDUNDANT,
	DISKS,
	MISSING,
	STATE,
	ACTION,
	IS_HEALTHY,
	REASON,
	FILE_PATH
};

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên mảng") },
	[KIND] = { "kind", FACT_TEXT, T("loại: md, lvm, btrfs, zfs, controller") },
	[LEVEL] = { "level", FACT_TEXT, T("mức RAID") },
	[IS_REDUNDANT] = { "is_redundant", FACT_INT, T("1: hỏng một ổ vẫn còn dữ liệu") },
	[DISKS] = { "disks", FACT_INT, T("số ổ phải có") },
	[MISSING] = { "missing", FACT_INT, T("số ổ thiếu hoặc hỏng") },
	[STATE] = { "state", FACT_TEXT, T("trạng thái do nhân báo") },
	[ACTION] = { "action", FACT_TEXT, T("việc đang làm: resync, recover, check") },
	[IS_HEALTHY] = { "is_healthy", FACT_INT, T("1: tốt; 0: hỏng; trống: chưa rõ") },
	[REASON] = { "reason", FACT_TEXT, T("mã lý do khi chưa rõ") },
	[FILE_PATH] = { "file", FACT_TEXT, T("nơi đọc") },
	{ 0 },
};

static struct str at(struct host *h, struct str folder, const char *name)
{
	return sys_line(h, arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(folder), name).ptr);
}

static int64_t number_at(struct host *h, struct str folder, const char *name)
{
	return sys_number(h, arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(folder), name).ptr);
}

/* ---- md ---- */

static bool is_md_fine(struct str state)
{
	static const char *const fine[] = { "clean", "active", "active-idle", "write-pending",
		"readonly", "read-auto" };

	for (size_t i = 0; i < COUNT(fine); i++)
		if (str_is(state, fine[i]))
			return true;
	return false;
}

/* A container of fake-RAID firmware has no level of its own; its volumes are arrays themselves. */
static void show_md(struct host *h, struct fact_rows *rows, struct str name)
{
	struct str folder = arena_fmt(host_arena(h), "/sys/class/block/%.*s/md", STR_FMT(name));
	struct str level = at(h, folder, "level"), state = at(h, folder, "array_state");
	int64_t disks = number_at(h, folder, "raid_disks");
	int64_t missing = number_at(h, folder, "degraded");
	bool is_redundant = md_is_redundant(level, disks);

	if (level.len == 0 || str_is(level, "container") || str_is(state, "clear"))
		return;
	fact_row(rows);
	fact_text(rows, NAME, name);
	fact_cstr(rows, KIND, "md");
	fact_text(rows, LEVEL, level);
	fact_int(rows, IS_REDUNDANT, is_redundant);
	if (disks >= 0)
		fact_int(rows, DISKS, disks);
	if (missing >= 0)
		fact_int(rows, MISSING, missing);
	fact_text(rows, STATE, state);
	fact_text(rows, ACTION, at(h, folder, "sync_action"));
	fact_text(rows, FILE_PATH, folder);
	if (missing > 0 || (state.len > 0 && !is_md_fine(state)))
		fact_int(rows, IS_HEALTHY, 0);
	else if (state.len > 0 && (missing == 0 || !is_redundant))
		fact_int(rows, IS_HEALTHY, 1);
	else
		fact_cstr(rows, REASON, GAP_UNREADABLE);
}

/* What /proc/mdstat tells of an array that /sys does not show. */
static void show_mdstat(struct host *h, struct fact_rows *rows, const struct mdstat_array *m)
{
	bool is_redundant = md_is_redundant(m->level, m->disks);

	if (m->is_container ||
		host_exists(h,
			arena_fmt(host_arena(h), "/sys/class/block/%.*s/md", STR_FMT(m->name)).ptr))
		return;
	fact_row(rows);
	fact_text(rows, NAME, m->name);
	fact_cstr(rows, KIND, "md");
	fact_text(rows, LEVEL, m->level);
	fact_int(rows, IS_REDUNDANT, is_redundant);
	if (m->disks >= 0) {
		fact_int(rows, DISKS, m->disks);
		fact_int(rows, MISSING, m->disks - m->working);
	}
	fact_cstr(rows, STATE, m->is_active ? "active" : "inactive");
	fact_text(rows, ACTION, m->action);
	fact_cstr(rows, FILE_PATH, "/proc/mdstat");
	if (!m->is_active || m->working < m->disks)
		fact_int(rows, IS_HEALTHY, 0);
	else if (m->disks >= 0 || !is_redundant)
		fact_int(rows, IS_HEALTHY, 1);
	else
		fact_cstr(rows, REASON, GAP_UNREADABLE);
}

static void read_mdstat(struct host *h, struct fact_rows *rows)
{
	struct mdstat_array array;
	struct str text;

	if (host_read_proc(h, "/proc/mdstat", 64 * KIB, host_arena(h), &text) < 0)
		return;
	while (mdstat_next(&text, &array))
		show_mdstat(h, rows, &array);
}

/* ---- LVM ---- */

/* Legs of the volume NAME, and how many of them have no disk any more. */
static void show_lvm(struct host *h, struct fact_rows *rows, struct str name)
{
	struct str folder = arena_fmt(host_arena(h), "/sys/class/block/%.*s", STR_FMT(name));
	struct str group, volume, level, legs = STR(""), dm = at(h, folder, "dm/name");
	const struct str *slaves;
	size_t count, below, disks = 0, missing = 0;

	if (host_list(h, arena_fmt(host_arena(h), "%.*s/slaves", STR_FMT(folder)).ptr, &slaves,
		    &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct str *ignored;
		struct str leg =
			arena_fmt(host_arena(h), "/sys/class/block/%.*s", STR_FMT(slaves[i]));
		struct str leg_name = at(h, leg, "dm/name");

		if (str_find(leg_name, STR("_rimage_")) < 0 &&
			str_find(leg_name, STR("_mimage_")) < 0)
			continue;
		disks++;
		below = 0;
		if (host_list(h, arena_fmt(host_arena(h), "%.*s/slaves", STR_FMT(leg)).ptr,
			    &ignored, &below) < 0 ||
			below == 0 || str_ends(leg_name, "-missing")) {
			missing++;
			legs = leg_name;
		}
	}
	if (disks == 0 || !lvm_names(host_arena(h), dm, &group, &volume))
		return;
	level = lvm_level(lvm_record(h, group), volume);
	fact_row(rows);
	fact_text(rows, NAME, dm);
	fact_cstr(rows, KIND, "lvm");
	fact_text(rows, LEVEL, level);
	if (level.len > 0)
		fact_int(rows, IS_REDUNDANT, raid_is_redundant(level));
	fact_int(rows, DISKS, (int64_t)disks);
	fact_int(rows, MISSING, (int64_t)missing);
	fact_text(rows, STATE, legs);
	fact_text(rows, FILE_PATH, folder);
	/* a leg may be there and yet be marked failed: only LVM itself tells that */
	if (missing > 0)
		fact_int(rows, IS_HEALTHY, 0);
	else
		fact_cstr(rows, REASON, "ask-lvm");
}

/* Without a kernel to ask there is what LVM wrote down itself when it last changed a group. */
static void read_lvm_records(struct host *h, struct fact_rows *rows)
{
	const struct str *groups;
	struct str rest, volume, level;
	size_t count;

	if (host_exists(h, "/sys/class/block") ||
		host_list(h, "/etc/lvm/backup", &groups, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		bool is_missing = lvm_is_missing(lvm_record(h, groups[i]));

		rest = lvm_record(h, groups[i]);
		while (lvm_next_array(&rest, &volume, &level)) {
			fact_row(rows);
			fact_text(rows, NAME,
				arena_fmt(host_arena(h), "%.*s/%.*s", STR_FMT(groups[i]),
					STR_FMT(volume)));
			fact_cstr(rows, KIND, "lvm");
			fact_text(rows, LEVEL, level);
			fact_int(rows, IS_REDUNDANT, 1);
			fact_cstr(rows, FILE_PATH, "/etc/lvm/backup");
			if (is_missing)
				fact_int(rows, IS_HEALTHY, 0);
			else
				fact_cstr(rows, REASON, "ask-lvm");
		}
	}
}

static void read_blocks(struct host *h, struct fact_rows *rows)
{
	const struct str *names;
	size_t count;

	if (host_list(h, "/sys/class/block", &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str dm;

		if (str_starts(names[i], "md") && !str_has(names[i], 'p'))
			show_md(h, rows, names[i]);
		if (!str_starts(names[i], "dm-"))
			continue;
		dm = sys_line(h,
			arena_fmt(host_arena(h), "/sys/class/block/%.*s/dm/uuid", STR_FMT(names[i]))
				.ptr);
		if (str_starts(dm, "LVM-"))
			show_lvm(h, rows, names[i]);
	}
}

/* ---- btrfs ---- */

/* Errors that a disk of the file system has counted: "write_errs 3". */
static int64_t btrfs_errors(struct host *h, struct str folder)
{
	struct str text, line, name, value;
	int64_t sum = 0, n;

	if (host_read_proc(h, arena_fmt(host_arena(h), "%.*s/error_stats", STR_FMT(folder)).ptr,
		    KIB, host_arena(h), &text) < 0)
		return -1;
	while (str_next_line(&text, &line))
		if (str_split(line, ' ', &name, &value) && str_to_i64(str_trim(value), &n))
			sum += n;
	return sum;
}

static void show_btrfs(struct host *h, struct fact_rows *rows, struct str uuid)
{
	struct arena *a = host_arena(h);
	struct str folder = arena_fmt(a, "/sys/fs/btrfs/%.*s", STR_FMT(uuid));
	struct str info = arena_fmt(a, "%.*s/devinfo", STR_FMT(folder));
	const struct str *disks;
	size_t count, missing = 0;
	int64_t errors = 0;
	bool is_told = true;

	if (host_list(h, info.ptr, &disks, &count) < 0 || count < 2)
		return; /* one disk is no array */
	for (size_t i = 0; i < count; i++) {
		struct str disk = arena_fmt(a, "%.*s/%.*s", STR_FMT(info), STR_FMT(disks[i]));
		int64_t more = btrfs_errors(h, disk);

		missing += number_at(h, disk, "missing") == 1;
		is_told &= more >= 0;
		errors += more > 0 ? more : 0;
	}
	fact_row(rows);
	fact_text(rows, NAME, arena_fmt(a, "btrfs %.*s", STR_FMT(uuid)));
	fact_cstr(rows, KIND, "btrfs");
	fact_int(rows, DISKS, (int64_t)count);
	fact_int(rows, MISSING, (int64_t)missing);
	fact_text(rows, STATE, arena_fmt(a, "errors=%lld", (long long)errors));
	fact_text(rows, FILE_PATH, info);
	if (missing > 0 || errors > 0)
		fact_int(rows, IS_HEALTHY, 0);
	else if (is_told)
		fact_int(rows, IS_HEALTHY, 1);
	else
		fact_cstr(rows, REASON, GAP_UNREADABLE);
}

/* ---- ZFS ---- */

static void show_zfs(struct host *h, struct fact_rows *rows, struct str pool)
{
	struct str folder = arena_fmt(host_arena(h), "/proc/spl/kstat/zfs/%.*s", STR_FMT(pool));
	struct str state = at(h, folder, "state");

	if (state.len == 0)
		return;
	fact_row(rows);
	fact_text(rows, NAME, arena_fmt(host_arena(h), "zfs %.*s", STR_FMT(pool)));
	fact_cstr(rows, KIND, "zfs");
	fact_text(rows, STATE, state);
	fact_text(rows, FILE_PATH, arena_fmt(host_arena(h), "%.*s/state", STR_FMT(folder)));
	fact_int(rows, IS_HEALTHY, str_is(state, "ONLINE"));
}

static void each_name(struct host *h, struct fact_rows *rows, const char *folder,
	void (*one)(struct host *h, struct fact_rows *rows, struct str name))
{
	const struct str *names;
	size_t count;

	if (host_list(h, folder, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		one(h, rows, names[i]);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	read_blocks(h, rows);
	read_lvm_records(h, rows);
	read_mdstat(h, rows);
	each_name(h, rows, "/sys/fs/btrfs", show_btrfs);
	each_name(h, rows, "/proc/spl/kstat/zfs", show_zfs);
	return 0;
}

const struct fact_table raid_arrays_table = {
	.name = "raid_arrays",
	.words = T("mảng đĩa và tình trạng của chúng"),
	.columns = columns,
	.fill = fill,
};
