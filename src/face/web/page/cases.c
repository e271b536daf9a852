/* cases.c - Hồ sơ: the cases that a visitor may see, and a new one. */
#include "core/record/record.h"
#include "face/web/flow_int.h"
#include "face/web/work.h"

#define CSV_ROWS 100000
#define CHOICES_MAX 20

struct flow_by view_flow_by(struct view *v)
{
	return (struct flow_by){ v->web->store, v->web->packs, &v->user, view_tree(v), v->by.now_s,
		v->a };
}

struct flow_reader view_flow_reader(struct view *v)
{
	return (struct flow_reader){ v->web->store, v->web->packs, v->lang, v->a };
}

static const char *span_text(struct view *v, int64_t s)
{
	if (s < 3600)
		return fill(v, tr(v->lang, "{n} phút"), "n", count_text(v, s / 60), NULL);
	if (s < 3 * CLOCK_DAY_S)
		return fill(v, tr(v->lang, "{n} giờ"), "n", count_text(v, s / 3600), NULL);
	return fill(v, tr(v->lang, "{n} ngày"), "n", count_text(v, s / CLOCK_DAY_S), NULL);
}

/* WHEN: the end of the term in words. */
static void html_term(struct view *v, int64_t due_at_s, int64_t done_at_s, const char *when)
{
	int64_t at_s = done_at_s ? done_at_s : v->by.now_s, left = due_at_s - at_s;

	if (left < 0)
		html(v->w,
			"<span class=\"chip overdue\"><span aria-hidden=\"true\">!</span> %s %s</span> ",
			done_at_s ? tr(v->lang, "muộn") : tr(v->lang, "quá hạn"),
			span_text(v, -left));
	else if (!done_at_s)
		html(v->w,
			"<span class=\"chip no-evidence\"><span aria-hidden=\"true\">◷</span> %s %s</span> ",
			tr(v->lang, "còn"), span_text(v, left));
	html(v->w, "<span class=\"soft when\">%s %s</span>", tr(v->lang, "hạn"), when);
}

void html_clock(struct view *v, int64_t due_at_s, int64_t done_at_s)
{
	if (due_at_s)
		html_term(v, due_at_s, done_at_s, time_text(v, due_at_s));
}

/* In a list: the hour of a term that is days away is on the page of its case. */
static void html_clock_short(struct view *v, int64_t due_at_s)
{
	int64_t left = due_at_s - v->by.now_s;
	bool is_near = left < 3 * CLOCK_DAY_S && left > -3 * CLOCK_DAY_S;

	if (due_at_s)
		html_term(v, due_at_s, 0,
			is_near ? time_text(v, due_at_s) : date_text(v, date_at(due_at_s)));
}

void html_clauses(struct view *v, const struct pack *p, const struct str *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct clause *c = pack_clause(v->web->packs,
			arena_fmt(v->a, "%.*s/%.*s", STR_FMT(p->id), STR_FMT(ids[i])));

		if (c)
			html(v->w, "%s<a href=\"%s\">%.*s</a>", i ? ", " : "", clause_path(v, c),
				STR_FMT(clause_cite(c, v->lang, v->a)));
	}
}

/* --- the list --------------------------------------------------------------------------------- */

static const struct {
	const char *id, *words;
} shows[] = {
	[FLOW_SHOW_OPEN] = { "dang-mo", T("đang mở") },
	[FLOW_SHOW_LATE] = { "qua-han", T("quá hạn") },
	[FLOW_SHOW_ENDED] = { "da-xong", T("đã kết thúc") },
	[FLOW_SHOW_ALL] = { "tat-ca", T("tất cả") },
};

static struct flow_query asked(struct view *v)
{
	struct str show = http_pair(v->query, "xem");
	struct flow_query q = { .units = view_units(v, RIGHT_SEE).json,
		.flow = http_pair(v->query, "luong"),
		.text = str_trim(http_pair(v->query, "q")),
		.now_s = v->by.now_s,
		.max = VIEW_ROWS };
	int64_t page = 1, unit = 0;

