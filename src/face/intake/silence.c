/* silence.c - who is silent: after how long is told by a file, which another process keeps; here
 * alone it is decided, and told in a leaf. */
#include "face/intake/intake_int.h"

#define LOOK_S 3

static void tell(struct intake *in, struct sender *s, bool is_silent)
{
	struct buf json;

	buf_init(&json, LEAF_RAW_MAX);
	sender_event(s, is_silent ? "silent" : "back", &json);
	if (pen_leaf(in, LEAF_EVENT, s->number, s->sequence, buf_str(&json))) {
		s->is_silent = is_silent;
		in->has_silence = true;
	}
	buf_done(&json);
}

/* A file that is not whole changes nothing. */
static void look(struct intake *in)
{
	struct err e = { 0 };
	struct silence new;
	struct arena a;
	struct str text;
	int rc;

	arena_init(&a, 4 * SILENCE_BYTES_MAX);
	rc = vfile_load(in->alarm, SILENCE_FILE, SILENCE_BYTES_MAX, &a, &text, &e);
	if (rc == 0 && str_eq(text, in->silence_text))
		rc = ERR_ABSENT; /* as before */
	if (rc == 0)
		rc = silence_parse(text, &a, &new, &e);
	if (rc < 0) {
		arena_done(&a);
		return;
	}
	arena_done(&in->silence_arena);
	in->silence_arena = a;
	in->silence_text = text;
	in->silence = new;
	for (size_t i = 0; i < in->senders.len; i++)
		silence_set(in, &in->senders.at[i], &in->origins[i + 1]);
}

/* Seconds are counted, not read from a clock: one that is set forward makes nobody silent. */
void silence_second(struct intake *in)
{
	if (in->alarm && in->silence_wait_s-- == 0) {
		look(in);
		in->silence_wait_s = LOOK_S;
	}
	for (size_t i = 0; i < in->senders.len; i++) {
		struct sender *s = &in->senders.at[i];
		struct origin *o = &in->origins[i + 1];

		if (s->silence_s && o->wait_s < s->silence_s)
			o->wait_s++;
		if (s->is_silent != (s->silence_s && o->wait_s >= s->silence_s))
			tell(in, s, !s->is_silent);
	}
}
