/* relp.h - floor 2: the frames of RELP, which acknowledges each line by its number:
 *
 *	NUMBER SP COMMAND SP LENGTH [SP DATA] LF
 *
 * Digits are at most nine, a command at most RELP_COMMAND_MAX letters, data at most the maximum
 * given. Anything else is no RELP, and the connection is of no more use. */
#ifndef KIT_SYSLOG_RELP_H
#define KIT_SYSLOG_RELP_H

#include "base/base.h"

#define RELP_COMMAND_MAX 32

struct relp {
	size_t max_bytes;
	struct buf carry; /* the frame under way, as far as it stood in earlier chunks */
};

struct relp_frame {
	uint32_t number;
	struct str command, data; /* of the chunk or the carry: they live until the call returns */
};

/* False: it cannot be had now; it was not taken. */
typedef bool relp_take(void *context, const struct relp_frame *frame);

void relp_init(struct relp *r, size_t max_bytes);
void relp_done(struct relp *r);
/* How many bytes of CHUNK were used: all, or fewer when TAKE said no. ERR_INPUT: no RELP. */
MUST_CHECK ssize_t relp_feed(
	struct relp *r, struct str chunk, relp_take *take, void *context, struct err *e);
size_t relp_bytes(const struct relp *r);

/* An answer: "NUMBER rsp LENGTH DATA LF". */
void relp_answer(struct buf *out, uint32_t number, struct str data);

#endif
