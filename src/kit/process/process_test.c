/* process_test.c - a small service of real processes; what they saw stands in shared memory. */
#include "kit/process/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/unit.h"

#define WAIT_MS 10000

static struct seen {
	volatile int left_starts, falls, visits;
	volatile int asked_fine, asked_for_none;
	volatile char answer;
	volatile int64_t ended_us, again_after_us;
	volatile int state_of_visit, is_confined, ended_in_peace, again;
	volatile int slow_visits, slow_before_answer, slow_fine;
} * seen;

static int wait_for_end(void)
{
	struct err e = { 0 };
	struct pollfd wait = { .fd = process_end_fd(&e), .events = POLLIN };

	(void)poll(&wait, 1, WAIT_MS);
	seen->ended_in_peace++;
	return 0;
}

static int left_prepare(struct process_service *service, void **ret_state, struct err *e)
{
	snprintf(service->shard, sizeof(service->shard), "shard-1");
	*ret_state = seen;
	return process_folder(service, e);
}

static int left_renew(struct process_service *service, void *state, struct err *e)
{
	static const char *const before[] = { "shard-0", "shard-1", NULL };

	snprintf(service->shard, sizeof(service->shard), "shard-2");
	service->shards_before = before;
	return 0;
}

/* Asks for a visit, says something to right, and tries what it may not. */
static int left_start(const struct process *self)
{
	struct sandbox_level level;
	struct pollfd wait = { .fd = self->peer_fd, .events = POLLIN };
	struct err e = { 0 };
	char answer = 0, path[256];
	int number = ++seen->left_starts;

	if (process_confine(self, NULL, &level, &e) < 0)
		return 2;
	snprintf(path, sizeof(path), "%s/elsewhere", self->service->data);
	seen->is_confined = mkdir(path, 0700) != 0 && errno == EACCES;
	(void)!send(self->peer_fd, &number, 1, MSG_NOSIGNAL);
	if (poll(&wait, 1, WAIT_MS) == 1 && recv(self->peer_fd, &answer, 1, MSG_DONTWAIT) == 1)
		seen->answer = answer;
	if (number == 1) {
		seen->asked_fine = process_run(self->parent_fd, "visit", WAIT_MS);
		(void)process_run(self->parent_fd, "slow", 0);
		for (int i = 0; i < 100 && seen->slow_visits == 0; i++)
			poll(NULL, 0, 10);
		seen->slow_fine = process_run(self->parent_fd, "slow", WAIT_MS);
		seen->slow_before_answer = seen->slow_visits;
		seen->asked_for_none = process_run(self->parent_fd, "nobody", 100);
		raise(SIGKILL);
	}
	return wait_for_end();
}

static int right_start(const struct process *self)
{
	char word;

	while (self->peer_fd >= 0 && recv(self->peer_fd, &word, 1, 0) == 1) {
		word = (char)(word + 'a');
		(void)!send(self->peer_fd, &word, 1, MSG_NOSIGNAL);
	}
	return 0;
}

static int falling_start(const struct process *self)
{
	return ++seen->falls < 2 ? 3 : wait_for_end();
}

static int again_start(const struct process *self)
{
	int64_t now_us = clock_monotonic_us();

	if (++seen->again > 1) {
		seen->again_after_us = now_us - seen->ended_us;
		return wait_for_end();
	}
	poll(NULL, 0, 1100);
	seen->ended_us = clock_monotonic_us();
	return PROCESS_AGAIN_AT_ONCE;
}

static bool visit_is_due(struct process_service *service, void *state)
{
	return true;
}

static int visit_start(const struct process *self)
{
	seen->visits++;
	((struct seen *)self->state)->state_of_visit++;
	return 0;
}

/* Long enough to be asked for while it runs. */
static int slow_start(const struct process *self)
{
	seen->slow_visits++;
	poll(NULL, 0, 300);
	return 0;
}

static const char *const below[] = { "made/%S/inside", "made/%O/old", NULL };

static const struct process_row rows[] = {
	{ .name = "left",
		.write_below = below,
		.rights = { .may = SANDBOX_MAY_FILES },
		.talks_to = "right",
		.prepare = left_prepare,
		.renew = left_renew,
		.start = left_start },
	{ .name = "right", .start = right_start },
	{ .name = "falling", .start = falling_start },
	{ .name = "again", .start = again_start },
	{ .name = "visit",
		.state_of = "left",
		.start = visit_start,
		.every_s = 1000,
		.time_max_s = 5,
		.is_due = visit_is_due },
	{ .name = "slow", .start = slow_start, .every_s = 1000, .time_max_s = 5 },
	{ 0 },
};

static int serve(const char *data)
{
	struct arena a;
	struct process_service service = { .data = data, .arena = &a };
	struct err e = { 0 };
	int rc;

	arena_init(&a, 1 * MIB);
	rc = process_serve(rows, &service, &e);
	if (rc < 0)
		fprintf(stderr, "%s\n", e.text);
	return rc < 0 ? 2 : rc;
}

static bool is_all_seen(void)
{
	return seen->left_starts == 2 && seen->falls == 2 && seen->again == 2 &&
		seen->answer == 'a' + 2;
}

static void a_service_runs_falls_and_ends(void **state)
{
	char base[] = "/tmp/khien-process-XXXXXX", data[64], path[128];
	int status = 0;
	pid_t pid;

	assert_non_null(mkdtemp(base));
	snprintf(data, sizeof(data), "%s/data", base);
	pid = fork();
	if (pid == 0)
		_exit(serve(data));
	for (int i = 0; i < 200 && !is_all_seen(); i++)
		poll(NULL, 0, 50);
	/* left fell and came back before again did, so its folders are looked for once more */
	snprintf(path, sizeof(path), "%s/made/shard-2/inside", data);
	assert_int_equal(rmdir(path), 0);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/made/shard-%d/old", data, i);
		assert_int_equal(rmdir(path), 0);
	}
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(seen->left_starts, 2);
	assert_int_equal(seen->answer, 'a' + 2); /* the channel outlived left */
	assert_int_equal(seen->falls, 2);
	assert_int_equal(seen->again, 2);
	assert_true(seen->again_after_us < 700 * 1000);
	assert_int_equal(seen->visits, 2); /* the first, and the one asked for */
	assert_int_equal(seen->state_of_visit, 2);
	assert_true(seen->asked_fine);
	assert_true(seen->slow_fine);
	assert_int_equal(
		seen->slow_before_answer, 2); /* what began before the order is no answer */
	assert_int_equal(seen->slow_visits, 2);
	assert_false(seen->asked_for_none);
	assert_true(seen->is_confined);
	assert_int_equal(seen->ended_in_peace, 3);
}

static int share(void **state)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return seen == MAP_FAILED ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_runs_falls_and_ends),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}
