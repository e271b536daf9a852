/* pam_rules, pw_policy, lock_policy, remote_users: what PAM does with passwords. */
#include <string.h>

#include "kit/text/text.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/password.h"

/* ---- pam_rules ---- */

enum {
	RULE_SERVICE,
	RULE_TYPE,
	RULE_SEQ,
	RULE_LEVEL,
	RULE_CONTROL,
	RULE_MODULE,
	RULE_ARGS,
	RULE_MISSING,
	RULE_FILE,
	RULE_LINE
};

static const struct fact_column rule_columns[] = {
	{ "service", FACT_TEXT, T("dịch vụ") },
	{ "type", FACT_TEXT, T("loại: auth, account, password, session") },
	{ "seq", FACT_INT, T("thứ tự trong chuỗi đã trải phẳng") },
	{ "level", FACT_INT, T("độ sâu chuỗi con (substack)") },
	{ "control", FACT_TEXT, T("từ điều khiển") },
	{ "module", FACT_TEXT, T("mô-đun") },
	{ "args", FACT_TEXT, T("tham số") },
	{ "is_missing", FACT_INT, T("1 nếu không có tệp mô-đun trên máy") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ NULL, FACT_TEXT, NULL },
};

static void add_rules(
	struct fact_rows *rows, struct host *h, struct str service, enum pam_type type)
{
	struct pam_stack s;
	const char *name = arena_cstr(host_arena(h), service);

	pam_stack_read(h, name, type, &s);
	if (s.broken)
		host_gap(h, s.broken, s.broken_path.ptr);
	for (size_t i = 0; i < s.count; i++) {
		const struct pam_rule *rule = &s.rules[i];

		fact_row(rows);
		fact_text(rows, RULE_SERVICE, service);
		fact_cstr(rows, RULE_TYPE, pam_type_name(type));
		fact_int(rows, RULE_SEQ, (int64_t)i + 1);
		fact_int(rows, RULE_LEVEL, rule->level);
		fact_text(rows, RULE_CONTROL, rule->is_substack ? STR("substack") : rule->control);
		fact_text(rows, RULE_MODULE, rule->module);
		fact_text(rows, RULE_ARGS, rule->args);
		fact_int(rows, RULE_MISSING, rule->is_missing);
		fact_text(rows, RULE_FILE, rule->file);
		fact_int(rows, RULE_LINE, rule->line);
	}
}

#define SERVICES_MAX 100

