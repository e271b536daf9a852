/* notice.c - links and epoch keys, as text. */
#include "core/trail/notice.h"

static const char *const by_names[] = { "", "identity", "recovery" };

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < ' ' || c == 0x7f || c == '"' || c == '\\')
			return false;
	}
	return str_is_utf8(s);
}

static void add_member(struct buf *out, const char *before, struct str value)
{
	buf_add(out, str_of(before));
	buf_add(out, value);
}

/* Take BEFORE, then what stands up to the next quote. */
static bool take_member(struct str *rest, const char *before, struct str *ret)
{
	if (!str_starts(*rest, before))
		return false;
	*rest = str_from(*rest, strlen(before));
	return str_split(*rest, '"', ret, rest) && is_plain(*ret);
}

static bool take_number(struct str *rest, const char *before, struct str end, uint64_t *ret)
{
	ptrdiff_t at;
	struct str digits;

	if (!str_starts(*rest, before))
		return false;
	*rest = str_from(*rest, strlen(before));
	at = str_find(*rest, end);
	if (at <= 0)
		return false;
	digits = str_until(*rest, (size_t)at);
	*rest = str_from(*rest, (size_t)at);
	return (digits.len == 1 || digits.ptr[0] != '0') && str_to_u64(digits, 10, ret);
}

static bool take_signature(struct str text, unsigned char *ret)
{
	struct arena a;
	struct str bytes;
	struct err e;
	bool is_right;

	arena_init(&a, KIB);
	is_right = text.len < 200 && base64_to(text, &a, &bytes, &e) == 0 &&
		bytes.len == ED25519_SIGNATURE_SIZE;
	if (is_right)
		memcpy(ret, bytes.ptr, ED25519_SIGNATURE_SIZE);
	arena_done(&a);
	return is_right;
}

static void add_signature(struct buf *out, const unsigned char *signature)
{
	struct arena a;

	arena_init(&a, KIB);
	add_member(out, ",\"signature\":\"",
		base64_of((struct str){ (const char *)signature, ED25519_SIGNATURE_SIZE }, &a));
	buf_add(out, STR("\"}"));
	arena_done(&a);
}

/* --- links ------------------------------------------------------------------------------------ */

static struct str link_text(struct buf *b, struct str content)
{
	buf_add(b, STR("khien-link/v1\n"));
	buf_add(b, content);
	return buf_str(b);
}

