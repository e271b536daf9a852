/* process.c - the sealing process of a service. It meets nobody but the writer of the log, over one
 * channel, and the disk. */
#include "work/seal/seal_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/trail/order.h"
#include "core/trail/taking.h"
#include "kit/process/process.h"

#define TICK_MS 1000
#define PATH_BYTES 4096
#define ORDERS_HANDED 16
#define ORDER_AGAIN_S 600
#define ORDERS_MEMORY (8 * MIB)

/* An order whose leaf the writer was given. */
struct handed {
	char name[ORDER_NAME_SIZE];
	int64_t asked_s, at_us;
};

struct sealer {
	const struct process *self;
	const char *data;
	unsigned year; /* of the shard that is open */
	char path[PATH_BYTES];
	struct vfile_disk *d, *keys;
	struct seal *seal;
	bool is_link_sent;
	bool is_well; /* the newest answer was a seal */
	struct vfile_disk *log;
	struct handed handed[ORDERS_HANDED];
	size_t handed_next;
	char bytes[SEAL_MESSAGE_MAX];
};

/* Which shard is written, and which were: for the folders of the service's rows. */
static int name_shards(
	struct process_service *service, const struct seal_place *place, struct err *e)
{
	const char *const *names;
	VEC(const char *) before = { 0 };
	size_t count;
	int rc = seal_shards(place->log, service->arena, &names, &count, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], place->name) != 0)
			vec_push(service->arena, &before, names[i]);
	vec_push(service->arena, &before, NULL);
	service->shards_before = before.at;
	snprintf(service->shard, sizeof(service->shard), "%s", place->name);
	return 0;
}

int seal_prepare(struct process_service *service, void **ret_state, struct err *e)
{
	struct seal_place *place = arena_new(service->arena, struct seal_place);
	int rc = seal_place_open(service->data, SEAL_LOG, STR(""), clock_now_s(), place, e);

	if (rc == 0)
		rc = name_shards(service, place, e);
	if (rc < 0) {
		seal_place_close(place);
		return rc;
	}
	*ret_state = place;
	return 0;
}

/* The year has turned: the writer has ended, so the shard before is sealed for the last time. */
int seal_renew(struct process_service *service, void *state, struct err *e)
{
	struct seal_place *place = state;
	int rc = seal_place_turn(service->data, SEAL_LOG, clock_now_s(), place, e);

	return rc == 0 ? name_shards(service, place, e) : rc;
}

void seal_release(void *state)
{
	seal_place_close(state);
}

static void close_shard(struct sealer *x)
{
	x->seal = seal_close(x->seal);
	vfile_disk_close(x->d);
	vfile_disk_close(x->keys);
	x->d = x->keys = NULL;
	x->is_link_sent = false;
}

/* For pages. A shard that cannot be opened has its folder still. */
static void tell(struct sealer *x, enum taking is, enum seal_reason reason, const char *words)
{
	char why[TAKING_WHY_MAX + 1] = "";
	struct vfile_disk *d = NULL;
	struct err e;

	if (is != TAKING_WELL)
		snprintf(why, sizeof(why), "%s %s", seal_reason_name(reason), words);
	if (*x->path && vfile_disk_open(x->path, &d, &e) == 0 &&
		taking_tell(d, TAKING_SEALS, is, why, &e) < 0)
		fprintf(stderr, "khien seal: %s\n", e.text);
	vfile_disk_close(d);
}

/* The shard of YEAR: "2026", or the newest "2026.2" of it; with 0 the one to write now. */
static int open_shard(struct sealer *x, unsigned year, struct err *e)
{
	char name[SHARD_ID_SIZE], log[PATH_BYTES];
	struct vfile_disk *d;
	int rc;

	if (x->seal && x->year == year)
		return 0;
	close_shard(x);
	snprintf(log, sizeof(log), "%s/%s", x->data, SEAL_LOG);
	rc = vfile_disk_open(log, &d, e);
	if (rc < 0)
		return rc;
	rc = year ? seal_shard_of(d, year, name, e) : seal_shard_now(d, clock_now_s(), name, e);
	vfile_disk_close(d);
	if (rc == 0) {
		snprintf(x->path, sizeof(x->path), "%s/%s", log, name);
		rc = vfile_disk_open(x->path, &x->d, e);
	}
	if (rc == 0)
		rc = seal_keys_open(x->data, SEAL_LOG, name, &x->keys, e);
	if (rc == 0)
		rc = seal_open(x->d, x->keys, clock_now_s(), &x->seal, e);
	if (rc < 0)
		close_shard(x);
	else
		x->year = seal_shard_year(name);
	return rc;
}

static void say(struct sealer *x, const struct seal_message *m)
{
	struct err e;

	/* who does not listen now asks again */
	if (x->self->peer_fd >= 0 && seal_send(x->self->peer_fd, m, &e) < 0)
		fprintf(stderr, "khien seal: %s\n", e.text);
}

static void hand_over(struct sealer *x, enum leaf_kind kind, struct buf *leaf)
{
	if (leaf->len > 0)
		say(x,
			&(struct seal_message){ .word = SEAL_ADD,
				.year = x->year,
				.kind = kind,
				.json = buf_str(leaf) });
}

static bool is_empty(struct sealer *x)
{
	struct wal_reader *reader;
	struct str entry;
	struct err e;
	bool has_entry;

	if (seal_size(x->seal) > 0)
		return false;
	if (wal_reader_open(x->d, 0, &reader, &e) < 0)
		return true;
	has_entry = wal_read(reader, UINT64_MAX, &entry, &e) == 1;
	wal_reader_close(reader);
	return !has_entry;
}

