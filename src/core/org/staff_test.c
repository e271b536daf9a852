/* staff_test.c - the roster: found without marks, in the order of names, changed by decisions on
 * their second. */
#include "core/org/org_int.h"
#include "core/org/staff.h"

#include "test/unit.h"

#define NOON (1764126000) /* 2025-11-26 10:00 in Viet Nam */

static struct err err;
static struct org_faults faults;
static struct arena a;
#define DECISION STR("7/QĐ-UBND"), STR("2025-11-20"), STR("2025-11-20")
static const struct org_decision decision = { DECISION };

static struct org_actor fresh(void)
{
	struct org_actor by = { .login = STR("an.le"), .now_s = NOON };
	struct org_unit_new u = { .parent_id = 1, .kind = STR("agency"), .name = STR("Xã Đông") };
	int64_t id;

	arena_init(&a, 64 * MIB);
	assert_int_equal(store_open(":memory:", &err, &by.store), 0);
	assert_int_equal(store_migrate(by.store, org_steps, org_step_count, &err), 0);
	assert_int_equal(org_unit_add(&by, &u, &decision, &id, &faults, &err), 0);
	assert_int_equal(id, 2);
	return by;
}

static void done(struct org_actor *by)
{
	arena_done(&a);
	store_close(by->store);
}

static int64_t add(const struct org_actor *by, const char *name, const char *code)
{
	struct staff p = { .unit_id = 1,
		.name = str_of(name),
		.code = str_of(code),
		.state = STR("working"),
		.position = STR("Chuyên viên") };
	int64_t id = 0;

	if (staff_add(by, &p, NULL, &id, &faults, &err) < 0)
		fail_msg("%s", err.text);
	return id;
}

static size_t find(const struct org_actor *by, struct staff_query q, struct staff **ret)
{
	int64_t total;
	size_t count;

	q.units = q.units.ptr ? q.units : STR("[1,2]");
	q.max = q.max ? q.max : 100;
	assert_int_equal(staff_list(by->store, &q, &a, ret, &count, &err), 0);
	assert_int_equal(staff_count(by->store, &q, &total, &err), 0);
	assert_true(total >= (int64_t)count);
	return count;
}

