/* check.c - one check on one machine: what it asks and why, every subject, the proof, the
 * cure, what it was before, and the exceptions from it. */
#include "face/web/web_int.h"

#define HISTORY_MAX 30
#define CURES_MAX 8

struct checked {
	struct facts facts;
	const struct check *check;
	const struct evidence *rows;
	size_t row_count;
	enum outcome outcome;
};

static bool load(struct view *v, struct checked *c)
{
	int64_t id;

	*c = (struct checked){ .check = pack_check(v->web->packs, v->args[1]),
		.outcome = OUTCOME_NA };
	if (!c->check || !str_to_i64(v->args[0], &id)) {
		page_problem(v, 404);
		return false;
	}
	if (facts_load(v, id, &c->facts, v->e) < 0) {
		page_failed(v);
		return false;
	}
	for (size_t i = 0; i < c->facts.row_count; i++) {
		if (!str_eq(c->facts.rows[i].check, c->check->id))
			continue;
		if (c->row_count++ == 0) {
			c->rows = &c->facts.rows[i];
			c->outcome = c->facts.rows[i].outcome;
		}
		c->outcome = outcome_worst(c->outcome, c->facts.rows[i].outcome);
	}
	return true;
}

static void asks(struct view *v, const struct checked *c)
{
	struct str asked = words_of(v, c->check->asks), why = words_of(v, c->check->why);

	html(v->w, "<p>");
	if (c->row_count)
		html_outcome(v, c->outcome);
	else
		html(v->w, "%s",
			tr(v->lang,
				c->check->is_live ? T("Phép kiểm này chưa chạy trên máy này.") :
						    T("Phép kiểm này thuộc phiên bản sau.")));
	html(v->w, " <code>%.*s</code></p>\n", STR_FMT(c->check->id));
	if (asked.len)
		html(v->w, "<p>%.*s</p>\n", STR_FMT(asked));
	if (why.len)
		html(v->w, "<p class=\"soft\">%.*s</p>\n", STR_FMT(why));
	html(v->w, "<p>%s <strong>%.*s</strong></p>\n", tr(v->lang, "Yêu cầu:"),
		STR_FMT(wanted_words(v, &c->facts, c->check)));
}

static void answers(struct view *v, const struct checked *c)
{
	if (c->check->answer_count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"hits\">\n",
		tr(v->lang, "Trả lời cho nghĩa vụ"));
	for (size_t i = 0; i < c->check->answer_count; i++) {
		const struct obligation *o = c->check->answers[i];
		const struct comply_verdict *cv = facts_verdict(&c->facts, o);

		html_obligation(v, o);
		if (cv)
			html_verdict(v, cv->verdict);
		html(v->w, "</li>\n");
	}
	html(v->w, "</ul>\n</section>\n");
}

/* --- what was found --------------------------------------------------------------------------- */

static void source(struct view *v, const struct evidence *row)
{
	if (row->file.len && row->line)
		html(v->w, "<code>%.*s:%lld</code>", STR_FMT(row->file), (long long)row->line);
	else if (str_starts(row->file, "#")) /* no file, a table of facts: khien tables NAME */
		html(v->w, "%s <code>%.*s</code>", tr(v->lang, "bảng dữ kiện"),
			STR_FMT(str_from(row->file, 1)));
	else if (row->file.len)
		html(v->w, "<code>%.*s</code>", STR_FMT(row->file));
	if (row->lost.len)
		html(v->w, "<br><span class=\"soft\">%s</span> <code>%.*s</code>",
			tr(v->lang, "thay cho"), STR_FMT(row->lost));
	if (row->extract_sha256.len)
		html(v->w,
			"<br><span class=\"soft\">SHA-256</span> <code class=\"sha\">%.*s</code>",
			STR_FMT(row->extract_sha256));
}

static void subject(struct view *v, const struct checked *c, const struct evidence *row)
{
	struct str why = reason_words(v, c->check, row);

	html(v->w, "<tr>\n<td>");
	html_outcome(v, row->outcome);
	html(v->w, "</td>\n<th scope=\"row\">%.*s</th>\n<td>",
		STR_FMT(row->subject.len ? subject_words(v, row) : str_of(tr(v->lang, "cả máy"))));
	if (row->found.len)
		html(v->w, "<code>%.*s</code>", STR_FMT(found_words(v, c->check, row)));
	if (why.len)
		html(v->w, " <span class=\"soft\">%.*s</span>", STR_FMT(why));
	html(v->w, "</td>\n<td>");
	source(v, row);
	html(v->w, "</td>\n</tr>\n");
}

static void subjects(struct view *v, const struct checked *c)
{
	if (c->row_count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<p class=\"soft\">%s</p>\n", tr(v->lang, "Bằng chứng"),
		time_text(v, c->facts.run.at_s));
	html_table(v, NULL, "stack", tr(v->lang, "Kết quả"), tr(v->lang, "Đối tượng"),
		tr(v->lang, "Thấy"), tr(v->lang, "Đọc từ đâu"));
	for (size_t i = 0; i < c->row_count; i++)
		subject(v, c, &c->rows[i]);
	html_table_end(v);
	html(v->w, "</section>\n");
}

/* Each different cure once; those after the first are folded away, as they mostly differ in the
 * subject alone. */
