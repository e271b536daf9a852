/* firewall.h - private to hostaudit: what a packet meets that no rule names. The kernel's nftables
 * dump, legacy iptables, nft's and iptables-save's texts all become the same small model, and one
 * judge walks it as a new connection from outside would. Only verdicts that hold without a narrow
 * condition count. */
#ifndef WORK_FIREWALL_H
#define WORK_FIREWALL_H

#include "work/hostaudit/firewall/cover.h"
#include "work/hostaudit/firewall/ipset.h"

#define FW_DEPTH_MAX 16
#define FW_STEPS_MAX 50000
#define FW_RULES_MAX 200000
#define FW_CHAINS_MAX 20000
#define FW_SLOTS 512
#define FW_NAMES_MAX 1000
#define FW_NAMED_BYTES_MAX (8u * 1024 * 1024) /* read through names, all rules together */

enum fw_verdict { FW_GO_ON, FW_ACCEPT, FW_DROP, FW_RETURN, FW_JUMP, FW_GOTO };

#define FW_TCP 1u
#define FW_UDP 2u
#define FW_TCP_UDP (FW_TCP | FW_UDP)

struct fw_rule {
	enum fw_when when;
	enum fw_verdict verdict;
	int family;         /* 0 both, 4, 6: only packets of that family */
	unsigned protocols; /* FW_TCP, FW_UDP: only packets of these; 0 all */
	struct str target;  /* of FW_JUMP, FW_GOTO: a chain of the same table */
	struct str detail;  /* of FW_WIDE: the interface */
	/* The one condition of a rule that names a part of a whole: rules that name all parts are
	 * as good as one that names none. REST is what the rule's other conditions leave. */
	enum fw_whole part_of;
	struct fw_span part;
	enum fw_when rest;
	struct str words; /* of iptables-save: as they are written */
};

enum fw_hook {
	FW_HOOK_NONE,
	FW_HOOK_INPUT,
	FW_HOOK_EARLIER, /* prerouting: whatever comes in passes it before */
	FW_HOOK_OF_CARD  /* ingress: of one card, perhaps not of all */
};

struct fw_chain {
	struct str table, name;
	unsigned families; /* bit 4, bit 6 */
	unsigned space;    /* the family its table was made in: chains of one name differ by it */
	enum fw_hook hook;
	enum fw_verdict policy; /* FW_ACCEPT or FW_DROP */
	bool is_asleep;         /* of the chain "", which stands for its table: nobody asks it */
	VEC(struct fw_rule) rules;
	struct str file;
	int64_t line;
	struct fw_chain *next; /* with the same hash */
};

/* A set or map of states, interfaces or protocols, and what it says of a new connection from
 * outside. */
struct fw_members {
	unsigned space;
	struct str table, name;
	unsigned keys; /* of which kind, as nft numbers them; of joined ones the kinds of all */
	struct fw_patterns patterns; /* of joined keys */
	bool has_ours;               /* one of the keys may be that of such a connection */
	unsigned protocols;          /* among the keys: bits of FW_TCP, FW_UDP */
	bool is_interval; /* its keys are the first ones of ranges, and those behind the last */
	uint64_t firsts, ends; /* of ports or addresses: their number and their sum */
	uint64_t first_sum, end_sum;
	enum fw_verdict verdict; /* of a map: the least strict one */
	struct str target;
};

/* "@cong" of a table, "$CONG" of a script: the text of its values. */
struct fw_name {
	struct str table, name, values;
};

/* A list of "ipset save". */
struct fw_saved_set {
	struct str name, kind; /* of the first value: ip, net, port, mac … */
	bool is_joined;        /* its elements have other values too */
	bool is_six;
	struct fw_cover four, six, ports;
};

struct fw_ruleset {
	struct arena *a;
	VEC(struct fw_saved_set) saved_sets;
	VEC(struct fw_members) members; /* of a running kernel */
	struct fw_chain *slots[FW_SLOTS];
	VEC(struct fw_chain *) chains;
	VEC(struct fw_name) names;
	size_t named_bytes;
	size_t rule_count;
	bool is_full;                   /* a ceiling was reached: nothing can be said */
	const struct fw_ipsets *ipsets; /* NULL before they are asked for */
	bool names_ipset;               /* a rule does: what is in it was not asked for yet */
};

void fw_init(struct fw_ruleset *set, struct arena *a);
/* The lists that TEXT makes, for the rules read behind it. */
void fw_add_ipset_save(struct fw_ruleset *set, struct str text);
/* How many of those that send to us are in the list NAME by FLAGS, "src" or "dst,src"; FW_WIDE for
 * one nobody knows. */
