/* unit_test.c - the tree of units and the table of rights over it. */
#include "core/org/org_int.h"
#include "core/org/rights.h"

#include "test/unit.h"

static struct err err;

static struct store *fresh(void)
{
	struct store *s;

	assert_int_equal(store_open(":memory:", &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	return s;
}

static void unit(struct store *s, int64_t id, int64_t parent, const char *from, const char *name)
{
	assert_int_equal(
		org_run(s, "INSERT INTO unit (id, kind, from_day) VALUES ($1, 'agency', $2)", "is",
			&err, id, str_of(from)),
		0);
	assert_int_equal(
		org_run(s,
			"INSERT INTO unit_name (unit_id, from_day, name, short_name) VALUES ($1, $2, $3, '')",
			"iss", &err, id, str_of(from), str_of(name)),
		0);
	assert_int_equal(
		org_run(s,
			"INSERT INTO unit_parent (unit_id, from_day, parent_id) VALUES ($1, $2, $3)",
			"isi", &err, id, str_of(from), parent),
		0);
}

/* 1 ─ 2 (Ân) ─ 4, 5 ; 1 ─ 3 (An) */
static struct store *five(void)
{
	struct store *s = fresh();

	unit(s, 2, 1, "2020-01-01", "Xã Ân");
	unit(s, 3, 1, "2020-01-01", "Xã An");
	unit(s, 4, 2, "2020-01-01", "Trường Đông");
	unit(s, 5, 2, "2025-07-01", "Trường Dung");
	return s;
}

static void the_tree_is_in_order(void **state)
{
	static const int64_t ids[] = { 1, 3, 2, 5, 4 };
	static const size_t below[] = { 4, 0, 2, 0, 0 };
	struct store *s = five();
	struct org_tree t;
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(org_tree(s, STR("2026-01-01"), &a, &t, &err), 0);
	assert_int_equal(t.count, 5);
	for (size_t i = 0; i < t.count; i++) {
		assert_int_equal(t.units[i].id, ids[i]);
		assert_int_equal(t.units[i].below, below[i]);
	}
	assert_int_equal(t.units[3].depth, 2);
	assert_true(org_unit_covers(&t, 1, 5) && org_unit_covers(&t, 2, 5));
	assert_true(org_unit_covers(&t, 2, 2));
	assert_false(org_unit_covers(&t, 3, 5) || org_unit_covers(&t, 2, 1) ||
		org_unit_covers(&t, 2, 9) || org_unit_covers(&t, 9, 2));
	arena_done(&a);
	store_close(s);
}

static void a_unit_has_the_name_and_place_of_the_day(void **state)
{
	struct store *s = five();
	struct org_tree t;
	struct org_unit *units;
	struct arena a;
	struct str name;
	size_t count;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(org_run(s,
				 "INSERT INTO unit_name (unit_id, from_day, name, short_name)"
				 " VALUES (2, '2025-07-01', 'Xã Mới', '')",
				 "", &err),
		0);
	assert_int_equal(
		org_run(s,
			"INSERT INTO unit_parent (unit_id, from_day, parent_id) VALUES (4, '2026-01-01', 3)",
			"", &err),
		0);
	assert_int_equal(org_unit_name_on(s, 2, STR("2025-06-30"), &a, &name, &err), 0);
	assert_true(str_is(name, "Xã Ân"));
	assert_int_equal(org_unit_name_on(s, 2, STR("2025-07-01"), &a, &name, &err), 0);
	assert_true(str_is(name, "Xã Mới"));
	assert_int_equal(org_unit_name_on(s, 2, STR("2019-01-01"), &a, &name, &err), 0);
	assert_true(str_is(name, "Xã Ân")); /* before it was there: its first */
	assert_int_equal(org_tree(s, STR("2025-12-31"), &a, &t, &err), 0);
	assert_int_equal(org_unit_by_id(&t, 4)->parent_id, 2);
	assert_int_equal(org_tree(s, STR("2026-01-01"), &a, &t, &err), 0);
	assert_int_equal(org_unit_by_id(&t, 4)->parent_id, 3);
	assert_true(str_is(org_unit_by_id(&t, 2)->name, "Xã Mới"));
	assert_int_equal(org_units(s, STR("2025-06-30"), &a, &units, &count, &err), 0);
	assert_int_equal(count, 4); /* 5 begins the day after */
	arena_done(&a);
	store_close(s);
}

/* A ring is refused where units move; should one stand in the file all the same, nothing hangs
 * and nobody's reach grows. */
static void a_ring_gives_nobody_more(void **state)
{
	struct store *s = five();
	struct org_tree t;
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(
		org_run(s, "UPDATE unit_parent SET parent_id = 4 WHERE unit_id = 2", "", &err), 0);
	assert_int_equal(org_tree(s, STR("2026-01-01"), &a, &t, &err), 0);
	assert_int_equal(t.count, 5);
	assert_false(org_unit_covers(&t, 1, 2) || org_unit_covers(&t, 2, 1) ||
		org_unit_covers(&t, 4, 3));
	arena_done(&a);
	store_close(s);
}

static void rights_end_where_the_table_says(void **state)
{
	struct store *s = five();
	struct org_tree t;
	struct arena a;
	int64_t *ids;
	size_t count, cells = 0;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(org_tree(s, STR("2026-01-01"), &a, &t, &err), 0);
	for (size_t r = 0; r < USER_ROLE_COUNT; r++)
		for (int right = 0; right < RIGHT_COUNT; right++)
			for (int64_t at = 1; at <= 5; at++, cells++) {
				struct org_user u = {
					.role = org_roles[r], .unit_id = 2, .staff_id = 7
				};
				enum org_place reach = org_reach(u.role, (enum org_right)right);
				bool is_below = at == 2 || at == 4 || at == 5;
				bool may = org_may(&u, (enum org_right)right, &t, at);

				assert_true(may ==
					(reach == PLACE_ALL || (reach == PLACE_OWN && at == 2) ||
						(reach == PLACE_BELOW && is_below)));
				assert_true(org_may_self(&u, (enum org_right)right, &t, at, 7) ==
					(may || reach != PLACE_NONE));
				assert_true(
					org_may_self(&u, (enum org_right)right, &t, at, 8) == may);
			}
	print_message("# %zu cells\n", cells);
	org_reached(&(struct org_user){ .role = USER_OFFICER, .unit_id = 2 }, RIGHT_ACT, &t, &a,
		&ids, &count);
	assert_int_equal(count, 3);
	assert_false(org_may(&(struct org_user){ .unit_id = 1 }, RIGHT_LAW, &t, 1));
	arena_done(&a);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_is_in_order),
		cmocka_unit_test(a_unit_has_the_name_and_place_of_the_day),
		cmocka_unit_test(a_ring_gives_nobody_more),
		cmocka_unit_test(rights_end_where_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
