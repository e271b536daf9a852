/* case.c - one case: where it stands, its tasks, its next moves, its papers. */
#include "face/web/files.h"
#include "face/web/flow_int.h"

struct shown {
	struct flow_case c;
	const struct flow *f;
	struct flow_history h;
	struct flow_refusals why; /* of a move that was refused */
	struct str move;          /* that one */
};

int case_of_address(struct view *v, struct flow_case *ret, const struct flow **ret_flow,
	struct flow_history *ret_history)
{
	int64_t id;

	if (!str_to_i64(v->args[0], &id))
		return err_set(v->e, ERR_ABSENT, "no such case");
	if (flow_get(v->web->store, id, v->by.now_s, v->a, ret, v->e) < 0 ||
		flow_history(v->web->store, id, v->a, ret_history, v->e) < 0)
		return v->e->code;
	*ret_flow = pack_flow(v->web->packs, ret->flow);
	if (!*ret_flow)
		return err_set(v->e, ERR_ABSENT, "no pack has the flow of this case any more");
	return 0;
}

static int load(struct view *v, struct shown *x)
{
	*x = (struct shown){ 0 };
	return case_of_address(v, &x->c, &x->f, &x->h);
}

/* --- the page --------------------------------------------------------------------------------- */

static bool was_in(const struct shown *x, struct str state)
{
	for (size_t i = 0; i < x->h.step_count; i++)
		if (str_eq(x->h.steps[i].from, state))
			return true;
	return false;
}

static void ribbon(struct view *v, const struct shown *x)
{
	html(v->w, "<ol class=\"ribbon\" aria-label=\"%s\">\n", tr(v->lang, "Các trạng thái"));
	for (size_t i = 0; i < x->f->state_count; i++) {
		const struct flow_state *s = &x->f->states[i];
		bool is_here = str_eq(s->id, x->c.state);

		if (s->kind == FLOW_STATE_VOID && !is_here)
			continue;
		html(v->w, "<li class=\"%s\"", is_here ? "here" : was_in(x, s->id) ? "past" : "");
		if (is_here)
			html(v->w, " aria-current=\"step\"");
		html(v->w, ">%.*s</li>\n", STR_FMT(words_of(v, s->title)));
	}
	html(v->w, "</ol>\n");
}

/* That the term rests on a day that is only expected. */
static void html_term(struct view *v, const struct shown *x, struct flow_term term)
{
	struct flow_by by = view_flow_by(v);
	struct date unsure;

	if (flow_term_is_unsure(&by, &term, &x->h, &unsure))
		html_expected_long(v, unsure);
}

static void facts(struct view *v, const struct shown *x)
{
	html(v->w, "<p>%.*s <span class=\"soft\">(", STR_FMT(words_of(v, x->f->what)));
	html_clauses(v, x->f->pack, x->f->clauses, x->f->clause_count);
	html(v->w, ")</span></p>\n<dl class=\"facts\">\n");
	html_fact(v, tr(v->lang, "Loại hồ sơ"), words_of(v, x->f->title));
	html(v->w, "<div><dt>%s</dt><dd>", tr(v->lang, "Đơn vị"));
	html_unit_link(v, x->c.unit_id);
	html(v->w, "</dd></div>\n");
	if (x->c.staff_id)
		html(v->w, "<div><dt>%s</dt><dd><a href=\"/nhan-su/%lld\">%.*s</a></dd></div>\n",
			tr(v->lang, "Người"), (long long)x->c.staff_id, STR_FMT(x->c.title));
	if (x->c.record_id)
		html(v->w, "<div><dt>%s</dt><dd><a href=\"/ban-ghi/%lld\">%.*s</a></dd></div>\n",
			tr(v->lang, "Trong sổ"), (long long)x->c.record_id, STR_FMT(x->c.title));
	html_fact(v, tr(v->lang, "Mở lúc"),
		arena_fmt(v->a, "%s, %s", time_text(v, x->c.started_at_s),
			who_text(v, x->c.started_by, x->c.started_by_name)));
	if (x->c.due_at_s) {
		html(v->w, "<div><dt>%s</dt><dd>", tr(v->lang, "Bước tiếp theo"));
		html_clock(v, x->c.due_at_s, 0);
		html_term(v, x, flow_state_term(x->f, &x->c));
		html(v->w, "</dd></div>\n");
	}
	if (x->c.ended_at_s)
		html_fact(v, tr(v->lang, "Kết thúc lúc"), str_of(time_text(v, x->c.ended_at_s)));
	html(v->w, "</dl>\n");
	if (x->f->is_spread && !x->c.parent_id)
		html(v->w, "<p><a href=\"/ho-so?xem=tat-ca&dot=%lld\">%s</a></p>\n",
			(long long)x->c.id, tr(v->lang, "Xem hồ sơ của đợt này ở các đơn vị"));
}

