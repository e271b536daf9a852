/* attest.c - Xác nhận: what the visitor has to sign, who of a unit has not. */
#include "face/web/flow_int.h"
#include "face/web/work.h"

#define SIGNED_MAX 200 /* of one person, newest first */

static const struct statement *named(struct view *v)
{
	return pack_statement(v->web->packs, v->args[0]);
}

static bool is_of_people(const struct statement *s)
{
	return !str_is(s->role, "VENDOR") && !str_is(s->role, "OTHER");
}

typedef void each_statement(struct view *v, const struct statement *s);

static void walk(struct view *v, each_statement *each)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->statement_count; n++)
			each(v, &p->work->statements[n]);
	}
}

/* --- mine ------------------------------------------------------------------------------------- */

/* An account that stands for nobody signs nothing: what lacks, and where it is mended. */
static void nobody_yet(struct view *v)
{
	struct staff_query all = { .units = view_units(v, RIGHT_SEE).json, .state = STR("here") };
	bool is_admin = view_may(v, RIGHT_ADMIN, ORG_UNIT_FIRST);
	int64_t people = 1;

	html(v->w, "<p class=\"empty\">%s",
		tr(v->lang,
			"Tài khoản này chưa gắn với người nào trong danh sách nhân sự nên chưa có gì để ký."));
	if (!is_admin)
		html(v->w, " %s",
			tr(v->lang, "Hãy nhờ người quản trị gắn tài khoản ở trang Quản trị."));
	else if (staff_count(v->web->store, &all, &people, v->e) == 0 && people == 0)
		html(v->w, " %s <a href=\"/nhan-su\">%s</a>",
			tr(v->lang, "Danh sách nhân sự còn trống: nhập danh sách trước, rồi gắn."),
			tr(v->lang, "Nhân sự"));
	else
		html(v->w, " <a href=\"/quan-tri/nguoi-dung/%lld\">%s</a>", (long long)v->user.id,
			tr(v->lang, "Gắn với người trong danh sách"));
	html(v->w, "</p>\n");
}

static void mine_row(struct view *v, const struct statement *s)
{
	struct flow_by by = view_flow_by(v);
	int64_t signed_at_s = 0;
	bool must = false;

	if (!is_of_people(s) || !v->user.staff_id ||
		attest_must(&by, s, v->user.staff_id, &must, &signed_at_s, v->e) < 0 || !must)
		return;
	html(v->w,
		"<li class=\"item\"><span class=\"what\"><a class=\"title\" href=\"/xac-nhan/%.*s\">%.*s</a><br>",
		STR_FMT(s->id), STR_FMT(words_of(v, s->title)));
	if (signed_at_s)
		html(v->w,
			"<span class=\"chip met\"><span aria-hidden=\"true\">●</span> %s</span> %s",
			tr(v->lang, "đã ký"), time_text(v, signed_at_s));
	else
		html_chip(v, "overdue", "!", tr(v->lang, "cần ký"));
	html(v->w, "</span></li>\n");
}

/* --- coverage --------------------------------------------------------------------------------- */

static void cover_row(struct view *v, const struct statement *s)
{
	struct flow_by by = view_flow_by(v);
	struct attest_covers c;
	int64_t must = 0, has = 0;

	if (attest_coverage(&by, s, view_units(v, RIGHT_SEE).json, &c, v->e) < 0)
		return;
	for (size_t i = 0; i < c.count; i++) {
		must += c.at[i].must;
		has += c.at[i].has;
	}
	html(v->w, "<tr><th scope=\"row\"><a href=\"/xac-nhan/%.*s\">%.*s</a></th>", STR_FMT(s->id),
		STR_FMT(words_of(v, s->title)));
	html_table_number(v, tr(v->lang, "Phiên bản"), s->version);
	html_table_cell(v, tr(v->lang, "Ai ký"), text_of(v, law_role_title(v, s->role)));
	html_table_cell_begin(v, tr(v->lang, "Đã ký"));
	if (must)
		html(v->w, "%s/%s (%lld %%)", count_text(v, has), count_text(v, must),
			(long long)(has * 100 / must));
	else
		html(v->w, "%s",
			is_of_people(s) ? tr(v->lang, "chưa ai giữ vai trò này") :
					  tr(v->lang, "ký trên giấy"));
	html(v->w, "</td></tr>\n");
}

