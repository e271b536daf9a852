/* integrity.c - Toàn vẹn tệp: what the last comparison of this machine's files with their
 * baseline found, who decided what, and accepting a change. The state is the folder "integrity"
 * of the data folder; comparing itself needs rights that this process does not have. */
#include "face/web/web_int.h"
#include "work/integrity/integrity.h"

#define CHANGES_SHOWN 500
#define NOTES_SHOWN 200

struct looking {
	struct integrity_report report;
	struct integrity_note *notes;
	size_t note_count;
	bool is_there;
};

/* Nothing compared yet is no failure. */
static int load(struct view *v, struct looking *ret)
{
	struct integrity *state = NULL;
	int rc = v->web->data ? integrity_open(v->web->data, true, v->e, &state) : ERR_ABSENT;

	*ret = (struct looking){ 0 };
	if (rc == 0)
		rc = integrity_last(state, v->a, &ret->report, v->e);
	if (rc == 0)
		rc = integrity_journal(state, v->a, &ret->notes, &ret->note_count, v->e);
	integrity_close(state);
	ret->is_there = rc == 0;
	return rc == ERR_ABSENT ? 0 : rc;
}

static struct str change_path(const struct integrity_change *c)
{
	return c->what == INTEGRITY_REMOVED ? c->before.path : c->after.path;
}

static void facts(struct view *v, const struct integrity_report *r)
{
	html(v->w,
		"<dl class=\"facts\">\n<div><dt>%s</dt><dd>%s</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n"
		"<div><dt>%s</dt><dd>%s</dd></div>\n",
		tr(v->lang, "mốc lập lúc"), time_text(v, r->baseline_at_s),
		tr(v->lang, "so sánh lúc"), time_text(v, r->at_s), tr(v->lang, "cách so sánh"),
		r->is_full ? tr(v->lang, "đọc lại nội dung mọi tệp") :
			     tr(v->lang, "theo thông tin tệp; đọc lại tệp có dấu hiệu đổi"));
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", tr(v->lang, "số tên"),
		count_text(v, (int64_t)r->entries));
	for (int s = INTEGRITY_OPEN; s <= INTEGRITY_ACCEPTED; s++)
		html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n",
			tr(v->lang, integrity_state_words((enum integrity_state)s)),
			count_text(v, (int64_t)r->of_state[s]));
	html(v->w, "</dl>\n");
}

/* Who did it, as far as the kernel tells; else whose the file is. */
static void who(struct view *v, const struct integrity_change *c)
{
	if (c->who.len)
		html(v->w, "<code>%.*s</code>", STR_FMT(text_clean(v->a, c->who, 300)));
	else if (c->what != INTEGRITY_REMOVED)
		html(v->w, "<span class=\"soft\">%s uid %u</span>", tr(v->lang, "chủ của tệp"),
			c->after.uid);
	if (c->package.len)
		html(v->w, "<br>%s %.*s: %s", tr(v->lang, "gói phần mềm"), STR_FMT(c->package),
			c->is_as_packaged ? tr(v->lang, "đúng nội dung gói cài") :
					    tr(v->lang, "khác nội dung gói cài"));
}

