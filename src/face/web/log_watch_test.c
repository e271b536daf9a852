/* log_watch_test.c - a letter when it begins and when it gets worse, none in between, one when it
 * has been better for long enough. */
#include "face/web/log_watch.h"

#include "test/unit.h"

#define BEGAN 1795651200

static const struct log_room_bounds bounds = {
	.free_percent = 20, .days_left = 14, .full_s = 120, .relief_s = 1800
};
static const struct log_room_facts calm = {
	.free_percent = 20, .quota_free_percent = 20, .days_left = 14
};

static void what_is_near_and_what_is_not(void **state)
{
	struct log_room_facts f = calm;
	struct log_room_bounds none = { 0 };

	assert_int_equal(log_room_of(&f, &bounds, BEGAN), LOG_ROOM_WELL);
	f.free_percent = 19;
	assert_int_equal(log_room_near(&f, &bounds), LOG_NEAR_DISK);
	f.quota_free_percent = 0;
	f.days_left = 13;
	assert_int_equal(
		log_room_near(&f, &bounds), LOG_NEAR_DISK | LOG_NEAR_QUOTA | LOG_NEAR_DAYS);
	assert_int_equal(log_room_of(&f, &bounds, BEGAN), LOG_ROOM_NEAR);
	assert_int_equal(log_room_of(&f, &none, BEGAN), LOG_ROOM_WELL);
	f = (struct log_room_facts){ -1, -1, -1, { 0 }, { 0 } }; /* nothing is known */
	assert_int_equal(log_room_of(&f, &bounds, BEGAN), LOG_ROOM_WELL);
	f.storing.is = TAKING_FAILED; /* not a matter of room */
	assert_int_equal(log_room_of(&f, &bounds, BEGAN), LOG_ROOM_WELL);
	f.storing.is = TAKING_FULL;
	assert_int_equal(log_room_near(&f, &bounds), LOG_NEAR_STORE);
}

static void a_moment_without_room_is_nothing(void **state)
{
	struct log_room_facts f = calm;

	f.taking = (struct taking_state){ TAKING_FULL, BEGAN, "" };
	assert_int_equal(log_room_of(&f, &bounds, BEGAN + 119), LOG_ROOM_WELL);
	assert_int_equal(log_room_of(&f, &bounds, BEGAN + 120), LOG_ROOM_STOPPED);
	f.taking.is = TAKING_FAILED;
	assert_int_equal(log_room_of(&f, &bounds, BEGAN + 120), LOG_ROOM_STOPPED);
}

static void what_is_not_sealed_or_stored_is_told(void **state)
{
	struct taking_state well = { 0 }, failed = { TAKING_FAILED, BEGAN, "" };
	struct taking_state full = { TAKING_FULL, BEGAN, "" };

	assert_int_equal(log_work_of(&well, &well, 120, BEGAN + 999), LOG_ROOM_WELL);
	assert_int_equal(log_work_of(&failed, &well, 120, BEGAN + 119), LOG_ROOM_WELL);
	assert_int_equal(log_work_of(&failed, &well, 120, BEGAN + 120), LOG_ROOM_NEAR);
	assert_int_equal(log_work_of(&well, &failed, 120, BEGAN + 120), LOG_ROOM_NEAR);
	assert_int_equal(log_work_of(&well, &failed, 0, BEGAN + 120), LOG_ROOM_WELL);
	/* a matter of room */
	assert_int_equal(log_work_of(&well, &full, 120, BEGAN + 120), LOG_ROOM_WELL);
}

