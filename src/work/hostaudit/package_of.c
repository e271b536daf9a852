#include "work/hostaudit/package_of.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"

#define INFO_DIR "/var/lib/dpkg/info"
#define LIST_MAX_BYTES (8 * MIB)

struct list_buffer {
	char *bytes;
	size_t room;
};

/* The whole list NAME, or STR_NONE. */
static struct str read_list(int dir_fd, const char *name, struct list_buffer *b, int64_t *ret_mtime)
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
		*ret_mtime = st.st_mtim.tv_sec;
	}
	close(fd);
	return n > 0 ? (struct str){ b->bytes, (size_t)n } : STR_NONE;
}

#define PATH_BYTES_MAX 4096
#define SLOTS 1024

struct search {
	struct host *h;
	struct package_of *queries;
	size_t count;
	size_t found;
	bool has_length[PATH_BYTES_MAX]; /* does a line of this length matter at all? */
	size_t slots[SLOTS];             /* 1 + index of the newest query with that hash, or 0 */
	size_t *older;                   /* for each query the next of its slot, likewise */
};

/* After the merge of /usr a list may still say "/bin/x". */
static struct str without_usr(struct str path)
{
	return str_starts(path, "/usr/") ? str_from(path, 4) : path;
}

static size_t slot_of(struct str tail)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < tail.len; i++)
		hash = (hash ^ (unsigned char)tail.ptr[i]) * 16777619u;
	return hash % SLOTS;
}

static void begin_search(struct search *s)
{
	s->older = arena_array(host_arena(s->h), size_t, s->count + 1);
	for (size_t i = 0; i < s->count; i++) {
		struct str path = s->queries[i].path;
		size_t slot = slot_of(without_usr(path));

		s->queries[i].package = STR("");
		if (path.len < 2 || path.len >= PATH_BYTES_MAX)
			continue;
		s->has_length[path.len] = true;
		s->has_length[without_usr(path).len] = true;
		s->older[i] = s->slots[slot];
		s->slots[slot] = i + 1;
	}
}

/* LINE of the list NAME ("libc6:amd64.list") may be what some query asks about. */
static void match_line(struct search *s, struct str line, struct str name, int64_t mtime_s)
{
	struct str tail = without_usr(line);

	for (size_t at = s->slots[slot_of(tail)]; at > 0; at = s->older[at - 1]) {
		struct package_of *query = &s->queries[at - 1];
		ptrdiff_t end;

		if (query->package.len > 0 || !str_eq(tail, without_usr(query->path)))
			continue;
		end = str_find_char(name, ':');
		if (end < 0)
			end = (ptrdiff_t)(name.len - strlen(".list"));
		query->package = arena_str(host_arena(s->h), str_until(name, (size_t)end));
		query->unpacked_at_s = mtime_s;
		s->found++;
	}
}

static void match_list(struct search *s, struct str list, struct str name, int64_t mtime_s)
{
	struct str line;

	while (s->found < s->count && str_next_line(&list, &line))
		if (line.len > 1 && line.len < PATH_BYTES_MAX && s->has_length[line.len])
			match_line(s, line, name, mtime_s);
}

void package_of(struct host *h, struct package_of *queries, size_t count)
{
	struct search search = { .h = h, .queries = queries, .count = count };
	struct list_buffer buffer = { 0 };
	const struct str *names;
	size_t name_count;
	int64_t mtime_s;
	int dir_fd;

	begin_search(&search);
	if (count == 0 || host_list(h, INFO_DIR, &names, &name_count) < 0)
		return;
	dir_fd = host_fd(h, INFO_DIR, O_PATH | O_DIRECTORY);
	for (size_t i = 0; dir_fd >= 0 && i < name_count && search.found < count; i++) {
		struct str list;

		if (!str_ends(names[i], ".list"))
			continue;
		list = read_list(dir_fd, names[i].ptr, &buffer, &mtime_s);
		if (list.len > 0)
			match_list(&search, list, names[i], mtime_s);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	free(buffer.bytes);
}
