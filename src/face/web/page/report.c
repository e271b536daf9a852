/* report.c - Báo sự cố: whoever has an account says what they saw, from a phone or a desk; it is a
 * case of their unit at once, and those who may act there find it on Hôm nay. */
#include "core/flow/report.h"
#include "face/web/files.h"
#include "face/web/flow_int.h"
#include "face/web/report.h"
#include "kit/process/process.h"

#define VALUES_MAX 8
#define OWN_MAX 20
#define NEW_MAX 5

/* The flow of the packs that anyone may begin; NULL: they have none. */
static const struct flow *open_flow(struct view *v)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++)
			if (p->work->flows[n].begins == FLOW_BEGINS_ANYONE)
				return &p->work->flows[n];
	}
	return NULL;
}

static struct str unit_list(struct view *v)
{
	return arena_fmt(v->a, "[%lld]", (long long)view_home(v));
}

/* --- one's own -------------------------------------------------------------------------------- */

/* How many arrived with it. */
static const char *photo_count(struct view *v, int64_t id)
{
	struct file_at at = view_file_at(v);
	struct file *list;
	size_t count = 0;

	if (file_list(&at, STR("case"), str_of(number_text(v, id)), &list, &count, v->e) < 0 ||
		count == 0)
		return "–";
	return count_text(v, (int64_t)count);
}

