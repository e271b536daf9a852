/* vfile_trouble.c - the test build's disk: a sync fails where the file named by the environment
 * variable KHIEN_TEST_DISK says so: "5 khien: intake" is errno 5 for each sync of that process,
 * whose name ps shows, "read 5 khien: seal" for each read. Opened once, before a process confines
 * itself, and read anew each time, so that a disk can fail, and be mended, under a running service.
 * Never linked into a product. */
#include "kit/vfile/vfile_trouble.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static int fd = -2;

void vfile_trouble_begin(void)
{
	const char *path = getenv("KHIEN_TEST_DISK");

	if (fd == -2)
		fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

int vfile_trouble(enum vfile_act act)
{
	char text[64], name[17] = "";
	struct str who, number;
	uint64_t code = 0;
	ssize_t len = fd >= 0 ? pread(fd, text, sizeof(text), 0) : 0;

	if (len <= 0 || prctl(PR_GET_NAME, name, 0, 0, 0) != 0)
		return 0;
	who = str_trim((struct str){ text, (size_t)len });
	if (str_starts(who, "read ") != (act == VFILE_ACT_READ))
		return 0;
	if (act == VFILE_ACT_READ)
		who = str_from(who, strlen("read "));
	if (!str_split(who, ' ', &number, &who) || !str_is(who, name) ||
		!str_to_u64(number, 10, &code))
		return 0;
	return (int)code;
}
