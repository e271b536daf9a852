/* year.c - the year: duty × month of a unit, and duty × unit of an authority. For A4 across,
 * black and white: each state has its sign, its letter in words, and a pattern. */
#include "face/web/work.h"

#define MONTHS 12
#define RECORDS_A_YEAR 5000 /* of one work: what was done this year is due in another */

/* Which of two in one cell asks for more. */
static int urgency(enum duty_state s)
{
	static const int order[DUTY_STATE_COUNT] = { [DUTY_OVERDUE] = 6,
		[DUTY_TODAY] = 5,
		[DUTY_SOON] = 4,
		[DUTY_DONE_LATE] = 3,
		[DUTY_AHEAD] = 2,
		[DUTY_SKIPPED] = 1,
		[DUTY_DONE] = 0 };

	return order[s];
}

struct cell {
	int count;
	enum duty_state worst;
	bool is_expected; /* one that is not done rests on a day off that nobody announced yet */
};
#define EXPECTED_SIGN "≈"

static bool is_done(enum duty_state s)
{
	return s == DUTY_DONE || s == DUTY_DONE_LATE || s == DUTY_SKIPPED;
}

static void into(struct cell *c, const struct duty *d, const struct duty_occurrence *o,
	const struct duty_rules *rules)
{
	enum duty_state s = o->state;
	struct date unsure;

	c->is_expected = c->is_expected || (!is_done(s) && duty_is_unsure(d, o, rules, &unsure));
	if (c->count == 0 || urgency(s) > urgency(c->worst))
		c->worst = s;
	c->count++;
}

/* Thousands stand on a page: few bytes each, and a td ends where the next begins. */
static void html_cell(struct view *v, const struct cell *c)
{
	if (c->count == 0) {
		html(v->w, "<td>");
		return;
	}
	html(v->w, "<td class=\"k-%s\"><b aria-hidden=\"true\">%s%s</b>%s<i> %s%s%s</i>",
		duty_state_name(c->worst), c->is_expected ? EXPECTED_SIGN : "",
		duty_shapes[c->worst], c->count > 1 ? path_of(v, " %d", c->count) : "",
		tr(v->lang, duty_state_words(c->worst)), c->is_expected ? ", " : "",
		c->is_expected ? tr(v->lang, "hạn dự kiến") : "");
}

static void legend(struct view *v)
{
	html(v->w, "<p class=\"legend\">%s ", tr(v->lang, "Chú giải:"));
	for (int i = 0; i < DUTY_STATE_COUNT; i++) {
		html_duty_state(v, (enum duty_state)i);
		html(v->w, " ");
	}
	html(v->w, "<span class=\"chip no-evidence\">%s %s</span></p>\n", EXPECTED_SIGN,
		tr(v->lang, "hạn dự kiến"));
}

/* ?nam=2027, else this year. */
static int asked_year(struct view *v)
{
	int64_t year = date_at(v->by.now_s).year, asked;

	if (str_to_i64(http_pair(v->query, "nam"), &asked) && asked >= year - 10 &&
		asked <= year + 2)
		year = asked;
	return (int)year;
}

static void year_links(struct view *v, const char *path, int year)
{
	html(v->w,
		"<p class=\"pages\"><a href=\"%snam=%d\" rel=\"prev\">← %d</a> "
		"<a href=\"%snam=%d\" rel=\"next\">%d →</a></p>\n",
		path, year - 1, year - 1, path, year + 1, year + 1);
}

/* --- duty × month ----------------------------------------------------------------------------- */

/* One that is overdue stands in each month since. */
static void into_months(struct cell cells[MONTHS], const struct duty *d,
	const struct duty_occurrence *o, const struct duty_rules *rules, int year)
{
	struct date today = d->schedule.today;
	int from = o->due.year * MONTHS + o->due.month - 1, until = from;

	if (o->state == DUTY_OVERDUE)
		until = today.year * MONTHS + today.month - 1;
	for (int m = from; m <= until; m++)
		if (m / MONTHS == year)
			into(&cells[m % MONTHS], d, o, rules);
}