void page_attest(struct view *v)
{
	page_start(v, tr(v->lang, "Cam kết và xác nhận"));
	html_work_pages(v);
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Của tôi"));
	if (v->user.staff_id) {
		size_t before;

		html(v->w, "<ul class=\"items\">\n");
		before = v->w->len;
		walk(v, mine_row);
		if (v->w->len == before)
			html(v->w, "<li class=\"empty\">%s</li>\n",
				tr(v->lang, "Bạn không có bản nào phải ký."));
		html(v->w, "</ul>\n");
	} else {
		nobody_yet(v);
	}
	html(v->w, "</section>\n");
	if (org_reach(v->user.role, RIGHT_SEE) > PLACE_SELF) {
		html(v->w, "<section>\n<h2>%s</h2>\n",
			tr(v->lang, "Trong các đơn vị tôi được xem"));
		html_table_begin(v, tr(v->lang, "Trong các đơn vị tôi được xem"), "stack flowing");
		html_table_head(v, tr(v->lang, "Bản"));
		html_table_head_number(v, tr(v->lang, "Phiên bản"));
		html_table_head(v, tr(v->lang, "Ai ký"));
		html_table_head(v, tr(v->lang, "Đã ký"));
		html_table_rows(v);
		walk(v, cover_row);
		html_table_end(v);
		html(v->w, "<p><a href=\"/pho-bien\">%s</a>",
			tr(v->lang, "Các buổi phổ biến, kiểm tra nhận thức"));
		if (org_reach(v->user.role, RIGHT_PEOPLE) > PLACE_SELF)
			html(v->w, " · <a href=\"/nhan-su\">%s</a>",
				tr(v->lang, "Giao vai trò: mở trang của từng người"));
		html(v->w, "</p>\n</section>\n");
	}
	page_end(v);
}

/* --- one statement ---------------------------------------------------------------------------- */

/* The clauses whose obligations a point answers, each once. */
static void clauses_of(struct view *v, const struct statement *s, const struct statement_point *p)
{
	struct str *ids = arena_array(v->a, struct str, p->answer_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < p->answer_count; i++) {
		struct str clause = p->answers[i], number;
		size_t n = 0;

		(void)str_split(p->answers[i], '#', &clause, &number);
		while (n < count && !str_eq(ids[n], clause))
			n++;
		if (n == count)
			ids[count++] = clause;
	}
	html_clauses(v, s->pack, ids, count);
}

/* The newest signing of the visitor's own. */
struct own {
	const struct attest_signed *signing; /* NULL: none */
	struct attest_points points;
};

static bool is_said(const struct own *own, const struct statement_point *p)
{
	for (size_t i = 0; i < own->points.count; i++)
		if (str_eq(own->points.at[i], p->id))
			return true;
	return false;
}

/* Before a point that is signed only where it is ticked: a box to tick, here or on paper, or the
 * box as it was signed. */
static void box(
	struct view *v, const struct own *own, const struct statement_point *p, bool may_tick)
{
	if (may_tick)
		html(v->w, "<input type=\"checkbox\" name=\"diem-%.*s\" value=\"yes\"> ",
			STR_FMT(p->id));
	else if (own && own->signing)
		html(v->w, "<span class=\"box\" role=\"img\" aria-label=\"%s\">%s</span> ",
			is_said(own, p) ? tr(v->lang, "đã xác nhận") :
					  tr(v->lang, "không xác nhận"),
			is_said(own, p) ? "☑" : "☐");
	else
		html(v->w, "<span class=\"box\" aria-hidden=\"true\">☐</span> ");
}

