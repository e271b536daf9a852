/* message.c - questions and answers as lines of fields. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "kit/crypto/crypto.h"
#include "kit/text/text.h"
#include "work/signin/signin.h"

#define ANSWER_FIELDS 12 /* before the groups: the word, id, state, and those of texts_of() */

enum { TEXT_COUNT = 8 };

/* The texts of an answer in the order in which they go over the channel. */
static void texts_of(struct signin_answer *x, struct str **ret)
{
	struct str *const texts[TEXT_COUNT] = { &x->detail, &x->name, &x->email, &x->subject,
		&x->login, &x->code, &x->go, &x->leave };

	memcpy(ret, texts, sizeof(texts));
}

bool signin_ask(int channel, const struct signin_question *q)
{
	struct buf line;
	ssize_t sent;

	if (channel < 0)
		return false;
	buf_init(&line, SIGNIN_MESSAGE_MAX);
	buf_add(&line, STR("ask"));
	text_field_add_i64(&line, q->kind);
	text_field_add_i64(&line, q->id);
	for (size_t i = 0; i < SIGNIN_FIELD_COUNT; i++)
		text_field_add(&line, q->at[i].ptr ? q->at[i] : STR(""));
	sent = buf_is_full(&line) ?
		-1 :
		send(channel, buf_str(&line).ptr, buf_str(&line).len, MSG_DONTWAIT | MSG_NOSIGNAL);
	wipe((void *)(uintptr_t)buf_str(&line).ptr, buf_str(&line).len); /* it held a password */
	buf_done(&line);
	return sent > 0;
}

int signin_question_parse(
	struct str line, struct arena *a, struct signin_question *ret, struct err *e)
{
	struct str at[3 + SIGNIN_FIELD_COUNT];
	struct signin_question q;
	int64_t kind;
	size_t count;

	if (!text_fields(line, a, at, COUNT(at), &count) || count != COUNT(at) ||
		!str_is(at[0], "ask") || !str_to_i64(at[1], &kind) || kind < 0 ||
		kind >= SIGNIN_KIND_COUNT || !str_to_i64(at[2], &q.id))
		return err_set(e, ERR_INPUT, "this is no question of a log-in");
	q.kind = (enum signin_kind)kind;
	for (size_t i = 0; i < SIGNIN_FIELD_COUNT; i++) {
		if (!at[3 + i].ptr)
			return err_set(e, ERR_INPUT, "this is no question of a log-in");
		q.at[i] = at[3 + i];
	}
	*ret = q;
	return 0;
}

void signin_answer_write(const struct signin_answer *x, struct buf *out)
{
	struct signin_answer copy = *x;
	struct str *texts[TEXT_COUNT];

	buf_add(out, STR("answer"));
	text_field_add_i64(out, x->id);
	text_field_add_i64(out, x->state);
	text_field_add(out, x->says_issuer ? STR("1") : STR(""));
	texts_of(&copy, texts);
	for (size_t i = 0; i < TEXT_COUNT; i++)
		text_field_add(out, texts[i]->ptr ? *texts[i] : STR(""));
	for (size_t i = 0; i < x->group_count; i++)
		text_field_add(out, x->groups[i]);
}

int signin_answer_parse(struct str line, struct arena *a, struct signin_answer *ret, struct err *e)
{
	struct str *at = arena_array(a, struct str, ANSWER_FIELDS + SIGNIN_GROUPS_MAX);
	struct str *texts[TEXT_COUNT];
	struct signin_answer x;
	int64_t state;
	size_t count;

	if (!text_fields(line, a, at, ANSWER_FIELDS + SIGNIN_GROUPS_MAX, &count) ||
		count < ANSWER_FIELDS || !str_is(at[0], "answer") || !str_to_i64(at[1], &x.id) ||
		!str_to_i64(at[2], &state) || state < 0 || state >= SIGNIN_STATE_COUNT)
		return err_set(e, ERR_INPUT, "this is no answer to a log-in");
	for (size_t i = 3; i < count; i++) /* what others wrote is shown and kept: as text */
		at[i] = text_clean(a, at[i].ptr ? at[i] : STR(""), KIB);
	x.state = (enum signin_state)state;
	x.says_issuer = str_is(at[3], "1");
	texts_of(&x, texts);
	for (size_t i = 0; i < TEXT_COUNT; i++)
		*texts[i] = at[4 + i];
	x.groups = at + ANSWER_FIELDS;
	x.group_count = count - ANSWER_FIELDS;
	*ret = x;
	return 0;
}

int signin_take(int channel, struct arena *a, struct signin_answer *ret, struct str *ret_bytes,
	struct err *e)
{
	char *bytes;
	ssize_t len;
	int rc;

	if (channel < 0)
		return 0;
	bytes = arena_alloc(a, SIGNIN_MESSAGE_MAX);
	len = recv(channel, bytes, SIGNIN_MESSAGE_MAX, MSG_DONTWAIT);
	if (len <= 0)
		return 0;
	*ret_bytes = (struct str){ bytes, (size_t)len };
	rc = signin_answer_parse(*ret_bytes, a, ret, e);
	return rc < 0 ? rc : 1;
}
