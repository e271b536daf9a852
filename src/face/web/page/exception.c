/* exception.c - dated exceptions: all of them, taking one in, ending one early. */
#include "face/web/org_int.h"

int exception_take(struct view *v, int64_t host_id)
{
	struct exception x = { .host_id = host_id,
		.reason = form_value(v, "ly-do"),
		.approver = form_value(v, "nguoi-duyet"),
		.measure = form_value(v, "bien-phap"),
		.made_by = v->user.login,
		.made_at_s = v->by.now_s,
		.from_s = v->by.now_s };
	const struct obligation *o = pack_obligation(v->web->packs, form_value(v, "nghia-vu"));
	struct date until;
	int rc;

	if (!o)
		fault_add(v, "nghia-vu", tr(v->lang, "Hãy chọn một nghĩa vụ."));
	if (!x.reason.len)
		fault_add(v, "ly-do", tr(v->lang, "Hãy ghi lý do."));
	if (!x.approver.len)
		fault_add(v, "nguoi-duyet", tr(v->lang, "Hãy ghi ai phê duyệt."));
	if (!date_typed(form_value(v, "den-ngay"), &until))
		fault_add(
			v, "den-ngay", tr(v->lang, "Hãy nhập một ngày có thật, ví dụ 31/12/2026."));
	else if ((x.until_s = date_start_s(until) + CLOCK_DAY_S - 1) <= v->by.now_s)
		fault_add(v, "den-ngay", tr(v->lang, "Ngày hết hạn phải sau hôm nay."));
	if (v->fault_count)
		return ERR_INPUT;
	x.obligation = str_of(obligation_name(v, o));
	rc = exception_add(v->web->store, &x, v->e);
	return rc < 0 ? rc : org_note(&v->by, "exception-add", x.obligation, v->e);
}

/* The machines that they are about, as JSON. */
static struct str host_ids(struct view *v, const struct exception *list, size_t count)
{
	struct str ids;
	struct buf b;

	buf_init(&b, MIB);
	buf_fmt(&b, "[0");
	for (size_t i = 0; i < count; i++)
		if (list[i].host_id && (i == 0 || list[i].host_id != list[i - 1].host_id))
			buf_fmt(&b, ",%lld", (long long)list[i].host_id);
	buf_fmt(&b, "]");
	ids = arena_str(v->a, buf_str(&b));
	buf_done(&b);
	return ids;
}

static const struct org_host *host_of(const struct exceptions *all, int64_t id)
{
	for (size_t i = 0; i < all->host_count; i++) {
		if (all->hosts[i].id == id)
			return &all->hosts[i];
	}
	return NULL;
}

int64_t exception_unit(const struct exceptions *all, const struct exception *x)
{
	const struct org_host *host = x->host_id ? host_of(all, x->host_id) : NULL;
	int64_t unit = host ? host->unit_id : x->unit_id;

	return unit ? unit : ORG_UNIT_FIRST;
}

int exceptions_seen(struct view *v, struct exceptions *ret)
{
	struct exceptions all = { 0 };
	size_t kept = 0;
	int rc = exception_list(v->web->store, -1, v->a, &all.at, &all.count, v->e);

	if (rc == 0 && all.count)
		rc = view_hosts(v, RIGHT_SEE,
			&(struct org_host_query){ .ids = host_ids(v, all.at, all.count) },
			&all.hosts, &all.host_count);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < all.count; i++) {
		const struct exception *x = &all.at[i];

		if (x->host_id ? host_of(&all, x->host_id) != NULL :
				 view_may(v, RIGHT_SEE, exception_unit(&all, x)))
			all.at[kept++] = *x;
	}
	all.count = kept;
	*ret = all;
	return 0;
}

/* The machine or the record, and the unit. */
static void whose(struct view *v, const struct exceptions *all, const struct exception *x)
{
	const struct org_host *host = host_of(all, x->host_id);

	html_table_cell_begin(v, tr(v->lang, "Của"));
	if (host)
		html(v->w, "<a href=\"/may/%lld\">%s %.*s</a><br>", (long long)host->id,
			tr(v->lang, "Máy"), STR_FMT(host->name));
	if (x->record_id)
		html(v->w, "<a href=\"/ban-ghi/%lld\">%s</a><br>", (long long)x->record_id,
			tr(v->lang, "một bản ghi"));
	html(v->w, "%.*s</td>\n", STR_FMT(unit_name(v, exception_unit(all, x))));
}

