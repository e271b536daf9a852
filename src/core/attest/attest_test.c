/* attest_test.c - statements of packs/tay-son signed by people of a unit; sessions and the quiz. */
#include "core/attest/attest.h"
#include "core/org/staff.h"

#include "test/unit.h"

#include <stdlib.h>

#define NOW 1780000000

static struct err err;
static struct arena arena;
static struct pack_set *packs;
static struct org_tree tree;
static int64_t people[3];
static struct org_user user = { .id = 1, .role = USER_OFFICER, .unit_id = 1 };

static int set_up(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	char path[4096];

	(void)state;
	arena_init(&arena, 64 * MIB);
	user.login = STR("can.bo");
	snprintf(path, sizeof(path), "%s/packs", source ? source : ".");
	return pack_set_load(path, &err, &packs);
}

static int tear_down(void **state)
{
	(void)state;
	pack_set_free(packs);
	arena_done(&arena);
	return 0;
}

static struct flow_by by(struct store *s, int64_t staff_id, int64_t now_s)
{
	user.staff_id = staff_id;
	return (struct flow_by){ s, packs, &user, &tree, now_s, &arena };
}

static void run(struct store *s, const char *sql)
{
	assert_int_equal(store_run(store_query(s, sql), &err), 0);
}

/* Unit 1 with An, Bình, and Chi, who is its head. */
static struct store *fresh(void)
{
	static const char *const names[] = { "An", "Bình", "Chi" };
	struct store *s;

	assert_int_equal(store_open(":memory:", &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &err), 0);
	assert_int_equal(store_migrate(s, flow_steps, flow_step_count, &err), 0);
	assert_int_equal(store_migrate(s, attest_steps, attest_step_count, &err), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct org_actor actor = { .store = s, .login = STR(""), .now_s = NOW };
		struct staff new = { .unit_id = 1,
			.name = str_of(names[i]),
			.state = STR("working"),
			.position = STR(""),
			.email = STR(""),
			.phone = STR(""),
			.code = STR("") };
		struct org_faults faults;

		assert_int_equal(staff_add(&actor, &new, NULL, &people[i], &faults, &err), 0);
	}
	run(s,
		"INSERT INTO staff_role (staff_id, role, unit_id, from_day, until_day, decision,"
		" decision_day) VALUES (3, 'HEAD', 1, '2020-01-01', '', '', '')");
	assert_int_equal(org_tree(s, STR("2026-06-01"), &arena, &tree, &err), 0);
	return s;
}

static int sign(
	struct store *s, int64_t who, const char *statement, const char *tick, int64_t now_s)
{
	struct flow_by me = by(s, who, now_s);
	struct str ticks[] = { str_of(tick ? tick : "") };
	struct attest_signing g = { .statement = pack_statement(packs, str_of(statement)),
		.unit_id = 1,
		.staff_id = who,
		.name = STR("Người ký"),
		.ticks = ticks,
		.tick_count = 1 };
	int64_t id;

	return attest_sign(&me, &g, NULL, &id, &err);
}

/* Did the first signing say this point? */
static bool said(struct store *s, const char *point)
{
	struct flow_by me = by(s, 3, NOW);
	struct attest_points points;
	bool is = false;

	assert_int_equal(attest_points(&me, 1, &points, &err), 0);
	for (size_t i = 0; i < points.count; i++)
		is = is || str_is(points.at[i], point);
	return is;
}

static struct attest_verdict judged(struct store *s, const char *obligation, int64_t at_s)
{
	struct flow_by me = by(s, 0, at_s);
	struct flow_question q = { str_of(obligation), 1, 0, 0, at_s };
	struct attest_verdict v;

	assert_int_equal(attest_judge(&me, &q, &v, &err), 0);
	return v;
}

/* EVIDENCE: D4.2, D12.1.c#1, D13.4.a, D21.2.a */
static void one_signing_serves_many_obligations_and_all_must_sign(void **state)
{
	struct store *s = fresh();
	struct flow_by me = by(s, 1, NOW);
	struct attest_people list;
	struct attest_signeds signeds;

	(void)state;
	assert_false(judged(s, "tay-son/D12.1.c#1", NOW).is_any);
	assert_int_equal(sign(s, 1, "user", NULL, NOW), 0);
	assert_int_equal(sign(s, 2, "user", NULL, NOW), 0);
	assert_int_equal(judged(s, "tay-son/D12.1.c#1", NOW).outcome, OUTCOME_FAIL);
	assert_int_equal(judged(s, "tay-son/D12.1.c#1", NOW).has, 2);
	me = by(s, 1, NOW);
	assert_int_equal(attest_people(&me, pack_statement(packs, STR("user")), 1, &list, &err), 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.at[0].staff_id, 3); /* who has not comes first */
	assert_int_equal(list.at[0].signed_at_s, 0);
	assert_int_equal(sign(s, 3, "user", NULL, NOW), 0);
	assert_int_equal(judged(s, "tay-son/D12.1.c#1", NOW).outcome, OUTCOME_PASS);
	assert_int_equal(judged(s, "tay-son/D21.2.a", NOW).outcome, OUTCOME_PASS);
	assert_int_equal(judged(s, "tay-son/D12.1.c#1", NOW - 1).is_any, false); /* as of before */
	assert_false(judged(s, "tay-son/D12.1.c#1", NOW + 400 * CLOCK_DAY_S).is_any);
	run(s, "UPDATE staff SET state = 'left' WHERE id = 2");
	assert_int_equal(judged(s, "tay-son/D12.1.c#1", NOW).must, 2);
	assert_int_equal(attest_list(&me, 1, 0, 10, &signeds, &err), 0);
	assert_int_equal(signeds.count, 1);
	assert_true(signeds.at[0].is_same);
	store_close(s);
}

