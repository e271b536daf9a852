/* origin.c - the list of senders: numbers, budgets, counts, and the file that keeps it. What leaves
 * tell of them is sender.c. */
#include "face/intake/intake_int.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define SLOTS 32768 /* a power of two, well above SENDER_MAX */

/* Addresses are looked up for each datagram. */
struct peer_slot {
	uint8_t address[LEAF_PEER_SIZE];
	uint32_t number; /* 0: free */
};

void peer_of(const struct sockaddr_storage *sa, struct peer *ret)
{
	*ret = (struct peer){ 0 };
	if (sa->ss_family == AF_INET) {
		const struct sockaddr_in *in4 = (const struct sockaddr_in *)sa;

		ret->address[10] = ret->address[11] = 0xff;
		memcpy(ret->address + 12, &in4->sin_addr, 4);
		ret->port = ntohs(in4->sin_port);
	} else if (sa->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;

		memcpy(ret->address, &in6->sin6_addr, sizeof(ret->address));
		ret->port = ntohs(in6->sin6_port);
	}
}

const char *peer_name(const struct peer *p, char *ret, size_t size)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (memcmp(p->address, mapped, sizeof(mapped)) == 0)
		(void)!inet_ntop(AF_INET, p->address + 12, ret, (socklen_t)size);
	else
		(void)!inet_ntop(AF_INET6, p->address, ret, (socklen_t)size);
	return ret;
}

static struct budget budget_of(const struct intake *in, const char *name)
{
	const struct config *c = &in->setup->config;

	for (size_t i = 0; i < c->rule_count; i++)
		if (strcmp(c->rules[i].name, name) == 0)
			return c->rules[i].budget;
	return c->budget;
}

struct origin *origin_of(struct intake *in, uint32_t number)
{
	return &in->origins[number <= in->senders.len ? number : 0];
}

void silence_set(struct intake *in, struct sender *s, const struct origin *o)
{
	const struct silence_rule *rule = silence_of(&in->silence, s->kind, str_of(s->name));

	if (!in->self || s->kind == SENDER_IMPORT)
		s->silence_s = 0; /* who only imports has not read the settings */
	else if (rule)
		s->silence_s = rule->silence_s;
	else if (o->budget.silence_s != CONFIG_NOT_SET)
		s->silence_s = o->budget.silence_s;
	else
		s->silence_s = in->silence.default_s;
}

/* Room for the newest sender, and what the settings say of it. */
static void add_origin(struct intake *in, struct sender *s)
{
	size_t wanted = in->senders.len + 1;
	struct origin *o;

	if (wanted > in->origin_room) {
		in->origin_room = wanted * 2;
		in->origins = realloc(in->origins, in->origin_room * sizeof(*in->origins));
		if (!in->origins)
			abort();
	}
	o = &in->origins[in->senders.len];
	*o = (struct origin){ .filled_us = in->now_us };
	if (s) {
		o->budget = budget_of(in, s->name);
		o->lines_left = o->budget.lines_s;
		o->bytes_left = o->budget.bytes_s;
		silence_set(in, s, o);
	} else {
		o->is_told = true;
	}
}

