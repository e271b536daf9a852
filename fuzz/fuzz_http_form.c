/* Forms, queries, cookies and paths: whatever a browser or its enemy sends. */
#include "kit/http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct http_pairs pairs = { 0 };
	struct arena a;
	struct err e = { 0 };
	struct str path;

	arena_init(&a, LIMIT_REQUEST_MEMORY_BYTES);
	if (size > LIMIT_HTTP_BODY_BYTES)
		text.len = LIMIT_HTTP_BODY_BYTES;
	if (http_form_parse(text, &a, &pairs, &e) == 0) {
		assert(pairs.count <= LIMIT_HTTP_FIELDS);
		for (size_t i = 0; i < pairs.count; i++)
			assert(str_is_utf8(pairs.at[i].name) && str_is_utf8(pairs.at[i].value));
	}
	(void)http_cookie(text, "khien");
	path = http_path_decode(text, &a);
	if (path.ptr) {
		/* what was encoded again decodes to the same */
		struct str again = http_path_decode(url_piece(path, &a), &a);

		assert(str_eq(path, again));
	}
	arena_done(&a);
	return 0;
}