static size_t month_cells(struct view *v, const struct duties *list, size_t first, int year,
	struct cell cells[MONTHS])
{
	struct date until = { year + 1, 1, 1 };
	size_t machines = 0;

	for (size_t i = first; i < list->count; i++) {
		const struct duty *d = &list->at[i];
		struct duty_occurrence *all;
		size_t count;

		if (!work_is_alike(d, &list->at[first]))
			continue;
		machines++;
		duty_all(d, &list->rules, until, v->a, &all, &count);
		for (size_t k = 0; k < count; k++)
			into_months(cells, d, &all[k], &list->rules, year);
	}
	return machines;
}

static bool is_first_of(const struct duties *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (work_is_alike(&list->at[i], &list->at[at]))
			return false;
	return true;
}

static bool is_empty(const struct cell cells[MONTHS])
{
	for (int m = 0; m < MONTHS; m++)
		if (cells[m].count)
			return false;
	return true;
}

static const char *row_path(struct view *v, const struct duty *d)
{
	return d->record.id || d->host_id ? work_list_path(v, d, true) : duty_path(v, d);
}

static void month_row(struct view *v, const struct duties *list, size_t at, int year)
{
	struct cell cells[MONTHS] = { 0 };
	size_t machines = month_cells(v, list, at, year, cells);
	const struct duty *d = &list->at[at];

	if (d->record.id && is_empty(cells))
		return;
	html(v->w, "<tr>\n<th scope=\"row\"><a href=\"%s\">%.*s</a>", row_path(v, d),
		STR_FMT(words_of(v, d->title)));
	html(v->w, " <span class=\"soft\">%.*s",
		STR_FMT(clause_cite(d->obligation->clause, v->lang, v->a)));
	if (d->record.id || d->host_id)
		html(v->w, " · %s", work_many(v, d, machines));
	html(v->w, "</span>");
	html(v->w, "</th>");
	for (int m = 0; m < MONTHS; m++)
		html_cell(v, &cells[m]);
	html(v->w, "</tr>\n");
}

void page_year(struct view *v)
{
	const struct org_unit *unit = work_unit(v);
	int year = asked_year(v);
	struct duty_query like = { .records_max = RECORDS_A_YEAR,
		.until = date_add_days(date_at(v->by.now_s), DUTY_RECORD_OUTLOOK_DAYS),
		.has_turns = true };
	struct duties list;

	if (!unit)
		return;
	if (work_duties_like(v, &like, unit, &list) < 0) {
		page_failed(v);
		return;
	}
	page_start(v,
		fill(v, tr(v->lang, "Việc định kỳ năm {nam}"), "nam", number_text(v, year), NULL));
	html_back(v, path_of(v, "/viec?don-vi=%lld", (long long)unit->id),
		tr(v->lang, "Việc định kỳ"));
	html_unit_choice(v, "/viec/nam", unit);
	html(v->w, "<p><strong>%.*s</strong>", STR_FMT(unit->name));
	if (work_sees_units(v))
		html(v->w, " · <a href=\"/viec/nam-don-vi?nam=%d\">%s</a>", year,
			tr(v->lang, "Mọi đơn vị"));
	html(v->w, "</p>\n");
	year_links(v, path_of(v, "/viec/nam?don-vi=%lld&", (long long)unit->id), year);
	legend(v);
	html_table_begin(v, tr(v->lang, "Việc theo tháng"), "map year months");
	html_table_head(v, tr(v->lang, "Công việc"));
	for (int m = 1; m <= MONTHS; m++)
		html(v->w, "<th scope=\"col\"><abbr title=\"%s\">%d</abbr></th>",
			fill(v, tr(v->lang, "tháng {n}"), "n", count_text(v, m), NULL), m);
	html_table_rows(v);
	for (size_t i = 0; i < list.count; i++)
		if (is_first_of(&list, i))
			month_row(v, &list, i, year);
	html_table_end(v);
	html_duties_left_out(v, &list, 1);
	page_end(v);
}

/* --- duty × unit ------------------------------------------------------------------------------ */

#define UNITS_A_PAGE 40      /* as many as A4 across has room for */
#define MACHINES_A_PAGE 1000 /* a request may hold the work of thrice as many */

