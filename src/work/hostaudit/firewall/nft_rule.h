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

/* Adds the rule of the words from FROM on to CHAIN, before its rule number AT. False: it begins
 * with a word nft does not know, and nft takes a script whole or not at all. */
bool nft_add_rule(struct fw_ruleset *set, struct fw_chain *chain, size_t at,
	const struct nft_statement *st, size_t from);

#endif
