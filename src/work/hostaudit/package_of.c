#include "work/hostaudit/package_of.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/dpkg.h"
#include "work/hostaudit/host_int.h"

#define LIST_MAX_BYTES (8 * MIB)

struct list_buffer {
	char *bytes;
	size_t room;
};

/* The whole list NAME, or STR_NONE. */
static struct str read_list(
	int dir_fd, const char *name, struct list_buffer *b, struct stat *ret_stat)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return STR_NONE;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)LIST_MAX_BYTES) {
		if ((size_t)st.st_size > b->room) {
			free(b->bytes);
			b->room = (size_t)st.st_size + 64 * KIB;
			b->bytes = malloc(b->room);
			if (!b->bytes)
				abort();
		}
		n = read(fd, b->bytes, (size_t)st.st_size);
		*ret_stat = st;
	}
	close(fd);
	return n > 0 ? (struct str){ b->bytes, (size_t)n } : STR_NONE;
}

#define PATH_BYTES_MAX 4096
#define SLOTS 1024

/* A query as it is looked for: under the name the package knows. */
struct wanted {
	struct str path;
	struct str only, never; /* packages, "" when it does not matter */
	size_t older;           /* 1 + index of the next of its slot, or 0 */
};

struct search {
	struct host *h;
	struct package_of *queries;
	struct wanted *wanted; /* parallel */
	size_t count;
	size_t found;
	bool has_length[PATH_BYTES_MAX]; /* does a line of this length matter at all? */
	size_t slots[SLOTS];             /* 1 + index of the newest query with that hash, or 0 */
};

static size_t slot_of(struct str tail)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < tail.len; i++)
		hash = (hash ^ (unsigned char)tail.ptr[i]) * 16777619u;
	return hash % SLOTS;
}

/* dpkg-divert moves a package's file aside: the one at PATH may be another package's, under
 * another name. */
static struct wanted wanted_of(
	struct str path, const struct dpkg_diversion *diversions, size_t diversion_count)
{
	struct wanted w = { .path = path, .only = STR(""), .never = STR("") };
	struct str tail = dpkg_without_usr(path);

	for (size_t i = 0; i < diversion_count; i++) {
		if (str_eq(tail, dpkg_without_usr(diversions[i].to))) {
			w.path = diversions[i].from;
			w.never = diversions[i].by;
		} else if (str_eq(tail, dpkg_without_usr(diversions[i].from))) {
			w.only = diversions[i].by;
		}
	}
	return w;
}

static void begin_search(struct search *s)
{
	const struct dpkg_diversion *diversions;
	size_t diversion_count;

	dpkg_diversions(s->h, &diversions, &diversion_count);
	s->wanted = arena_array(host_arena(s->h), struct wanted, s->count + 1);
	for (size_t i = 0; i < s->count; i++) {
		struct wanted *w = &s->wanted[i];
		size_t slot;

		s->queries[i].package = s->queries[i].list = STR("");
		*w = wanted_of(s->queries[i].path, diversions, diversion_count);
		if (w->path.len < 2 || w->path.len >= PATH_BYTES_MAX - 4)
			continue;
		slot = slot_of(dpkg_without_usr(w->path));
		/* after the merge of /usr the list may have the short name of a long path, or the
		 * other way round */
		s->has_length[w->path.len] = true;
		s->has_length[dpkg_without_usr(w->path).len] = true;
		s->has_length[dpkg_without_usr(w->path).len + 4] = true;
		w->older = s->slots[slot];
		s->slots[slot] = i + 1;
	}
}

/* LINE of the list NAME ("libc6:amd64.list") may be what some query asks about. */
static void match_line(
	struct search *s, struct str line, struct str name, const struct stat *list_stat)
{
	struct str tail = dpkg_without_usr(line);
	struct str list = str_until(name, name.len - strlen(".list"));
	struct str package = list, architecture;

	(void)str_split(list, ':', &package, &architecture);
	for (size_t at = s->slots[slot_of(tail)]; at > 0; at = s->wanted[at - 1].older) {
		struct package_of *query = &s->queries[at - 1];
		const struct wanted *w = &s->wanted[at - 1];

		if (query->package.len > 0 || !str_eq(tail, dpkg_without_usr(w->path)) ||
			(w->only.len > 0 && !str_eq(w->only, package)) ||
			(w->never.len > 0 && str_eq(w->never, package)))
			continue;
		query->package = arena_str(host_arena(s->h), package);
		query->list = arena_str(host_arena(s->h), list);
		query->known_as = w->path;
		query->unpacked_at_s = list_stat->st_mtim.tv_sec;
		query->listed_at_s = list_stat->st_ctim.tv_sec;
		s->found++;
	}
}

static void match_list(
	struct search *s, struct str list, struct str name, const struct stat *list_stat)
{
	struct str line;

	while (s->found < s->count && str_next_line(&list, &line))
		if (line.len > 1 && line.len < PATH_BYTES_MAX && s->has_length[line.len])
			match_line(s, line, name, list_stat);
}

void package_of(struct host *h, struct package_of *queries, size_t count)
{
	struct search search = { .h = h, .queries = queries, .count = count };
	struct list_buffer buffer = { 0 };
	const struct str *names;
	size_t name_count;
	struct stat list_stat;
	int dir_fd;

	begin_search(&search);
	if (count == 0 || host_list(h, DPKG_INFO, &names, &name_count) < 0)
		return;
	dir_fd = host_fd(h, DPKG_INFO, O_PATH | O_DIRECTORY);
	for (size_t i = 0; dir_fd >= 0 && i < name_count && search.found < count; i++) {
		struct str list;

		if (!str_ends(names[i], ".list"))
			continue;
		list = read_list(dir_fd, names[i].ptr, &buffer, &list_stat);
		if (list.len > 0)
			match_list(&search, list, names[i], &list_stat);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	free(buffer.bytes);
}