/* What stands in one row: an obligation, or one work of a register. */
struct row {
	const struct obligation *obligation;
	const struct register_duty *work;
	struct words title;
	struct cell cells[UNITS_A_PAGE];
	bool is_used;
};

struct grid {
	const struct org_unit **units;
	struct duties *lists; /* beside UNITS */
	size_t page;          /* the first is 0 */
	size_t count, first;  /* columns; live units before them */
	size_t live;          /* units that were asked for and that the visitor may see */
	struct str text;      /* ?q= */
	struct row *rows;
	size_t row_count;
};

/* By its own name, or by that of a unit above it: a name brings all that stand below. */
static bool is_asked(struct view *v, const struct org_unit *u, struct str folded)
{
	for (; u; u = org_unit_by_id(view_tree(v), u->parent_id))
		if (text_matches(v->a, u->name, folded) ||
			text_matches(v->a, u->short_name, folded) ||
			text_matches(v->a, u->code, folded))
			return true;
	return folded.len == 0;
}

struct host_counts {
	struct org_host_count *at; /* by unit */
	size_t count;
};

static int by_unit(const void *a, const void *b)
{
	const struct org_host_count *x = a, *y = b;

	return (x->unit_id > y->unit_id) - (x->unit_id < y->unit_id);
}

/* Those of them that stand in the list of its duties. */
static size_t machines_of(const struct host_counts *counts, int64_t unit_id)
{
	const struct org_host_count wanted = { .unit_id = unit_id };
	const struct org_host_count *found = counts->count ?
		bsearch(&wanted, counts->at, counts->count, sizeof(wanted), by_unit) :
		NULL;

	if (!found)
		return 0;
	return found->count < DUTY_HOSTS_MAX ? (size_t)found->count : DUTY_HOSTS_MAX;
}

/* The units of ?q= and ?trang=. A page ends where its columns or its machines are enough, so that
 * it costs no more in a province than in a district. */
static int find_units(struct view *v, struct grid *g)
{
	struct view_units seen = view_units(v, RIGHT_SEE);
	size_t at = 0, columns = 0, machines = 0;
	struct host_counts counts;
	struct str folded;
	int64_t page = 1;

	if (org_host_counts(v->web->store, v->a, &counts.at, &counts.count, v->e) < 0)
		return -1;
	g->text = str_trim(http_pair(v->query, "q"));
	folded = text_fold(v->a, g->text);
	if (!str_to_i64(http_pair(v->query, "trang"), &page) || page < 1 || page > 100000)
		page = 1;
	g->page = (size_t)page - 1;
	g->units = arena_array(v->a, const struct org_unit *, UNITS_A_PAGE);
	for (size_t i = 0; i < seen.count; i++) {
		const struct org_unit *u = org_unit_by_id(view_tree(v), seen.ids[i]);
		size_t own = machines_of(&counts, seen.ids[i]);

		if (!u || !u->is_live || !is_asked(v, u, folded))
			continue;
		if (columns == UNITS_A_PAGE || (columns && machines + own > MACHINES_A_PAGE)) {
			at++;
			columns = machines = 0;
		}
		columns++;
		machines += own;
		g->first += at < g->page;
		if (at == g->page)
			g->units[g->count++] = u;
		g->live++;
	}
	return 0;
}

/* The obligations that do not bind each unit, from what is kept: one statement for all of them. */
static int find_left_out(struct view *v, const struct grid *g, struct duty_left_out *ret)
{
	struct comply_units kept;
	struct comply_law law;
	struct str ids = STR("[");
	int rc;

	comply_law_of(v->web->packs, date_at(v->by.now_s), v->a, &law);
	for (size_t i = 0; i < g->count; i++)
		ids = arena_fmt(
			v->a, "%.*s%s%lld", STR_FMT(ids), i ? "," : "", (long long)g->units[i]->id);
	rc = comply_kept_units(
		v->web->store, &law, arena_fmt(v->a, "%.*s]", STR_FMT(ids)), v->a, &kept, v->e);
	for (size_t k = 0; rc == 0 && k < kept.count; k++) {
		const struct obligation **at =
			arena_array(v->a, const struct obligation *, law.count + 1);
		size_t n = 0;

		for (size_t o = 0; o < law.count && o < kept.at[k].marks.len; o++)
			if (kept.at[k].marks.ptr[o] == comply_mark(VERDICT_NA))
				at[n++] = law.at[o];
		for (size_t i = 0; i < g->count; i++)
			if (g->units[i]->id == kept.at[k].unit_id)
				ret[i] = (struct duty_left_out){ at, n };
	}
	return rc;
}