	for (size_t i = 0; i < COUNT(shows); i++) {
		if (str_is(show, shows[i].id))
			q.show = (enum flow_show)i;
	}
	(void)str_to_i64(http_pair(v->query, "dot"), &q.parent_id);
	(void)str_to_i64(http_pair(v->query, "nguoi"), &q.staff_id);
	(void)str_to_i64(http_pair(v->query, "trang"), &page);
	if (str_to_i64(http_pair(v->query, "don-vi"), &unit) && view_may(v, RIGHT_SEE, unit))
		q.units = unit_json(v, unit);
	q.from = page > 1 && page < 100000 ? (size_t)(page - 1) * VIEW_ROWS : 0;
	return q;
}

/* Each flow of the packs in force; FLOW is the one chosen. */
static void flow_options(struct view *v, struct str chosen)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++) {
			const struct flow *f = &p->work->flows[n];

			html_option(v, text_of(v, f->id), text_of(v, words_of(v, f->title)),
				str_eq(f->id, chosen));
		}
	}
}

static void search(struct view *v, const struct flow_query *q)
{
	html(v->w,
		"<form class=\"ask card\" role=\"search\" method=\"get\" action=\"/ho-so\">\n"
		"<div class=\"field wide\"><label for=\"q\">%s</label>\n"
		"<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\" autocomplete=\"off\"></div>\n"
		"<div class=\"field\"><label for=\"luong\">%s</label>\n"
		"<select id=\"luong\" name=\"luong\"><option value=\"\">%s</option>\n",
		tr(v->lang, "Tìm trong tên hồ sơ; gõ không dấu cũng được"), STR_FMT(q->text),
		tr(v->lang, "Loại hồ sơ"), tr(v->lang, "tất cả"));
	flow_options(v, q->flow);
	html(v->w,
		"</select></div>\n<div class=\"field\"><label for=\"xem\">%s</label>\n"
		"<select id=\"xem\" name=\"xem\">\n",
		tr(v->lang, "Xem"));
	for (size_t i = 0; i < COUNT(shows); i++)
		html_option(v, shows[i].id, tr(v->lang, shows[i].words), (size_t)q->show == i);
	html(v->w,
		"</select></div>\n<div class=\"field\"><button type=\"submit\">%s</button></div>\n</form>\n",
		tr(v->lang, "Tìm"));
}

static struct str state_words(struct view *v, const struct flow *f, struct str state)
{
	const struct flow_state *s = f ? flow_state_of(f, state) : NULL;

	return s ? words_of(v, s->title) : state;
}

static void row(struct view *v, const struct flow_by *by, const struct flow_case *c)
{
	const struct flow *f = pack_flow(v->web->packs, c->flow);
	struct flow_term term = f ? flow_state_term(f, c) : (struct flow_term){ 0 };
	struct str kind = f ? words_of(v, f->title) : c->flow;
	struct date unsure;

	html(v->w,
		"<tr>\n<th scope=\"row\"><a href=\"/ho-so/%lld\">%.*s</a></th>\n"
		"<td class=\"%s\">%.*s</td>\n<td>",
		(long long)c->id, STR_FMT(c->title), str_eq(kind, c->title) ? "blank" : "",
		STR_FMT(kind));
	html_unit_link(v, c->unit_id);
	html(v->w, "</td>\n<td>%.*s", STR_FMT(state_words(v, f, c->state)));
	if (c->tasks_all)
		html(v->w, " <span class=\"soft\">%s %s/%s</span>", tr(v->lang, "việc"),
			count_text(v, (int64_t)(c->tasks_all - c->tasks_open)),
			count_text(v, (int64_t)c->tasks_all));
	html(v->w, "</td>\n<td>");
	if (c->ended_at_s)
		html(v->w, "%s", time_text(v, c->ended_at_s));
	else
		html_clock_short(v, c->due_at_s);
	if (f && flow_term_is_unsure(by, &term, NULL, &unsure))
		html_expected(v, unsure);
	if (c->tasks_late)
		html(v->w,
			" <span class=\"chip overdue\"><span aria-hidden=\"true\">!</span> %s %s</span>",
			count_text(v, (int64_t)c->tasks_late), tr(v->lang, "việc quá hạn"));
	html(v->w, "</td>\n</tr>\n");
}

