/* sender.c - what leaves tell of senders: where one is read, what was lost, who was not let in. */
#include "face/intake/intake_int.h"

#define SAVE_LEAVES 200000
#define SAVE_US 10000000
#define TELL_AGAIN_US 60000000

bool sender_at(struct intake *in, uint32_t number, struct str place)
{
	struct sender *s = sender_by_number(&in->senders, number);
	struct buf json;
	bool is_done;

	place = str_until(place, SENDER_PLACE_MAX);
	if (!s || str_is(place, s->place))
		return true;
	if (in->is_full)
		return false;
	snprintf(s->place, sizeof(s->place), "%.*s", STR_FMT(place));
	s->sequence = 0;
	buf_init(&json, LEAF_RAW_MAX);
	sender_event(s,
		s->first_s == 0                        ? "first" :
			origin_of(in, number)->is_told ? "place" :
							 "known",
		&json);
	is_done = pen_leaf(in, LEAF_EVENT, number, 0, buf_str(&json));
	buf_done(&json);
	s->first_s = s->first_s ? s->first_s : in->now_ns / 1000000000;
	origin_of(in, number)->is_told = is_done;
	if (!is_done)
		s->place[0] = '\0';
	return is_done;
}

/* --- losses ----------------------------------------------------------------------------------- */

void sender_lost(struct intake *in, uint32_t number, uint64_t lines, const char *why)
{
	struct origin *o = origin_of(in, number);

	if (lines == 0)
		return;
	if (o->gap_lines && o->gap_why != why)
		senders_tell_gaps(in);
	if (o->gap_lines == 0)
		o->gap_from_ns = in->now_ns;
	o->gap_why = why;
	o->gap_lines += lines;
}

static bool tell_gap(struct intake *in, uint32_t number)
{
	struct origin *o = &in->origins[number];
	struct sender *s = sender_by_number(&in->senders, number);
	char json[256];

	snprintf(json, sizeof(json),
		"{\"event\":\"gap\",\"source\":%u,\"lines\":%llu,\"why\":\"%s\","
		"\"from_ns\":%lld,\"to_ns\":%lld}",
		number, (unsigned long long)o->gap_lines, o->gap_why, (long long)o->gap_from_ns,
		(long long)in->now_ns);
	if (!pen_leaf(in, LEAF_GAP, number, 0, str_of(json)))
		return false;
	if (s)
		s->dropped += o->gap_lines;
	else
		in->senders.others_dropped += o->gap_lines;
	o->gap_lines = 0;
	return true;
}

void senders_tell_gaps(struct intake *in)
{
	for (size_t i = 0; i <= in->senders.len; i++)
		if (in->origins[i].gap_lines && !tell_gap(in, (uint32_t)i))
			return;
}

/* --- who is not let in ------------------------------------------------------------------------ */

void sender_refused(struct intake *in, const struct peer *p, enum sender_why why, const char *name)
{
	struct refusals *all = &in->refusals;
	struct sender_refusal *r = all->at, now = { .why = why };

	(void)peer_name(p, now.address, sizeof(now.address));
	snprintf(now.name, sizeof(now.name), "%s", name);
	while (r < all->at + all->len &&
		(r->why != why || strcmp(r->address, now.address) != 0 ||
			strcmp(r->name, now.name) != 0))
		r++;
	if (r == all->at + REFUSALS) { /* whoever comes now is told with the last one */
		r--;
		r->address[0] = r->name[0] = '\0';
		r->why = SENDER_HANDSHAKE;
	} else if (r == all->at + all->len) {
		*r = now;
		all->told_us[all->len++] = 0;
	}
	r->count++;
}

void senders_tell_refused(struct intake *in, bool is_end)
{
	struct refusals *all = &in->refusals;
	size_t kept = 0;
	struct buf json;

	buf_init(&json, LEAF_RAW_MAX);
	for (size_t i = 0; i < all->len; i++) {
		struct sender_refusal r = all->at[i];
		int64_t told_us = all->told_us[i];

		if (!is_end && told_us && in->now_us - told_us < TELL_AGAIN_US) {
			/* wait: who knocks all the time fills no log */
		} else if (r.count == 0) {
			continue;
		} else {
			buf_clear(&json);
			sender_refusal_event(&r, &json);
			if (pen_leaf(in, LEAF_EVENT, SENDER_OTHERS, 0, buf_str(&json))) {
				in->senders.refused += r.count;
				r.count = 0;
				told_us = in->now_us;
			}
		}
		all->at[kept] = r;
		all->told_us[kept++] = told_us;
	}
	all->len = kept;
	buf_done(&json);
}

/* --- each second ------------------------------------------------------------------------------ */

void senders_second(struct intake *in)
{
	bool is_minute = in->now_us - in->minute_us >= 60 * 1000000;
	struct err e = { 0 };

	if (is_minute)
		in->minute_us = in->now_us;
	for (size_t i = 0; i < in->senders.len; i++) {
		struct sender *s = &in->senders.at[i];
		struct origin *o = &in->origins[i + 1];

		if (is_minute) {
			s->rate = o->minute_lines;
			o->minute_lines = 0;
		}
	}
	silence_second(in);
	senders_tell_gaps(in);
	senders_tell_refused(in, false);
	/* the list is of what is on the disk; while lines come all the time no batch is empty */
	if (wal_next(in->wal) != in->saved_index &&
		(in->has_silence || wal_next(in->wal) - in->saved_index >= SAVE_LEAVES ||
			in->now_us - in->saved_us >= SAVE_US) &&
		pen_commit(in) && senders_save(in, &e) < 0)
		intake_warn("%s", e.text);
}
