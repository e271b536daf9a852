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

/* Is PATH one whole line of LIST, as it stands or without its leading "/usr"? */
static bool has_line(struct str list, struct str path)
{
	struct str tail = str_starts(path, "/usr/") ? str_from(path, 4) : path;
	const char *end = list.ptr + list.len;
	const char *at = list.ptr;

	while (at < end && (at = memmem(at, (size_t)(end - at), tail.ptr, tail.len))) {
		const char *after = at + tail.len;
		const char *start = at;

		if (start - list.ptr >= 4 && memcmp(start - 4, "/usr", 4) == 0)
			start -= 4;
		if ((start == list.ptr || start[-1] == '\n') && (after == end || *after == '\n'))
			return true;
		at++;
	}
	return false;
}

static size_t match_list(struct host *h, struct str list, struct str name, int64_t mtime_s,
	struct package_of *queries, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		ptrdiff_t end;

		if (queries[i].package.len > 0 || queries[i].path.len < 2 ||
			!has_line(list, queries[i].path))
			continue;
		end = str_find_char(name, ':'); /* "libc6:amd64.list" */
		if (end < 0)
			end = (ptrdiff_t)name.len - (ptrdiff_t)strlen(".list");
		queries[i].package = arena_str(host_arena(h), str_until(name, (size_t)end));
		queries[i].unpacked_at_s = mtime_s;
		found++;
	}
	return found;
}

void package_of(struct host *h, struct package_of *queries, size_t count)
{
	struct list_buffer buffer = { 0 };
	const struct str *names;
	size_t name_count;
	size_t found = 0;
	int64_t mtime_s;
	int dir_fd;

	for (size_t i = 0; i < count; i++)
		queries[i].package = STR("");
	if (count == 0 || host_list(h, INFO_DIR, &names, &name_count) < 0)
		return;
	dir_fd = host_fd(h, INFO_DIR, O_PATH | O_DIRECTORY);
	for (size_t i = 0; dir_fd >= 0 && i < name_count && found < count; i++) {
		struct str list;

		if (!str_ends(names[i], ".list"))
			continue;
		list = read_list(dir_fd, names[i].ptr, &buffer, &mtime_s);
		if (list.len > 0)
			found += match_list(h, list, names[i], mtime_s, queries, count);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	free(buffer.bytes);
}
