/* first_steps.c - the first half hour: what a new unit does first, on Hôm nay until it is done. */
#include "face/web/work.h"

/* How much of each there is, in the order of the steps. */
static const char sql_done[] =
	"SELECT (SELECT count(*) FROM unit WHERE id = 1 AND roles <> ''),"
	" EXISTS (SELECT 1 FROM staff),"
	" (SELECT count(DISTINCT role) = 2 FROM person WHERE role IN ($1, $2)"
	"  AND disabled_at_s = 0),"
	" EXISTS (SELECT 1 FROM staff_role),"
	" EXISTS (SELECT 1 FROM setting WHERE name GLOB 'host.*.declared'),"
	" EXISTS (SELECT 1 FROM evidence WHERE unit_id = 1 AND +host_id = 0"
	"  AND by_person NOT IN (0, 2) AND check_id GLOB 'has:*'),"
	" EXISTS (SELECT 1 FROM record)";

static const struct {
	const char *path; /* NULL: what the machine on which Khiên runs is for */
	const char *words, *why;
	bool is_needed; /* the list stays until it is done */
} steps[] = {
	{ "/don-vi/1/loai", T("Chọn vai trò của cơ quan theo Quy chế"),
		T("Quy chế giao việc theo vai trò; chưa chọn thì mọi nghĩa vụ đều tính cho cơ quan."),
		true },
	{ "/so/nhan-su/nhap", T("Nhập danh sách cán bộ, công chức, viên chức"),
		T("Dùng ngay bảng Excel đang có; cơ quan ít người thì thêm từng người ở trang Nhân sự."),
		true },
	{ "/quan-tri", T("Tạo tài khoản cho thủ trưởng và cán bộ chuyên trách"),
		T("Mỗi người một tài khoản riêng; việc đến hạn của ai hiện ở trang Hôm nay của người ấy."),
		true },
	{ "/nhan-su", T("Ghi ai giữ vai trò nào theo Quy chế"),
		T("Mở trang của từng người: thủ trưởng, cán bộ chuyên trách, người vận hành hệ thống."),
		false },
	{ NULL, T("Khai máy này dùng để làm gì"),
		T("Cổng, dịch vụ, tài khoản đã được duyệt; chưa khai thì nhiều phép kiểm trả lời “chưa xác định”."),
		false },
	{ "/ket-qua/1/ra-soat", T("Trả lời cơ quan có gì, không có gì"),
		T("Không có Wi-Fi, không thuê dịch vụ…: ký một lần, các nghĩa vụ ấy không tính nữa."),
		true },
	{ "/so", T("Nhập các sổ đang có"),
		T("Thiết bị, tài khoản, hệ thống thông tin: nhập từ Excel, Khiên chỉ từng lỗi, hoàn tác được."),
		true },
};

static void step(struct view *v, size_t i, bool is_done, bool is_next, const char *path)
{
	html(v->w, "<li class=\"item\"><div class=\"what\">\n<p class=\"title\">");
	html_chip(v, is_done ? "met" : "not-applicable", is_done ? "●" : "○",
		is_done ? tr(v->lang, "đã xong") : tr(v->lang, "chưa làm"));
	html(v->w, " %s</p>\n", tr(v->lang, steps[i].words));
	if (!is_done)
		html(v->w, "<p class=\"soft\">%s</p>\n", tr(v->lang, steps[i].why));
	html(v->w, "</div>\n");
	if (!is_done)
		html(v->w,
			"<p class=\"act\"><a class=\"%s\" href=\"%s\">%s"
			"<span class=\"hidden\">: %s</span></a></p>\n",
			is_next ? "button" : "button plain", path, tr(v->lang, "Làm bước này"),
			tr(v->lang, steps[i].words));
	html(v->w, "</li>\n");
}

/* What the machine on which Khiên runs is for is told on its page. */
static const char *path_of_step(struct view *v, size_t i, const struct org_host *here)
{
	return steps[i].path ? steps[i].path : path_of(v, "/may/%lld/vai-tro", (long long)here->id);
}

struct done {
	bool is_done[COUNT(steps)];
	bool is_needed; /* one that has to be done lacks */
	size_t count, next; /* COUNT(steps): none */
	struct org_host here;
};

/* How far the visitor's server is; false: the steps are not the visitor's, or not to be known. */
static bool steps_done(struct view *v, struct done *ret)
{
	struct store_query *q;

	*ret = (struct done){ .next = COUNT(steps) };
	if (!view_may(v, RIGHT_ADMIN, ORG_UNIT_FIRST))
		return false;
	q = store_query(v->web->store, sql_done);
	store_bind_i64(q, 1, USER_HEAD);
	store_bind_i64(q, 2, USER_OFFICER);
	if (store_next(q, v->e) != 1)
		return false;
	for (size_t i = 0; i < COUNT(steps); i++) {
		ret->is_done[i] = store_i64(q, (int)i) > 0;
		ret->is_needed |= !ret->is_done[i] && steps[i].is_needed;
	}
	store_end(q);
	if (org_host_here(v->web->store, v->a, &ret->here, v->e) < 0)
		ret->here.id = 0;
	for (size_t i = COUNT(steps); i-- > 0;) {
		/* no machine yet: nothing to say of it */
		ret->is_done[i] |= !steps[i].path && !ret->here.id;
		ret->count += ret->is_done[i];
		ret->next = ret->is_done[i] ? ret->next : i;
	}
	return true;
}

bool html_first_steps(struct view *v)
{
	struct done done;

	if (!steps_done(v, &done) || !done.is_needed)
		return false;
	html(v->w,
		"<section class=\"first\">\n<h2>%s <span class=\"count\">%zu/%zu</span></h2>\n"
		"<p>%s</p>\n<ol class=\"items\">\n",
		tr(v->lang, "Ba mươi phút đầu tiên"), done.count, COUNT(steps),
		tr(v->lang,
			"Làm lần lượt từ trên xuống. Xong các bước này, Khiên biết nghĩa vụ "
			"nào ràng buộc cơ quan, ai làm, hạn nào; mục này tự ẩn đi."));
	for (size_t i = 0; i < COUNT(steps); i++)
		step(v, i, done.is_done[i], i == done.next, path_of_step(v, i, &done.here));
	html(v->w, "</ol>\n<p><a href=\"/huong-dan/bat-dau\">%s</a></p>\n</section>\n",
		tr(v->lang, "Hướng dẫn: bắt đầu thế nào"));
	return true;
}

void html_next_step(struct view *v)
{
	struct done done;

	if (!steps_done(v, &done) || !done.is_needed || done.next == COUNT(steps))
		return;
	html(v->w,
		"<p class=\"next\">%s <a class=\"button\" href=\"%s\">%s</a> "
		"<a href=\"/hom-nay\">%s</a></p>\n",
		fill(v, tr(v->lang, "Ba mươi phút đầu tiên: đã xong {a}/{n} bước. Bước tiếp theo:"),
			"a", count_text(v, (int64_t)done.count), "n",
			count_text(v, COUNT(steps)), NULL),
		path_of_step(v, done.next, &done.here), tr(v->lang, steps[done.next].words),
		tr(v->lang, "Xem mọi bước"));
}