static void table(struct view *v, const struct flow_cases *list)
{
	struct flow_by by = view_flow_by(v);

	html_table(v, tr(v->lang, "Hồ sơ"), "stack flowing", tr(v->lang, "Tên hồ sơ"),
		tr(v->lang, "Loại hồ sơ"), tr(v->lang, "Đơn vị"), tr(v->lang, "Trạng thái"),
		tr(v->lang, "Thời hạn"));
	for (size_t i = 0; i < list->count; i++)
		row(v, &by, &list->at[i]);
	html_table_end(v);
}

void page_cases(struct view *v)
{
	struct flow_query q = asked(v);
	struct flow_cases list;
	const char *same;

	if (flow_list(v->web->store, &q, v->a, &list, v->e) < 0) {
		page_failed(v);
		return;
	}
	same = path_of(v, "/ho-so?q=%.*s&luong=%.*s&xem=%s&dot=%lld&",
		STR_FMT(url_piece(q.text.ptr ? q.text : STR(""), v->a)),
		STR_FMT(url_piece(q.flow.ptr ? q.flow : STR(""), v->a)), shows[q.show].id,
		(long long)q.parent_id);
	page_start(v, tr(v->lang, "Hồ sơ xử lý"));
	html_work_pages(v);
	if (org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF)
		html(v->w, "<p class=\"act\"><a class=\"button\" href=\"/ho-so/moi\">%s</a></p>\n",
			tr(v->lang, "Mở hồ sơ mới"));
	search(v, &q);
	if (list.count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			v->rq->query.len ? tr(v->lang, "Không có hồ sơ nào như vậy.") :
					   tr(v->lang, "Chưa có hồ sơ nào đang mở."));
	else {
		html(v->w, "<p class=\"soft\">%s %s</p>\n", count_text(v, list.all),
			tr(v->lang, "hồ sơ"));
		table(v, &list);
		html_pages(v, same, (int64_t)(q.from / VIEW_ROWS) + 1,
			(list.all + VIEW_ROWS - 1) / VIEW_ROWS);
		html(v->w, "<p class=\"export\"><a href=\"/ho-so.csv?%s\">%s</a></p>\n",
			strchr(same, '?') + 1, tr(v->lang, "Tải danh sách này (CSV)"));
	}
	page_end(v);
}

void page_cases_csv(struct view *v)
{
	struct flow_query q = asked(v);
	struct flow_cases list;

	q.max = CSV_ROWS;
	q.from = 0;
	if (flow_list(v->web->store, &q, v->a, &list, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "ho-so.csv");
	csv_words(v, T("Số"));
	csv_words(v, T("Tên hồ sơ"));
	csv_words(v, T("Loại hồ sơ"));
	csv_words(v, T("Đơn vị"));
	csv_words(v, T("Trạng thái"));
	csv_words(v, T("Mở lúc"));
	csv_words(v, T("Thời hạn"));
	csv_words(v, T("Kết thúc lúc"));
	csv_end_row(v->w);
	for (size_t i = 0; i < list.count; i++) {
		const struct flow_case *c = &list.at[i];
		const struct flow *f = pack_flow(v->web->packs, c->flow);

		csv_i64(v->w, c->id);
		csv_cell(v->w, c->title);
		csv_cell(v->w, f ? words_of(v, f->title) : c->flow);
		csv_cell(v->w, unit_name(v, c->unit_id));
		csv_cell(v->w, state_words(v, f, c->state));
		csv_text(v, time_text(v, c->started_at_s));
		csv_text(v, time_text(v, c->due_at_s));
		csv_text(v, time_text(v, c->ended_at_s));
		csv_end_row(v->w);
	}
}

/* --- a new one -------------------------------------------------------------------------------- */

/* What the address or the form says the case is about. */
static int64_t named(struct view *v, const char *name)
{
	int64_t id = form_number(v, name);

	if (!id)
		(void)str_to_i64(http_pair(v->query, name), &id);
	return id;
}

static const struct flow *chosen_flow(struct view *v)
{
	struct str id = form_value(v, "luong");

	return pack_flow(v->web->packs, id.len ? id : http_pair(v->query, "luong"));
}

static void choose(struct view *v)
{
	html(v->w, "<p>%s</p>\n<ul class=\"hits flows\">\n",
		tr(v->lang,
			"Chọn loại hồ sơ. Hồ sơ về một bản ghi cũng mở được từ trang của bản ghi đó."));
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++) {
			const struct flow *f = &p->work->flows[n];

			html(v->w,
				"<li><a href=\"/ho-so/moi?luong=%.*s\">%.*s</a>\n<p>%.*s</p> "
				"<span class=\"soft\">",
				STR_FMT(f->id), STR_FMT(words_of(v, f->title)),
				STR_FMT(words_of(v, f->what)));
			html_clauses(v, p, f->clauses, f->clause_count);
			html(v->w, "</span></li>\n");
		}
	}
	html(v->w, "</ul>\n");
}