static void row(struct view *v, const struct exceptions *all, const struct exception *x)
{
	const struct obligation *o = pack_obligation(v->web->packs, x->obligation);
	bool is_live = !x->ended_at_s && x->until_s >= v->by.now_s;
	char from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];

	html(v->w, "<tr id=\"x%lld\">\n<th scope=\"row\">", (long long)x->id);
	if (o)
		html(v->w, "%.*s <a href=\"%s\" lang=\"vi\">%.*s</a>",
			STR_FMT(words_of(v, o->title)), clause_path(v, o->clause),
			STR_FMT(clause_cite(o->clause, v->lang, v->a)));
	else
		html(v->w, "%.*s", STR_FMT(x->obligation));
	html(v->w, "</th>\n");
	whose(v, all, x);
	html_table_cell(v, tr(v->lang, "Lý do"), text_of(v, x->reason));
	html_table_cell(v, tr(v->lang, "Biện pháp thay thế"), text_of(v, x->measure));
	html_table_cell(v, tr(v->lang, "Người phê duyệt"), text_of(v, x->approver));
	html_table_cell_begin(v, tr(v->lang, "Thời hạn"));
	html(v->w, "<span class=\"when\">%s –</span> <span class=\"when\">%s</span></td>\n",
		date_people(date_at(x->from_s), from), date_people(date_at(x->until_s), until));
	html_table_cell_begin(v, tr(v->lang, "Tình trạng"));
	if (x->ended_at_s)
		html(v->w, "%s %s", tr(v->lang, "kết thúc sớm lúc"), time_text(v, x->ended_at_s));
	else
		html(v->w, "%s",
			is_live ? tr(v->lang, "đang có hiệu lực") : tr(v->lang, "đã hết hạn"));
	if (is_live && view_may(v, RIGHT_ACT, exception_unit(all, x))) {
		html_form(v, path_of(v, "/ngoai-le/%lld/ket-thuc", (long long)x->id), "inline");
		html(v->w, "<button class=\"plain\">%s</button>\n", tr(v->lang, "Kết thúc sớm"));
		html_form_end(v, NULL);
	}
	html(v->w, "</td>\n</tr>\n");
}

void page_exceptions(struct view *v)
{
	struct exceptions all;

	if (exceptions_seen(v, &all) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Ngoại lệ"));
	if (all.count == 0) {
		html(v->w, "<p class=\"empty\">%s <a href=\"/may\">%s</a></p>\n",
			tr(v->lang,
				"Chưa có ngoại lệ nào. Ngoại lệ được ghi ở trang của từng phép kiểm."),
			tr(v->lang, "Mở trang Máy"));
	} else {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Hết hạn hay kết thúc sớm thì nghĩa vụ trở lại kết quả thật của nó; dòng ngoại lệ vẫn "
				"còn ở đây."));
		html_table(v, tr(v->lang, "Ngoại lệ"), "stack", tr(v->lang, "Nghĩa vụ"),
			tr(v->lang, "Của"), tr(v->lang, "Lý do"), tr(v->lang, "Biện pháp thay thế"),
			tr(v->lang, "Người phê duyệt"), tr(v->lang, "Thời hạn"),
			tr(v->lang, "Tình trạng"));
		for (size_t i = 0; i < all.count; i++)
			row(v, &all, &all.at[i]);
		html_table_end(v);
		html(v->w, "<p class=\"export\"><a href=\"/ngoai-le.csv\">%s</a></p>\n",
			tr(v->lang, "Tải danh sách này (CSV)"));
	}
	page_end(v);
}

void page_exceptions_csv(struct view *v)
{
	struct exceptions all;

	if (exceptions_seen(v, &all) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "ngoai-le.csv");
	csv_words(v, T("Nghĩa vụ"));
	csv_words(v, T("Đơn vị"));
	csv_words(v, T("Máy"));
	csv_words(v, T("Lý do"));
	csv_words(v, T("Biện pháp thay thế"));
	csv_words(v, T("Người phê duyệt"));
	csv_words(v, T("Từ"));
	csv_words(v, T("Đến"));
	csv_words(v, T("Kết thúc sớm"));
	csv_words(v, T("Người ghi"));
	csv_end_row(v->w);
	for (size_t i = 0; i < all.count; i++) {
		const struct exception *x = &all.at[i];
		const struct org_host *host = host_of(&all, x->host_id);

		csv_cell(v->w, x->obligation);
		csv_cell(v->w, unit_name(v, exception_unit(&all, x)));
		csv_cell(v->w, host ? host->name : STR(""));
		csv_cell(v->w, x->reason);
		csv_cell(v->w, x->measure);
		csv_cell(v->w, x->approver);
		csv_text(v, time_text(v, x->from_s));
		csv_text(v, time_text(v, x->until_s));
		csv_text(v, time_text(v, x->ended_at_s));
		csv_cell(v->w, x->made_by);
		csv_end_row(v->w);
	}
}

void page_exception_end(struct view *v)
{
	int64_t id;

	if (!str_to_i64(v->args[0], &id)) {
		page_problem(v, 404);
		return;
	}
	if (exception_end(v->web->store, id, v->by.now_s, v->e) < 0 ||
		org_note(&v->by, "exception-end", v->args[0], v->e) < 0)
		page_failed(v);
	else
		redirect(v, "/ngoai-le?bao=da-ket-thuc");
}
