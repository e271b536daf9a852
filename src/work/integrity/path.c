/* Paths, and opening them without leaving the root. */
#include "work/integrity/integrity_int.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_TRIES_MAX 1000

static unsigned weight(char c)
{
	return c == '/' ? 0 : (unsigned char)c;
}

int path_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < len; i++)
		if (a.ptr[i] != b.ptr[i])
			return weight(a.ptr[i]) < weight(b.ptr[i]) ? -1 : 1;
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

bool path_is_below(struct str path, struct str top)
{
	if (top.len == 1 && top.ptr[0] == '/')
		return path.len > 0 && path.ptr[0] == '/';
	return path.len >= top.len && memcmp(path.ptr, top.ptr, top.len) == 0 &&
		(path.len == top.len || path.ptr[top.len] == '/');
}

int open_below(int root_fd, const char *path, int flags, bool follows)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
			(follows ? 0 : RESOLVE_NO_SYMLINKS),
	};
	const char *relative = path + strspn(path, "/");
	int fd, tries = 0;

	/* EAGAIN: something on the machine was renamed or mounted meanwhile. */
	do
		fd = (int)syscall(
			SYS_openat2, root_fd, *relative ? relative : ".", &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && ++tries < OPEN_TRIES_MAX);
	return fd;
}

struct str read_below(int root_fd, const char *path, size_t max_bytes, struct arena *a)
{
	int fd = open_below(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, true);
	struct stat st;
	char *bytes = NULL;
	ssize_t n = -1;

	if (fd < 0)
		return STR_NONE;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= max_bytes) {
		bytes = arena_try(a, (size_t)st.st_size + 1);
		n = bytes ? read(fd, bytes, (size_t)st.st_size) : -1;
	}
	close(fd);
	return n < 0 ? STR_NONE : (struct str){ bytes, (size_t)n };
}
