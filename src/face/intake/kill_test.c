/* kill_test.c - the process itself, killed at any moment while lines arrive over RELP and in a
 * followed file: none that was acknowledged is lost, none is there twice, and of the file each line
 * is there once, in its order. KHIEN_KILLS says how often; every so many kills the folder is looked
 * at and another one is begun, so that a long run costs as much a kill as a short one. */
#include "face/intake/intake_int.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "test/unit.h"
#include "work/seal/seal.h"

#define KILLS 20
#define KILLS_A_FOLDER 50
#define LIFE_MAX_US 60000
#define ROUND_LINES 20000 /* at most, in one life */
#define AHEAD 2000        /* lines on their way */
#define END_S 60
#define EARLY 10 /* one in so many is killed while it may still be starting */

struct stand {
	char base[64], data[128], file[128];
	struct arena arena;
	struct command_line line;
	struct process_service service;
	void *place, *state;
	uint16_t port;
	int file_fd;
	uint64_t file_lines;
	/* by id: was it acknowledged, how often is it in the log */
	unsigned char *acked, *found;
	uint64_t ids, id_room;
	int64_t slowest_us; /* from a start to the first answer */
};

static void write_settings(const struct stand *s)
{
	char path[256], text[256];
	int fd;

	snprintf(path, sizeof(path), "%s/intake.yaml", s->data);
	snprintf(text, sizeof(text), "udp: no\ntcp: no\nrelp: 127.0.0.1:0\nfiles: [%s]\n", s->file);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void make_folder(const char *base, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
}

static void find_port(struct stand *s)
{
	struct setup *setup = s->state;

	for (struct listener *l = setup->listeners; l; l = l->next) {
		struct sockaddr_in at;
		socklen_t len = sizeof(at);

		if (l->transport == LEAF_RELP &&
			getsockname(l->watch.fd, (struct sockaddr *)&at, &len) == 0)
			s->port = ntohs(at.sin_port);
	}
	assert_true(s->port > 0);
}

static void build(struct stand *s)
{
	char wal[64];
	struct err e = { 0 };

	*s = (struct stand){ .base = "/tmp/khien-kill-XXXXXX" };
	assert_non_null(mkdtemp(s->base));
	assert_int_equal(chmod(s->base, 0755), 0);
	snprintf(s->data, sizeof(s->data), "%s/data", s->base);
	snprintf(s->file, sizeof(s->file), "%s/followed.log", s->base);
	make_folder(s->base, "data");
	write_settings(s);
	s->file_fd = open(s->file, O_WRONLY | O_CREAT | O_APPEND, 0644);
	arena_init(&s->arena, 16 * MIB);
	s->service =
		(struct process_service){ .data = s->data, .arena = &s->arena, .line = &s->line };
	assert_int_equal(process_folder(&s->service, &e), 0);
	s->service.is_root = false; /* who runs the test writes it */
	s->service.user = NULL;
	assert_int_equal(seal_prepare(&s->service, &s->place, &e), 0);
	make_folder(s->data, "log/intake");
	make_folder(s->data, SILENCE_FOLDER);
	snprintf(wal, sizeof(wal), "log/%s/wal", s->service.shard);
	make_folder(s->data, wal);
	assert_int_equal(intake_prepare(&s->service, &s->state, &e), 0);
	s->service.user = NULL;
	find_port(s);
	s->id_room = (KILLS_A_FOLDER + 1) * ROUND_LINES;
	s->acked = calloc(s->id_room, 1);
	s->found = calloc(s->id_room, 1);
	assert_true(s->acked && s->found);
}

static const struct process_row row = {
	.name = "intake",
	.write_below = intake_writes,
	.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT | SANDBOX_MAY_DATAGRAM },
	.start = intake_start,
};

static pid_t start(const struct stand *s)
{
	const struct process self = { .service = &s->service,
		.row = &row,
		.state = s->state,
		.parent_fd = -1,
		.peer_fd = -1 };
	pid_t pid = fork();

	if (pid == 0)
		_exit(intake_start(&self));
	assert_true(pid > 0);
	return pid;
}

struct client {
	struct stand *stand;
	int fd;
	struct relp relp;
	uint64_t first; /* id of the line with number 2 */
	uint64_t sent, answered;
	int64_t first_us;
};

static bool take_answer(void *context, const struct relp_frame *f)
{
	struct client *c = context;

	if (c->first_us == 0)
		c->first_us = clock_monotonic_us();
	if (f->number < 2 || !str_starts(f->data, "200"))
		return true;
	c->stand->acked[c->first + f->number - 2] = 1;
	c->answered++;
	return true;
}

static void read_answers(struct client *c)
{
	char bytes[65536];
	ssize_t n;
	struct err e = { 0 };

	while ((n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		assert_true(relp_feed(&c->relp, (struct str){ bytes, (size_t)n }, take_answer, c,
				    &e) >= 0);
}

static void send_some(struct client *c)
{
	struct buf out;
	uint64_t id = c->first + c->sent;
	char line[64];

	buf_init(&out, 1 * MIB);
	for (int i = 0; i < 100; i++, id++) {
		snprintf(line, sizeof(line), "<13>Nov 25 10:00:00 h p: id=%012llu",
			(unsigned long long)id);
		buf_fmt(&out, "%llu syslog %zu %s\n",
			(unsigned long long)(c->sent + 2 + (uint64_t)i), strlen(line), line);
	}
	if (send(c->fd, out.ptr, out.len, MSG_NOSIGNAL) == (ssize_t)out.len)
		c->sent += 100;
	buf_done(&out);
}

static void write_file(struct stand *s)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "file=%012llu\n", (unsigned long long)s->file_lines);

	if (write(s->file_fd, line, (size_t)len) == len)
		s->file_lines++;
}