int link_write(
	const struct link_notice *n, const unsigned char *seed, struct buf *out, struct err *e)
{
	unsigned char signature[ED25519_SIGNATURE_SIZE] = { 0 };
	size_t start = out->len;
	struct buf signing;
	struct arena a;

	assert((n->by == LINK_FIRST) == (seed == NULL));
	if (!is_plain(n->origin) || !is_plain(n->reason) || n->reason.len > NOTICE_REASON_MAX)
		return err_set(e, ERR_INPUT,
			"a reason is one short sentence without quotes or backslashes");
	arena_init(&a, NOTE_BYTES_MAX);
	add_member(out, "{\"origin\":\"", n->origin);
	add_member(out, "\",\"identity\":\"", n->identity);
	add_member(out, "\",\"epoch\":\"", n->epoch);
	add_member(out, "\",\"recovery\":\"", n->recovery);
	add_member(out, "\",\"after\":\"", base64_of(n->after, &a));
	add_member(out, "\",\"reason\":\"", n->reason);
	add_member(out, "\",\"by\":\"", str_of(by_names[n->by]));
	buf_add_char(out, '"');
	arena_done(&a);
	if (seed) {
		buf_init(&signing, 2 * NOTE_BYTES_MAX);
		ed25519_sign(seed, link_text(&signing, str_from(buf_str(out), start)), signature);
		buf_done(&signing);
	}
	add_signature(out, signature);
	if (buf_is_full(out) || out->len - start > NOTICE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the link is too long");
	return 0;
}

int link_parse(struct str raw, struct arena *a, struct link_notice *ret, struct err *e)
{
	struct link_notice n;
	struct str rest = raw, after, by, signature;
	unsigned i = 0;
	bool is_right = raw.len <= NOTICE_BYTES_MAX &&
		take_member(&rest, "{\"origin\":\"", &n.origin) &&
		take_member(&rest, ",\"identity\":\"", &n.identity) &&
		take_member(&rest, ",\"epoch\":\"", &n.epoch) &&
		take_member(&rest, ",\"recovery\":\"", &n.recovery) &&
		take_member(&rest, ",\"after\":\"", &after) &&
		take_member(&rest, ",\"reason\":\"", &n.reason) &&
		take_member(&rest, ",\"by\":\"", &by) &&
		take_member(&rest, ",\"signature\":\"", &signature) && str_is(rest, "}") &&
		take_signature(signature, n.signature) && base64_to(after, a, &n.after, e) == 0;

	while (is_right && i <= LINK_BY_MAX && !str_is(by, by_names[i]))
		i++;
	if (!is_right || i > LINK_BY_MAX)
		return err_set(e, ERR_INPUT, "this is no link of a log");
	n.by = (enum link_by)i;
	*ret = n;
	return 0;
}

bool link_is_signed(struct str raw, const struct link_notice *n, const struct note_key *by)
{
	ptrdiff_t end = str_find(raw, STR(",\"signature\":\""));
	struct buf signing;
	bool is_right;

	if (n->by == LINK_FIRST)
		return true;
	if (end < 0)
		return false;
	buf_init(&signing, 2 * NOTE_BYTES_MAX);
	is_right = ed25519_verify(by->public_key, link_text(&signing, str_until(raw, (size_t)end)),
		(struct str){ (const char *)n->signature, ED25519_SIGNATURE_SIZE });
	buf_done(&signing);
	return is_right;
}

/* --- epochs ----------------------------------------------------------------------------------- */

static struct str epoch_text(struct buf *b, struct str origin, uint64_t number, struct str key)
{
	buf_add(b, STR("khien-epoch/v1\n"));
	buf_add(b, origin);
	buf_fmt(b, "\n%llu\n", (unsigned long long)number);
	buf_add(b, key);
	buf_add_char(b, '\n');
	return buf_str(b);
}

void epoch_write(struct str origin, uint64_t number, struct str key, const unsigned char *old_seed,
	struct buf *out)
{
	unsigned char signature[ED25519_SIGNATURE_SIZE];
	struct buf signing;

	buf_init(&signing, NOTICE_BYTES_MAX);
	ed25519_sign(old_seed, epoch_text(&signing, origin, number, key), signature);
	buf_done(&signing);
	buf_fmt(out, "{\"epoch\":%llu", (unsigned long long)number);
	add_member(out, ",\"key\":\"", key);
	buf_add_char(out, '"');
	add_signature(out, signature);
}

int epoch_parse(struct str raw, struct epoch_notice *ret, struct err *e)
{
	struct epoch_notice n;
	struct str rest = raw, signature;

	if (raw.len > NOTICE_BYTES_MAX || !take_number(&rest, "{\"epoch\":", STR(","), &n.number) ||
		!take_member(&rest, ",\"key\":\"", &n.key) ||
		!take_member(&rest, ",\"signature\":\"", &signature) || !str_is(rest, "}") ||
		!take_signature(signature, n.signature))
		return err_set(e, ERR_INPUT, "this is no key of an epoch");
	*ret = n;
	return 0;
}

bool epoch_is_signed(struct str origin, const struct epoch_notice *n, const struct note_key *old)
{
	struct buf signing;
	bool is_right;

	buf_init(&signing, 2 * NOTICE_BYTES_MAX);
	is_right = ed25519_verify(old->public_key, epoch_text(&signing, origin, n->number, n->key),
		(struct str){ (const char *)n->signature, ED25519_SIGNATURE_SIZE });
	buf_done(&signing);
	return is_right;
}
