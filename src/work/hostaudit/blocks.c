/* blocks.c - down the stack of block devices, by /sys alone. */
#include "work/hostaudit/blocks.h"

#include <string.h>

#include "work/hostaudit/resolve/resolve.h"

#define DEPTH_MAX 16
#define DEVICES_MAX 512
#define DISKS_TOLD 8
#define MDSTAT_BYTES (64 * KIB)
#define ASK_HOST "ask-host"
#define ASK_STORAGE "ask-storage"
#define ASK_VENDOR "vendor-tool"

struct walk {
	struct host *h;
	struct arena *a;
	size_t seen, disks;
	struct stack *top;
};

/* What one device and all below it give. */
struct part {
	enum tri encrypted, redundant;
	struct str cipher, level;
	struct str disk; /* all of it lies on this one; "" when on several */
	const char *ask;
	bool is_removable;
};

struct str sys_line(struct host *h, const char *path)
{
	struct str text;

	if (host_read_proc(h, path, 512, host_arena(h), &text) < 0)
		return STR("");
	return str_trim(text);
}

int64_t sys_number(struct host *h, const char *path)
{
	int64_t n;

	return str_to_i64(sys_line(h, path), &n) ? n : -1;
}

static struct str attribute(const struct walk *w, struct str name, const char *what)
{
	return sys_line(w->h, arena_fmt(w->a, "/sys/class/block/%.*s/%s", STR_FMT(name), what).ptr);
}

struct str dm_cipher(struct str uuid)
{
	static const char *const plain[] = { "VERITY", "INTEGRITY", "SUBDEV", "TEMP" };
	struct str kind, rest;

	if (!str_starts(uuid, "CRYPT-") || !str_split(str_from(uuid, 6), '-', &kind, &rest))
		return STR("");
	for (size_t i = 0; i < COUNT(plain); i++)
		if (str_is(kind, plain[i]))
			return STR("");
	return kind;
}

/* ---- the lowest devices ---- */

static bool has_any(struct str text, const char *const *words)
{
	for (; *words; words++)
		if (str_find(text, str_of(*words)) >= 0)
			return true;
	return false;
}

/* "2" of a SCSI device ".../host2/target2:0:0/2:0:0:0": who drives it. */
static struct str scsi_driver(const struct walk *w, struct str name)
{
	struct str link, host, rest;
	const char *path = arena_fmt(w->a, "/sys/class/block/%.*s/device", STR_FMT(name)).ptr;

	if (host_readlink(w->h, path, &link) != 0 || !str_split(path_base(link), ':', &host, &rest))
		return STR("");
	return sys_line(w->h,
		arena_fmt(w->a, "/sys/class/scsi_host/host%.*s/proc_name", STR_FMT(host)).ptr);
}

static void controller_level(struct part *p, struct str level)
{
	/* "RAID 1(1+0)", "RAID 5", "RAID 0" of hpsa and smartpqi */
	p->level = level;
	p->redundant = str_find(level, STR("RAID 0")) >= 0 ? TRI_NO : TRI_YES;
}

/* A disk that has nothing below it: who may know more of it? */
static struct part disk_part(struct walk *w, struct str name)
{
	static const char *const virtual_makers[] = { "QEMU", "VMware", "Msft", "Virtual Disk",
		"VBOX", "Amazon Elastic", "Google", "XEN", "PersistentDisk", NULL };
	static const char *const controllers[] = { "megaraid", "mpt3sas", "mpt2sas", "hpsa",
		"smartpqi", "aacraid", "arcmsr", "3w-", "ips", "cciss", "mpi3mr", NULL };
	static const char *const storages[] = { "iscsi", "qla2xxx", "lpfc", "fcoe", "bnx2fc",
		NULL };
	static const char *const volumes[] = { "PERC", "RAID", "MR9", "SMC3", "LOGICAL VOLUME",
		"ServeRAID", "AVAGO", NULL };
	struct part p = { .cipher = STR(""), .level = STR("single disk"), .disk = name };
	struct str model =
		arena_fmt(w->a, "%.*s %.*s", STR_FMT(attribute(w, name, "device/vendor")),
			STR_FMT(attribute(w, name, "device/model")));
	struct str driver = scsi_driver(w, name);
	struct str level = attribute(w, name, "device/raid_level");
	struct str link = STR("");

