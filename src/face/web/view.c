/* view.c - the frame around every page, its notices, and the page of what cannot be shown. */
#include "core/pack/flows.h"
#include "face/web/org_int.h"
#include "kit/store/turn.h"

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
	size_t shown = 0;

	html(v->w, "<p class=\"filters\">");
	for (size_t i = 0; i < count; i++) {
		const struct route *r = route_at(v->web, links[i].path);

		if (!r || !place_may_open(v, r))
			continue;
		html(v->w, "%s<a href=\"%s\"", shown++ ? " · " : "", r->path);
		if (str_is(v->rq->path, r->path))
			html(v->w, " aria-current=\"page\"");
		html(v->w, ">%s</a>", tr(v->lang, links[i].words));
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

/* --- notices and problems --------------------------------------------------------------------- */

static const struct {
	const char *code, *words;
} notices[] = {
	{ "da-kiem-tra", T("Đã kiểm tra lại máy. Kết quả dưới đây là mới nhất.") },
	{ "dang-kiem-tra", T("Máy đang được kiểm tra. Tải lại trang sau ít phút.") },
	{ "da-luu", T("Đã lưu.") },
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
	{ "da-dinh-kem", T("Đã đính kèm tệp; tệp nằm trên đĩa và mã băm nằm trong sổ vết.") },
	{ "chua-chon-tep", T("Chưa chọn tệp nào, hoặc tệp rỗng.") },
	{ "da-go-tep", T("Đã gỡ tệp. Đưa lại được trong 30 ngày.") },
	{ "da-doi-mat-khau", T("Đã đổi mật khẩu. Mọi phiên khác đã kết thúc.") },
	{ "da-dang-xuat", T("Đã đăng xuất.") },
	{ "da-dang-xuat-oidc",
		T("Đã đăng xuất khỏi Khiên. Phiên ở nơi đăng nhập chung có thể vẫn còn mở.") },
	{ "het-phien", T("Phiên làm việc đã kết thúc vì không có thao tác. Hãy đăng nhập lại.") },
};

void html_notice(struct view *v)
{
	struct str code = http_pair(v->query, "bao");

	for (size_t i = 0; i < COUNT(notices); i++) {
		if (str_is(code, notices[i].code))
			html(v->w, "<p class=\"notice\" role=\"status\">%s</p>\n",
				tr(v->lang, notices[i].words));
	}
}

void html_fold(struct view *v, size_t count)
{
	html(v->w, "</ul>\n<details class=\"more\">\n<summary>%s</summary>\n<ul class=\"items\">\n",
		fill(v, tr(v->lang, "Xem thêm {n}"), "n", count_text(v, (int64_t)count), NULL));
}

void html_signs(struct view *v, const char *other)
{
	html(v->w, "<div class=\"signs\"><p>%s</p><p>%s</p></div>\n",
		tr(v->lang, "Người lập (ký, ghi rõ họ tên)"), other);
}

static const struct problem {
	int status;
	const char *title, *happened, *safe, *next;
} problems[] = {
	{ 400, T("Yêu cầu không hợp lệ"), T("Trình duyệt đã gửi một yêu cầu mà Khiên không hiểu."),
		T("Không có gì bị thay đổi."), T("Hãy quay lại trang trước và thử lần nữa.") },
	{ 403, T("Không được phép"),
		T("Tài khoản của bạn không có quyền làm việc này, hoặc biểu mẫu đã cũ."),
		T("Không có gì bị thay đổi."),
		T("Hãy tải lại trang trước rồi thử lại; nếu vẫn không được, hỏi người quản trị.") },
	{ 404, T("Không tìm thấy trang"), T("Không có trang nào ở địa chỉ này."),
		T("Không có gì bị thay đổi."), T("Hãy bắt đầu lại từ trang Hôm nay.") },
	{ 405, T("Yêu cầu không hợp lệ"), T("Trang này không nhận loại yêu cầu đó."),
		T("Không có gì bị thay đổi."), T("Hãy bắt đầu lại từ trang Hôm nay.") },
	{ 409, T("Trùng hoặc đã thay đổi"), T("Việc này trùng với dữ liệu đang có."),
		T("Dữ liệu đang có được giữ nguyên."), T("Hãy tải lại trang và kiểm tra lại.") },
	{ 413, T("Tệp quá lớn"), T("Tệp hoặc biểu mẫu vừa gửi lớn hơn mức trang này nhận."),
		T("Không có gì bị thay đổi, không tệp nào được giữ lại."),
		T("Hãy quay lại, chia nhỏ hoặc nén tệp rồi gửi lại.") },
	{ 507, T("Không lưu được"),
		T("Đĩa của máy chủ đã đầy, chỉ đọc được hay báo lỗi khi ghi, hoặc đã hết hạn mức "
		  "dành cho tệp."),
		T("Không có gì bị thay đổi: việc vừa gửi không được lưu, mọi việc đã báo lưu xong "
		  "còn nguyên."),
		T("Hãy báo người quản trị: giải phóng chỗ của thư mục dữ liệu, xem dmesg và "
		  "smartctl -a, thay đĩa nếu hỏng; xong thì gửi lại, Khiên không cần khởi động lại.") },
	{ 429, T("Quá nhiều yêu cầu"), T("Có quá nhiều lần đăng nhập cùng lúc."),
		T("Không có gì bị thay đổi."), T("Hãy đợi vài giây rồi thử lại.") },
	{ 503, T("Khiên đang bận"),
		T("Cơ sở dữ liệu bận một việc khác lâu hơn 5 giây nên việc này chưa làm được."),
		T("Không có gì bị thay đổi."), T("Hãy đợi một lát rồi thử lại.") },
	{ 500, T("Khiên gặp lỗi"), T("Chương trình không hoàn thành được việc này."),
		T("Dữ liệu đã lưu vẫn an toàn."),
		T("Hãy thử lại; nếu vẫn lỗi, báo người quản trị xem nhật ký của dịch vụ.") },
};

static bool is_secret(struct str name)
{
	return str_starts(name, "mat-khau") || str_is(name, "nhac-lai");
}

/* What the packs call a field of a register or of a case; "" when they do not know it, or two kinds
 * of cases call it differently. One's own words are known without. */
static struct str case_label(struct view *v, struct str name)
{
	struct str found = STR("");

	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++) {
			const struct flow *f = &p->work->flows[n];

			for (size_t k = 0; k < f->field_count; k++) {
				struct str title = words_of(v, f->fields[k].title);

				if (!str_eq(f->fields[k].id, name))
					continue;
				if (found.len && !str_eq(found, title))
					return STR("");
				found = title;
			}
		}
	}
	return found;
}