/* OWN: NULL, or what was signed. */
static void points(struct view *v, const struct statement *s, const struct own *own, bool may_tick)
{
	html(v->w, "<ol class=\"points\">\n");
	for (size_t i = 0; i < s->point_count; i++) {
		const struct statement_point *p = &s->points[i];
		bool is_left = own && own->signing && p->is_tick && !is_said(own, p);

		html(v->w, "<li>%s", may_tick && p->is_tick ? "<label>" : "");
		if (p->is_tick)
			box(v, own, p, may_tick);
		html(v->w, "%.*s%s", STR_FMT(words_of(v, p->text)),
			may_tick && p->is_tick ? "</label>" : "");
		if (is_left)
			html(v->w, " <strong>(%s)</strong>", tr(v->lang, "không xác nhận"));
		html(v->w, " <span class=\"soft\">");
		clauses_of(v, s, p);
		html(v->w, "</span></li>\n");
	}
	html(v->w, "</ol>\n");
}

/* On paper alone: who signs, where, on which day. */
static void place_to_sign(struct view *v)
{
	html(v->w,
		"<div class=\"on-paper\">\n<p>%s ....................................................</p>\n"
		"<p>%s ....................................................</p>\n"
		"<div class=\"signs\"><p></p><p><em>%s</em><br><strong>%s</strong><br><em>%s</em></p>"
		"</div>\n</div>\n",
		tr(v->lang, "Họ và tên:"), tr(v->lang, "Chức vụ, đơn vị:"),
		tr(v->lang, "....................., ngày ...... tháng ...... năm .........."),
		tr(v->lang, "NGƯỜI KÝ XÁC NHẬN"), tr(v->lang, "(chữ ký, họ và tên)"));
}

static void sign_form(struct view *v, const struct statement *s)
{
	html_form(v, path_of(v, "/xac-nhan/%.*s", STR_FMT(s->id)), "review pledge");
	points(v, s, NULL, true);
	html(v->w, "<p class=\"soft\">%s</p>\n",
		tr(v->lang,
			"Điểm có ô vuông chỉ được ký khi đánh dấu. Khiên giữ tên, chức vụ, thời điểm và mã băm của đúng lời văn này."));
	html_form_end(v, tr(v->lang, "Tôi ký xác nhận"));
	place_to_sign(v);
}

/* Who signed, as what, when, which version of the words, and are they still those. */
static void signed_facts(struct view *v, const struct attest_signed *x)
{
	html(v->w, "<dl class=\"facts signed\">\n");
	html_fact(v, tr(v->lang, "Người ký"),
		x->position.len ?
			arena_fmt(v->a, "%.*s, %.*s", STR_FMT(x->name), STR_FMT(x->position)) :
			x->name);
	html_fact(v, tr(v->lang, "Đơn vị"), unit_name(v, x->unit_id));
	html_fact(v, tr(v->lang, "Ký lúc"), str_of(time_text(v, x->at_s)));
	html_fact(v, tr(v->lang, "Cách ký"),
		x->how == ATTEST_PAPER ?
			str_of(fill(v, tr(v->lang, "trên giấy; bản giấy lưu ở {noi}"), "noi",
				text_of(v, x->paper), NULL)) :
			str_of(tr(v->lang, "trên Khiên, bằng tài khoản của người ký")));
	html_fact(v, tr(v->lang, "Phiên bản đã ký"), str_of(number_text(v, x->version)));
	html(v->w, "<div><dt>%s</dt><dd><code class=\"sha\">%.*s</code></dd></div>\n",
		tr(v->lang, "Mã băm của lời văn đã ký"), STR_FMT(x->digest));
	html_fact(v, tr(v->lang, "Lời văn trên trang này"),
		str_of(x->is_same ? tr(v->lang, "đúng là lời văn đã ký") :
				    tr(v->lang, "khác lời văn đã ký")));
	html(v->w, "</dl>\n");
}

/* What the visitor has signed of it last. */
static struct own own_of(struct view *v, const struct statement *s)
{
	struct flow_by by = view_flow_by(v);
	struct attest_signeds list = { 0 };
	struct own own = { 0 };

	if (v->user.staff_id && attest_list(&by, v->user.staff_id, 0, SIGNED_MAX, &list, v->e) < 0)
		list.count = 0;
	for (size_t i = 0; i < list.count && !own.signing; i++)
		if (str_eq(list.at[i].statement, s->id))
			own.signing = &list.at[i];
	if (own.signing && attest_points(&by, own.signing->id, &own.points, v->e) < 0)
		own.signing = NULL;
	return own;
}

