/* storage.c - what each file system of a disk, and swap, stands on: encryption and
 * redundancy, by /sys on a running machine, by crypttab and fstab in an image. */
#include <string.h>

#include "work/hostaudit/blocks.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/mounts.h"
#include "work/hostaudit/resolve/boot.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/zpool.h"
#include "work/hostaudit/tables.h"

enum {
	PATH,
	TYPE,
	DEVICE,
	DISKS,
	ENCRYPTED,
	CIPHER,
	KEY_BESIDE,
	REDUNDANT,
	LEVEL,
	ASK,
	IS_REMOVABLE,
	IS_SWAP,
	FILE_PATH,
	LINE
};

static const struct fact_column columns[] = {
	[PATH] = { "path", FACT_TEXT, T("thư mục gắn, hoặc swap") },
	[TYPE] = { "type", FACT_TEXT, T("loại hệ thống tệp") },
	[DEVICE] = { "device", FACT_TEXT, T("thiết bị trên cùng") },
	[DISKS] = { "disks", FACT_TEXT, T("các ổ đĩa bên dưới") },
	[ENCRYPTED] = { "is_encrypted", FACT_INT, T("1: mã hóa; 0: không; trống: chưa rõ") },
	[CIPHER] = { "cipher", FACT_TEXT, T("cách mã hóa") },
	[KEY_BESIDE] = { "is_key_beside", FACT_INT,
		T("1: khóa mở ổ nằm trong tệp không thấy được mã hóa") },
	[REDUNDANT] = { "is_redundant", FACT_INT,
		T("1: hỏng một ổ vẫn còn dữ liệu; 0: không; trống: nơi khác mới biết") },
	[LEVEL] = { "level", FACT_TEXT, T("mức RAID, hoặc loại ổ") },
	[ASK] = { "ask", FACT_TEXT, T("mã lý do khi nơi khác mới biết") },
	[IS_REMOVABLE] = { "is_removable", FACT_INT, T("1: ổ cắm ngoài") },
	[IS_SWAP] = { "is_swap", FACT_INT, T("1: vùng nhớ tráo đổi") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

static void show_tri(struct fact_rows *rows, int column, enum tri value)
{
	if (value != TRI_UNCLEAR)
		fact_int(rows, column, value == TRI_YES);
}

static void show(struct fact_rows *rows, const struct mount *m, const struct stack *s, bool is_swap)
{
	fact_row(rows);
	fact_text(rows, PATH, m->target);
	fact_text(rows, TYPE, m->fstype);
	fact_text(rows, DEVICE, s->device);
	fact_text(rows, DISKS, s->disks);
	show_tri(rows, ENCRYPTED, s->encrypted);
	fact_text(rows, CIPHER, s->cipher);
	fact_int(rows, KEY_BESIDE, s->is_key_beside);
	show_tri(rows, REDUNDANT, s->redundant);
	fact_text(rows, LEVEL, s->level);
	fact_cstr(rows, ASK, s->ask);
	fact_int(rows, IS_REMOVABLE, s->is_removable);
	fact_int(rows, IS_SWAP, is_swap);
	fact_text(rows, FILE_PATH, m->file);
	fact_int(rows, LINE, m->line);
}

/* Files a machine starts from hold nothing of the unit's. */
static bool is_boot(struct str target)
{
	return str_is(target, "/boot") || str_is(target, "/efi") || str_starts(target, "/boot/");
}

static bool is_shown_before(const struct mount_list *mounts, size_t i)
{
	const struct mount *m = &mounts->at[i];

	for (size_t n = 0; n < mounts->len; n++) {
		const struct mount *o = &mounts->at[n];

		if (n == i || !o->is_disk || !str_eq(o->source, m->source) ||
			!str_eq(o->device, m->device))
			continue;
		if (o->target.len < m->target.len || (o->target.len == m->target.len && n < i))
			return true;
	}
	return false;
}

/* ---- btrfs and ZFS bring their own RAID ---- */

/* The folder /sys/fs/btrfs/UUID of the file system that lies on DEVICE; "" when none. */
static struct str btrfs_folder(struct host *h, struct str device)
{
	const struct str *uuids;
	size_t count;

	if (host_list(h, "/sys/fs/btrfs", &uuids, &count) < 0)
		return STR("");
	for (size_t i = 0; i < count; i++) {
		struct str folder =
			arena_fmt(host_arena(h), "/sys/fs/btrfs/%.*s", STR_FMT(uuids[i]));

		if (host_exists(h,
			    arena_fmt(host_arena(h), "%.*s/devices/%.*s", STR_FMT(folder),
				    STR_FMT(device))
				    .ptr))
			return folder;
	}
	return STR("");
}

/* Data and metadata: each profile in use must bear the loss of a disk. */
static struct str btrfs_profile(struct host *h, struct str folder, bool *ret_redundant)
{
	static const char *const kinds[] = { "data", "metadata", "mixed" };
	static const char *const profiles[] = { "raid0", "raid1", "raid1c3", "raid1c4", "raid10",
		"raid5", "raid6", "dup", "single" };
	struct str said = STR("");
	bool is_safe = true;

	for (size_t k = 0; k < COUNT(kinds); k++)
		for (size_t p = 0; p < COUNT(profiles); p++) {
			struct str path = arena_fmt(host_arena(h), "%.*s/allocation/%s/%s",
				STR_FMT(folder), kinds[k], profiles[p]);

			if (!host_exists(h, path.ptr))
				continue;
			is_safe &= raid_is_redundant(str_of(profiles[p]));
			said = arena_fmt(host_arena(h), "%.*s%s%s %s", STR_FMT(said),
				said.len > 0 ? ", " : "", kinds[k], profiles[p]);
		}
	*ret_redundant = is_safe && said.len > 0;
	return said;
}

static struct stack btrfs_stack(struct host *h, const struct mount *m)
{
	struct stack s = stack_of(h, STR(""), m->source);
	struct str folder = btrfs_folder(h, s.device);
	const struct str *devices;
	bool is_redundant;
	struct str said;
	size_t count;

	if (!s.is_known || folder.len == 0 ||
		host_list(h, arena_fmt(host_arena(h), "%.*s/devices", STR_FMT(folder)).ptr,
			&devices, &count) < 0)
		return s;
	for (size_t i = 0; i < count; i++) {
		struct stack other = stack_of_name(h, devices[i]);

		if (other.encrypted != s.encrypted)
			s.encrypted = TRI_UNCLEAR;
		if (other.redundant == TRI_NO || s.redundant == TRI_YES) {
			s.redundant = other.redundant;
			s.ask = other.ask;
		}
	}
	said = btrfs_profile(h, folder, &is_redundant);
	if (is_redundant) {
		s.redundant = TRI_YES;
		s.ask = NULL;
	}
	if (said.len > 0)
		s.level = arena_fmt(host_arena(h), "btrfs: %.*s", STR_FMT(said));
	return s;
}

/* Whether its data sets are encrypted stands nowhere outside the pool. */
static struct stack pool_stack(struct host *h, const struct mount *m)
{
	struct stack s = { .device = m->source,
		.encrypted = TRI_UNCLEAR,
		.redundant = TRI_UNCLEAR,
		.level = m->fstype,
		.cipher = STR(""),
		.disks = STR("") };
	struct str pool = m->source, below, level = STR("");

	(void)str_split(m->source, '/', &pool, &below);
	if (str_is(m->fstype, "zfs"))
		s.redundant = zpool_redundant(host_bytes(h, STR("/etc/zfs/zpool.cache"), NULL),
			pool, host_arena(h), &level);
	if (level.len > 0)
		s.level = arena_fmt(host_arena(h), "zfs: %.*s", STR_FMT(level));
	s.ask = s.redundant == TRI_UNCLEAR ? "vendor-tool" : NULL;
	return s;
}

static struct stack image_stack(struct host *h, const struct mount *m);

static struct stack live_stack(struct host *h, const struct mount *m)
{
	struct stack s;

	if (str_is(m->fstype, "btrfs"))
		return btrfs_stack(h, m);
	if (str_is(m->fstype, "zfs") || str_is(m->fstype, "bcachefs"))
		return pool_stack(h, m);
	s = stack_of(h, m->device, m->source);
	/* a /sys that does not fit says nothing; without one the names are left */
	if (!s.is_known && host_exists(h, "/sys/class/block")) {
		s.encrypted = s.redundant = TRI_UNCLEAR;
		s.ask = "device-not-seen";
	} else if (!s.is_known) {
		s = image_stack(h, m);
		if (s.redundant == TRI_UNCLEAR)
			s.ask = "device-not-seen";
	}
	return s;
}

/* ---- images: what would be opened at the next start ---- */

/* The last two columns of the line of /etc/crypttab for the volume NAME. */
static bool crypttab_line(
	struct host *h, struct str name, struct str *ret_key, struct str *ret_options)
{
	struct str rest = host_bytes(h, STR("/etc/crypttab"), NULL), line, word;

	*ret_key = *ret_options = STR("");
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || !str_next_word(&line, " \t", &word) ||
			!str_eq(word, name))
			continue;
		if (str_next_word(&line, " \t", &word) && str_next_word(&line, " \t", ret_key))
			(void)str_next_word(&line, " \t", ret_options);
		return true;
	}
	return false;
}

