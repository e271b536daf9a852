/* try_listed.c - the test build: each process, once confined, tries what the file named by the
 * environment variable KHIEN_TEST_TRY lists, a line each, and says how it went:
 *
 *	read PATH
 *	write PATH
 *
 *	khien try: web read PATH: Permission denied */
#include "kit/process/process_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define LIST_BYTES_MAX (16 * KIB)

struct str process_try_list(const struct process *self)
{
	const char *path = getenv("KHIEN_TEST_TRY");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char *text = arena_alloc(self->service->arena, LIST_BYTES_MAX);
	ssize_t len = fd < 0 ? 0 : read(fd, text, LIST_BYTES_MAX);

	if (fd >= 0)
		close(fd);
	return (struct str){ text, len > 0 ? (size_t)len : 0 };
}

void process_try(const struct process *self, struct str list)
{
	struct str line, how, path;

	while (str_next_line(&list, &line)) {
		const char *name;
		int fd;

		if (!str_split(line, ' ', &how, &path))
			continue;
		name = arena_cstr(self->service->arena, path);
		errno = 0;
		fd = open(name,
			(str_is(how, "read") ? O_RDONLY : O_WRONLY | O_CREAT) | O_CLOEXEC |
				O_NONBLOCK,
			0600);
		fprintf(stderr, "khien try: %s %.*s %s: %s\n", self->row->name, STR_FMT(how), name,
			fd >= 0 ? "done" : strerror(errno));
		if (fd >= 0)
			close(fd);
	}
}