	host_readlink(w->h, arena_fmt(w->a, "/sys/class/block/%.*s", STR_FMT(name)).ptr, &link);
	p.is_removable = str_is(attribute(w, name, "removable"), "1") ||
		str_find(link, STR("/usb")) >= 0 || str_is(driver, "usb-storage") ||
		str_is(driver, "uas");
	if (p.is_removable)
		return p;
	if (str_starts(name, "vd") || str_starts(name, "xvd") ||
		str_find(link, STR("/virtio")) >= 0 || has_any(model, virtual_makers) ||
		str_starts(driver, "Virtio") || str_is(driver, "storvsc") ||
		str_is(driver, "vmw_pvscsi"))
		p.ask = ASK_HOST;
	else if (level.len > 0 && !str_is(level, "N/A"))
		controller_level(&p, level);
	else if (has_any(driver, controllers) || has_any(model, volumes))
		p.ask = ASK_VENDOR;
	else if (has_any(driver, storages) || str_starts(name, "drbd") || str_starts(name, "rbd") ||
		str_starts(name, "nbd") || str_starts(name, "loop"))
		p.ask = ASK_STORAGE;
	if (p.ask) {
		p.redundant = TRI_UNCLEAR;
		p.level = str_is(str_of(p.ask), ASK_HOST) ? STR("virtual disk") :
			str_trim(model).len > 0           ? str_trim(model) :
							    driver;
	}
	return p;
}

static void tell_disk(struct walk *w, struct str name)
{
	if (w->disks++ < DISKS_TOLD)
		w->top->disks = arena_fmt(w->a, "%.*s%s%.*s", STR_FMT(w->top->disks),
			w->top->disks.len > 0 ? ", " : "", STR_FMT(name));
}

/* ---- the layers above ---- */

static enum tri joined(enum tri a, enum tri b)
{
	return a == b ? a : TRI_UNCLEAR;
}

static void add_part(struct part *sum, const struct part *p, bool is_first)
{
	if (is_first) {
		*sum = *p;
		return;
	}
	sum->encrypted = joined(sum->encrypted, p->encrypted);
	if (!str_eq(sum->disk, p->disk))
		sum->disk = STR("");
	sum->is_removable |= p->is_removable;
	/* volumes spread over several disks are as weak as the weakest */
	if (p->redundant == TRI_NO || (p->redundant == TRI_UNCLEAR && sum->redundant == TRI_YES)) {
		sum->redundant = p->redundant;
		sum->level = p->level;
		sum->ask = p->ask;
	}
}

/* LVM's RAID has its legs as volumes of their own: "vg-lv_rimage_0". */
static bool has_legs(const struct walk *w, const struct str *slaves, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str name = attribute(w, slaves[i], "dm/name");

		if (str_find(name, STR("_rimage_")) >= 0 || str_find(name, STR("_mimage_")) >= 0)
			return true;
	}
	return false;
}

bool md_is_redundant(struct str level, int64_t disks)
{
	return raid_is_redundant(level) && disks != 1;
}

struct str lvm_record(struct host *h, struct str group)
{
	return host_bytes(
		h, arena_fmt(host_arena(h), "/etc/lvm/backup/%.*s", STR_FMT(group)), NULL);
}

/* What stands below a device: the disk of each leg, as many as are told. */
struct legs {
	struct str disks[LEGS_MAX];
	size_t count;
};

static void add_leg(struct walk *w, struct legs *legs, struct str slave, const struct part *p)
{
	if (str_find(attribute(w, slave, "dm/name"), STR("_rmeta_")) < 0 && legs->count < LEGS_MAX)
		legs->disks[legs->count++] = p->disk;
}

static void lvm_part(struct walk *w, struct str name, const struct legs *legs, struct part *p)
{
	struct str group, volume, level;

	if (!lvm_names(w->a, attribute(w, name, "dm/name"), &group, &volume))
		return;
	level = lvm_level(lvm_record(w->h, group), volume);
	p->ask = level.len > 0 ? NULL : ASK_STORAGE;
	p->redundant = level.len == 0    ? TRI_UNCLEAR :
		raid_is_redundant(level) ? raid_apart(level, legs->disks, legs->count) :
					   TRI_NO;
	p->level = arena_fmt(w->a, "LVM %.*s%s", STR_FMT(level),
		p->redundant == TRI_NO && raid_is_redundant(level) ? ", single disk" : "");
}

