/* users, groups, shadow: the accounts of this machine, from its own files. */
#include "kit/text/text.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/user_records.h"
#include "work/hostaudit/users.h"

#define PASSWD "/etc/passwd"
#define GROUP "/etc/group"
#define SHADOW "/etc/shadow"

enum {
	USER_NAME,
	USER_UID,
	USER_GID,
	USER_HOME,
	USER_SHELL,
	USER_PASSWORD,
	USER_IS_LOGIN,
	USER_FILE,
	USER_LINE
};

static const struct fact_column user_columns[] = {
	{ "name", FACT_TEXT, T("tên tài khoản") },
	{ "uid", FACT_INT, T("số định danh người dùng") },
	{ "gid", FACT_INT, T("số định danh nhóm chính") },
	{ "home", FACT_TEXT, T("thư mục nhà") },
	{ "shell", FACT_TEXT, T("chương trình chạy khi đăng nhập") },
	{ "password", FACT_TEXT, T("mật khẩu đặt ở đâu: shadow, empty, set, locked, none") },
	{ "is_login", FACT_INT, T("1 nếu đăng nhập vào được dòng lệnh") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ NULL, FACT_TEXT, NULL },
};

static void note_unread(struct host *h, const struct account_reader *r, const char *path)
{
	if (r->skipped > 0)
		host_gap(h, GAP_SYNTAX, path);
}

struct records {
	struct host *h;
	struct fact_rows *rows;
};

static void show_record(void *context, const struct user_record *u)
{
	struct records *r = context;
	struct fact_rows *rows = r->rows;

	/* an image may tell of its accounts in both ways */
	if (u->uid >= 0 && str_eq(user_name(r->h, u->uid), u->name))
		return;
	fact_row(rows);
	fact_text(rows, USER_NAME, u->name);
	if (u->uid >= 0)
		fact_int(rows, USER_UID, u->uid);
	if (u->gid >= 0)
		fact_int(rows, USER_GID, u->gid);
	fact_text(rows, USER_HOME, u->home);
	fact_text(rows, USER_SHELL, u->shell);
	fact_cstr(rows, USER_PASSWORD, u->password);
	fact_int(rows, USER_IS_LOGIN, account_shell_is_login(u->shell));
	fact_text(rows, USER_FILE, u->file);
	fact_int(rows, USER_LINE, u->line);
}

static int fill_users(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct account_reader r;
	struct account_line a;

	account_init(&r, host_bytes(h, STR(PASSWD), NULL));
	while (account_next(&r, 7, &a)) {
		int64_t uid = account_id(a.field[2]);

		if (uid < 0)
			host_gap(h, GAP_SYNTAX, PASSWD);
		fact_row(rows);
		fact_text(rows, USER_NAME, a.field[0]);
		if (uid >= 0)
			fact_int(rows, USER_UID, uid);
		if (account_id(a.field[3]) >= 0)
			fact_int(rows, USER_GID, account_id(a.field[3]));
		fact_text(rows, USER_HOME, a.field[5]);
		fact_text(rows, USER_SHELL, a.field[6].len > 0 ? a.field[6] : STR("/bin/sh"));
		fact_cstr(rows, USER_PASSWORD, account_password_state(a.field[1]));
		fact_int(rows, USER_IS_LOGIN, account_shell_is_login(a.field[6]));
		fact_cstr(rows, USER_FILE, PASSWD);
		fact_int(rows, USER_LINE, a.line);
	}
	note_unread(h, &r, PASSWD);
	user_records(h, show_record, &(struct records){ h, rows });
	return 0;
}

const struct fact_table users_table = {
	.name = "users",
	.words = T("tài khoản trên máy (/etc/passwd, hồ sơ của systemd-homed và userdb)"),
	.columns = user_columns,
	.fill = fill_users,
};

enum { GROUP_NAME, GROUP_GID, GROUP_MEMBERS, GROUP_FILE, GROUP_LINE };

static const struct fact_column group_columns[] = {
	{ "name", FACT_TEXT, T("tên nhóm") },
	{ "gid", FACT_INT, T("số định danh nhóm") },
	{ "members", FACT_TEXT, T("thành viên, cách nhau bằng dấu phẩy") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ NULL, FACT_TEXT, NULL },
};

static int fill_groups(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct account_reader r;
	struct account_line a;

	account_init(&r, host_bytes(h, STR(GROUP), NULL));
	while (account_next(&r, 3, &a)) {
		fact_row(rows);
		fact_text(rows, GROUP_NAME, a.field[0]);
		if (account_id(a.field[2]) >= 0)
			fact_int(rows, GROUP_GID, account_id(a.field[2]));
		fact_text(rows, GROUP_MEMBERS, a.field[3]);
		fact_cstr(rows, GROUP_FILE, GROUP);
		fact_int(rows, GROUP_LINE, a.line);
	}
	note_unread(h, &r, GROUP);
	return 0;
}

