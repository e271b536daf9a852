/* view.c - the frame around every page, and its notices. */
#include "face/web/org_int.h"
#include "face/web/work.h"

void redirect(struct view *v, const char *path)
{
	v->rs->status = 303;
	v->rs->location = path;
}

/* --- the frame -------------------------------------------------------------------------------- */

/* This page in the other language, and back here. */
static const char *language_path(struct view *v)
{
	const char *other = v->lang == LANG_VI ? "en" : "vi";
	struct str here = v->rq->method == HTTP_GET ? v->rq->path : STR("/");

	if (v->rq->method == HTTP_GET && v->rq->query.len)
		here = arena_fmt(v->a, "%.*s?%.*s", STR_FMT(here), STR_FMT(v->rq->query));
	return path_of(v, "/ngon-ngu/%s?ve=%.*s", other, STR_FMT(url_piece(here, v->a)));
}

static void head(struct view *v, const char *title)
{
	const char *mark = v->fault_count ? tr(v->lang, "Có lỗi: ") : "";

	html(v->w,
		"<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>%s%s – %s</title>\n",
		lang_code(v->lang), mark, title, tr(v->lang, "Khiên"));
	if (v->refresh_s)
		html(v->w, "<meta http-equiv=\"refresh\" content=\"%d\">\n", v->refresh_s);
	html(v->w, "<link rel=\"icon\" href=\"%s\" type=\"image/svg+xml\">\n",
		asset_named("icon.svg")->path);
	html(v->w, "<link rel=\"stylesheet\" href=\"%s\">\n", asset_named("style.css")->path);
	html(v->w, "<script src=\"%s\" defer></script>\n</head>\n", asset_named("script.js")->path);
}

static void nav_item(struct view *v, const struct route *r)
{
	bool is_here = v->route && v->route->nav && strcmp(v->route->nav, r->nav) == 0;

	if (!place_may_open(v, r))
		return;
	html(v->w, "<li><a href=\"%s\"", r->path);
	if (is_here)
		html(v->w, " aria-current=\"page\"");
	html(v->w, ">%s</a></li>\n", tr(v->lang, r->nav));
}

static bool is_first_of_word(const struct web *w, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (w->routes[i].nav && strcmp(w->routes[i].nav, w->routes[at].nav) == 0)
			return false;
	}
	return true;
}

/* The first GET route of each word of the navigation, in the order of the table. */
static void nav(struct view *v)
{
	html(v->w, "<nav aria-label=\"%s\"><ul>\n", tr(v->lang, "Các trang"));
	for (size_t i = 0; i < v->web->route_count; i++) {
		const struct route *r = &v->web->routes[i];

		if (r->nav && r->method == HTTP_GET && is_first_of_word(v->web, i))
			nav_item(v, r);
	}
	html(v->w, "</ul></nav>\n");
}

static void top(struct view *v, const struct org_told *told)
{
	int64_t id = v->user.unit_id ? v->user.unit_id : ORG_UNIT_FIRST;
	struct str unit = STR_NONE;

	if (v->stage == STAGE_FULL)
		unit = unit_name(v, id);
	else if (org_unit_name_on(
			 v->web->store, id, org_day(v->by.now_s, v->a), v->a, &unit, v->e) < 0)
		unit = STR_NONE;
	html(v->w,
		"<header class=\"top\"><div class=\"brand\"><a class=\"name\" href=\"/\">%s</a>"
		"<span class=\"unit\">%.*s</span></div>\n<div class=\"me\">",
		tr(v->lang, "Khiên"), STR_FMT(unit));
	if (v->stage == STAGE_FULL)
		html(v->w, "<a href=\"/tai-khoan\">%.*s</a>\n", STR_FMT(v->user.name));
	html(v->w, "<a href=\"%s\" hreflang=\"%s\" lang=\"%s\">%s</a>\n", language_path(v),
		v->lang == LANG_VI ? "en" : "vi", v->lang == LANG_VI ? "en" : "vi",
		v->lang == LANG_VI ? "English" : "Tiếng Việt" /* no words */);
	if (v->stage != STAGE_NOBODY) {
		html_form(v, "/dang-xuat", "out");
		html_form_end(v, tr(v->lang, "Đăng xuất"));
	}
	html(v->w, "</div></header>\n");
	if (told->is_sample)
		html(v->w, "<aside class=\"sample\" aria-label=\"%s\">%s</aside>\n",
			tr(v->lang, "Dữ liệu mẫu"),
			tr(v->lang,
				"DỮ LIỆU MẪU – một huyện không có thật, không phải số liệu thật."));
}

