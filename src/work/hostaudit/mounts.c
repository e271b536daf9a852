#include "work/hostaudit/mounts.h"

#include <string.h>

#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/units.h"

#define MOUNTS_MAX 2048
#define MOUNTINFO_BYTES (1 * MIB)
#define PATH_PARTS_MAX 256

/* "\040" is a blank, as the kernel and fstab write it. */
static struct str unescape(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.len + 1);
	size_t n = 0;
	uint64_t code;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' && i + 3 < s.len &&
			str_to_u64((struct str){ s.ptr + i + 1, 3 }, 8, &code) && code < 256) {
			copy[n++] = (char)code;
			i += 3;
		} else {
			copy[n++] = s.ptr[i];
		}
	}
	return (struct str){ copy, n };
}

/* A file system of its own on a local disk; images inside files (snaps, CDs) are none. */
static bool is_disk_type(struct str fstype, struct str source)
{
	static const char *const images[] = { "squashfs", "iso9660", "udf", "erofs", "swap" };
	static const char *const pools[] = { "zfs", "btrfs", "bcachefs" };
	static const char *const sources[] = { "/dev/",
		"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=" };

	for (size_t i = 0; i < COUNT(images); i++)
		if (str_is(fstype, images[i]))
			return false;
	if (str_starts(fstype, "udf,") || str_starts(fstype, "iso9660,") ||
		str_starts(source, "/dev/sr") || str_starts(source, "/dev/cdrom"))
		return false;
	for (size_t i = 0; i < COUNT(pools); i++)
		if (str_is(fstype, pools[i]))
			return true;
	for (size_t i = 0; i < COUNT(sources); i++)
		if (str_starts(source, sources[i]))
			return true;
	return false;
}

static bool is_whole(struct str root, struct str fstype)
{
	if (str_is(root, "/"))
		return true;
	/* a btrfs subvolume at the top is a volume; a folder of one mounted elsewhere is not */
	return str_is(fstype, "btrfs") && str_find_char(str_from(root, 1), '/') < 0;
}

bool mountinfo_parse(struct arena *a, struct str line, struct mount *ret)
{
	struct str word[6], part;
	struct mount m = { 0 };

	for (size_t i = 0; i < COUNT(word); i++)
		if (!str_next_word(&line, " ", &word[i]))
			return false;
	do {
		if (!str_next_word(&line, " ", &part))
			return false;
	} while (!str_is(part, "-"));
	if (!str_next_word(&line, " ", &m.fstype))
		return false;
	if (!str_next_word(&line, " ", &m.source))
		m.source = STR("");
	m.fstype = arena_str(a, m.fstype);
	m.source = unescape(a, m.source);
	m.device = arena_str(a, word[2]);
	m.root = unescape(a, word[3]);
	m.target = unescape(a, word[4]);
	m.options = arena_str(a, word[5]);
	m.is_disk = is_disk_type(m.fstype, m.source) && is_whole(m.root, m.fstype);
	*ret = m;
	return true;
}

static bool has_option(struct str options, const char *name)
{
	struct str option;

	while (str_next_word(&options, ",", &option))
		if (str_is(option, name))
			return true;
	return false;
}

bool fstab_parse(struct arena *a, struct str line, struct mount *ret)
{
	struct mount m = { .root = STR("/"), .device = STR(""), .options = STR("defaults") };

	line = str_trim(line);
	if (line.len == 0 || line.ptr[0] == '#' || !str_next_word(&line, " \t", &m.source) ||
		!str_next_word(&line, " \t", &m.target) || !str_next_word(&line, " \t", &m.fstype))
		return false;
	str_next_word(&line, " \t", &m.options);
	m.source = unescape(a, m.source);
	m.target = unescape(a, m.target);
	m.is_disk = is_disk_type(m.fstype, m.source) && !has_option(m.options, "bind") &&
		!has_option(m.options, "rbind") && str_starts(m.target, "/");
	*ret = m;
	return true;
}

static void read_text(struct host *h, struct str text, struct str path,
	bool (*parse)(struct arena *a, struct str line, struct mount *ret), struct mount_list *ret)
{
	struct arena *a = host_arena(h);
	struct mount m;
	struct str line;
	int number = 0;

	while (str_next_line(&text, &line)) {
		number++;
		if (ret->len >= MOUNTS_MAX) {
			host_gap(h, GAP_LIMIT, path.ptr);
			return;
		}
		if (!parse(a, line, &m))
			continue;
		m.file = path;
		m.line = number;
		vec_push(a, ret, m);
	}
}

