#include "work/seal/seal_int.h"
#include "kit/process/process.h"
#include "test/unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 20000

static const char *const log_data[] = { "log", NULL };
static const char *const keys[] = { SEAL_KEYS "/" SEAL_LOG, NULL };
static const struct process_row row = { .name = "seal",
	.write_below = log_data,
	.own_below = keys,
	.rights = { .may = SANDBOX_MAY_FILES } };

struct fixture {
	char data[64];
	struct process_service service;
	struct arena arena;
	void *place;
	struct wal *w;
	struct err e;
	int fd;
	pid_t child;
	char bytes[SEAL_MESSAGE_MAX];
};

static void setup(struct fixture *x)
{
	const struct seal_place *place;

	memset(x, 0, sizeof(*x));
	snprintf(x->data, sizeof(x->data), "/tmp/khien-seal-XXXXXX");
	assert_non_null(mkdtemp(x->data));
	arena_init(&x->arena, MIB);
	x->service = (struct process_service){ .data = x->data, .arena = &x->arena };
	assert_int_equal(seal_prepare(&x->service, &x->place, &x->e), 0);
	place = x->place;
	assert_int_equal(wal_open(place->shard, &x->w, &x->e), 0);
}

static void start(struct fixture *x)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	x->child = fork();
	if (x->child == 0) {
		struct process self = {
			.service = &x->service, .row = &row, .parent_fd = -1, .peer_fd = pair[1]
		};

		close(pair[0]);
		_exit(seal_start(&self));
	}
	close(pair[1]);
	x->fd = pair[0];
}

static struct seal_message next(struct fixture *x)
{
	struct pollfd wait = { .fd = x->fd, .events = POLLIN };
	struct seal_message m = { 0 };

	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_int_equal(seal_receive(x->fd, x->bytes, &m, &x->e), 1);
	return m;
}

static void add(struct fixture *x, enum leaf_kind kind, struct str raw)
{
	struct leaf leaf = {
		.kind = (uint8_t)kind, .received_ns = clock_now_s() * 1000000000, .raw = raw
	};

	assert_int_equal(wal_add(x->w, &leaf, &x->e), 0);
	assert_int_equal(wal_commit(x->w, &x->e), 0);
}

static struct seal_message check(struct fixture *x, unsigned char wrong)
{
	struct seal_message m = { .word = SEAL_CHECK,
		.year = (unsigned)date_at(clock_now_s()).year };
	struct merkle_head head;

	wal_head(x->w, &head);
	m.size = head.size;
	m.hash = head.root;
	m.hash.bytes[0] ^= wrong;
	assert_int_equal(seal_send(x->fd, &m, &x->e), 0);
	return next(x);
}

static void stop(struct fixture *x, int with)
{
	int status;

	assert_int_equal(kill(x->child, with), 0);
	assert_int_equal(waitpid(x->child, &status, 0), x->child);
	if (with == SIGTERM)
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(x->fd);
}

static void the_process_seals_what_the_writer_names(void **state)
{
	struct fixture at, *x = &at;
	struct seal_message m;
	struct seal_place other;

	setup(x);
	/* who seals holds the place: a command beside the service is told so */
	assert_int_equal(seal_place_open(x->data, SEAL_LOG, STR(""), clock_now_s(), &other, &x->e),
		ERR_CONFLICT);
	seal_place_close(&other);
	start(x);
	m = next(x);
	assert_int_equal(m.word, SEAL_ADD);
	assert_int_equal(m.kind, LEAF_LINK);
	add(x, LEAF_LINK, m.json);
	add(x, LEAF_LINE, STR("<13>mot"));
	m = check(x, 0);
	assert_int_equal(m.word, SEAL_SEALED);
	assert_int_equal(m.size, 2);
	/* killed and started anew it goes on where it was */
	stop(x, SIGKILL);
	start(x);
	add(x, LEAF_LINE, STR("<13>hai"));
	m = check(x, 0);
	assert_int_equal(m.word, SEAL_SEALED);
	assert_int_equal(m.size, 3);
	m = check(x, 1);
	assert_int_equal(m.word, SEAL_REFUSED);
	assert_int_equal(m.reason, SEAL_ROOT);
	stop(x, SIGTERM);
	start(x);
	m = check(x, 0);
	assert_int_equal(m.word, SEAL_REFUSED);
	assert_int_equal(m.reason, SEAL_ROOT);
	stop(x, SIGTERM);
	wal_close(x->w);
	seal_release(x->place);
	arena_done(&x->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_process_seals_what_the_writer_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