int view_told(struct view *v, const struct org_told **ret, struct err *e)
{
	int rc = v->is_told ? 0 : org_told(v->web->store, &v->told, e);

	if (rc < 0)
		return rc;
	v->is_told = true;
	*ret = &v->told;
	return 0;
}

/* Whoever is here is told that the emergency account was used, until its envelope is shut again. */
static void emergency(struct view *v, int64_t at_s)
{
	if (v->stage != STAGE_FULL || !at_s)
		return;
	html(v->w, "<p class=\"alarm\" role=\"alert\">%s</p>\n",
		fill(v,
			tr(v->lang,
				"Tài khoản khẩn cấp đã được dùng lúc {luc}. Quản trị: xem nhật ký, rồi cấp lại "
				"mật khẩu của nó và niêm phong."),
			"luc", time_text(v, at_s), NULL));
}

void page_start(struct view *v, const char *title)
{
	const char *wide = v->stage == STAGE_FULL ? "wide" : "narrow";
	const struct org_told *told = &v->told;
	struct err e = { 0 };

	if (view_told(v, &told, &e) < 0)
		fprintf(stderr, "khien web: %s\n", e.text);
	head(v, title);
	html(v->w, "<body");
	if (v->stage == STAGE_FULL)
		html(v->w, " data-idle-s=\"%lld\" data-warning=\"%s\" data-stay=\"%s\"",
			(long long)v->rules.session_idle_min->number * 60,
			tr(v->lang, "Phiên làm việc sắp kết thúc vì không có thao tác."),
			tr(v->lang, "Tiếp tục làm việc"));
	html(v->w, ">\n<a class=\"skip\" href=\"#noi-dung\">%s</a>\n",
		tr(v->lang, "Đến nội dung chính"));
	top(v, told);
	if (v->stage == STAGE_FULL) {
		nav(v);
		html_log_strip(v);
	}
	html(v->w, "<main id=\"noi-dung\" tabindex=\"-1\" class=\"%s\">\n<h1", wide);
	if (v->is_title_law && v->lang != LANG_VI)
		html(v->w, " lang=\"vi\"");
	html(v->w, ">%s</h1>\n", title);
	emergency(v, told->emergency_at_s);
	html_notice(v);
	html_faults(v);
}

static const struct route *route_at(const struct web *w, const char *path)
{
	for (size_t i = 0; i < w->route_count; i++) {
		if (w->routes[i].method == HTTP_GET && strcmp(w->routes[i].path, path) == 0)
			return &w->routes[i];
	}
	return NULL;
}

void html_page_links(struct view *v, const struct page_link *links, size_t count)
{
	html(v->w, "<p class=\"filters tabs\">");
	for (size_t i = 0; i < count; i++) {
		const struct route *r = route_at(v->web, links[i].path);

		if (!r || !place_may_open(v, r))
			continue;
		html(v->w, "<a href=\"%s\"", r->path);
		if (str_is(v->rq->path, r->path))
			html(v->w, " aria-current=\"page\"");
		html(v->w, ">%s</a>\n", tr(v->lang, links[i].words));
	}
	html(v->w, "</p>\n");
}

void html_back(struct view *v, const char *path, const char *words)
{
	html(v->w, "<p class=\"back\"><a href=\"%s\">← %s</a></p>\n", path, words);
}

void html_obligation(struct view *v, const struct obligation *o)
{
	html(v->w, "<li><a href=\"%s\">%.*s</a> <span class=\"soft\">%.*s</span> ",
		clause_path(v, o->clause), STR_FMT(words_of(v, o->title)),
		STR_FMT(clause_cite(o->clause, v->lang, v->a)));
}

void html_back_host(struct view *v, const struct org_host *host)
{
	html_back(v, path_of(v, "/may/%lld", (long long)host->id),
		text_of(v, arena_fmt(v->a, "%s %.*s", tr(v->lang, "Máy"), STR_FMT(host->name))));
}

void page_end(struct view *v)
{
	const struct sandbox_level *level = &v->web->level;

	html(v->w, "</main>\n<footer><p>%s · <a href=\"/huong-dan\">%s</a></p>\n", v->web->program,
		tr(v->lang, "Hướng dẫn sử dụng"));
	if (v->stage == STAGE_FULL && !level->has_seccomp)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang, "Tiến trình phục vụ trang chưa được giới hạn quyền."));
	html(v->w, "</footer>\n</body>\n</html>\n");
}

/* --- notices ---------------------------------------------------------------------------------- */