static void people_are_found_and_sorted(void **state)
{
	static const char *const names[] = { "Nguyễn Văn Ân", "Đỗ Thị Bé", "Trần Bình An",
		"Lê Văn An" };
	static const size_t order[] = { 3, 2, 0, 1 };
	struct org_actor by = fresh();
	struct staff *list;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		add(&by, names[i], "");
	assert_int_equal(find(&by, (struct staff_query){ 0 }, &list), 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(str_is(list[i].name, names[order[i]]));
	assert_int_equal(find(&by, (struct staff_query){ .text = STR("do thi") }, &list), 1);
	assert_int_equal(find(&by, (struct staff_query){ .text = STR("ĐỖ") }, &list), 1);
	assert_int_equal(find(&by, (struct staff_query){ .text = STR("%") }, &list), 0);
	assert_int_equal(find(&by, (struct staff_query){ .units = STR("[2]") }, &list), 0);
	assert_int_equal(
		find(&by, (struct staff_query){ .units = STR("[2]"), .self_id = 1 }, &list), 1);
	assert_int_equal(find(&by, (struct staff_query){ .from = 3, .max = 2 }, &list), 1);
	done(&by);
}

static void a_decision_takes_effect_at_its_second(void **state)
{
	struct org_actor by = fresh();
	int64_t id = add(&by, "Lê An", "CB1"), event;
	struct staff_change leave = {
		.decision = { DECISION }, .state = STR("left"), .effective_s = NOON + 3600
	};
	struct staff_change move = {
		.decision = { DECISION }, .unit_id = 2, .effective_s = NOON + 1800
	};
	struct staff_event *events;
	struct staff p;
	size_t count;

	(void)state;
	assert_int_equal(staff_decide(&by, id, &leave, &event, &faults, &err), 0);
	assert_int_equal(staff_decide(&by, id, &move, &event, &faults, &err), 0);
	assert_int_equal(staff_get(by.store, id, &a, &p, &err), 0);
	assert_true(str_is(p.state, "working") && p.unit_id == 1);
	by.now_s += 1799;
	assert_int_equal(staff_due(&by, &count, &err), 0);
	assert_int_equal(count, 0);
	by.now_s += 1;
	assert_int_equal(staff_due(&by, &count, &err), 0);
	assert_int_equal(count, 1);
	by.now_s += 1800;
	assert_int_equal(staff_due(&by, &count, &err), 0);
	assert_int_equal(staff_get(by.store, id, &a, &p, &err), 0);
	assert_true(str_is(p.state, "left"));
	assert_int_equal(p.unit_id, 2); /* the later one does not undo the earlier */
	assert_int_equal(staff_events(by.store, id, &a, &events, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_int_equal(staff_withdraw(&by, id, event, &err), ERR_CONFLICT);
	done(&by);
}

static void what_waits_can_be_withdrawn(void **state)
{
	struct org_actor by = fresh();
	int64_t id = add(&by, "Lê An", ""), event;
	struct staff_change c = {
		.decision = { DECISION }, .state = STR("left"), .effective_s = NOON + 60
	};
	struct staff p;
	size_t count;

	(void)state;
	assert_int_equal(staff_decide(&by, id, &c, &event, &faults, &err), 0);
	assert_int_equal(staff_withdraw(&by, id + 1, event, &err), ERR_CONFLICT);
	assert_int_equal(staff_withdraw(&by, id, event, &err), 0);
	by.now_s += 60;
	assert_int_equal(staff_due(&by, &count, &err), 0);
	assert_int_equal(staff_get(by.store, id, &a, &p, &err), 0);
	assert_true(str_is(p.state, "working"));
	done(&by);
}

static void what_is_wrong_is_refused(void **state)
{
	struct org_actor by = fresh();
	int64_t id = add(&by, "Lê An", "CB1"), event;
	struct staff p = {
		.unit_id = 1, .name = STR("B"), .code = STR("cb1"), .state = STR("working")
	};
	struct staff_change nothing = {
		.decision = { DECISION }, .state = STR("working"), .effective_s = NOON
	};
	struct staff_change nowhere = {
		.decision = { DECISION }, .unit_id = 9, .effective_s = NOON
	};
	struct staff_role role = { .staff_id = id, .unit_id = 1, .role = STR("IT") };

	(void)state;
	assert_int_equal(staff_add(&by, &p, NULL, &id, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "code");
	p = (struct staff){ .code = p.code, .email = STR("x"), .unit_id = 9 };
	assert_int_equal(
		staff_add(&by, &p, &(struct org_decision){ 0 }, &id, &faults, &err), ERR_INPUT);
	assert_int_equal(faults.count, 8); /* its decision, name, email, state, code and unit */
	p = (struct staff){ .name = STR("B"), .state = STR("working"), .unit_id = 9 };
	assert_int_equal(staff_add(&by, &p, NULL, &id, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "unit");
	assert_int_equal(
		staff_decide(&by, role.staff_id, &nothing, &event, &faults, &err), ERR_INPUT);
	assert_int_equal(
		staff_decide(&by, role.staff_id, &nowhere, &event, &faults, &err), ERR_INPUT);
	assert_string_equal(faults.at[0].field, "unit");
	assert_int_equal(staff_role_give(&by, &role, &decision, &faults, &err), 0);
	assert_int_equal(staff_role_give(&by, &role, &decision, &faults, &err), ERR_INPUT);
	assert_int_equal(staff_role_end(&by, role.staff_id, 1, &err), 0);
	assert_int_equal(staff_role_end(&by, role.staff_id, 1, &err), ERR_CONFLICT);
	done(&by);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_found_and_sorted),
		cmocka_unit_test(a_decision_takes_effect_at_its_second),
		cmocka_unit_test(what_waits_can_be_withdrawn),
		cmocka_unit_test(what_is_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
