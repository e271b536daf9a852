/* supervise.c - the parent: starts web and audits, and starts web again when it fell. It looks
 * at no stranger's byte; what comes from web is one small message with one word in it. */
#include "face/web/serve_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define AUDIT_EVERY_S CLOCK_DAY_S
#define AUDIT_TIME_S 120 /* then it is killed */
#define BACKOFF_MAX_S 30
#define STEADY_S 60 /* a web process that lived so long is no crash loop */
#define STOP_S 15

struct supervisor {
	const struct serve *serve;
	int signal_fd;
	int channel_fd; /* to web, or -1 */
	pid_t web, audit;
	int64_t web_since_us, web_again_us, backoff_s;
	int64_t audit_since_us, audit_next_s;
	bool is_asked, is_ending;
};

static int64_t seconds_us(int64_t s)
{
	return s * 1000000;
}

/* In the child: what the parent waits on is not ours. */
static void forget_parent(struct supervisor *p)
{
	close(p->signal_fd);
	if (p->channel_fd >= 0)
		close(p->channel_fd);
	signal(SIGCHLD, SIG_DFL);
}

static void start_web(struct supervisor *p)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return;
	p->web = fork();
	if (p->web == 0) {
		forget_parent(p);
		close(pair[0]);
		_exit(serve_web(p->serve, pair[1]));
	}
	close(pair[1]);
	if (p->channel_fd >= 0)
		close(p->channel_fd);
	p->channel_fd = pair[0];
	p->web_since_us = clock_monotonic_us();
}

static void start_audit(struct supervisor *p)
{
	if (p->audit > 0)
		return;
	p->audit = fork();
	if (p->audit == 0) {
		forget_parent(p);
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		_exit(serve_audit(p->serve));
	}
	p->audit_since_us = clock_monotonic_us();
	p->audit_next_s = clock_now_s() + AUDIT_EVERY_S;
}

static void audit_ended(struct supervisor *p, int status)
{
	struct serve_message m = { .word = SERVE_AUDITED,
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1 };

	p->audit = 0;
	if (p->is_asked && p->channel_fd >= 0)
		(void)!send(p->channel_fd, &m, sizeof(m), MSG_NOSIGNAL | MSG_DONTWAIT);
	p->is_asked = false;
}

static void web_ended(struct supervisor *p, int status)
{
	int64_t now_us = clock_monotonic_us();

	p->web = 0;
	if (p->is_ending)
		return;
	if (now_us - p->web_since_us > seconds_us(STEADY_S))
		p->backoff_s = 0;
	p->backoff_s = p->backoff_s ? p->backoff_s * 2 : 1;
	if (p->backoff_s > BACKOFF_MAX_S)
		p->backoff_s = BACKOFF_MAX_S;
	p->web_again_us = now_us + seconds_us(p->backoff_s);
	fprintf(stderr, "khien serve: web ended (%s %d), again in %lld s\n",
		WIFSIGNALED(status) ? "signal" : "status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		(long long)p->backoff_s);
}

static void reap(struct supervisor *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == p->web)
			web_ended(p, status);
		else if (pid == p->audit)
			audit_ended(p, status);
	}
}

static void take_signals(struct supervisor *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(p);
		else
			p->is_ending = true;
	}
}

static void take_message(struct supervisor *p)
{
	struct serve_message m;
	ssize_t len = recv(p->channel_fd, &m, sizeof(m), MSG_DONTWAIT);

	if (len == 0) {
		close(p->channel_fd);
		p->channel_fd = -1;
		return;
	}
	if (len == (ssize_t)sizeof(m) && m.word == SERVE_AUDIT) {
		p->is_asked = true;
		start_audit(p);
	}
}

/* What the clocks ask for. */
static void keep_time(struct supervisor *p)
{
	int64_t now_us = clock_monotonic_us();

	if (p->web == 0 && now_us >= p->web_again_us)
		start_web(p);
	if (p->audit == 0 && clock_now_s() >= p->audit_next_s)
		start_audit(p);
	if (p->audit > 0 && now_us - p->audit_since_us > seconds_us(AUDIT_TIME_S))
		kill(p->audit, SIGKILL);
}

static void stop(struct supervisor *p)
{
	int64_t end_us = clock_monotonic_us() + seconds_us(STOP_S);

	if (p->web > 0)
		kill(p->web, SIGTERM);
	if (p->audit > 0)
		kill(p->audit, SIGTERM);
	while ((p->web > 0 || p->audit > 0) && clock_monotonic_us() < end_us) {
		struct pollfd wait = { .fd = p->signal_fd, .events = POLLIN };

		(void)poll(&wait, 1, 200);
		take_signals(p);
		reap(p);
	}
	if (p->web > 0)
		kill(p->web, SIGKILL);
	if (p->audit > 0)
		kill(p->audit, SIGKILL);
}

static int signals(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? err_errno(e, errno, "signals") : fd;
}

int serve_supervise(const struct serve *s)
{
	struct supervisor p = { .serve = s, .channel_fd = -1 };
	/* reading all and seeing processes is what its children, the audits, inherit from it */
	const struct sandbox_rights rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_NETLINK |
			SANDBOX_MAY_ACCEPT | SANDBOX_MAY_FORK | SANDBOX_MAY_CONFINE,
		.keeps_reading_all = true,
		.sees_processes = true };
	struct sandbox_level level;
	struct err e = { 0 };
	int rc;

	p.signal_fd = signals(&e);
	p.audit_next_s = clock_now_s() + AUDIT_EVERY_S;
	rc = p.signal_fd < 0 ? p.signal_fd : sandbox_enter(&rights, &level, &e);
	if (rc < 0) {
		fprintf(stderr, "khien serve: %s\n", e.text);
		return 2;
	}
	while (!p.is_ending) {
		struct pollfd wait[2] = { { .fd = p.signal_fd, .events = POLLIN },
			{ .fd = p.channel_fd, .events = POLLIN } };

		keep_time(&p);
		(void)poll(wait, 2, 1000);
		if (wait[0].revents)
			take_signals(&p);
		if (wait[1].revents && p.channel_fd >= 0)
			take_message(&p);
	}
	stop(&p);
	return 0;
}