/* --- tasks ------------------------------------------------------------------------------------ */

static struct str choice_words(struct view *v, const struct flow_task_kind *k, struct str choice)
{
	for (size_t i = 0; k && i < k->choice_count; i++)
		if (str_eq(k->choices[i].id, choice))
			return words_of(v, k->choices[i].title);
	return choice.len ? choice : str_of(tr(v->lang, "đã xong"));
}

static void task_choices(struct view *v, const struct flow_task *t, const struct flow_task_kind *k)
{
	if (k->choice_count == 0) {
		html(v->w,
			"<label><input type=\"radio\" name=\"v%lld\" value=\"xong\"> %s</label> ",
			(long long)t->id, tr(v->lang, "đã xong"));
		return;
	}
	for (size_t i = 0; i < k->choice_count; i++)
		html(v->w,
			"<label><input type=\"radio\" name=\"v%lld\" value=\"%.*s\"> %.*s</label> ",
			(long long)t->id, STR_FMT(k->choices[i].id),
			STR_FMT(words_of(v, k->choices[i].title)));
}

/* THING: what its register says of what it is about. */
static void task_row(struct view *v, const struct shown *x, const struct flow_task *t,
	struct str thing, bool may)
{
	struct flow_reader r = view_flow_reader(v);
	const struct flow_task_kind *k = flow_task_of(x->f, t->kind);

	html(v->w, "<tr>\n<th scope=\"row\">");
	if (k)
		html(v->w, "%.*s", STR_FMT(flow_task_words(&r, k, t->thing)));
	else
		html(v->w, "%.*s", STR_FMT(t->kind));
	if (t->record_id)
		html(v->w, " <a href=\"/ban-ghi/%lld\">%s<span class=\"hidden\">: %.*s</span></a>",
			(long long)t->record_id, tr(v->lang, "xem trong sổ"), STR_FMT(t->thing));
	if (thing.len)
		html(v->w, "<br><span class=\"soft\">%.*s</span>", STR_FMT(thing));
	html(v->w, "</th>\n<td>");
	html_clock(v, t->due_at_s, t->done_at_s);
	if (k && !t->done_at_s && t->due_at_s != x->c.due_at_s) /* else the case has told it */
		html_term(v, x, (struct flow_term){ &k->clock, t->made_at_s, t->due_at_s });
	html(v->w, "</td>\n<td>");
	if (t->done_at_s)
		html(v->w,
			"<span class=\"chip met\"><span aria-hidden=\"true\">●</span> %.*s</span> %s, %s",
			STR_FMT(choice_words(v, k, t->choice)),
			who_text(v, t->done_by, t->done_by_name), time_text(v, t->done_at_s));
	else if (may && k)
		task_choices(v, t, k);
	else
		html(v->w, "%s", tr(v->lang, "chưa làm"));
	html(v->w, "</td>\n</tr>\n");
}

