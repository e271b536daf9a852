/* The gate: lines "method target version", then "name: value" lines. */
#include "kit/http/http_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, line;
	struct http_pair headers[LIMIT_HTTP_HEADERS + 2];
	struct gate g = { .headers = headers };

	if (!str_next_line(&text, &line))
		return 0;
	if (!str_split(line, ' ', &g.method, &line) || !str_split(line, ' ', &g.target, &g.version))
		return 0;
	while (g.header_count < COUNT(headers) && str_next_line(&text, &line)) {
		struct http_pair *h = &headers[g.header_count++];

		h->name = line;
		h->value = STR("");
		(void)str_split(line, ':', &h->name, &h->value);
		h->value = str_trim(h->value);
	}
	if (gate_status(&g) == 0) {
		assert(g.target.ptr[0] == '/' && g.header_count <= LIMIT_HTTP_HEADERS);
		assert(gate_content_length(&g) >= -1);
	}
	return 0;
}
