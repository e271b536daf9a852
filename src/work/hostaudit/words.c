/* Evidence said in words: reasons, what is wanted, how to mend. */
#include "work/hostaudit/hostaudit.h"

#include <string.h>

#include "work/hostaudit/host.h"

/* Codes of reasons and their sentences; a check may use more, which then stand as they are. */
static const struct {
	const char *code;
	const char *words;
} reasons[] = {
	{ GAP_RIGHTS, T("không đủ quyền đọc, hãy chạy với quyền root") },
	{ GAP_TOO_LARGE, T("tệp lớn bất thường nên không đọc") },
	{ GAP_NOT_REGULAR,
		T("không phải tệp thường (đường ống, thiết bị hoặc thư mục) nên không đọc") },
	{ GAP_LOOP, T("tệp hoặc liên kết gọi vòng nhau") },
	{ GAP_SYNTAX, T("nội dung không đúng cú pháp nên không dám kết luận") },
	{ GAP_NOT_LIVE, T("chỉ xem được trên máy đang chạy") },
	{ GAP_UNREADABLE, T("không đọc được") },
	{ GAP_LIMIT, T("quá nhiều dữ liệu, đã dừng ở giới hạn an toàn") },
	{ "conditional", T("giá trị được đặt có điều kiện nên không dám kết luận") },
	{ "remote-users", T("tài khoản do máy chủ khác quản lý (LDAP, AD), cần kiểm tra ở đó") },
	{ "needs-declared-role", T("chưa khai báo máy này được phép mở cổng, dịch vụ nào") },
	{ "restart-needed", T("tệp đã được cài lại; khởi động lại tiến trình rồi kiểm tra lại") },
	{ "other-root", T("nằm trong vùng chứa có hệ thống tệp hoặc mạng riêng, cần kiểm tra ở đó") },
	{ "host-trust", T("không có mật khẩu, chỉ tin địa chỉ máy; cần người xem xét") },
	{ "private-network", T("mở cho mạng nội bộ; cần xác nhận chỉ máy chủ ứng dụng vào được") },
	{ "library-gone", T("tệp thư viện không còn hoặc không tìm thấy") },
	{ "host-name", T("ghi bằng tên máy, chưa biết là địa chỉ nào") },
	{ "not-running", T("có dịch vụ được bật nhưng hiện không chạy") },
	{ "lists-too-old", T("danh sách gói phần mềm đã cũ, chưa biết có bản vá mới không") },
};

static const char *reason_sentence(struct str reason)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (str_is(reason, reasons[i].code))
			return reasons[i].words;
	return NULL;
}

struct str hostaudit_reason(struct str reason, struct str detail, const struct check *check,
	enum lang lang, struct arena *a)
{
	const char *sentence = reason_sentence(reason);

	if (reason.len == 0)
		return STR("");
	if (str_is(reason, "not-applicable"))
		return words_in(check->not_applicable, lang);
	if (str_is(reason, "none"))
		return words_in(check->none_words, lang);
	if (!sentence)
		return detail.len ? arena_fmt(a, "%.*s: %.*s", STR_FMT(reason), STR_FMT(detail)) :
				    reason;
	if (detail.len == 0)
		return str_of(tr(lang, sentence));
	return arena_fmt(a, "%s: %.*s", tr(lang, sentence), STR_FMT(detail));
}

struct filling {
	const struct pack_set *packs;
	const struct evidence *row; /* or NULL */
	int level;
	struct date on;
	enum lang lang;
	struct arena *arena;
};

/* A set of values in a sentence: "WPA2, WPA3". */
static struct str value_text(const struct param_value *v, struct arena *a)
{
	struct str text = STR("");

	for (size_t i = 0; i < v->item_count; i++)
		text = arena_fmt(a, "%.*s%s%.*s", STR_FMT(text), i ? ", " : "",
			STR_FMT(v->items[i]));
	return text;
}

static bool lookup_row(const struct filling *f, struct str name, struct str *ret)
{
	const struct {
		const char *name;
		struct str value;
	} fields[] = {
		{ "subject", f->row->subject }, { "found", f->row->found },
		{ "file", f->row->file },       { "lost", f->row->lost },
		{ "detail", f->row->detail },
	};

	if (str_is(name, "line")) {
		*ret = f->row->line ? arena_fmt(f->arena, "%lld", (long long)f->row->line) :
				      STR("–");
		return true;
	}
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (!str_is(name, fields[i].name))
			continue;
		*ret = fields[i].value.len ? fields[i].value : STR("–");
		return true;
	}
	return false;
}

static bool lookup(void *context, struct str name, struct str *ret)
{
	const struct filling *f = context;
	struct param_ruling ruling;

	if (f->row && lookup_row(f, name, ret))
		return true;
	if (!f->packs)
		return false;
	ruling = pack_param(f->packs, name, f->level, f->on, f->arena);
	if (!ruling.winner)
		return false;
	*ret = value_text(ruling.winner, f->arena);
	return true;
}

struct str hostaudit_wanted(const struct check *check, const struct pack_set *packs, int level,
	struct date on, enum lang lang, struct arena *a)
{
	struct filling f = {
		.packs = packs, .level = level > 0 ? level : 1, .on = on, .lang = lang, .arena = a
	};

	return text_fill(a, words_in(check->wanted, lang), lookup, &f);
}

struct str hostaudit_cure(const struct check *check, const struct evidence *row, struct str family,
	const struct pack_set *packs, int level, struct date on, enum lang lang, struct arena *a)
{
	struct filling f = {
		.packs = packs,
		.row = row,
		.level = level > 0 ? level : 1,
		.on = on,
		.lang = lang,
		.arena = a,
	};

	for (size_t i = 0; i < check->cure_count; i++)
		if (str_is(check->cures[i].family, "any") || str_eq(check->cures[i].family, family))
			return str_trim(
				text_fill(a, words_in(check->cures[i].text, lang), lookup, &f));
	return STR("");
}
