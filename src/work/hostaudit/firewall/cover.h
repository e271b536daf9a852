/* cover.h - private to the firewall: how much of all ports, or of all addresses, some ranges hold
 * together. What they share is counted once. */
#ifndef WORK_FIREWALL_COVER_H
#define WORK_FIREWALL_COVER_H

#include "base/base.h"

#define FW_SPANS_MAX 16

enum fw_when {
	FW_ALWAYS,
	FW_WIDE,   /* by an outer interface, a rate, what it leaves out, or something we do not
		      weigh: all ports, but perhaps not everybody */
	FW_NARROW, /* a port, an address, a state that a new connection has not */
};

/* IPv4 by its addresses, IPv6 by its networks of 16 bits. */
enum fw_whole { FW_NO_WHOLE, FW_PORTS, FW_IP4, FW_IP6, FW_WHOLES };

struct fw_span {
	uint64_t first, last;
};

struct fw_cover {
	enum fw_whole of;
	unsigned count;
	uint64_t rest; /* what is too small to be kept apart, or too much */
	struct fw_span at[FW_SPANS_MAX];
};

void fw_cover_add(struct fw_cover *c, struct fw_span span); /* none when last < first */
enum fw_when fw_cover_when(const struct fw_cover *c);

/* Values between blanks, commas or braces: ports; addresses, in a cover for each family. */
void fw_cover_ports(struct fw_cover *c, struct str list);
void fw_cover_addresses(struct fw_cover *four, struct fw_cover *six, struct str list);
/* The BITS first bits of ADDRESS, of SIZE bytes. */
struct fw_span fw_network(const unsigned char *address, size_t size, int bits);

#endif
