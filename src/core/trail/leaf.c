#include "core/trail/leaf.h"

#include "core/trail/bytes.h"
#include "kit/text/text.h"

#define LEAF_VERSION 1

void leaf_head(const struct leaf *leaf, unsigned char *ret)
{
	ret[0] = LEAF_VERSION;
	ret[1] = leaf->kind;
	put_u16(ret + 2, leaf->flags);
	put_u64(ret + 4, (uint64_t)leaf->received_ns);
	put_u64(ret + 12, (uint64_t)leaf->boot_ns);
	put_u32(ret + 20, leaf->source);
	put_u64(ret + 24, leaf->sequence);
	ret[32] = leaf->transport;
	memcpy(ret + 33, leaf->peer, LEAF_PEER_SIZE);
	put_u32(ret + 49, (uint32_t)leaf->raw.len);
}

static const char *fault(const unsigned char *at, size_t len)
{
	if (len < LEAF_HEAD_BYTES || len > LEAF_BYTES_MAX)
		return "its length is none a leaf may have";
	if (at[0] != LEAF_VERSION)
		return "its version is not known";
	if (at[1] == 0 || at[1] > LEAF_KIND_MAX)
		return "its kind is not known";
	if (get_u16(at + 2) & ~LEAF_FLAGS_ALL)
		return "it has flags that are not known";
	if (at[32] > LEAF_TRANSPORT_MAX)
		return "its transport is not known";
	if (get_u32(at + 49) != len - LEAF_HEAD_BYTES)
		return "its length does not fit its bytes";
	return NULL;
}

int leaf_parse(struct str entry, struct leaf *ret, struct err *e)
{
	const unsigned char *at = (const unsigned char *)entry.ptr;
	const char *words = fault(at, entry.len);

	if (words)
		return err_set(e, ERR_INPUT, "this is no leaf: %s", words);
	ret->kind = at[1];
	ret->flags = get_u16(at + 2);
	ret->received_ns = (int64_t)get_u64(at + 4);
	ret->boot_ns = (int64_t)get_u64(at + 12);
	ret->source = get_u32(at + 20);
	ret->sequence = get_u64(at + 24);
	ret->transport = at[32];
	memcpy(ret->peer, at + 33, LEAF_PEER_SIZE);
	ret->raw = str_from(entry, LEAF_HEAD_BYTES);
	return 0;
}

const char *leaf_kind_name(unsigned kind)
{
	static const char *const names[] = { "", "line", "event", "change", "gap", "clock", "key",
		"import", "retention", "link" };

	return kind < COUNT(names) ? names[kind] : "";
}

const char *leaf_transport_name(unsigned transport)
{
	static const char *const names[] = { "own", "udp", "tcp", "tls", "unix", "relp", "relp-tls",
		"file", "journal", "http", "old-file" };

	return transport < COUNT(names) ? names[transport] : "";
}

const char *leaf_kind_words(unsigned kind)
{
	static const char *const words[] = { "", T("dòng nhật ký"), T("tin về nguồn gửi"),
		T("thay đổi trong Khiên"), T("mất dòng"), T("mốc giờ"), T("khóa của giờ sau"),
		T("nhập tệp cũ"), T("chuyển đi, xóa nội dung"), T("mở đầu, tiếp nối") };

	return kind < COUNT(words) ? words[kind] : "";
}

const char *leaf_transport_words(unsigned transport)
{
	static const char *const words[] = { T("Khiên tự ghi"), "UDP", "TCP", "TLS",
		T("chương trình trên máy này"), "RELP", "RELP, TLS", T("tệp được theo dõi"),
		T("journal của hệ thống"), T("journal qua HTTP"), T("tệp cũ được nhập") };

	return transport < COUNT(words) ? words[transport] : "";
}
