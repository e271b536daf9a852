/* problem.c - the page of what cannot be shown or done: what happened, what is safe, what to do;
 * and what was typed, when it is only busy. */
#include "core/pack/flows.h"
#include "face/web/org_int.h"
#include "kit/store/turn.h"

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

/* 403 for a page that is asked for; that of the table is for a form that is sent. */
static const struct problem not_to_see = { 403, T("Không được xem"),
	T("Trang này không dành cho tài khoản của bạn."), T("Không có gì bị thay đổi."),
	T("Cần xem để làm việc thì đề nghị người quản trị xem lại vai trò của tài khoản.") };

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
	bool may_send = true;

	for (size_t i = 0; i < v->rq->file_count; i++)
		may_send &= v->rq->files[i].size_bytes == 0;
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
	if (status == not_to_see.status && v->rq->method != HTTP_POST)
		p = &not_to_see;
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
	if (status == 413 && v->route && route_files_bytes(v->route))
		html(v->w, "<p>%s</p>\n",
			fill(v, tr(v->lang, "Trang này nhận nhiều nhất {n} MB mỗi lần gửi."), "n",
				count_text(v, (int64_t)(route_files_bytes(v->route) / MIB)), NULL));
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