static void cures(struct view *v, const struct checked *c)
{
	VEC(struct str) found = { 0 };

	for (size_t i = 0; i < c->row_count && found.len < CURES_MAX; i++) {
		struct str text = STR("");
		bool is_known = false;

		if (c->rows[i].outcome == OUTCOME_FAIL || c->rows[i].outcome == OUTCOME_UNKNOWN)
			text = str_trim(cure_words(v, &c->facts, c->check, &c->rows[i]));
		for (size_t k = 0; k < found.len; k++)
			is_known |= str_eq(found.at[k], text);
		if (text.len && !is_known)
			vec_push(v->a, &found, text);
	}
	if (found.len == 0)
		return;
	html(v->w, "<section class=\"cure\">\n<h2>%s</h2>\n<pre>%.*s</pre>\n",
		tr(v->lang, "Cách khắc phục"), STR_FMT(found.at[0]));
	if (found.len > 1)
		html(v->w, "<details>\n<summary>%s</summary>\n",
			tr(v->lang, "Cách khắc phục cho các đối tượng khác"));
	for (size_t i = 1; i < found.len; i++)
		html(v->w, "<pre>%.*s</pre>\n", STR_FMT(found.at[i]));
	if (found.len > 1)
		html(v->w, "</details>\n");
	html(v->w, "</section>\n");
}

static void history(struct view *v, const struct checked *c)
{
	const struct evidence about = { .host_id = c->facts.host.id, .check = c->check->id };
	struct evidence_rows past;

	if (evidence_history(v->web->store, &about, HISTORY_MAX, v->a, &past, v->e) < 0 ||
		past.count < 2)
		return;
	html(v->w, "<section>\n<details>\n<summary>%s</summary>\n", tr(v->lang, "Các lần trước"));
	html_table(v, tr(v->lang, "Các lần trước"), "", tr(v->lang, "Lúc"), tr(v->lang, "Kết quả"),
		tr(v->lang, "Thấy"));
	for (size_t i = 0; i < past.count; i++) {
		const struct evidence *row = &past.at[i];

		html(v->w, "<tr><th scope=\"row\">%s</th><td>", time_text(v, row->at_s));
		html_outcome(v, row->outcome);
		html(v->w, "</td><td>%.*s <code>%.*s</code></td></tr>\n",
			STR_FMT(subject_words(v, row)), STR_FMT(found_words(v, c->check, row)));
	}
	html_table_end(v);
	html(v->w, "</details>\n</section>\n");
}

/* --- exceptions ------------------------------------------------------------------------------- */

static void exception_form(struct view *v, const struct checked *c)
{
	if (!view_may(v, RIGHT_ACT, c->facts.host.unit_id) || c->check->answer_count == 0)
		return;
	html(v->w, "<section>\n<details");
	if (v->fault_count)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s</summary>\n<p>%s</p>\n",
		tr(v->lang, "Ghi một ngoại lệ có thời hạn"),
		tr(v->lang,
			"Ngoại lệ không biến “không đạt” thành “đạt”: kết quả ghi là ngoại lệ đến ngày hết hạn, "
			"bằng chứng vẫn hiện."));
	html_form(v,
		path_of(v, "/may/%lld/%.*s/ngoai-le", (long long)c->facts.host.id,
			STR_FMT(url_piece(c->check->id, v->a))),
		"card");
	html_select(v, "nghia-vu", tr(v->lang, "Nghĩa vụ"));
	for (size_t i = 0; i < c->check->answer_count; i++) {
		const struct obligation *o = c->check->answers[i];
		const char *name = obligation_name(v, o);

		html_option(v, name,
			text_of(v,
				arena_fmt(v->a, "%.*s, %.*s", STR_FMT(words_of(v, o->title)),
					STR_FMT(clause_cite(o->clause, v->lang, v->a)))),
			str_is(form_value(v, "nghia-vu"), name));
	}
	html_select_end(v);
	html_field(v,
		&(struct field){
			.name = "ly-do", .label = tr(v->lang, "Lý do"), .is_required = true });
	html_field(v,
		&(struct field){ .name = "nguoi-duyet",
			.is_required = true,
			.label = tr(v->lang, "Người phê duyệt (họ tên, chức vụ)") });
	html_field(v,
		&(struct field){ .name = "bien-phap", .label = tr(v->lang, "Biện pháp thay thế") });
	html_field(v,
		&(struct field){ .name = "den-ngay",
			.label = tr(v->lang, "Đến hết ngày"),
			.hint = tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026"),
			.is_required = true });
	html_form_end(v, tr(v->lang, "Ghi ngoại lệ"));
	html(v->w, "</details>\n</section>\n");
}

static void show(struct view *v, const struct checked *c)
{
	page_start(v, text_of(v, words_of(v, c->check->title)));
	html_back_host(v, &c->facts.host);
	asks(v, c);
	cures(v, c);
	subjects(v, c);
	answers(v, c);
	history(v, c);
	exception_form(v, c);
	page_end(v);
}

void page_check(struct view *v)
{
	struct checked c;

	if (load(v, &c))
		show(v, &c);
}

void page_exception_post(struct view *v)
{
	struct checked c;

	if (!load(v, &c))
		return;
	if (exception_take(v, c.facts.host.id) == 0) {
		redirect(v, "/ngoai-le?bao=da-them-ngoai-le");
	} else if (v->fault_count) {
		v->rs->status = 422;
		show(v, &c);
	} else {
		page_failed(v);
	}
}
