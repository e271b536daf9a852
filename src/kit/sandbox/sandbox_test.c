/* sandbox_test.c - each case is tried in a process of its own: it must die, or be refused. */
#include "kit/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/unit.h"

#define REFUSED 40 /* exit status: the call came back with a failure */
#define ALLOWED 41
#define BROKEN 42 /* the sandbox could not be entered */

static char inside[] = "/tmp/khien-sandbox-XXXXXX", outside[] = "/tmp/khien-outside-XXXXXX";
static int socket_fd;

static int answer(long result)
{
	return result < 0 ? REFUSED : ALLOWED;
}

static int try_open(const char *dir, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/file", dir);
	return answer(open(path, flags, 0600));
}

static int do_exec(void)
{
	return answer(execl("/bin/true", "true", (char *)NULL));
}
static int do_socket(void)
{
	return answer(socket(AF_INET, SOCK_STREAM, 0));
}
/* Sending that connects. */
static int do_fast_open(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return sendto(socket_fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&to,
		       sizeof(to)) < 0 && errno == ENOSYS ?
		REFUSED :
		ALLOWED;
}
static int do_udp(void)
{
	return answer(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}
static int do_raw(void)
{
	return answer(socket(AF_INET, SOCK_RAW, 1));
}
static int do_watch(void)
{
	return answer(syscall(SYS_inotify_init1, 0));
}
static int do_dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* nobody listens there: what matters is that it was asked */
	return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 &&
			errno == ECONNREFUSED ?
		ALLOWED :
		REFUSED;
}
static int do_unix(void)
{
	return answer(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int do_netlink(void)
{
	return answer(socket(AF_NETLINK, SOCK_RAW, 0));
}
static int do_connect(void)
{
	struct sockaddr sa = { .sa_family = AF_UNSPEC };

	return answer(connect(socket_fd, &sa, sizeof(sa)));
}
static int do_listen(void)
{
	return answer(listen(socket_fd, 1));
}
static int do_ptrace(void)
{
	return answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int do_mount(void)
{
	return answer(mount("none", "/tmp", "tmpfs", 0, NULL));
}
static int do_unshare(void)
{
	return answer(syscall(SYS_unshare, 0x10000000));
}
static int do_bpf(void)
{
	return answer(syscall(SYS_bpf, 0, NULL, 0));
}
static int do_keyctl(void)
{
	return answer(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}
static int do_perf(void)
{
	return answer(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0));
}
static int do_io_uring(void)
{
	return answer(syscall(SYS_io_uring_setup, 1, NULL));
}
static int do_userfaultfd(void)
{
	return answer(syscall(SYS_userfaultfd, 0));
}
static int do_module(void)
{
	return answer(syscall(SYS_init_module, NULL, 0, NULL));
}
static int do_chroot(void)
{
	return answer(chroot("/tmp"));
}
static int do_vm_read(void)
{
	return answer(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}
static int do_mknod(void)
{
	return answer(syscall(SYS_mknodat, AT_FDCWD, "/tmp/x", S_IFCHR, 0));
}
static int do_settime(void)
{
	return answer(syscall(SYS_clock_settime, 0, NULL));
}
static int do_handle(void)
{
	return answer(syscall(SYS_open_by_handle_at, 0, NULL, 0));
}
static int do_reboot(void)
{
	return answer(syscall(SYS_reboot, 0, 0, 0, NULL));
}
static int do_fork(void)
{
	pid_t pid = (pid_t)syscall(SYS_fork);

	if (pid == 0)
		_exit(0);
	return answer(pid);
}
static int do_thread(void)
{
	return answer(syscall(SYS_clone3, NULL, 0));
}
static void *nothing_at_all(void *argument)
{
	return argument;
}
static int do_real_thread(void)
{
	pthread_t thread;
	int rc = pthread_create(&thread, NULL, nothing_at_all, NULL);

	if (rc == 0)
		pthread_join(thread, NULL);
	return answer(rc == 0 ? 0 : -1);
}
static int do_unlink(void)
{
	return answer(unlink("/tmp/khien-is-not-there") < 0 && errno == ENOENT ? 0 : -1);
}
static int do_setuid(void)
{
	return answer(syscall(SYS_setuid, 0));
}
static int do_kill(void)
{
	return answer(kill(getppid(), 0));
}
static int do_write_inside(void)
{
	return try_open(inside, O_WRONLY | O_CREAT);
}
static int do_write_outside(void)
{
	return try_open(outside, O_WRONLY | O_CREAT);
}
static int do_read_outside(void)
{
	return try_open(outside, O_RDONLY);
}
static int do_read_passwd(void)
{
	return answer(open("/etc/passwd", O_RDONLY));
}
static int do_read_folder(void)
{
	return answer(open("/etc", O_RDONLY | O_DIRECTORY));
}
static int do_truncate(void)
{
	return answer(truncate("/etc/passwd", 0));
}

static const char *const inside_only[] = { inside, NULL };
static const char *const etc[] = { "/etc", NULL };
static const struct sandbox_rights web = {
	.may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT, .write_below = inside_only, .files_max = 64
};
static const struct sandbox_rights nothing = { 0 };
static const struct sandbox_rights reader = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_NETLINK,
	.read_below = etc,
	.write_below = inside_only };
static const struct sandbox_rights receiver = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT |
		SANDBOX_MAY_DATAGRAM | SANDBOX_MAY_WATCH,
	.write_below = inside_only };
static const struct sandbox_rights sender = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_CONNECT |
		SANDBOX_MAY_THREADS,
	.write_below = inside_only };
/* without folders: it looks into processes */
static const struct sandbox_rights auditor = {
	.may = SANDBOX_MAY_READ | SANDBOX_MAY_NETLINK | SANDBOX_MAY_THREADS, .sees_processes = true
};
static const struct sandbox_rights parent = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_FORK |
		SANDBOX_MAY_CONFINE,
	.read_below = etc,
	.write_below = inside_only };

