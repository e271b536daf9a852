#include "core/org/org.h"
#include "core/org/account.h"
#include "core/org/outside.h"

#include "kit/crypto/crypto.h"
#include "test/unit.h"

#define START_S 1800000000
#define GOOD STR("Dung luat 1")
#define OTHER STR("Dung luat 2")

static struct str items[] = { { "lower", 5 }, { "upper", 5 }, { "digit-or-special", 16 } };
static struct param_value eight = { .number = 8, .is_number = true };
static struct param_value classes = { .items = items, .item_count = COUNT(items) };
static struct param_value five = { .number = 5, .is_number = true };
static struct param_value ten = { .number = 10, .is_number = true };
static struct org_rules rules = { .pw_min_len = &eight,
	.pw_classes = &classes,
	.login_fail_max = &five,
	.session_idle_min = &ten,
	.first_change_s = 24 * 3600 };

static struct arena arena;
static struct org_actor by;
static struct err err;

static int up(void **state)
{
	arena_init(&arena, 4 * MIB);
	by = (struct org_actor){ .rules = &rules,
		.login = STR("qt"),
		.peer = "127.0.0.1",
		.now_s = START_S,
		.key = STR("0123456789abcdef0123456789abcdef") };
	if (store_open(":memory:", &err, &by.store) < 0)
		return -1;
	return store_migrate(by.store, org_steps, org_step_count, &err);
}

static int down(void **state)
{
	store_close(by.store);
	arena_done(&arena);
	return 0;
}

static int64_t person(const char *login, const char *name, enum user_role role, struct str password)
{
	struct org_user u = { .login = str_of(login), .name = str_of(name), .role = role };
	int64_t id = 0;

	assert_int_equal(org_user_add(&by, &u, password, false, &id, &err), 0);
	return id;
}

static enum login_answer login(const char *name, struct str password, int *left)
{
	struct org_login try;

	assert_int_equal(org_login(&by, str_of(name), password, &try, &err), 0);
	*left = try.tries_left;
	return try.answer;
}

static const struct {
	const char *password;
	unsigned faults;
} passwords[] = {
	{ "Abcdefg1", 0 },
	{ "Abcdefg!", 0 },
	{ "Abcdef1", PASSWORD_SHORT },
	{ "abcdefg1", PASSWORD_NO_UPPER },
	{ "ABCDEFG1", PASSWORD_NO_LOWER },
	{ "Abcdefgh", PASSWORD_NO_DIGIT_OR_SPECIAL },
	{ "Đường1ăm", PASSWORD_NO_UPPER }, /* Đ is no kind the rule names for sure */
	{ "Mật khẩu 1", 0 },
	{ "",
		PASSWORD_SHORT | PASSWORD_NO_LOWER | PASSWORD_NO_UPPER |
			PASSWORD_NO_DIGIT_OR_SPECIAL },
	{ "Can.bo.xa1", PASSWORD_IS_NAME },
};

/* EVIDENCE: D8.3 */
static void passwords_keep_the_rule(void **state)
{
	char made[ORG_ONETIME_SIZE];

	for (size_t i = 0; i < COUNT(passwords); i++) {
		unsigned faults = org_password_faults(
			&rules, str_of(passwords[i].password), STR("can.bo.xa1"));

		if (faults != passwords[i].faults)
			fail_msg("%s: %u", passwords[i].password, faults);
	}
	for (int i = 0; i < 200; i++) {
		org_onetime(&rules, made);
		assert_int_equal(org_password_faults(&rules, str_of(made), STR_NONE), 0);
	}
}

/* EVIDENCE: D12.1.b#1 */
static void five_wrong_tries_lock(void **state)
{
	struct org_user user;
	int64_t id = person("an", "Lê Văn An", USER_ADMIN, GOOD);
	int left = -1;

	for (int i = 1; i < 5; i++) {
		assert_int_equal(login("an", STR("sai"), &left), LOGIN_WRONG);
		assert_int_equal(left, 5 - i);
	}
	assert_int_equal(login("AN ", STR("sai"), &left), LOGIN_LOCKED);
	assert_int_equal(login("an", GOOD, &left), LOGIN_LOCKED); /* also with the right one */
	by.now_s += 365 * CLOCK_DAY_S;
	assert_int_equal(login("an", GOOD, &left), LOGIN_LOCKED); /* time does not open it */
	assert_int_equal(org_user(by.store, id, &arena, &user, &err), 0);
	assert_int_equal(user.locked_at_s, START_S);
	assert_int_equal(org_user_unlock(&by, id, &err), 0);
	assert_int_equal(login("an", GOOD, &left), LOGIN_FINE);
}

