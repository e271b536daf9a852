/* check.c - before the sealing process signs, it is told what should be on the disk. */
#include "face/intake/intake_int.h"

#include "core/trail/order.h"
#include "kit/merkle/note.h"
#include "kit/text/text.h"
#include "work/seal/seal.h"

#define EVERY_US (60 * INT64_C(1000000))
#define HOUR_US (3600 * INT64_C(1000000))
#define MANY 10000

int check_begin(struct intake *in, struct err *e)
{
	struct arena a;
	struct str note;
	struct err ignored = { 0 };

	buf_init(&in->genesis, SEAL_LEAF_MAX);
	arena_init(&a, 2 * NOTE_BYTES_MAX);
	if (vfile_load(in->shard, "checkpoint", NOTE_BYTES_MAX, &a, &note, &ignored) == 0)
		sha256(note, in->note.bytes);
	arena_done(&a);
	return seal_first_leaf(in->shard, &in->genesis, e);
}

/* {"event":"check","wall":…,"boot":…,"dropped":{"3":17},"previous":…} */
static bool tell_clock(struct intake *in)
{
	char text[CLOCK_TEXT_MAX], hex[SHA256_HEX_SIZE];
	struct buf json;
	struct json j;
	bool is_done;

	buf_init(&json, LEAF_RAW_MAX);
	json_init(&j, &json, false);
	json_object(&j);
	json_key(&j, "event");
	json_cstr(&j, "check");
	json_key(&j, "wall");
	json_cstr(&j, clock_iso(in->now_ns / 1000000000, text));
	json_key(&j, "boot");
	json_cstr(&j, in->setup->boot_id);
	json_key(&j, "dropped");
	json_object(&j);
	if (in->senders.others_dropped)
		json_put_i64(&j, "0", (int64_t)in->senders.others_dropped);
	for (size_t i = 0; i < in->senders.len && json.len < LEAF_RAW_MAX - 1024; i++)
		if (in->senders.at[i].dropped) {
			snprintf(text, sizeof(text), "%u", in->senders.at[i].number);
			json_put_i64(&j, text, (int64_t)in->senders.at[i].dropped);
		}
	json_object_end(&j);
	json_key(&j, "previous");
	json_cstr(&j, hex_of(in->note.bytes, sizeof(in->note.bytes), hex));
	json_object_end(&j);
	is_done = pen_leaf(in, LEAF_CLOCK, 0, 0, buf_str(&json));
	buf_done(&json);
	return is_done;
}

static void check(struct intake *in)
{
	struct seal_message m = { .word = SEAL_CHECK, .year = in->year };
	struct merkle_head head;
	struct err e = { 0 };

	if (in->is_full && wal_batch_bytes(in->wal) > 0 && !pen_commit(in))
		return; /* one waits for room already */
	senders_tell_gaps(in);
	if (!tell_clock(in) || !pen_commit(in))
		return;
	wal_head(in->wal, &head);
	m.size = head.size;
	m.hash = head.root;
	if (seal_send(in->peer.fd, &m, &e) < 0)
		return; /* again in a second */
	in->is_asked = false;
	in->checked_size = in->wanted_size = head.size;
	in->checked_us = in->answer_us = in->now_us;
}

void check_second(struct intake *in)
{
	uint64_t new_entries = wal_next(in->wal) - in->checked_size;
	int64_t passed_us = in->now_us - in->checked_us;

	if (in->peer.fd < 0)
		return;
	if (in->wanted_size && in->now_us - in->answer_us < SEAL_ANSWER_S * INT64_C(1000000))
		return;
	if (in->is_asked || in->checked_us == 0 || new_entries >= MANY ||
		(new_entries > 0 && passed_us >= EVERY_US) || passed_us >= HOUR_US)
		check(in);
}

static void take_answer(struct intake *in, const struct seal_message *m)
{
	if (m->year != in->year || m->size != in->wanted_size)
		return; /* of before one of us was started anew */
	in->wanted_size = 0;
	if (m->word == SEAL_SEALED) {
		in->note = m->hash;
		if (in->is_refused)
			intake_warn("sealing goes on");
	} else if (!in->is_refused) {
		intake_warn("sealing has stopped (%s); lines are taken all the same",
			seal_reason_name(m->reason));
	}
	in->is_refused = m->word == SEAL_REFUSED;
	streams_sealed(in, m->word == SEAL_SEALED);
}

static void take_leaf(struct intake *in, const struct seal_message *m)
{
	/* an empty shard was begun by us already */
	if (m->kind == LEAF_LINK || !pen_leaf(in, m->kind, 0, 0, m->json))
		return;
	in->is_asked = true;
	/* what goes stands in the file at hand too */
	if (m->kind == LEAF_RETENTION)
		pen_turn(in);
}

void check_peer(struct intake *in, struct watch *w, uint32_t events)
{
	char bytes[SEAL_MESSAGE_MAX];
	struct seal_message m;
	struct err e = { 0 };
	int rc;

	while ((rc = seal_receive(w->fd, bytes, &m, &e)) > 0) {
		if (m.word == SEAL_ADD)
			take_leaf(in, &m);
		else if (m.word != SEAL_CHECK)
			take_answer(in, &m);
	}
	if (rc == ERR_ABSENT) /* the parent holds the pair open, so this is the end of all */
		watch_close(in, w);
}
