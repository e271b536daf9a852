/* http_int.h - private to kit/http. */
#ifndef KIT_HTTP_INT_H
#define KIT_HTTP_INT_H

#include "kit/http/http.h"

/* What the gate looks at: the request line and the headers as they came. */
struct gate {
	struct str method, target, version;
	const struct http_pair *headers;
	size_t header_count;
};

/* 0 when the request may come in; else the status to refuse it with (400, 405, 413, 414, 431,
 * 501). */
int gate_status(const struct gate *g);
/* The declared length of the body, or -1 when none is declared. After the gate. */
int64_t gate_content_length(const struct gate *g);

/* ask_tls.c: http_ask() of an https:// address. */
MUST_CHECK int ask_tls(
	const struct http_ask *ask, struct arena *a, struct str *ret_body, struct err *e);

#endif
