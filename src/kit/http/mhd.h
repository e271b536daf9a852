/* mhd.h - private to kit/http: libmicrohttpd, opened when a server starts and not before. It brings
 * GnuTLS and eight more libraries, 2.8 MiB of memory that an audit or an agent has no use for. */
#ifndef KIT_HTTP_MHD_H
#define KIT_HTTP_MHD_H

#include <microhttpd.h>

#include "base/base.h"

#define MHD_CALLS(X) \
	X(start_daemon) \
	X(stop_daemon) \
	X(quiesce_daemon) \
	X(run) \
	X(get_timeout) \
	X(get_daemon_info) \
	X(get_connection_info) \
	X(get_connection_values_n) \
	X(create_response_from_buffer) \
	X(create_response_from_callback) \
	X(add_response_header) \
	X(queue_response) \
	X(destroy_response)

struct mhd {
	void *library;
#define CALL(name) __typeof__(&MHD_##name) name;
	MHD_CALLS(CALL)
#undef CALL
};

/* ERR_ABSENT when the library or one of its calls is not there. */
MUST_CHECK int mhd_open(struct mhd *m, struct err *e);
void mhd_close(struct mhd *m);

#endif
