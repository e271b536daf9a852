/* record_form.c - writing a record down, and what happens when two do so at once. */
#include "face/web/flow_int.h"
#include "face/web/register_int.h"

#define NAMES_MAX 160 /* bytes of the names of folded fields */

/* The unit of a new record: the one chosen, else the visitor's own when they may act there. */
static int64_t unit_of_form(struct view *v)
{
	int64_t unit = form_number(v, "don-vi");

	if (v->rq->method != HTTP_POST && !str_to_i64(http_pair(v->query, "don-vi"), &unit))
		unit = 0;
	return unit ? unit : v->user.unit_id;
}

/* The case that led here to write the record down, of which only the number is told: a page of our
 * own, whoever made the link. Of one that the visitor does not see nothing is said. */
static bool case_of_form(struct view *v, struct flow_case *ret)
{
	const struct http_pairs *told = v->rq->method == HTTP_POST ? &v->form : &v->query;
	int64_t id;

	return str_to_i64(http_pair(*told, CASE_BACK), &id) &&
		flow_get(v->web->store, id, v->by.now_s, v->a, ret, v->e) == 0 &&
		view_may(v, RIGHT_SEE, ret->unit_id);
}

static bool is_asked(const struct register_page *p, const struct register_field *f, bool is_needed)
{
	return f->type != REGISTER_FILE && field_is_seen(p, f) &&
		(f->need == NEED_TO_SAVE || f->need == NEED_TO_COMPLETE) == is_needed;
}

/* The fields that nobody has to fill in, folded under their names; open when one of them says
 * something, or is wrong. */
static void more_fields(struct view *v, const struct register_page *p,
	const struct register_group *g, struct record_body values)
{
	struct str names = STR("");
	bool is_open = false;

	for (size_t i = 0; i < g->field_count; i++) {
		const struct register_field *f = &g->fields[i];

		if (!is_asked(p, f, false))
			continue;
		names = arena_fmt(v->a, "%.*s%s%.*s", STR_FMT(names), names.len ? ", " : "",
			STR_FMT(words_of(v, f->title)));
		is_open = is_open || record_field_speaks(v, f, values);
	}
	if (!names.len)
		return;
	html(v->w, "<details class=\"more\"");
	if (is_open)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s: <span class=\"soft\">%.*s</span></summary>\n",
		tr(v->lang, "Không bắt buộc"), STR_FMT(text_clean(v->a, names, NAMES_MAX)));
	for (size_t i = 0; i < g->field_count; i++)
		if (is_asked(p, &g->fields[i], false))
			html_record_field(v, p, &g->fields[i], values);
	html(v->w, "</details>\n");
}

static void group(struct view *v, const struct register_page *p, const struct register_group *g,
	struct record_body values)
{
	html(v->w,
		"<fieldset class=\"group\">\n<legend>%.*s</legend>\n<div class=\"with-law\"><div>\n",
		STR_FMT(words_of(v, g->title)));
	if (words_of(v, g->help).len)
		html(v->w, "<p class=\"soft\">%.*s</p>\n", STR_FMT(words_of(v, g->help)));
	for (size_t i = 0; i < g->field_count; i++)
		if (is_asked(p, &g->fields[i], true))
			html_record_field(v, p, &g->fields[i], values);
	more_fields(v, p, g, values);
	html(v->w, "</div>\n");
	html_clause_help(v, g->is);
	html(v->w, "</div>\n</fieldset>\n");
}

static void form(struct view *v, const struct register_page *p, const char *action,
	struct record_body values)
{
	struct flow_case c;