static void a_name_that_does_not_exist_answers_the_same(void **state)
{
	int left = -1;

	for (int i = 1; i < 5; i++) {
		assert_int_equal(login("khong-co", STR("sai"), &left), LOGIN_WRONG);
		assert_int_equal(left, 5 - i);
	}
	assert_int_equal(login("khong-co", STR("sai"), &left), LOGIN_LOCKED);
	assert_int_equal(login("khong-co", STR("sai"), &left), LOGIN_LOCKED);
}

static void a_right_log_in_forgets_the_wrong_tries(void **state)
{
	int left = -1;

	(void)person("an", "Lê Văn An", USER_ADMIN, GOOD);
	assert_int_equal(login("an", STR("sai"), &left), LOGIN_WRONG);
	assert_int_equal(login("an", GOOD, &left), LOGIN_FINE);
	assert_int_equal(login("an", STR("sai"), &left), LOGIN_WRONG);
	assert_int_equal(left, 3); /* not before all steps are done */
	by.login = STR("an");
	assert_int_equal(org_logged_in(&by, 1, &err), 0);
	assert_int_equal(login("an", STR("sai"), &left), LOGIN_WRONG);
	assert_int_equal(left, 4);
}

/* EVIDENCE: D12.1.b#2 */
static void ten_idle_minutes_end_a_session(void **state)
{
	int64_t id = person("an", "Lê Văn An", USER_ADMIN, GOOD);
	char token[ORG_TOKEN_SIZE];
	struct org_session session;

	assert_int_equal(org_session_start(&by, id, false, token, &err), 0);
	for (int i = 0; i < 3; i++) { /* busy: it goes on */
		by.now_s += 9 * 60;
		assert_int_equal(
			org_session_find(&by, str_of(token), false, &arena, &session, &err), 1);
	}
	by.now_s += 9 * 60;
	assert_int_equal(org_session_find(&by, str_of(token), true, &arena, &session, &err), 1);
	by.now_s += 61; /* the quiet look did not count as doing something */
	assert_int_equal(org_session_find(&by, str_of(token), false, &arena, &session, &err), 0);
	assert_int_equal(org_session_find(&by, STR("x"), false, &arena, &session, &err), 0);
}

/* EVIDENCE: D8.1#1 */
static void log_in_names_are_unique(void **state)
{
	struct org_user u = { .login = STR("AN"), .name = STR("Người khác"), .role = USER_HEAD };
	int64_t id;

	(void)person("an", "Lê Văn An", USER_ADMIN, GOOD);
	assert_int_equal(org_user_add(&by, &u, OTHER, false, &id, &err), ERR_CONFLICT);
	u.login = STR("a n");
	assert_int_equal(org_user_add(&by, &u, OTHER, false, &id, &err), ERR_INPUT);
	u.login = STR("binh");
	u.name = STR("  ");
	assert_int_equal(org_user_add(&by, &u, OTHER, false, &id, &err), ERR_INPUT);
}

/* EVIDENCE: D12.1.đ#2 */
static void a_person_uses_no_password_twice(void **state)
{
	int64_t admin = person("an.qt", "Lê Văn An", USER_ADMIN, GOOD);
	int64_t plain = person("an", "LÊ VĂN AN", USER_OFFICER, OTHER);
	unsigned faults = 0;

	assert_int_equal(org_password_change(&by, plain, OTHER, GOOD, &faults, &err), 0);
	assert_int_equal(faults, PASSWORD_USED); /* the same person's other account */
	assert_int_equal(org_password_change(&by, admin, GOOD, GOOD, &faults, &err), 0);
	assert_int_equal(faults, PASSWORD_USED);
	assert_int_equal(
		org_password_change(&by, admin, GOOD, STR("Hoan toan 3"), &faults, &err), 0);
	assert_int_equal(faults, 0);
	assert_int_equal(
		org_password_change(&by, admin, STR("Hoan toan 3"), GOOD, &faults, &err), 0);
	assert_int_equal(faults, PASSWORD_USED); /* nor an earlier one */
	assert_int_equal(
		org_password_change(&by, admin, STR("sai"), STR("Moi hoan 4"), &faults, &err),
		ERR_DENIED);
}

