/* fuzz_range.c - no bytes are taken for a proof that nobody signed. */
#include <stdlib.h>

#include "work/verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Piece by piece, as a slow pipe would give them. */
static int read_some(void *context, void *to, size_t room, size_t *ret_len, struct err *e)
{
	struct str *rest = context;
	size_t len = rest->len < 7 ? rest->len : 7;

	(void)e;
	if (len > room)
		len = room;
	memcpy(to, rest->ptr, len);
	*rest = str_from(*rest, len);
	*ret_len = len;
	return 0;
}

static void none(void *context, const struct verify_part *part)
{
	(void)context, (void)part;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct verify_stream stream = { .read = read_some, .context = &text };
	struct verify_job job = { .now_s = 1 };
	struct err e;

	if (verify_range(&stream, &job, none, NULL, &e) == 0)
		abort();
	return 0;
}
