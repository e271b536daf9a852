/* curl.h - floor 2: libcurl, opened at run time where there is one, by who asks other servers over
 * TLS or hands them letters: who does neither needs none. */
#ifndef KIT_HTTP_CURL_H
#define KIT_HTTP_CURL_H

#include <curl/curl.h>

#include "base/base.h"

struct curl_calls {
	CURL *(*init)(void);
	CURLcode (*setopt)(CURL *, CURLoption, ...);
	CURLcode (*getinfo)(CURL *, CURLINFO, ...);
	CURLcode (*perform)(CURL *);
	void (*cleanup)(CURL *);
	struct curl_slist *(*append)(struct curl_slist *, const char *);
	void (*free_all)(struct curl_slist *);
	const char *(*words)(CURLcode);
};

/* Before the process is confined; a second time is none. ERR_ABSENT: this machine has none. */
MUST_CHECK int curl_open(struct err *e);
/* ERR_ABSENT when it is not open. */
MUST_CHECK int curl_get(const struct curl_calls **ret, struct err *e);

#endif
