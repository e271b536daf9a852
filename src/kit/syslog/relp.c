#include "kit/syslog/relp.h"

#define DIGITS_MAX 9
#define HEAD_MAX (DIGITS_MAX + 1 + RELP_COMMAND_MAX + 1 + DIGITS_MAX + 1)
#define KEEP_BYTES 4096

void relp_init(struct relp *r, size_t max_bytes)
{
	*r = (struct relp){ .max_bytes = max_bytes };
	buf_init(&r->carry, max_bytes + HEAD_MAX + 1);
}

void relp_done(struct relp *r)
{
	buf_done(&r->carry);
}

size_t relp_bytes(const struct relp *r)
{
	return r->carry.room;
}

static void drop_carry(struct relp *r)
{
	if (r->carry.room > KEEP_BYTES) {
		buf_done(&r->carry);
		buf_init(&r->carry, r->max_bytes + HEAD_MAX + 1);
	}
	buf_clear(&r->carry);
}

/* 1, 0 when S ends too early, ERR_INPUT. */
static int number_of(struct str s, size_t *at, uint32_t *ret)
{
	size_t from = *at;
	uint32_t value = 0;

	for (; *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9'; (*at)++) {
		if (*at - from == DIGITS_MAX)
			return ERR_INPUT;
		value = value * 10 + (uint32_t)(s.ptr[*at] - '0');
	}
	if (*at == s.len)
		return 0;
	*ret = value;
	return *at > from ? 1 : ERR_INPUT;
}

static int command_of(struct str s, size_t *at, struct str *ret)
{
	size_t from = *at;

	for (; *at < s.len && ((s.ptr[*at] | 32) >= 'a' && (s.ptr[*at] | 32) <= 'z'); (*at)++)
		if (*at - from == RELP_COMMAND_MAX)
			return ERR_INPUT;
	if (*at == s.len)
		return 0;
	*ret = (struct str){ s.ptr + from, *at - from };
	return ret->len && s.ptr[*at] == ' ' ? 1 : ERR_INPUT;
}

/* One frame at the beginning of S: 1 and its length, 0 with how many bytes it is known to need, or
 * ERR_INPUT. */
static int frame_of(const struct relp *r, struct str s, struct relp_frame *ret, size_t *ret_len)
{
	uint32_t size = 0;
	size_t at = 0;
	int rc = number_of(s, &at, &ret->number);

	*ret_len = s.len + 1;
	if (rc > 0)
		rc = s.ptr[at++] == ' ' ? command_of(s, &at, &ret->command) : ERR_INPUT;
	if (rc > 0) {
		at++;
		rc = number_of(s, &at, &size);
	}
	if (rc <= 0)
		return rc;
	if (size > r->max_bytes || (size && s.ptr[at] != ' '))
		return ERR_INPUT;
	at += size ? 1 : 0;
	/* rsyslog writes "0 LF"; others a blank in between */
	if (size == 0 && s.ptr[at] == ' ')
		at++;
	*ret_len = at + size + 1;
	if (s.len < *ret_len)
		return 0;
	ret->data = (struct str){ s.ptr + at, size };
	return s.ptr[at + size] == '\n' ? 1 : ERR_INPUT;
}

/* Bytes from CHUNK into the carry until a frame is whole there. 1 when one was taken. */
static int feed_carry(struct relp *r, struct str chunk, size_t *at, relp_take *take, void *context)
{
	size_t before = r->carry.len, from = *at, need;
	struct relp_frame frame;

	for (;;) {
		int rc = frame_of(r, buf_str(&r->carry), &frame, &need);

		if (rc < 0)
			return rc;
		if (rc > 0)
			break;
		if (*at == chunk.len)
			return 0;
		need -= r->carry.len;
		if (need > chunk.len - *at)
			need = chunk.len - *at;
		buf_add(&r->carry, str_until(str_from(chunk, *at), need));
		*at += need;
	}
	if (!take(context, &frame)) {
		r->carry.len = before;
		*at = from;
		return 0;
	}
	drop_carry(r);
	return 1;
}

ssize_t relp_feed(struct relp *r, struct str chunk, relp_take *take, void *context, struct err *e)
{
	struct relp_frame frame;
	size_t at = 0, len;
	int rc = 1;

	if (r->carry.len) {
		rc = feed_carry(r, chunk, &at, take, context);
		if (rc == 0)
			return (ssize_t)at;
	}
	while (rc > 0 && at < chunk.len) {
		rc = frame_of(r, str_from(chunk, at), &frame, &len);
		if (rc == 0) {
			buf_add(&r->carry, str_from(chunk, at));
			return (ssize_t)chunk.len;
		}
		if (rc > 0 && !take(context, &frame))
			return (ssize_t)at;
		if (rc > 0)
			at += len;
	}
	if (rc < 0)
		return err_set(e, ERR_INPUT, "no RELP");
	return (ssize_t)at;
}

/* By hand: printf would cost as much as hashing the line that is answered. */
static void add_number(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	buf_add(out, (struct str){ digits + at, sizeof(digits) - at });
}

void relp_answer(struct buf *out, uint32_t number, struct str data)
{
	add_number(out, number);
	buf_add(out, STR(" rsp "));
	add_number(out, data.len);
	if (data.len) {
		buf_add_char(out, ' ');
		buf_add(out, data);
	}
	buf_add_char(out, '\n');
}
