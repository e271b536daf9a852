/* change_find.c - changes looked for: by whom, of what, when. */
#include "core/trail/change.h"

#include "kit/text/text.h"

/* A setting of a query that is not asked for is bound to what lets all through. */
static const char sql_any[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id < $1 AND at_s >= $2 AND at_s < $3 AND (NOT $4 OR login <> '')"
	" ORDER BY id DESC LIMIT $5";
static const char sql_login[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id < $1 AND at_s >= $2 AND at_s < $3 AND (NOT $4 OR login <> '')"
	" AND login = $6 AND ($7 = '' OR of_table = $7) AND ($8 = '' OR of_key = $8)"
	" ORDER BY id DESC LIMIT $5";
static const char sql_table[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id < $1 AND at_s >= $2 AND at_s < $3 AND (NOT $4 OR login <> '')"
	" AND of_table = $6 ORDER BY id DESC LIMIT $5";
static const char sql_row[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id < $1 AND at_s >= $2 AND at_s < $3 AND (NOT $4 OR login <> '')"
	" AND of_table = $6 AND of_key = $7 ORDER BY id DESC LIMIT $5";
static const char sql_key[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id < $1 AND at_s >= $2 AND at_s < $3 AND (NOT $4 OR login <> '')"
	" AND of_key = $6 ORDER BY id DESC LIMIT $5";
static const char sql_get[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id = $1";

static void take(struct store_query *q, struct arena *a, struct change *c)
{
	struct str *texts[] = { &c->login, &c->peer, &c->table, &c->key, &c->what, &c->before,
		&c->after };

	c->id = store_i64(q, 0);
	c->at_s = store_i64(q, 1);
	for (size_t i = 0; i < COUNT(texts); i++)
		*texts[i] = arena_str(a, store_str(q, 2 + (int)i));
}

/* The statement whose index leads closest, with what it asks for. */
static struct store_query *ask(struct store *s, const struct change_filter *f)
{
	bool has_table = f->table.len > 0, has_key = f->key.len > 0;
	const char *sql = f->login.len ? sql_login :
		has_table && has_key   ? sql_row :
		has_table              ? sql_table :
		has_key                ? sql_key :
					 sql_any;
	struct store_query *q = store_query(s, sql);
	int next = 6;

	store_bind_i64(q, 1, f->before ? f->before : INT64_MAX);
	store_bind_i64(q, 2, f->from_s);
	store_bind_i64(q, 3, f->until_s ? f->until_s : INT64_MAX);
	store_bind_i64(q, 4, f->is_by_people);
	store_bind_i64(q, 5, (int64_t)f->max);
	if (f->login.len)
		store_bind_str(q, next++, f->login);
	if (f->login.len || has_table)
		store_bind_str(q, next++, has_table ? f->table : STR(""));
	if (f->login.len || has_key)
		store_bind_str(q, next, has_key ? f->key : STR(""));
	return q;
}

int change_find(struct store *s, const struct change_filter *f, struct arena *a,
	struct changes *ret, struct err *e)
{
	VEC(struct change) list = { 0 };
	struct store_query *q = ask(s, f);
	int rc;

	while ((rc = store_next(q, e)) == 1)
		take(q, a, vec_add(a, &list));
	if (rc < 0)
		return rc;
	*ret = (struct changes){ list.at, list.len };
	return 0;
}

int change_get(struct store *s, int64_t id, struct arena *a, struct change *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_get);
	struct change c = { 0 };
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_next(q, e);
	if (rc == 1)
		take(q, a, &c);
	store_end(q);
	if (rc == 1)
		*ret = c;
	return rc < 0 ? rc : rc == 1 ? 0 : err_set(e, ERR_ABSENT, "there is no such change");
}

/* --- words ------------------------------------------------------------------------------------ */

static const struct {
	const char *name, *words;
} table_words[] = {
	{ "setting", T("Thiết lập") },
	{ "host", T("Máy") },
	{ "person", T("Tài khoản") },
	{ "person_password", T("Mật khẩu đã dùng") },
	{ "person_recovery", T("Mã khôi phục") },
	{ "unit", T("Đơn vị") },
	{ "unit_name", T("Tên đơn vị") },
	{ "unit_parent", T("Cấp trên của đơn vị") },
	{ "unit_event", T("Quyết định về đơn vị") },
	{ "unit_moved", T("Chuyển theo đơn vị") },
	{ "staff", T("Nhân sự") },
	{ "staff_event", T("Quyết định về nhân sự") },
	{ "staff_role", T("Vai trò của nhân sự") },
	{ "login_group", T("Nhóm của danh bạ có vai trò") },
	{ "login_subject", T("Người ở máy chủ đăng nhập một lần") },
	{ "api_token", T("Mã truy cập API") },
	{ "event", T("Đăng nhập và thao tác") },
	{ "exception", T("Ngoại lệ") },
	{ "audit_run", T("Lần kiểm tra máy") },
	{ "record", T("Bản ghi") },
	{ "record_version", T("Phiên bản của bản ghi") },
	{ "record_file", T("Tệp của bản ghi") },
	{ "record_comment", T("Góp ý cho bản ghi") },
	{ "record_view", T("Cách xem đã lưu") },
	{ "exchange_import", T("Lần nhập từ bảng") },
	{ "attachment", T("Tệp đính kèm") },
	{ "flow_case", T("Hồ sơ") },
	{ "flow_value", T("Nội dung hồ sơ") },
	{ "flow_step", T("Bước của hồ sơ") },
	{ "flow_task", T("Việc của hồ sơ") },
	{ "evidence", T("Bằng chứng") },
	{ "duty_skip", T("Bỏ qua một kỳ") },
	{ "duty_delegation", T("Ủy quyền") },
	{ "duty_feed", T("Địa chỉ lịch riêng") },
	{ "mail", T("Thư nhắc việc") },
	{ "attest_signed", T("Chữ ký cam kết") },
	{ "attest_row", T("Điểm trong cam kết") },
	{ "attest_session", T("Buổi phổ biến") },
	{ "attest_came", T("Người dự buổi phổ biến") },
	{ "process_review", T("Rà soát tiến trình") },
	{ "process_mark", T("Nhận xét khi rà soát") },
};

const char *change_table_words(struct str table)
{
	for (size_t i = 0; i < COUNT(table_words); i++)
		if (str_is(table, table_words[i].name))
			return table_words[i].words;
	return NULL;
}

const char *change_what_words(struct str what)
{
	return str_is(what, "add")     ? T("thêm") :
		str_is(what, "set")    ? T("sửa") :
		str_is(what, "remove") ? T("xóa") :
					 T("có sẵn khi bắt đầu ghi vết");
}
