/* change_test.c - a database of an earlier Khiên is brought up to date with all it holds, and what
 * is watched with more columns than before is sealed as it then is. */
#include "core/trail/change.h"

#include "core/attest/attest.h"
#include "core/evidence/evidence.h"
#include "core/file/file.h"
#include "core/record/record.h"
#include "core/org/unit.h"
#include "test/unit.h"

/* How many steps Khiên 0.1 had. */
#define OLD_ORG 1
#define OLD_CHANGE 3

static struct err err;

static void run(struct store *s, const char *sql)
{
	assert_int_equal(store_run(store_query(s, sql), &err), 0);
}

static struct store *old_database(void)
{
	struct store *s;

	assert_int_equal(store_open(":memory:", &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, OLD_ORG, &err), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &err), 0);
	assert_int_equal(store_migrate(s, change_steps, OLD_CHANGE, &err), 0);
	run(s, "INSERT INTO setting (name, value) VALUES ('unit.name', 'Xã Tây Sơn')");
	run(s,
		"INSERT INTO host (id, name, kind, level, first_seen_s, last_seen_s)"
		" VALUES (3, 'may', 'server', 2, 5, 6)");
	run(s,
		"INSERT INTO person (id, login, name, name_folded, role, hash, must_change,"
		" onetime_until_s, created_at_s) VALUES (7, 'an.le', 'Lê An', 'le an', 1, 'x', 0, 0, 5)");
	return s;
}

static void all_steps(struct store *s)
{
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	assert_int_equal(store_migrate(s, record_steps, record_step_count, &err), 0);
	assert_int_equal(store_migrate(s, flow_steps, flow_step_count, &err), 0);
	assert_int_equal(store_migrate(s, attest_steps, attest_step_count, &err), 0);
	assert_int_equal(store_migrate(s, file_steps, file_step_count, &err), 0);
	assert_int_equal(store_migrate(s, change_steps, change_step_count, &err), 0);
}

struct seen {
	struct store *store;
	struct changes changes;
	size_t rows;
};

/* The last change of each row gives the hash it has now. */
static int is_as_noted(
	void *context, const char *table, struct str key, struct str hash, struct err *e)
{
	struct seen *seen = context;
	struct str last = STR("");

	for (size_t i = 0; i < seen->changes.len; i++) {
		const struct change *c = &seen->changes.at[i];

		if (str_is(c->table, table) && str_eq(c->key, key))
			last = c->after;
	}
	if (!str_eq(last, hash))
		return err_set(e, ERR_INPUT, "%s %.*s", table, STR_FMT(key));
	seen->rows++;
	return 0;
}

static void check(struct store *s, struct arena *a, size_t rows)
{
	struct seen seen = { .store = s };

	assert_int_equal(change_list(s, 0, 1000, a, &seen.changes, &err), 0);
	if (change_rows(s, is_as_noted, &seen, &err) != 0)
		fail_msg("not as noted: %s", err.text);
	assert_int_equal(seen.rows, rows);
}

static void an_old_database_is_brought_along(void **state)
{
	struct store *s = old_database();
	struct org_user u;
	struct org_host h;
	struct org_tree t;
	struct arena a;
	struct str name;

	(void)state;
	arena_init(&a, MIB);
	all_steps(s);
	assert_int_equal(org_user_by_login(s, STR("an.le"), &a, &u, &err), 0);
	assert_int_equal(u.unit_id, ORG_UNIT_FIRST);
	assert_int_equal(u.staff_id, 0);
	assert_int_equal(org_host(s, 3, &a, &h, &err), 0);
	assert_int_equal(h.unit_id, ORG_UNIT_FIRST);
	assert_int_equal(org_tree(s, STR("2026-11-26"), &a, &t, &err), 0);
	assert_int_equal(t.count, 1);
	assert_int_equal(
		org_unit_name_on(s, ORG_UNIT_FIRST, STR("2020-01-01"), &a, &name, &err), 0);
	assert_true(str_is(name, "Xã Tây Sơn"));
	assert_int_equal(org_setting(s, "unit.name", &a, &name, &err), 0);
	assert_null(name.ptr);
	check(s, &a, 4); /* host, person, unit, unit_name */
	arena_done(&a);
	store_close(s);
}

