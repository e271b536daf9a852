/* leaf_test.c - a leaf has one spelling: what is read is what was written, and nothing else is. */
#include "core/trail/trail.h"
#include "test/unit.h"

static const struct leaf sample = { .kind = LEAF_LINE,
	.transport = LEAF_TCP,
	.flags = LEAF_NOT_UTF8 | LEAF_UNAUTHENTICATED,
	.source = 7,
	.received_ns = 0x0102030405060708,
	.boot_ns = 9,
	.sequence = 0x1112131415161718,
	.peer = { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168, [14] = 1, [15] = 5 },
	.raw = { "<34>xin ch\xe0o", 12 } };

static struct str write_leaf(const struct leaf *leaf, unsigned char *entry)
{
	leaf_head(leaf, entry);
	memcpy(entry + LEAF_HEAD_BYTES, leaf->raw.ptr, leaf->raw.len);
	return (struct str){ (char *)entry, LEAF_HEAD_BYTES + leaf->raw.len };
}

static void the_bytes_are_those_of_the_page(void **state)
{
	static const unsigned char want[] = { 1, 1, 0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0,
		0, 9, 0, 0, 0, 7, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 2, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 1, 5, 0, 0, 0, 12 };
	unsigned char entry[128];
	struct str bytes = write_leaf(&sample, entry);

	assert_int_equal(sizeof(want), LEAF_HEAD_BYTES);
	assert_memory_equal(entry, want, sizeof(want));
	assert_int_equal(bytes.len, 65);
}

static void what_was_written_is_read(void **state)
{
	unsigned char entry[128];
	struct str bytes = write_leaf(&sample, entry);
	struct leaf got;
	struct err e = { 0 };

	assert_int_equal(leaf_parse(bytes, &got, &e), 0);
	assert_int_equal(got.kind, sample.kind);
	assert_int_equal(got.flags, sample.flags);
	assert_int_equal(got.transport, sample.transport);
	assert_int_equal(got.source, sample.source);
	assert_int_equal(got.received_ns, sample.received_ns);
	assert_int_equal(got.boot_ns, sample.boot_ns);
	assert_int_equal(got.sequence, sample.sequence);
	assert_memory_equal(got.peer, sample.peer, LEAF_PEER_SIZE);
	assert_true(str_eq(got.raw, sample.raw));
}

static void anything_else_is_refused(void **state)
{
	static const struct {
		unsigned at;
		unsigned char value;
	} spoilt[] = { { 0, 2 }, { 0, 0 }, { 1, 0 }, { 1, LEAF_KIND_MAX + 1 }, { 2, 1 }, { 3, 16 },
		{ 32, LEAF_TRANSPORT_MAX + 1 }, { 52, 11 }, { 52, 13 }, { 49, 1 } };
	unsigned char entry[128];
	struct str bytes = write_leaf(&sample, entry);
	struct leaf got;
	struct err e = { 0 };

	for (size_t i = 0; i < COUNT(spoilt); i++) {
		unsigned char was = entry[spoilt[i].at];

		entry[spoilt[i].at] = spoilt[i].value;
		assert_int_equal(leaf_parse(bytes, &got, &e), ERR_INPUT);
		entry[spoilt[i].at] = was;
	}
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(leaf_parse(str_until(bytes, len), &got, &e), ERR_INPUT);
	assert_int_equal(leaf_parse(bytes, &got, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_those_of_the_page),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