static void tasks(struct view *v, const struct shown *x)
{
	bool may = !x->c.ended_at_s && x->c.tasks_open && view_may(v, RIGHT_ACT, x->c.unit_id);
	struct str *things = NULL;

	if (x->h.task_count == 0)
		return;
	if (x->f->about == FLOW_ABOUT_UNIT) /* of many people; else they are of one that is known */
		things = flow_things_words(v, x->f, x->h.tasks, x->h.task_count);
	html(v->w, "<section id=\"cong-viec\">\n<h2>%s <span class=\"count\">%s/%s</span></h2>\n",
		tr(v->lang, "Công việc"),
		count_text(v, (int64_t)(x->c.tasks_all - x->c.tasks_open)),
		count_text(v, (int64_t)x->c.tasks_all));
	if (may)
		html_form(v, path_of(v, "/ho-so/%lld/viec", (long long)x->c.id), "review");
	html_table(v, tr(v->lang, "Công việc"), "stack flowing", tr(v->lang, "Công việc"),
		tr(v->lang, "Thời hạn"), tr(v->lang, "Kết quả"));
	for (size_t i = 0; i < x->h.task_count; i++)
		task_row(v, x, &x->h.tasks[i], things ? things[i] : STR_NONE, may);
	html_table_end(v);
	if (may) {
		html_field(v,
			&(struct field){
				.name = "ghi-chu", .label = tr(v->lang, "Ghi chú chung") });
		html_form_end(v, tr(v->lang, "Ghi các việc đã chọn"));
	}
	html(v->w, "</section>\n");
}

/* --- moves ------------------------------------------------------------------------------------ */

static bool is_from(const struct flow_move *m, struct str state)
{
	for (size_t i = 0; i < m->from_count; i++)
		if (str_eq(m->from[i], state))
			return true;
	return false;
}

#define STEPS_MAX 16 /* from one state; of more the ids may be alike */

static bool may_move(struct view *v, const struct shown *x, const struct flow_move *m)
{
	static const enum org_right rights[] = { RIGHT_ACT, RIGHT_APPROVE, RIGHT_SIGN };

	return view_may(v, rights[m->who], x->c.unit_id);
}

/* It stays where the case is: what it says is put down for the step that leads on. */
static bool stays(const struct shown *x, const struct flow_move *m)
{
	return str_eq(m->to, x->c.state);
}

static bool was_taken(const struct shown *x, const struct flow_move *m)
{
	for (size_t i = 0; i < x->h.step_count; i++)
		if (str_eq(x->h.steps[i].move, m->id))
			return true;
	return false;
}

/* What the form begins with. A step that is taken again has its clock run from another day. */
static struct str begins_with(const struct shown *x, const struct flow_move *m, struct str field)
{
	if (m->clock.is_set && str_eq(m->clock.from, field) && !stays(x, m) && was_taken(x, m))
		return STR("");
	return flow_value_of(&x->h, field);
}

static void fields(struct view *v, const struct shown *x, const struct flow_move *m, bool is_needed,
	bool is_record)
{
	const struct str *ids = is_needed ? m->needs : m->asks;
	size_t count = is_needed ? m->need_count : m->ask_count;

	for (size_t i = 0; i < count; i++) {
		const struct flow_field *f = flow_field_of(x->f, ids[i]);

		if (f && is_record == (f->type == FLOW_RECORD))
			html_flow_field(v, &x->c, f, begins_with(x, m, ids[i]), is_needed);
	}
}

/* Those that are records first: who goes to write one down has typed nothing yet. */
static void all_fields(struct view *v, const struct shown *x, const struct flow_move *m)
{
	for (int is_record = 1; is_record >= 0; is_record--) {
		fields(v, x, m, true, is_record);
		fields(v, x, m, false, is_record);
	}
}

static bool asks(const struct flow_move *m, struct str field)
{
	for (size_t i = 0; i < m->need_count; i++)
		if (str_eq(m->needs[i], field))
			return true;
	for (size_t i = 0; i < m->ask_count; i++)
		if (str_eq(m->asks[i], field))
			return true;
	return false;
}

