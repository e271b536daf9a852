/* record.c - one record: its values, what is wrong with it, what it hangs together with, how
 * it came to be. */
#include "face/web/files.h"
#include "face/web/flow_int.h"
#include "face/web/register_int.h"
#include "face/web/work.h"

static bool may_act(struct view *v, const struct register_page *p)
{
	return view_may(v, RIGHT_ACT, p->r.unit_id);
}

/* --- values ----------------------------------------------------------------------------------- */

static void value(struct view *v, const struct register_page *p, const struct record_names *names,
	const struct register_field *f)
{
	struct str words = record_field_words(&p->at, v->lang, names, f, p->r.body);
	struct str one = record_value_of(p->r.body, f->id);
	bool is_missing = words.len == 0 && f->need != NEED_NOTHING;

	html(v->w, "<div><dt>%.*s</dt><dd class=\"%s\">", STR_FMT(words_of(v, f->title)),
		f->type == REGISTER_LONG_TEXT ? "lines" : "short");
	if (is_missing)
		html_chip(v, "not-met", "✕", tr(v->lang, "chưa ghi"));
	else if (f->type == REGISTER_RECORD && !f->is_many && one.len)
		html(v->w, "<a href=\"/ban-ghi/%.*s\">%.*s</a>", STR_FMT(one), STR_FMT(words));
	else if (f->type == REGISTER_HOST && !f->is_many && one.len)
		html(v->w, "<a href=\"/may/%.*s\">%.*s</a>", STR_FMT(one), STR_FMT(words));
	else
		html(v->w, "%.*s", STR_FMT(words));
	html(v->w, "</dd></div>\n");
}

static void values(struct view *v, const struct register_page *p, const struct record_names *names)
{
	for (size_t i = 0; i < p->at.reg->group_count; i++) {
		const struct register_group *g = &p->at.reg->groups[i];

		html(v->w, "<section>\n<h2>%.*s</h2>\n<dl class=\"facts values\">\n",
			STR_FMT(words_of(v, g->title)));
		for (size_t n = 0; n < g->field_count; n++)
			if (field_is_seen(p, &g->fields[n]) && g->fields[n].type != REGISTER_FILE)
				value(v, p, names, &g->fields[n]);
		html(v->w, "</dl>\n</section>\n");
	}
}

/* Values of fields that the pack has no more. */
static void gone(struct view *v, const struct register_page *p)
{
	size_t count = 0;

	for (size_t i = 0; p->sees_all && i < p->r.body.count; i++) {
		const struct record_value *x = &p->r.body.at[i];

		if (pack_register_field(p->at.reg, x->field))
			continue;
		if (count++ == 0)
			html(v->w,
				"<section>\n<h2>%s</h2>\n<p class=\"soft\">%s</p>\n"
				"<dl class=\"facts values\">\n",
				tr(v->lang, "Trường đã bỏ"),
				tr(v->lang,
					"Gói quy định không còn các trường này; giá trị được giữ nguyên."));
		html(v->w, "<div><dt>%.*s</dt><dd>%.*s</dd></div>\n", STR_FMT(x->field),
			STR_FMT(x->text));
	}
	if (count)
		html(v->w, "</dl>\n</section>\n");
}