static const struct {
	const char *code, *words;
} notices[] = {
	{ "da-kiem-tra", T("Đã kiểm tra lại máy. Kết quả dưới đây là mới nhất.") },
	{ "dang-kiem-tra", T("Máy đang được kiểm tra. Tải lại trang sau ít phút.") },
	{ "da-luu", T("Đã lưu.") },
	{ "chua-chon-vai-tro",
		T("Đã lưu loại đơn vị. Chưa chọn vai trò nào, nên mọi nghĩa vụ vẫn tính cho đơn vị này.") },
	{ "da-hoan-tac", T("Đã hoàn tác.") },
	{ "cho-hieu-luc", T("Đã ghi. Quyết định sẽ có hiệu lực vào giờ đã chọn.") },
	{ "da-ky", T("Đã ký. Lần rà soát được lưu làm bằng chứng.") },
	{ "dang-chup",
		T("Đang chụp lại tiến trình, thường mất vài giây đến một phút. Hãy tải lại trang này.") },
	{ "da-them-ngoai-le", T("Đã ghi ngoại lệ.") },
	{ "da-khai", T("Đã lưu bản khai; lần kiểm tra tới sẽ đối chiếu với nó.") },
	{ "da-chap-nhan", T("Đã chấp nhận, lý do được giữ trong sổ.") },
	{ "da-ket-thuc", T("Đã kết thúc ngoại lệ.") },
	{ "da-mo-khoa", T("Đã mở khóa tài khoản.") },
	{ "da-khoa", T("Đã ngừng tài khoản. Mọi phiên của tài khoản này đã kết thúc.") },
	{ "da-cho-dung", T("Tài khoản được dùng lại.") },
	{ "da-huy", T("Đã hủy bản ghi. Khôi phục được ở trang này.") },
	{ "da-hoan-tac", T("Đã hoàn tác.") },
	{ "da-gui", T("Đã gửi.") },
	{ "da-bao",
		T("Đã báo. Cán bộ chuyên trách của đơn vị thấy ngay trên trang Hôm nay và nhận thư nếu đơn "
		  "vị đã thiết lập thư; việc gấp thì gọi điện thêm. Xem bên dưới để biết đã xử lý đến đâu.") },
	{ "da-bao-thieu-anh",
		T("Đã báo, nhưng có ảnh không lưu được vì hết chỗ. Hãy đưa ảnh cho cán bộ chuyên trách.") },
	{ "da-dinh-kem", T("Đã đính kèm tệp; tệp nằm trên đĩa và mã băm nằm trong sổ vết.") },
	{ "chua-chon-tep", T("Chưa chọn tệp nào, hoặc tệp rỗng.") },
	{ "da-go-tep", T("Đã gỡ tệp. Đưa lại được trong 30 ngày.") },
	{ "da-doi-mat-khau", T("Đã đổi mật khẩu. Mọi phiên khác đã kết thúc.") },
	{ "da-dang-xuat", T("Đã đăng xuất.") },
	{ "da-dang-xuat-oidc",
		T("Đã đăng xuất khỏi Khiên. Phiên ở nơi đăng nhập chung có thể vẫn còn mở.") },
	{ "het-phien", T("Phiên làm việc đã kết thúc vì không có thao tác. Hãy đăng nhập lại.") },
	{ "chua-luu",
		T("Bạn chưa đăng nhập, hoặc phiên làm việc đã kết thúc: nội dung và tệp vừa gửi chưa "
		  "được lưu. Hãy đăng nhập rồi gửi lại.") },
};

void html_notice(struct view *v)
{
	struct str code = http_pair(v->query, "bao");
	bool is_saved = str_is(code, "da-luu") || str_is(code, "da-khai") ||
		str_is(code, "chua-chon-vai-tro");

	for (size_t i = 0; i < COUNT(notices); i++) {
		if (!str_is(code, notices[i].code))
			continue;
		html(v->w, "<p class=\"notice\" role=\"status\">%s</p>\n",
			tr(v->lang, notices[i].words));
	}
	if (is_saved && v->stage == STAGE_FULL)
		html_next_step(v);
}

void html_fold(struct view *v, size_t count)
{
	html(v->w,
		"</ul>\n<details class=\"more whole\">\n<summary>%s</summary>\n<ul class=\"items\">\n",
		fill(v, tr(v->lang, "Xem thêm {n}"), "n", count_text(v, (int64_t)count), NULL));
}

void html_fold_whole(struct view *v, const char *words)
{
	html(v->w, "<details class=\"more whole\">\n<summary>%s</summary>\n", words);
}

void html_signs(struct view *v, const char *other)
{
	html(v->w, "<div class=\"signs\"><p>%s</p><p>%s</p></div>\n",
		tr(v->lang, "Người lập (ký, ghi rõ họ tên)"), other);
}
