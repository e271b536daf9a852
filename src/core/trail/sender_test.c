/* sender_test.c - the list of senders, kept and counted anew, is the same list. */
#include "core/trail/sender.h"

#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

static const char *const names[] = { "192.0.2.1", "máy \"một\"\\ \x01", "/var/log/auth.log" };

static void add_leaf(struct sender_list *l, uint8_t kind, uint32_t source, const char *raw)
{
	struct leaf leaf = { .kind = kind,
		.source = source,
		.received_ns = INT64_C(1795651200) * 1000000000,
		.sequence = kind == LEAF_LINE ? 77 : 0,
		.raw = str_of(raw) };

	sender_count(l, &leaf);
}

static void counted_from_leaves(void **state)
{
	struct sender_list l = { 0 }, again = { 0 };
	struct buf json;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct sender *s = sender_add(&l, SENDER_ADDRESS, str_of(names[i]));

		snprintf(s->place, sizeof(s->place), "place %zu", i);
		buf_init(&json, 4096);
		sender_event(s, "first", &json);
		add_leaf(&again, LEAF_EVENT, s->number, buf_cstr(&json));
		buf_done(&json);
	}
	add_leaf(&again, LEAF_LINE, 2, "<13>x");
	add_leaf(
		&again, LEAF_GAP, 2, "{\"event\":\"gap\",\"source\":2,\"lines\":17,\"why\":\"x\"}");
	add_leaf(&again, LEAF_LINE, 5, "<13>of one whose first leaf is gone");
	assert_int_equal(again.len, 5);
	assert_int_equal(again.index, 6);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_string_equal(again.at[i].name, l.at[i].name);
		assert_string_equal(again.at[i].place, l.at[i].place);
		assert_ptr_equal(
			sender_by_name(&again, SENDER_ADDRESS, str_of(names[i])), &again.at[i]);
	}
	assert_int_equal(again.at[1].lines, 1);
	assert_int_equal(again.at[1].bytes, 5);
	assert_int_equal(again.at[1].dropped, 17);
	assert_int_equal(again.at[1].sequence, 77);
	sender_list_done(&l);
	sender_list_done(&again);
}

static void kept_and_read_again(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct sender_list l = { 2026, 12345, .others_dropped = 7, .refused = 3 }, again;
	struct err e = { 0 };

	assert_int_equal(vfile_mkdir(d, "intake", &e), 0);
	assert_int_equal(sender_load(d, &again, &e), ERR_ABSENT);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct sender *s = sender_add(&l, SENDER_FILE_TAIL, str_of(names[i]));

		s->lines = i * 1000;
		s->is_silent = i == 1;
		s->last_s = 1795651200;
	}
	assert_int_equal(sender_save(d, &l, &e), 0);
	assert_int_equal(sender_load(d, &again, &e), 0);
	assert_int_equal(again.year, 2026);
	assert_int_equal(again.index, 12345);
	assert_int_equal(again.others_dropped, 7);
	assert_int_equal(again.refused, 3);
	assert_int_equal(again.len, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_string_equal(again.at[i].name, names[i]);
		assert_int_equal(again.at[i].lines, i * 1000);
		assert_int_equal(again.at[i].kind, SENDER_FILE_TAIL);
		assert_int_equal(again.at[i].is_silent, i == 1);
	}
	sender_list_done(&l);
	sender_list_done(&again);
	vfile_disk_close(d);
}

/* What nobody can be named for is counted all the same, and read back out of its leaf. */
static void lost_and_refused_of_nobody(void **state)
{
	struct sender_refusal r = { SENDER_NOT_YET, 4, "192.0.2.9", "tr\"ạm\" y tế" }, got = { 0 };
	struct sender_list l = { 0 };
	struct buf json;

	buf_init(&json, 4096);
	sender_refusal_event(&r, &json);
	assert_true(sender_refusal_parse(buf_str(&json), &got));
	assert_int_equal(got.why, SENDER_NOT_YET);
	assert_int_equal(got.count, 4);
	assert_string_equal(got.address, r.address);
	assert_string_equal(got.name, r.name);
	add_leaf(&l, LEAF_EVENT, 0, buf_cstr(&json));
	add_leaf(&l, LEAF_EVENT, 0, buf_cstr(&json));
	add_leaf(&l, LEAF_GAP, 0, "{\"event\":\"gap\",\"lines\":17,\"why\":\"buffer\"}");
	assert_int_equal(l.refused, 8);
	assert_int_equal(l.others_dropped, 17);
	assert_int_equal(l.len, 0);
	buf_done(&json);
	sender_list_done(&l);
}

static void half_a_list_is_none(void **state)
{
	static const char text[] = "khien senders 1\t2026\t7\t5\t6\n"
				   "1\tunix\t0\t60\t1\t2\t3\t4\t5\t6\t7\tp\tlocal\nend\t1\n",
			  older[] = "khien senders 1\t2026\t7\nend\t0\n";
	struct sender_list l;
	struct err e = { 0 };

	assert_int_equal(sender_parse(str_of(text), &l, &e), 0);
	sender_list_done(&l);
	assert_int_equal(sender_parse(str_of(older), &l, &e), 0);
	assert_int_equal(l.index, 7);
	sender_list_done(&l);
	for (size_t len = 0; len + 1 < sizeof(text) - 1; len++)
		if (sender_parse((struct str){ text, len }, &l, &e) != ERR_INPUT)
			fail_msg("%zu bytes were taken", len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted_from_leaves),
		cmocka_unit_test(kept_and_read_again),
		cmocka_unit_test(lost_and_refused_of_nobody),
		cmocka_unit_test(half_a_list_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
