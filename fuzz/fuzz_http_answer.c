/* fuzz_http_answer.c - what another server answers, and addresses: nothing beyond the bytes. */
#include "kit/http/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size }, body = STR_NONE;
	struct http_url url;
	struct arena a;
	struct err e = { 0 };
	int status = 0;

	arena_init(&a, 64 * KIB);
	if (http_answer_parse(bytes, &status, &body, &e) == 0) {
		if (status < 100 || status > 599 || body.ptr < bytes.ptr ||
			body.ptr + body.len != bytes.ptr + bytes.len)
			abort();
	}
	if (http_url_parse(bytes, &a, &url, &e) == 0 &&
		(!*url.host || !*url.port || *url.path != '/'))
		abort();
	arena_done(&a);
	return 0;
}