/* The cipher of the volume that /etc/crypttab opens under NAME; "" when it has none. */
static struct str crypttab_cipher(struct host *h, struct str name)
{
	struct str key, options;

	if (crypttab_line(h, name, &key, &options)) {
		if (str_find(options, STR("cipher_null")) >= 0 ||
			str_find(options, STR("cipher=null")) >= 0)
			return STR(""); /* it is mapped, and stays as it is */
		return str_find(options, STR("plain")) >= 0  ? STR("PLAIN") :
			str_find(options, STR("bitlk")) >= 0 ? STR("BITLK") :
							       STR("LUKS");
	}
	return STR("");
}

/* A name that is a disk's or a partition's own: nothing of the mapper stands between. */
static bool is_raw(struct str source)
{
	static const char *const starts[] = { "/dev/sd", "/dev/hd", "/dev/vd", "/dev/xvd",
		"/dev/nvme", "/dev/mmcblk", "PARTUUID=", "PARTLABEL=", "/dev/disk/by-partuuid/",
		"/dev/disk/by-partlabel/", "/dev/disk/by-path/", "/dev/disk/by-id/ata-",
		"/dev/disk/by-id/nvme-", "/dev/disk/by-id/scsi-", "/dev/disk/by-id/wwn-" };

	for (size_t i = 0; i < COUNT(starts); i++)
		if (str_starts(source, starts[i]))
			return true;
	return false;
}