/* One that may be chosen: a person or a record. */
static void one_choice(
	struct view *v, const char *name, int64_t id, struct str words, struct str where)
{
	html(v->w,
		"<li><label><input type=\"radio\" name=\"%s\" value=\"%lld\" required> %.*s</label> "
		"<span class=\"soft\">%.*s</span></li>\n",
		name, (long long)id, STR_FMT(words), STR_FMT(where));
}

static size_t people_choices(struct view *v, struct str text)
{
	struct staff_query q = { .units = view_units(v, RIGHT_ACT).json,
		.text = text,
		.state = STR("here"),
		.max = CHOICES_MAX };
	struct staff *people;
	size_t count;

	if (staff_list(v->web->store, &q, v->a, &people, &count, v->e) < 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		one_choice(v, "nguoi", people[i].id, people[i].name,
			arena_fmt(v->a, "%.*s – %.*s", STR_FMT(people[i].position),
				STR_FMT(unit_name(v, people[i].unit_id))));
	return count;
}

static size_t record_choices(struct view *v, const struct flow *f, struct str text)
{
	struct record_query q = {
		.units = view_units(v, RIGHT_ACT).json, .text = text, .max = CHOICES_MAX
	};
	size_t shown = 0;

	for (size_t i = 0; i < f->register_count; i++) {
		const struct pack_register *reg = pack_register(v->web->packs, f->registers[i]);
		struct record_at at = { v->web->store, v->web->packs, reg, v->a, v->by.now_s,
			v->by.login };
		struct record_page page = { 0 };

		if (!reg || record_list(&at, &q, &page, v->e) < 0)
			continue;
		for (size_t n = 0; n < page.count; n++)
			one_choice(v, "ban-ghi", page.at[n].id, page.at[n].title,
				arena_fmt(v->a, "%.*s – %.*s", STR_FMT(words_of(v, reg->title)),
					STR_FMT(unit_name(v, page.at[n].unit_id))));
		shown += page.count;
	}
	return shown;
}

/* Its own form, since browsers send one at a time: the words that are looked for. */
static void about_search(struct view *v, const struct flow *f)
{
	html(v->w,
		"<form class=\"ask card\" role=\"search\" method=\"get\" action=\"/ho-so/moi\">\n"
		"<input type=\"hidden\" name=\"luong\" value=\"%.*s\">\n"
		"<div class=\"field wide\"><label for=\"tim\">%s</label>\n"
		"<input id=\"tim\" name=\"tim\" type=\"search\" value=\"%.*s\" autocomplete=\"off\"></div>\n"
		"<div class=\"field\"><button type=\"submit\">%s</button></div>\n</form>\n",
		STR_FMT(f->id),
		f->about == FLOW_ABOUT_STAFF ?
			tr(v->lang, "Tìm người theo tên; gõ không dấu cũng được") :
			tr(v->lang, "Tìm trong sổ theo tên, số hiệu; gõ không dấu cũng được"),
		STR_FMT(http_pair(v->query, "tim")), tr(v->lang, "Tìm"));
}

static void nothing_to_choose(struct view *v, bool is_staff, bool is_asked)
{
	const char *words = tr(v->lang, "Sổ chưa có bản ghi nào. Hãy ghi vào sổ trước.");

	if (is_asked)
		words = tr(v->lang, "Không tìm thấy gì để chọn. Hãy tìm bằng từ khác.");
	else if (is_staff)
		words = tr(v->lang, "Danh sách nhân sự chưa có ai. Hãy nhập danh sách trước.");
	html(v->w, "<li class=\"empty\">%s", words);
	if (is_staff && !is_asked)
		html(v->w, " <a href=\"/nhan-su\">%s</a>", tr(v->lang, "Nhân sự"));
	html(v->w, "</li>\n");
}

/* Whom or what the case is about: where one came from, or one of those that were found. */
static void about_choice(struct view *v, const struct flow *f)
{
	bool is_staff = f->about == FLOW_ABOUT_STAFF;
	const char *name = is_staff ? "nguoi" : "ban-ghi";
	struct str text = str_trim(http_pair(v->query, "tim"));
	struct flow_subject about = { .record_id = named(v, "ban-ghi") };
	int64_t id = named(v, name);
	struct staff person;
	bool is_there = id &&
		(is_staff ? staff_get(v->web->store, id, v->a, &person, v->e) == 0 &&
					view_may(v, RIGHT_SEE, person.unit_id) :
			    flow_thing(v->web->store, f, v->a, &about, v->e) == 0 &&
					view_may(v, RIGHT_SEE, about.unit_id));

	if (is_there) {
		html(v->w,
			"<p>%s <strong>%.*s</strong></p>\n"
			"<input type=\"hidden\" name=\"%s\" value=\"%lld\">\n",
			tr(v->lang, "Về:"), STR_FMT(is_staff ? person.name : about.title), name,
			(long long)id);
		return;
	}
	html(v->w, "<fieldset class=\"field\" id=\"%s\"><legend>%s</legend>\n", name,
		is_staff ? tr(v->lang, "Hồ sơ về ai") : tr(v->lang, "Hồ sơ về bản ghi nào"));
	html(v->w, "<ul class=\"items\">\n");
	if ((is_staff ? people_choices(v, text) : record_choices(v, f, text)) == 0)
		nothing_to_choose(v, is_staff, text.len > 0);
	html(v->w, "</ul>\n</fieldset>\n");
}

static void new_form(struct view *v, const struct flow *f)
{
	html(v->w, "<p>%.*s</p>\n<p class=\"soft\">", STR_FMT(words_of(v, f->what)));
	html_clauses(v, f->pack, f->clauses, f->clause_count);
	html(v->w, "</p>\n");
	if (f->about != FLOW_ABOUT_UNIT)
		about_search(v, f);
	html_form(v, "/ho-so", "card");
	html(v->w, "<input type=\"hidden\" name=\"luong\" value=\"%.*s\">\n", STR_FMT(f->id));
	if (f->about != FLOW_ABOUT_UNIT)
		about_choice(v, f);
	html_field(v,
		&(struct field){ .name = "ten",
			.label = tr(v->lang, "Tên hồ sơ"),
			.hint = f->about == FLOW_ABOUT_UNIT ?
				tr(v->lang, "Để trống thì lấy tên loại hồ sơ") :
				tr(v->lang, "Để trống thì lấy tên người hoặc bản ghi") });
	if (f->about == FLOW_ABOUT_UNIT)
		html_unit_select(v,
			&(struct unit_choice){ .name = "don-vi",
				.label = f->is_spread ?
					tr(v->lang, "Cho đơn vị này và mọi đơn vị trực thuộc") :
					tr(v->lang, "Đơn vị"),
				.right = RIGHT_ACT,
				.chosen = v->user.unit_id });
	html_form_end(v, tr(v->lang, "Mở hồ sơ"));
}

void page_case_new(struct view *v)
{
	const struct flow *f = chosen_flow(v);

	page_start(v, f ? text_of(v, words_of(v, f->title)) : tr(v->lang, "Mở hồ sơ mới"));
	if (f)
		html_back(v, "/ho-so/moi", tr(v->lang, "Mở hồ sơ mới"));
	else
		html_back(v, "/ho-so", tr(v->lang, "Hồ sơ xử lý"));
	if (f)
		new_form(v, f);
	else
		choose(v);
	page_end(v);
}

/* 0, or ERR_INPUT with faults. */
static int subject(struct view *v, const struct flow *f, struct flow_subject *ret)
{
	struct staff person;
	int rc = 0;

	*ret = (struct flow_subject){ .unit_id = named(v, "don-vi"),
		.title = form_value(v, "ten") };
	if (f->about == FLOW_ABOUT_STAFF) {
		ret->staff_id = named(v, "nguoi");
		rc = staff_get(v->web->store, ret->staff_id, v->a, &person, v->e);
		if (rc == 0) {
			ret->unit_id = person.unit_id;
			ret->title = ret->title.len ? ret->title : person.name;
		}
	} else if (f->about == FLOW_ABOUT_RECORD) {
		ret->record_id = named(v, "ban-ghi");
		rc = flow_thing(v->web->store, f, v->a, ret, v->e);
	} else if (!ret->title.len) {
		ret->title = words_of(v, f->title);
	}
	if (rc < 0)
		fault_add(v, f->about == FLOW_ABOUT_STAFF ? "nguoi" : "ban-ghi",
			tr(v->lang,
				"Không có người hoặc bản ghi mang số này, hoặc không thuộc sổ của loại hồ sơ."));
	else if (!view_may(v, RIGHT_ACT, ret->unit_id))
		fault_add(v, "don-vi", tr(v->lang, "Bạn không có quyền mở hồ sơ ở đơn vị này."));
	return v->fault_count ? err_set(v->e, ERR_INPUT, "no subject") : 0;
}

void page_case_start(struct view *v)
{
	const struct flow *f = chosen_flow(v);
	struct flow_by by = view_flow_by(v);
	struct flow_subject about;
	int64_t id;

	if (!f) {
		page_problem(v, 400);
		return;
	}
	if (subject(v, f, &about) < 0) {
		v->rs->status = 422;
		page_start(v, text_of(v, words_of(v, f->title)));
		new_form(v, f);
		page_end(v);
	} else if (flow_start(&by, f->id, &about, &id, v->e) < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/ho-so/%lld?bao=da-luu", (long long)id));
	}
}

static bool can_be_about(const struct flow *f, const struct case_subject *about)
{
	return about->staff_id ? f->about == FLOW_ABOUT_STAFF :
				 flow_is_about(f, about->register_id);
}

static size_t flow_count(const struct view *v, const struct case_subject *about)
{
	size_t count = 0;

	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++)
			count += can_be_about(&p->work->flows[n], about);
	}
	return count;
}

