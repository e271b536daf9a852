/* confined_test.c - the process that meets browsers, taken over: what it may do to the folders it
 * is given (web_writes), and that it changes nothing of the log, of its seals and of the trail. */
#include "face/web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/unit.h"

static const char *const whole[] = { "", NULL };

static const struct process_row row = {
	.name = "web",
	.write_below = web_writes,
	.read_below = whole,
	.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT },
};

static const char *data;

static const char *in(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", data, name);
	return path;
}

static void put(const char *name)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static bool is_denied(int result)
{
	/* by the folders, or by the filter of system calls; not because nothing was there */
	return result < 0 && errno != ENOENT && errno != EEXIST;
}

static int open_to(const char *name, int flags)
{
	return open(in(name), flags | O_CLOEXEC, 0600);
}

/* In a process of its own, which has become web: 0 when all is as it must be, else the number of
 * what was not. */
static int try_all(void)
{
	static const char *const kept[] = { "log/2026/checkpoint", "log/2026/keys/public.txt",
		"trail/2026/checkpoint", "khien.db" };

	for (size_t i = 0; i < COUNT(kept); i++) {
		if (!is_denied(open_to(kept[i], O_WRONLY)) ||
			!is_denied(truncate(in(kept[i]), 0)) || !is_denied(unlink(in(kept[i]))) ||
			!is_denied(rename(in(kept[i]), in("files/x"))))
			return 10 + (int)i;
	}
	if (!is_denied(open_to("log/2026/new", O_WRONLY | O_CREAT)) ||
		!is_denied(mkdir(in("log/2027"), 0700)) || !is_denied(mkdir(in("seal"), 0700)) ||
		!is_denied(rename(in("log"), in("old"))) || !is_denied(rmdir(in("log/empty"))))
		return 1;
	if (!is_denied(symlink("/etc", in("log/etc"))) ||
		!is_denied(link(in("files/own"), in("log/own"))))
		return 2;
	/* what it is for */
	if (open_to("log/2026/checkpoint", O_RDONLY) < 0 ||
		open_to("files/new", O_WRONLY | O_CREAT) < 0 || unlink(in("files/own")) != 0 ||
		mkdir(in("incoming/more"), 0700) != 0)
		return 3;
	return 0;
}

static void the_log_is_beyond_its_reach(void **state)
{
	static const char *const folders[] = { "log", "log/2026", "log/2026/keys", "log/empty",
		"trail", "trail/2026" };
	char base[] = "/tmp/khien-confined-XXXXXX";
	struct process_service service = { .uid = geteuid(), .gid = getegid() };
	struct process self = { .service = &service, .row = &row, .parent_fd = -1, .peer_fd = -1 };
	struct arena a;
	pid_t pid;
	int status;

	arena_init(&a, MIB);
	data = service.data = mkdtemp(base);
	service.arena = &a;
	assert_non_null(data);
	for (size_t i = 0; i < COUNT(folders); i++)
		assert_int_equal(mkdir(in(folders[i]), 0700), 0);
	for (const char *const *name = web_writes; *name; name++)
		assert_int_equal(mkdir(in(*name), 0700), 0);
	put("log/2026/checkpoint");
	put("log/2026/keys/public.txt");
	put("trail/2026/checkpoint");
	put("khien.db");
	put("files/own");
	pid = fork();
	if (pid == 0) {
		struct sandbox_level level;
		struct err e = { 0 };

		if (process_confine(&self, NULL, &level, &e) < 0)
			_exit(100);
		_exit(level.landlock_abi < 3 ? 77 : try_all());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		print_message("# this kernel's Landlock is too old to try it\n");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_log_is_beyond_its_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
