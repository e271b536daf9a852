/* silence.h - floor 3: after how long without a line a sender is silent. The pack and people say
 * it, in the database; intake, which has none, is told by a file and alone decides who is silent:
 * pages and evidence show what stands in its list of senders.
 *
 *	khien silence 1
 *	default 86400
 *	address 600 10.0.0.7
 *	end 1
 */
#ifndef CORE_TRAIL_SILENCE_H
#define CORE_TRAIL_SILENCE_H

#include "core/trail/sender.h"

#define SILENCE_FOLDER "alarm" /* below the data folder */
#define SILENCE_FILE "silence"
#define SILENCE_BYTES_MAX (4 * MIB)
#define SILENCE_MAX_S (366 * 24 * 3600)

struct silence_rule {
	enum sender_kind kind;
	uint32_t silence_s; /* 0: never */
	struct str name;    /* borrowed */
};

struct silence {
	uint32_t default_s; /* of who has no rule; 0: never */
	const struct silence_rule *rules;
	size_t count;
};

void silence_print(const struct silence *s, struct buf *ret);
/* *RET lives in A and borrows TEXT. ERR_INPUT: it is not whole. */
MUST_CHECK int silence_parse(struct str text, struct arena *a, struct silence *ret, struct err *e);
/* The rule of a sender, or NULL. */
const struct silence_rule *silence_of(
	const struct silence *s, enum sender_kind kind, struct str name);

#endif
