/* fuzz_nfnetlink: messages of an nftables dump, one after another. */
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "work/hostaudit/firewall/firewall.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct fw_ruleset *set;
	struct nlmsghdr head;

	arena_init(&a, 512 * MIB);
	set = arena_new(&a, struct fw_ruleset);
	fw_init(set, &a);
	while (size >= sizeof(head)) {
		size_t length;

		memcpy(&head, data, sizeof(head));
		length = head.nlmsg_len < sizeof(head) || head.nlmsg_len > size ? size :
										  head.nlmsg_len;
		if (!fw_add_netlink(set, data, length))
			break;
		length = NLMSG_ALIGN(length) < size ? NLMSG_ALIGN(length) : size;
		data += length;
		size -= length;
	}
	(void)text;
	fw_judge(set, 4);
	fw_judge(set, 6);
	arena_done(&a);
	return 0;
}