/* An empty log begins with its link. */
static void hand_over_link(struct sealer *x)
{
	struct buf leaf;
	struct err e;

	if (x->is_link_sent || !is_empty(x))
		return;
	buf_init(&leaf, SEAL_LEAF_MAX);
	if (seal_first_leaf(x->d, &leaf, &e) == 0)
		hand_over(x, LEAF_LINK, &leaf);
	x->is_link_sent = true;
	buf_done(&leaf);
}

/* Was it handed over? A leaf that is not sealed for long fell with its writer. */
static bool is_handed(struct sealer *x, const char *name, int64_t asked_s)
{
	int64_t now_us = clock_monotonic_us();
	struct handed *h;

	for (h = x->handed; h < x->handed + ORDERS_HANDED; h++)
		if (strcmp(h->name, name) == 0 && h->asked_s == asked_s &&
			now_us - h->at_us < ORDER_AGAIN_S * INT64_C(1000000))
			return true;
	h = &x->handed[x->handed_next++ % ORDERS_HANDED];
	snprintf(h->name, sizeof(h->name), "%s", name);
	h->asked_s = asked_s;
	h->at_us = now_us;
	return false;
}

/* What was ordered begins with its leaf. */
static void hand_over_orders(struct sealer *x)
{
	struct vfile_names names = { 0 };
	struct order o;
	struct arena a;
	struct err e;
	int rc = x->is_well ? 0 : ERR_ABSENT;

	arena_init(&a, ORDERS_MEMORY);
	if (rc == 0 && !x->log)
		rc = vfile_disk_open(arena_fmt(&a, "%s/" SEAL_LOG, x->data).ptr, &x->log, &e);
	if (rc == 0)
		rc = order_list(x->log, &a, &names, &e);
	for (size_t i = 0; rc == 0 && i < names.len; i++)
		if (order_load(x->log, names.at[i].name, &a, &o, &e) == 0 && o.is == ORDER_ASKED &&
			o.leaf.len <= SEAL_JSON_MAX && !is_handed(x, names.at[i].name, o.at_s))
			say(x,
				&(struct seal_message){ .word = SEAL_ADD,
					.year = x->year,
					.kind = LEAF_RETENTION,
					.json = o.leaf });
	arena_done(&a);
}

static void hand_over_key(struct sealer *x)
{
	struct buf leaf;
	struct err e;

	buf_init(&leaf, SEAL_LEAF_MAX);
	if (seal_next_key(x->seal, clock_now_s(), &leaf, &e) == 0)
		hand_over(x, LEAF_KEY, &leaf);
	else
		fprintf(stderr, "khien seal: %s\n", e.text);
	buf_done(&leaf);
}

static void refuse(
	struct sealer *x, const struct seal_message *m, enum seal_reason why, const char *words)
{
	fprintf(stderr, "khien seal: %s\n", words);
	tell(x, TAKING_FAILED, why, words);
	x->is_well = false;
	say(x,
		&(struct seal_message){
			.word = SEAL_REFUSED, .year = m->year, .size = m->size, .reason = why });
}

static void check(struct sealer *x, const struct seal_message *m)
{
	struct merkle_head head = { .size = m->size, .root = m->hash };
	struct seal_message answer = { .word = SEAL_SEALED, .year = m->year, .size = m->size };
	struct seal_answer got;
	struct err e;

	if (open_shard(x, m->year, &e) < 0) {
		refuse(x, m, e.code == ERR_SYSTEM ? SEAL_DISK : SEAL_KEY, e.text);
		return;
	}
	if (seal_check(x->seal, &head, clock_now_s(), &got, &e) < 0) {
		/* after a failure of the disk only what it really holds counts: look again */
		close_shard(x);
		refuse(x, m, SEAL_DISK, e.text);
		return;
	}
	if (!got.is_sealed) {
		refuse(x, m, got.why, got.reason);
		return;
	}
	if (m->size == 0)
		x->is_link_sent = false; /* a writer that begins anew may have lost it */
	memcpy(answer.hash.bytes, got.note, SHA256_SIZE);
	tell(x, TAKING_WELL, 0, "");
	x->is_well = true;
	say(x, &answer);
	hand_over_key(x);
}

static void take_messages(struct sealer *x)
{
	struct seal_message m;
	struct err e;
	int rc;

	while ((rc = seal_receive(x->self->peer_fd, x->bytes, &m, &e)) != 0) {
		if (rc == ERR_ABSENT)
			return;
		if (rc == 1 && m.word == SEAL_CHECK)
			check(x, &m);
	}
}

static void loop(struct sealer *x, int end_fd)
{
	struct pollfd wait[2] = { { .fd = end_fd, .events = POLLIN },
		{ .fd = x->self->peer_fd, .events = POLLIN } };
	struct err e;

	while (wait[0].revents == 0) {
		if (!x->seal && open_shard(x, 0, &e) < 0) {
			fprintf(stderr, "khien seal: %s\n", e.text);
			tell(x, TAKING_FAILED, e.code == ERR_SYSTEM ? SEAL_DISK : SEAL_KEY, e.text);
		}
		if (x->seal) {
			hand_over_link(x);
			hand_over_orders(x);
		}
		if (poll(wait, 2, TICK_MS) < 0 && errno != EINTR)
			return;
		if (wait[1].revents)
			take_messages(x);
	}
}

int seal_start(const struct process *self)
{
	struct sealer x = { .self = self, .data = self->service->data };
	struct sandbox_level level;
	struct err e;
	int end_fd = process_end_fd(&e), rc = end_fd < 0 ? end_fd : 0;

	if (rc == 0)
		rc = process_confine(self, NULL, &level, &e);
	if (rc == 0)
		loop(&x, end_fd);
	else
		fprintf(stderr, "khien seal: %s\n", e.text);
	close_shard(&x);
	vfile_disk_close(x.log);
	return rc < 0 ? 2 : 0;
}
