/* upload.h - floor 2: what systemd-journal-upload sends: requests "POST /upload" of HTTP/1.1 with
 * the journal's export format as body, chunked or of a known length, one after the other on a
 * connection. Nothing else is spoken here. */
#ifndef KIT_SYSLOG_UPLOAD_H
#define KIT_SYSLOG_UPLOAD_H

#include "kit/syslog/export.h"

#define UPLOAD_HEAD_MAX (8 * KIB)

enum upload_event {
	UPLOAD_GO_ON, /* it waits for "100 Continue" before it sends the body */
	UPLOAD_DONE,  /* all entries of a request were taken: acknowledge it */
};

struct upload_calls {
	export_take *take;
	void (*event)(void *context, enum upload_event event);
	void *context;
};

struct upload {
	struct export entries;
	enum {
		UPLOAD_HEAD,
		UPLOAD_CHUNK, /* the line that tells its length */
		UPLOAD_BYTES,
		UPLOAD_CHUNK_END,
		UPLOAD_TRAILER
	} state;
	struct buf head; /* a head, the line of a chunk, a trailer, as far as they came */
	uint64_t left;   /* of the body or of the chunk */
	bool is_chunked;
	int status; /* what to answer after a failure: 400, 404, … */
};

void upload_init(struct upload *u, size_t max_bytes); /* U stays where it is from then on */
void upload_done(struct upload *u);
/* How many bytes of CHUNK were used: all, or fewer when an entry cannot be had now. ERR_INPUT:
 * answer u->status and close. */
MUST_CHECK ssize_t upload_feed(
	struct upload *u, struct str chunk, const struct upload_calls *calls, struct err *e);
size_t upload_bytes(const struct upload *u);
/* "HTTP/1.1 202 Accepted …": the whole answer of that status; all but 100 and 202 close. */
void upload_answer(struct buf *out, int status);

#endif