/* Units of systemd that mount what fstab does not name. */
static void read_units(struct host *h, struct mount_list *ret)
{
	const struct unit_link *links;
	size_t count;

	unit_links(h, &links, &count);
	for (size_t i = 0; i < count && ret->len < MOUNTS_MAX; i++) {
		bool is_swap = str_ends(links[i].name, ".swap");
		const char *section = is_swap ? "Swap" : "Mount";
		struct mount m = {
			.root = STR("/"), .device = STR(""), .options = STR("defaults")
		};
		struct setting what, where, type;

		if ((!is_swap && !str_ends(links[i].name, ".mount")) ||
			unit_is_masked(h, links[i].name))
			continue;
		systemd_unit_conf(h, links[i].name.ptr, section, "What", &what);
		systemd_unit_conf(h, links[i].name.ptr, section, "Where", &where);
		systemd_unit_conf(h, links[i].name.ptr, section, "Type", &type);
		if (what.value.len == 0 || (!is_swap && where.value.len == 0))
			continue;
		m.source = what.value;
		m.target = is_swap ? STR("none") : where.value;
		m.fstype = is_swap ? STR("swap") : type.value.ptr ? type.value : STR("auto");
		m.file = what.file;
		m.line = what.line;
		m.is_disk = is_disk_type(m.fstype, m.source);
		vec_push(host_arena(h), ret, m);
	}
}

void mounts_read(struct host *h, struct mount_list *ret)
{
	static const char *const tables[] = { "/proc/self/mountinfo", "/proc/1/mountinfo" };
	struct str file = STR("/etc/fstab");
	struct arena scratch;
	struct str text = STR("");

	arena_init(&scratch, 2 * MOUNTINFO_BYTES + 64 * KIB);
	for (size_t i = 0; i < COUNT(tables) && text.len == 0; i++)
		if (host_has_proc(h) &&
			host_read_proc(h, tables[i], MOUNTINFO_BYTES, &scratch, &text) == 0 &&
			text.len > 0)
			read_text(h, text, str_of(tables[i]), mountinfo_parse, ret);
	arena_done(&scratch);
	if (ret->len > 0)
		return;
	read_text(h, host_bytes(h, file, NULL), file, fstab_parse, ret);
	read_units(h, ret);
}

struct str path_normal(struct arena *a, struct str path)
{
	struct str parts[PATH_PARTS_MAX];
	size_t count = 0;
	struct buf out;
	struct str copy, part;

	while (str_next_word(&path, "/", &part)) {
		if (str_is(part, "."))
			continue;
		if (str_is(part, ".."))
			count -= count > 0;
		else if (count < PATH_PARTS_MAX)
			parts[count++] = part;
	}
	buf_init(&out, 8 * KIB);
	for (size_t i = 0; i < count; i++) {
		buf_add_char(&out, '/');
		buf_add(&out, parts[i]);
	}
	if (count == 0)
		buf_add_char(&out, '/');
	copy = arena_str(a, buf_str(&out));
	buf_done(&out);
	return copy;
}

static bool is_below(struct str path, struct str folder)
{
	return path.len > folder.len && memcmp(path.ptr, folder.ptr, folder.len) == 0 &&
		path.ptr[folder.len] == '/';
}

/* The same folder by another name, a link for instance. */
static bool is_same_folder(struct host *h, const struct host_stat *here, struct str target)
{
	struct host_stat there;

	return host_is_live(h) && here->ino != 0 && host_stat(h, target.ptr, &there) == 0 &&
		here->dev == there.dev && here->ino == there.ino;
}

bool mounts_is_whole_disk(
	struct host *h, const struct mount_list *mounts, struct str path, bool with_below)
{
	struct host_stat here = { 0 };

	path = path_normal(host_arena(h), path);
	if (str_is(path, "/"))
		return true;
	if (host_is_live(h))
		host_stat(h, path.ptr, &here);
	for (size_t i = 0; i < mounts->len; i++) {
		const struct mount *m = &mounts->at[i];

		if (m->is_disk &&
			(str_eq(m->target, path) || (with_below && is_below(m->target, path)) ||
				is_same_folder(h, &here, m->target)))
			return true;
	}
	return false;
}