static void the_new_columns_are_watched(void **state)
{
	struct store *s = old_database();
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	all_steps(s);
	run(s, "INSERT INTO unit (id, kind, from_day) VALUES (2, 'agency', '2020-01-01')");
	run(s, "UPDATE host SET unit_id = 2");
	run(s, "UPDATE person SET unit_id = 2");
	run(s,
		"INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email, phone,"
		" state, made_by, made_at_s) VALUES (4, 2, 'Lê An', 'le an', 'x', '', '', '',"
		" 'working', '', 5)");
	run(s, "UPDATE staff SET position = 'Chủ tịch'");
	check(s, &a, 6);
	run(s, "DELETE FROM staff");
	check(s, &a, 5);
	run(s,
		"INSERT INTO record (id, register, unit_id, title, folded, body, version, made_at_s,"
		" made_by, changed_at_s, changed_by) VALUES (9, 'wifi', 2, 'a', 'a', '{}', 1, 5, '',"
		" 5, '')");
	run(s, "UPDATE record SET body = '{\"ssid\":\"b\"}'");
	check(s, &a, 6);
	run(s, "DROP TRIGGER host_change_set"); /* and without one it would be found */
	run(s, "UPDATE host SET unit_id = 1");
	{
		struct seen seen = { .store = s };

		assert_int_equal(change_list(s, 0, 1000, &a, &seen.changes, &err), 0);
		assert_int_equal(change_rows(s, is_as_noted, &seen, &err), ERR_INPUT);
	}
	arena_done(&a);
	store_close(s);
}

static void passwords_imports_and_views_are_watched(void **state)
{
	static const char *const acts[] = {
		"INSERT INTO person_password (person_id, hash, at_s) VALUES (7, 'old', 5)",
		"INSERT INTO person_recovery (person_id, hash) VALUES (7, 'code')",
		"INSERT INTO exchange_import (register, unit_id, file, sha256, at_s, by)"
		" VALUES ('wifi', 1, 'a.xlsx', '', 5, 'an.le')",
		"INSERT INTO record_view (person_id, register, name, query)"
		" VALUES (7, 'wifi', 'Chưa đổi', '?a=1')",
	};
	static const char *const cheats[][2] = {
		{ "DROP TRIGGER person_password_change_set",
			"UPDATE person_password SET at_s = 9" },
		{ "DROP TRIGGER exchange_import_change_set", "UPDATE exchange_import SET by = ''" },
		{ "DROP TRIGGER record_view_change_set", "UPDATE record_view SET query = ''" },
	};
	struct store *s = old_database();
	struct seen seen = { .store = s };
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	all_steps(s);
	for (size_t i = 0; i < COUNT(acts); i++)
		run(s, acts[i]);
	check(s, &a, 4 + COUNT(acts));
	run(s, "DELETE FROM person_recovery"); /* a used code: a leaf, too */
	check(s, &a, 4 + COUNT(acts) - 1);
	assert_int_equal(change_list(s, 0, 1000, &a, &seen.changes, &err), 0);
	assert_true(str_is(seen.changes.at[seen.changes.len - 1].what, "remove"));
	for (size_t i = 0; i < COUNT(cheats); i++) {
		assert_int_equal(store_begin(s, &err), 0);
		run(s, cheats[i][0]);
		run(s, cheats[i][1]);
		assert_int_equal(change_rows(s, is_as_noted, &seen, &err), ERR_INPUT);
		store_rollback(s);
	}
	/* what a password is made of is in no leaf */
	run(s, "UPDATE person_password SET hash = 'other'");
	check(s, &a, 4 + COUNT(acts) - 1);
	arena_done(&a);
	store_close(s);
}

static bool is_unwatched(struct str table)
{
	for (size_t i = 0; i < change_unwatched_count; i++)
		if (str_is(table, change_unwatched[i].table))
			return change_unwatched[i].why[0] != 0;
	return false;
}

static void every_table_is_decided(void **state)
{
	struct store *s = old_database();
	struct store_query *q;
	int decided = 0;

	(void)state;
	all_steps(s);
	q = store_query(s,
		"SELECT name FROM pragma_table_list WHERE schema = 'main'"
		" AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'");
	while (store_next(q, &err) == 1) {
		struct str name = store_str(q, 0);
		bool is_watched = change_table_words(name) != NULL;

		if (is_watched == is_unwatched(name))
			fail_msg("%.*s: watched %d", STR_FMT(name), is_watched);
		decided++;
	}
	assert_true(decided > 40);
	store_close(s);
}

/* People are shown no table by its own name. */
static void every_watched_table_has_words(void **state)
{
	size_t i = 0;

	for (; change_table_at(i); i++)
		if (!change_table_words(str_of(change_table_at(i))))
			fail_msg("%s has no words", change_table_at(i));
	assert_true(i > 30);
	assert_null(change_table_words(STR("change")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_database_is_brought_along),
		cmocka_unit_test(the_new_columns_are_watched),
		cmocka_unit_test(passwords_imports_and_views_are_watched),
		cmocka_unit_test(every_table_is_decided),
		cmocka_unit_test(every_watched_table_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
