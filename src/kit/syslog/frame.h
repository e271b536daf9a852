/* frame.h - floor 2: a stream of bytes cut into syslog lines (RFC 6587): counted octets or a line
 * feed, told apart frame by frame. The lines are the same however the stream was cut into chunks.
 *
 * A count is one to nine digits, the first no zero, a blank, and then "<"; after the first counted
 * frame of a stream the "<" is no longer asked for. All else ends at a line feed, which is not part
 * of the line, nor is a CR before it. Line feeds, CRs and NULs between frames are nothing. A frame
 * longer than the maximum is cut, told so, and skipped to its end. */
#ifndef KIT_SYSLOG_FRAME_H
#define KIT_SYSLOG_FRAME_H

#include "base/base.h"

struct frame {
	size_t max_bytes;
	bool is_counting; /* the stream has shown a counted frame */
	bool in_count;    /* within a counted frame, LEFT bytes of it have not been seen */
	bool in_line;     /* within a frame that a line feed ends */
	uint64_t left;
	struct buf carry; /* of the frame under way, as far as it stood in earlier chunks */
};

/* False: the line cannot be had now; it was not taken. */
typedef bool frame_take(void *context, struct str line, bool is_cut);

void frame_init(struct frame *f, size_t max_bytes);
void frame_done(struct frame *f);
/* How many bytes of CHUNK were used: all, or fewer when TAKE said no; give the rest again later. */
size_t frame_feed(struct frame *f, struct str chunk, frame_take *take, void *context);
/* The stream has ended: what is left is a line as well. */
void frame_end(struct frame *f, frame_take *take, void *context);
/* Bytes held back. */
size_t frame_bytes(const struct frame *f);

#endif
