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

/* Elements of several values, as "ip saddr . tcp dport": which sorts of them there are, each value
 * being as wide as an enum fw_when says. */
#define FW_VALUES_MAX 5
struct fw_patterns {
	unsigned char seen[32]; /* a bit for each of the 3 to the power of 5 */
};
void fw_pattern_add(struct fw_patterns *p, const enum fw_when values[FW_VALUES_MAX]);
/* The widest element, which is as narrow as the narrowest of its COUNT values. A value that
 * IS_LOOSE leaves out nobody for sure: the machine's own address. FW_NARROW: there is none. */
enum fw_when fw_patterns_when(
	const struct fw_patterns *p, size_t count, const bool is_loose[FW_VALUES_MAX]);

/* Values between blanks, commas or braces: ports; addresses, in a cover for each family. */
void fw_cover_ports(struct fw_cover *c, struct str list);
void fw_cover_addresses(struct fw_cover *four, struct fw_cover *six, struct str list);
/* The BITS first bits of ADDRESS, of SIZE bytes. */
struct fw_span fw_network(const unsigned char *address, size_t size, int bits);

#endif
