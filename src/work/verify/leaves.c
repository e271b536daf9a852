/* leaves.c - what entries say of the log itself: its link, the keys of its hours, its clock, the
 * numbers of its sources. */
#include "core/trail/shard_id.h"
#include "work/verify/verify_int.h"

#define TOLERANCE_NS INT64_C(2000000000)
#define FUTURE_NS INT64_C(300000000000)

/* --- the link --------------------------------------------------------------------------------- */

static const struct note_key *voucher(struct walk *w, const struct link_notice *n)
{
	const struct verify_report *before = w->before;

	if (n->by == LINK_IDENTITY)
		return before ? &before->identity : NULL;
	if (before && before->recovery.name.len > 0)
		return &before->recovery;
	for (size_t i = 0; i < w->job->key_count; i++)
		if (w->job->keys[i].type == NOTE_ED25519 &&
			str_starts(n->origin, arena_cstr(w->a, w->job->keys[i].name)) &&
			w->job->keys[i].name.len < n->origin.len)
			return &w->job->keys[i];
	return NULL;
}

/* The checkpoint gone on from must be one of the shard before. */
static bool goes_on(struct walk *w, const struct link_notice *n)
{
	struct note *note = arena_new(w->a, struct note);
	struct checkpoint c;
	struct err e;

	if (!w->before)
		return true; /* nothing to hold it against */
	return note_parse(n->after, w->a, note, &e) == 0 &&
		checkpoint_parse(note->text, &c, &e) == 0 && str_is(c.origin, w->before->origin) &&
		note_verify(note, &w->before->identity, NULL, &e) == 1 &&
		(c.head.size != w->before->head.size ||
			merkle_equal(&c.head.root, &w->before->head.root));
}

static bool is_trusted(struct walk *w, const struct note_key *key)
{
	bool has_other = false;

	for (size_t i = 0; i < w->job->key_count; i++) {
		const struct note_key *k = &w->job->keys[i];

		if (k->type != key->type || !str_eq(k->name, key->name))
			continue;
		if (memcmp(k->public_key, key->public_key, ED25519_PUBLIC_SIZE) == 0)
			return true;
		has_other = true;
	}
	return !has_other;
}

/* Who reads the report is told that the log was put back, from where, and why. */
static void tell_restored(struct walk *w, const struct link_notice *n)
{
	struct note *note = arena_new(w->a, struct note);
	struct checkpoint c;
	struct err e;

	snprintf(w->r->restored, sizeof(w->r->restored), "%.*s", STR_FMT(n->reason));
	if (note_parse(n->after, w->a, note, &e) == 0 && checkpoint_parse(note->text, &c, &e) == 0)
		w->r->restored_from = c.head.size;
}

static bool take_link(struct walk *w, struct str raw)
{
	struct note_key identity;
	const struct note_key *by;
	struct link_notice n;
	struct err e;

	raw = arena_str(w->a, raw);
	if (link_parse(raw, w->a, &n, &e) < 0 || !str_is(n.origin, w->r->origin) ||
		note_key_parse(n.identity, w->a, &identity, &e) < 0 ||
		note_key_parse(n.epoch, w->a, &w->epoch, &e) < 0 || w->epoch.type != NOTE_OWN)
		return false;
	if (n.recovery.len > 0 && note_key_parse(n.recovery, w->a, &w->r->recovery, &e) < 0)
		return false;
	w->is_epoch_known = true;
	if (n.by == LINK_RECOVERY)
		tell_restored(w, &n);
	if (identity.id != w->r->identity.id || !is_trusted(w, &identity) ||
		!is_trusted(w, &w->epoch))
		return false;
	if (n.by == LINK_FIRST)
		return n.after.len == 0 &&
			(!w->before || w->r->is_self_signed || is_trusted(w, &identity));
	by = voucher(w, &n);
	/* without a key to hold it against, the verifier's own key of this shard must do */
	return by ? link_is_signed(raw, &n, by) && goes_on(w, &n) :
		    w->r->is_self_signed || w->job->key_count > 0;
}

/* --- the hours -------------------------------------------------------------------------------- */

static bool take_epoch(struct walk *w, struct str raw)
{
	struct epoch_notice n;
	struct note_key key;
	struct err e;

	raw = arena_str(w->a, raw);
	if (epoch_parse(raw, &n, &e) < 0 || note_key_parse(n.key, w->a, &key, &e) < 0 ||
		key.type != NOTE_OWN || !str_is(key.name, w->r->origin))
		return false;
	if (w->is_epoch_known &&
		(n.number != w->epoch_number + 1 ||
			!epoch_is_signed(str_of(w->r->origin), &n, &w->epoch)))
		return false;
	/* each hour leaves a checkpoint that nobody can sign later */
	if (w->is_epoch_known && w->epoch_checks == 0)
		found(w, VERIFY_EPOCH_GAP, w->last_good, w->index + 1, "");
	w->epoch = key;
	w->epoch_number = n.number;
	w->epoch_checks = 0;
	w->r->epochs = n.number + 1;
	return true;
}

/* --- clock and numbers ------------------------------------------------------------------------ */