static const struct {
	const char *what;
	const struct sandbox_rights *rights;
	int (*act)(void);
	int wanted; /* REFUSED, ALLOWED, or the signal negated */
} rows[] = {
	{ "web execs", &web, do_exec, -SIGSYS },
	{ "web makes a socket", &web, do_socket, -SIGSYS },
	{ "web makes a unix socket", &web, do_unix, -SIGSYS },
	{ "web asks netlink", &web, do_netlink, -SIGSYS },
	{ "web connects", &web, do_connect, -SIGSYS },
	{ "web listens", &web, do_listen, -SIGSYS },
	{ "web traces", &web, do_ptrace, -SIGSYS },
	{ "web mounts", &web, do_mount, -SIGSYS },
	{ "web makes a user namespace", &web, do_unshare, -SIGSYS },
	{ "web loads bpf", &web, do_bpf, -SIGSYS },
	{ "web uses keys", &web, do_keyctl, -SIGSYS },
	{ "web measures", &web, do_perf, -SIGSYS },
	{ "web uses io_uring", &web, do_io_uring, -SIGSYS },
	{ "web uses userfaultfd", &web, do_userfaultfd, -SIGSYS },
	{ "web loads a module", &web, do_module, -SIGSYS },
	{ "web changes root", &web, do_chroot, -SIGSYS },
	{ "web reads another's memory", &web, do_vm_read, -SIGSYS },
	{ "web makes a device", &web, do_mknod, -SIGSYS },
	{ "web sets the clock", &web, do_settime, -SIGSYS },
	{ "web opens by handle", &web, do_handle, -SIGSYS },
	{ "web reboots", &web, do_reboot, -SIGSYS },
	{ "web forks", &web, do_fork, REFUSED },
	{ "web makes a thread", &web, do_thread, REFUSED },
	{ "web becomes root", &web, do_setuid, REFUSED },
	{ "web signals", &web, do_kill, REFUSED },
	{ "web writes its folder", &web, do_write_inside, ALLOWED },
	{ "web writes elsewhere", &web, do_write_outside, REFUSED },
	{ "web reads elsewhere", &web, do_read_outside, REFUSED },
	{ "web reads /etc", &web, do_read_passwd, REFUSED },
	{ "web lists /etc", &web, do_read_folder, REFUSED },
	{ "nothing opens", &nothing, do_write_inside, REFUSED },
	{ "reader reads", &reader, do_read_passwd, ALLOWED },
	{ "reader lists", &reader, do_read_folder, ALLOWED },
	{ "reader truncates", &reader, do_truncate, REFUSED },
	{ "reader writes elsewhere", &reader, do_write_outside, REFUSED },
	{ "reader asks netlink", &reader, do_netlink, ALLOWED },
	{ "reader makes a socket to ask by", &reader, do_socket, ALLOWED },
	{ "reader makes a socket of its machine", &reader, do_unix, -SIGSYS },
	{ "reader execs", &reader, do_exec, -SIGSYS },
	{ "web makes a UDP socket", &web, do_udp, -SIGSYS },
	{ "web watches", &web, do_watch, REFUSED },
	{ "receiver makes a UDP socket", &receiver, do_udp, ALLOWED },
	{ "sender opens a connection", &sender, do_dial, ALLOWED },
	{ "sender talks to this machine's own services", &sender, do_unix, REFUSED },
	{ "sender makes a raw socket", &sender, do_raw, REFUSED },
	{ "sender starts a program", &sender, do_exec, -SIGSYS },
	{ "web opens a connection", &web, do_dial, -SIGSYS },
	{ "receiver watches", &receiver, do_watch, ALLOWED },
	{ "receiver connects a TCP socket", &receiver, do_socket, -SIGSYS },
	{ "receiver makes a unix socket", &receiver, do_unix, -SIGSYS },
	{ "receiver makes a raw socket", &receiver, do_raw, -SIGSYS },
	{ "receiver asks netlink", &receiver, do_netlink, REFUSED },
	{ "receiver execs", &receiver, do_exec, -SIGSYS },
	{ "auditor reads", &auditor, do_read_passwd, ALLOWED },
	{ "auditor lists", &auditor, do_read_folder, ALLOWED },
	{ "auditor asks netlink", &auditor, do_netlink, ALLOWED },
	{ "auditor makes a thread", &auditor, do_real_thread, ALLOWED },
	{ "auditor writes", &auditor, do_write_inside, REFUSED },
	{ "auditor truncates", &auditor, do_truncate, REFUSED },
	{ "auditor removes", &auditor, do_unlink, REFUSED },
	{ "auditor forks", &auditor, do_fork, REFUSED },
	{ "auditor signals", &auditor, do_kill, REFUSED },
	{ "auditor execs", &auditor, do_exec, -SIGSYS },
	{ "auditor makes a socket to ask by", &auditor, do_socket, ALLOWED },
	{ "auditor connects", &auditor, do_connect, -SIGSYS },
	{ "auditor listens", &auditor, do_listen, -SIGSYS },
	{ "auditor sends through it", &auditor, do_fast_open, REFUSED },
	{ "auditor makes a UDP socket", &auditor, do_udp, -SIGSYS },
	{ "auditor makes a raw socket", &auditor, do_raw, -SIGSYS },
	{ "auditor traces", &auditor, do_ptrace, -SIGSYS },
	{ "receiver makes a thread", &receiver, do_real_thread, REFUSED },
	{ "parent forks", &parent, do_fork, ALLOWED },
	{ "parent execs", &parent, do_exec, -SIGSYS },
	{ "parent makes a socket", &parent, do_socket, -SIGSYS },
};

