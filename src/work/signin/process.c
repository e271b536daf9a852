/* process.c - the process that asks others: one child a question, ended when it takes too long. The
 * child opens the library that it needs, so that the process stays small. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "kit/directory/directory.h"
#include "kit/oidc/oidc.h"
#include "work/signin/signin.h"

#define CHILDREN_MAX 32
#define CHILD_MEMORY_BYTES (16 * MIB)
#define TICK_MS 200

struct children {
	pid_t pid[CHILDREN_MAX]; /* 0: nobody */
	int64_t end_us[CHILDREN_MAX];
	int64_t id[CHILDREN_MAX]; /* of the question */
};

/* --- in the child ----------------------------------------------------------------------------- */

static const enum signin_state of_directory[] = {
	[DIRECTORY_RIGHT] = SIGNIN_RIGHT,
	[DIRECTORY_WRONG] = SIGNIN_WRONG,
	[DIRECTORY_NOBODY] = SIGNIN_NOBODY,
	[DIRECTORY_DISABLED] = SIGNIN_DISABLED,
	[DIRECTORY_MUST_CHANGE] = SIGNIN_MUST_CHANGE,
	[DIRECTORY_OLD] = SIGNIN_OLD,
	[DIRECTORY_SHUT] = SIGNIN_SHUT,
	[DIRECTORY_ENDED] = SIGNIN_ENDED,
	[DIRECTORY_NOT_NOW] = SIGNIN_NOT_NOW,
	[DIRECTORY_SEVERAL] = SIGNIN_SEVERAL,
	[DIRECTORY_UNREACHABLE] = SIGNIN_UNREACHABLE,
	[DIRECTORY_SLOW] = SIGNIN_SLOW,
	[DIRECTORY_CERTIFICATE] = SIGNIN_CERTIFICATE,
	[DIRECTORY_BIND] = SIGNIN_BIND,
	[DIRECTORY_SEARCH] = SIGNIN_SEARCH,
};

static void ask_directory(
	const struct signin_question *q, struct arena *a, struct signin_answer *ret)
{
	struct directory d = { .url = arena_cstr(a, q->at[SIGNIN_URL]),
		.ca = arena_cstr(a, q->at[SIGNIN_CA]),
		.bind_dn = arena_cstr(a, q->at[SIGNIN_BIND_DN]),
		.bind_password = arena_cstr(a, q->at[SIGNIN_BIND_PASSWORD]),
		.base = arena_cstr(a, q->at[SIGNIN_BASE]),
		.attribute = arena_cstr(a, q->at[SIGNIN_ATTRIBUTE]),
		.filter = arena_cstr(a, q->at[SIGNIN_FILTER]) };
	struct directory_person *p = arena_new(a, struct directory_person);
	struct err e = { 0 };

	if (directory_open(&e) < 0) {
		*ret = (struct signin_answer){ .id = q->id,
			.state = SIGNIN_UNREACHABLE,
			.detail = arena_str(a, str_of(e.text)) };
		return;
	}
	directory_ask(&d, q->at[SIGNIN_LOGIN],
		q->kind == SIGNIN_LDAP ? q->at[SIGNIN_PASSWORD] : STR_NONE, a, p);
	*ret = (struct signin_answer){ .id = q->id,
		.state = of_directory[p->state],
		.detail = p->detail,
		.name = p->name,
		.email = p->email,
		.groups = p->groups,
		.group_count = p->group_count };
}

static const enum signin_state of_provider[] = {
	[OIDC_RIGHT] = SIGNIN_RIGHT,
	[OIDC_UNREACHABLE] = SIGNIN_UNREACHABLE,
	[OIDC_CERTIFICATE] = SIGNIN_CERTIFICATE,
	[OIDC_PROVIDER] = SIGNIN_PROVIDER,
	[OIDC_CLIENT] = SIGNIN_BIND,
	[OIDC_CODE] = SIGNIN_CODE_USED,
	[OIDC_TOKEN] = SIGNIN_TOKEN,
	[OIDC_CLOCK] = SIGNIN_CLOCK,
};

static void ask_provider(
	const struct signin_question *q, struct arena *a, struct signin_answer *ret)
{
	struct oidc o = { .issuer = q->at[SIGNIN_URL],
		.ca = q->at[SIGNIN_CA],
		.client_id = q->at[SIGNIN_CLIENT],
		.client_secret = q->at[SIGNIN_CLIENT_SECRET],
		.groups = q->at[SIGNIN_GROUPS_CLAIM],
		.login = q->at[SIGNIN_LOGIN_CLAIM],
		.code = q->at[SIGNIN_CODE_CLAIM] };
	struct oidc_return back = { .code = q->at[SIGNIN_CODE],
		.redirect = q->at[SIGNIN_REDIRECT],
		.verifier = q->at[SIGNIN_VERIFIER],
		.nonce = q->at[SIGNIN_NONCE],
		.now_s = clock_now_s() };
	struct oidc_answer x;

	if (q->kind == SIGNIN_OIDC)
		oidc_redeem(&o, &back, a, &x);
	else
		oidc_find(&o, a, &x);
	*ret = (struct signin_answer){ .id = q->id,
		.state = of_provider[x.state],
		.detail = x.detail,
		.name = x.person.name,
		.email = x.person.email,
		.subject = x.person.subject,
		.login = x.person.login,
		.code = x.person.code,
		.go = x.provider.authorization,
		.leave = x.provider.leave,
		.says_issuer = x.provider.says_issuer,
		.groups = x.person.groups,
		.group_count = x.person.group_count };
}