/* EVIDENCE: D12.1.a#2, D8.2#5 */
static void a_one_time_password_must_be_changed_in_time(void **state)
{
	struct org_user u = { .login = STR("moi"), .name = STR("Người mới"), .role = USER_OFFICER };
	unsigned faults;
	int64_t id = 0;
	int left;

	assert_int_equal(org_user_add(&by, &u, GOOD, true, &id, &err), 0);
	assert_int_equal(org_user(by.store, id, &arena, &u, &err), 0);
	assert_true(u.must_change);
	assert_int_equal(login("moi", GOOD, &left), LOGIN_FINE);
	by.now_s += rules.first_change_s + 1;
	assert_int_equal(login("moi", GOOD, &left), LOGIN_EXPIRED);
	assert_int_equal(org_user_reset(&by, id, OTHER, &err), 0);
	assert_int_equal(org_password_change(&by, id, OTHER, STR("Cua rieng 3"), &faults, &err), 0);
	assert_int_equal(faults, 0);
	assert_int_equal(org_user(by.store, id, &arena, &u, &err), 0);
	assert_false(u.must_change);
	by.now_s += 365 * CLOCK_DAY_S;
	assert_int_equal(login("moi", STR("Cua rieng 3"), &left), LOGIN_FINE);
}

static enum login_answer second(int64_t id, const char *code)
{
	struct org_login try;

	assert_int_equal(org_second_step(&by, id, str_of(code), &try, &err), 0);
	return try.answer;
}

static void a_second_step_works_once_and_locks_too(void **state)
{
	int64_t id = person("an", "Lê Văn An", USER_ADMIN, GOOD);
	struct str key = STR("12345678901234567890");
	struct org_recovery recovery;
	char code[7];

	by.login = STR("an");
	assert_int_equal(org_second_step_on(&by, id, key, STR("000000"), &recovery, &err), 0);
	assert_false(recovery.is_right);
	totp_code(key, by.now_s, code);
	assert_int_equal(org_second_step_on(&by, id, key, str_of(code), &recovery, &err), 0);
	assert_true(recovery.is_right);
	assert_int_equal(second(id, code), LOGIN_WRONG); /* it was used to turn the step on */
	by.now_s += 60;
	assert_int_equal(second(id, totp_code(key, by.now_s, code)), LOGIN_FINE);
	assert_int_equal(second(id, recovery.codes[3]), LOGIN_FINE);
	for (int i = 0; i < 4; i++)
		assert_int_equal(second(id, recovery.codes[3]), i < 3 ? LOGIN_WRONG : LOGIN_LOCKED);
	assert_int_equal(second(id, recovery.codes[4]), LOGIN_LOCKED);
}

static void an_administrator_always_remains(void **state)
{
	int64_t admin = person("an", "Lê Văn An", USER_ADMIN, GOOD);
	int64_t other = person("binh", "Trần Thị Bình", USER_OFFICER, OTHER);
	char token[ORG_TOKEN_SIZE];
	struct org_session session;

	assert_int_equal(org_user_disable(&by, admin, true, &err), ERR_CONFLICT);
	assert_int_equal(org_user_set_role(&by, admin, USER_HEAD, &err), ERR_CONFLICT);
	assert_int_equal(org_user_set_role(&by, other, USER_ADMIN | USER_HEAD, &err), ERR_INPUT);
	assert_int_equal(org_user_set_role(&by, other, USER_ADMIN, &err), 0);
	assert_int_equal(org_session_start(&by, admin, false, token, &err), 0);
	assert_int_equal(org_user_disable(&by, admin, true, &err), 0);
	assert_int_equal(org_session_find(&by, str_of(token), false, &arena, &session, &err), 0);
	assert_int_equal(org_user_disable(&by, 99, true, &err), ERR_ABSENT);
}

static void the_set_up_code_is_good_once(void **state)
{
	char code[ORG_CODE_SIZE];
	bool is_right = true;

	assert_int_equal(org_code_use(by.store, STR(""), &is_right, &err), 0);
	assert_false(is_right);
	assert_int_equal(org_code_make(by.store, code, &err), 0);
	assert_int_equal(org_code_use(by.store, STR("AAAA-AAAA-AAAA"), &is_right, &err), 0);
	assert_false(is_right);
	assert_int_equal(org_code_use(by.store, str_of(code), &is_right, &err), 0);
	assert_true(is_right);
	assert_int_equal(org_code_use(by.store, str_of(code), &is_right, &err), 0);
	assert_false(is_right);
}

static void events_are_only_added(void **state)
{
	static const char sql[] = "DELETE FROM event";
	struct org_event *events;
	size_t count;

	assert_int_equal(org_note(&by, "test", STR("việc"), &err), 0);
	assert_true(store_run(store_query(by.store, sql), &err) < 0);
	assert_int_equal(org_events(by.store, &(struct org_events_asked){ .max = 10 }, &arena,
				 &events, &count, &err),
		0);
	assert_int_equal(count, 1);
	assert_true(str_is(events[0].about, "việc"));
}

