/* fuzz_tar.c - an archive of old files: the same members whatever the pieces it comes in, and what
 * members give is never more than the archive. The first byte tells how it is cut. */
#include "face/intake/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEMBERS_MAX 1000

struct stream {
	struct str bytes;
	size_t at, step;
};

static ssize_t give(void *context, void *to, size_t size, struct err *e)
{
	struct stream *s = context;
	size_t len = s->bytes.len - s->at;

	len = len < size ? len : size;
	len = len < s->step ? len : s->step;
	memcpy(to, s->bytes.ptr + s->at, len);
	s->at += len;
	return (ssize_t)len;
}

static int walk(struct str bytes, size_t step, struct buf *ret)
{
	struct stream s = { bytes, 0, step };
	struct import_tar *t = malloc(sizeof(*t));
	size_t all = 0;
	char piece[300];
	int rc, members = 0;
	ssize_t n = 0;
	struct err e = { 0 };

	buf_init(ret, 16 * MIB);
	import_tar_init(t, give, &s);
	while ((rc = import_tar_next(t, &e)) > 0 && n >= 0 && members++ < MEMBERS_MAX) {
		if (strlen(t->path) >= sizeof(t->path) || strchr(t->path, '\n') ||
			!str_is_utf8(str_of(t->path)))
			abort();
		buf_fmt(ret, "%s:", t->path);
		while ((n = import_tar_read(t, piece, sizeof(piece), &e)) > 0) {
			buf_add(ret, (struct str){ piece, (size_t)n });
			all += (size_t)n;
		}
	}
	if (all > bytes.len)
		abort();
	free(t);
	return n < 0 ? -1 : rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, cut;
	struct str bytes;

	if (size < 2)
		return 0;
	bytes = (struct str){ (const char *)data + 1, size - 1 };
	(void)import_is_tar(bytes);
	if (walk(bytes, bytes.len, &whole) != walk(bytes, data[0] % 200 + 1, &cut) ||
		!str_eq(buf_str(&whole), buf_str(&cut)))
		abort();
	buf_done(&whole);
	buf_done(&cut);
	return 0;
}