static void findings(struct view *v, const struct register_page *p)
{
	struct record_judgement j;

	if (p->r.is_cancelled || record_judge_one(&p->at, &p->r, &j, v->e) < 0 ||
		j.finding_count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n", tr(v->lang, "Cần sửa"));
	for (size_t i = 0; i < j.finding_count; i++) {
		const struct record_finding *f = &j.findings[i];

		if (f->field && !field_is_seen(p, f->field))
			continue;
		html(v->w, "<li>");
		html_outcome(v, f->is_warning ? OUTCOME_UNKNOWN : OUTCOME_FAIL);
		html(v->w, " %.*s", STR_FMT(words_of(v, f->words)));
		if (f->field && may_act(v, p))
			html(v->w, " <a href=\"%s\">%s</a>",
				f->field->type == REGISTER_FILE ?
					"#tep-dinh-kem" :
					path_of(v, "/ban-ghi/%lld/sua#t-%.*s", (long long)p->r.id,
						STR_FMT(f->field->id)),
				tr(v->lang, "Sửa ngay"));
		html(v->w, "</li>\n");
	}
	html(v->w, "</ul>\n</section>\n");
}

/* --- what hangs on it ------------------------------------------------------------------------- */

static void link_row(struct view *v, const struct record_link *l, const struct pack_register *own)
{
	const struct pack_register *other = pack_register(v->web->packs, l->register_id);
	const struct pack_register *of_field = l->is_from_here ? own : other;
	const struct register_field *f = of_field ? pack_register_field(of_field, l->field) : NULL;

	if (!other || !view_may(v, RIGHT_SEE, l->unit_id) || !register_may_see(v, other))
		return;
	html(v->w,
		"<li>%.*s %s <a href=\"/ban-ghi/%lld\">%.*s</a> <span class=\"soft\">%.*s%s</span></li>\n",
		STR_FMT(f ? words_of(v, f->title) : l->field), l->is_from_here ? "→" : "←",
		(long long)l->id, STR_FMT(l->title), STR_FMT(words_of(v, other->title)),
		l->is_cancelled ? tr(v->lang, ", đã hủy") : "");
}

static void links(struct view *v, const struct register_page *p)
{
	struct record_link *list;
	size_t count;

	if (record_links(v->web->store, p->r.id, v->a, &list, &count, v->e) < 0 || count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n", tr(v->lang, "Liên quan"));
	for (size_t i = 0; i < count; i++)
		link_row(v, &list[i], p->at.reg);
	html(v->w, "</ul>\n</section>\n");
}

static void comments(struct view *v, const struct register_page *p)
{
	struct record_comment *list;
	size_t count;

	if (record_comments(v->web->store, p->r.id, v->a, &list, &count, v->e) < 0)
		return;
	html(v->w, "<section id=\"trao-doi\">\n<h2>%s</h2>\n", tr(v->lang, "Trao đổi"));
	if (count == 0 && !may_act(v, p))
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa có trao đổi nào."));
	for (size_t i = 0; i < count; i++)
		html(v->w,
			"<p class=\"lines\"><strong>%s</strong> <span class=\"soft\">%s</span>\n%.*s</p>\n",
			who_text(v, list[i].by, list[i].by_name), time_text(v, list[i].at_s),
			STR_FMT(list[i].text));
	if (may_act(v, p)) {
		html_form(v, path_of(v, "/ban-ghi/%lld/gop-y", (long long)p->r.id), "comment");
		html(v->w,
			"<div class=\"field\"><label for=\"gop-y\">%s</label>\n"
			"<textarea id=\"gop-y\" name=\"gop-y\" rows=\"2\"></textarea></div>\n",
			tr(v->lang, "Viết thêm"));
		html_form_end(v, tr(v->lang, "Gửi"));
	}
	html(v->w, "</section>\n");
}

/* --- files ------------------------------------------------------------------------------------ */

static bool is_file_seen(void *context, struct str field)
{
	const struct register_page *p = context;
	const struct register_field *f = pack_register_field(p->at.reg, field);

	return !f || field_is_seen(p, f);
}

static struct files_of files_of(struct view *v, struct register_page *p)
{
	struct files_field *fields =
		arena_array(v->a, struct files_field, p->at.reg->field_count + 1);
	struct files_of x = { .of = "record",
		.key = str_of(number_text(v, p->r.id)),
		.unit_id = p->r.unit_id,
		.action = path_of(v, "/ban-ghi/%lld/tep", (long long)p->r.id),
		.may_act = may_act(v, p) && !p->r.is_cancelled,
		.fields = fields,
		.is_seen = is_file_seen,
		.context = p };

	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];

		if (f->type == REGISTER_FILE && field_is_seen(p, f))
			fields[x.field_count++] =
				(struct files_field){ f->id, words_of(v, f->title) };
	}
	return x;
}

/* --- history ---------------------------------------------------------------------------------- */

static const char *what_words(struct str what)
{
	static const struct {
		const char *what, *words;
	} rows[] = { { "add", T("ghi mới") }, { "set", T("sửa") }, { "cancel", T("hủy") },
		{ "restore", T("khôi phục") }, { "undo", T("hoàn tác") },
		{ "unit", T("chuyển đơn vị") }, { "move", T("chuyển đơn vị") } };

	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_is(what, rows[i].what))
			return rows[i].words;
	return rows[1].words;
}

