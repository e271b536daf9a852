/* seal_channel.c - a message is a head of 64 bytes, big-endian, and the JSON of an ADD: word,
 * reason, kind (a byte each), 1 zero, u32 year, u64 size, 32 bytes hash, u32 length, zeros. */
#include "core/trail/seal_channel.h"

#include <errno.h>
#include <sys/socket.h>

#include "core/trail/bytes.h"

#define HEAD_BYTES 64
#define USED_BYTES 52

static const char *const reasons[] = { "", "root", "short", "back", "witness", "key", "disk",
	"busy" };

const char *seal_reason_name(enum seal_reason reason)
{
	return reason <= SEAL_REASON_MAX ? reasons[reason] : "";
}

int seal_send(int fd, const struct seal_message *m, struct err *e)
{
	unsigned char bytes[SEAL_MESSAGE_MAX] = { (unsigned char)m->word, (unsigned char)m->reason,
		(unsigned char)m->kind };
	size_t json = m->word == SEAL_ADD ? m->json.len : 0;

	if (json > SEAL_JSON_MAX)
		return err_set(e, ERR_INPUT, "a leaf of %zu bytes is too long to be sent", json);
	put_u32(bytes + 4, m->year);
	put_u64(bytes + 8, m->size);
	memcpy(bytes + 16, m->hash.bytes, SHA256_SIZE);
	put_u32(bytes + 48, (uint32_t)json);
	if (json > 0)
		memcpy(bytes + HEAD_BYTES, m->json.ptr, json);
	if (send(fd, bytes, HEAD_BYTES + json, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return 0;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return err_set(e, ERR_LIMIT, "the other side does not read now");
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
		return err_set(e, ERR_ABSENT, "the other side is not there");
	return err_errno(e, errno, "send to the other side");
}

/* Fields that a word does not use must be empty: a message has one spelling. */
static bool is_right(const struct seal_message *m, const unsigned char *head)
{
	bool has_reason = m->word == SEAL_REFUSED, is_add = m->word == SEAL_ADD;

	for (size_t i = USED_BYTES; i < HEAD_BYTES; i++)
		if (head[i] != 0)
			return false;
	if (m->word < SEAL_CHECK || m->word > SEAL_WORD_MAX || head[3] != 0 ||
		has_reason != (m->reason != 0) || m->reason > SEAL_REASON_MAX)
		return false;
	if (is_add)
		return (m->kind == LEAF_KEY || m->kind == LEAF_LINK || m->kind == LEAF_RETENTION) &&
			m->json.len > 0;
	return m->kind == 0 && m->json.len == 0;
}

int seal_receive(int fd, char *bytes, struct seal_message *ret, struct err *e)
{
	const unsigned char *head = (const unsigned char *)bytes;
	struct seal_message m;
	ssize_t len = recv(fd, bytes, SEAL_MESSAGE_MAX, MSG_DONTWAIT | MSG_TRUNC);

	if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (len <= 0)
		return err_set(e, ERR_ABSENT, "the other side has gone");
	if (len < HEAD_BYTES || len > SEAL_MESSAGE_MAX ||
		get_u32(head + 48) != (uint64_t)len - HEAD_BYTES)
		return err_set(e, ERR_INPUT, "this is no message about sealing");
	m = (struct seal_message){ .word = (enum seal_word)head[0],
		.reason = (enum seal_reason)head[1],
		.kind = (enum leaf_kind)head[2],
		.year = get_u32(head + 4),
		.size = get_u64(head + 8),
		.json = { bytes + HEAD_BYTES, (size_t)len - HEAD_BYTES } };
	memcpy(m.hash.bytes, head + 16, SHA256_SIZE);
	if (!is_right(&m, head))
		return err_set(e, ERR_INPUT, "this is no message about sealing");
	*ret = m;
	return 1;
}
