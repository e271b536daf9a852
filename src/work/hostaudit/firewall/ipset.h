/* ipset.h - private to the firewall: lists of the kernel that rules of iptables name, and who is in
 * them. */
#ifndef WORK_FIREWALL_IPSET_H
#define WORK_FIREWALL_IPSET_H

#include "work/hostaudit/firewall/cover.h"

#define FW_IPSET_VALUES_MAX 3

struct fw_ipset {
	uint32_t index; /* as rules name it */
	bool has_index; /* older kernels do not tell it */
	struct str name;
	unsigned bits;                         /* of an element's network, where none has its own */
	struct str kinds[FW_IPSET_VALUES_MAX]; /* of "hash:net,port": net, port */
	size_t count;
	struct fw_patterns patterns; /* of elements of several values */
	struct fw_cover held;        /* by elements of one value */
	VEC(struct str) members;     /* of a list of sets */
};

struct fw_ipsets {
	VEC(struct fw_ipset) all;
	size_t names; /* in lists of sets */
	bool is_full; /* a ceiling was reached: nothing can be said of any */
};

/* One message of the kernel's list, with its header. False where it is not understood. */
bool fw_add_ipset(
	struct fw_ipsets *sets, struct arena *a, const unsigned char *message, size_t size);
/* How many of those that send to us are in the list number INDEX, whose values are taken from the
 * packet as FLAGS of the match say. FW_WIDE for a list nobody knows. */
enum fw_when fw_ipset_when(const struct fw_ipsets *sets, uint32_t index, unsigned flags);

#endif
