/* work_list.c - duties of many machines and records: told together, opened to the list of them. */
#include "face/web/work.h"

bool work_is_alike(const struct duty *a, const struct duty *b)
{
	return a->record.duty == b->record.duty &&
		(a->record.duty || a->obligation == b->obligation);
}

/* "wifi/doi-mat-khau" of all its records, "tay-son/D11.3" of all machines. */
static struct str name_of(struct view *v, const struct duty *d)
{
	struct str key = duty_key(d, v->a), name, rest;

	return str_split(key, '@', &name, &rest) ? name : key;
}

bool work_is_asked(struct view *v, const struct duty *d)
{
	struct str asked = http_pair(v->query, "viec");

	return !asked.len || str_eq(name_of(v, d), asked);
}

const char *work_list_path(struct view *v, const struct duty *d, bool is_all)
{
	return path_of(v, "/viec?don-vi=%lld%s&viec=%.*s", (long long)d->unit_id,
		is_all ? "&xem=tat-ca" : "", STR_FMT(url_piece(name_of(v, d), v->a)));
}

const char *work_many(struct view *v, const struct duty *d, size_t count)
{
	return fill(v, d->record.id ? tr(v->lang, "{n} bản ghi") : tr(v->lang, "{n} máy"), "n",
		count_text(v, (int64_t)count), NULL);
}

/* Duties that are alike: the most urgent of them, how many, how many of those are late. */
struct alike {
	const struct duty *first;
	size_t count, late;
};

static void html_alike(
	struct view *v, const struct alike *x, const struct duties *list, bool is_all)
{
	const char *path = work_list_path(v, x->first, is_all);
	struct str title = words_of(v, x->first->title);

	if (x->count == 1) {
		html_duty(v, x->first, &list->rules, false);
		return;
	}
	html(v->w, "<li class=\"item brief\"><div class=\"what\">\n<p class=\"title\">");
	html_duty_state(v, x->first->open.state);
	html(v->w, " <a href=\"%s\">%.*s</a> <span class=\"count\">%s</span></p>\n", path,
		STR_FMT(title), work_many(v, x->first, x->count));
	html(v->w, "<p class=\"soft\">%s <time>%s</time>", tr(v->lang, "Hạn sớm nhất"),
		date_text(v, x->first->open.due));
	if (x->late)
		html(v->w, " · %s",
			fill(v, tr(v->lang, "{n} quá hạn"), "n", count_text(v, (int64_t)x->late),
				NULL));
	html(v->w,
		" · <span lang=\"vi\">%.*s</span></p>\n</div>\n<p class=\"act\">"
		"<a class=\"button\" href=\"%s\">%s<span class=\"hidden\">: %.*s</span></a></p>\n"
		"</li>\n",
		STR_FMT(clause_cite(x->first->obligation->clause, v->lang, v->a)), path,
		tr(v->lang, "Xem danh sách"), STR_FMT(title));
}

size_t html_duties(struct view *v, const struct duties *list, const struct duty_filter *filter,
	const char *head)
{
	VEC(struct alike) all = { 0 };
	size_t shown;

	for (size_t i = 0; i < list->count; i++) {
		const struct duty *d = &list->at[i];
		size_t at = 0;

		if (!filter->is_in(v, d, filter->context))
			continue;
		while (at < all.len && !work_is_alike(all.at[at].first, d))
			at++;
		if (at == all.len)
			vec_push(v->a, &all, ((struct alike){ .first = d }));
		all.at[at].count++;
		all.at[at].late += d->open.state == DUTY_OVERDUE;
	}
	if (all.len && head)
		html(v->w, "<section>\n<h2>%s</h2>\n", head);
	if (all.len)
		html(v->w, "<ul class=\"items\">\n");
	shown = all.len < filter->max ? all.len : filter->max;
	for (size_t i = 0; i < shown; i++) {
		if (filter->open && i == filter->open)
			html_fold(v, shown - i);
		html_alike(v, &all.at[i], list, filter->is_all);
	}
	if (all.len)
		html(v->w, "</ul>\n");
	if (filter->open && shown > filter->open)
		html(v->w, "</details>\n");
	if (all.len && head)
		html(v->w, "</section>\n");
	return all.len;
}

void html_duties_left_out(struct view *v, const struct duties *lists, size_t count)
{
	size_t hosts = 0, records = 0;

	for (size_t i = 0; i < count; i++) {
		hosts += lists[i].hosts_left_out;
		records += duty_records_left_out(&lists[i]);
	}
	if (records)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Sổ có nhiều bản ghi: mỗi việc chỉ xét {n} bản ghi đến hạn sớm nhất của đơn vị, "
					"còn {m} bản ghi nữa. Làm xong bản ghi nào thì bản ghi tiếp theo hiện ra."),
				"n", count_text(v, (int64_t)lists->records_max), "m",
				count_text(v, (int64_t)records), NULL));
	if (hosts)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Đơn vị có nhiều máy: chỉ liệt kê việc của {n} máy đã lâu nhất không có ai làm hay "
					"kiểm tra, còn {m} máy nữa. Làm xong máy nào thì máy tiếp theo hiện ra."),
				"n", count_text(v, DUTY_HOSTS_MAX), "m",
				count_text(v, (int64_t)hosts), NULL));
}
