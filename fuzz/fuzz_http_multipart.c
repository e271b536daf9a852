/* Forms with files, boundary "b": whatever comes, in whatever pieces it comes, is understood the
 * same way. */
#include "kit/http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct buf files;
	bool is_open;
};

static int begin(void *context, struct str field, struct str name, struct err *e)
{
	struct seen *s = context;

	assert(!s->is_open && name.len > 0 && str_is_utf8(name) && str_is_utf8(field));
	assert(!str_has(name, '/') && !str_has(name, '\n'));
	s->is_open = true;
	buf_fmt(&s->files, "%.*s=%.*s:", STR_FMT(field), STR_FMT(name));
	return 0;
}

static int put(void *context, struct str bytes, struct err *e)
{
	struct seen *s = context;

	assert(s->is_open);
	buf_add(&s->files, bytes);
	return 0;
}

static int end(void *context, struct err *e)
{
	struct seen *s = context;

	assert(s->is_open);
	s->is_open = false;
	return 0;
}

static int read_it(struct str text, size_t piece, struct arena *a, struct seen *s,
	struct http_pairs *ret_pairs)
{
	const struct multipart_sink sink = { s, begin, put, end };
	struct http_multipart *m = NULL;
	struct err e = { 0 };
	int rc = multipart_new(STR("multipart/form-data; boundary=b"), &sink, a, &m, &e);

	buf_init(&s->files, 4 * MIB);
	assert(rc == 0);
	while (rc == 0 && text.len > 0) {
		rc = multipart_add(m, str_until(text, piece), &e);
		text = str_from(text, piece);
	}
	if (rc == 0)
		rc = multipart_end(m, &e);
	*ret_pairs = multipart_pairs(m);
	multipart_free(m);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size < 256 * KIB ? size : 256 * KIB };
	struct seen whole = { 0 }, torn = { 0 };
	struct http_pairs a_pairs = { 0 }, b_pairs = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, LIMIT_REQUEST_MEMORY_BYTES);
	rc = read_it(text, text.len ? text.len : 1, &a, &whole, &a_pairs);
	if (rc == 0) {
		assert(!whole.is_open);
		assert(read_it(text, 1 + text.len % 7, &a, &torn, &b_pairs) == 0);
		assert(str_eq(buf_str(&whole.files), buf_str(&torn.files)));
		assert(a_pairs.count == b_pairs.count);
		for (size_t i = 0; i < a_pairs.count; i++)
			assert(str_eq(a_pairs.at[i].name, b_pairs.at[i].name) &&
				str_eq(a_pairs.at[i].value, b_pairs.at[i].value));
		buf_done(&torn.files);
	}
	buf_done(&whole.files);
	arena_done(&a);
	return 0;
}