/* The steps whose forms stand on the page already. */
struct above {
	const struct flow_move *at[STEPS_MAX];
	size_t count;
};

/* Does M ask for what one of them asks for? And then it stands there too. */
static bool asks_again(const struct shown *x, const struct flow_move *m, struct above *above)
{
	bool is_so = false;

	for (size_t i = 0; i < x->f->field_count; i++)
		for (size_t n = 0; n < above->count; n++)
			is_so = is_so ||
				(asks(m, x->f->fields[i].id) &&
					asks(above->at[n], x->f->fields[i].id));
	if (above->count < STEPS_MAX)
		above->at[above->count++] = m;
	return is_so;
}

static void move_form(struct view *v, const struct shown *x, const struct flow_move *m,
	struct above *above, bool is_open)
{
	const struct role *role = pack_role(v->web->packs, m->role);

	html(v->w, "<details class=\"card\"");
	if (is_open)
		html(v->w, " open");
	html(v->w, ">\n<summary>%.*s", STR_FMT(words_of(v, m->title)));
	if (role)
		html(v->w, " <span class=\"soft\">– %.*s</span>",
			STR_FMT(words_of(v, role->title)));
	html(v->w, "</summary>\n");
	v->again = asks_again(x, m, above) ? text_of(v, m->id) : NULL;
	html_form(v, path_of(v, "/ho-so/%lld/buoc", (long long)x->c.id), "plain");
	html(v->w, "<input type=\"hidden\" name=\"buoc\" value=\"%.*s\">\n", STR_FMT(m->id));
	all_fields(v, x, m);
	html_form_end(v, text_of(v, words_of(v, m->title)));
	html(v->w, "</details>\n");
	v->again = NULL;
}

/* What was typed for a step that nobody can take any more: it is not thrown away. */
static void typed_in_vain(struct view *v, const struct shown *x)
{
	struct flow_reader r = view_flow_reader(v);
	size_t count = 0;

	for (size_t i = 0; i < x->f->field_count; i++) {
		const struct flow_field *f = &x->f->fields[i];
		struct str typed = http_pair(v->form, text_of(v, f->id));

		if (!typed.len)
			continue;
		if (count++ == 0)
			html(v->w,
				"<section class=\"card\">\n<h2>%s</h2>\n<p>%s</p>\n"
				"<dl class=\"facts\">\n",
				tr(v->lang, "Nội dung bạn vừa nhập"),
				tr(v->lang,
					"Bước này không còn làm được ở trạng thái hiện nay, nên chưa ghi gì. Hãy chép lại nếu "
					"cần."));
		html_fact(v, text_of(v, words_of(v, f->title)), flow_words(&r, f, typed));
	}
	if (count)
		html(v->w, "</dl>\n</section>\n");
}

/* Does it lead on, and can it be taken now? Not away, nor before the tasks are done. */
static bool leads_on(const struct shown *x, const struct flow_move *m)
{
	const struct flow_state *to = flow_state_of(x->f, m->to);
	bool waits = false;

	for (size_t i = 0; i < m->guard_count; i++)
		waits = waits || m->guards[i].kind == FLOW_TASKS_DONE;
	return to && to->kind != FLOW_STATE_VOID && !(waits && x->c.tasks_open);
}

/* Whose turn it is, when it is not the visitor's. */
static void others_moves(struct view *v, const struct shown *x)
{
	html(v->w, "<p>%s</p>\n<ul>\n", tr(v->lang, "Bước tiếp theo thuộc quyền của người khác:"));
	for (size_t i = 0; i < x->f->move_count; i++) {
		const struct flow_move *m = &x->f->moves[i];
		const struct role *role = pack_role(v->web->packs, m->role);

		if (is_from(m, x->c.state))
			html(v->w, "<li>%.*s%s%.*s</li>\n", STR_FMT(words_of(v, m->title)),
				role ? " – " : "",
				STR_FMT(role ? words_of(v, role->title) : STR("")));
	}
	html(v->w, "</ul>\n");
}