/* "luu" of "/dev/mapper/luu" and of "/dev/disk/by-id/dm-name-luu"; "" for any other. */
static struct str mapper_name(struct str source)
{
	static const char *const starts[] = { "/dev/mapper/", "/dev/disk/by-id/dm-name-" };

	for (size_t i = 0; i < COUNT(starts); i++)
		if (str_starts(source, starts[i]))
			return str_from(source, strlen(starts[i]));
	return STR("");
}

/* Does nothing open an encrypted disk as this image starts? No line of crypttab (but those with a
 * new key at each start, which hold no file system of last time), no word to the kernel. */
static bool opens_none(struct host *h)
{
	static const char *const words[] = { "luks", "cryptdevice", "cryptroot", "cryptopts" };
	struct str rest = host_bytes(h, STR("/etc/crypttab"), NULL), line, name, key;
	struct boot_line boot;

	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		key = STR("");
		if (!str_next_word(&line, " \t", &name) || !str_next_word(&line, " \t", &name) ||
			!str_next_word(&line, " \t", &key) ||
			(!str_is(key, "/dev/urandom") && !str_is(key, "/dev/random")))
			return false;
	}
	boot = boot_line(h);
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_find(boot.words, str_of(words[i])) >= 0)
			return false;
	return true;
}

/* A file system by its own name, wherever it lies. */
static bool is_by_own_name(struct str source)
{
	static const char *const starts[] = { "UUID=", "LABEL=", "/dev/disk/by-uuid/",
		"/dev/disk/by-label/" };

	for (size_t i = 0; i < COUNT(starts); i++)
		if (str_starts(source, starts[i]))
			return true;
	return false;
}

