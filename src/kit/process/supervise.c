/* supervise.c - the parent: starts the rows, and starts again what fell. */
#include "kit/process/process_int.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKOFF_MAX_S 30
#define STEADY_S 10 /* a process that lived so long is in no crash loop: it is started at once */
#define STOP_S 15

struct slot {
	const struct process_row *row;
	void *state;
	unsigned own;            /* uid of its own user, or 0 */
	pid_t pid;               /* 0: it does not run */
	int parent_fd;           /* the parent's end of its channel, or -1 */
	int peer_fd, peer_of_fd; /* its end towards talks_to, and towards who talks to it */
	int64_t since_us, again_us, backoff_s;
	int64_t next_s;      /* when it comes and goes: when it comes */
	int asker;           /* index of the slot that waits for its end, or -1 */
	bool is_asked_again; /* somebody asked while it ran: what it has read may be older */
};

struct supervisor {
	struct process_service *service;
	struct slot slots[PROCESS_ROWS_MAX];
	int count;
	int signal_fd;
	bool is_ending;
};

static int64_t seconds_us(int64_t s)
{
	return s * 1000000;
}

/* In the child: what the parent waits on, and what others say to one another, is not ours. */
static void forget_parent(struct supervisor *p, const struct slot *self)
{
	sigset_t none;

	close(p->signal_fd);
	for (int i = 0; i < p->count; i++) {
		struct slot *s = &p->slots[i];

		if (s->parent_fd >= 0)
			close(s->parent_fd);
		if (s != self && s->peer_fd >= 0)
			close(s->peer_fd);
		if (s != self && s->peer_of_fd >= 0)
			close(s->peer_of_fd);
	}
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What the parent keeps for others is theirs alone. */
static void forget_others(struct supervisor *p, const struct slot *self)
{
	for (int i = 0; i < p->count; i++)
		if (p->slots[i].row->forget && p->slots[i].state != self->state)
			p->slots[i].row->forget(p->slots[i].state);
	malloc_trim(0);
}

/* Later, and ever later while it goes on falling. */
static void wait_longer(struct slot *s, int64_t now_us)
{
	s->backoff_s = s->backoff_s ? s->backoff_s * 2 : 1;
	if (s->backoff_s > BACKOFF_MAX_S)
		s->backoff_s = BACKOFF_MAX_S;
	s->again_us = now_us + seconds_us(s->backoff_s);
}

static void start(struct supervisor *p, struct slot *s)
{
	struct process self = { .service = p->service,
		.row = s->row,
		.state = s->state,
		.own = s->own,
		.parent_pid = getpid(),
		.peer_fd = s->peer_fd >= 0 ? s->peer_fd : s->peer_of_fd };
	struct err e = { 0 };
	int pair[2];

	s->since_us = clock_monotonic_us();
	if (process_make_folders(p->service, s->row, s->own, &e) < 0) {
		fprintf(stderr, "khien %s: %s\n", s->row->name, e.text);
		wait_longer(s, s->since_us);
		return;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		wait_longer(s, s->since_us);
		return;
	}
	s->pid = fork();
	if (s->pid == 0) {
		forget_parent(p, s);
		forget_others(p, s);
		close(pair[0]);
		self.parent_fd = pair[1];
		process_show_name(s->row->name);
		err_words(NULL); /* its log is for those who mend programs */
		_exit(s->row->start(&self));
	}
	close(pair[1]);
	if (s->parent_fd >= 0)
		close(s->parent_fd);
	s->parent_fd = pair[0];
	if (s->pid < 0) {
		s->pid = 0;
		wait_longer(s, s->since_us);
	}
	if (s->row->every_s)
		s->next_s = clock_now_s() + s->row->every_s;
}

static void visit_ended(struct supervisor *p, struct slot *s, int status)
{
	struct process_message m = { .word = PROCESS_ENDED,
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1 };

	snprintf(m.name, sizeof(m.name), "%s", s->row->name);
	if (s->asker >= 0 && p->slots[s->asker].parent_fd >= 0)
		(void)!send(
			p->slots[s->asker].parent_fd, &m, sizeof(m), MSG_NOSIGNAL | MSG_DONTWAIT);
	s->asker = -1;
}

/* What is in the folders of the rows is given to who writes it. */
static int give_folders(struct supervisor *p, struct err *e)
{
	struct process_owner owners[PROCESS_FOLDERS_MAX];
	size_t count = 0;

	for (int i = 0; i < p->count; i++)
		count += process_owners(p->service, p->slots[i].row, p->slots[i].own,
			owners + count, COUNT(owners) - count);
	return process_give(p->service, owners, count, e);
}

static void renew(struct supervisor *p)
{
	struct err fault = { 0 };

	for (int i = 0; i < p->count; i++) {
		const struct process_row *row = p->slots[i].row;
		struct err e = { 0 };

		if (row->renew && row->renew(p->service, p->slots[i].state, &e) < 0)
			fprintf(stderr, "khien %s: %s\n", row->name, e.text);
	}
	if (give_folders(p, &fault) < 0)
		fprintf(stderr, "khien serve: %s\n", fault.text);
}

static void ended(struct supervisor *p, struct slot *s, int status)
{
	int64_t now_us = clock_monotonic_us();

	s->pid = 0;
	if (s->row->every_s) {
		if (s->is_asked_again && !p->is_ending) {
			s->is_asked_again = false;
			start(p, s);
		} else {
			visit_ended(p, s, status);
		}
		return;
	}
	if (p->is_ending)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == PROCESS_AGAIN_AT_ONCE &&
		now_us - s->since_us > seconds_us(1)) {
		renew(p);
		s->again_us = now_us;
		return;
	}
	if (now_us - s->since_us > seconds_us(STEADY_S)) {
		s->backoff_s = 0;
		s->again_us = now_us;
	} else {
		wait_longer(s, now_us);
	}
	fprintf(stderr, "khien serve: %s ended (%s %d), again in %lld s\n", s->row->name,
		WIFSIGNALED(status) ? "signal" : "status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		(long long)s->backoff_s);
}

static void reap(struct supervisor *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < p->count; i++)
			if (p->slots[i].pid == pid)
				ended(p, &p->slots[i], status);
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

static void take_message(struct supervisor *p, int from)
{
	struct slot *s = &p->slots[from];
	struct process_message m;
	ssize_t len = recv(s->parent_fd, &m, sizeof(m), MSG_DONTWAIT);

	if (len == 0) {
		close(s->parent_fd);
		s->parent_fd = -1;
		return;
	}
	if (len != (ssize_t)sizeof(m) || m.word != PROCESS_RUN)
		return;
	m.name[sizeof(m.name) - 1] = '\0';
	for (int i = 0; i < p->count; i++) {
		struct slot *asked = &p->slots[i];

		if (!asked->row->every_s || !str_is(str_of(m.name), asked->row->name))
			continue;
		asked->asker = from;
		asked->is_asked_again = asked->pid != 0;
		if (asked->pid == 0)
			start(p, asked);
	}
}

/* A clock that was set back would keep a visit away for as long. */
static void mend_next(struct slot *s, int64_t now_s)
{
	int64_t every_s = s->row->every_s, first_s = s->row->first_s;

	if (every_s && s->next_s - now_s > (first_s > every_s ? first_s : every_s))
		s->next_s = now_s + every_s;
}

/* What the clocks ask for. */
static void keep_time(struct supervisor *p)
{
	int64_t now_us = clock_monotonic_us(), now_s = clock_now_s();

	for (int i = 0; i < p->count; i++) {
		struct slot *s = &p->slots[i];
		unsigned max_s = s->row->time_max_s;

		mend_next(s, now_s);
		if (s->pid == 0 && (s->row->every_s ? now_s >= s->next_s : now_us >= s->again_us))
			start(p, s);
		else if (s->pid > 0 && max_s && now_us - s->since_us > seconds_us(max_s))
			kill(s->pid, SIGKILL);
	}
}

static bool runs_any(const struct supervisor *p)
{
	for (int i = 0; i < p->count; i++)
		if (p->slots[i].pid > 0)
			return true;
	return false;
}

static void signal_all(const struct supervisor *p, int signal_number)
{
	for (int i = 0; i < p->count; i++)
		if (p->slots[i].pid > 0)
			kill(p->slots[i].pid, signal_number);
}

static void stop(struct supervisor *p)
{
	int64_t end_us = clock_monotonic_us() + seconds_us(STOP_S);

	signal_all(p, SIGTERM);
	while (runs_any(p) && clock_monotonic_us() < end_us) {
		struct pollfd wait = { .fd = p->signal_fd, .events = POLLIN };

		(void)poll(&wait, 1, 200);
		take_signals(p);
		reap(p);
	}
	signal_all(p, SIGKILL);
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

static void turn(struct supervisor *p)
{
	struct pollfd wait[1 + PROCESS_ROWS_MAX] = { { .fd = p->signal_fd, .events = POLLIN } };

	keep_time(p);
	for (int i = 0; i < p->count; i++)
		wait[1 + i] = (struct pollfd){ .fd = p->slots[i].parent_fd, .events = POLLIN };
	(void)poll(wait, (nfds_t)p->count + 1, 1000);
	for (int i = 0; i < p->count; i++)
		if (wait[1 + i].revents && p->slots[i].parent_fd >= 0)
			take_message(p, i);
	if (wait[0].revents)
		take_signals(p);
}

static int connect_peers(struct supervisor *p, struct err *e)
{
	for (int i = 0; i < p->count; i++)
		for (int k = 0; k < p->count; k++) {
			int pair[2];

			if (!p->slots[i].row->talks_to ||
				!str_is(str_of(p->slots[k].row->name), p->slots[i].row->talks_to))
				continue;
			if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
				return err_errno(e, errno, "a pair of sockets");
			p->slots[i].peer_fd = pair[0];
			p->slots[k].peer_of_fd = pair[1];
		}
	return 0;
}

/* What must have been done before the service is ready is waited for. */
static void run_first(struct supervisor *p, struct slot *s)
{
	struct process self = { .service = p->service,
		.row = s->row,
		.state = s->state,
		.own = s->own,
		.parent_fd = -1,
		.parent_pid = getpid(),
		.peer_fd = -1 };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(s->row->time_max_s);
		process_show_name(s->row->name);
		err_words(NULL); /* its log is for those who mend programs */
		_exit(s->row->start(&self));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		fprintf(stderr, "khien serve: the first %s did not end well; the pages say so\n",
			s->row->name);
}

static void *state_of(const struct supervisor *p, const char *name)
{
	for (int i = 0; name && i < p->count; i++)
		if (str_is(str_of(name), p->slots[i].row->name))
			return p->slots[i].state;
	return NULL;
}

static int prepare_rows(struct supervisor *p, const struct process_row *rows, struct err *e)
{
	int rc = 0;

	for (; rows->name && rc == 0; rows++) {
		struct slot *s = &p->slots[p->count];

		assert(p->count < PROCESS_ROWS_MAX);
		*s = (struct slot){ .row = rows,
			.state = state_of(p, rows->state_of),
			.parent_fd = -1,
			.peer_fd = -1,
			.peer_of_fd = -1,
			.asker = -1,
			.next_s = clock_now_s() + (rows->first_s ? rows->first_s : rows->every_s) };
		p->count++;
		if (rows->prepare)
			rc = rows->prepare(p->service, &s->state, e);
	}
	return rc;
}

static int prepare(struct supervisor *p, const struct process_row *rows, struct err *e)
{
	int rc = prepare_rows(p, rows, e);

	for (int i = 0; i < p->count && rc == 0; i++) {
		struct slot *s = &p->slots[i];

		s->own = process_own_user(p->service, s->row);
		rc = process_make_folders(p->service, s->row, s->own, e);
	}
	if (rc == 0)
		rc = give_folders(p, e);
	for (int i = 0; i < p->count && rc == 0; i++) {
		struct slot *s = &p->slots[i];

		if (s->row->is_due && s->row->is_due(p->service, s->state))
			run_first(p, s);
	}
	for (int i = 0; i < p->count && rc == 0; i++)
		if (p->slots[i].row->ready)
			rc = p->slots[i].row->ready(p->service, p->slots[i].state, e);
	return rc == 0 ? connect_peers(p, e) : rc;
}

int process_serve(const struct process_row *rows, struct process_service *service, struct err *e)
{
	struct supervisor p = { .service = service, .signal_fd = -1 };
	/* what its children need they inherit from it */
	struct sandbox_rights rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_NETLINK |
			SANDBOX_MAY_ACCEPT | SANDBOX_MAY_FORK | SANDBOX_MAY_CONFINE |
			SANDBOX_MAY_DATAGRAM,
		.keeps_reading_all = true,
		.keeps_owning = true,
		.keeps_binding = true,
		.sees_processes = true };
	struct sandbox_level level;
	int rc = prepare(&p, rows, e);

	for (const struct process_row *row = rows; row->name; row++)
		rights.may |= row->rights.may & (SANDBOX_MAY_CONNECT | SANDBOX_MAY_THREADS);
	if (rc == 0)
		rc = p.signal_fd = signals(e);
	if (rc >= 0)
		rc = sandbox_enter(&rights, &level, e);
	for (int i = 0; i < p.count && rc < 0; i++)
		if (p.slots[i].row->release && p.slots[i].state)
			p.slots[i].row->release(p.slots[i].state);
	if (rc < 0)
		return rc;
	malloc_trim(0); /* what preparing took would be in every process */
	while (!p.is_ending)
		turn(&p);
	stop(&p);
	return 0;
}

bool process_run(int parent_fd, const char *name, int wait_ms)
{
	struct process_message m;
	struct pollfd wait = { .fd = parent_fd, .events = POLLIN };

	if (parent_fd < 0)
		return false;
	/* answers that came too late for an earlier question */
	while (recv(parent_fd, &m, sizeof(m), MSG_DONTWAIT) == (ssize_t)sizeof(m))
		;
	m = (struct process_message){ .word = PROCESS_RUN };
	snprintf(m.name, sizeof(m.name), "%s", name);
	if (send(parent_fd, &m, sizeof(m), MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof(m))
		return false;
	if (poll(&wait, 1, wait_ms) != 1)
		return false;
	return recv(parent_fd, &m, sizeof(m), MSG_DONTWAIT) == (ssize_t)sizeof(m) &&
		m.word == PROCESS_ENDED && m.status == 0;
}