static void machines_are_known_by_name(void **state)
{
	struct org_host host;
	int64_t id = 0, again = 0;

	assert_int_equal(org_host_seen(by.store, "may-1", "workstation", START_S, &id, &err), 0);
	assert_int_equal(org_host_seen(by.store, "may-1", "server", START_S + 9, &again, &err), 0);
	assert_int_equal(id, again);
	assert_int_equal(org_host_set(by.store, id, STR("secret-pc"), 3, &err), 0);
	assert_int_equal(org_host_set(by.store, id, STR("toaster"), 3, &err), ERR_INPUT);
	assert_int_equal(org_host_set(by.store, id, STR("server"), 6, &err), ERR_INPUT);
	assert_int_equal(org_host(by.store, id, &arena, &host, &err), 0);
	assert_true(str_is(host.kind, "secret-pc"));
	assert_int_equal(host.last_seen_s, START_S + 9);
	assert_int_equal(org_host(by.store, 77, &arena, &host, &err), ERR_ABSENT);
}

/* Of several groups the first row holds; a name may be the DN or its first part; an account with a
 * password here is nobody else's. */
static void a_group_gives_a_role_and_never_an_account_of_ours(void **state)
{
	struct str groups[] = { STR("cn=Can-Bo,ou=nhom,dc=vn"), STR("cn=quan-tri,ou=nhom,dc=vn") };
	struct org_outside x = { .source = ORG_LDAP,
		.login = STR("Binh.Tran"),
		.name = STR("Trần Bình"),
		.groups = groups,
		.group_count = 2 };
	struct org_group officer = { 0, STR(ORG_LDAP), STR("can-bo"), USER_OFFICER, 1 },
			 admin = { 0, STR(ORG_LDAP), groups[1], USER_ADMIN, 1 }, *list;
	struct org_login try;
	struct org_user u;
	size_t count;

	assert_int_equal(org_group_add(&by, &officer, &err), 0);
	assert_int_equal(org_group_add(&by, &admin, &err), 0);
	assert_int_equal(org_group_add(&by, &officer, &err), ERR_CONFLICT);
	assert_int_equal(org_groups(by.store, &arena, &list, &count, &err), 0);
	assert_int_equal(org_group_of(list, count, &x)->role, USER_OFFICER);
	assert_int_equal(org_outside_in(&by, &x, &list[0], &try, &err), 0);
	assert_int_equal(try.answer, LOGIN_FINE);
	assert_int_equal(org_user_by_login(by.store, STR("binh.tran"), &arena, &u, &err), 0);
	assert_true(str_is(u.source, ORG_LDAP));
	/* no password of it is right here, whatever it is */
	assert_int_equal(org_login(&by, STR("binh.tran"), STR(""), &try, &err), 0);
	assert_int_equal(try.answer, LOGIN_WRONG);
	person("an.le", "Lê An", USER_ADMIN, GOOD);
	x.login = STR("an.le");
	assert_int_equal(org_outside_in(&by, &x, &list[0], &try, &err), ERR_CONFLICT);
	x.groups = groups + 1;
	x.group_count = 0;
	assert_null(org_group_of(list, count, &x));
}

/* Issuer and subject say who it is; a name or an address says nothing. */
static void at_a_provider_the_subject_is_the_person(void **state)
{
	struct org_outside x = { .source = ORG_OIDC,
		.login = STR("chi.pham"),
		.email = STR("chi@xa.vn"),
		.issuer = STR("https://a.vn"),
		.subject = STR("s1") };
	struct org_group g = { 0, STR(ORG_OIDC), STR("can-bo"), USER_STAFF, 1 };
	struct org_login try, again;
	struct org_user u;

	assert_int_equal(org_outside_in(&by, &x, &g, &try, &err), 0);
	x.login = STR("another.name");
	assert_int_equal(org_outside_in(&by, &x, &g, &again, &err), 0);
	assert_int_equal(again.user_id, try.user_id);
	x.login = STR("chi.pham");
	x.subject = STR("s2");
	assert_int_equal(org_outside_in(&by, &x, &g, &again, &err), ERR_CONFLICT);
	x.subject = STR("s1");
	x.issuer = STR("https://b.vn");
	assert_int_equal(org_outside_in(&by, &x, &g, &again, &err), ERR_CONFLICT);
	person("an.le", "Lê An", USER_ADMIN, GOOD);
	assert_int_equal(org_user_by_login(by.store, STR("an.le"), &arena, &u, &err), 0);
	assert_int_equal(
		org_subject_link(&by, u.id, STR("https://a.vn"), STR("s1"), &err), ERR_CONFLICT);
	assert_int_equal(org_subject_link(&by, u.id, x.issuer, x.subject, &err), 0);
	assert_int_equal(org_outside_in(&by, &x, &g, &again, &err), 0);
	assert_int_equal(again.user_id, u.id);
	assert_int_equal(org_login(&by, STR("an.le"), GOOD, &again, &err), 0);
	assert_int_equal(again.answer, LOGIN_WRONG);
	person("emergency", "Lê An", USER_ADMIN, GOOD);
	assert_int_equal(org_user_by_login(by.store, STR("emergency"), &arena, &u, &err), 0);
	assert_int_equal(org_emergency_set(&by, u.id, true, &err), 0);
	assert_int_equal(org_subject_link(&by, u.id, x.issuer, STR("s9"), &err), ERR_CONFLICT);
}

