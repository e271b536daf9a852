/* fuzz_ipset: messages of the kernel's list of its ipsets, one after another. */
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "work/hostaudit/firewall/firewall.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fw_ipsets sets = { 0 };
	struct nlmsghdr head;
	struct arena a;

	arena_init(&a, 512 * MIB);
	while (size >= sizeof(head)) {
		size_t length;

		memcpy(&head, data, sizeof(head));
		length = head.nlmsg_len < sizeof(head) || head.nlmsg_len > size ? size :
										  head.nlmsg_len;
		if (!fw_add_ipset(&sets, &a, data, length))
			break;
		length = NLMSG_ALIGN(length) < size ? NLMSG_ALIGN(length) : size;
		data += length;
		size -= length;
	}
	for (size_t i = 0; i < sets.all.len; i++)
		fw_ipset_when(&sets, sets.all.at[i].index, (unsigned)i % 16);
	arena_done(&a);
	return 0;
}
