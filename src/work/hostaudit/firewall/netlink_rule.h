/* netlink_rule.h - private to the reader of nftables dumps: what the expressions of a rule, and the
 * values in them, make of it. */
#ifndef WORK_FIREWALL_NETLINK_RULE_H
#define WORK_FIREWALL_NETLINK_RULE_H

#include "work/hostaudit/firewall/attribute.h"
#include "work/hostaudit/firewall/firewall.h"

/* As nft itself marks the keys of its sets: its datatype.h. */
#define NL_KEYS_IP4 7u
#define NL_KEYS_IP6 8u
#define NL_KEYS_PROTOCOLS 12u
#define NL_KEYS_PORTS 13u
#define NL_KEYS_INDEXES 20u
#define NL_KEYS_STATES 26u
#define NL_KEYS_NAMES 41u

#define NL_KEYS_ETHER 9u
#define NL_KEYS_BITS 6 /* of joined keys: the kind of each */

#define NL_STATE_NEW 8u

/* FW_GO_ON where DATA is no verdict, but a value for a later expression. */
enum fw_verdict nl_verdict(struct arena *arena, struct nl_bytes data, struct str *ret_target);
/* The number of a port, of an IPv4 address, of the first 16 bits of an IPv6 address. */
uint32_t nl_place(struct nl_bytes value);
/* NULL for a set whose keys tell nothing. */
struct fw_members *nl_members(
	const struct fw_ruleset *set, unsigned space, struct str table, struct str name);

/* Reads a rule of the table TABLE out of its expressions. */
bool nl_rule(struct fw_ruleset *set, unsigned space, struct str table, struct fw_rule *rule,
	struct nl_bytes expressions);

#endif