/* Does the visitor come from writing down a record that this step asks for? */
static bool is_written_for(struct view *v, const struct shown *x, const struct flow_move *m)
{
	const struct flow_field *f;

	if (!http_pair(v->query, CASE_RECORD).len)
		return false;
	for (size_t i = 0; i < m->need_count + m->ask_count; i++) {
		f = flow_field_of(
			x->f, i < m->need_count ? m->needs[i] : m->asks[i - m->need_count]);
		if (f && f->type == FLOW_RECORD)
			return true;
	}
	return false;
}

static void moves(struct view *v, const struct shown *x)
{
	const struct flow_move *tried = flow_move_of(x->f, x->move), *next = NULL;
	const struct flow_move *written = NULL, *open;
	struct above above = { 0 };
	size_t count = 0, on = 0;

	if (tried && (x->c.ended_at_s || !is_from(tried, x->c.state) || !may_move(v, x, tried))) {
		typed_in_vain(v, x);
		tried = NULL;
	}
	if (x->c.ended_at_s)
		return;
	html(v->w, "<section class=\"act\">\n<h2>%s</h2>\n", tr(v->lang, "Bước tiếp theo"));
	for (size_t i = 0; i < x->f->move_count; i++) {
		const struct flow_move *m = &x->f->moves[i];

		if (!is_from(m, x->c.state) || !may_move(v, x, m))
			continue;
		count++;
		if (!leads_on(x, m) || (stays(x, m) && str_eq(x->c.last_move, m->id)))
			continue;
		if (next && stays(x, next))
			continue; /* first things first */
		on = stays(x, m) ? 1 : on + 1;
		next = m;
		written = !written && is_written_for(v, x, m) ? m : written;
	}
	open = tried ? NULL : on == 1 ? next : written;
	if (tried) /* above the others: what is wrong in it is led to from the top */
		move_form(v, x, tried, &above, true);
	for (size_t i = 0; i < x->f->move_count; i++) {
		const struct flow_move *m = &x->f->moves[i];

		if (m != tried && is_from(m, x->c.state) && may_move(v, x, m))
			move_form(v, x, m, &above, m == open);
	}
	if (count == 0)
		others_moves(v, x);
	html(v->w, "</section>\n");
}

/* --- papers and history ----------------------------------------------------------------------- */

static void papers(struct view *v, const struct shown *x)
{
	struct flow_reader r = view_flow_reader(v);
	size_t count = 0;

	for (size_t i = 0; i < x->f->paper_count; i++) {
		const struct flow_paper *p = &x->f->papers[i];

		if (!case_has_paper(x->f, &x->h, p->id))
			continue;
		if (count++ == 0)
			html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"hits\">\n",
				tr(v->lang, "Giấy tờ"));
		html(v->w, "<li><a href=\"/ho-so/%lld/giay/%.*s\">%s", (long long)x->c.id,
			STR_FMT(p->id), case_paper_title(v, p));
		if (p->to.vi.ptr)
			html(v->w, " – %s %.*s", tr(v->lang, "gửi"),
				STR_FMT(flow_fill(&r, x->f, &x->h, p->to)));
		html(v->w, "</a></li>\n");
	}
	if (count)
		html(v->w, "</ul>\n</section>\n");
}

static void values(struct view *v, const struct shown *x)
{
	struct flow_reader r = view_flow_reader(v);
	size_t count = 0;

	for (size_t i = 0; i < x->f->field_count; i++) {
		const struct flow_field *f = &x->f->fields[i];
		struct str value = flow_value_of(&x->h, f->id);
		int64_t record_id = 0;

		if (!value.len)
			continue;
		if (count++ == 0)
			html(v->w, "<section>\n<h2>%s</h2>\n<dl class=\"facts\">\n",
				tr(v->lang, "Nội dung đã ghi"));
		if (f->type == FLOW_RECORD)
			value = flow_record_words(&r, f, value, &record_id);
		if (record_id)
			html(v->w,
				"<div><dt>%.*s</dt><dd><a href=\"/ban-ghi/%lld\">%.*s</a></dd></div>\n",
				STR_FMT(words_of(v, f->title)), (long long)record_id,
				STR_FMT(value));
		else
			html_fact(v, text_of(v, words_of(v, f->title)), flow_words(&r, f, value));
	}
	if (count)
		html(v->w, "</dl>\n</section>\n");
}