/* Flows that can begin from here. */
static void flow_links(struct view *v, const struct case_subject *about)
{
	html(v->w, "<p class=\"act\">");
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++) {
			const struct flow *f = &p->work->flows[n];

			if (!can_be_about(f, about))
				continue;
			html(v->w,
				"<a class=\"button plain\" href=\"/ho-so/moi?luong=%.*s&amp;%s=%lld\">%.*s</a> ",
				STR_FMT(f->id), about->staff_id ? "nguoi" : "ban-ghi",
				(long long)(about->staff_id ? about->staff_id : about->record_id),
				STR_FMT(words_of(v, f->title)));
		}
	}
	html(v->w, "</p>\n");
}

void html_cases_of(struct view *v, const struct case_subject *about)
{
	struct flow_query q = { .units = view_units(v, RIGHT_SEE).json,
		.flow = STR(""),
		.text = STR(""),
		.show = FLOW_SHOW_ALL,
		.staff_id = about->staff_id,
		.record_id = about->record_id,
		.now_s = v->by.now_s,
		.max = 20 };
	struct flow_cases list;
	size_t flows = flow_count(v, about);

	if (flows == 0 || flow_list(v->web->store, &q, v->a, &list, v->e) < 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Hồ sơ xử lý"));
	if (list.count)
		table(v, &list);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa có hồ sơ nào."));
	if (view_may(v, RIGHT_ACT, about->unit_id))
		flow_links(v, about);
	html(v->w, "</section>\n");
}