static int tried(const struct sandbox_rights *rights, int (*act)(void), bool is_twice)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct sandbox_level level;
		struct err e = { 0 };

		if ((is_twice && sandbox_enter(&parent, &level, &e) < 0) ||
			sandbox_enter(rights, &level, &e) < 0 || !level.has_seccomp ||
			(!rights->sees_processes && level.landlock_abi < 1)) {
			fprintf(stderr, "%s (abi %d)\n", e.text, level.landlock_abi);
			_exit(BROKEN);
		}
		_exit(act());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void forbidden_calls_die_or_are_refused(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		int got = tried(rows[i].rights, rows[i].act, false);

		if (got != rows[i].wanted)
			fail_msg("%s: %d", rows[i].what, got);
	}
}

static void a_narrower_sandbox_fits_in_a_wider(void **state)
{
	assert_int_equal(tried(&web, do_write_inside, true), ALLOWED);
	assert_int_equal(tried(&web, do_read_passwd, true), REFUSED);
	assert_int_equal(tried(&web, do_fork, true), REFUSED);
}

static void without_the_sandbox_it_would_work(void **state)
{
	struct {
		int (*act)(void);
		int wanted;
	} plain[] = { { do_read_passwd, ALLOWED }, { do_write_outside, ALLOWED },
		{ do_socket, ALLOWED }, { do_fork, ALLOWED } };

	for (size_t i = 0; i < COUNT(plain); i++)
		assert_int_equal(plain[i].act(), plain[i].wanted);
}

static int folders(void **state)
{
	socket_fd = socket(AF_INET, SOCK_STREAM, 0);
	return mkdtemp(inside) && mkdtemp(outside) ? 0 : -1;
}

static int no_folders(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/file", inside);
	unlink(path);
	snprintf(path, sizeof(path), "%s/file", outside);
	unlink(path);
	return rmdir(inside) | rmdir(outside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_calls_die_or_are_refused),
		cmocka_unit_test(a_narrower_sandbox_fits_in_a_wider),
		cmocka_unit_test(without_the_sandbox_it_would_work),
	};

	return cmocka_run_group_tests(tests, folders, no_folders);
}
