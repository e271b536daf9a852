/* policy.h - C2SP tlog-policy: which logs are trusted, which witnesses count, and how many of them
 * must have cosigned a checkpoint. It comes from the verifier's side, never from the log. */
#ifndef KIT_MERKLE_POLICY_H
#define KIT_MERKLE_POLICY_H

#include "kit/merkle/note.h"

#define POLICY_BYTES_MAX (64 * KIB)
#define POLICY_NODES_MAX 128
#define POLICY_LOGS_MAX 64

/* A witness, or a group of what stands before it. */
struct policy_node {
	struct str name;
	bool is_group;
	bool is_member;      /* of some group already */
	bool has_key;        /* a witness whose kind of key is known here */
	struct note_key key; /* type NOTE_COSIGNATURE */
	struct str url;      /* "" when none is given */
	unsigned needed;     /* of a group */
	size_t member_count;
	unsigned char *members; /* numbers of nodes */
};

struct policy {
	struct note_key *logs;
	size_t log_count;
	struct policy_node *nodes;
	size_t node_count;
	int quorum; /* number of a node; -1: none is asked for */
};

/* Lives in A, which copies BYTES. ERR_INPUT names the line. */
MUST_CHECK int policy_parse(struct str bytes, struct arena *a, struct policy *ret, struct err *e);
/* Do the valid cosignatures of N meet the quorum? RET_COUNT (may be NULL) is how many witnesses
 * of the policy cosigned. ERR_CRYPTO when one of them is false. */
MUST_CHECK int policy_check(const struct policy *p, const struct note *n, bool *ret_is_met,
	size_t *ret_count, struct err *e);

#endif