static struct str typed_label(struct view *v, struct str name)
{
	const struct pack_register *reg =
		v->args[0].ptr ? pack_register(v->web->packs, v->args[0]) : NULL;
	const struct register_field *f =
		reg && str_starts(name, "t-") ? pack_register_field(reg, str_from(name, 2)) : NULL;

	return f ? words_of(v, f->title) : case_label(v, name);
}

/* What was typed into a form that found the database busy: to be read, and sent again as it was by
 * one button. Not what is secret, and not files, which would have to be chosen again; nor what
 * another site may have sent. */
static void html_typed(struct view *v)
{
	bool may_send = v->rq->file_count == 0;

	if (v->stage != STAGE_FULL || v->form.count == 0 || !is_own_form(v))
		return;
	for (size_t i = 0; i < v->form.count; i++)
		may_send &= !is_secret(v->form.at[i].name);
	html_form(v, text_of(v, v->rq->path), "card");
	html(v->w, "<p role=\"status\"><strong>%s</strong></p>\n",
		tr(v->lang, "Những gì bạn đã gõ còn nguyên:"));
	for (size_t i = 0; i < v->form.count; i++) {
		const struct http_pair *p = &v->form.at[i];
		struct str label;

		if (str_is(p->name, "dau") || is_secret(p->name))
			continue;
		label = typed_label(v, p->name);
		if (str_has(p->value, ' ') && label.len)
			html(v->w, "<p class=\"soft\">%.*s:</p>\n", STR_FMT(label));
		if (str_has(p->value, ' '))
			html(v->w, "<blockquote class=\"own\" lang=\"vi\">%.*s</blockquote>\n",
				STR_FMT(p->value));
		html(v->w, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">\n",
			STR_FMT(p->name), STR_FMT(p->value));
	}
	html_form_end(v, may_send ? tr(v->lang, "Gửi lại") : NULL);
}

void page_problem(struct view *v, int status)
{
	const struct problem *p = &problems[COUNT(problems) - 1];

	for (size_t i = 0; i < COUNT(problems); i++) {
		if (problems[i].status == status)
			p = &problems[i];
	}
	if (is_api(v)) {
		json_problem(v, status, p->title);
		return;
	}
	buf_clear(v->w);
	v->fault_count = 0;
	v->rs->status = status;
	page_start(v, tr(v->lang, p->title));
	html(v->w, "<p>%s</p>\n<p>%s</p>\n<p>%s</p>\n", tr(v->lang, p->happened),
		tr(v->lang, p->safe), tr(v->lang, p->next));
	if (status == 503 && v->rq->method == HTTP_POST)
		html_typed(v);
	html(v->w, "<p class=\"code\">%s %d</p>\n", tr(v->lang, "Mã lỗi:"), status);
	html(v->w, "<p><a class=\"button\" href=\"/\">%s</a></p>\n",
		tr(v->lang, "Về trang Hôm nay"));
	page_end(v);
}

void page_failed(struct view *v)
{
	int status = 500;

	if (v->e->code == ERR_ABSENT)
		status = 404;
	else if (v->e->code == ERR_INPUT || v->e->code == ERR_LIMIT)
		status = 400;
	else if (v->e->code == ERR_DENIED)
		status = 403;
	else if (v->e->code == ERR_CONFLICT)
		status = 409;
	else if (v->e->code == ERR_STORE && store_is_disk_bad(v->web->store))
		status = 507;
	else if (v->e->code == ERR_STORE && store_was_busy(v->web->store))
		status = 503;
	if (status >= 500)
		fprintf(stderr, "khien web: %s: %.*s\n", v->e->text, STR_FMT(v->rq->path));
	page_problem(v, status);
}
