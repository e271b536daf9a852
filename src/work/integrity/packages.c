/* packages.c - what dpkg says of a path: which package lists it, what its content should be, and
 * when that package was unpacked last. There is no word of rpm here: its database is not read,
 * and a file of such a machine is explained by nobody. */
#include "work/integrity/integrity_int.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INFO "/var/lib/dpkg/info"
#define FILE_MAX_BYTES (32 * MIB)
#define SLOTS (1u << 16)

struct listed {
	struct listed *next;
	struct str path, md5;
	const struct packages_file *of;
};

struct packages {
	struct arena *a;
	int root_fd;
	struct listed **slots;
	VEC(struct packages_file *) all;
	bool is_merged; /* /bin is a link to /usr/bin */
};

static const char *const merged[] = { "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/",
	"/libo32/" };

/* Packages may say /bin/sh for what stands in /usr/bin/sh. */
static struct str real_path(const struct packages *p, struct str path)
{
	for (size_t i = 0; p->is_merged && i < COUNT(merged); i++)
		if (str_starts(path, merged[i]))
			return arena_fmt(p->a, "/usr%.*s", STR_FMT(path));
	return path;
}

static struct listed **slot_of(const struct packages *p, struct str path)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < path.len; i++)
		hash = (hash ^ (unsigned char)path.ptr[i]) * 16777619u;
	return &p->slots[hash % SLOTS];
}

static struct listed *find(const struct packages *p, struct str path)
{
	struct listed *row = *slot_of(p, path);

	while (row && !str_eq(row->path, path))
		row = row->next;
	return row;
}

static void take_list(struct packages *p, struct packages_file *package, struct str text)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		struct str path = real_path(p, line);
		struct listed **slot, *row;

		if (!str_starts(path, "/") || find(p, path))
			continue;
		row = arena_new(p->a, struct listed);
		slot = slot_of(p, path);
		*row = (struct listed){
			.next = *slot, .path = path, .of = package, .md5 = STR("")
		};
		*slot = row;
	}
}

/* "0123…  usr/bin/env" */
static void take_md5sums(struct packages *p, struct str text)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		struct str path;
		struct listed *row;

		if (line.len < 35 || line.ptr[32] != ' ')
			continue;
		path = real_path(p, arena_fmt(p->a, "/%.*s", STR_FMT(str_from(line, 34))));
		row = find(p, path);
		if (row)
			row->md5 = str_until(line, 32);
	}
}

/* Conffiles stand in the status file: " /etc/x 0123…". */
static void take_conffiles(struct packages *p, struct str text)
{
	struct str line, path, md5;

	while (str_next_line(&text, &line)) {
		struct listed *row;

		if (!str_starts(line, " /") || !str_next_word(&line, " ", &path) ||
			!str_next_word(&line, " ", &md5) || md5.len != 32)
			continue;
		row = find(p, path);
		if (row && row->md5.len == 0)
			row->md5 = md5;
	}
}

static int64_t mtime_of(int dir_fd, const char *name)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mtim.tv_sec : 0;
}

/* The files of INFO that end in SUFFIX; lists first, since checksums belong to listed paths. */
static void take_all(struct packages *p, bool sums)
{
	const char *suffix = sums ? ".md5sums" : ".list";
	int fd = open_below(p->root_fd, INFO, O_RDONLY | O_DIRECTORY, true);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *row;

	while (dir && (row = readdir(dir))) {
		struct str name = str_of(row->d_name), text;

		if (!str_ends(name, suffix))
			continue;
		text = read_below(p->root_fd, arena_fmt(p->a, INFO "/%.*s", STR_FMT(name)).ptr,
			FILE_MAX_BYTES, p->a);
		if (sums) {
			take_md5sums(p, text);
		} else {
			struct packages_file *package = arena_new(p->a, struct packages_file);

			package->package = arena_str(p->a, str_until(name, name.len - 5));
			package->at_s = mtime_of(fd, row->d_name);
			vec_push(p->a, &p->all, package);
			take_list(p, package, text);
		}
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

struct packages *packages_open(int root_fd, struct arena *a)
{
	struct packages *p = arena_new(a, struct packages);
	struct str status = read_below(root_fd, "/var/lib/dpkg/status", FILE_MAX_BYTES, a);
	char target[16];
	int fd = open_below(root_fd, "/bin", O_PATH | O_NOFOLLOW, true);

	if (!status.ptr) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	*p = (struct packages){ .a = a, .root_fd = root_fd };
	p->is_merged = fd >= 0 && readlinkat(fd, "", target, sizeof(target)) > 0;
	if (fd >= 0)
		close(fd);
	p->slots = arena_array(a, struct listed *, SLOTS);
	take_all(p, false);
	take_all(p, true);
	take_conffiles(p, status);
	return p;
}

struct packages_file packages_find(const struct packages *p, struct str path)
{
	struct packages_file none = { .package = STR(""), .md5 = STR("") };
	const struct listed *row = p ? find(p, path) : NULL;

	if (!row)
		return none;
	return (struct packages_file){
		.package = row->of->package, .md5 = row->md5, .at_s = row->of->at_s
	};
}

bool packages_changed(const struct packages *p, int64_t from_s, int64_t until_s)
{
	for (size_t i = 0; p && i < p->all.len; i++)
		if (p->all.at[i]->at_s >= from_s && p->all.at[i]->at_s <= until_s)
			return true;
	return false;
}