static void paper_form(struct view *v, const struct statement *s)
{
	html(v->w, "<section class=\"act\">\n<details>\n<summary>%s</summary>\n",
		tr(v->lang, "Nhập một bản đã ký trên giấy"));
	html_form(v, path_of(v, "/xac-nhan/%.*s", STR_FMT(s->id)), "plain");
	html(v->w, "<input type=\"hidden\" name=\"giay\" value=\"co\">\n");
	html_unit_select(v,
		&(struct unit_choice){ .name = "don-vi",
			.label = tr(v->lang, "Đơn vị"),
			.right = RIGHT_ACT,
			.chosen = v->user.unit_id });
	html_field(v,
		&(struct field){ .name = "ten",
			.label = tr(v->lang, "Họ và tên người ký"),
			.is_required = true });
	html_field(
		v, &(struct field){ .name = "chuc-vu", .label = tr(v->lang, "Chức vụ, tổ chức") });
	html_field(v,
		&(struct field){ .name = "noi-luu",
			.label = tr(v->lang, "Nơi lưu bản giấy"),
			.is_required = true });
	if (is_of_people(s))
		html_field(v,
			&(struct field){ .name = "nguoi",
				.label = tr(v->lang, "Số của người trong danh sách nhân sự"),
				.is_required = true });
	points(v, s, NULL, true);
	html_form_end(v, tr(v->lang, "Ghi bản giấy"));
	html(v->w, "</details>\n</section>\n");
}