/* As many questions at once as there are tries left; only wrong answers count. */
static void tries_elsewhere_are_asked_as_long_as_all_may_be_wrong(void **state)
{
	struct org_login wrong;
	enum org_try try;

	assert_int_equal(org_try_begin(&by, STR("chi"), 4, &try, &err), 0);
	assert_int_equal(try, ORG_TRY_ASK);
	assert_int_equal(org_try_begin(&by, STR("chi"), 5, &try, &err), 0);
	assert_int_equal(try, ORG_TRY_LATER);
	for (int64_t i = 4; i > 0; i--) {
		assert_int_equal(org_try_wrong(&by, STR("Chi "), &wrong, &err), 0);
		assert_int_equal(wrong.answer, LOGIN_WRONG);
		assert_int_equal(wrong.tries_left, i);
		assert_int_equal(org_try_begin(&by, STR("chi"), i, &try, &err), 0);
		assert_int_equal(try, ORG_TRY_LATER);
		assert_int_equal(org_try_begin(&by, STR("chi"), i - 1, &try, &err), 0);
		assert_int_equal(try, ORG_TRY_ASK);
	}
	assert_int_equal(org_try_wrong(&by, STR("chi"), &wrong, &err), 0);
	assert_int_equal(wrong.answer, LOGIN_LOCKED);
	assert_int_equal(org_try_begin(&by, STR("chi"), 0, &try, &err), 0);
	assert_int_equal(try, ORG_TRY_LOCKED);
	assert_true(org_is_login(STR(" An.Le"), STR("an.le")));
	assert_false(org_is_login(STR("an.le"), STR("an.l")));
}

static void a_secret_is_sealed_and_bound_to_its_name(void **state)
{
	struct str got = STR_NONE, kept = STR_NONE;

	assert_int_equal(org_secret_set(&by, "ldap.secret", STR("Doc-danh-ba"), &err), 0);
	assert_int_equal(org_setting(by.store, "ldap.secret", &arena, &kept, &err), 0);
	assert_true(str_find(kept, STR("Doc")) < 0);
	assert_int_equal(org_secret(by.store, by.key, "ldap.secret", &arena, &got, &err), 0);
	assert_true(str_is(got, "Doc-danh-ba"));
	assert_int_equal(org_set(by.store, "mail.secret", kept, &err), 0);
	assert_int_equal(
		org_secret(by.store, by.key, "mail.secret", &arena, &got, &err), ERR_CRYPTO);
	assert_int_equal(org_secret_set(&by, "ldap.secret", STR(""), &err), 0);
	assert_int_equal(org_secret(by.store, by.key, "ldap.secret", &arena, &got, &err), 0);
	assert_null(got.ptr);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(passwords_keep_the_rule),
		TEST(five_wrong_tries_lock),
		TEST(a_name_that_does_not_exist_answers_the_same),
		TEST(a_right_log_in_forgets_the_wrong_tries),
		TEST(ten_idle_minutes_end_a_session),
		TEST(log_in_names_are_unique),
		TEST(a_person_uses_no_password_twice),
		TEST(a_one_time_password_must_be_changed_in_time),
		TEST(a_second_step_works_once_and_locks_too),
		TEST(an_administrator_always_remains),
		TEST(the_set_up_code_is_good_once),
		TEST(events_are_only_added),
		TEST(machines_are_known_by_name),
		TEST(a_group_gives_a_role_and_never_an_account_of_ours),
		TEST(at_a_provider_the_subject_is_the_person),
		TEST(tries_elsewhere_are_asked_as_long_as_all_may_be_wrong),
		TEST(a_secret_is_sealed_and_bound_to_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