static size_t slot_of(const struct intake *in, const uint8_t *address)
{
	uint64_t high, low;
	size_t at;

	memcpy(&high, address, 8);
	memcpy(&low, address + 8, 8);
	at = (size_t)(((high ^ low) * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (SLOTS - 1);
	while (in->peers[at].number && memcmp(in->peers[at].address, address, LEAF_PEER_SIZE) != 0)
		at = (at + 1) & (SLOTS - 1);
	return at;
}

uint32_t sender_find(struct intake *in, enum sender_kind kind, struct str name)
{
	struct sender *s = sender_by_name(&in->senders, kind, name);

	if (s)
		return s->number;
	s = sender_add(&in->senders, kind, name);
	if (!s)
		return SENDER_OTHERS;
	add_origin(in, s);
	return s->number;
}

uint32_t sender_of_peer(struct intake *in, const struct peer *p)
{
	size_t at = slot_of(in, p->address);
	char name[64];

	if (in->peers[at].number == 0) {
		uint32_t number =
			sender_find(in, SENDER_ADDRESS, str_of(peer_name(p, name, sizeof(name))));

		if (number == SENDER_OTHERS)
			return number;
		in->peers[at].number = number;
		memcpy(in->peers[at].address, p->address, LEAF_PEER_SIZE);
	}
	return in->peers[at].number;
}

static int64_t refill(int64_t left, uint32_t per_s, int64_t passed_us)
{
	left += (int64_t)per_s * passed_us / 1000000;
	return left > per_s ? per_s : left;
}

bool sender_may(struct intake *in, uint32_t number)
{
	struct origin *o = origin_of(in, number);
	int64_t passed_us = in->now_us - o->filled_us;

	if (o->budget.lines_s == 0 && o->budget.bytes_s == 0)
		return true;
	if (passed_us > 1000000)
		passed_us = 1000000;
	if (passed_us >= 1000) {
		o->lines_left = refill(o->lines_left, o->budget.lines_s, passed_us);
		o->bytes_left = refill(o->bytes_left, o->budget.bytes_s, passed_us);
		o->filled_us = in->now_us;
	}
	return (o->budget.lines_s == 0 || o->lines_left > 0) &&
		(o->budget.bytes_s == 0 || o->bytes_left > 0);
}

void sender_sent(struct intake *in, uint32_t number, size_t lines, size_t bytes)
{
	struct origin *o = origin_of(in, number);

	o->lines_left -= (int64_t)lines;
	o->bytes_left -= (int64_t)bytes;
}

int senders_save(struct intake *in, struct err *e)
{
	int rc;

	in->senders.year = in->year;
	in->senders.index = wal_size(in->wal);
	in->saved_index = in->senders.index;
	in->saved_us = in->now_us;
	rc = sender_save(in->log, &in->senders, e);
	if (rc == 0 && in->has_silence) {
		in->has_silence = false;
		(void)process_run(in->self->parent_fd, "duty", 0); /* it becomes evidence */
	}
	return rc;
}

/* What was written after the file was kept. */
static int count_on(struct intake *in, struct err *e)
{
	struct wal_reader *r = NULL;
	uint64_t oldest = 0;
	struct str entry;
	int rc = wal_oldest(in->shard, &oldest, e);

	if (rc == ERR_ABSENT || in->senders.index >= wal_size(in->wal))
		return 0;
	if (rc == 0 && in->senders.index < oldest)
		in->senders.index = oldest;
	if (rc == 0)
		rc = wal_reader_open(in->shard, in->senders.index, &r, e);
	while (rc == 0 && (rc = wal_read(r, wal_size(in->wal), &entry, e)) > 0) {
		struct leaf leaf;

		rc = leaf_parse(entry, &leaf, e);
		if (rc == 0)
			sender_count(&in->senders, &leaf);
	}
	wal_reader_close(r);
	return rc;
}

/* Khiên itself may have been away: only the time before counts against a sender. */
static uint32_t waited(const struct sender *s)
{
	return s->is_silent ? s->silence_s : 0;
}

int senders_open(struct intake *in, struct err *e)
{
	struct err ignored = { 0 };
	int rc = sender_load(in->log, &in->senders, &ignored);
	size_t count;
	bool is_new_year;

	is_new_year = rc == 0 && in->senders.year != in->year;
	if (rc == 0 && !is_new_year && in->senders.index > wal_size(in->wal))
		sender_list_done(&in->senders); /* of a folder that was put back in time */
	if (is_new_year)
		in->senders.index = 0;
	rc = count_on(in, e);
	if (rc < 0)
		return rc;
	in->peers = calloc(SLOTS, sizeof(*in->peers));
	if (!in->peers)
		abort();
	count = in->senders.len;
	in->senders.len = 0;
	add_origin(in, NULL);
	for (size_t i = 0; i < count; i++) {
		in->senders.len++;
		add_origin(in, &in->senders.at[i]);
		in->origins[i + 1].is_told = !is_new_year;
		in->origins[i + 1].wait_s = waited(&in->senders.at[i]);
	}
	in->saved_us = in->minute_us = in->now_us;
	in->saved_index = in->senders.index;
	return 0;
}

void senders_close(struct intake *in)
{
	sender_list_done(&in->senders);
	arena_done(&in->silence_arena);
	free(in->origins);
	free(in->peers);
	in->origins = NULL;
	in->peers = NULL;
}