static void md_part(
	struct walk *w, struct str name, struct str level, const struct legs *legs, struct part *p)
{
	int64_t disks = 0;
	bool is_redundant;

	(void)str_to_i64(attribute(w, name, "md/raid_disks"), &disks);
	is_redundant = md_is_redundant(level, disks);
	if (is_redundant) {
		p->redundant = raid_apart(level, legs->disks, legs->count);
		p->ask = p->redundant == TRI_UNCLEAR ? ASK_STORAGE : NULL;
	}
	if (is_redundant || p->redundant == TRI_NO)
		p->level = arena_fmt(w->a, "%.*s%s", STR_FMT(level),
			is_redundant && p->redundant == TRI_NO ? ", single disk" : "");
}

static void layer(struct walk *w, struct str name, const struct str *slaves, size_t count,
	const struct legs *legs, struct part *p)
{
	struct str level = attribute(w, name, "md/level");
	struct str uuid = attribute(w, name, "dm/uuid");
	struct str cipher = dm_cipher(uuid);

	if (level.len > 0)
		md_part(w, name, level, legs, p);
	if (cipher.len > 0) {
		p->encrypted = TRI_YES;
		p->cipher = cipher;
	}
	if (str_starts(uuid, "LVM-") && has_legs(w, slaves, count))
		lvm_part(w, name, legs, p);
	if (str_starts(uuid, "mpath-") && p->redundant != TRI_YES) {
		p->redundant = TRI_UNCLEAR;
		p->ask = ASK_STORAGE;
	}
}

static struct str parent_of(const struct walk *w, struct str name)
{
	struct str link, folder;

	if (attribute(w, name, "partition").len == 0 ||
		host_readlink(w->h, arena_fmt(w->a, "/sys/class/block/%.*s", STR_FMT(name)).ptr,
			&link) != 0)
		return STR("");
	folder = str_until(link, link.len - path_base(link).len);
	while (str_ends(folder, "/"))
		folder = str_until(folder, folder.len - 1);
	return path_base(folder);
}

/* The recursion is as deep as devices stand on each other, at most DEPTH_MAX. */
static struct part descend(struct walk *w, struct str name, int depth)
{
	struct part sum = {
		.cipher = STR(""), .level = STR(""), .disk = STR(""), .redundant = TRI_UNCLEAR
	};
	struct legs legs = { .count = 0 };
	const struct str *slaves = NULL;
	struct str parent = parent_of(w, name);
	size_t count = 0;

	if (depth > DEPTH_MAX || ++w->seen > DEVICES_MAX) {
		host_gap(w->h, GAP_LIMIT, "/sys/class/block");
		sum.encrypted = TRI_UNCLEAR;
		sum.ask = GAP_LIMIT;
		return sum;
	}
	if (parent.len > 0)
		return descend(w, parent, depth + 1);
	host_list(w->h, arena_fmt(w->a, "/sys/class/block/%.*s/slaves", STR_FMT(name)).ptr, &slaves,
		&count);
	for (size_t i = 0; i < count && w->seen <= DEVICES_MAX; i++) {
		struct part p = descend(w, slaves[i], depth + 1);

		add_part(&sum, &p, i == 0);
		add_leg(w, &legs, slaves[i], &p);
	}
	if (count == 0) {
		sum = disk_part(w, name);
		tell_disk(w, name);
	}
	layer(w, name, slaves, count, &legs, &sum);
	return sum;
}

struct stack stack_of_name(struct host *h, struct str name)
{
	struct stack s = { .disks = STR(""), .device = name, .cipher = STR(""), .level = STR("") };
	struct walk w = { .h = h, .a = host_arena(h), .top = &s };
	struct part p;

