/* attribute.h - private to the readers of the kernel's lists: the attributes of a netlink message.
 * Each length is checked against what holds it. */
#ifndef WORK_FIREWALL_ATTRIBUTE_H
#define WORK_FIREWALL_ATTRIBUTE_H

#include "base/arena.h"
#include "base/str.h"

struct nl_bytes {
	const unsigned char *at;
	size_t size;
};

enum nl_step { NL_END, NL_ONE, NL_BROKEN };

/* Takes the first attribute off B: its value, and its type unless RET_TYPE is NULL. */
enum nl_step nl_next(struct nl_bytes *b, unsigned *ret_type, struct nl_bytes *ret);
/* Sorts the attributes of B by type into INTO[0..MAX]. False when a length is wrong. */
bool nl_attributes(struct nl_bytes b, struct nl_bytes *into, unsigned max);
/* Up to the first 0, copied into A. */
struct str nl_text(struct arena *a, struct nl_bytes b);
/* Of four bytes in the network's order. */
bool nl_number(struct nl_bytes b, uint32_t *ret);

#endif