static enum tri image_encrypted(struct host *h, struct str source, struct str *ret_cipher)
{
	struct mdstat_array array;

	*ret_cipher = STR("");
	if (mapper_name(source).len > 0)
		*ret_cipher = crypttab_cipher(h, mapper_name(source));
	else if (str_starts(source, "/dev/disk/by-id/dm-uuid-"))
		*ret_cipher = dm_cipher(str_from(source, strlen("/dev/disk/by-id/dm-uuid-")));
	if (ret_cipher->len > 0)
		return TRI_YES;
	if (mdstat_find(h, source, &array) && !array.is_layered)
		return TRI_NO;
	if (is_by_own_name(source) && opens_none(h))
		return TRI_NO;
	return is_raw(source) ? TRI_NO : TRI_UNCLEAR;
}

/* The group and the volume of "/dev/mapper/vg-root" and of "/dev/vg/root". */
static bool volume_of(struct host *h, struct str source, struct str *ret_group, struct str *ret)
{
	struct str name = mapper_name(source);

	if (name.len > 0)
		return lvm_names(host_arena(h), name, ret_group, ret);
	return str_starts(source, "/dev/") && str_split(str_from(source, 5), '/', ret_group, ret);
}

/* A volume of LVM is as encrypted as all that its group lies on, by LVM's own record. */
static enum tri image_volume(struct host *h, struct str source, struct str *ret_cipher)
{
	struct str group, volume, device, rest, cipher = STR("");
	enum tri all = TRI_UNCLEAR;
	bool is_first = true;

	if (!volume_of(h, source, &group, &volume))
		return TRI_UNCLEAR;
	rest = lvm_record(h, group);
	for (; lvm_next_device(&rest, &device); is_first = false) {
		enum tri one = image_encrypted(h, device, &cipher);

		all = is_first || one == all ? one : TRI_UNCLEAR;
	}
	if (all == TRI_YES)
		*ret_cipher = cipher;
	return all;
}

/* A layout that would bear the loss of a disk and does not, for its legs share one. */
static struct str array_words(
	struct host *h, struct str level, struct str words, enum tri redundant)
{
	return redundant == TRI_NO && raid_is_redundant(level) ?
		arena_fmt(host_arena(h), "%.*s, single disk", STR_FMT(words)) :
		words;
}

/* Is the key of the volume NAME a file on something that is not known to be encrypted? Who takes
 * the disks has the key then. */
static bool is_key_beside(struct host *h, struct str name)
{
	const struct mount *best = NULL;
	struct mount_list mounts = { 0 };
	struct str key, options, cipher;

	if (!crypttab_line(h, name, &key, &options) || !str_starts(key, "/") ||
		str_starts(key, "/dev/"))
		return false;
	mounts_read(h, &mounts);
	for (size_t i = 0; i < mounts.len; i++) {
		const struct mount *m = &mounts.at[i];

		if (m->target.len < key.len && str_eq(str_until(key, m->target.len), m->target) &&
			(str_ends(m->target, "/") || key.ptr[m->target.len] == '/') &&
			(!best || m->target.len > best->target.len))
			best = m;
	}
	return best && image_encrypted(h, best->source, &cipher) != TRI_YES &&
		image_volume(h, best->source, &cipher) != TRI_YES;
}

/* The redundancy that text tells: of md by the kernel's list, else by mdadm.conf where it says the
 * level; of LVM by its record. A plain volume may lie on an array, or on a disk of a controller. */
static struct str image_level(struct host *h, struct str source, enum tri *ret)
{
	struct mdstat_array array;
	struct str group, volume, level;

