/* session.c - awareness sessions: opened, signed into by QR, the short quiz, who came. */
#include "face/web/flow_int.h"
#include "face/web/work.h"

#define LIST_MAX 200
#define QUESTIONS_MAX 64

static void list_row(struct view *v, const struct attest_session *x)
{
	html(v->w, "<tr><th scope=\"row\"><a href=\"/pho-bien/%lld\">%.*s</a></th><td>",
		(long long)x->id, STR_FMT(x->title));
	html_unit_link(v, x->unit_id);
	html(v->w, "</td>");
	html_table_time(v, tr(v->lang, "Lúc"), x->at_s);
	html_table_number(v, tr(v->lang, "Người dự"), x->came);
	html_table_number(v, tr(v->lang, "Đạt"), x->passed);
	html_table_cell(v, tr(v->lang, "Tình trạng"),
		x->is_closed ? tr(v->lang, "đã khóa sổ") : tr(v->lang, "đang mở"));
	html(v->w, "</tr>\n");
}

static void quiz_options(struct view *v)
{
	html_option(v, "", tr(v->lang, "không kiểm tra"), false);
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->quiz_count; n++)
			html_option(v, text_of(v, p->work->quizzes[n].id),
				text_of(v, words_of(v, p->work->quizzes[n].title)), true);
	}
}

static void open_form(struct view *v)
{
	html(v->w, "<section class=\"act\">\n<details");
	if (v->fault_count)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s</summary>\n", tr(v->lang, "Mở một buổi phổ biến"));
	html_form(v, "/pho-bien", "plain");
	html_unit_select(v,
		&(struct unit_choice){ .name = "don-vi",
			.label = tr(v->lang, "Đơn vị tổ chức"),
			.right = RIGHT_ACT,
			.chosen = v->user.unit_id });
	html_field(v,
		&(struct field){
			.name = "ten", .label = tr(v->lang, "Tên buổi"), .is_required = true });
	html_field(v,
		&(struct field){ .name = "luc",
			.label = tr(v->lang, "Bắt đầu lúc"),
			.hint = tr(v->lang, "Ví dụ 31/12/2026 08:30"),
			.is_required = true });
	html_field(v, &(struct field){ .name = "noi", .label = tr(v->lang, "Địa điểm") });
	html_field(v, &(struct field){ .name = "noi-dung-buoi", .label = tr(v->lang, "Nội dung") });
	html_select(v, "kiem-tra", tr(v->lang, "Bài kiểm tra nhanh"));
	quiz_options(v);
	html_select_end(v);
	html_form_end(v, tr(v->lang, "Mở buổi"));
	html(v->w, "</details>\n</section>\n");
}