static int answer(int channel, struct str line)
{
	struct signin_question q;
	struct signin_answer x;
	struct err e = { 0 };
	struct arena a;
	struct buf out;

	arena_init(&a, CHILD_MEMORY_BYTES);
	buf_init(&out, SIGNIN_MESSAGE_MAX);
	if (signin_question_parse(line, &a, &q, &e) < 0)
		return 2;
	if (q.kind == SIGNIN_OIDC || q.kind == SIGNIN_OIDC_FIND)
		ask_provider(&q, &a, &x);
	else
		ask_directory(&q, &a, &x);
	signin_answer_write(&x, &out);
	if (buf_is_full(&out)) { /* groups of enormous names: of none rather than of some */
		buf_clear(&out);
		x.group_count = 0;
		signin_answer_write(&x, &out);
	}
	return send(channel, buf_str(&out).ptr, buf_str(&out).len, MSG_NOSIGNAL) > 0 ? 0 : 2;
}

/* --- the process ------------------------------------------------------------------------------ */

/* For a child that was ended before it knew: who waits is told now and not when patience ends. */
static void answer_late(int channel, int64_t id)
{
	struct signin_answer x = { .id = id, .state = SIGNIN_SLOW };
	struct buf out;

	buf_init(&out, KIB);
	signin_answer_write(&x, &out);
	(void)send(channel, buf_str(&out).ptr, buf_str(&out).len, MSG_DONTWAIT | MSG_NOSIGNAL);
	buf_done(&out);
}

static void reap(struct children *c, int channel)
{
	int status;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (c->pid[i] && waitpid(c->pid[i], &status, WNOHANG) == c->pid[i]) {
			c->pid[i] = 0;
			if (status != 0 && c->id[i])
				answer_late(channel, c->id[i]);
		} else if (c->pid[i] && clock_monotonic_us() > c->end_us[i]) {
			(void)kill(c->pid[i], SIGKILL);
		}
	}
}

/* The third field; the others, a password among them, are not copied here. 0: it is no question. */
static int64_t id_of(struct str line)
{
	struct str field = STR(""), rest = line;
	int64_t id;

	for (int i = 0; i < 3; i++)
		if (!str_split(rest, '\t', &field, &rest))
			return 0;
	return str_to_i64(field, &id) ? id : 0;
}

static int free_place(const struct children *c)
{
	for (int i = 0; i < CHILDREN_MAX; i++)
		if (!c->pid[i])
			return i;
	return -1;
}

/* When all places are taken, questions wait in the channel. */
static void take(struct children *c, int channel)
{
	static char bytes[SIGNIN_MESSAGE_MAX];
	int place = free_place(c);
	ssize_t len = place < 0 ? -1 : recv(channel, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (len <= 0)
		return;
	c->id[place] = id_of((struct str){ bytes, (size_t)len });
	c->pid[place] = fork();
	if (c->pid[place] == 0)
		_exit(answer(channel, (struct str){ bytes, (size_t)len }));
	if (c->pid[place] < 0) {
		c->pid[place] = 0;
		answer_late(channel, c->id[place]);
	}
	c->end_us[place] = clock_monotonic_us() + (int64_t)SIGNIN_TIME_S * 1000000;
	wipe(bytes, (size_t)len);
}

static bool is_any_busy(const struct children *c)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (c->pid[i])
			return true;
	return false;
}

int signin_start(const struct process *self)
{
	struct children c = { 0 };
	struct sandbox_level level;
	struct err e = { 0 };
	int end_fd = process_end_fd(&e), rc = end_fd < 0 ? end_fd : 0;

	(void)clock_now_s(); /* the test clock's file is opened before the doors close */
	if (rc == 0)
		rc = process_confine(self, NULL, &level, &e);
	if (rc < 0) {
		fprintf(stderr, "khien signin: %s\n", e.text);
		return 2;
	}
	for (;;) {
		struct pollfd wait[2] = { { .fd = end_fd, .events = POLLIN },
			{ .fd = free_place(&c) < 0 ? -1 : self->peer_fd, .events = POLLIN } };

		(void)poll(wait, 2, is_any_busy(&c) ? TICK_MS : -1);
		if (wait[0].revents)
			break;
		if (wait[1].revents & POLLIN)
			take(&c, self->peer_fd);
		reap(&c, self->peer_fd);
	}
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (c.pid[i])
			(void)kill(c.pid[i], SIGKILL);
	return 0;
}
