/* multipart.h - private to kit/http: forms that carry files, read as they come. */
#ifndef KIT_HTTP_MULTIPART_H
#define KIT_HTTP_MULTIPART_H

#include "kit/http/http.h"

#define MULTIPART_PIECE_MAX (32 * KIB)

/* Where the bytes of a file go. Each returns 0 or <0, which ends the reading. */
struct multipart_sink {
	void *context;
	/* A file of the field FIELD, called NAME (no folders, no control bytes, not empty). */
	int (*begin)(void *context, struct str field, struct str name, struct err *e);
	int (*put)(void *context, struct str bytes, struct err *e);
	int (*end)(void *context, struct err *e);
};

struct http_multipart;

/* Is it a form of parts, whatever its boundary? */
bool multipart_is(struct str content_type);
/* *RET lives in A and has memory beside it: multipart_free(). ERR_INPUT: no good boundary. */
MUST_CHECK int multipart_new(struct str content_type, const struct multipart_sink *sink,
	struct arena *a, struct http_multipart **ret, struct err *e);
/* More bytes of the body. ERR_INPUT: no such form; ERR_LIMIT: too much in it. */
MUST_CHECK int multipart_add(struct http_multipart *m, struct str bytes, struct err *e);
/* No more bytes: is it whole? */
MUST_CHECK int multipart_end(struct http_multipart *m, struct err *e);
/* The fields that are no files, in the order sent. */
struct http_pairs multipart_pairs(const struct http_multipart *m);
void multipart_free(struct http_multipart *m); /* NULL is fine */

#endif