static void change_values(struct view *v, const struct register_page *p,
	const struct record_names *names, const struct record_change *c)
{
	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];
		struct str before = record_field_words(&p->at, v->lang, names, f, c->before);
		struct str after = record_field_words(&p->at, v->lang, names, f, c->after);

		if (!field_is_seen(p, f) || str_eq(before, after))
			continue;
		html(v->w, "<div>%.*s: ", STR_FMT(words_of(v, f->title)));
		if (before.len)
			html(v->w, "<del>%.*s</del> → ", STR_FMT(text_clean(v->a, before, 200)));
		if (after.len)
			html(v->w, "<ins>%.*s</ins>", STR_FMT(text_clean(v->a, after, 200)));
		html(v->w, "</div>\n");
	}
}

/* Its versions, and the names of all that it refers to or once did. */
struct past {
	struct record_change *list;
	size_t count;
	struct record_names *names;
};

static int load_past(struct view *v, const struct register_page *p, struct past *ret)
{
	struct record *bodies;
	int rc = record_history(v->web->store, p->r.id, v->a, &ret->list, &ret->count, v->e);

	if (rc < 0)
		return rc;
	bodies = arena_array(v->a, struct record, ret->count + 1);
	bodies[0] = p->r;
	for (size_t i = 0; i < ret->count; i++)
		bodies[i + 1].body = ret->list[i].after;
	return record_names(&p->at, bodies, ret->count + 1, &ret->names, v->e);
}

static void history(struct view *v, const struct register_page *p, const struct past *past)
{
	const struct record_change *list = past->list;

	html(v->w, "<section id=\"lich-su\">\n<h2>%s</h2>\n", tr(v->lang, "Lịch sử"));
	html_table(v, NULL, "stack", tr(v->lang, "Phiên bản"), tr(v->lang, "Lúc"),
		tr(v->lang, "Ai"), tr(v->lang, "Trước → sau"));
	for (size_t i = 0; i < past->count; i++) {
		html(v->w,
			"<tr><th scope=\"row\"><span class=\"name-of\">%s </span>%lld: %s</th>"
			"<td>%s</td><td>%s</td><td>",
			tr(v->lang, "Phiên bản"), (long long)list[i].version,
			tr(v->lang, what_words(list[i].what)),
			time_text(v, list[i].at_s), who_text(v, list[i].by, list[i].by_name));
		if (list[i].why.len)
			html(v->w, "<div><em>%.*s</em></div>\n", STR_FMT(list[i].why));
		change_values(v, p, past->names, &list[i]);
		html(v->w, "</td></tr>\n");
	}
	html_table_end(v);
	html(v->w, "</section>\n");
}

/* --- what may be done ------------------------------------------------------------------------- */

static void version_button(
	struct view *v, const struct register_page *p, const char *what, const char *words)
{
	html_button(v, path_of(v, "/ban-ghi/%lld/%s", (long long)p->r.id, what),
		(const char *[2]){ "phien-ban", number_text(v, p->r.version) }, words);
}

static bool may_undo(struct view *v, const struct register_page *p)
{
	return p->r.version > 1 &&
		p->r.changed_at_s >= v->by.now_s - RECORD_UNDO_DAYS * CLOCK_DAY_S;
}

static void acts(struct view *v, const struct register_page *p)
{
	html(v->w,
		"<div class=\"bar\"><p class=\"back\"><a href=\"/so/%.*s\">← %.*s</a></p>\n<div>\n",
		STR_FMT(p->at.reg->id), STR_FMT(words_of(v, p->at.reg->title)));
	if (may_act(v, p) && !p->r.is_cancelled)
		html(v->w, "<a class=\"button\" href=\"/ban-ghi/%lld/sua\">%s</a>\n",
			(long long)p->r.id, tr(v->lang, "Sửa"));
	if (may_act(v, p) && may_undo(v, p))
		version_button(v, p, "hoan-tac",
			p->r.is_cancelled ? tr(v->lang, "Khôi phục") :
					    tr(v->lang, "Hoàn tác lần sửa cuối"));
	html(v->w, "</div></div>\n");
}