	if (name.len == 0 || str_has(name, '/') ||
		!host_exists(h, arena_fmt(w.a, "/sys/class/block/%.*s", STR_FMT(name)).ptr))
		return s;
	p = descend(&w, name, 0);
	s.is_known = true;
	s.encrypted = p.encrypted;
	s.cipher = p.cipher;
	s.redundant = p.redundant;
	s.level = p.level;
	s.ask = p.ask;
	s.is_removable = p.is_removable;
	return s;
}

struct stack stack_of(struct host *h, struct str number, struct str source)
{
	struct str link, name = STR("");
	struct stack none = { 0 };
	int rc = host_readlink(
		h, arena_fmt(host_arena(h), "/sys/dev/block/%.*s", STR_FMT(number)).ptr, &link);

	if (number.len > 0 && rc == 0)
		name = path_base(link);
	else if (str_starts(source, "/dev/"))
		name = path_base(source);
	none.device = name;
	none.disks = none.cipher = none.level = STR("");
	if (name.len == 0)
		return none;
	/* the wrong device is worse than none */
	if (rc != 0 && number.len > 0 &&
		!str_eq(sys_line(h,
				arena_fmt(host_arena(h), "/sys/class/block/%.*s/dev", STR_FMT(name))
					.ptr),
			number))
		return none;
	return stack_of_name(h, name);
}

/* "md126p1" lies on "md126". */
static bool is_or_part_of(struct str name, struct str array)
{
	int64_t part;

	if (!str_starts(name, "md") || name.len < array.len ||
		!str_eq(str_until(name, array.len), array))
		return false;
	name = str_from(name, array.len);
	return name.len == 0 || (name.ptr[0] == 'p' && str_to_i64(str_from(name, 1), &part));
}

bool mdstat_find(struct host *h, struct str device, struct mdstat_array *ret)
{
	struct str text, name = path_base(device);
	int64_t number;

	if (str_starts(device, "/dev/md/") && str_to_i64(name, &number))
		name = arena_fmt(host_arena(h), "md%lld", (long long)number);
	if (!str_starts(name, "md") ||
		host_read_proc(h, "/proc/mdstat", MDSTAT_BYTES, host_arena(h), &text) < 0)
		return false;
	while (mdstat_next(&text, ret))
		if (is_or_part_of(name, ret->name))
			return true;
	return false;
}

enum tri mdstat_redundant(const struct mdstat_array *m)
{
	struct str disks[LEGS_MAX], rest = m->members, word, name, behind;
	size_t count = 0;

	if (!md_is_redundant(m->level, m->disks))
		return TRI_NO;
	while (count < LEGS_MAX && str_next_word(&rest, " \t", &word))
		/* spares, failed ones, journals and stand-ins are no legs */
		if (str_split(word, '[', &name, &behind) && !str_has(behind, 'S') &&
			!str_has(behind, 'F') && !str_has(behind, 'J') && !str_has(behind, 'R'))
			disks[count++] = disk_of(name);
	return raid_apart(m->level, disks, count);
}

/* A line of mdadm.conf: "ARRAY /dev/md0 level=raid1 num-devices=2 UUID=…". */
static bool mdadm_line(struct str line, struct str name, struct mdstat_array *ret)
{
	struct str word;
	bool is_it;

	if (!str_next_word(&line, " \t", &word) || !str_is_nocase(word, "ARRAY") ||
		!str_next_word(&line, " \t", &word))
		return false;
	is_it = str_eq(word, name);
	*ret = (struct mdstat_array){ .name = word, .level = STR(""), .disks = -1 };
	while (str_next_word(&line, " \t", &word))
		if (str_starts(word, "level="))
			ret->level = str_from(word, strlen("level="));
		else if (str_starts(word, "num-devices="))
			(void)str_to_i64(str_from(word, strlen("num-devices=")), &ret->disks);
	return is_it && ret->level.len > 0;
}

bool mdadm_find(struct host *h, struct str device, struct mdstat_array *ret)
{
	static const char *const files[] = { "/etc/mdadm/mdadm.conf", "/etc/mdadm.conf" };
	struct str rest, line;

	for (size_t i = 0; i < COUNT(files); i++) {
		rest = host_bytes(h, str_of(files[i]), NULL);
		while (str_next_line(&rest, &line))
			if (mdadm_line(line, device, ret))
				return true;
	}
	return false;
}
