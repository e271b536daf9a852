/* change_unit_test.c - decisions change the tree from their day on; what is refused changes
 * nothing; the newest change can be taken back. */
#include "core/org/change_unit.h"
#include "core/org/org_int.h"

#include "test/unit.h"

#define NOON (1764126000) /* 2025-11-26 10:00 in Viet Nam */

static struct err err;
static struct org_faults faults;
static struct arena a;

static struct org_actor fresh(void)
{
	struct store *s;

	arena_init(&a, 64 * MIB);
	assert_int_equal(store_open(":memory:", &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	return (struct org_actor){ .store = s, .login = STR("an.le"), .now_s = NOON };
}

static void done(struct org_actor *by)
{
	arena_done(&a);
	store_close(by->store);
}

static struct org_decision from(const char *day)
{
	return (struct org_decision){ STR("12/QĐ-UBND"), STR("2025-01-02"), str_of(day) };
}

static int64_t add(const struct org_actor *by, int64_t parent, const char *name, const char *day)
{
	struct org_unit_new u = {
		.parent_id = parent, .kind = STR("agency"), .name = str_of(name)
	};
	struct org_decision d = from(day);
	int64_t id = 0;

	if (org_unit_add(by, &u, &d, &id, &faults, &err) < 0)
		fail_msg("%s", err.text);
	return id;
}

static const struct org_unit *unit(const struct org_actor *by, int64_t id, const char *day)
{
	struct org_tree t;

	assert_int_equal(org_tree(by->store, str_of(day), &a, &t, &err), 0);
	assert_non_null(org_unit_by_id(&t, id));
	return org_unit_by_id(&t, id);
}

static int64_t count(const struct org_actor *by, const char *sql)
{
	struct store_query *q = store_query(by->store, sql);
	int64_t n;

	assert_int_equal(store_next(q, &err), 1);
	n = store_i64(q, 0);
	store_end(q);
	return n;
}

static void a_paper_keeps_the_name_of_its_day(void **state)
{
	struct org_actor by = fresh();
	struct org_unit_new new = { .name = STR("Ủy ban nhân dân xã Mới") };
	struct org_decision d = from("2025-07-01");
	int64_t id = add(&by, 1, "Ủy ban nhân dân xã Cũ", "2020-01-01");

	(void)state;
	assert_int_equal(org_unit_rename(&by, &new, id, &d, &faults, &err), 0);
	assert_true(str_is(unit(&by, id, "2025-06-30")->name, "Ủy ban nhân dân xã Cũ"));
	assert_true(str_is(unit(&by, id, "2025-07-01")->name, "Ủy ban nhân dân xã Mới"));
	assert_false(unit(&by, id, "2019-12-31")->is_live);
	assert_int_equal(org_unit_rename(&by, &new, id, &d, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "from"); /* a second name from the same day */
	done(&by);
}

static void what_is_wrong_is_refused_whole(void **state)
{
	struct org_actor by = fresh();
	int64_t a1 = add(&by, 1, "A", "2020-01-01"), b = add(&by, a1, "B", "2020-01-01");
	int64_t before = count(&by, "SELECT count(*) FROM unit_event");
	struct org_decision d = from("2025-01-01"), late = from("2026-11-27");
	struct org_decision none = { STR(" "), STR("2025-01-02"), STR("2025-01-02") };
	struct org_decision bad = { STR("1"), STR("2025-02-30"), STR("2025-01-02") };
	struct org_unit_new new = { .parent_id = 99, .kind = STR("agency"), .name = STR("C") };
	int64_t id;

	(void)state;
	assert_int_equal(org_unit_move(&by, a1, b, &d, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "parent"); /* a ring */
	assert_int_equal(org_unit_move(&by, a1, a1, &d, &faults, &err), ERR_INPUT);
	assert_int_equal(org_unit_add(&by, &new, &d, &id, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "parent");
	new.parent_id = 1;
	assert_int_equal(org_unit_add(&by, &new, &none, &id, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "number");
	assert_int_equal(org_unit_add(&by, &new, &bad, &id, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "signed_on");
	new = (struct org_unit_new){ .parent_id = 99, .code = STR("có dấu") };
	assert_int_equal(org_unit_add(&by, &new, &bad, &id, &faults, &err), ERR_INPUT);
	assert_int_equal(faults.count, 5); /* signed_on, name, code, kind, parent: all at once */
	new = (struct org_unit_new){ .parent_id = 1, .kind = STR("agency"), .name = STR("C") };
	new.code = STR("có dấu");
	assert_int_equal(org_unit_add(&by, &new, &d, &id, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "code");
	assert_int_equal(org_unit_end(&by, a1, 0, &d, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "successor"); /* B would hang in the air */
	assert_int_equal(org_unit_end(&by, b, 0, &late, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "from");
	assert_int_equal(org_unit_end(&by, 1, b, &d, &faults, &err), ERR_INPUT);
	assert_int_equal(count(&by, "SELECT count(*) FROM unit_event"), before);
	assert_int_equal(count(&by, "SELECT count(*) FROM unit"), 3);
	done(&by);
}

/* Two communes become one: their people, machines and schools go along, and come back. */
static void a_merger_takes_all_along_and_back(void **state)
{
	struct org_actor by = fresh();
	int64_t ids[2] = { add(&by, 1, "Xã Đông", "2020-01-01"),
		add(&by, 1, "Xã Tây", "2020-01-01") };
	int64_t school = add(&by, ids[0], "Trường Đông", "2020-01-01"), into;
	struct org_unit_new new = {
		.parent_id = 1, .kind = STR("agency"), .name = STR("Xã Đông Tây")
	};
	struct org_decision d = from("2025-07-01");
	struct org_unit_events events;

	(void)state;
	assert_int_equal(
		org_run(by.store,
			"INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email, phone,"
			" state, made_by, made_at_s) VALUES (5, $1, 'Lê An', '', '', '', '', '', 'working',"
			" '', 1)",
			"i", &err, ids[1]),
		0);
	assert_int_equal(
		org_run(by.store,
			"INSERT INTO host (id, name, kind, level, first_seen_s, last_seen_s, unit_id)"
			" VALUES (6, 'h', 'server', 1, 1, 1, $1)",
			"i", &err, ids[1]),
		0);
	assert_int_equal(
		org_run(by.store,
			"INSERT INTO login_group (id, source, name, role, unit_id)"
			" VALUES (7, 'ldap', 'can-bo', 2, $1)",
			"i", &err, ids[1]),
		0);
	if (org_unit_merge(&by, &(struct org_merger){ ids, 2, 0, new }, &d, &faults, &err) < 0)
		fail_msg("%s", err.text);
	into = count(&by, "SELECT max(id) FROM unit");
	assert_int_equal(count(&by, "SELECT unit_id FROM staff"), into);
	assert_int_equal(count(&by, "SELECT unit_id FROM host"), into);
	assert_int_equal(count(&by, "SELECT unit_id FROM login_group"), into);
	assert_int_equal(unit(&by, school, "2025-07-01")->parent_id, into);
	assert_int_equal(unit(&by, school, "2025-06-30")->parent_id, ids[0]);
	assert_false(unit(&by, ids[1], "2025-07-01")->is_live);
	assert_true(unit(&by, ids[1], "2025-06-30")->is_live);
	assert_int_equal(unit(&by, ids[1], "2025-07-01")->successor_id, into);
	assert_int_equal(count(&by, "SELECT count(*) FROM staff_event WHERE what = 'unit-end'"), 1);

	assert_int_equal(org_unit_events(by.store, into, 10, &a, &events, &err), 0);
	assert_int_equal(
		org_unit_undo(&by, events.at[events.count - 1].id, &faults, &err), ERR_CONFLICT);
	assert_int_equal(org_unit_undo(&by, events.at[0].id, &faults, &err), 0);
	assert_int_equal(count(&by, "SELECT unit_id FROM staff"), ids[1]);
	assert_int_equal(count(&by, "SELECT unit_id FROM host"), ids[1]);
	assert_int_equal(count(&by, "SELECT unit_id FROM login_group"), ids[1]);
	assert_true(unit(&by, ids[1], "2025-07-01")->is_live);
	assert_int_equal(org_unit_undo(&by, events.at[0].id, &faults, &err), ERR_CONFLICT);
	by.now_s += 31 * CLOCK_DAY_S;
	assert_int_equal(org_unit_undo(&by, events.at[1].id, &faults, &err), ERR_CONFLICT);
	done(&by);
}

static void a_split_makes_units_beside(void **state)
{
	struct org_actor by = fresh();
	int64_t id = add(&by, 1, "Phòng Một", "2020-01-01");
	struct org_unit_new news[2] = { { .kind = STR("agency"), .name = STR("Phòng Hai") },
		{ .kind = STR("agency"), .name = STR("Phòng Ba") } };
	struct org_split split = { .id = id, .news = news, .count = 2, .is_ended = true };
	struct org_decision d = from("2025-07-01");

	(void)state;
	assert_int_equal(
		org_unit_split(&by,
			&(struct org_split){
				.id = id, .news = news, .count = 1, .is_ended = true },
			&d, &faults, &err),
		ERR_INPUT);
	assert_int_equal(org_unit_split(&by, &split, &d, &faults, &err), 0);
	assert_false(unit(&by, id, "2025-07-01")->is_live);
	assert_int_equal(unit(&by, id + 1, "2025-07-01")->parent_id, 1);
	assert_int_equal(unit(&by, id + 2, "2025-07-01")->parent_id, 1);
	assert_int_equal(unit(&by, id, "2025-07-01")->successor_id, id + 1);
	done(&by);
}

/* Of two people with a role each, one goes to the second new unit, the other to the first; a role
 * that the first new unit has already is not given twice, and all of it comes back. */
static void a_split_shares_out_and_takes_back(void **state)
{
	struct org_actor by = fresh();
	int64_t id = add(&by, 1, "Phòng Một", "2020-01-01");
	struct org_unit_new news[2] = { { .kind = STR("agency"), .name = STR("Phòng Hai") },
		{ .kind = STR("agency"), .name = STR("Phòng Ba") } };
	struct org_share shares[2] = { { "staff", STR("5"), 1 }, { "host", STR("6"), 0 } };
	struct org_split split = { .id = id,
		.news = news,
		.count = 2,
		.is_ended = true,
		.shares = shares,
		.share_count = 2 };
	struct org_decision d = from("2025-07-01");
	struct org_unit_events events;

	(void)state;
	for (int64_t person = 5; person < 8; person++) {
		assert_int_equal(
			org_run(by.store,
				"INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email,"
				" phone, state, made_by, made_at_s)"
				" VALUES ($1, $2, 'Lê An', '', '', '', '', '', 'working', '', 1)",
				"ii", &err, person, id),
			0);
		assert_int_equal(
			org_run(by.store,
				"INSERT INTO staff_role (staff_id, role, unit_id, from_day, decision,"
				" decision_day) VALUES ($1, 'IT', $2, '2020-01-01', '1/QĐ', '2020-01-01')",
				"ii", &err, person, id),
			0);
	}
	assert_int_equal(
		org_run(by.store,
			"INSERT INTO host (id, name, kind, level, first_seen_s, last_seen_s, unit_id)"
			" VALUES (6, 'h', 'server', 1, 1, 1, $1)",
			"i", &err, id),
		0);
	if (org_unit_split(&by, &split, &d, &faults, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(count(&by, "SELECT unit_id FROM staff WHERE id = 5"), id + 2);
	assert_int_equal(count(&by, "SELECT unit_id FROM staff WHERE id = 6"), id + 1);
	assert_int_equal(count(&by, "SELECT unit_id FROM host"), id + 1);
	assert_int_equal(
		count(&by, "SELECT count(*) FROM staff_role WHERE until_day IS NULL"), 3);
	assert_int_equal(count(&by,
				 "SELECT unit_id FROM staff_role WHERE until_day IS NULL"
				 " AND staff_id = 5"),
		id + 2);
	assert_int_equal(
		count(&by, "SELECT count(*) FROM staff_event WHERE what = 'unit-share'"), 1);
	for (int i = 0; i < 3; i++) { /* the end, what the second got, what the first got */
		assert_int_equal(org_unit_events(by.store, id, 20, &a, &events, &err), 0);
		assert_int_equal(org_unit_undo(&by, events.at[i].id, &faults, &err), 0);
	}
	assert_int_equal(count(&by, "SELECT min(unit_id) FROM staff"), id);
	assert_int_equal(count(&by, "SELECT max(unit_id) FROM staff"), id);
	assert_int_equal(count(&by, "SELECT unit_id FROM host"), id);
	assert_int_equal(count(&by,
				 "SELECT count(*) FROM staff_role WHERE until_day IS NULL"
				 " AND decision = '1/QĐ'"),
		3);
	done(&by);
}

static void a_new_unit_is_taken_back_unless_it_is_used(void **state)
{
	struct org_actor by = fresh();
	struct org_unit_events events;
	int64_t id = add(&by, 1, "Nhầm", "2020-01-01"), below = add(&by, id, "Dưới", "2020-01-01");

	(void)state;
	assert_int_equal(org_unit_events(by.store, id, 10, &a, &events, &err), 0);
	assert_int_equal(org_unit_undo(&by, events.at[0].id, &faults, &err), ERR_CONFLICT);
	assert_int_equal(org_unit_events(by.store, below, 10, &a, &events, &err), 0);
	assert_int_equal(org_unit_undo(&by, events.at[0].id, &faults, &err), 0);
	assert_false(unit(&by, below, "2021-01-01")->is_live);
	done(&by);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_paper_keeps_the_name_of_its_day),
		cmocka_unit_test(what_is_wrong_is_refused_whole),
		cmocka_unit_test(a_merger_takes_all_along_and_back),
		cmocka_unit_test(a_split_makes_units_beside),
		cmocka_unit_test(a_split_shares_out_and_takes_back),
		cmocka_unit_test(a_new_unit_is_taken_back_unless_it_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