/* The moment has come: some time after the start, or after the first answer. */
static bool is_over(const struct client *c, int64_t begin_us, int64_t life_us, bool from_answer)
{
	int64_t now_us = clock_monotonic_us();

	if (!from_answer)
		return now_us - begin_us >= life_us;
	return (c->first_us && now_us - c->first_us >= life_us) ||
		now_us - begin_us >= END_S * INT64_C(1000000);
}

/* One life, LIFE_US long. */
static void live(struct stand *s, int64_t life_us, bool from_answer)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(s->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct client c = { .stand = s, .first = s->ids };
	int64_t begin_us = clock_monotonic_us();
	pid_t pid = start(s);
	int status;

	c.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	relp_init(&c.relp, 4096);
	assert_int_equal(connect(c.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(send(c.fd, "1 open 14 relp_version=0\n", 25, MSG_NOSIGNAL), 25);
	while (!is_over(&c, begin_us, life_us, from_answer)) {
		write_file(s);
		read_answers(&c);
		if (c.sent < ROUND_LINES && c.sent - c.answered < AHEAD)
			send_some(&c);
		else
			poll(NULL, 0, 1);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	read_answers(&c);
	s->ids += c.sent;
	assert_true(s->ids + ROUND_LINES < s->id_room);
	if (c.first_us && c.first_us - begin_us > s->slowest_us)
		s->slowest_us = c.first_us - begin_us;
	relp_done(&c.relp);
	close(c.fd);
}

/* Counts what is in the log; how many lines of the file, each in its place. */
static uint64_t count(struct stand *s)
{
	struct vfile_disk *d;
	struct wal_reader *r;
	struct str entry;
	struct leaf leaf;
	struct err e = { 0 };
	char path[512];
	uint64_t of_file = 0, id;
	ptrdiff_t at;
	int rc;

	memset(s->found, 0, s->id_room);
	snprintf(path, sizeof(path), "%s/log/%s", s->data, s->service.shard);
	assert_int_equal(vfile_disk_open(path, &d, &e), 0);
	assert_int_equal(wal_reader_open(d, 0, &r, &e), 0);
	while ((rc = wal_read(r, UINT64_MAX, &entry, &e)) > 0) {
		assert_int_equal(leaf_parse(entry, &leaf, &e), 0);
		if (leaf.kind != LEAF_LINE)
			continue;
		at = str_find_char(leaf.raw, '=');
		assert_true(at > 0);
		assert_true(str_to_u64(str_from(leaf.raw, (size_t)at + 1), 10, &id));
		if (leaf.transport == LEAF_FILE)
			assert_int_equal(id, of_file++);
		else
			s->found[id]++;
	}
	assert_int_equal(rc, 0);
	wal_reader_close(r);
	vfile_disk_close(d);
	return of_file;
}

static int64_t some_us(void)
{
	uint32_t number;

	random_bytes(&number, sizeof(number));
	return number % LIFE_MAX_US;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static void tear_down(struct stand *s)
{
	intake_release(s->state);
	seal_release(s->place);
	arena_done(&s->arena);
	free(s->acked);
	free(s->found);
	close(s->file_fd);
	assert_int_equal(nftw(s->base, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Over all folders. */
struct sum {
	uint64_t kills, acked, lost, twice, file_lines;
	int64_t slowest_us;
};

/* What was killed so often is started once more and left alone; then all must be there. */
static void look(struct stand *s, struct sum *sum)
{
	pid_t pid = start(s);
	int status;

	for (int i = 0; i < END_S * 10 && count(s) < s->file_lines; i++)
		poll(NULL, 0, 100);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(count(s), s->file_lines);
	for (uint64_t i = 0; i < s->ids; i++) {
		sum->acked += s->acked[i];
		sum->lost += s->acked[i] && !s->found[i];
		sum->twice += s->found[i] > 1;
	}
	sum->file_lines += s->file_lines;
	if (s->slowest_us > sum->slowest_us)
		sum->slowest_us = s->slowest_us;
}

static void tell(const struct sum *sum)
{
	print_message("# %llu kills, %llu lines acknowledged, %llu lost, %llu twice, %llu lines of "
		      "a followed file; first answer at the latest after %lld ms\n",
		(unsigned long long)sum->kills, (unsigned long long)sum->acked,
		(unsigned long long)sum->lost, (unsigned long long)sum->twice,
		(unsigned long long)sum->file_lines, (long long)(sum->slowest_us / 1000));
}

static void nothing_acknowledged_is_lost(void **state)
{
	const char *wanted = getenv("KHIEN_KILLS");
	uint64_t kills = KILLS;
	struct sum sum = { 0 };

	if (wanted)
		assert_true(str_to_u64(str_of(wanted), 10, &kills) && kills > 0);
	while (sum.kills < kills) {
		struct stand s;

		build(&s);
		for (int i = 0; i < KILLS_A_FOLDER && sum.kills < kills; i++, sum.kills++)
			live(&s, some_us(), sum.kills % EARLY != 0);
		look(&s, &sum);
		tear_down(&s);
		assert_int_equal(sum.lost, 0);
		assert_int_equal(sum.twice, 0);
		if (sum.kills % 500 == 0)
			tell(&sum);
	}
	tell(&sum);
	assert_true(sum.acked > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_acknowledged_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
