/* attribute.c - the attributes of a netlink message. */
#include "work/hostaudit/firewall/attribute.h"

#include <string.h>

#include <linux/netlink.h>

enum nl_step nl_next(struct nl_bytes *b, unsigned *ret_type, struct nl_bytes *ret)
{
	struct nlattr head;
	size_t step;

	if (b->size < sizeof(head))
		return NL_END;
	memcpy(&head, b->at, sizeof(head));
	if (head.nla_len < sizeof(head) || head.nla_len > b->size)
		return NL_BROKEN;
	*ret = (struct nl_bytes){ b->at + sizeof(head), head.nla_len - sizeof(head) };
	if (ret_type != NULL)
		*ret_type = head.nla_type & NLA_TYPE_MASK;
	step = NLA_ALIGN(head.nla_len);
	if (step > b->size)
		step = b->size;
	b->at += step;
	b->size -= step;
	return NL_ONE;
}

bool nl_attributes(struct nl_bytes b, struct nl_bytes *into, unsigned max)
{
	struct nl_bytes value;
	enum nl_step step;
	unsigned type;

	memset(into, 0, sizeof(*into) * (max + 1));
	while ((step = nl_next(&b, &type, &value)) == NL_ONE)
		if (type <= max)
			into[type] = value;
	return step == NL_END;
}

struct str nl_text(struct arena *a, struct nl_bytes b)
{
	size_t len = 0;

	while (len < b.size && b.at[len] != 0)
		len++;
	return arena_str(a, (struct str){ b.at ? (const char *)b.at : "", len });
}

bool nl_number(struct nl_bytes b, uint32_t *ret)
{
	if (b.size != 4)
		return false;
	*ret = (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 | (uint32_t)b.at[2] << 8 | b.at[3];
	return true;
}