static int load_lists(struct view *v, struct grid *g)
{
	struct duty_left_out *left_out = arena_array(v->a, struct duty_left_out, UNITS_A_PAGE);
	struct duty_query q = { .store = v->web->store,
		.packs = v->web->packs,
		.units = g->units,
		.unit_count = g->count,
		.left_out = left_out,
		.at_s = v->by.now_s };
	int rc = find_left_out(v, g, left_out);

	g->lists = arena_array(v->a, struct duties, UNITS_A_PAGE);
	if (rc == 0 && g->count)
		rc = duty_list(&q, v->a, g->lists, v->e);
	for (size_t i = 0; rc == 0 && i < g->count; i++)
		work_only_seen(v, g->units[i]->id, &g->lists[i]);
	return rc;
}

static void add_row(struct grid *g, const struct obligation *o, const struct register_duty *work)
{
	g->rows[g->row_count++] = (struct row){
		.obligation = o, .work = work, .title = work ? work->title : o->title
	};
}

/* In the order of the law, then the registers'. */
static void make_rows(struct view *v, struct grid *g)
{
	const struct pack_set *packs = v->web->packs;
	size_t count = 1;

	for (size_t p = 0; p < pack_count(packs); p++) {
		const struct pack *pack = pack_at(packs, p);

		count += pack->obligation_count;
		for (size_t i = 0; i < pack->register_count; i++)
			count += pack->registers[i].duty_count;
	}
	g->rows = arena_array(v->a, struct row, count);
	for (size_t p = 0; p < pack_count(packs); p++)
		for (size_t i = 0; i < pack_at(packs, p)->obligation_count; i++)
			add_row(g, &pack_at(packs, p)->obligations[i], NULL);
	for (size_t i = 0; i < pack_register_count(packs); i++)
		for (size_t n = 0; n < pack_register_at(packs, i)->duty_count; n++)
			add_row(g, NULL, &pack_register_at(packs, i)->duties[n]);
}

static void fill_cells(struct grid *g)
{
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = 0; k < g->lists[i].count; k++) {
			const struct duty *d = &g->lists[i].at[k];

			for (size_t r = 0; r < g->row_count; r++) {
				struct row *row = &g->rows[r];

				if (row->work != d->record.duty ||
					(!row->work && row->obligation != d->obligation))
					continue;
				into(&row->cells[i], d, &d->open, &g->lists[i].rules);
				row->is_used = true;
				break;
			}
		}
}

static void unit_row(struct view *v, const struct grid *g, const struct row *row)
{
	html(v->w, "<tr>\n<th scope=\"row\">%.*s", STR_FMT(words_of(v, row->title)));
	if (row->obligation)
		html(v->w, " <span class=\"soft\">%.*s</span>",
			STR_FMT(clause_cite(row->obligation->clause, v->lang, v->a)));
	html(v->w, "</th>");
	for (size_t i = 0; i < g->count; i++)
		html_cell(v, &row->cells[i]);
	html(v->w, "</tr>\n");
}

static void unit_search(struct view *v, const struct grid *g)
{
	html(v->w,
		"<form class=\"search\" role=\"search\" method=\"get\" action=\"/viec/nam-don-vi\">\n"
		"<label for=\"q\">%s</label>\n"
		"<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\" autocomplete=\"off\">\n"
		"<button type=\"submit\">%s</button>\n</form>\n",
		tr(v->lang, "Tìm đơn vị theo tên; tên đơn vị cấp trên cho mọi đơn vị trực thuộc"),
		STR_FMT(g->text), tr(v->lang, "Tìm"));
}