enum fw_when fw_saved_set_when(const struct fw_ruleset *set, struct str name, struct str flags);
struct fw_chain *fw_chain(
	struct fw_ruleset *set, unsigned space, struct str table, struct str name);
bool fw_has_chain(const struct fw_ruleset *set, const struct fw_chain *near, struct str name);
struct fw_rule *fw_rule(struct fw_ruleset *set, struct fw_chain *chain); /* NULL at the ceiling */
/* The same, before the rule that is number AT. */
struct fw_rule *fw_rule_before(struct fw_ruleset *set, struct fw_chain *chain, size_t at);
/* A condition more on a rule: one that a new connection has not; one that it may have, unless the
 * rule is narrow already; one of these two or none. */
void fw_narrow(struct fw_rule *rule);
void fw_widen(struct fw_rule *rule, struct str detail);
void fw_weigh(struct fw_rule *rule, enum fw_when when, struct str detail);
/* A condition on some ports or addresses of a whole. */
void fw_weigh_cover(struct fw_rule *rule, const struct fw_cover *cover, struct str detail);
/* All but LIST, which is as wide as WHEN; a list nobody knows leaves out who knows what. */
void fw_all_but(struct fw_rule *rule, enum fw_when when, struct str list);
void fw_only_protocols(struct fw_rule *rule, unsigned protocols); /* bits of FW_TCP_UDP */
/* Says what NAME holds, beside what it held before. */
void fw_name_holds(struct fw_ruleset *set, struct str table, struct str name, struct str values);
/* "@set" of the chain's table or "$variable"; NULL for one nobody has named. */
const struct fw_name *fw_name(
	const struct fw_ruleset *set, const struct fw_chain *chain, struct str name);
/* Bits of families that packets of FAMILY name may have ("ip", "inet" …), 0 for others. */
unsigned fw_families(struct str nft_family);
/* Values between blanks, commas or braces, and what a condition on them leaves of its rule. */
enum fw_when fw_ports_when(struct str list);
enum fw_when fw_addresses_when(struct str list);
int fw_prefix_of(const unsigned char *mask, size_t size); /* -1: it has holes */
enum fw_when fw_when_not(enum fw_when when);              /* of all but these */
bool fw_is_group_address(struct str list); /* multicast, broadcast, the loop: not the machine's */
unsigned fw_protocols(struct str list);    /* "tcp,icmp", "{ 6, 17 }": bits of the main ones */
/* Interfaces that are not the way in from outside: lo, bridges of containers, tunnels. */
bool fw_is_inner_interface(struct str name);

enum fw_state {
	FW_NONE,    /* no chain looks at incoming packets */
	FW_OPEN,    /* what no rule names is let in */
	FW_CLOSED,  /* it is dropped or refused */
	FW_UNCLEAR, /* dropped, but a wide rule before lets in; or too much to walk */
};
struct fw_judgement {
	enum fw_state state;
	const struct fw_chain *chain; /* the one that decides; NULL for none */
	struct str detail;            /* why unclear or open */
	size_t rules;                 /* in chains that look at incoming packets */
};
/* FAMILY is 4 or 6. */
struct fw_judgement fw_judge(const struct fw_ruleset *set, int family);

/* ---- readers: each adds to SET and returns false (or the line) where it does not understand ----
 */

/* One netlink message of an nftables dump, with its header: chains, sets, the elements of the sets
 * among SET->members, then rules. */
bool fw_add_netlink(struct fw_ruleset *set, const unsigned char *message, size_t size);

/* A match of iptables as the kernel holds it, in both of its makes. */
struct fw_match {
	struct str name; /* lives as long as the rule */
	unsigned revision;
	int family;
	const unsigned char *info;
	size_t size;
	struct fw_ruleset *set;
};
/* One that is not known may hold for everybody. */
void fw_take_match(struct fw_rule *rule, const struct fw_match *match);
/* An extension: REJECT ends, most others mark or log. */
enum fw_verdict fw_target_verdict(struct str name);

/* The entries of a legacy table, as getsockopt gives them. */
struct fw_legacy {
	const unsigned char *entries;
	size_t size;
	uint32_t hook_entry, underflow; /* of LOCAL_IN */
	int family;
};
bool fw_add_legacy(struct fw_ruleset *set, const struct fw_legacy *table);

/* iptables-save. Returns 0 or the first line not understood. */
int64_t fw_add_save(struct fw_ruleset *set, struct str text, struct str file, int family);

/* An nft script. INCLUDE is called for each include with its pattern, may be NULL. */
typedef int64_t fw_include(void *context, struct fw_ruleset *set, struct str pattern);
struct fw_text {
	struct str text, file;
	fw_include *include;
	void *context;
};
int64_t fw_add_nft_text(struct fw_ruleset *set, const struct fw_text *text);

#endif