void page_sessions(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	struct attest_sessions list;

	if (attest_session_list(&by, view_units(v, RIGHT_SEE).json, LIST_MAX, &list, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Phổ biến, nâng cao nhận thức"));
	html_work_pages(v);
	if (list.count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa có buổi nào."));
	else {
		html_table_begin(v, tr(v->lang, "Phổ biến, nâng cao nhận thức"), "stack figures");
		html_table_head(v, tr(v->lang, "Buổi"));
		html_table_head(v, tr(v->lang, "Đơn vị"));
		html_table_head(v, tr(v->lang, "Lúc"));
		html_table_head_number(v, tr(v->lang, "Người dự"));
		html_table_head_number(v, tr(v->lang, "Đạt"));
		html_table_head(v, tr(v->lang, "Tình trạng"));
		html_table_rows(v);
		for (size_t i = 0; i < list.count; i++)
			list_row(v, &list.at[i]);
		html_table_end(v);
	}
	if (org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF)
		open_form(v);
	page_end(v);
}

/* "31/12/2026 08:30"; 0 when it is no moment. */
static int64_t moment_typed(struct view *v, struct str typed)
{
	struct str iso = flow_typed(v, FLOW_TIME, typed), hour, minute;
	int64_t h, m;
	struct date d;

	if (iso.len != 16 || !date_parse(str_until(iso, 10), &d) ||
		!str_split(str_from(iso, 11), ':', &hour, &minute) || !str_to_i64(hour, &h) ||
		!str_to_i64(minute, &m))
		return 0;
	return date_start_s(d) + h * 3600 + m * 60;
}

void page_session_open(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	struct attest_session x = { .unit_id = form_number(v, "don-vi"),
		.title = form_value(v, "ten"),
		.at_s = moment_typed(v, form_value(v, "luc")),
		.place = form_value(v, "noi"),
		.content = form_value(v, "noi-dung-buoi"),
		.quiz = form_value(v, "kiem-tra") };
	bool may = view_may(v, RIGHT_ACT, x.unit_id);
	int64_t id;
	int rc = may ? attest_session_open(&by, &x, &id, v->e) : ERR_INPUT;

	if (rc == ERR_INPUT) {
		fault_add(v,
			!may                ? "don-vi" :
				x.title.len ? "luc" :
					      "ten",
			!may ? tr(v->lang, "Hãy chọn một đơn vị mà bạn có quyền.") :
			       tr(v->lang,
				       "Hãy ghi tên buổi và giờ bắt đầu, ví dụ 31/12/2026 08:30."));
		v->rs->status = 422;
		page_sessions(v);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/pho-bien/%lld", (long long)id));
	}
}

/* --- one session ------------------------------------------------------------------------------ */

static int load(struct view *v, struct attest_session *ret)
{
	struct flow_by by = view_flow_by(v);
	int64_t id;

	if (!str_to_i64(v->args[0], &id))
		return err_set(v->e, ERR_ABSENT, "no such session");
	return attest_session_get(&by, id, ret, v->e);
}

/* Where people sign in, as their telephone opens it. */
static void door(struct view *v, const struct attest_session *x)
{
	const char *path = path_of(v, "%s://%.*s/du/%.*s", v->web->is_tls ? "https" : "http",
		STR_FMT(http_header(v->rq, "host")), STR_FMT(x->token));

	html(v->w, "<section>\n<h2>%s</h2>\n<p>%s</p>\n<div class=\"qr\">\n",
		tr(v->lang, "Điểm danh"),
		tr(v->lang, "Người dự quét mã này bằng điện thoại, đăng nhập Khiên và điểm danh."));
	html_qr(v, path);
	html(v->w, "</div>\n<p class=\"key\"><a href=\"/du/%.*s\">%s</a></p>\n</section>\n",
		STR_FMT(x->token), path);
}

static void guests(struct view *v, const struct attest_session *x)
{
	struct flow_by by = view_flow_by(v);
	struct attest_guests list;

	if (attest_guests(&by, x->id, &list, v->e) < 0)
		return;
	html(v->w, "<section>\n<h2>%s <span class=\"count\">%s</span></h2>\n",
		tr(v->lang, "Người dự"), count_text(v, (int64_t)list.count));
	html_table(v, NULL, "stack flowing", tr(v->lang, "Họ và tên"), tr(v->lang, "Đơn vị"),
		tr(v->lang, "Điểm danh lúc"), tr(v->lang, "Kiểm tra"));
	for (size_t i = 0; i < list.count; i++) {
		const struct attest_guest *g = &list.at[i];

		html(v->w, "<tr><th scope=\"row\">%.*s</th>", STR_FMT(g->name));
		html_table_cell(v, tr(v->lang, "Đơn vị"), text_of(v, unit_name(v, g->unit_id)));
		html_table_time(v, tr(v->lang, "Điểm danh lúc"), g->at_s);
		html_table_cell_begin(v, tr(v->lang, "Kiểm tra"));
		if (g->of)
			html(v->w, "%lld/%lld %s", (long long)g->right, (long long)g->of,
				g->has_passed ? tr(v->lang, "đạt") : tr(v->lang, "chưa đạt"));
		html(v->w, "</td></tr>\n");
	}
	html_table_end(v);
	html(v->w, "</section>\n");
}

static void act_forms(struct view *v, const struct attest_session *x)
{
	const char *path = path_of(v, "/pho-bien/%lld", (long long)x->id);

	html(v->w, "<section class=\"act\">\n");
	html_form(v, path, "plain");
	html_field(v,
		&(struct field){ .name = "nguoi",
			.label = tr(v->lang, "Ghi thay: số của người trong danh sách nhân sự"),
			.hint = tr(
				v->lang, "Cho người không có tài khoản, đã ký danh sách giấy") });
	html_form_end(v, tr(v->lang, "Ghi có mặt"));
	html_button(v, path, (const char *[2]){ "khoa", "co" }, tr(v->lang, "Khóa sổ buổi này"));
	html(v->w, "</section>\n");
}

static void show(struct view *v, const struct attest_session *x)
{
	page_start(v, text_of(v, x->title));
	html_back(v, "/pho-bien", tr(v->lang, "Phổ biến, nâng cao nhận thức"));
	html(v->w, "<dl class=\"facts\">\n<div><dt>%s</dt><dd>", tr(v->lang, "Đơn vị tổ chức"));
	html_unit_link(v, x->unit_id);
	html(v->w, "</dd></div>\n");
	html_fact(v, tr(v->lang, "Lúc"), str_of(time_text(v, x->at_s)));
	html_fact(v, tr(v->lang, "Địa điểm"), x->place);
	html_fact(v, tr(v->lang, "Nội dung"), x->content);
	html(v->w, "</dl>\n");
	if (!x->is_closed)
		door(v, x);
	guests(v, x);
	if (!x->is_closed && view_may(v, RIGHT_ACT, x->unit_id))
		act_forms(v, x);
	html_signs(v, tr(v->lang, "Thủ trưởng đơn vị (ký, đóng dấu)"));
	page_end(v);
}

void page_session(struct view *v)
{
	struct attest_session x;

	if (load(v, &x) < 0)
		page_failed(v);
	else
		show(v, &x);
}

void page_session_post(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	struct attest_session x;
	struct staff person;
	int rc;

	if (load(v, &x) < 0) {
		page_failed(v);
		return;
	}
	if (form_value(v, "khoa").len) {
		rc = attest_session_close(&by, x.id, v->e);
	} else {
		rc = staff_get(v->web->store, form_number(v, "nguoi"), v->a, &person, v->e);
		if (rc == 0)
			rc = attest_come(&by, x.id, person.id, v->e);
	}
	if (rc == ERR_ABSENT) {
		fault_add(v, "nguoi", tr(v->lang, "Không có người mang số này."));
		v->rs->status = 422;
		show(v, &x);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/pho-bien/%lld?bao=da-luu", (long long)x.id));
	}
}

/* --- the door --------------------------------------------------------------------------------- */

static void quiz_form(struct view *v, const struct attest_session *x, const struct quiz *q)
{
	html(v->w, "<section>\n<h2>%.*s</h2>\n", STR_FMT(words_of(v, q->title)));
	html_form(v, path_of(v, "/du/%.*s", STR_FMT(x->token)), "plain");
	html(v->w, "<input type=\"hidden\" name=\"bai\" value=\"co\">\n");
	for (size_t i = 0; i < q->question_count; i++) {
		html(v->w, "<fieldset class=\"field\"><legend>%zu. %.*s</legend>\n", i + 1,
			STR_FMT(words_of(v, q->questions[i].text)));
		for (size_t n = 0; n < q->questions[i].answer_count; n++)
			html(v->w,
				"<p><label><input type=\"radio\" name=\"cau%zu\" value=\"%zu\"> %.*s</label></p>\n",
				i, n, STR_FMT(words_of(v, q->questions[i].answers[n].text)));
		html(v->w, "</fieldset>\n");
	}
	html_form_end(v, tr(v->lang, "Nộp bài"));
	html(v->w, "</section>\n");
}

static void answers_shown(struct view *v, const struct quiz *q, const struct attest_guest *g)
{
	html(v->w, "<p class=\"notice\">%s %lld/%lld – %s</p>\n<ol>\n",
		tr(v->lang, "Kết quả của bạn:"), (long long)g->right, (long long)g->of,
		g->has_passed ? tr(v->lang, "đạt") : tr(v->lang, "chưa đạt"));
	for (size_t i = 0; i < q->question_count; i++)
		html(v->w, "<li>%.*s <span class=\"soft\">%.*s</span></li>\n",
			STR_FMT(words_of(v, q->questions[i].text)),
			STR_FMT(words_of(v, q->questions[i].why)));
	html(v->w, "</ol>\n");
}

static int me_among(struct view *v, int64_t session_id, struct attest_guest *ret)
{
	struct flow_by by = view_flow_by(v);
	struct attest_guests list;
	int rc = attest_guests(&by, session_id, &list, v->e);

	*ret = (struct attest_guest){ 0 };
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		if (list.at[i].staff_id == v->user.staff_id)
			*ret = list.at[i];
	return rc;
}

void page_door(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	struct attest_session x;
	struct attest_guest me;
	const struct quiz *q;

	if (attest_session_of_token(&by, v->args[0], &x, v->e) < 0 || me_among(v, x.id, &me) < 0) {
		page_failed(v);
		return;
	}
	q = pack_quiz(v->web->packs, x.quiz);
	page_start(v, text_of(v, x.title));
	if (!v->user.staff_id) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Tài khoản này chưa gắn với người nào trong danh sách nhân sự. Hãy báo cán bộ tổ chức ghi thay."));
	} else if (!me.at_s) {
		html_form(v, path_of(v, "/du/%.*s", STR_FMT(x.token)), "plain");
		html_form_end(v, tr(v->lang, "Tôi có mặt"));
	} else {
		html(v->w, "<p class=\"notice\">%s %s</p>\n", tr(v->lang, "Bạn đã điểm danh lúc"),
			time_text(v, me.at_s));
		if (q && !me.of)
			quiz_form(v, &x, q);
		else if (q)
			answers_shown(v, q, &me);
	}
	page_end(v);
}

void page_door_post(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	int answers[QUESTIONS_MAX];
	struct attest_session x;
	struct attest_guest g;
	int64_t n;
	int rc = attest_session_of_token(&by, v->args[0], &x, v->e);

	if (rc == 0 && form_value(v, "bai").len) {
		for (size_t i = 0; i < QUESTIONS_MAX; i++)
			answers[i] = str_to_i64(form_value(v, path_of(v, "cau%zu", i)), &n) &&
					n >= 0 && n < QUESTIONS_MAX ?
				(int)n :
				-1;
		rc = attest_quiz(&by, x.id, answers, QUESTIONS_MAX, &g, v->e);
	} else if (rc == 0) {
		rc = attest_come(&by, x.id, v->user.staff_id, v->e);
	}
	if (rc < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/du/%.*s", STR_FMT(x.token)));
}
