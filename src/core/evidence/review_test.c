/* review_test.c - pictures compared, reviews signed. */
#include "core/evidence/review.h"

#include "test/unit.h"

#define HEAD "khien-review 1\nat\t1764000000\tdeep\nhost\tvm\tabc\n"

static struct review_picture picture(struct arena *a, struct str text)
{
	struct review_picture p;
	struct err e;

	assert_int_equal(review_picture_parse(text, a, &p, &e), 0);
	return p;
}

static void only_what_differs_asks_for_eyes(void **state)
{
	struct arena a;
	struct review_picture before, now;
	struct review_difference *list;
	struct review_mark mark = {
		.kind = STR("run"), .name = STR("/opt/odd"), .is_suspicious = true
	};
	size_t count;

	arena_init(&a, 16 * MIB);
	before = picture(&a,
		STR(HEAD "item\trun\t1\t/opt/odd\tx\nitem\trun\t0\t/usr/sbin/cron\tintact cron\n"
			 "item\trun\t0\t/usr/sbin/sshd\tintact ssh\n"));
	now = picture(&a,
		STR(HEAD "item\tsign\t2\thidden x\tcgroup\nitem\trun\t1\t/opt/new\ty\n"
			 "item\trun\t1\t/opt/odd\tx\nitem\trun\t2\t/usr/sbin/sshd\taltered ssh\n"));
	review_compare(&(struct review_base){ &before, &mark, 1 }, &now, &a, &list, &count);
	assert_int_equal(count, 5);
	/* what was suspicious stays so; then signs, strangers, and what is gone */
	assert_int_equal(list[0].change, REVIEW_SUSPECT);
	assert_true(str_is(list[1].item->name, "hidden x"));
	assert_int_equal(list[2].change, REVIEW_CHANGED);
	assert_true(str_is(list[2].was->value, "intact ssh"));
	assert_true(str_is(list[3].item->name, "/opt/new"));
	assert_int_equal(list[4].change, REVIEW_GONE);
	review_compare(&(struct review_base){ .picture = &now }, &now, &a, &list, &count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(list[i].change, REVIEW_KNOWN);
	arena_done(&a);
}

static void a_broken_picture_is_told_by_its_line(void **state)
{
	static const char *const broken[] = { "", "khien-review 2\n", HEAD "item\trun\t3\tx\ty\n",
		HEAD "item\trun\t0\tx\n", HEAD "item\tsoup\t0\tx\ty\n",
		HEAD "item\trun\t0\tb\ty\nitem\trun\t0\ta\ty\n",
		HEAD "item\trun\t0\ta\ty\nitem\trun\t0\ta\ty\n", HEAD "what\n",
		"khien-review 1\nat\t1\tdeep\n" };
	struct review_picture p;
	struct arena a;
	struct err e;

	arena_init(&a, 16 * MIB);
	for (size_t i = 0; i < COUNT(broken); i++)
		assert_int_equal(review_picture_parse(str_of(broken[i]), &a, &p, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "machine"));
	arena_done(&a);
}

static struct store *store_with(struct arena *a, struct review_snapshot *ret)
{
	struct store *s;
	struct err e;

	assert_int_equal(store_open(":memory:", &e, &s), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &e), 0);
	*ret = (struct review_snapshot){ .host_id = 1, .at_s = 100, .text = STR(HEAD) };
	assert_int_equal(review_snapshot_add(s, ret, a, &e), 0);
	return s;
}

static void a_picture_is_signed_once_and_kept(void **state)
{
	struct review_mark mark = {
		.kind = STR("run"), .name = STR("x"), .is_suspicious = true, .note = STR(" ")
	};
	struct evidence_rows rows;
	struct evidence word = { .host_id = 1,
		.at_s = 110,
		.by = EVIDENCE_PERSON,
		.check = STR("p/D1"),
		.outcome = OUTCOME_FAIL,
		.person = STR("an") };
	struct review_snapshot snapshot;
	struct review review = { .host_id = 1, .at_s = 110, .person = STR("an") };
	struct review_signing signing = { &review, &mark, 1, &word, 1 };
	struct reviews list;
	struct arena a;
	struct store *s;
	struct err e;

	arena_init(&a, 16 * MIB);
	s = store_with(&a, &snapshot);
	review.snapshot_id = snapshot.id;
	assert_int_equal(review_sign(s, &signing, &a, &e), ERR_INPUT); /* a note of blanks */
	mark.note = STR("why");
	word.person = STR(""); /* nothing of a review stays whose word is refused */
	assert_int_equal(review_sign(s, &signing, &a, &e), ERR_INPUT);
	assert_int_equal(review_list(s, 1, 10, &a, &list, &e), 0);
	assert_int_equal(list.len, 0);
	word.person = STR("an");
	assert_int_equal(review_sign(s, &signing, &a, &e), 0);
	assert_int_equal(review.suspicious, 1);
	assert_int_equal(evidence_words(s, 1, 200, &a, &rows, &e), 0);
	assert_int_equal(rows.count, 1);
	assert_true(str_eq(rows.at[0].extract_sha256, snapshot.sha256));
	assert_int_equal(review_sign(s, &signing, &a, &e), ERR_CONFLICT); /* base 0 is past */
	review.base_id = review.id;
	review.host_id = 2;
	assert_int_equal(review_sign(s, &signing, &a, &e), ERR_CONFLICT);
	store_close(s);
	arena_done(&a);
}

static void a_signed_review_is_never_changed(void **state)
{
	static const char *const attempts[] = { "UPDATE process_review SET note = 'x'",
		"DELETE FROM process_review", "UPDATE process_mark SET suspicious = 0",
		"DELETE FROM process_mark", "UPDATE process_snapshot SET text = 'x'",
		"DELETE FROM process_snapshot" };
	struct review_mark mark = { .kind = STR("run"), .name = STR("x") };
	struct review review = { .host_id = 1, .at_s = 110, .person = STR("an") };
	struct review_snapshot snapshot;
	struct arena a;
	struct store *s;
	struct err e;

	arena_init(&a, 16 * MIB);
	s = store_with(&a, &snapshot);
	review.snapshot_id = snapshot.id;
	assert_int_equal(
		review_sign(s, &(struct review_signing){ &review, &mark, 1, NULL, 0 }, &a, &e), 0);
	for (size_t i = 0; i < COUNT(attempts); i++)
		assert_true(store_run(store_query(s, attempts[i]), &e) < 0);
	store_close(s);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_differs_asks_for_eyes),
		cmocka_unit_test(a_broken_picture_is_told_by_its_line),
		cmocka_unit_test(a_picture_is_signed_once_and_kept),
		cmocka_unit_test(a_signed_review_is_never_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