static void change(struct view *v, const struct integrity_change *c)
{
	html(v->w,
		"<tr>\n<td>%s</td>\n<th scope=\"row\"><code class=\"path\">%.*s</code></th>\n<td>%s</td>\n<td>",
		tr(v->lang, integrity_what_words(c->what)),
		STR_FMT(text_clean(v->a, change_path(c), 4000)),
		c->what == INTEGRITY_REMOVED ? "" : time_text(v, c->after.ctime_s));
	who(v, c);
	html(v->w, "</td>\n<td>%s", tr(v->lang, integrity_state_words(c->state)));
	if (c->reason.len)
		html(v->w, "<br>%.*s (%.*s)", STR_FMT(text_clean(v->a, c->reason, 400)),
			STR_FMT(text_clean(v->a, c->by, 200)));
	if (c->state == INTEGRITY_OPEN && view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
		html(v->w, "<br><a href=\"/toan-ven?muc=%.*s#chap-nhan\">%s</a>",
			STR_FMT(url_piece(c->mark, v->a)), tr(v->lang, "Chấp nhận…"));
	html(v->w, "</td>\n</tr>\n");
}

static void changes(struct view *v, const struct integrity_report *r)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Thay đổi"));
	if (r->change_count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Không tệp nào khác với mốc."));
	else
		html_table(v, tr(v->lang, "Thay đổi"), "stack", tr(v->lang, "Thay đổi"),
			tr(v->lang, "Tệp"), tr(v->lang, "Lúc"), tr(v->lang, "Ai"),
			tr(v->lang, "Tình trạng"));
	for (size_t i = 0; i < r->change_count && i < CHANGES_SHOWN; i++)
		change(v, &r->changes[i]);
	if (r->change_count > 0)
		html_table_end(v);
	if (r->change_count > CHANGES_SHOWN)
		html(v->w, "<p>%s</p>\n",
			fill(v, tr(v->lang, "Chỉ hiện {n} thay đổi đầu; tất cả có trong tệp CSV."),
				"n", count_text(v, CHANGES_SHOWN), NULL));
	html(v->w, "<p class=\"export\"><a href=\"/toan-ven.csv\">%s</a></p>\n</section>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
}

static void gaps(struct view *v, const struct integrity_report *r)
{
	if (r->gap_count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n", tr(v->lang, "Chỗ không đọc được"));
	for (size_t i = 0; i < r->gap_count; i++)
		html(v->w, "<li><code class=\"path\">%.*s</code>: %s</li>\n",
			STR_FMT(text_clean(v->a, r->gaps[i].path, 4000)),
			tr(v->lang, integrity_gap_words(str_of(r->gaps[i].why))));
	html(v->w, "</ul>\n</section>\n");
}

/* What the form is about: a mark in the address, or what was typed. */
static void accept_form(struct view *v)
{
	struct str mark = http_pair(v->query, "muc");
	struct field path = { .name = "duong-dan",
		.label = tr(v->lang, "Tệp, thư mục hoặc mã thay đổi"),
		.value = mark.ptr ? text_of(v, mark) : "",
		.is_required = true };
	struct field reason = {
		.name = "ly-do", .label = tr(v->lang, "Lý do"), .is_required = true
	};

	html(v->w, "<section id=\"chap-nhan\" class=\"act\">\n<h2>%s</h2>\n",
		tr(v->lang, "Chấp nhận thay đổi"));
	html_form(v, "/toan-ven", "");
	html_field(v, &path);
	html_field(v, &reason);
	html_form_end(v, tr(v->lang, "Chấp nhận"));
	html(v->w, "</section>\n");
}

static void note(struct view *v, const struct integrity_note *n)
{
	static const char *const acts[] = { T("lập mốc"), T("đợt bảo trì"), T("chấp nhận") };

	html(v->w, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%.*s</td><td>%.*s</td><td>",
		time_text(v, n->at_s), tr(v->lang, acts[n->act]),
		STR_FMT(text_clean(v->a, n->reason, 400)), STR_FMT(text_clean(v->a, n->by, 200)));
	if (n->act == INTEGRITY_WINDOW)
		html(v->w, "%s – %s", time_text(v, n->from_s), time_text(v, n->until_s));
	else if (n->path.len)
		html(v->w, "<code class=\"path\">%.*s</code>",
			STR_FMT(text_clean(v->a, n->path, 4000)));
	html(v->w, "</td></tr>\n");
}

static void journal(struct view *v, const struct looking *l)
{
	if (l->note_count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Sổ quyết định"));
	html_table(v, tr(v->lang, "Sổ quyết định"), "stack", tr(v->lang, "Lúc"),
		tr(v->lang, "Việc"), tr(v->lang, "Lý do"), tr(v->lang, "Người quyết định"),
		tr(v->lang, "Đối tượng"));
	for (size_t i = 0; i < l->note_count && i < NOTES_SHOWN; i++)
		note(v, &l->notes[l->note_count - 1 - i]);
	html_table_end(v);
	html(v->w, "</section>\n");
}

static void empty(struct view *v)
{
	html(v->w,
		"<p class=\"empty\">%s</p>\n<pre>khien integrity baseline --data %s --reason \"…\" --by \"…\"\n"
		"khien integrity check --data %s</pre>\n",
		tr(v->lang,
			"Chưa có lần so sánh nào. Khi biết chắc máy đang sạch, hãy lập mốc với quyền root; từ đó "
			"Khiên tự so sánh mỗi ngày. Cần so ngay thì dùng lệnh thứ hai:"),
		v->web->data ? v->web->data : "DIR", v->web->data ? v->web->data : "DIR");
}

void page_integrity(struct view *v)
{
	struct org_host here = { 0 };
	struct looking l;

	if (load(v, &l) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Toàn vẹn tệp"));
	if (org_host_here(v->web->store, v->a, &here, v->e) == 0 && here.id)
		html_back_host(v, &here);
	else
		html_back(v, "/may", tr(v->lang, "Máy"));
	if (!l.is_there) {
		empty(v);
	} else {
		facts(v, &l.report);
		changes(v, &l.report);
		if (l.report.of_state[INTEGRITY_OPEN] && view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
			accept_form(v);
		gaps(v, &l.report);
		journal(v, &l);
	}
	page_end(v);
}

void page_integrity_csv(struct view *v)
{
	struct looking l;

	if (load(v, &l) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "toan-ven.csv");
	csv_words(v, T("Thay đổi"));
	csv_words(v, T("Tệp"));
	csv_words(v, T("Lúc"));
	csv_words(v, T("Ai"));
	csv_words(v, T("Tình trạng"));
	csv_words(v, T("Lý do"));
	csv_words(v, T("Người quyết định"));
	csv_words(v, T("mã thay đổi"));
	csv_end_row(v->w);
	for (size_t i = 0; i < l.report.change_count; i++) {
		const struct integrity_change *c = &l.report.changes[i];

		csv_words(v, integrity_what_words(c->what));
		csv_cell(v->w, change_path(c));
		csv_text(v, c->what == INTEGRITY_REMOVED ? "" : time_text(v, c->after.ctime_s));
		csv_cell(v->w, c->who);
		csv_words(v, integrity_state_words(c->state));
		csv_cell(v->w, c->reason);
		csv_cell(v->w, c->by);
		csv_cell(v->w, c->mark);
		csv_end_row(v->w);
	}
}

static int accept(struct view *v, struct str path)
{
	struct integrity_note n = { .at_s = v->by.now_s,
		.by = v->user.name,
		.reason = form_value(v, "ly-do"),
		.mark = STR(""),
		.path = STR("") };
	struct integrity *state = NULL;
	int rc = v->web->data ? integrity_open(v->web->data, false, v->e, &state) : ERR_ABSENT;

	if (rc == 0)
		rc = integrity_accept(state, path, &n, v->e);
	integrity_close(state);
	return rc < 0 ? rc : org_note(&v->by, "integrity-accept", path, v->e);
}

void page_integrity_post(struct view *v)
{
	struct str path = form_value(v, "duong-dan");
	int rc;

	if (!path.len)
		fault_add(v, "duong-dan", tr(v->lang, "Hãy ghi tệp, thư mục hoặc mã thay đổi."));
	if (!form_value(v, "ly-do").len)
		fault_add(v, "ly-do", tr(v->lang, "Hãy ghi lý do."));
	rc = v->fault_count ? ERR_INPUT : accept(v, path);
	if (rc == ERR_ABSENT)
		fault_add(
			v, "duong-dan", tr(v->lang, "Không có thay đổi nào chưa giải thích ở đó."));
	if (v->fault_count)
		page_integrity(v);
	else if (rc < 0)
		page_failed(v);
	else
		redirect(v, "/toan-ven?bao=da-chap-nhan");
}
