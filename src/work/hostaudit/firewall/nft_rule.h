/* nft_rule.h - private to the reader of scripts of nft: a statement, and the rule that it makes. */
#ifndef WORK_FIREWALL_NFT_RULE_H
#define WORK_FIREWALL_NFT_RULE_H

#include "work/hostaudit/firewall/firewall.h"

#define NFT_WORDS_MAX 512

/* A word of a statement: a name, "a string", or a whole { … } group with its braces. */
struct nft_statement {
	struct str words[NFT_WORDS_MAX];
	size_t count;
	int64_t line;
	bool is_block; /* it ends before a '{' that opens a block of statements */
	bool is_end;   /* it was the '}' of the block, or the end of the text */
};

static inline struct str nft_word(const struct nft_statement *st, size_t i)
{
	return i < st->count ? st->words[i] : STR("");
}

/* What a condition compares with. */
enum nft_value {
	NFT_ANY,
	NFT_PORT,
	NFT_IP4,
	NFT_IP6,
	NFT_INTERFACE,
	NFT_MAC,
	NFT_NUMBER,
	NFT_STATE,
	NFT_STATUS,
	NFT_DIRECTION,
	NFT_PROTOCOL,
	NFT_ICMP,
	NFT_ICMP6,
	NFT_CODE,
	NFT_PACKET,
	NFT_FAMILY,
	NFT_ETHER,
	NFT_ROUTE,
	NFT_CARD,
	NFT_FLAGS, /* of TCP: "syn / syn,ack", "& (syn | ack) == syn" */
	NFT_VALUES
};

/* Would nft take the word or range S where a KIND is asked for? In doubt no. */
bool nft_value_is_sound(enum nft_value kind, struct str s);
/* Would it take the rule of the words from FROM on? Of statements that neither match nor end, and
 * of rare heads, only the first words are looked at. */
bool nft_rule_is_sound(const struct nft_statement *st, size_t from);
/* "type filter hook input priority 0", "policy drop" and what else may stand in a chain. */
bool nft_base_is_sound(const struct nft_statement *st);
/* "{ type inet_service; elements = { 22, 80 } }" */
bool nft_set_is_sound(struct str body);
bool nft_name_is_sound(struct str s); /* of a table, a chain, a set, a counter */
bool nft_define_is_sound(const struct nft_statement *st);
/* "{ … }" with braces, strings and comments in it respected; 0: it does not close. */
size_t nft_group_length(struct str s);

/* Adds the rule of the words from FROM on to CHAIN, before its rule number AT. False: it begins
 * with a word nft does not know, and nft takes a script whole or not at all. */
bool nft_add_rule(struct fw_ruleset *set, struct fw_chain *chain, size_t at,
	const struct nft_statement *st, size_t from);

#endif