	html_form(v, action, "record-form");
	html(v->w, "<input type=\"hidden\" name=\"phien-ban\" value=\"%lld\">\n",
		(long long)p->r.version);
	if (!p->r.id && case_of_form(v, &c))
		html(v->w, "<input type=\"hidden\" name=\"" CASE_BACK "\" value=\"%lld\">\n",
			(long long)c.id);
	if (p->seen.count > 1 || !view_may(v, RIGHT_ACT, v->user.unit_id))
		html_unit_select(v,
			&(struct unit_choice){ .name = "don-vi",
				.label = tr(v->lang, "Đơn vị"),
				.right = RIGHT_ACT,
				.chosen = p->r.unit_id ? p->r.unit_id : unit_of_form(v) });
	for (size_t i = 0; i < p->at.reg->group_count; i++)
		group(v, p, &p->at.reg->groups[i], values);
	if (p->r.id)
		html_field(v,
			&(struct field){ .name = "ly-do",
				.label = tr(v->lang, "Lý do sửa"),
				.hint = tr(v->lang, "Hiện trong lịch sử của bản ghi.") });
	html_form_end(v, tr(v->lang, "Lưu"));
}

/* Where one is when the record is written down: at the register, or at the case that needs it. */
static void html_way_back(struct view *v, const struct register_page *p)
{
	struct flow_case c;

	if (!case_of_form(v, &c)) {
		html_back(v, path_of(v, "/so/%.*s", STR_FMT(p->at.reg->id)),
			text_of(v, words_of(v, p->at.reg->title)));
		return;
	}
	html_back(v, path_of(v, "/ho-so/%lld", (long long)c.id), text_of(v, c.title));
	html(v->w, "<p class=\"soft\">%s</p>\n",
		fill(v, tr(v->lang, "Lưu xong sẽ trở lại hồ sơ “{ten}”."), "ten",
			text_of(v, c.title), NULL));
}

static void new_page(struct view *v, const struct register_page *p, struct record_body values)
{
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Thêm"),
				STR_FMT(words_of(v, p->at.reg->one)))));
	html_way_back(v, p);
	form(v, p, path_of(v, "/so/%.*s/moi", STR_FMT(p->at.reg->id)), values);
	page_end(v);
}

static void edit_page(struct view *v, const struct register_page *p, struct record_body values)
{
	page_start(v,
		text_of(v, arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Sửa"), STR_FMT(p->r.title))));
	html_back(v, path_of(v, "/ban-ghi/%lld", (long long)p->r.id), text_of(v, p->r.title));
	form(v, p, path_of(v, "/ban-ghi/%lld/sua", (long long)p->r.id), values);
	page_end(v);
}

/* What a new record begins with: and what the link that led here says it is about. */
static struct record_body first(struct view *v, const struct register_page *p)
{
	struct record_body usual = record_first(&p->at, &v->user);
	VEC(struct record_value) values = { 0 };

	for (size_t i = 0; i < usual.count; i++)
		vec_push(v->a, &values, usual.at[i]);
	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];
		struct str said = http_pair(v->query, text_of(v, f->id));
		int64_t id;

		if (f->type == REGISTER_RECORD && str_to_i64(said, &id))
			vec_push(v->a, &values, ((struct record_value){ f->id, said }));
	}
	return (struct record_body){ values.at, values.len };
}

void page_record_new(struct view *v)
{
	struct register_page p;

	if (!register_of_path(v, &p))
		return;
	new_page(v, &p, first(v, &p));
}

void page_record_new_post(struct view *v)
{
	struct register_page p;
	struct record_body typed;
	struct record_faults faults;
	struct flow_case c;
	int64_t unit = unit_of_form(v);
	int rc;

	if (!register_of_path(v, &p))
		return;
	if (!view_may_put(v, unit)) {
		page_problem(v, view_may(v, RIGHT_SEE, unit) ? 403 : 404);
		return;
	}
	p.r = (struct record){ .unit_id = unit };
	typed = record_typed(v, &p);
	rc = record_save(&p.at, &p.r, typed, STR(""), &faults, v->e);
	if (rc == 0 && case_of_form(v, &c))
		redirect(v,
			path_of(v, "/ho-so/%lld?bao=da-luu&" CASE_RECORD "=%lld", (long long)c.id,
				(long long)p.r.id));
	else if (rc == 0)
		redirect(v, path_of(v, "/ban-ghi/%lld?bao=da-luu", (long long)p.r.id));
	else if (faults.count > 0) {
		fault_record(v, &faults);
		v->rs->status = 422;
		p.r = (struct record){ 0 };
		new_page(v, &p, typed);
	} else {
		page_failed(v);
	}
}

