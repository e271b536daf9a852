/* vfile_trouble.c - the test build's disk: a sync fails where the file named by the environment
 * variable KHIEN_TEST_DISK says so: "5 khien: intake" is errno 5 for each sync of that process,
 * whose name ps shows, "read 5 khien: seal" for each read, "write 28 khien: store" for each write
 * that makes a file longer, "write 28 7 khien: store" for each from the seventh on. Opened once,
 * before a process confines itself, and read anew each time, so that a disk can fail, and be
 * mended, under a running service. Never linked into a product. */
#include "kit/vfile/vfile_trouble.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static int fd = -2;
static uint64_t writes; /* since they began to fail */

void vfile_trouble_begin(void)
{
	const char *path = getenv("KHIEN_TEST_DISK");

	if (fd == -2)
		fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

int vfile_trouble(enum vfile_act act)
{
	static const char *const acts[] = { "", "read ", "write " };
	char text[64], name[17] = "";
	struct str who, number, rest;
	uint64_t code = 0, from = 0;
	ssize_t len = fd >= 0 ? pread(fd, text, sizeof(text), 0) : 0;

	who = str_trim((struct str){ text, len > 0 ? (size_t)len : 0 });
	if (who.len == 0)
		writes = 0;
	if (!str_starts(who, acts[act]) || prctl(PR_GET_NAME, name, 0, 0, 0) != 0)
		return 0;
	who = str_from(who, strlen(acts[act]));
	if (!str_split(who, ' ', &number, &who) || !str_to_u64(number, 10, &code))
		return 0;
	if (str_split(who, ' ', &number, &rest) && str_to_u64(number, 10, &from))
		who = rest;
	if (!str_is(who, name) || (act == VFILE_ACT_WRITE && ++writes < from))
		return 0;
	return (int)code;
}