static void judge_time(struct walk *w, const struct leaf *leaf)
{
	bool is_late = leaf->received_ns > w->job->now_s * 1000000000 + FUTURE_NS;
	bool is_back = leaf->received_ns < w->last_ns - TOLERANCE_NS;

	if (leaf->kind == LEAF_CLOCK || leaf->kind == LEAF_LINK)
		w->is_clock_noted = true;
	if (is_late || (is_back && !w->is_clock_noted))
		found_run(w, VERIFY_TIME, w->index + 1);
	if (is_back)
		w->last_ns = leaf->received_ns;
	if (leaf->kind != LEAF_CLOCK && leaf->kind != LEAF_LINK)
		w->is_clock_noted = false;
	if (leaf->received_ns > w->last_ns)
		w->last_ns = leaf->received_ns;
	if (w->r->entries == 0)
		w->r->first_s = leaf->received_ns / 1000000000;
	w->r->last_s = leaf->received_ns / 1000000000;
}

static struct verify_source *source_of(struct walk *w, uint32_t number)
{
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		struct verify_source *s = &w->sources[(number + i) % SOURCES_MAX];

		if (s->sequence == 0 && !s->has_gap)
			s->number = number;
		if (s->number == number)
			return s;
	}
	return NULL;
}

static void judge_sequence(struct walk *w, const struct leaf *leaf)
{
	struct verify_source *s;

	if (leaf->kind == LEAF_GAP) {
		s = source_of(w, leaf->source);
		if (s)
			s->has_gap = true;
		return;
	}
	if (leaf->sequence == 0 ||
		(leaf->kind != LEAF_LINE && leaf->kind != LEAF_EVENT && leaf->kind != LEAF_CHANGE))
		return;
	s = source_of(w, leaf->source);
	if (!s)
		return;
	if (s->sequence > 0 && leaf->sequence != s->sequence + 1 &&
		(leaf->sequence <= s->sequence || !s->has_gap))
		found(w, VERIFY_SEQUENCE, w->index, w->index + 1, "");
	s->sequence = leaf->sequence;
	s->has_gap = false;
}

void leaf_judge_redacted(struct walk *w, const struct leaf *leaf)
{
	judge_sequence(w, leaf);
	w->r->redacted++;
	if (w->redacted.len < VERIFY_REDACTED_MAX)
		vec_push(w->a, &w->redacted, w->index);
}

/* {"event":"redact","line":"2026-1234",…}: which line a decision names (docs/formats/log.md). */
static void take_decision(struct walk *w, struct str raw)
{
	const struct str head = STR("{\"event\":\"redact\",\"line\":\"");
	struct verify_place place;
	struct str line, shard, index;

	if (!str_starts(raw, head.ptr) || !str_split(str_from(raw, head.len), '"', &line, &raw) ||
		!str_split(line, '-', &shard, &index) || !shard_id_parse(shard, &place.shard) ||
		!str_to_u64(index, 10, &place.index))
		return;
	if (w->decided.len < VERIFY_REDACTED_MAX)
		vec_push(w->a, &w->decided, place);
}

static bool take_u64(struct str *rest, const char *before, uint64_t *ret)
{
	struct str digits;

	if (!str_starts(*rest, before))
		return false;
	return str_split(str_from(*rest, strlen(before)), ',', &digits, rest) &&
		str_to_u64(digits, 10, ret);
}

/* {"event":"leave","shard":"2026","month":"2026-01","first":0,"end":400,…} */
static void take_leaving(struct walk *w, struct str raw)
{
	const struct str head = STR("{\"event\":\"leave\",\"shard\":\"");
	struct verify_left left;
	struct str shard, month;

	if (w->index >= w->r->signed_size || !str_starts(raw, head.ptr) ||
		!str_split(str_from(raw, head.len), '"', &shard, &raw) ||
		!str_starts(raw, ",\"month\":\"") ||
		!str_split(str_from(raw, strlen(",\"month\":\"")), '"', &month, &raw) ||
		!shard_id_parse(shard, &left.shard) ||
		!take_u64(&raw, ",\"first\":", &left.first) ||
		!take_u64(&raw, "\"end\":", &left.end))
		return;
	if (w->leaving.len < VERIFY_REDACTED_MAX)
		vec_push(w->a, &w->leaving, left);
}

void leaf_judge(struct walk *w, const struct leaf *leaf)
{
	judge_time(w, leaf);
	judge_sequence(w, leaf);
	w->r->by_kind[leaf->kind]++;
	w->r->entries++;
	if (w->index == 0) {
		w->r->epochs = 1;
		if (leaf->kind != LEAF_LINK || !take_link(w, leaf->raw))
			found(w, VERIFY_LINK, 0, 1, "");
	} else if (leaf->kind == LEAF_LINK) {
		found(w, VERIFY_LINK, w->index, w->index + 1, "");
	} else if (leaf->kind == LEAF_RETENTION) {
		take_decision(w, leaf->raw);
		take_leaving(w, leaf->raw);
	} else if (leaf->kind == LEAF_KEY && !take_epoch(w, leaf->raw)) {
		found(w, VERIFY_EPOCH_KEY, w->index, w->index + 1, "");
		w->is_epoch_known = false;
	}
}
