#include "kit/store/store.h"
#include "test/unit.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct store_step steps[] = {
	{ 1, "first", "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER)" },
	{ 2, "second",
		"CREATE TABLE u (t_id INTEGER NOT NULL REFERENCES t (id));"
		"CREATE INDEX ui ON u (t_id)" },
};
static const char sql_add[] = "INSERT INTO t (name, n) VALUES ($1, $2)";
static const char sql_list[] = "SELECT name, n FROM t ORDER BY id";
static const char sql_child[] = "INSERT INTO u (t_id) VALUES ($1)";
static const char sql_wrong[] = "SELECT nothing FROM nowhere";

static int opened(void **state)
{
	struct err e = { 0 };
	struct store *s = NULL;

	if (store_open(":memory:", &e, &s) < 0 || store_migrate(s, steps, COUNT(steps), &e) < 0)
		return -1;
	*state = s;
	return 0;
}

static int closed(void **state)
{
	store_close(*state);
	return 0;
}

static void values_come_back(void **state)
{
	struct store *s = *state;
	struct err e = { 0 };
	struct store_query *q = store_query(s, sql_add);

	store_bind_str(q, 1, STR("Cán bộ"));
	store_bind_i64(q, 2, INT64_MIN);
	assert_int_equal(store_run(q, &e), 0);
	assert_int_equal(store_last_id(s), 1);
	q = store_query(s, sql_add); /* from the cache, with its values cleared */
	assert_int_equal(store_run(q, &e), 0);
	assert_int_equal(store_changes(s), 1);
	q = store_query(s, sql_list);
	assert_int_equal(store_next(q, &e), 1);
	assert_true(str_is(store_str(q, 0), "Cán bộ"));
	assert_true(store_i64(q, 1) == INT64_MIN);
	assert_int_equal(store_next(q, &e), 1);
	assert_true(store_is_null(q, 0));
	assert_null(store_str(q, 0).ptr);
	assert_int_equal(store_next(q, &e), 0);
}

static void failures_have_names(void **state)
{
	struct store *s = *state;
	struct err e = { 0 };
	struct store_query *q;

	for (int i = 0; i < 2; i++) {
		q = store_query(s, sql_add);
		store_bind_cstr(q, 1, "same");
		assert_int_equal(store_run(q, &e), i == 0 ? 0 : ERR_CONFLICT);
	}
	q = store_query(s, sql_child);
	store_bind_i64(q, 1, 99);
	assert_int_equal(store_run(q, &e), ERR_CONFLICT); /* foreign keys hold */
	q = store_query(s, sql_wrong);
	store_bind_i64(q, 1, 1);
	assert_int_equal(store_next(q, &e), ERR_STORE);
	assert_non_null(strstr(e.text, "nowhere"));
	q = store_query(s, sql_list);
	store_bind_i64(q, 7, 1);
	assert_int_equal(store_next(q, &e), ERR_STORE);
}

static void a_rollback_leaves_nothing(void **state)
{
	struct store *s = *state;
	struct err e = { 0 };

	assert_int_equal(store_begin(s, &e), 0);
	assert_int_equal(store_run(store_query(s, sql_add), &e), 0);
	store_rollback(s);
	assert_int_equal(store_next(store_query(s, sql_list), &e), 0);
}

static void steps_are_applied_once_and_not_changed(void **state)
{
	struct store *s = *state;
	struct err e = { 0 };
	struct store_step changed[] = { steps[0], steps[1] };
	struct store_step broken = { 3, "third",
		"CREATE TABLE v (id INTEGER); CREATE TABLE t (id INTEGER)" };

	assert_int_equal(store_migrate(s, steps, COUNT(steps), &e), 0);
	changed[1].sql = "CREATE TABLE u (x INTEGER)";
	assert_int_equal(store_migrate(s, changed, COUNT(changed), &e), ERR_STORE);
	assert_non_null(strstr(e.text, "second"));
	assert_int_equal(store_migrate(s, &broken, 1, &e), ERR_STORE);
	broken.sql = "CREATE TABLE v (id INTEGER)"; /* the failed step left no v behind */
	assert_int_equal(store_migrate(s, &broken, 1, &e), 0);
}