void page_record_edit(struct view *v)
{
	struct register_page p;

	if (record_of_path(v, &p))
		edit_page(v, &p, p.r.body);
}

/* --- two at once ------------------------------------------------------------------------------ */

static void both_values(struct view *v, const struct register_page *p, struct record_body typed)
{
	struct record mine = { .body = typed };
	struct record_names *theirs = NULL, *ours = NULL;

	if (record_names(&p->at, &p->r, 1, &theirs, v->e) < 0 ||
		record_names(&p->at, &mine, 1, &ours, v->e) < 0)
		theirs = ours = NULL;
	html_table(v, NULL, "stack", tr(v->lang, "Trường"), tr(v->lang, "Đang lưu"),
		tr(v->lang, "Bạn vừa nhập"));
	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];
		struct str a, b;

		if (!field_is_seen(p, f) || f->type == REGISTER_FILE)
			continue;
		a = record_field_words(&p->at, v->lang, theirs, f, p->r.body);
		b = record_field_words(&p->at, v->lang, ours, f, typed);
		if (!str_eq(a, b))
			html(v->w,
				"<tr><th scope=\"row\">%.*s</th><td>%.*s</td><td>%.*s</td></tr>\n",
				STR_FMT(words_of(v, f->title)), STR_FMT(a), STR_FMT(b));
	}
	html_table_end(v);
}

/* What stands there now, beside what this visitor typed; the form goes on from both. */
static void conflict_page(struct view *v, struct register_page *p, struct record_body typed)
{
	v->rs->status = 409;
	if (record_get(v->web->store, p->r.id, v->a, &p->r, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Người khác vừa sửa bản ghi này"));
	html(v->w, "<p>%s</p>\n<p>%s</p>\n",
		fill(v,
			tr(v->lang,
				"{ai} đã lưu phiên bản {so} lúc {luc}, sau khi bạn mở biểu mẫu."),
			"ai", text_of(v, p->r.changed_by), "so", number_text(v, p->r.version),
			"luc", time_text(v, p->r.changed_at_s), NULL),
		tr(v->lang,
			"Chưa có gì của bạn được lưu, và không có gì bị mất. Hãy so hai bên; biểu mẫu dưới đây giữ điều bạn vừa nhập: sửa cho đúng rồi lưu, hoặc bỏ qua."));
	both_values(v, p, typed);
	if (p->r.is_cancelled)
		html(v->w, "<p class=\"alarm\">%s</p>\n", tr(v->lang, "Bản ghi đã bị hủy."));
	html(v->w, "<p><a class=\"button plain\" href=\"/ban-ghi/%lld\">%s</a></p>\n",
		(long long)p->r.id, tr(v->lang, "Bỏ điều tôi nhập, xem bản đang lưu"));
	if (!p->r.is_cancelled)
		form(v, p, path_of(v, "/ban-ghi/%lld/sua", (long long)p->r.id), typed);
	page_end(v);
}

void page_record_edit_post(struct view *v)
{
	struct register_page p;
	struct record_body typed;
	struct record_faults faults;
	struct record r;
	int64_t unit = form_number(v, "don-vi");
	int rc;

	if (!record_of_path(v, &p))
		return;
	r = p.r;
	r.version = form_number(v, "phien-ban");
	r.unit_id = unit ? unit : r.unit_id;
	if (!view_may(v, RIGHT_ACT, r.unit_id) ||
		(r.unit_id != p.r.unit_id && !view_may_put(v, r.unit_id))) {
		page_problem(v, 403);
		return;
	}
	typed = record_typed(v, &p);
	rc = record_save(&p.at, &r, typed, form_value(v, "ly-do"), &faults, v->e);
	if (rc == 0) {
		redirect(v, path_of(v, "/ban-ghi/%lld?bao=da-luu", (long long)r.id));
	} else if (faults.count > 0) {
		fault_record(v, &faults);
		v->rs->status = 422;
		p.r.version = r.version;
		edit_page(v, &p, typed);
	} else if (rc == ERR_CONFLICT) {
		conflict_page(v, &p, typed);
	} else {
		page_failed(v);
	}
}