static void nobody_signs_for_another_on_screen(void **state)
{
	struct store *s = fresh();
	struct flow_by me = by(s, 1, NOW);
	struct attest_signing g = { .statement = pack_statement(packs, STR("user")),
		.unit_id = 1,
		.staff_id = 2,
		.name = STR("Bình") };
	int64_t id;

	(void)state;
	assert_int_equal(attest_sign(&me, &g, NULL, &id, &err), ERR_DENIED);
	g.how = ATTEST_PAPER;
	assert_int_equal(attest_sign(&me, &g, NULL, &id, &err), ERR_INPUT); /* where is it? */
	g.paper = STR("Hồ sơ 12");
	assert_int_equal(attest_sign(&me, &g, NULL, &id, &err), 0);
	user.role = USER_STAFF;
	assert_int_equal(attest_sign(&me, &g, NULL, &id, &err), ERR_DENIED);
	user.role = USER_OFFICER;
	store_close(s);
}

/* EVIDENCE: D19.1#2 */
static void a_tick_is_contradicted_by_the_cases_of_the_unit(void **state)
{
	struct store *s = fresh();
	const struct statement *head = pack_statement(packs, STR("head"));
	const char *tick = NULL;

	(void)state;
	for (size_t i = 0; i < head->point_count; i++)
		if (head->points[i].flow_count &&
			str_eq(head->points[i].answers[0], STR("D12.9#2")))
			tick = head->points[i].id.ptr;
	assert_non_null(tick);
	assert_int_equal(sign(s, 3, "head", tick, NOW), 0);
	assert_true(said(s, tick));
	assert_true(said(s, "responsible"));
	assert_false(said(s, "no-su-co"));
	assert_int_equal(judged(s, "tay-son/D12.9#2", NOW).outcome, OUTCOME_PASS);
	assert_true(judged(s, "tay-son/D12.9#2", NOW).is_any);
	assert_false(judged(s, "tay-son/D12.9#1", NOW).is_any); /* not ticked */
	assert_int_equal(judged(s, "tay-son/D19.1#2", NOW).outcome, OUTCOME_PASS);
	run(s,
		"INSERT INTO flow_case (flow, unit_id, title, folded, state, started_at_s, started_by,"
		" state_at_s, due_at_s) VALUES ('device-disposal', 1, 'x', 'x', 'proposed', 1780000100,"
		" '', 1780000100, 0)");
	assert_false(judged(s, "tay-son/D12.9#2", NOW + 200).is_any);
	assert_true(judged(s, "tay-son/D12.9#2", NOW + 50).is_any);
	assert_int_equal(sign(s, 3, "head", tick, NOW + 300), ERR_CONFLICT);
	assert_int_equal(sign(s, 3, "head", NULL, NOW + 300), 0);
	store_close(s);
}

/* EVIDENCE: D9.4 */
static void people_come_to_a_session_and_take_the_quiz_once(void **state)
{
	static const int right[] = { 1, 2, 0, 1, 1 }, wrong[] = { 0, 0, 9, -1, 1 };
	struct store *s = fresh();
	struct flow_by me = by(s, 1, NOW);
	struct attest_session x = { .unit_id = 1,
		.title = STR("Phổ biến Quy chế"),
		.at_s = NOW,
		.quiz = STR("awareness") };
	struct attest_guest g;
	struct attest_guests list;
	int64_t id;

	(void)state;
	assert_int_equal(attest_session_open(&me, &x, &id, &err), 0);
	assert_int_equal(attest_session_get(&me, id, &x, &err), 0);
	assert_int_equal(x.token.len, ATTEST_TOKEN_SIZE - 1);
	assert_int_equal(attest_session_of_token(&me, x.token, &x, &err), 0);
	assert_int_equal(attest_quiz(&me, id, right, 5, &g, &err), ERR_CONFLICT); /* not here */
	assert_int_equal(attest_come(&me, id, 1, &err), 0);
	assert_int_equal(attest_come(&me, id, 1, &err), 0);
	assert_int_equal(attest_quiz(&me, id, right, 5, &g, &err), 0);
	assert_true(g.has_passed && g.right == 5);
	assert_int_equal(attest_quiz(&me, id, wrong, 5, &g, &err), ERR_CONFLICT);
	me = by(s, 2, NOW);
	assert_int_equal(attest_come(&me, id, 2, &err), 0);
	assert_int_equal(attest_quiz(&me, id, wrong, 5, &g, &err), 0);
	assert_false(g.has_passed);
	assert_int_equal(g.right, 1);
	assert_int_equal(attest_guests(&me, id, &list, &err), 0);
	assert_int_equal(list.count, 2);
	user.role = USER_STAFF;
	assert_int_equal(attest_come(&me, id, 3, &err), ERR_DENIED);
	user.role = USER_OFFICER;
	assert_int_equal(attest_session_close(&me, id, &err), 0);
	assert_int_equal(attest_come(&me, id, 3, &err), ERR_CONFLICT);
	assert_int_equal(attest_session_of_token(&me, x.token, &x, &err), ERR_ABSENT);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_signing_serves_many_obligations_and_all_must_sign),
		cmocka_unit_test(nobody_signs_for_another_on_screen),
		cmocka_unit_test(a_tick_is_contradicted_by_the_cases_of_the_unit),
		cmocka_unit_test(people_come_to_a_session_and_take_the_quiz_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
