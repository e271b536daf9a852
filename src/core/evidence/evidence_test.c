#include "core/evidence/doing.h"
#include "core/evidence/evidence.h"
#include "kit/store/cost.h"
#include "test/unit.h"

static struct store *open_store(void)
{
	struct store *s;
	struct err e;

	assert_int_equal(store_open(":memory:", &e, &s), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &e), 0);
	return s;
}

static struct evidence row(const char *check, enum outcome outcome, int64_t at_s)
{
	return (struct evidence){
		.check = str_of(check),
		.outcome = outcome,
		.at_s = at_s,
		.found = STR("minlen=6"),
		.file = STR("/etc/security/pwquality.conf"),
		.line = 12,
	};
}

static void runs_come_back_as_of_a_date(void **state)
{
	struct store *s = open_store();
	struct audit_run first = { .host_id = 1, .at_s = 100, .count = { 1, 1, 0, 0 } };
	struct audit_run second = { .host_id = 1, .at_s = 200 };
	struct evidence rows[] = { row("pw.len", OUTCOME_FAIL, 100),
		row("fw.input4", OUTCOME_PASS, 100) };
	struct evidence later[] = { row("pw.len", OUTCOME_PASS, 200) };
	const struct evidence about = { .host_id = 1, .check = STR("pw.len") };
	struct evidence_run newest;
	struct evidence_rows got;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(evidence_add_run(s, &first, rows, 2, &e), 0);
	assert_int_equal(evidence_add_run(s, &second, later, 1, &e), 0);
	assert_int_equal(evidence_newest_run(s, 1, 150, &a, &newest, &e), 0);
	got = newest.rows;
	assert_int_equal(newest.run.id, first.id);
	assert_int_equal(got.count, 2);
	assert_true(str_is(got.at[0].check, "pw.len") && got.at[0].outcome == OUTCOME_FAIL);
	assert_true(str_is(got.at[0].found, "minlen=6") && got.at[0].line == 12);
	assert_int_equal(evidence_newest_run(s, 1, 50, &a, &newest, &e), 0);
	assert_int_equal(newest.run.id, 0);
	assert_int_equal(evidence_history(s, &about, 10, &a, &got, &e), 0);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.at[0].outcome, OUTCOME_PASS);
	store_close(s);
	arena_done(&a);
}

static void evidence_cannot_be_changed_or_deleted(void **state)
{
	struct store *s = open_store();
	struct audit_run run = { .host_id = 1, .at_s = 100 };
	struct evidence rows[] = { row("pw.len", OUTCOME_FAIL, 100) };
	struct err e;

	(void)state;
	assert_int_equal(evidence_add_run(s, &run, rows, 1, &e), 0);
	assert_true(store_run(store_query(s, "UPDATE evidence SET outcome = 0"), &e) < 0);
	assert_true(store_run(store_query(s, "DELETE FROM evidence"), &e) < 0);
	assert_true(store_run(store_query(s, "UPDATE audit_run SET pass = 9"), &e) < 0);
	store_close(s);
}

static void a_word_needs_its_person(void **state)
{
	struct store *s = open_store();
	struct evidence word = row("tay-son/D8.3", OUTCOME_PASS, 100);
	struct evidence_rows got;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, MIB);
	word.by = EVIDENCE_PERSON;
	assert_int_equal(evidence_add_word(s, &word, &e), ERR_INPUT);
	word.person = STR("an");
	assert_int_equal(evidence_add_word(s, &word, &e), 0);
	assert_int_equal(evidence_words(s, 0, 100, &a, &got, &e), 0);
	assert_int_equal(got.count, 1);
	assert_true(got.at[0].by == EVIDENCE_PERSON && str_is(got.at[0].person, "an"));
	store_close(s);
	arena_done(&a);
}