static void unit_rows(struct view *v, const struct statement *s)
{
	struct flow_by by = view_flow_by(v);
	struct attest_covers c;

	if (attest_coverage(&by, s, view_units(v, RIGHT_SEE).json, &c, v->e) < 0 || c.count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Theo đơn vị"));
	html_table(v, tr(v->lang, "Theo đơn vị"), "", tr(v->lang, "Đơn vị"), tr(v->lang, "Đã ký"),
		tr(v->lang, "Chưa ký"));
	for (size_t i = 0; i < c.count; i++)
		html(v->w,
			"<tr><th scope=\"row\"><a href=\"/xac-nhan/%.*s?don-vi=%lld\">%.*s</a></th>"
			"<td>%s</td><td>%s</td></tr>\n",
			STR_FMT(s->id), (long long)c.at[i].unit_id,
			STR_FMT(unit_name(v, c.at[i].unit_id)),
			c.at[i].must ? path_of(v, "%s/%s", count_text(v, c.at[i].has),
					       count_text(v, c.at[i].must)) :
				       tr(v->lang, "chưa ai phải ký"),
			c.at[i].must ? count_text(v, c.at[i].must - c.at[i].has) : "");
	html_table_end(v);
	html(v->w, "</section>\n");
}

/* Who of one unit has signed and who has not: the list to print. */
static void people(struct view *v, const struct statement *s, int64_t unit_id)
{
	struct flow_by by = view_flow_by(v);
	struct attest_people list;

	if (attest_people(&by, s, unit_id, &list, v->e) < 0)
		return;
	html(v->w, "<section>\n<h2>%.*s</h2>\n", STR_FMT(unit_name(v, unit_id)));
	html_table(v, NULL, "", tr(v->lang, "Họ và tên"), tr(v->lang, "Chức vụ"),
		tr(v->lang, "Ký lúc"));
	for (size_t i = 0; i < list.count; i++) {
		html(v->w,
			"<tr><th scope=\"row\"><a href=\"/nhan-su/%lld\">%.*s</a></th><td>%.*s</td><td>",
			(long long)list.at[i].staff_id, STR_FMT(list.at[i].name),
			STR_FMT(list.at[i].position));
		if (list.at[i].signed_at_s)
			html(v->w, "%s", time_text(v, list.at[i].signed_at_s));
		else
			html_chip(v, "overdue", "!", tr(v->lang, "chưa ký"));
		html(v->w, "</td></tr>\n");
	}
	html_table_end(v);
	html(v->w, "</section>\n");
}

static void show(struct view *v, const struct statement *s)
{
	struct flow_by by = view_flow_by(v);
	int64_t unit = 0, signed_at_s = 0;
	char digest[ATTEST_DIGEST_SIZE];
	struct own own = own_of(v, s);
	bool must = false;

	attest_digest(s, digest);
	if (v->user.staff_id &&
		attest_must(&by, s, v->user.staff_id, &must, &signed_at_s, v->e) < 0)
		must = false;
	page_start(v, text_of(v, words_of(v, s->title)));
	html_back(v, "/xac-nhan", tr(v->lang, "Cam kết và xác nhận"));
	html(v->w, "<section>\n<p class=\"soft\">%s %d · ", tr(v->lang, "Phiên bản"), s->version);
	html_clauses(v, s->pack, s->clauses, s->clause_count);
	html(v->w, " · %s <code class=\"sha\">%s</code></p>\n<p>%.*s</p>\n",
		tr(v->lang, "mã băm (SHA-256) của lời văn:"), digest,
		STR_FMT(words_of(v, s->text)));
	if (must && !signed_at_s) {
		sign_form(v, s);
	} else {
		points(v, s, &own, false);
		if (own.signing)
			signed_facts(v, own.signing);
		else
			place_to_sign(v);
	}
	html(v->w, "</section>\n");
	if (str_to_i64(http_pair(v->query, "don-vi"), &unit) && view_may(v, RIGHT_SEE, unit))
		people(v, s, unit);
	else if (org_reach(v->user.role, RIGHT_SEE) > PLACE_SELF)
		unit_rows(v, s);
	if (org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF)
		paper_form(v, s);
	page_end(v);
}

void page_statement(struct view *v)
{
	const struct statement *s = named(v);

	if (s)
		show(v, s);
	else
		page_problem(v, 404);
}

static struct attest_signing typed(struct view *v, const struct statement *s)
{
	VEC(struct str) ticks = { 0 };
	struct attest_signing g = { .statement = s,
		.unit_id = v->user.unit_id,
		.staff_id = v->user.staff_id,
		.name = v->user.name };
	struct staff me;

	for (size_t i = 0; i < s->point_count; i++) {
		const char *name = path_of(v, "diem-%.*s", STR_FMT(s->points[i].id));

		if (str_is(form_value(v, name), "yes"))
			vec_push(v->a, &ticks, s->points[i].id);
	}
	g.ticks = ticks.at;
	g.tick_count = ticks.len;
	if (form_value(v, "giay").len) {
		g.how = ATTEST_PAPER;
		g.unit_id = form_number(v, "don-vi");
		g.staff_id = is_of_people(s) ? form_number(v, "nguoi") : 0;
		g.name = form_value(v, "ten");
		g.position = form_value(v, "chuc-vu");
		g.paper = form_value(v, "noi-luu");
	} else if (v->user.staff_id &&
		staff_get(v->web->store, v->user.staff_id, v->a, &me, v->e) == 0) {
		g.name = me.name;
		g.position = me.position;
		g.unit_id = me.unit_id;
	}
	return g;
}

void page_statement_sign(struct view *v)
{
	const struct statement_point *against = NULL;
	const struct statement *s = named(v);
	struct flow_by by = view_flow_by(v);
	struct attest_signing g;
	int64_t id;
	int rc;

	if (!s) {
		page_problem(v, 404);
		return;
	}
	g = typed(v, s);
	rc = attest_sign(&by, &g, &against, &id, v->e);
	if (rc == ERR_CONFLICT || rc == ERR_INPUT) {
		if (against)
			fault_add(v, "noi-dung",
				fill(v,
					tr(v->lang,
						"Hồ sơ xử lý của đơn vị trái với điểm này: {diem}"),
					"diem", text_of(v, words_of(v, against->text)), NULL));
		else
			fault_add(
				v, "ten", tr(v->lang, "Hãy ghi tên người ký và nơi lưu bản giấy."));
		v->rs->status = 422;
		show(v, s);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/xac-nhan/%.*s?bao=da-luu", STR_FMT(s->id)));
	}
}
