/* landlock.c - which folders, by raw system calls: Debian 12's headers know less than its newer
 * kernels do, so the later names are defined here and the kernel is asked what it has. */
#include "kit/sandbox/sandbox_int.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ull << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ull << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ull << 15)
#endif
#define NET_ALL 3ull   /* bind and connect by TCP, ABI 4 */
#define NET_BIND 1ull
#define SCOPE_ALL 3ull /* abstract sockets and signals, ABI 6 */

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_FILE \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		LANDLOCK_ACCESS_FS_TRUNCATE)
#define FS_ABI1 ((1ull << 13) - 1)

/* As ABI 6 has it; older kernels are told a shorter size. */
struct ruleset {
	uint64_t fs, net, scoped;
};

static int kernel_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

static uint64_t fs_handled(int abi)
{
	uint64_t all = FS_ABI1;

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		all |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return all;
}

static int allow(int ruleset, const char *const *folders, uint64_t access, struct err *e)
{
	for (; folders && *folders; folders++) {
		struct landlock_path_beneath_attr rule = { .allowed_access = access };
		struct stat st;
		long done;

		rule.parent_fd = open(*folders, O_PATH | O_CLOEXEC);
		if (rule.parent_fd < 0)
			return err_errno(e, errno, "open \"%s\"", *folders);
		/* of a file the rights are those that a file has */
		if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
			rule.allowed_access &= FS_FILE;
		done = syscall(
			SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
		close(rule.parent_fd);
		if (done != 0)
			return err_errno(e, errno, "allow \"%s\"", *folders);
	}
	return 0;
}

int landlock_enter(const struct sandbox_rights *rights, int *ret_abi, struct err *e)
{
	int abi = kernel_abi(), fd, rc;
	uint64_t fs = fs_handled(abi);
	uint64_t write = fs &
		~(uint64_t)(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_IOCTL_DEV |
			LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
			LANDLOCK_ACCESS_FS_MAKE_FIFO);
	struct ruleset attr = { .fs = fs, .net = NET_ALL, .scoped = SCOPE_ALL };
	size_t size = abi >= 6 ? sizeof(attr) : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);

	if (rights->may & SANDBOX_MAY_CONNECT)
		attr.net = NET_BIND;
	*ret_abi = abi;
	if (abi == 0)
		return 0;
	if (rights->may & SANDBOX_MAY_FORK)
		attr.scoped = 0; /* it must be able to signal its own children */
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (fd < 0)
		return err_errno(e, errno, "landlock");
	rc = allow(fd, rights->read_below, FS_READ, e);
	if (rc == 0)
		rc = allow(fd, rights->write_below, write, e);
	if (rc == 0 && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		rc = err_errno(e, errno, "landlock");
	close(fd);
	return rc;
}
