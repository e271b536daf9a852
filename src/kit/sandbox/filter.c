/* filter.c - which system calls. Three lists: what a role needs is let through; what only an
 * attacker wants ends the process; what neither list knows answers "no such call", as an older
 * kernel would, so that a newer libc falls back instead of dying. */
#include "kit/sandbox/sandbox_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>

/* Ends a list; everyone has read(2) anyway. */
#define END SCMP_SYS(read)

/* clang-format off */
static const int everyone[] = {
	SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
	SCMP_SYS(pwrite64), SCMP_SYS(preadv), SCMP_SYS(pwritev), SCMP_SYS(close),
	SCMP_SYS(close_range), SCMP_SYS(lseek), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
	SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(ioctl), SCMP_SYS(mmap), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(mlock),
	SCMP_SYS(munlock), SCMP_SYS(mincore), SCMP_SYS(futex), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(rseq), SCMP_SYS(set_robust_list),
	SCMP_SYS(get_robust_list), SCMP_SYS(membarrier), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	SCMP_SYS(signalfd4), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select),
	SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2), SCMP_SYS(pipe2), SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(getrandom), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getgroups), SCMP_SYS(getpgrp),
	SCMP_SYS(sched_getscheduler), SCMP_SYS(getresuid), SCMP_SYS(getresgid), SCMP_SYS(capget),
	SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
	SCMP_SYS(umask), SCMP_SYS(getcwd), SCMP_SYS(prctl), SCMP_SYS(arch_prctl),
	SCMP_SYS(tgkill), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(shutdown), END,
};

/* openat2 takes its flags in memory, where no filter looks: who may only read has no right to write
 * besides, as another user. */
static const int reading[] = {
	SCMP_SYS(openat2), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
	SCMP_SYS(fadvise64), SCMP_SYS(getxattr), SCMP_SYS(lgetxattr), SCMP_SYS(fgetxattr),
	SCMP_SYS(listxattr), SCMP_SYS(llistxattr), SCMP_SYS(getpriority), SCMP_SYS(getsid), END,
};

static const int files[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(ftruncate), SCMP_SYS(fallocate),
	SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(flock), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(fchmod), SCMP_SYS(fchown),
	SCMP_SYS(utimensat), END,
};

static const int accepting[] = {
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(recvmmsg), SCMP_SYS(sendfile),
	END,
};

static const int netlink[] = {
	SCMP_SYS(bind), SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), END,
};

static const int datagrams[] = {
	SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(getsockname), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(recvmmsg), END,
};

/* libcurl wakes its own thread through a pair; libldap takes its roots from a file in memory */
static const int connecting[] = {
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(recvmmsg), SCMP_SYS(sendmmsg),
	SCMP_SYS(socketpair), SCMP_SYS(memfd_create), END,
};

static const int watching[] = {
	SCMP_SYS(inotify_init1), SCMP_SYS(inotify_add_watch), SCMP_SYS(inotify_rm_watch), END,
};

static const int forking[] = {
	SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(wait4), SCMP_SYS(waitid),
	SCMP_SYS(kill), SCMP_SYS(set_tid_address), SCMP_SYS(setsid), SCMP_SYS(setpgid),
	SCMP_SYS(socketpair), SCMP_SYS(setpriority), SCMP_SYS(ioprio_set), END,
};

static const int confining[] = {
	SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule),
	SCMP_SYS(landlock_restrict_self), SCMP_SYS(seccomp), SCMP_SYS(setuid), SCMP_SYS(setgid),
	SCMP_SYS(setgroups), SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(capset),
	SCMP_SYS(setrlimit), SCMP_SYS(chown), SCMP_SYS(fchownat), END,
};

/* Nobody but an attacker asks for these. Some are taken out again by the role's own list. */
static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load),
	SCMP_SYS(bpf), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(keyctl), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open),
	SCMP_SYS(io_uring_setup), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(acct), SCMP_SYS(connect),
	SCMP_SYS(listen), SCMP_SYS(personality), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(quotactl), SCMP_SYS(sethostname), SCMP_SYS(mknod),
	SCMP_SYS(mknodat), END,
};

/* clang-format on */

static int add(scmp_filter_ctx ctx, uint32_t action, const int *calls)
{
	int rc = 0;

	for (; *calls != END && rc == 0; calls++) {
		rc = seccomp_rule_add(ctx, action, *calls, 0);
		if (rc == -EEXIST || rc == -EACCES)
			rc = 0; /* stands already */
	}
	return rc;
}

/* TCP, and UDP to ask for names. Of other families (AF_UNIX of name services) it is told that there
 * are none. */
