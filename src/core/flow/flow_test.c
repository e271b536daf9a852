/* flow_test.c - clocks, cases of the real flows of packs/tay-son, what they prove. */
#include "core/flow/term.h"
#include "core/org/staff.h"
#include "core/pack/calendar.h"
#include "core/record/record.h"

#include "test/unit.h"

#include <stdlib.h>

static struct err err;
static struct arena arena;
static struct pack_set *packs;
static struct org_tree tree;

static int set_up(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	char path[4096];

	(void)state;
	arena_init(&arena, 64 * MIB);
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

static int64_t at(const char *day, int hour)
{
	struct date d;

	assert_true(date_parse(str_of(day), &d));
	return date_start_s(d) + hour * 3600;
}

static int64_t at_day(void)
{
	return at("2026-06-01", 8);
}

/* --- clocks ----------------------------------------------------------------------------------- */

/* Weekends, and 30/4 and 1/5 of 2026; 9/5, a Saturday, makes up for one of them. */
static bool is_work(const void *context, struct date d)
{
	int64_t weekday = (date_to_days(d) + 3) % 7;

	(void)context;
	if (d.month == 5 && d.day == 9)
		return true;
	return weekday < 5 && !(d.month == 4 && d.day == 30) && !(d.month == 5 && d.day == 1);
}

static bool is_day(const void *context, struct date d)
{
	return pack_is_work_day(context, d);
}

static void terms_end_as_the_law_says(void **state)
{
	static const struct {
		const char *from;
		enum flow_measure measure;
		int count;
		const char *last; /* day, or "" for hours */
	} rows[] = {
		{ "2026-04-28", FLOW_DAYS, 0, "2026-04-28" }, /* the day itself */
		{ "2026-04-30", FLOW_DAYS, 0, "2026-04-30" }, /* even when off: "at once" */
		{ "2026-04-27", FLOW_DAYS, 2, "2026-04-29" },
		{ "2026-04-28", FLOW_DAYS, 2, "2026-05-04" }, /* 30/4, 1/5, weekend */
		{ "2026-04-28", FLOW_WORK_DAYS, 1, "2026-04-29" },
		{ "2026-04-28", FLOW_WORK_DAYS, 2, "2026-05-04" },
		{ "2026-05-07", FLOW_WORK_DAYS, 2, "2026-05-09" }, /* made up for */
		{ "2026-05-09", FLOW_WORK_DAYS, 1, "2026-05-11" },
		{ "2026-12-30", FLOW_WORK_DAYS, 3, "2027-01-04" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(flow_due_s(at(rows[i].from, 9), rows[i].measure, rows[i].count,
					 is_work, NULL),
			at(rows[i].last, 24) - 1);
	assert_int_equal(flow_due_s(at("2026-04-30", 23), FLOW_HOURS, 2, is_work, NULL),
		at("2026-05-01", 1));
}

/* 24/11/2026 stands in the real calendar as expected only. */
static void a_term_that_rests_on_an_expected_day_is_unsure(void **state)
{
	static const struct {
		enum flow_measure measure;
		int count;
		const char *from;
		bool is_unsure;
	} rows[] = {
		{ FLOW_WORK_DAYS, 2, "2026-11-20", true },  /* the 24th is not counted */
		{ FLOW_WORK_DAYS, 2, "2026-11-25", false }, /* it lies before */
		{ FLOW_DAYS, 3, "2026-11-21", true },       /* ends on it, so a day later */
		{ FLOW_DAYS, 4, "2026-11-21", false },      /* ends after it by itself */
		{ FLOW_HOURS, 96, "2026-11-21", false },
		{ FLOW_DAYS, 30, "2027-12-20", true }, /* nobody knows 2028 */
	};
	struct flow_by by = { .packs = packs, .a = &arena };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct flow_clock clock = {
			.is_set = true, .measure = rows[i].measure, .count = rows[i].count
		};
		struct flow_term term = { &clock, at(rows[i].from, 9), 0 };
		struct date unsure;

		by.now_s = term.from_s;
		term.due_at_s = flow_due_s(term.from_s, clock.measure, clock.count, is_day, packs);
		assert_int_equal(flow_term_is_unsure(&by, &term, NULL, &unsure), rows[i].is_unsure);
	}
}

/* --- a unit with people ----------------------------------------------------------------------- */

static struct org_user officer = { .id = 1, .role = USER_OFFICER, .unit_id = 1 };
static struct org_user head = { .id = 2, .role = USER_HEAD, .unit_id = 1 };

static struct store *fresh(void)
{
	struct store *s;

	officer.login = STR("can.bo");
	head.login = STR("thu.truong");
	assert_int_equal(store_open(":memory:", &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &err), 0);
	assert_int_equal(store_migrate(s, record_steps, record_step_count, &err), 0);
	assert_int_equal(store_migrate(s, flow_steps, flow_step_count, &err), 0);
	assert_int_equal(org_tree(s, STR("2026-06-01"), &arena, &tree, &err), 0);
	return s;
}

static struct flow_by by(struct store *s, const struct org_user *u, int64_t now_s)
{
	return (struct flow_by){ s, packs, u, &tree, now_s, &arena };
}

static int64_t begin(struct store *s, const char *flow, struct flow_subject about, int64_t now_s)
{
	struct flow_by me = by(s, &officer, now_s);
	int64_t id = 0;

	about.unit_id = 1;
	about.title = STR("Thử");
	if (flow_start(&me, str_of(flow), &about, &id, &err) < 0)
		fail_msg("%s", err.text);
	return id;
}

struct said {
	const char *field, *value;
};

/* A record as the register says it, from pairs field, value ended by NULL. */
static int64_t record_new(struct store *s, const char *reg, const char *const *pairs)
{
	struct record_at at = { s, packs, pack_register(packs, str_of(reg)), &arena, at_day(),
		STR("can.bo") };
	struct record r = { .unit_id = 1 };
	struct record_value values[8];
	struct record_faults faults = { 0 };
	size_t count = 0;

	for (; pairs[2 * count]; count++)
		values[count] = (struct record_value){ str_of(pairs[2 * count]),
			str_of(pairs[2 * count + 1]) };
	if (record_save(&at, &r, (struct record_body){ values, count }, STR(""), &faults, &err) < 0)
		fail_msg("%s: %s", err.text, faults.count ? faults.at[0].words : "");
	return r.id;
}

static struct str record_says(struct store *s, int64_t id, const char *field)
{
	struct record r;

	assert_int_equal(record_get(s, id, &arena, &r, &err), 0);
	return record_value_of(r.body, str_of(field));
}

static struct flow_refusals why;

static int go(struct flow_by me, int64_t id, const char *move, const struct said *said)
{
	struct flow_value values[16];
	size_t count = 0;

	why.count = 0;
	for (; said && said[count].field; count++)
		values[count] = (struct flow_value){ .field = str_of(said[count].field),
			.value = str_of(said[count].value) };
	return flow_move(&me, id, &(struct flow_asked){ str_of(move), values, count }, &why, &err);
}

static bool is_about(const char *field)
{
	for (size_t i = 0; i < why.count; i++)
		if (str_is(why.at[i].field, field))
			return true;
	return false;
}

static struct str state_of(struct store *s, int64_t id)
{
	struct flow_case c;

	assert_int_equal(flow_get(s, id, 0, &arena, &c, &err), 0);
	return c.state;
}

static void do_tasks(struct flow_by me, int64_t id, const char *choice)
{
	struct flow_history h;

	assert_int_equal(flow_history(me.store, id, &arena, &h, &err), 0);
	for (size_t i = 0; i < h.task_count; i++)
		if (!h.tasks[i].done_at_s &&
			flow_task_do(&me, h.tasks[i].id, str_of(choice), STR(""), &err) < 0)
			assert_int_equal(
				flow_task_do(&me, h.tasks[i].id, STR("returned"), STR(""), &err),
				0);
}

static struct flow_verdict judged(struct store *s, const char *obligation, int64_t at_s)
{
	struct flow_verdict v;

	struct flow_by me = by(s, NULL, at_s);
	struct flow_question q = { str_of(obligation), 1, 0, at("2025-06-01", 0), at_s };

	assert_int_equal(flow_judge(&me, &q, &v, &err), 0);
	return v;
}

/* --- the table -------------------------------------------------------------------------------- */

/* A good erasure of DEVICE with its certificate, in the register. */
static const char *erasure(struct store *s, int64_t device)
{
	const char *id = arena_fmt(&arena, "%lld", (long long)device).ptr;

	return arena_fmt(&arena, "%lld",
		(long long)record_new(s, "erasures",
			(const char *const[]){ "so-se-ri", "WD-1", "thiet-bi", id, "cach",
				"phan-mem", "ngay", "2026-06-02", "ket-qua", "dat", "chung-nhan",
				"07/XD", NULL }))
		.ptr;
}

/* EVIDENCE: D12.9#2, D7.3 */
static void a_device_is_not_disposed_of_without_its_erasure_certificate(void **state)
{
	static const struct said erased[] = { { "disk_serial", "WD-1" }, { "method", "software" },
		{ "tool", "nwipe" }, { "erased_day", "2026-06-02" }, { NULL, NULL } };
	static const struct said disposal[] = { { "decision", "12/QĐ" },
		{ "decision_day", "2026-06-05" }, { "verified_by", "1" }, { "verified", "yes" },
		{ NULL, NULL } };
	struct said certified[] = { { "decision", "12/QĐ" }, { "decision_day", "2026-06-05" },
		{ "verified_by", "1" }, { "verified", "yes" }, { "certificate", "07/XD" },
		{ NULL, NULL } };
	static const struct said why_old[] = { { "proposal", "hỏng" }, { NULL, NULL } };
	struct store *s = fresh();
	int64_t day = at("2026-06-01", 8), id, device;

	(void)state;
	device = record_new(s, "devices",
		(const char *const[]){
			"ten", "Máy cũ", "loai", "may-tram", "trang-thai", "luu-kho", NULL });
	id = begin(s, "device-disposal", (struct flow_subject){ .record_id = device }, day);
	assert_int_equal(go(by(s, &head, day), id, "dispose", disposal), ERR_CONFLICT);
	assert_string_equal(why.at[0].words.en.ptr,
		"This step cannot be taken in the current state of the case.");
	assert_int_equal(go(by(s, &officer, day), id, "accept", why_old), ERR_DENIED);
	assert_int_equal(go(by(s, &head, day), id, "accept", why_old), 0);
	assert_int_equal(go(by(s, &officer, day), id, "erase", erased), 0);
	assert_int_equal(go(by(s, &head, day), id, "dispose", disposal), ERR_CONFLICT);
	assert_int_equal(why.count, 1);
	assert_true(is_about("certificate"));
	assert_true(str_is(state_of(s, id), "erased"));
	assert_true(str_is(record_says(s, device, "trang-thai"), "luu-kho"));
	assert_int_equal(go(by(s, &head, day), id, "dispose", certified), ERR_CONFLICT);
	assert_true(is_about("certificate")); /* words are no record of the register */
	certified[4].value = erasure(s, device);
	assert_int_equal(go(by(s, &head, day), id, "dispose", certified), 0);
	assert_true(str_is(state_of(s, id), "disposed"));
	assert_true(str_is(record_says(s, device, "trang-thai"), "thanh-ly"));
	assert_int_equal(go(by(s, &head, day), id, "dispose", certified), ERR_CONFLICT);
	store_close(s);
}

/* EVIDENCE: D6.1#1, D6.1#2, D6.3.a, D6.3.c, D6.4.a#2 */
static void a_vendor_goes_from_signing_through_a_breach_to_the_end(void **state)
{
	static const struct said half[] = { { "contract_no", "1" }, { "signed_day", "2026-06-01" },
		{ "end_day", "2027-06-01" }, { "term_scope", "yes" }, { NULL, NULL } };
	static const struct said whole[] = { { "contract_no", "1" }, { "signed_day", "2026-06-01" },
		{ "end_day", "2027-06-01" }, { "term_scope", "yes" }, { "term_breach", "yes" },
		{ "term_damage", "yes" }, { "term_secret", "yes" }, { "term_measures", "yes" },
		{ "term_data", "yes" }, { NULL, NULL } };
	static const struct said sign[] = { { "found_at", "2026-06-02T09:00" },
		{ "breach", "chép dữ liệu" }, { NULL, NULL } };
	static const struct said degree[] = { { "degree", "serious" }, { "measure", "stop" },
		{ NULL, NULL } };
	static const struct said report[] = { { "notice_no", "2" }, { "notice_day", "2026-06-03" },
		{ "damage", "không" }, { "report_no", "3" }, { NULL, NULL } };
	static const struct said end[] = { { "settlement", "chấm dứt" },
		{ "ended_at", "2026-06-10T09:00" }, { NULL, NULL } };
	static const struct said handed[] = { { "handed_over", "mã nguồn" }, { NULL, NULL } };
	struct store *s = fresh();
	int64_t nine = at("2026-06-02", 9), id, last = at("2026-06-10", 10), vendor, account;
	struct flow_case c;

	(void)state;
	vendor = record_new(s, "vendors",
		(const char *const[]){ "ten", "Công ty Mẫu", "trang-thai", "dang-dung", NULL });
	account = record_new(s, "accounts",
		(const char *const[]){ "ten", "mau.kythuat", "loai", "ben-ngoai", "trang-thai",
			"dang-dung", "ben-cung-cap",
			arena_fmt(&arena, "%lld", (long long)vendor).ptr, NULL });
	record_new(s, "accounts",
		(const char *const[]){
			"ten", "nguoi.khac", "loai", "ca-nhan", "trang-thai", "dang-dung", NULL });
	id = begin(s, "vendor", (struct flow_subject){ .record_id = vendor }, at("2026-06-01", 8));
	assert_int_equal(go(by(s, &head, nine), id, "sign", half), ERR_CONFLICT);
	assert_true(
		str_starts(why.at[0].words.en, "The contract lacks mandatory terms of Article 6."));
	assert_int_equal(go(by(s, &head, nine), id, "sign", whole), 0);
	assert_int_equal(judged(s, "tay-son/D6.3.c", nine).is_any, false);
	assert_int_equal(go(by(s, &officer, nine), id, "suspect", sign), 0);
	assert_int_equal(flow_get(s, id, nine, &arena, &c, &err), 0);
	assert_int_equal(c.due_at_s, nine + 3600); /* vendor_revoke_h */
	assert_int_equal(c.tasks_all, 2);          /* its one account, and its remote sessions */
	assert_int_equal(judged(s, "tay-son/D6.3.c", nine + 3000).outcome, OUTCOME_UNKNOWN);
	assert_int_equal(judged(s, "tay-son/D6.3.c", nine + 4000).outcome, OUTCOME_FAIL);
	assert_int_equal(go(by(s, &head, nine + 4000), id, "revoke", degree), ERR_CONFLICT);
	do_tasks(by(s, &officer, nine + 4000), id, "locked");
	assert_true(str_is(record_says(s, account, "trang-thai"), "da-khoa"));
	assert_int_equal(go(by(s, &head, nine + 4000), id, "revoke", degree), 0);
	assert_int_equal(judged(s, "tay-son/D6.3.c", nine + 5000).outcome, OUTCOME_PASS);
	assert_int_equal(judged(s, "tay-son/D6.3.c", nine + 3900).outcome, OUTCOME_FAIL);
	assert_int_equal(go(by(s, &head, nine + 5000), id, "report", report), 0);
	assert_int_equal(go(by(s, &head, last), id, "end-for-breach", end), 0);
	assert_int_equal(go(by(s, &head, last), id, "close", handed), ERR_CONFLICT);
	assert_int_equal(judged(s, "tay-son/D6.4.a#2", last).outcome, OUTCOME_UNKNOWN);
	assert_int_equal(judged(s, "tay-son/D6.4.a#2", last + 24 * 3600).outcome, OUTCOME_FAIL);
	do_tasks(by(s, &officer, last), id, "revoked");
	assert_int_equal(go(by(s, &head, last), id, "close", handed), 0);
	assert_int_equal(judged(s, "tay-son/D6.4.a#2", last + 24 * 3600).outcome, OUTCOME_PASS);
	store_close(s);
}

/* EVIDENCE: D15.4.a, D15.4.c, D15.5, D15.4.đ#2 */
static void an_incident_beyond_the_unit_is_reported_within_the_hour(void **state)
{
	static const struct said wrong[] = { { "seen_at", "2026-06-02T09:00" },
		{ "told_at", "2026-06-02T08:00" }, { "seen", "mã hóa tệp" }, { "group", "attack" },
		{ "degree", "high" }, { "managed_by", "unit" }, { NULL, NULL } };
	static const struct said sorted[] = { { "seen_at", "2026-06-02T09:00" },
		{ "told_at", "2026-06-02T09:05" }, { "seen", "mã hóa tệp" }, { "group", "attack" },
		{ "degree", "high" }, { "managed_by", "unit" }, { NULL, NULL } };
	static const struct said beyond[] = { { "beyond_at", "2026-06-02T10:00" },
		{ "beyond_why", "không có bản sao" }, { NULL, NULL } };
	static const struct said report[] = { { "report_no", "1/BC" },
		{ "reported_at", "2026-06-02T10:30" }, { NULL, NULL } };
	static const struct said joint[] = { { "joint_work", "công an huyện" },
		{ "privacy", "yes" }, { NULL, NULL } };
	static const struct said end[] = { { "orders", "khôi phục" }, { "cause", "thư lừa" },
		{ "damage", "không" }, { "ended_at", "2026-06-03T10:00" }, { NULL, NULL } };
	struct store *s = fresh();
	int64_t ten = at("2026-06-02", 10), id;
	struct flow_case c;

	id = begin(s, "incident", (struct flow_subject){ 0 }, ten);
	assert_int_equal(go(by(s, &officer, ten), id, "sort", wrong), ERR_CONFLICT);
	assert_int_equal(go(by(s, &officer, ten), id, "sort", sorted), 0);
	assert_int_equal(judged(s, "tay-son/D15.4.a", ten).outcome, OUTCOME_PASS);
	assert_int_equal(go(by(s, &officer, ten), id, "beyond", beyond), 0);
	assert_int_equal(flow_get(s, id, ten, &arena, &c, &err), 0);
	assert_int_equal(c.due_at_s, ten + 3600); /* report_now_h */
	assert_int_equal(judged(s, "tay-son/D15.5", ten + 4000).outcome, OUTCOME_FAIL);
	assert_int_equal(go(by(s, &officer, ten), id, "report", report), ERR_DENIED);
	assert_int_equal(go(by(s, &head, ten + 2000), id, "report", report), 0);
	assert_int_equal(judged(s, "tay-son/D15.5", ten + 4000).outcome, OUTCOME_PASS);
	assert_int_equal(judged(s, "tay-son/D15.4.c", ten + 4000).outcome, OUTCOME_PASS);
	assert_int_equal(go(by(s, &officer, ten + 5000), id, "joint", joint), 0);
	assert_int_equal(judged(s, "tay-son/D15.4.đ#2", ten + 5000).outcome, OUTCOME_UNKNOWN);
	assert_int_equal(go(by(s, &head, ten + 90000), id, "close", end), 0);
	assert_int_equal(judged(s, "tay-son/D15.4.đ#2", ten + 90000).outcome, OUTCOME_PASS);
	store_close(s);
}

static void a_granted_exception_is_an_exception(void **state)
{
	static const struct said wrong[] = { { "obligation", "D99.9" }, { "reason", "máy cũ" },
		{ "measure", "tách mạng" }, { "from_day", "2026-06-01" },
		{ "until_day", "2026-06-30" }, { NULL, NULL } };
	static const struct said right[] = { { "obligation", "D8.3" }, { "reason", "máy cũ" },
		{ "measure", "tách mạng" }, { "from_day", "2026-06-01" },
		{ "until_day", "2026-06-30" }, { NULL, NULL } };
	struct store *s = fresh();
	int64_t day = at("2026-06-01", 8), id;
	struct exception *list;
	size_t count;

	id = begin(s, "exception", (struct flow_subject){ 0 }, day);
	assert_int_equal(go(by(s, &head, day), id, "grant", wrong), ERR_CONFLICT);
	assert_true(is_about("obligation"));
	assert_int_equal(exception_list(s, day, &arena, &list, &count, &err), 0);
	assert_int_equal(count, 0);
	assert_int_equal(go(by(s, &head, day), id, "grant", right), 0);
	assert_int_equal(exception_list(s, at("2026-06-30", 23), &arena, &list, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_true(str_is(list[0].obligation, "tay-son/D8.3"));
	assert_int_equal(list[0].unit_id, 1);
	assert_int_equal(exception_list(s, at("2026-07-01", 0), &arena, &list, &count, &err), 0);
	assert_int_equal(count, 0);
	store_close(s);
}

/* Person 1, with an account and a device; and an account that is cancelled already. */
static int64_t leaver_holds(struct store *s)
{
	int64_t account;

	assert_int_equal(
		store_run(
			store_query(s,
				"INSERT INTO staff (unit_id, name, folded, sort_key, position, email,"
				" phone, state, made_by, made_at_s) VALUES (1, 'Lê An', 'le an',"
				" 'x', '', '', '', 'working', '', 5)"),
			&err),
		0);
	account = record_new(s, "accounts",
		(const char *const[]){ "ten", "an.le", "loai", "ca-nhan", "trang-thai", "dang-dung",
			"nguoi", "1", NULL });
	record_new(s, "accounts",
		(const char *const[]){ "ten", "an.le.cu", "loai", "ca-nhan", "trang-thai", "da-huy",
			"nguoi", "1", NULL });
	record_new(s, "devices",
		(const char *const[]){ "ten", "Máy 7", "loai", "may-tram", "trang-thai",
			"dang-dung", "nguoi-giu", "1", NULL });
	return account;
}

/* EVIDENCE: D12.1.e, D8.2#4 */
static void a_leaver_has_a_clock_from_the_effective_hour(void **state)
{
	static const struct said told[] = { { "decision", "15/QĐ" },
		{ "decision_day", "2026-06-01" }, { "effective", "2026-06-03T08:00" },
		{ "reason", "left" }, { "notified_to", "Trung tâm" },
		{ "notified_at", "2026-06-02T10:00" }, { NULL, NULL } };
	static const struct said handed[] = { { "receiver", "1" }, { "handed_over", "hồ sơ" },
		{ NULL, NULL } };
	static const struct said opened[] = { { "receiver", "1" }, { "handed_over", "hồ sơ" },
		{ "opened", "yes" }, { NULL, NULL } };
	const struct flow_value known[] = { { .field = STR("effective"),
		.value = STR("2026-06-03T08:00") } };
	struct store *s = fresh();
	int64_t day = at("2026-06-02", 10), id, account;
	struct flow_case c;

	(void)state;
	account = leaver_holds(s);
	id = begin(s, "personnel",
		(struct flow_subject){
			.staff_id = 1, .event_id = 9, .values = known, .value_count = 1 },
		day);
	assert_int_equal(flow_get(s, id, day, &arena, &c, &err), 0);
	assert_int_equal(c.due_at_s, at("2026-06-03", 24) - 1); /* leaver_delay_days: 0 */
	assert_int_equal(go(by(s, &officer, day), id, "notify", told), 0);
	assert_int_equal(
		judged(s, "tay-son/D12.1.e", at("2026-06-03", 23)).outcome, OUTCOME_UNKNOWN);
	assert_int_equal(judged(s, "tay-son/D12.1.e", at("2026-06-04", 1)).outcome, OUTCOME_FAIL);
	assert_int_equal(go(by(s, &officer, day), id, "revoked", NULL), ERR_CONFLICT);
	assert_int_equal(flow_get(s, id, day, &arena, &c, &err), 0);
	assert_int_equal(c.tasks_all, 3); /* account, device, remote access */
	do_tasks(by(s, &officer, day), id, "revoked");
	assert_true(str_is(record_says(s, account, "trang-thai"), "da-huy"));
	assert_int_equal(go(by(s, &officer, day), id, "revoked", NULL), 0);
	assert_int_equal(go(by(s, &head, day), id, "confirm", handed), ERR_CONFLICT);
	assert_true(is_about("opened"));
	assert_int_equal(go(by(s, &head, day), id, "confirm", opened), 0);
	assert_int_equal(judged(s, "tay-son/D12.1.e", at("2026-06-04", 1)).outcome, OUTCOME_PASS);
	assert_int_equal(judged(s, "tay-son/D8.2#4", at("2026-06-04", 1)).good, 1);
	store_close(s);
}

/* EVIDENCE: D13.3.c */
static void a_machine_joins_a_level_3_system_only_with_a_clean_new_audit(void **state)
{
	static const struct said level3[] = { { "host", "1" }, { "system", "Một cửa" },
		{ "level", "3" }, { "weaknesses", "đã vá" }, { "supervisor", "1" },
		{ NULL, NULL } };
	static const struct said level2[] = { { "host", "1" }, { "system", "Một cửa" },
		{ "level", "2" }, { "weaknesses", "đã vá" }, { "supervisor", "1" },
		{ NULL, NULL } };
	static const struct said when[] = { { "connected_at", "2026-06-08T08:00" },
		{ NULL, NULL } };
	struct store *s = fresh();
	int64_t day = at("2026-06-08", 8), id, host_id;
	struct evidence rows[5] = { 0 };
	struct audit_run run = { .at_s = day - 8 * CLOCK_DAY_S, .program = STR("thử") };

	(void)state;
	assert_int_equal(org_host_seen(s, "may-1", "workstation", day, &host_id, &err), 0);
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = (struct evidence){ .host_id = host_id,
			.check = STR("pw.len"),
			.subject = STR(""),
			.outcome = OUTCOME_PASS };
	run.host_id = host_id;
	run.count[OUTCOME_PASS] = 5;
	assert_int_equal(evidence_add_run(s, &run, rows, 5, &err), 0);
	id = begin(s, "connect-machine", (struct flow_subject){ 0 }, day);
	assert_int_equal(go(by(s, &officer, day), id, "check", level3), 0);
	assert_int_equal(go(by(s, &head, day), id, "connect", when), ERR_CONFLICT); /* old */
	assert_true(is_about("host"));
	run.at_s = day - CLOCK_DAY_S;
	run.count[OUTCOME_PASS] = 3;
	run.count[OUTCOME_FAIL] = 2;
	assert_int_equal(evidence_add_run(s, &run, rows, 5, &err), 0);
	assert_int_equal(go(by(s, &head, day), id, "connect", when), ERR_CONFLICT); /* 60 % */
	run.count[OUTCOME_PASS] = 4;
	run.count[OUTCOME_FAIL] = 1;
	assert_int_equal(evidence_add_run(s, &run, rows, 5, &err), 0);
	assert_int_equal(go(by(s, &head, day), id, "connect", when), 0);
	id = begin(s, "connect-machine", (struct flow_subject){ 0 }, day + 20 * CLOCK_DAY_S);
	assert_int_equal(go(by(s, &officer, day + 20 * CLOCK_DAY_S), id, "check", level2), 0);
	assert_int_equal(go(by(s, &head, day + 20 * CLOCK_DAY_S), id, "connect", when), 0);
	store_close(s);
}

static void bad_values_change_nothing_and_are_named(void **state)
{
	static const struct said bad[] = { { "proposal", "x" }, { "tool", "nwipe" },
		{ NULL, NULL } };
	static const struct said dates[] = { { "disk_serial", "1" }, { "method", "magic" },
		{ "tool", "x" }, { "erased_day", "2026-02-30" }, { NULL, NULL } };
	static const struct said fine[] = { { "proposal", "x" }, { NULL, NULL } };
	struct store *s = fresh();
	int64_t day = at("2026-06-01", 8), id, again;
	struct flow_subject event = {
		.unit_id = 1, .staff_id = 4, .event_id = 9, .title = STR("x")
	};
	struct flow_by me = by(s, &officer, day);
	struct flow_history h;

	(void)state;
	id = begin(s, "device-disposal", (struct flow_subject){ .record_id = 7 }, day);
	assert_int_equal(go(by(s, &head, day), id, "accept", bad), ERR_CONFLICT);
	assert_true(is_about("tool"));
	assert_int_equal(go(by(s, &head, day), id, "fly", fine), ERR_ABSENT);
	assert_int_equal(go(by(s, &head, day), 99, "accept", fine), ERR_ABSENT);
	assert_int_equal(go(by(s, &head, day), id, "accept", fine), 0);
	assert_int_equal(go(by(s, &officer, day), id, "erase", dates), ERR_CONFLICT);
	assert_true(is_about("method") && is_about("erased_day") && !is_about("disk_serial"));
	assert_int_equal(flow_history(s, id, &arena, &h, &err), 0);
	assert_int_equal(h.step_count, 1);
	assert_int_equal(h.value_count, 1);
	assert_int_equal(flow_start(&me, STR("personnel"), &event, &id, &err), 0);
	assert_int_equal(flow_start(&me, STR("personnel"), &event, &again, &err),
		ERR_CONFLICT); /* one decision, one case */
	event.record_id = 1;
	event.staff_id = 0;
	assert_int_equal(flow_start(&me, STR("personnel"), &event, &again, &err), ERR_INPUT);
	store_close(s);
}

static void lists_show_the_late_ones_first(void **state)
{
	struct store *s = fresh();
	int64_t day = at("2026-06-01", 8), first, second;
	struct flow_query q = { .units = STR("[1]"),
		.flow = STR(""),
		.text = STR(""),
		.now_s = day + 30 * CLOCK_DAY_S,
		.max = 10 };
	struct flow_cases list;

	(void)state;
	first = begin(s, "device-exit", (struct flow_subject){ .record_id = 7 }, day);
	second = begin(s, "domain-cancel", (struct flow_subject){ .record_id = 7 }, day);
	assert_int_equal(flow_list(s, &q, &arena, &list, &err), 0);
	assert_int_equal(list.all, 2);
	assert_int_equal(list.at[0].id, second); /* its clock ran out */
	assert_int_equal(list.at[1].id, first);
	q.show = FLOW_SHOW_LATE;
	q.text = STR("thu");
	assert_int_equal(flow_list(s, &q, &arena, &list, &err), 0);
	assert_int_equal(list.all, 1);
	q.units = STR("[2]");
	assert_int_equal(flow_list(s, &q, &arena, &list, &err), 0);
	assert_int_equal(list.all, 0);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_end_as_the_law_says),
		cmocka_unit_test(a_term_that_rests_on_an_expected_day_is_unsure),
		cmocka_unit_test(a_device_is_not_disposed_of_without_its_erasure_certificate),
		cmocka_unit_test(an_incident_beyond_the_unit_is_reported_within_the_hour),
		cmocka_unit_test(a_granted_exception_is_an_exception),
		cmocka_unit_test(a_vendor_goes_from_signing_through_a_breach_to_the_end),
		cmocka_unit_test(a_leaver_has_a_clock_from_the_effective_hour),
		cmocka_unit_test(a_machine_joins_a_level_3_system_only_with_a_clean_new_audit),
		cmocka_unit_test(bad_values_change_nothing_and_are_named),
		cmocka_unit_test(lists_show_the_late_ones_first),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