static void each_step_has_its_letter(void **state)
{
	static const struct {
		int64_t at_s;
		enum log_room now;
		enum log_letter letter;
	} steps[] = {
		{ 0, LOG_ROOM_WELL, LOG_LETTER_NONE }, { 60, LOG_ROOM_NEAR, LOG_LETTER_WORSE },
		{ 120, LOG_ROOM_NEAR, LOG_LETTER_NONE },
		{ 180, LOG_ROOM_WELL, LOG_LETTER_NONE }, /* at the bound it goes to and fro */
		{ 240, LOG_ROOM_NEAR, LOG_LETTER_NONE },
		{ 300, LOG_ROOM_STOPPED, LOG_LETTER_WORSE },
		{ 360, LOG_ROOM_NEAR, LOG_LETTER_NONE },
		{ 360 + 1799, LOG_ROOM_NEAR, LOG_LETTER_NONE },
		{ 360 + 1800, LOG_ROOM_NEAR, LOG_LETTER_BETTER },
		{ 5000, LOG_ROOM_WELL, LOG_LETTER_NONE },
		{ 4000, LOG_ROOM_WELL, LOG_LETTER_NONE }, /* the clock was set back */
		{ 4000 + 1799, LOG_ROOM_WELL, LOG_LETTER_NONE },
		{ 4000 + 1800, LOG_ROOM_WELL, LOG_LETTER_BETTER },
		{ 9000, LOG_ROOM_WELL, LOG_LETTER_NONE },
		{ 9060, LOG_ROOM_STOPPED, LOG_LETTER_WORSE }, /* it begins anew */
	};
	struct log_room_told told = { 0 }, read;
	struct arena a;

	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(steps); i++) {
		int64_t now_s = BEGAN + steps[i].at_s;

		if (log_room_step(&told, steps[i].now, now_s, bounds.relief_s) != steps[i].letter)
			fail_msg("step %zu", i);
		assert_true(log_room_parse(log_room_print(&told, &a), &read));
		assert_memory_equal(&read, &told, sizeof(read));
		if (i == 10) /* all the while it is one and the same */
			assert_int_equal(told.since_s, BEGAN + 60);
	}
	assert_int_equal(told.since_s, BEGAN + 9060);
	assert_false(log_room_parse(STR(""), &read));
	assert_false(log_room_parse(STR("nearly 1 0 0"), &read));
	assert_false(log_room_parse(STR("near 1 0 -1"), &read));
	arena_done(&a);
}

/* NAMES: a letter for each sender that is silent. */
static enum log_letter step(
	struct log_silents *told, const char *names, int64_t at_s, struct arena *a)
{
	struct str keys[8];
	size_t count = 0;

	for (; *names; names++)
		keys[count++] = arena_fmt(a, "udp %c", *names);
	log_silent_parse(log_silent_print(told, a), a, told); /* as it is kept in between */
	return log_silent_step(told, keys, count, BEGAN + at_s, bounds.relief_s, a);
}

static void each_sender_is_told_once(void **state)
{
	struct log_silents told = { 0 };
	struct arena a;

	arena_init(&a, 4 * MIB);
	assert_int_equal(step(&told, "", 0, &a), LOG_LETTER_NONE);
	assert_int_equal(step(&told, "a", 60, &a), LOG_LETTER_WORSE);
	assert_int_equal(step(&told, "a", 120, &a), LOG_LETTER_NONE);
	assert_int_equal(step(&told, "ba", 180, &a), LOG_LETTER_WORSE);
	assert_int_equal(step(&told, "b", 240, &a), LOG_LETTER_NONE);
	assert_int_equal(step(&told, "ab", 300, &a), LOG_LETTER_NONE); /* it comes and goes */
	assert_int_equal(step(&told, "b", 360, &a), LOG_LETTER_NONE);
	assert_int_equal(step(&told, "b", 360 + 1800, &a), LOG_LETTER_NONE);
	assert_int_equal(told.count, 1);
	assert_int_equal(step(&told, "ab", 4000, &a), LOG_LETTER_WORSE); /* of old it was back */
	assert_int_equal(step(&told, "", 5000, &a), LOG_LETTER_NONE);
	assert_int_equal(step(&told, "", 6799, &a), LOG_LETTER_NONE);
	assert_int_equal(step(&told, "", 6800, &a), LOG_LETTER_BETTER);
	assert_int_equal(step(&told, "", 6860, &a), LOG_LETTER_NONE);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_near_and_what_is_not),
		cmocka_unit_test(a_moment_without_room_is_nothing),
		cmocka_unit_test(what_is_not_sealed_or_stored_is_told),
		cmocka_unit_test(each_step_has_its_letter),
		cmocka_unit_test(each_sender_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