static int add_connecting(scmp_filter_ctx ctx, unsigned may)
{
	static const int families[] = { AF_INET, AF_INET6 }, types[] = { SOCK_STREAM, SOCK_DGRAM };
	int rc = 0;

	if (may & SANDBOX_MAY_NETLINK)
		rc = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK));
	for (size_t i = 0; i < COUNT(families) * COUNT(types) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i / 2]),
			SCMP_A1(SCMP_CMP_MASKED_EQ, 15, (scmp_datum_t)types[i % 2]));
	return rc;
}

/* Sending is no connecting: not by the flag either that opens a TCP connection with it. */
static int add_sending(scmp_filter_ctx ctx)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1,
		SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));

	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
	return rc;
}

/* Sockets of the internet of TYPE alone. Another type, or one of this machine, is no accident. */
static int add_internet(scmp_filter_ctx ctx, int type)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET,
		SOCK_PACKET };
	static const int families[] = { AF_INET, AF_INET6 };
	int rc = seccomp_rule_add(
		ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));

	for (size_t i = 0; i < COUNT(families) * COUNT(types) && rc == 0; i++) {
		int other = types[i / COUNT(families)];

		rc = seccomp_rule_add(ctx, other == type ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS,
			SCMP_SYS(socket), 2,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i % COUNT(families)]),
			SCMP_A1(SCMP_CMP_MASKED_EQ, 15, (scmp_datum_t)other));
	}
	return rc;
}

/* Which sockets may be made; who may make none ends at the first. Who asks netlink may have a TCP
 * socket, to ask for the rules of the old iptables: it never connects, listens or sends. */
static int add_sockets(scmp_filter_ctx ctx, unsigned may)
{
	int rc = 0;

	if (may & SANDBOX_MAY_CONNECT)
		return add_connecting(ctx, may);
	if (!(may & (SANDBOX_MAY_NETLINK | SANDBOX_MAY_DATAGRAM)))
		return seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(socket), 0);
	if (may & SANDBOX_MAY_NETLINK)
		rc = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK));
	return rc < 0 ? rc :
			add_internet(ctx, may & SANDBOX_MAY_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM);
}

#define WRITING (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

/* Opening for reading alone, where the flags can be seen. */
static int add_reading(scmp_filter_ctx ctx)
{
	int rc = add(ctx, SCMP_ACT_ALLOW, reading);

	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
			SCMP_A1(SCMP_CMP_MASKED_EQ, WRITING, O_RDONLY));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, WRITING, O_RDONLY));
	return rc;
}

/* clone3 takes its flags in memory too: a libc goes on with clone when there is none. */
static int add_threads(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

static int add_role(scmp_filter_ctx ctx, unsigned may)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 0);

	if (rc == 0)
		rc = add(ctx, SCMP_ACT_ALLOW, everyone);
	if (rc == 0)
		rc = add_sending(ctx);
	if (rc == 0 && may & SANDBOX_MAY_FILES)
		rc = add(ctx, SCMP_ACT_ALLOW, files);
	if (rc == 0 && may & SANDBOX_MAY_FILES)
		rc = add(ctx, SCMP_ACT_ALLOW, reading);
	if (rc == 0 && may & SANDBOX_MAY_READ)
		rc = add_reading(ctx);
	if (rc == 0 && may & SANDBOX_MAY_THREADS)
		rc = add_threads(ctx);
	if (rc == 0 && may & SANDBOX_MAY_ACCEPT)
		rc = add(ctx, SCMP_ACT_ALLOW, accepting);
	if (rc == 0 && may & SANDBOX_MAY_FORK)
		rc = add(ctx, SCMP_ACT_ALLOW, forking);
	if (rc == 0 && may & SANDBOX_MAY_CONFINE)
		rc = add(ctx, SCMP_ACT_ALLOW, confining);
	if (rc == 0 && may & SANDBOX_MAY_NETLINK)
		rc = add(ctx, SCMP_ACT_ALLOW, netlink);
	if (rc == 0 && may & SANDBOX_MAY_DATAGRAM)
		rc = add(ctx, SCMP_ACT_ALLOW, datagrams);
	if (rc == 0 && may & SANDBOX_MAY_CONNECT)
		rc = add(ctx, SCMP_ACT_ALLOW, connecting);
	if (rc == 0 && may & SANDBOX_MAY_WATCH)
		rc = add(ctx, SCMP_ACT_ALLOW, watching);
	return rc;
}

int filter_enter(const struct sandbox_rights *rights, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int rc;

	if (!ctx)
		return err_set(e, ERR_SYSTEM, "seccomp does not start");
	rc = add_role(ctx, rights->may);
	if (rc == 0)
		rc = add(ctx, SCMP_ACT_KILL_PROCESS, deadly);
	if (rc == 0)
		rc = add_sockets(ctx, rights->may);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0)
		return err_errno(e, -rc, "seccomp");
	return 0;
}