static void cancel_form(struct view *v, const struct register_page *p)
{
	if (p->r.is_cancelled || !may_act(v, p))
		return;
	html(v->w, "<details class=\"cancel\"><summary>%s</summary>\n", tr(v->lang, "Hủy bản ghi"));
	html(v->w, "<p>%s</p>\n",
		fill(v,
			tr(v->lang,
				"Bản ghi không bị xóa: chỉ được đưa ra khỏi sổ, còn nguyên "
				"lịch sử, khôi phục được trong {n} ngày."),
			"n", count_text(v, RECORD_UNDO_DAYS), NULL));
	html_form(v, path_of(v, "/ban-ghi/%lld/huy", (long long)p->r.id), "cancel");
	html(v->w, "<input type=\"hidden\" name=\"phien-ban\" value=\"%lld\">\n",
		(long long)p->r.version);
	html_field(v,
		&(struct field){
			.name = "ly-do", .label = tr(v->lang, "Lý do"), .is_required = true });
	html_form_end(v, tr(v->lang, "Hủy bản ghi"));
	html(v->w, "</details>\n");
}

static void facts(struct view *v, const struct register_page *p)
{
	html(v->w, "<p class=\"soft\">");
	html_unit_link(v, p->r.unit_id);
	html(v->w, " · %s</p>\n",
		fill(v, tr(v->lang, "phiên bản {so}, {ai} lưu lúc {luc}"), "so",
			count_text(v, p->r.version), "ai",
			who_text(v, p->r.changed_by, p->r.changed_by_name), "luc",
			time_text(v, p->r.changed_at_s), NULL));
	if (p->r.is_cancelled)
		html(v->w, "<p class=\"alarm\">%s</p>\n", tr(v->lang, "Bản ghi đã bị hủy."));
}

static void record_page(struct view *v, struct register_page *p)
{
	struct files_of files = files_of(v, p);
	struct past past;

	if (load_past(v, p, &past) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, text_of(v, p->r.title));
	acts(v, p);
	facts(v, p);
	findings(v, p);
	values(v, p, past.names);
	gone(v, p);
	if (p->at.reg->duty_count && !p->r.is_cancelled)
		html_duties_of(v, p->r.unit_id, p->r.id);
	links(v, p);
	if (!p->r.is_cancelled)
		html_cases_of(v,
			&(struct case_subject){ .record_id = p->r.id,
				.register_id = p->at.reg->id,
				.unit_id = p->r.unit_id });
	html_files(v, &files);
	comments(v, p);
	history(v, p, &past);
	cancel_form(v, p);
	page_end(v);
}

void page_record(struct view *v)
{
	struct register_page p;

	if (record_of_path(v, &p))
		record_page(v, &p);
}

/* The short address of a record: /so/wifi/12. */
void page_record_short(struct view *v)
{
	int64_t id;

	if (str_to_i64(v->args[1], &id))
		redirect(v, path_of(v, "/ban-ghi/%lld", (long long)id));
	else
		page_problem(v, 404);
}

/* --- done to it ------------------------------------------------------------------------------- */

/* Back to the record with a word, or told what went wrong. */
static void answer(struct view *v, const struct register_page *p, int rc, const char *notice)
{
	if (rc == 0)
		redirect(v, path_of(v, "/ban-ghi/%lld?bao=%s", (long long)p->r.id, notice));
	else if (rc == ERR_DENIED)
		page_problem(v, 409); /* it is not the visitor's rights that are missing */
	else
		page_failed(v);
}

void page_record_cancel_post(struct view *v)
{
	struct register_page p;

	if (!record_of_path(v, &p))
		return;
	if (form_value(v, "ly-do").len == 0) {
		fault_add(v, "ly-do", tr(v->lang, "Hãy ghi lý do hủy."));
		v->rs->status = 422;
		record_page(v, &p);
		return;
	}
	answer(v, &p,
		record_cancel(
			&p.at, p.r.id, form_number(v, "phien-ban"), form_value(v, "ly-do"), v->e),
		"da-huy");
}

void page_record_undo_post(struct view *v)
{
	struct register_page p;

	if (record_of_path(v, &p))
		answer(v, &p, record_undo(&p.at, p.r.id, form_number(v, "phien-ban"), v->e),
			"da-hoan-tac");
}

void page_record_comment_post(struct view *v)
{
	struct register_page p;

	if (record_of_path(v, &p))
		answer(v, &p, record_comment_add(&p.at, p.r.id, form_value(v, "gop-y"), v->e),
			"da-gui");
}

void page_record_file_post(struct view *v)
{
	struct register_page p;
	struct files_of x;

	if (!record_of_path(v, &p))
		return;
	x = files_of(v, &p);
	if (!x.may_act)
		page_problem(v, 409); /* it is cancelled: restore it first */
	else
		files_take(v, &x, path_of(v, "/ban-ghi/%lld", (long long)p.r.id));
}