const struct fact_table groups_table = {
	.name = "groups",
	.words = T("nhóm tài khoản trên máy (/etc/group)"),
	.columns = group_columns,
	.fill = fill_groups,
};

/* The columns after STATE and ALGORITHM are the fields 2 to 7 of the line, in order. */
enum {
	SHADOW_NAME,
	SHADOW_STATE,
	SHADOW_ALGORITHM,
	SHADOW_LAST_CHANGE,
	SHADOW_MIN,
	SHADOW_MAX,
	SHADOW_WARN,
	SHADOW_INACTIVE,
	SHADOW_EXPIRE,
	SHADOW_TWIN,
	SHADOW_FILE,
	SHADOW_LINE
};

static const struct fact_column shadow_columns[] = {
	{ "name", FACT_TEXT, T("tên tài khoản") },
	{ "state", FACT_TEXT, T("mật khẩu: empty, set, locked, none") },
	{ "algorithm", FACT_TEXT, T("thuật toán băm mật khẩu (không bao giờ có chuỗi băm)") },
	{ "last_change_day", FACT_INT,
		"ngày đổi mật khẩu gần nhất, số ngày từ 1970; 0 = phải đổi" },
	{ "min_days", FACT_INT, T("số ngày tối thiểu giữa hai lần đổi") },
	{ "max_days", FACT_INT, T("số ngày mật khẩu có hiệu lực") },
	{ "warn_days", FACT_INT, T("số ngày cảnh báo trước khi hết hạn") },
	{ "inactive_days", FACT_INT, T("số ngày còn dùng được sau khi mật khẩu hết hạn") },
	{ "expire_day", FACT_INT, T("ngày tài khoản hết hạn, số ngày từ 1970") },
	{ "twin", FACT_TEXT,
		T("tài khoản đứng trước có cùng một chuỗi băm mật khẩu (không bao giờ có chuỗi băm)") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ NULL, FACT_TEXT, NULL },
};

/* Hashes seen so far, to tell twins. They stay in the bytes of the file and go nowhere else. */
struct seen {
	struct str name, field;
	struct seen *next;
};
#define SEEN_SLOTS 256
#define SEEN_MAX 20000

/* The name of the first account with the same salt and hash, or STR_NONE. */
static struct str twin_of(
	struct seen **slots, size_t *count, struct account_line *a, struct host *h)
{
	uint32_t hash = 2166136261u;
	struct seen *s;

	if (!str_is(str_of(account_password_state(a->field[1])), "set"))
		return STR_NONE;
	for (size_t i = 0; i < a->field[1].len; i++)
		hash = (hash ^ (unsigned char)a->field[1].ptr[i]) * 16777619u;
	for (s = slots[hash % SEEN_SLOTS]; s; s = s->next)
		if (str_eq(s->field, a->field[1]))
			return s->name;
	if (++*count > SEEN_MAX) {
		host_gap(h, GAP_LIMIT, SHADOW);
		return STR_NONE;
	}
	s = arena_new(host_arena(h), struct seen);
	*s = (struct seen){ a->field[0], a->field[1], slots[hash % SEEN_SLOTS] };
	slots[hash % SEEN_SLOTS] = s;
	return STR_NONE;
}

static int fill_shadow(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct seen *slots[SEEN_SLOTS] = { 0 };
	size_t seen_count = 0;
	struct account_reader r;
	struct account_line a;
	int64_t days;

	/* a tree whose passwords were left out says nothing about them */
	if (!host_exists(h, SHADOW))
		host_gap(h, GAP_UNREADABLE, SHADOW);
	account_init(&r, host_bytes(h, STR(SHADOW), NULL));
	while (account_next(&r, 2, &a)) {
		fact_row(rows);
		fact_text(rows, SHADOW_NAME, a.field[0]);
		/* "x" in shadow itself matches no password */
		fact_cstr(rows, SHADOW_STATE,
			str_is(a.field[1], "x") ? "none" : account_password_state(a.field[1]));
		fact_cstr(rows, SHADOW_ALGORITHM, account_password_algorithm(a.field[1]));
		for (int i = 0; i < 6; i++)
			if (str_to_i64(a.field[2 + i], &days) && days != -1) /* which is none */
				fact_int(rows, SHADOW_LAST_CHANGE + i, days);
		fact_text(rows, SHADOW_TWIN, twin_of(slots, &seen_count, &a, h));
		fact_cstr(rows, SHADOW_FILE, SHADOW);
		fact_int(rows, SHADOW_LINE, a.line);
	}
	note_unread(h, &r, SHADOW);
	return 0;
}

const struct fact_table shadow_table = {
	.name = "shadow",
	.words = T("trạng thái và tuổi mật khẩu (/etc/shadow), không có chuỗi băm"),
	.columns = shadow_columns,
	.fill = fill_shadow,
};