static void the_file_is_private(void **state)
{
	char dir[] = "/tmp/khien-store-XXXXXX", path[64];
	struct err e = { 0 };
	struct store *s = NULL;
	struct stat st;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/khien.db", dir);
	assert_int_equal(store_open(path, &e, &s), 0);
	assert_int_equal(store_migrate(s, steps, COUNT(steps), &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(s);
	unlink(path);
	assert_int_equal(store_open(dir, &e, &s), ERR_SYSTEM);
	rmdir(dir);
}

/* Who has the file for itself, for a moment. */
static void *give_back(void *db)
{
	nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	(void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return NULL;
}

static void opening_waits_for_who_writes(void **state)
{
	char dir[] = "/tmp/khien-store-XXXXXX", path[64];
	struct err e = { 0 };
	struct store *s = NULL;
	sqlite3 *other;
	pthread_t thread;
	int rc;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/khien.db", dir);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(other, "CREATE TABLE x (y); BEGIN EXCLUSIVE", NULL, NULL, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, give_back, other), 0);
	rc = store_open(path, &e, &s);
	pthread_join(thread, NULL);
	sqlite3_close(other);
	assert_int_equal(rc, 0);
	store_close(s);
	unlink(path);
	rmdir(dir);
}

#define TURNS 80
static atomic_int turns;

/* One who writes on and on, a little each time. */
static void *write_much(void *context)
{
	struct store *s = context;
	struct err e = { 0 };

	for (int i = 0; i < TURNS; i++) {
		if (store_begin(s, &e) < 0 ||
			store_run(store_query(s, "INSERT INTO t (n) VALUES (1)"), &e) < 0)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 15000000 }, NULL);
		if (store_commit(s, &e) < 0)
			break;
		turns++;
	}
	return NULL;
}

static void who_waits_gets_a_turn_while_another_writes_on(void **state)
{
	char dir[] = "/tmp/khien-store-XXXXXX", path[64], rest[80];
	struct err e = { 0 };
	struct store *one = NULL, *other = NULL;
	pthread_t thread;
	int rc, then;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/khien.db", dir);
	assert_int_equal(store_open(path, &e, &one), 0);
	assert_int_equal(store_migrate(one, steps, COUNT(steps), &e), 0);
	assert_int_equal(store_open(path, &e, &other), 0);
	assert_int_equal(pthread_create(&thread, NULL, write_much, one), 0);
	while (turns < 3)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	rc = store_begin(other, &e);
	then = turns;
	assert_int_equal(store_commit(other, &e), 0);
	pthread_join(thread, NULL);
	assert_int_equal(rc, 0);
	assert_int_equal(turns, TURNS);
	assert_in_range(then, 3, TURNS - 1);
	store_close(one);
	store_close(other);
	unlink(path);
	snprintf(rest, sizeof(rest), "%s-wal", path);
	unlink(rest);
	rmdir(dir);
}

static atomic_bool is_waiting;

static void *begin_patiently(void *context)
{
	static struct err e;

	is_waiting = true;
	return store_begin(context, &e) == 0 ? context : NULL;
}

static void the_patient_is_still_there_when_others_have_given_up(void **state)
{
	char dir[] = "/tmp/khien-store-XXXXXX", path[64], rest[80];
	struct err e = { 0 };
	struct store *holder = NULL, *hasty = NULL, *patient = NULL;
	pthread_t thread;
	void *began;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/khien.db", dir);
	assert_int_equal(store_open(path, &e, &holder), 0);
	assert_int_equal(store_open(path, &e, &hasty), 0);
	assert_int_equal(store_open(path, &e, &patient), 0);
	store_patient(patient);
	assert_int_equal(store_begin(holder, &e), 0);
	assert_int_equal(pthread_create(&thread, NULL, begin_patiently, patient), 0);
	while (!is_waiting)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(store_begin(hasty, &e), ERR_STORE);
	assert_int_equal(store_commit(holder, &e), 0);
	pthread_join(thread, &began);
	assert_ptr_equal(began, patient);
	store_close(holder);
	store_close(hasty);
	store_close(patient);
	unlink(path);
	snprintf(rest, sizeof(rest), "%s-wal", path);
	unlink(rest);
	rmdir(dir);
}

/* The test build ends a program that writes while a question is open: elsewhere it would fail only
 * when somebody else has written in between. */
static void writing_with_a_question_open_ends_the_test_build(void **state)
{
	struct store *s = *state;
	struct store_query *q;
	struct err e = { 0 };
	int status;
	pid_t child;

	assert_int_equal(store_migrate(s, steps, COUNT(steps), &e), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(store_run(store_query(s, "INSERT INTO t (n) VALUES (1)"), &e), 0);
	q = store_query(s, "SELECT id FROM t");
	for (int is_begin = 0; is_begin < 2; is_begin++) {
		assert_int_equal(store_next(q, &e), 1);
		child = fork();
		if (child == 0) {
			close(2);
			signal(SIGABRT, SIG_DFL);
			_exit(is_begin ? store_begin(s, &e) :
					 store_run(store_query(s, "DELETE FROM t"), &e));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		store_end(q);
	}
	assert_int_equal(store_begin(s, &e), 0);
	assert_int_equal(store_next(store_query(s, "SELECT id FROM t"), &e), 1);
	assert_int_equal(store_run(store_query(s, "DELETE FROM t"), &e), 0);
	assert_int_equal(store_commit(s, &e), 0);
}

static int64_t level_of(struct store *s)
{
	struct store_query *q = store_query(s, "SELECT synchronous FROM pragma_synchronous");
	struct err e = { 0 };
	int64_t level;

	assert_int_equal(store_next(q, &e), 1);
	level = store_i64(q, 0);
	store_end(q);
	return level;
}

static void what_need_not_last_does_not_wait_for_the_disk(void **state)
{
	struct store *s = *state;

	assert_int_equal(level_of(s), 2);
	store_lasting(s, false);
	assert_int_equal(level_of(s), 1); /* whole after a power cut, or not there */
	store_lasting(s, true);
	assert_int_equal(level_of(s), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_come_back, opened, closed),
		cmocka_unit_test_setup_teardown(failures_have_names, opened, closed),
		cmocka_unit_test_setup_teardown(
			what_need_not_last_does_not_wait_for_the_disk, opened, closed),
		cmocka_unit_test_setup_teardown(a_rollback_leaves_nothing, opened, closed),
		cmocka_unit_test_setup_teardown(
			steps_are_applied_once_and_not_changed, opened, closed),
		cmocka_unit_test(the_file_is_private),
		cmocka_unit_test(opening_waits_for_who_writes),
		cmocka_unit_test(who_waits_gets_a_turn_while_another_writes_on),
		cmocka_unit_test(the_patient_is_still_there_when_others_have_given_up),
		cmocka_unit_test_setup_teardown(
			writing_with_a_question_open_ends_the_test_build, opened, closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