static void own_reports(struct view *v, const struct flow *f)
{
	struct flow_query q = { .units = unit_list(v),
		.flow = f->id,
		.text = STR(""),
		.show = FLOW_SHOW_ALL,
		.started_by = v->user.login,
		.now_s = v->by.now_s,
		.max = OWN_MAX };
	struct flow_cases list;

	if (flow_list(v->web->store, &q, v->a, &list, v->e) < 0 || list.count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Những lần bạn đã báo"));
	html_table(v, NULL, "stack", tr(v->lang, "Số"), tr(v->lang, "Báo lúc"),
		tr(v->lang, "Nội dung"), tr(v->lang, "Ảnh"), tr(v->lang, "Trạng thái"));
	for (size_t i = 0; i < list.count; i++) {
		const struct flow_case *c = &list.at[i];
		const struct flow_state *s = flow_state_of(f, c->state);

		html(v->w, "<tr>\n<th scope=\"row\">%lld</th>\n", (long long)c->id);
		html_table_time(v, tr(v->lang, "Báo lúc"), c->started_at_s);
		html_table_cell(v, tr(v->lang, "Nội dung"), text_of(v, c->title));
		html_table_cell(v, tr(v->lang, "Ảnh"), photo_count(v, c->id));
		html_table_cell(
			v, tr(v->lang, "Trạng thái"), s ? text_of(v, words_of(v, s->title)) : "");
		html(v->w, "</tr>\n");
	}
	html_table_end(v);
	html(v->w, "</section>\n");
}

/* --- photographs ------------------------------------------------------------------------------ */

/* What the packs allow of them. */
struct photo_bounds {
	int64_t count, bytes, a_day;
};

static struct photo_bounds photo_bounds(struct view *v)
{
	const struct pack_set *packs = v->web->packs;
	struct date today = date_at(v->by.now_s);

	return (struct photo_bounds){
		.count = pack_param_number(packs, STR("report_photos"), 0, today, 0),
		.bytes = pack_param_number(packs, STR("report_photo_mib"), 0, today, 0) * MIB,
		.a_day = pack_param_number(packs, STR("report_photos_a_day"), 0, today, 0),
	};
}

/* A field where nothing was chosen comes as a file without bytes. */
static bool is_photo_sent(const struct http_file *sent)
{
	return str_is(sent->field, "anh") && sent->size_bytes > 0;
}

static int64_t photos_sent(const struct view *v)
{
	int64_t count = 0;

	for (size_t i = 0; i < v->rq->file_count; i++)
		count += is_photo_sent(&v->rq->files[i]);
	return count;
}

static void photo_fault(struct view *v, const char *words, const struct http_file *sent)
{
	fault_add(v, "anh",
		fill(v, words, "ten", text_of(v, text_clean(v->a, sent->name, 80)), NULL));
}

/* Too many, too large, or no pictures by their first bytes: told, and nothing is kept. */
static int check_photos(struct view *v)
{
	struct photo_bounds most = photo_bounds(v);
	struct file_at at = view_file_at(v);
	int64_t count = photos_sent(v), before = 0;
	enum file_kind kind;

	if (count == 0)
		return 0;
	if (file_count(&at, STR("case"), v->by.now_s - CLOCK_DAY_S, &before, v->e) < 0)
		return v->e->code;
	if (count > most.count)
		fault_add(v, "anh",
			fill(v, tr(v->lang, "Mỗi lần báo nhiều nhất {n} ảnh. Hãy chọn lại."), "n",
				count_text(v, most.count), NULL));
	else if (count + before > most.a_day)
		fault_add(v, "anh",
			tr(v->lang,
				"Hôm nay bạn đã gửi nhiều ảnh. Hãy báo không kèm ảnh, ảnh đưa cho cán bộ chuyên trách."));
	for (size_t i = 0; i < v->rq->file_count && v->fault_count == 0; i++) {
		const struct http_file *sent = &v->rq->files[i];

		if (!is_photo_sent(sent))
			continue;
		if (file_look(v->web->disk, sent->path, &kind, v->e) < 0)
			return v->e->code;
		if (!file_is_photo(kind))
			photo_fault(v,
				tr(v->lang,
					"\"{ten}\" không phải ảnh. Hãy chọn tệp ảnh (JPEG, PNG, HEIC…)."),
				sent);
		else if ((int64_t)sent->size_bytes > most.bytes)
			photo_fault(v,
				tr(v->lang, "Ảnh \"{ten}\" quá lớn. Hãy chụp lại với cỡ nhỏ hơn."),
				sent);
	}
	return 0;
}

/* Those of the form, attached to the case; the report stands whatever becomes of them. */
static bool keep_photos(struct view *v, int64_t id)
{
	struct file_at at = view_file_at(v);
	bool is_whole = true;

	for (size_t i = 0; i < v->rq->file_count; i++) {
		const struct http_file *sent = &v->rq->files[i];
		struct file f = { .of = STR("case"),
			.key = str_of(number_text(v, id)),
			.unit_id = view_home(v),
			.field = STR(""),
			.name = sent->name };

		if (is_photo_sent(sent) && file_attach(&at, sent->path, &f, v->e) < 0)
			is_whole = false;
	}
	return is_whole;
}

static void photo_field(struct view *v)
{
	struct photo_bounds most = photo_bounds(v);
	const char *fault = NULL;

	for (size_t i = 0; i < v->fault_count; i++)
		if (strcmp(v->faults[i].field, "anh") == 0)
			fault = v->faults[i].words;
	if (most.count == 0 || !v->web->disk)
		return;
	html(v->w,
		"<div class=\"field\"><label for=\"anh\">%s</label>\n"
		"<p class=\"hint\" id=\"anh-goi-y\">%s</p>\n",
		tr(v->lang, "Ảnh (không bắt buộc)"),
		fill(v,
			tr(v->lang,
				"Chụp ngay hoặc chọn ảnh có sẵn: nhiều nhất {n} ảnh, mỗi ảnh {mb} MB. Ảnh được giữ nguyên như khi gửi, kể cả nơi chụp nếu máy có ghi vào ảnh."),
			"n", count_text(v, most.count), "mb", count_text(v, most.bytes / MIB),
			NULL));
	if (fault)
		html(v->w, "<p class=\"fault\" id=\"anh-loi\">%s</p>\n", fault);
	else if (photos_sent(v))
		html(v->w, "<p class=\"fault\" id=\"anh-loi\">%s</p>\n",
			tr(v->lang, "Ảnh chưa được giữ: hãy chọn lại."));
	html(v->w,
		"<label class=\"button plain pick\" for=\"anh\">%s</label>\n"
		"<input id=\"anh\" name=\"anh\" type=\"file\" accept=\"image/*\" multiple "
		"aria-describedby=\"anh-goi-y%s\"",
		tr(v->lang, "Chọn ảnh…"), fault ? " anh-loi" : "");
	if (fault)
		html(v->w, " aria-invalid=\"true\"");
	html(v->w, ">\n<span class=\"no-file soft\">%s</span></div>\n",
		tr(v->lang, "chưa chọn ảnh"));
}

/* --- the form --------------------------------------------------------------------------------- */

/* Now, as a time field keeps it. */
static struct str now_value(struct view *v)
{
	char day[CLOCK_TEXT_MAX];
	int64_t s = v->by.now_s + CLOCK_ZONE_S;

	date_iso(date_at(v->by.now_s), day);
	return arena_fmt(v->a, "%sT%02d:%02d", day, (int)(s / 3600 % 24), (int)(s / 60 % 60));
}

static void form(struct view *v, const struct flow *f)
{
	struct flow_case about = { .unit_id = view_home(v) };

	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Thấy gì lạ trên máy, thư điện tử, mạng hay tài khoản thì báo ngay, chưa chắc cũng báo. "
			"Chưa tắt máy, chưa xóa gì; nếu được thì rút dây mạng."));
	html(v->w,
		"<form method=\"post\" action=\"/bao\" class=\"card\" enctype=\"multipart/form-data\">\n"
		"<input type=\"hidden\" name=\"dau\" value=\"%.*s\">\n",
		STR_FMT(v->session.csrf));
	for (size_t i = 0; i < f->first_ask_count; i++) {
		const struct flow_field *field = flow_field_of(f, f->first_asks[i]);

		html_flow_field(
			v, &about, field, field->type == FLOW_TIME ? now_value(v) : STR(""), true);
	}
	photo_field(v);
	html_form_end(v, tr(v->lang, "Báo ngay"));
}