static void exceptions_have_reason_approver_and_end(void **state)
{
	struct store *s = open_store();
	struct exception x = {
		.host_id = 1,
		.obligation = STR("tay-son/D8.3"),
		.reason = STR("  "),
		.approver = STR("Trần Văn B, Chủ tịch"),
		.from_s = 100,
		.until_s = 200,
		.made_by = STR("an"),
		.made_at_s = 100,
	};
	struct exception *list;
	size_t count;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(exception_add(s, &x, &e), ERR_INPUT);
	x.reason = STR("phần mềm cũ");
	x.until_s = 100;
	assert_int_equal(exception_add(s, &x, &e), ERR_INPUT);
	x.until_s = 200;
	assert_int_equal(exception_add(s, &x, &e), 0);
	assert_int_equal(exception_list(s, 150, &a, &list, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(exception_list(s, 200, &a, &list, &count, &e), 0);
	assert_int_equal(count, 0);
	assert_int_equal(exception_end(s, x.id, 120, &e), 0);
	assert_true(exception_end(s, x.id, 130, &e) < 0);
	assert_int_equal(exception_end(s, 99, 130, &e), ERR_ABSENT);
	assert_int_equal(exception_list(s, 150, &a, &list, &count, &e), 0);
	assert_int_equal(count, 0);
	/* as of 110 it still stood */
	assert_int_equal(exception_list(s, 110, &a, &list, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_true(store_run(store_query(s, "UPDATE exception SET until_s = 999"), &e) < 0);
	store_close(s);
	arena_done(&a);
}

static void the_worst_outcome_of_a_group(void **state)
{
	(void)state;
	assert_int_equal(outcome_worst(OUTCOME_PASS, OUTCOME_UNKNOWN), OUTCOME_UNKNOWN);
	assert_int_equal(outcome_worst(OUTCOME_FAIL, OUTCOME_UNKNOWN), OUTCOME_FAIL);
	assert_int_equal(outcome_worst(OUTCOME_NA, OUTCOME_PASS), OUTCOME_PASS);
}

static struct mails waiting(struct store *s, struct arena *a)
{
	struct mails list = { 0 };
	struct err e;

	assert_int_equal(mail_waiting(s, 1000, 10, a, &list, &e), 0);
	return list;
}

static void a_letter_that_took_anothers_place_while_it_went_out_still_waits(void **state)
{
	struct store *s = open_store();
	struct mail m = { .person_id = 1,
		.address = STR("an@xa.example"),
		.subject = STR("x"),
		.body = STR("x"),
		.day = STR("2026-11-26"),
		.made_at_s = 100 };
	struct mail going;
	struct mails list;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, MIB);
	/* the room of the org keeps people: here it is enough that one is there */
	assert_int_equal(
		store_run(store_query(s, "CREATE TABLE person (id INTEGER PRIMARY KEY)"), &e), 0);
	assert_int_equal(store_run(store_query(s, "INSERT INTO person (id) VALUES (1)"), &e), 0);
	assert_int_equal(mail_put(s, &m, &e), 0);
	going = waiting(s, &a).at[0];
	m.day = STR("2026-11-27");
	m.made_at_s = 200;
	assert_int_equal(mail_put(s, &m, &e), 0);
	assert_int_equal(mail_sent(s, &going, 300, &e), 0);
	list = waiting(s, &a);
	assert_int_equal(list.len, 1);
	assert_true(str_is(list.at[0].day, "2026-11-27"));
	assert_int_equal(mail_sent(s, &list.at[0], 400, &e), 0);
	assert_int_equal(waiting(s, &a).len, 0);
	store_close(s);
	arena_done(&a);
}

/* So many words about each of the things of that kind, of the same obligation. */
static void add_words(struct store *s, const char *kind, const char *sql)
{
	struct err e;

	if (store_run(store_query(s, sql), &e) < 0)
		fail_msg("%s: %s", kind, e.text);
}

static uint64_t steps_of_unit(struct store *s, size_t words)
{
	const struct evidence about = { .check = STR("tay-son/D8.3"), .unit_id = 1, .at_s = 900 };
	uint64_t before = store_steps_taken(s);
	struct evidence_rows got;
	struct arena a;
	struct err e;

	arena_init(&a, MIB);
	assert_int_equal(evidence_unit_words(s, 1, 900, &a, &got, &e), 0);
	assert_int_equal(got.count, words ? 1 : 0);
	assert_int_equal(evidence_record_words(s, 1, 900, &a, &got, &e), 0);
	assert_int_equal(evidence_of_obligation(s, &about, 100, &a, &got, &e), 0);
	assert_int_equal(got.count, words);
	arena_done(&a);
	return store_steps_taken(s) - before;
}

/* Needs what "host" and "unit" are, of i from 1 to 3000. */
#define WORD_SQL(host, unit) \
	"INSERT INTO evidence (host_id, at_s, by_person, check_id, subject, outcome, reason," \
	" detail, found, wanted, file, line, lost, extract_sha256, person, unit_id)" \
	" WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)" \
	" SELECT " host ", 100 + i % 9, 1, 'tay-son/D8.3', '', 0, '', '', '', '', '', 0, '', ''," \
	" 'an', " unit " FROM n"

/* In a database of before that step, with its rows in it. */
static void words_of_machines_and_other_units_cost_a_unit_nothing(void **state)
{
	struct evidence word = row("tay-son/D8.3", OUTCOME_PASS, 100);
	struct store *s;
	uint64_t alone;
	struct err e;

	assert_int_equal(store_open(":memory:", &e, &s), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count - 1, &e), 0);
	word.by = EVIDENCE_PERSON;
	word.person = STR("an");
	assert_int_equal(evidence_add_word(s, &word, &e), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &e), 0);
	alone = steps_of_unit(s, 1);
	add_words(s, "machines, which all stand under the first unit", WORD_SQL("i", "1"));
	assert_in_range(steps_of_unit(s, 1), 1, alone + 20);
	add_words(s, "other units", WORD_SQL("0", "i + 1"));
	assert_in_range(steps_of_unit(s, 1), 1, alone + 20);
	add_words(s, "and what the database has counted", "ANALYZE");
	assert_in_range(steps_of_unit(s, 1), 1, alone + 20);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_come_back_as_of_a_date),
		cmocka_unit_test(evidence_cannot_be_changed_or_deleted),
		cmocka_unit_test(a_word_needs_its_person),
		cmocka_unit_test(exceptions_have_reason_approver_and_end),
		cmocka_unit_test(the_worst_outcome_of_a_group),
		cmocka_unit_test(words_of_machines_and_other_units_cost_a_unit_nothing),
		cmocka_unit_test(a_letter_that_took_anothers_place_while_it_went_out_still_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