static void history(struct view *v, const struct shown *x)
{
	html(v->w, "<section>\n<h2>%s</h2>\n<ol class=\"items\">\n", tr(v->lang, "Quá trình"));
	html(v->w,
		"<li class=\"item\"><span class=\"what\">%s</span> <span class=\"soft\">%s, %s</span></li>\n",
		tr(v->lang, "Mở hồ sơ"), who_text(v, x->c.started_by, x->c.started_by_name),
		time_text(v, x->c.started_at_s));
	for (size_t i = 0; i < x->h.step_count; i++) {
		const struct flow_step *s = &x->h.steps[i];
		const struct flow_move *m = flow_move_of(x->f, s->move);

		html(v->w, "<li class=\"item\"><span class=\"what\">%.*s ",
			STR_FMT(m ? words_of(v, m->title) : s->move));
		if (s->due_at_s)
			html_clock(v, s->due_at_s, s->at_s);
		html(v->w, "</span> <span class=\"soft\">%s, %s</span></li>\n",
			who_text(v, s->by, s->by_name), time_text(v, s->at_s));
	}
	html(v->w, "</ol>\n</section>\n");
}

/* What came with the report. */
static void photos(struct view *v, const struct shown *x)
{
	if (x->f->begins == FLOW_BEGINS_ANYONE)
		html_files(v,
			&(struct files_of){ .of = "case",
				.key = str_of(number_text(v, x->c.id)),
				.unit_id = x->c.unit_id,
				.may_act = view_may(v, RIGHT_ACT, x->c.unit_id),
				.has_views = true });
}

static void show(struct view *v, const struct shown *x)
{
	page_start(v, text_of(v, x->c.title));
	html_back(v, "/ho-so", tr(v->lang, "Hồ sơ xử lý"));
	ribbon(v, x);
	facts(v, x);
	tasks(v, x);
	moves(v, x);
	papers(v, x);
	values(v, x);
	photos(v, x);
	history(v, x);
	page_end(v);
}

void page_case(struct view *v)
{
	struct shown x;

	if (load(v, &x) < 0)
		page_failed(v);
	else
		show(v, &x);
}

/* --- acting ----------------------------------------------------------------------------------- */

#define VALUES_MAX 32

static size_t typed_of(
	struct view *v, const struct shown *x, const struct flow_move *m, struct flow_value *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < x->f->field_count && count < VALUES_MAX; i++) {
		const struct flow_field *f = &x->f->fields[i];
		struct str typed = form_value(v, text_of(v, f->id));
		bool is_asked = false;

		for (size_t n = 0; n < m->need_count; n++)
			is_asked = is_asked || str_eq(m->needs[n], f->id);
		for (size_t n = 0; n < m->ask_count; n++)
			is_asked = is_asked || str_eq(m->asks[n], f->id);
		typed = flow_typed(v, f->type, typed);
		if (is_asked && !str_eq(typed, flow_value_of(&x->h, f->id)))
			ret[count++] = (struct flow_value){ .field = f->id, .value = typed };
	}
	return count;
}

/* As it is now: somebody may have moved it meanwhile. */
static int reload(struct view *v, struct shown *x)
{
	struct shown now;
	int rc = load(v, &now);

	if (rc == 0) {
		now.why = x->why;
		now.move = x->move;
		*x = now;
	}
	return rc;
}