static int fill_rules(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char *const folders[] = { "/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d" };
	size_t done = 0;

	for (size_t f = 0; f < COUNT(folders); f++) {
		const struct str *names;
		size_t count;

		if (host_list(h, folders[f], &names, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			if (str_has(names[i], '.') || str_starts(names[i], "common-") ||
				++done > SERVICES_MAX)
				continue;
			for (int type = PAM_TYPE_AUTH; type <= PAM_TYPE_SESSION; type++)
				add_rules(rows, h, names[i], (enum pam_type)type);
		}
	}
	if (done > SERVICES_MAX)
		host_gap(h, GAP_LIMIT, "/etc/pam.d");
	return 0;
}

const struct fact_table pam_rules_table = {
	.name = "pam_rules",
	.words = T("các bước xác thực (PAM) của từng dịch vụ, đã trải phẳng"),
	.columns = rule_columns,
	.fill = fill_rules,
};

/* ---- pw_policy ---- */

enum {
	PW_SERVICE,
	PW_MODULE,
	PW_ENFORCED,
	PW_FOR_ROOT,
	PW_MINLEN,
	PW_LOWER,
	PW_UPPER,
	PW_DIGIT,
	PW_OTHER,
	PW_DIGIT_OR_OTHER,
	PW_FOUND_LENGTH,
	PW_LENGTH_FILE,
	PW_LENGTH_LINE,
	PW_LENGTH_LOST,
	PW_FOUND_CLASSES,
	PW_CLASSES_FILE,
	PW_CLASSES_LINE,
	PW_CLASSES_LOST,
	PW_FAULT,
	PW_REASON,
	PW_DETAIL,
	PW_FILE,
	PW_LINE
};

static const struct fact_column pw_columns[] = {
	{ "service", FACT_TEXT, T("dịch vụ đổi mật khẩu") },
	{ "module", FACT_TEXT, T("mô-đun quyết định chất lượng mật khẩu") },
	{ "is_enforced", FACT_INT, T("1 nếu mật khẩu không đạt thì không đặt được") },
	{ "is_for_root", FACT_INT, T("1 nếu ràng buộc cả quản trị (root)") },
	{ "minlen", FACT_INT, T("số ký tự ít nhất thực sự có hiệu lực") },
	{ "needs_lower", FACT_INT, T("1 nếu bắt buộc chữ thường") },
	{ "needs_upper", FACT_INT, T("1 nếu bắt buộc chữ hoa") },
	{ "needs_digit", FACT_INT, T("1 nếu bắt buộc chữ số") },
	{ "needs_other", FACT_INT, T("1 nếu bắt buộc ký tự đặc biệt") },
	{ "needs_digit_or_other", FACT_INT, T("1 nếu bắt buộc chữ số hoặc ký tự đặc biệt") },
	{ "found_length", FACT_TEXT, T("giá trị đọc được về độ dài") },
	{ "length_file", FACT_TEXT, T("tệp đặt độ dài") },
	{ "length_line", FACT_INT, T("dòng") },
	{ "length_lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ "found_classes", FACT_TEXT, T("giá trị đọc được về loại ký tự") },
	{ "classes_file", FACT_TEXT, T("tệp đặt loại ký tự") },
	{ "classes_line", FACT_INT, T("dòng") },
	{ "classes_lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ "fault", FACT_TEXT, T("vì sao mô-đun có mà không ràng buộc") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp chứa dòng quyết định") },
	{ "line", FACT_INT, T("dòng") },
	{ NULL, FACT_TEXT, NULL },
};

/* FILE, LINE and LOST of a setting into three columns that follow one another. */
static void put_place(struct fact_rows *rows, int column, const struct setting *s)
{
	if (s->file.ptr)
		fact_text(rows, column, s->file);
	if (s->line > 0)
		fact_int(rows, column + 1, s->line);
	if (s->lost.len > 0)
		fact_text(rows, column + 2, s->lost);
}

static void put_policy(struct fact_rows *rows, const struct password_policy *p)
{
	fact_text(rows, PW_MODULE, p->module);
	fact_int(rows, PW_ENFORCED, p->kind != QUALITY_NONE && p->is_enforced);
	fact_int(rows, PW_FOR_ROOT, p->is_for_root);
	fact_int(rows, PW_MINLEN, p->minlen);
	fact_int(rows, PW_LOWER, p->is_enforced && p->needs_lower);
	fact_int(rows, PW_UPPER, p->is_enforced && p->needs_upper);
	fact_int(rows, PW_DIGIT, p->is_enforced && p->needs_digit);
	fact_int(rows, PW_OTHER, p->is_enforced && p->needs_other);
	fact_int(rows, PW_DIGIT_OR_OTHER, p->is_enforced && p->needs_digit_or_other);
	fact_text(rows, PW_FOUND_LENGTH, p->found_length);
	put_place(rows, PW_LENGTH_FILE, &p->length);
	fact_text(rows, PW_FOUND_CLASSES, p->found_classes);
	put_place(rows, PW_CLASSES_FILE, &p->classes);
	fact_cstr(rows, PW_FAULT, p->fault);
	if (p->active.file.ptr)
		fact_text(rows, PW_FILE, p->active.file);
	if (p->active.line > 0)
		fact_int(rows, PW_LINE, p->active.line);
}

static int fill_pw(struct host *h, struct fact_rows *rows, struct err *e)
{
	if (!pam_is_present(h))
		return 0;
	for (size_t i = 0; password_services[i]; i++) {
		struct password_policy p;

		/* passwd always counts: without an own file the service "other" speaks for it */
		if (i > 0 && !pam_has_service(h, password_services[i]))
			continue;
		password_policy(h, password_services[i], &p);
		fact_row(rows);
		fact_cstr(rows, PW_SERVICE, password_services[i]);
		if (p.reason) {
			fact_cstr(rows, PW_REASON, p.reason);
			fact_text(rows, PW_DETAIL, p.detail);
			continue;
		}
		put_policy(rows, &p);
	}
	return 0;
}

const struct fact_table pw_policy_table = {
	.name = "pw_policy",
	.words = T("chính sách mật khẩu thực sự có hiệu lực của từng dịch vụ"),
	.columns = pw_columns,
	.fill = fill_pw,
};

/* ---- lock_policy ---- */

enum {
	LOCK_SERVICE,
	LOCK_MODULE,
	LOCK_DENY,
	LOCK_UNLOCK,
	LOCK_COUNTED,
	LOCK_REFUSED,
	LOCK_RESET,
	LOCK_FOR_ROOT,
	LOCK_REASON,
	LOCK_DETAIL,
	LOCK_FILE,
	LOCK_LINE,
	LOCK_LOST
};

static const struct fact_column lock_columns[] = {
	{ "service", FACT_TEXT, T("dịch vụ đăng nhập") },
	{ "module", FACT_TEXT, T("mô-đun khóa tài khoản") },
	{ "deny", FACT_INT, T("số lần sai thì khóa; 0 = không bao giờ") },
	{ "unlock_s", FACT_INT, T("số giây thì tự mở; 0 = do quản trị mở") },
	{ "is_counted", FACT_INT, T("1 nếu lần nhập sai được đếm") },
	{ "is_refused", FACT_INT, T("1 nếu tài khoản đã khóa thì bị từ chối dù nhập đúng") },
	{ "is_reset", FACT_INT, T("1 nếu nhập đúng thì đếm lại từ đầu") },
	{ "is_for_root", FACT_INT, T("1 nếu khóa cả quản trị (root)") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp đặt số lần") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

static void put_lock(struct fact_rows *rows, const struct lock_policy *p)
{
	fact_text(rows, LOCK_MODULE, p->module);
	put_place(rows, LOCK_FILE, &p->deny_at);
	if (p->reason) {
		fact_cstr(rows, LOCK_REASON, p->reason);
		fact_text(rows, LOCK_DETAIL, p->detail);
		return;
	}
	if (p->module.len > 0) {
		fact_int(rows, LOCK_DENY, p->deny);
		fact_int(rows, LOCK_UNLOCK, p->unlock_s);
	}
	fact_int(rows, LOCK_RESET, p->is_reset);
	fact_int(rows, LOCK_FOR_ROOT, p->is_for_root);
	if (p->is_uncertain) {
		fact_cstr(rows, LOCK_REASON, "conditional");
		return;
	}
	fact_int(rows, LOCK_COUNTED, p->is_counted);
	fact_int(rows, LOCK_REFUSED, p->is_refused);
}

static int fill_lock(struct host *h, struct fact_rows *rows, struct err *e)
{
	if (!pam_is_present(h))
		return 0;
	for (size_t i = 0; login_services[i]; i++) {
		struct lock_policy p;

		if (i > 0 && !pam_has_service(h, login_services[i]))
			continue;
		lock_policy(h, login_services[i], &p);
		fact_row(rows);
		fact_cstr(rows, LOCK_SERVICE, login_services[i]);
		put_lock(rows, &p);
	}
	return 0;
}

const struct fact_table lock_policy_table = {
	.name = "lock_policy",
	.words = T("khóa tài khoản sau nhiều lần nhập sai, theo từng dịch vụ"),
	.columns = lock_columns,
	.fill = fill_lock,
};

/* ---- remote_users ---- */

enum { REMOTE_SOURCE, REMOTE_CONF, REMOTE_FILE, REMOTE_LINE };

static const struct fact_column remote_columns[] = {
	{ "source", FACT_TEXT, T("nguồn tài khoản từ xa (sss, ldap, winbind, nis)") },
	{ "conf", FACT_TEXT, T("tệp cấu hình của nguồn đó") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ NULL, FACT_TEXT, NULL },
};

static int fill_remote(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct remote_source sources[16];
	size_t count = remote_sources(h, sources, COUNT(sources));

	for (size_t i = 0; i < count; i++) {
		fact_row(rows);
		fact_text(rows, REMOTE_SOURCE, sources[i].name);
		fact_text(rows, REMOTE_CONF, sources[i].file);
		fact_cstr(rows, REMOTE_FILE, "/etc/nsswitch.conf");
		fact_int(rows, REMOTE_LINE, sources[i].line);
	}
	return 0;
}

const struct fact_table remote_users_table = {
	.name = "remote_users",
	.words = T("nguồn tài khoản ngoài máy (LDAP, AD) đang được dùng"),
	.columns = remote_columns,
	.fill = fill_remote,
};
