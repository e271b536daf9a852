/* page_year.c - the year: duty × month of a unit, and duty × unit of an authority. For A3 and A4,
 * black and white: each state has its sign, its letter in words, and a pattern. */
#include "face/web/work.h"

#define MONTHS 12

static const char *const signs[DUTY_STATE_COUNT] = {
	[DUTY_OVERDUE] = "✕",
	[DUTY_TODAY] = "!",
	[DUTY_SOON] = "◔",
	[DUTY_AHEAD] = "○",
	[DUTY_DONE] = "●",
	[DUTY_DONE_LATE] = "◐",
	[DUTY_SKIPPED] = "–",
};

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
};

static void into(struct cell *c, enum duty_state s)
{
	if (c->count == 0 || urgency(s) > urgency(c->worst))
		c->worst = s;
	c->count++;
}

static void html_cell(struct view *v, const struct cell *c)
{
	if (c->count == 0) {
		html(v->w, "<td></td>");
		return;
	}
	html(v->w,
		"<td class=\"heat duty-%s\"><span aria-hidden=\"true\">%s</span>%s"
		"<span class=\"hidden\"> %s</span></td>",
		duty_state_name(c->worst), signs[c->worst],
		c->count > 1 ? path_of(v, " %d", c->count) : "",
		tr(v->lang, duty_state_words(c->worst)));
}