	*ret = TRI_UNCLEAR;
	if ((mdstat_find(h, source, &array) || mdadm_find(h, source, &array)) &&
		array.level.len > 0) {
		*ret = mdstat_redundant(&array);
		return array_words(h, array.level, array.level, *ret);
	}
	if (!volume_of(h, source, &group, &volume))
		return STR("");
	level = lvm_level(lvm_record(h, group), volume);
	if (!raid_is_redundant(level))
		return STR("");
	*ret = lvm_apart(lvm_record(h, group), volume, level);
	return array_words(h, level, arena_fmt(host_arena(h), "LVM %.*s", STR_FMT(level)), *ret);
}

/* The name tells what lies below; what is mounted by UUID may lie on anything. */
static struct stack image_stack(struct host *h, const struct mount *m)
{
	struct stack s = { .device = m->source,
		.redundant = TRI_UNCLEAR,
		.level = STR(""),
		.disks = STR(""),
		.cipher = STR(""),
		.ask = GAP_NOT_LIVE };

	if (str_is(m->fstype, "zfs"))
		return pool_stack(h, m);
	s.encrypted = image_encrypted(h, m->source, &s.cipher);
	if (s.encrypted == TRI_UNCLEAR)
		s.encrypted = image_volume(h, m->source, &s.cipher);
	if (s.encrypted == TRI_YES && is_key_beside(h, mapper_name(m->source))) {
		s.encrypted = TRI_UNCLEAR;
		s.is_key_beside = true;
	}
	s.level = image_level(h, m->source, &s.redundant);
	if (s.redundant != TRI_UNCLEAR)
		s.ask = NULL;
	return s;
}

/* ---- swap ---- */

/* A line of /proc/swaps: "/dev/dm-1 partition 1000444 0 -2". */
static void show_swap(struct host *h, struct fact_rows *rows, struct str line, int number)
{
	struct mount m = { .target = STR("swap"),
		.fstype = STR("swap"),
		.file = STR("/proc/swaps"),
		.line = number };
	struct stack s;
	struct str kind;

	if (!str_next_word(&line, " \t", &m.source) || !str_next_word(&line, " \t", &kind) ||
		!str_is(kind, "partition") || str_starts(path_base(m.source), "zram"))
		return; /* a swap file lies on a file system that has its own row */
	s = stack_of(h, STR(""), m.source);
	if (!s.is_known)
		s.encrypted = s.redundant = TRI_UNCLEAR;
	show(rows, &m, &s, true);
}

/* A line of fstab that will be swap at the next start. */
static void show_image_swap(struct host *h, struct fact_rows *rows, const struct mount *m)
{
	struct mount swap = *m;
	struct stack s;

	if (!str_is(m->fstype, "swap") || str_starts(path_base(m->source), "zram") ||
		(str_starts(m->source, "/") && !str_starts(m->source, "/dev/")))
		return;
	swap.target = STR("swap");
	s = image_stack(h, m);
	show(rows, &swap, &s, true);
}

static void read_swaps(struct host *h, struct fact_rows *rows)
{
	struct str text, line;
	int number = 0;

	if (!host_has_proc(h) ||
		host_read_proc(h, "/proc/swaps", 16 * KIB, host_arena(h), &text) < 0)
		return;
	while (str_next_line(&text, &line))
		if (++number > 1)
			show_swap(h, rows, line, number);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct mount_list mounts = { 0 };
	bool is_image;

	(void)e;
	mounts_read(h, &mounts);
	is_image = mounts.len == 0 || str_is(mounts.at[0].file, "/etc/fstab");
	for (size_t i = 0; i < mounts.len; i++) {
		const struct mount *m = &mounts.at[i];
		struct stack s;

		if (is_image)
			show_image_swap(h, rows, m);
		if (!m->is_disk || is_boot(m->target) || is_shown_before(&mounts, i))
			continue;
		s = is_image ? image_stack(h, m) : live_stack(h, m);
		show(rows, m, &s, false);
	}
	read_swaps(h, rows);
	return 0;
}

const struct fact_table storage_table = {
	.name = "storage",
	.words = T("hệ thống tệp nằm trên gì: mã hóa, RAID"),
	.columns = columns,
	.fill = fill,
};