static void page_links(struct view *v, const struct grid *g)
{
	struct str q = url_piece(g->text, v->a);

	if (g->count == g->live)
		return;
	html(v->w, "<p class=\"pages\">");
	if (g->first)
		html(v->w,
			"<a href=\"/viec/nam-don-vi?q=%.*s&amp;trang=%zu\" rel=\"prev\">← %s</a> ",
			STR_FMT(q), g->page, tr(v->lang, "các đơn vị trước"));
	html(v->w, "<span>%s</span> ",
		fill(v, tr(v->lang, "Đơn vị {a}–{b} trong {n}"), "a",
			count_text(v, (int64_t)g->first + (g->count > 0)), "b",
			count_text(v, (int64_t)(g->first + g->count)), "n",
			count_text(v, (int64_t)g->live), NULL));
	if (g->first + g->count < g->live && g->count)
		html(v->w,
			"<a href=\"/viec/nam-don-vi?q=%.*s&amp;trang=%zu\" rel=\"next\">%s →</a>",
			STR_FMT(q), g->page + 2, tr(v->lang, "các đơn vị sau"));
	html(v->w, "</p>\n");
}

/* What stands below the first unit of all: a commune with its schools. */
static const struct org_unit *branch_of(struct view *v, const struct org_unit *u)
{
	const struct org_unit *above = org_unit_by_id(view_tree(v), u->parent_id);

	while (above && above->parent_id) {
		u = above;
		above = org_unit_by_id(view_tree(v), u->parent_id);
	}
	return u;
}

/* How many columns from AT on are of one branch. */
static size_t branch_width(struct view *v, const struct grid *g, size_t at)
{
	size_t n = 1;

	while (at + n < g->count && branch_of(v, g->units[at + n]) == branch_of(v, g->units[at]))
		n++;
	return n;
}

static bool has_branches(struct view *v, const struct grid *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (branch_width(v, g, i) > 1)
			return true;
	return false;
}

static void branch_heads(struct view *v, const struct grid *g)
{
	for (size_t i = 0; i < g->count;) {
		const struct org_unit *u = branch_of(v, g->units[i]);
		size_t width = branch_width(v, g, i);

		html(v->w, "<th scope=\"colgroup\" colspan=\"%zu\" class=\"branch\">%.*s</th>",
			width, width > 1 ? (int)u->name.len : 0, u->name.ptr);
		i += width;
	}
}

static void unit_table(struct view *v, const struct grid *g)
{
	html_table_begin(v, tr(v->lang, "Việc theo đơn vị"), "map year units-year");
	if (has_branches(v, g)) {
		html(v->w, "<th scope=\"col\" rowspan=\"2\">%s</th>", tr(v->lang, "Công việc"));
		branch_heads(v, g);
		html(v->w, "</tr>\n<tr>");
	} else {
		html_table_head(v, tr(v->lang, "Công việc"));
	}
	for (size_t i = 0; i < g->count; i++)
		html(v->w,
			"<th scope=\"col\" class=\"upright\">"
			"<a href=\"/viec/nam?don-vi=%lld\">%.*s</a></th>",
			(long long)g->units[i]->id,
			STR_FMT(g->units[i]->short_name.len ? g->units[i]->short_name :
							      g->units[i]->name));
	html_table_rows(v);
	for (size_t i = 0; i < g->row_count; i++)
		if (g->rows[i].is_used)
			unit_row(v, g, &g->rows[i]);
	html_table_end(v);
	html_duties_left_out(v, g->lists, g->count);
}

void page_year_units(struct view *v)
{
	struct grid g = { 0 };

	if (find_units(v, &g) < 0 || load_lists(v, &g) < 0) {
		page_failed(v);
		return;
	}
	make_rows(v, &g);
	fill_cells(&g);
	page_start(v, tr(v->lang, "Việc định kỳ của các đơn vị"));
	html_work_pages(v);
	unit_search(v, &g);
	legend(v);
	page_links(v, &g);
	if (g.count)
		unit_table(v, &g);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Không có đơn vị nào khớp."));
	page_end(v);
}