static void refused(struct view *v, struct shown *x)
{
	for (size_t i = 0; i < x->why.count; i++)
		fault_add(v, x->why.at[i].field.len ? text_of(v, x->why.at[i].field) : "noi-dung",
			text_of(v, words_of(v, x->why.at[i].words)));
	if (x->why.count == 0)
		fault_add(v, "noi-dung",
			tr(v->lang, "Hồ sơ vừa được người khác chuyển bước. Hãy xem lại."));
	v->rs->status = 422;
	show(v, x);
}

void page_case_move(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	struct flow_value typed[VALUES_MAX];
	const struct flow_move *m;
	struct flow_asked asked;
	struct shown x;
	int rc;

	if (load(v, &x) < 0) {
		page_failed(v);
		return;
	}
	x.move = form_value(v, "buoc");
	m = flow_move_of(x.f, x.move);
	if (!m) {
		page_problem(v, 400);
		return;
	}
	asked = (struct flow_asked){ x.move, typed, typed_of(v, &x, m, typed) };
	rc = flow_move(&by, x.c.id, &asked, &x.why, v->e);
	if (rc == ERR_CONFLICT && reload(v, &x) == 0)
		refused(v, &x);
	else if (rc < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/ho-so/%lld?bao=da-luu", (long long)x.c.id));
}

/* Every task for which something was chosen, on one page. */
void page_case_tasks(struct view *v)
{
	struct flow_by by = view_flow_by(v);
	struct shown x;
	size_t chosen = 0;
	int rc = 0;

	if (load(v, &x) < 0) {
		page_failed(v);
		return;
	}
	for (size_t i = 0; rc == 0 && i < x.h.task_count; i++) {
		struct str choice = form_value(v, path_of(v, "v%lld", (long long)x.h.tasks[i].id));

		chosen += choice.len > 0;
		if (!choice.len || x.h.tasks[i].done_at_s)
			continue;
		if (str_is(choice, "xong"))
			choice = STR("");
		rc = flow_task_do(&by, x.h.tasks[i].id, choice, form_value(v, "ghi-chu"), v->e);
		rc = rc == ERR_CONFLICT ? 0 : rc; /* somebody else has done it */
	}
	if (rc < 0) {
		page_failed(v);
	} else if (chosen == 0) {
		fault_add(v, "cong-viec",
			tr(v->lang,
				"Chưa chọn kết quả của việc nào. Hãy chọn ở những việc đã làm rồi ghi lại."));
		v->rs->status = 422;
		show(v, &x);
	} else {
		redirect(v, path_of(v, "/ho-so/%lld?bao=da-luu", (long long)x.c.id));
	}
}

/* --- a paper ---------------------------------------------------------------------------------- */

void html_case_tasks(struct view *v, const struct flow *f, const struct flow_history *h)
{
	struct flow_reader r = view_flow_reader(v);
	struct str *things = flow_things_words(v, f, h->tasks, h->task_count);

	html_table(v, NULL, "", tr(v->lang, "Công việc"), tr(v->lang, "Kết quả"),
		tr(v->lang, "Lúc"), tr(v->lang, "Người làm"));
	for (size_t i = 0; i < h->task_count; i++) {
		const struct flow_task *t = &h->tasks[i];
		const struct flow_task_kind *k = flow_task_of(f, t->kind);

		html(v->w,
			"<tr><td>%.*s<br><span class=\"soft\">%.*s</span></td><td>%.*s %.*s</td>"
			"<td>%s</td><td>%s</td></tr>\n",
			STR_FMT(k ? flow_task_words(&r, k, t->thing) : t->kind),
			STR_FMT(things && things[i].ptr ? things[i] : STR("")),
			STR_FMT(t->done_at_s ? choice_words(v, k, t->choice) :
					       str_of(tr(v->lang, "chưa làm"))),
			STR_FMT(t->note), time_text(v, t->done_at_s),
			t->done_by_name.len ? text_of(v, t->done_by_name) : text_of(v, t->done_by));
	}
	html_table_end(v);
}
