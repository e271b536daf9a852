/* report.c - Báo sự cố: whoever has an account says what they saw, from a phone or a desk; it is a
 * case of their unit at once, and those who may act there find it on Hôm nay. */
#include "core/flow/report.h"
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

static int64_t own_unit(const struct view *v)
{
	return v->user.unit_id ? v->user.unit_id : ORG_UNIT_FIRST;
}

static struct str unit_list(struct view *v)
{
	return arena_fmt(v->a, "[%lld]", (long long)own_unit(v));
}

/* --- one's own -------------------------------------------------------------------------------- */

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
		tr(v->lang, "Nội dung"), tr(v->lang, "Trạng thái"));
	for (size_t i = 0; i < list.count; i++) {
		const struct flow_case *c = &list.at[i];
		const struct flow_state *s = flow_state_of(f, c->state);

		html(v->w, "<tr>\n<th scope=\"row\">%lld</th>\n", (long long)c->id);
		html_table_time(v, tr(v->lang, "Báo lúc"), c->started_at_s);
		html_table_cell(v, tr(v->lang, "Nội dung"), text_of(v, c->title));
		html_table_cell(
			v, tr(v->lang, "Trạng thái"), s ? text_of(v, words_of(v, s->title)) : "");
		html(v->w, "</tr>\n");
	}
	html_table_end(v);
	html(v->w, "</section>\n");
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
	struct flow_case about = { .unit_id = own_unit(v) };

	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Thấy gì lạ trên máy, thư điện tử, mạng hay tài khoản thì báo ngay, chưa chắc cũng báo. "
			"Chưa tắt máy, chưa xóa gì; nếu được thì rút dây mạng."));
	html_form(v, "/bao", "card");
	for (size_t i = 0; i < f->first_ask_count; i++) {
		const struct flow_field *field = flow_field_of(f, f->first_asks[i]);

		html_flow_field(
			v, &about, field, field->type == FLOW_TIME ? now_value(v) : STR(""), true);
	}
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

static void refused(struct view *v, const struct flow *f, const struct flow_refusals *why)
{
	for (size_t i = 0; i < why->count; i++)
		fault_add(
			v, text_of(v, why->at[i].field), text_of(v, words_of(v, why->at[i].words)));
	v->rs->status = 422;
	show(v, f);
}

void page_report_post(struct view *v)
{
	const struct flow *f = open_flow(v);
	struct flow_by by = view_flow_by(v);
	struct flow_value said[VALUES_MAX];
	struct flow_subject about = { .unit_id = own_unit(v), .values = said };
	struct flow_refusals why = { 0 };
	int64_t id;
	int rc;

	if (!f) {
		page_problem(v, 404);
		return;
	}
	for (size_t i = 0; i < f->first_ask_count && i < VALUES_MAX; i++) {
		const struct flow_field *field = flow_field_of(f, f->first_asks[i]);

		said[about.value_count++] = (struct flow_value){ .field = field->id,
			.value = flow_typed(v, field->type, form_value(v, text_of(v, field->id))) };
	}
	about.title = title_of(v, f, said, about.value_count);
	rc = flow_report(&by, f, &about, &why, &id, v->e);
	if (rc == ERR_CONFLICT && why.count) {
		refused(v, f, &why);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		(void)process_run(v->web->parent_fd, "mail", 0); /* the letters that it wrote */
		redirect(v, "/bao?bao=da-bao");
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

	if (!f || !view_may(v, RIGHT_ACT, own_unit(v)))
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
			"<a href=\"/ho-so/%lld\">%.*s</a></p>\n<p class=\"soft\">%s, %.*s ",
			(long long)c->id, STR_FMT(c->title), time_text(v, c->started_at_s),
			STR_FMT(c->started_by));
		html_clock(v, c->due_at_s, 0);
		html(v->w,
			"</p>\n</div>\n<p class=\"act\"><a class=\"button\" href=\"/ho-so/%lld\">%s"
			"<span class=\"hidden\">: %.*s</span></a></p>\n</li>\n",
			(long long)c->id, tr(v->lang, "Tiếp nhận"), STR_FMT(c->title));
	}
	html(v->w, "</ul>\n</section>\n");
}