static void legend(struct view *v)
{
	html(v->w, "<p class=\"legend\">%s ", tr(v->lang, "Chú giải:"));
	for (int i = 0; i < DUTY_STATE_COUNT; i++) {
		html_duty_state(v, (enum duty_state)i);
		html(v->w, " ");
	}
	html(v->w, "</p>\n");
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
static void into_months(
	struct cell cells[MONTHS], const struct duty_occurrence *o, int year, struct date today)
{
	int from = o->due.year * MONTHS + o->due.month - 1, until = from;

	if (o->state == DUTY_OVERDUE)
		until = today.year * MONTHS + today.month - 1;
	for (int m = from; m <= until; m++)
		if (m / MONTHS == year)
			into(&cells[m % MONTHS], o->state);
}

/* All machines of one obligation stand in one row. */
static size_t month_cells(struct view *v, const struct duties *list, size_t first, int year,
	struct cell cells[MONTHS])
{
	const struct obligation *o = list->at[first].obligation;
	struct date until = { year + 1, 1, 1 };
	size_t machines = 0;

	for (size_t i = first; i < list->count; i++) {
		const struct duty *d = &list->at[i];
		struct duty_occurrence *all;
		size_t count;

		if (d->obligation != o)
			continue;
		machines++;
		duty_occurrences(&d->schedule, &list->rules, until, v->a, &all, &count);
		for (size_t k = 0; k < count; k++)
			into_months(cells, &all[k], year, d->schedule.today);
	}
	return machines;
}

static bool is_first_of(const struct duties *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (list->at[i].obligation == list->at[at].obligation)
			return false;
	return true;
}

static void month_row(struct view *v, const struct duties *list, size_t at, int year)
{
	struct cell cells[MONTHS] = { 0 };
	size_t machines = month_cells(v, list, at, year, cells);
	const struct duty *d = &list->at[at];

	html(v->w, "<tr>\n<th scope=\"row\"><a href=\"%s\">%.*s</a>", duty_path(v, d),
		STR_FMT(words_of(v, d->obligation->title)));
	html(v->w, " <span class=\"soft\" lang=\"vi\">%.*s</span>", STR_FMT(d->obligation->id));
	if (d->host_id)
		html(v->w, " <span class=\"soft\">%s</span>",
			fill(v, tr(v->lang, "{n} máy"), "n", number_text(v, (int64_t)machines),
				NULL));
	html(v->w, "</th>");
	for (int m = 0; m < MONTHS; m++)
		html_cell(v, &cells[m]);
	html(v->w, "</tr>\n");
}

void page_year(struct view *v)
{
	const struct org_unit *unit = work_unit(v);
	int year = asked_year(v);
	struct duties list;

	if (!unit)
		return;
	if (work_duties(v, unit, &list) < 0) {
		page_failed(v);
		return;
	}
	page_start(v,
		fill(v, tr(v->lang, "Việc định kỳ năm {nam}"), "nam", number_text(v, year), NULL));
	html_unit_choice(v, "/viec/nam", unit);
	html(v->w, "<p><strong>%.*s</strong> · <a href=\"/viec/nam-don-vi?nam=%d\">%s</a></p>\n",
		STR_FMT(unit->name), year, tr(v->lang, "Mọi đơn vị"));
	year_links(v, path_of(v, "/viec/nam?don-vi=%lld&", (long long)unit->id), year);
	legend(v);
	html(v->w,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n"
		"<table class=\"map year\">\n<thead><tr><th scope=\"col\">%s</th>",
		tr(v->lang, "Việc theo tháng"), tr(v->lang, "Công việc"));
	for (int m = 1; m <= MONTHS; m++)
		html(v->w, "<th scope=\"col\"><abbr title=\"%s\">%d</abbr></th>",
			fill(v, tr(v->lang, "tháng {n}"), "n", number_text(v, m), NULL), m);
	html(v->w, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < list.count; i++)
		if (is_first_of(&list, i))
			month_row(v, &list, i, year);
	html(v->w, "</tbody>\n</table>\n</div>\n");
	page_end(v);
}

/* --- duty × unit ------------------------------------------------------------------------------ */

struct unit_column {
	const struct org_unit *unit;
	struct duties list;
};

static void unit_row(
	struct view *v, const struct unit_column *columns, size_t count, const struct obligation *o)
{
	html(v->w, "<tr>\n<th scope=\"row\">%.*s <span class=\"soft\" lang=\"vi\">%.*s</span></th>",
		STR_FMT(words_of(v, o->title)), STR_FMT(o->id));
	for (size_t i = 0; i < count; i++) {
		struct cell c = { 0 };

		for (size_t k = 0; k < columns[i].list.count; k++)
			if (columns[i].list.at[k].obligation == o)
				into(&c, columns[i].list.at[k].open.state);
		html_cell(v, &c);
	}
	html(v->w, "</tr>\n");
}

#define UNITS_A_PAGE 40 /* as many as A3 has room for */

/* The units of ?trang=, with their duties. */
static int load_columns(struct view *v, struct unit_column *columns, size_t *ret, size_t *ret_first)
{
	struct view_units seen = view_units(v, RIGHT_SEE);
	size_t live = 0, kept = 0;
	int64_t page = 1;

	if (!str_to_i64(http_pair(v->query, "trang"), &page) || page < 1)
		page = 1;
	*ret_first = (size_t)(page - 1) * UNITS_A_PAGE;
	for (size_t i = 0; i < seen.count && kept < UNITS_A_PAGE; i++) {
		const struct org_unit *u = org_unit_by_id(view_tree(v), seen.ids[i]);
		int rc;

		if (!u || !u->is_live || live++ < *ret_first)
			continue;
		columns[kept].unit = u;
		rc = work_duties(v, u, &columns[kept++].list);
		if (rc < 0)
			return rc;
	}
	*ret = kept;
	return 0;
}

void page_year_units(struct view *v)
{
	struct unit_column *columns = arena_array(v->a, struct unit_column, UNITS_A_PAGE);
	size_t count, first;

	if (load_columns(v, columns, &count, &first) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Việc định kỳ của các đơn vị"));
	legend(v);
	html(v->w,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n"
		"<table class=\"map year\">\n<thead><tr><th scope=\"col\">%s</th>",
		tr(v->lang, "Việc theo đơn vị"), tr(v->lang, "Công việc"));
	for (size_t i = 0; i < count; i++)
		html(v->w,
			"<th scope=\"col\" class=\"upright\"><a href=\"/viec/nam?don-vi=%lld\">%.*s</a></th>",
			(long long)columns[i].unit->id,
			STR_FMT(columns[i].unit->short_name.len ? columns[i].unit->short_name :
								  columns[i].unit->name));
	html(v->w, "</tr></thead>\n<tbody>\n");
	for (size_t p = 0; p < pack_count(v->web->packs); p++) {
		const struct pack *pack = pack_at(v->web->packs, p);

		for (size_t i = 0; i < pack->obligation_count; i++) {
			const struct obligation *o = &pack->obligations[i];

			if (pack_in_force(pack, date_at(v->by.now_s)) && o->kind != KIND_DATA &&
				duty_period_of(v->web->packs, o, date_at(v->by.now_s)).count)
				unit_row(v, columns, count, o);
		}
	}
	html(v->w, "</tbody>\n</table>\n</div>\n<p class=\"pages\">");
	if (first)
		html(v->w, "<a href=\"/viec/nam-don-vi?trang=%zu\" rel=\"prev\">←</a> ",
			first / UNITS_A_PAGE);
	if (count == UNITS_A_PAGE)
		html(v->w, "<a href=\"/viec/nam-don-vi?trang=%zu\" rel=\"next\">→</a>",
			first / UNITS_A_PAGE + 2);
	html(v->w, "</p>\n");
	page_end(v);
}