static void show(struct view *v, const struct flow *f)
{
	page_start(v, tr(v->lang, "Báo sự cố"));
	if (f) {
		form(v, f);
		own_reports(v, f);
	} else {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Các gói quy định đang dùng không có hồ sơ sự cố. Hãy báo thẳng cho cán bộ chuyên trách."));
	}
	page_end(v);
}

void page_report(struct view *v)
{
	show(v, open_flow(v));
}

/* --- reporting -------------------------------------------------------------------------------- */

#define TITLE_MAX 80

/* "Máy phòng một cửa tự mở trang lạ…": the first words of what was seen. */
static struct str title_of(
	struct view *v, const struct flow *f, const struct flow_value *said, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct flow_field *field = flow_field_of(f, said[i].field);

		if ((field->type == FLOW_LONG || field->type == FLOW_TEXT) && said[i].value.len)
			return text_clean(v->a, said[i].value, TITLE_MAX);
	}
	return words_of(v, f->title);
}

/* The form again, with what was typed. */
static void again(struct view *v, const struct flow *f, int status)
{
	v->rs->status = status;
	show(v, f);
}

static void refused(struct view *v, const struct flow *f, const struct flow_refusals *why)
{
	for (size_t i = 0; i < why->count; i++)
		fault_add(
			v, text_of(v, why->at[i].field), text_of(v, words_of(v, why->at[i].words)));
	again(v, f, 422);
}

static size_t said_of(struct view *v, const struct flow *f, struct flow_value *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < f->first_ask_count && i < VALUES_MAX; i++) {
		const struct flow_field *field = flow_field_of(f, f->first_asks[i]);

		ret[count++] = (struct flow_value){ .field = field->id,
			.value = flow_typed(v, field->type, form_value(v, text_of(v, field->id))) };
	}
	return count;
}

void page_report_post(struct view *v)
{
	const struct flow *f = open_flow(v);
	struct flow_by by = view_flow_by(v);
	struct flow_value said[VALUES_MAX];
	struct flow_subject about = { .unit_id = view_home(v), .values = said };
	struct flow_refusals why = { 0 };
	int64_t id;
	int rc;

	if (!f) {
		page_problem(v, 404);
		return;
	}
	about.value_count = said_of(v, f, said);
	about.title = title_of(v, f, said, about.value_count);
	if (check_photos(v) < 0) {
		page_failed(v);
		return;
	}
	if (v->fault_count) {
		again(v, f, 422);
		return;
	}
	rc = flow_report(&by, f, &about, &why, &id, v->e);
	if (rc == ERR_CONFLICT && why.count) {
		refused(v, f, &why);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		bool is_whole = keep_photos(v, id);

		(void)process_run(v->web->parent_fd, "mail", 0); /* the letters that it wrote */
		redirect(v, is_whole ? "/bao?bao=da-bao" : "/bao?bao=da-bao-thieu-anh");
	}
}

/* --- told to those who act -------------------------------------------------------------------- */

void html_new_reports(struct view *v)
{
	const struct flow *f = open_flow(v);
	struct flow_query q = {
		.text = STR(""), .show = FLOW_SHOW_OPEN, .now_s = v->by.now_s, .max = NEW_MAX
	};
	struct flow_cases list;

	if (!f || !view_may(v, RIGHT_ACT, view_home(v)))
		return;
	q.units = unit_list(v);
	q.flow = f->id;
	q.state = f->first;
	if (flow_list(v->web->store, &q, v->a, &list, v->e) < 0 || list.count == 0)
		return;
	html(v->w,
		"<section class=\"alarm\" role=\"alert\">\n<h2>%s <span class=\"count\">%s</span></h2>\n"
		"<ul class=\"items\">\n",
		tr(v->lang, "Sự cố vừa được báo"), count_text(v, list.all));
	for (size_t i = 0; i < list.count; i++) {
		const struct flow_case *c = &list.at[i];

		html(v->w,
			"<li class=\"item\"><div class=\"what\">\n<p class=\"title\">"
			"<a href=\"/ho-so/%lld\">%.*s</a></p>\n<p class=\"soft\">%s, %s ",
			(long long)c->id, STR_FMT(c->title), time_text(v, c->started_at_s),
			who_text(v, c->started_by, c->started_by_name));
		html_clock(v, c->due_at_s, 0);
		html(v->w,
			"</p>\n</div>\n<p class=\"act\"><a class=\"button\" href=\"/ho-so/%lld\">%s"
			"<span class=\"hidden\">: %.*s</span></a></p>\n</li>\n",
			(long long)c->id, tr(v->lang, "Tiếp nhận"), STR_FMT(c->title));
	}
	html(v->w, "</ul>\n</section>\n");
}
