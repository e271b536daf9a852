/* The writer of HTML: no value may end the text or the attribute it stands in. */
#include "kit/http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf w;
	struct str out;

	buf_init(&w, 8 * MIB);
	html(&w, "%.*s", (int)size, (const char *)data);
	out = buf_str(&w);
	for (size_t i = 0; i < out.len; i++)
		assert(!strchr("<>\"'", out.ptr[i]) && out.ptr[i] != '\0');
	buf_done(&w);
	return 0;
}
