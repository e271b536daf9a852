/* host.c - Máy: what was found on a machine, grouped by article, and how that changed. */
#include "face/web/org_int.h"

#define TREND_RUNS 30

/* --- the list --------------------------------------------------------------------------------- */

const char *host_kind_words(struct view *v, struct str kind)
{
	if (str_is(kind, "server"))
		return tr(v->lang, "máy chủ");
	if (str_is(kind, "secret-pc"))
		return tr(v->lang, "máy soạn thảo tài liệu mật");
	return tr(v->lang, "máy trạm");
}

static void search_form(struct view *v, struct str text)
{
	html(v->w,
		"<form method=\"get\" action=\"/may\" class=\"search\" role=\"search\">\n"
		"<label for=\"tim\">%s</label>\n<input type=\"search\" id=\"tim\" name=\"tim\" "
		"value=\"%.*s\"> <button>%s</button>\n</form>\n",
		tr(v->lang, "Tìm theo tên máy"), STR_FMT(text), tr(v->lang, "Tìm"));
}

/* What the last audit of each found, in the order of the hosts; id 0: never asked. */
static int newest_runs(
	struct view *v, const struct org_host *hosts, size_t count, struct audit_run *ret)
{
	struct str ids = STR("[0");
	struct audit_runs runs;

	for (size_t i = 0; i < count; i++)
		ids = arena_fmt(v->a, "%.*s,%lld", STR_FMT(ids), (long long)hosts[i].id);
	ids = arena_fmt(v->a, "%.*s]", STR_FMT(ids));
	if (evidence_newest_of(v->web->store, ids, v->a, &runs, v->e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < runs.count; k++)
			if (runs.at[k].host_id == hosts[i].id)
				ret[i] = runs.at[k];
	return 0;
}

static void host_row(struct view *v, const struct org_host *h, const struct audit_run *run)
{
	html(v->w, "<tr><th scope=\"row\"><a href=\"/may/%lld\">%.*s</a></th>", (long long)h->id,
		STR_FMT(h->name));
	html_table_cell(v, tr(v->lang, "Đơn vị"), text_of(v, unit_name(v, h->unit_id)));
	html_table_cell(v, tr(v->lang, "Loại"), host_kind_words(v, h->kind));
	html_table_number(v, tr(v->lang, "Cấp độ"), h->level);
	if (run->id) {
		html_table_number(v, tr(v->lang, "không đạt"), run->count[OUTCOME_FAIL]);
		html_table_number(v, tr(v->lang, "chưa xác định"), run->count[OUTCOME_UNKNOWN]);
		html_table_number(v, tr(v->lang, "đạt"), run->count[OUTCOME_PASS]);
		html_table_time(v, tr(v->lang, "Kiểm tra lần cuối"), run->at_s);
	} else {
		for (int i = 0; i < 3; i++)
			html(v->w, "<td class=\"blank\"></td>");
		html_table_cell(v, tr(v->lang, "Kiểm tra lần cuối"), tr(v->lang, "chưa lần nào"));
	}
	html(v->w, "</tr>\n");
}

static int host_rows(struct view *v, const struct org_host *hosts, size_t count)
{
	struct audit_run *runs = arena_array(v->a, struct audit_run, count + 1);

	if (newest_runs(v, hosts, count, runs) < 0)
		return -1;
	html_table_begin(v, tr(v->lang, "Máy"), "stack flowing machines");
	html_table_head(v, tr(v->lang, "Máy"));
	html_table_head(v, tr(v->lang, "Đơn vị"));
	html_table_head(v, tr(v->lang, "Loại"));
	html_table_head_number(v, tr(v->lang, "Cấp độ"));
	html_table_head_number(v, tr(v->lang, "không đạt"));
	html_table_head_number(v, tr(v->lang, "chưa xác định"));
	html_table_head_number(v, tr(v->lang, "đạt"));
	html_table_head(v, tr(v->lang, "Kiểm tra lần cuối"));
	html_table_rows(v);
	for (size_t i = 0; i < count; i++)
		host_row(v, &hosts[i], &runs[i]);
	html_table_end(v);
	return 0;
}

void page_hosts(struct view *v)
{
	struct str text = http_pair(v->query, "tim"), after = http_pair(v->query, "sau");
	struct org_host_query q = { .text = text, .after = after, .max = VIEW_ROWS + 1 };
	struct org_host *hosts;
	size_t count;
	bool has_more;

	if (view_hosts(v, RIGHT_SEE, &q, &hosts, &count) < 0) {
		page_failed(v);
		return;
	}
	if (count == 1 && !text.len && !after.len) {
		redirect(v, path_of(v, "/may/%lld", (long long)hosts[0].id));
		return;
	}
	has_more = count > VIEW_ROWS;
	count -= has_more;
	page_start(v, tr(v->lang, "Máy"));
	if (has_more || text.len || after.len)
		search_form(v, text);
	if (count && host_rows(v, hosts, count) < 0) {
		page_failed(v);
		return;
	}
	if (!count)
		html(v->w, "<p class=\"empty\" role=\"status\">%s</p>\n",
			text.len ? tr(v->lang, "Không máy nào có tên như vậy.") :
				   tr(v->lang, "Chưa có máy nào mà bạn được xem."));
	if (has_more)
		html(v->w,
			"<p class=\"pages\"><a class=\"button plain\" href=\"/may?tim=%.*s&amp;sau=%.*s\">%s</a></p>\n",
			STR_FMT(url_piece(text, v->a)),
			STR_FMT(url_piece(hosts[count - 1].name, v->a)),
			tr(v->lang, "Trang tiếp theo"));
	html(v->w, "<p class=\"export\"><a href=\"/may.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

/* All machines, some at a time; outlives the handler, in the request's arena. */
struct hosts_csv {
	struct store *store;
	struct org_host_query q;
	enum lang lang;
	struct str head; /* before the first piece */
	char after[512]; /* the last name that was sent */
};

static int next_hosts(void *context, struct buf *out, struct err *e)
{
	struct hosts_csv *x = context;
	struct view words = { .lang = x->lang };
	char when[CLOCK_TEXT_MAX];
	struct org_host *hosts;
	struct arena piece;
	size_t count = 0;
	int rc;

	buf_add(out, x->head);
	x->head = STR("");
	arena_init(&piece, LIMIT_REQUEST_MEMORY_BYTES);
	rc = org_hosts_of(x->store, &x->q, &piece, &hosts, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		csv_cell(out, hosts[i].name);
		csv_cell(out, str_of(host_kind_words(&words, hosts[i].kind)));
		csv_i64(out, hosts[i].level);
		csv_cell(out, str_of(clock_people(hosts[i].last_seen_s, when)));
		csv_end_row(out);
	}
	if (rc == 0 && count) {
		snprintf(x->after, sizeof(x->after), "%.*s", STR_FMT(hosts[count - 1].name));
		x->q.after = str_of(x->after);
	}
	arena_done(&piece);
	return rc < 0 ? rc : count == x->q.max;
}

void page_hosts_csv(struct view *v)
{
	struct hosts_csv *x = arena_new(v->a, struct hosts_csv);
	struct view_units units = view_units(v, RIGHT_SEE);

	*x = (struct hosts_csv){ .store = v->web->store,
		.q = { .units = units.is_all ? STR_NONE : units.json, .max = 1000 },
		.lang = v->lang };
	csv_page(v, "may.csv");
	csv_words(v, T("Máy"));
	csv_words(v, T("Loại"));
	csv_words(v, T("Cấp độ"));
	csv_words(v, T("Thấy lần cuối"));
	csv_end_row(v->w);
	x->head = arena_str(v->a, buf_str(v->w));
	v->rs->stream = (struct http_stream){ x, next_hosts, NULL, -1 };
}

/* --- the trend: bars and the same as a table -------------------------------------------------- */

static void bar(struct view *v, const struct audit_run *run, size_t x, int64_t most)
{
	static const struct {
		enum outcome outcome;
		const char *class_name;
	} parts[] = { { OUTCOME_FAIL, "s-fail" }, { OUTCOME_UNKNOWN, "s-unknown" },
		{ OUTCOME_PASS, "s-pass" } };
	int64_t y = 100;

	for (size_t i = 0; i < COUNT(parts); i++) {
		int64_t height = most ? run->count[parts[i].outcome] * 100 / most : 0;

		y -= height;
		if (height)
			html(v->w,
				"<rect class=\"%s\" x=\"%zu\" y=\"%lld\" width=\"9\" height=\"%lld\"/>",
				parts[i].class_name, x * 12, (long long)y, (long long)height);
	}
}

static void trend_table(struct view *v, const struct audit_run *runs, size_t count)
{
	html(v->w, "<details>\n<summary>%s</summary>\n", tr(v->lang, "Số liệu của biểu đồ"));
	html_table(v, tr(v->lang, "Số liệu của biểu đồ"), "", tr(v->lang, "Lúc"),
		tr(v->lang, "không đạt"), tr(v->lang, "chưa xác định"), tr(v->lang, "đạt"),
		tr(v->lang, "không áp dụng"));
	for (size_t i = 0; i < count; i++)
		html(v->w,
			"<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
			time_text(v, runs[i].at_s), count_text(v, runs[i].count[OUTCOME_FAIL]),
			count_text(v, runs[i].count[OUTCOME_UNKNOWN]),
			count_text(v, runs[i].count[OUTCOME_PASS]),
			count_text(v, runs[i].count[OUTCOME_NA]));
	html_table_end(v);
	html(v->w, "</details>\n");
}

static void trend(struct view *v, const struct audit_run *runs, size_t count)
{
	int64_t most = 0;

	if (count < 2)
		return;
	for (size_t i = 0; i < count; i++) {
		int64_t all = runs[i].count[OUTCOME_FAIL] + runs[i].count[OUTCOME_UNKNOWN] +
			runs[i].count[OUTCOME_PASS];

		most = all > most ? all : most;
	}
	html(v->w,
		"<section>\n<h2>%s</h2>\n<svg class=\"trend\" role=\"img\" viewBox=\"0 0 %zu 100\" "
		"preserveAspectRatio=\"none\" aria-label=\"%s\">",
		tr(v->lang, "Thay đổi qua các lần kiểm tra"), (size_t)TREND_RUNS * 12,
		tr(v->lang, "Cột chồng: không đạt, chưa xác định, đạt; cũ bên trái"));
	for (size_t i = 0; i < count; i++)
		bar(v, &runs[count - 1 - i], i, most);
	html(v->w, "</svg>\n<p class=\"legend\">");
	html_outcome(v, OUTCOME_FAIL);
	html_outcome(v, OUTCOME_UNKNOWN);
	html_outcome(v, OUTCOME_PASS);
	html(v->w, "</p>\n");
	trend_table(v, runs, count);
	html(v->w, "</section>\n");
}

/* --- results, grouped by article -------------------------------------------------------------- */

static const struct clause *article_of(const struct check_facts *c)
{
	return c->check && c->check->answer_count ? clause_article(c->check->answers[0]->clause) :
						    NULL;
}

static void result(struct view *v, const struct facts *f, const struct check_facts *c)
{
	const struct evidence *row = &c->rows[0];
	struct str why;

	for (size_t i = 0; i < c->row_count; i++) {
		if (c->rows[i].outcome == c->outcome) {
			row = &c->rows[i];
			break;
		}
	}
	why = reason_words(v, c->check, row);
	html(v->w, "<tr>\n<td>");
	html_outcome(v, c->outcome);
	html(v->w, "</td>\n<th scope=\"row\"><a href=\"/may/%lld/%.*s\">%.*s</a></th>\n",
		(long long)f->host.id, STR_FMT(url_piece(c->id, v->a)),
		STR_FMT(c->check ? words_of(v, c->check->title) : c->id));
	html_table_cell_begin(v, tr(v->lang, "Thấy"));
	if (row->found.len)
		html(v->w, "<code>%.*s</code>", STR_FMT(found_words(v, c->check, row)));
	if (why.len)
		html(v->w, " <span class=\"soft\">%.*s</span>", STR_FMT(why));
	html(v->w, "</td>\n");
	html_table_cell(v, tr(v->lang, "Yêu cầu"), text_of(v, wanted_words(v, f, c->check)));
	html(v->w, "</tr>\n");
}

static bool is_well(const struct check_facts *c)
{
	return c->outcome == OUTCOME_PASS || c->outcome == OUTCOME_NA;
}

/* Those of ARTICLE that are well, or those that are not. */
static void group(struct view *v, const struct facts *f, const struct check_facts *checks,
	size_t count, const struct clause *article, bool well)
{
	bool is_first = true;

	for (size_t i = 0; i < count; i++) {
		if (article_of(&checks[i]) != article || is_well(&checks[i]) != well)
			continue;
		if (is_first && article)
			html(v->w,
				"<section class=\"group\">\n<h3 lang=\"vi\"><a href=\"%s\">%.*s</a> %.*s</h3>\n",
				clause_path(v, article), STR_FMT(article->label),
				STR_FMT(article->title));
		else if (is_first)
			html(v->w, "<section class=\"group\">\n<h3>%s</h3>\n",
				tr(v->lang, "Không gắn với điều nào"));
		if (is_first)
			html_table(v, NULL, "results stack", tr(v->lang, "Kết quả"),
				tr(v->lang, "Phép kiểm"), tr(v->lang, "Thấy"),
				tr(v->lang, "Yêu cầu"));
		is_first = false;
		result(v, f, &checks[i]);
	}
	if (!is_first) {
		html_table_end(v);
		html(v->w, "</section>\n");
	}
}

static void groups(struct view *v, const struct facts *f, const struct check_facts *checks,
	size_t count, bool well)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->clause_count; k++)
			if (p->clauses[k].kind == CLAUSE_DIEU)
				group(v, f, checks, count, &p->clauses[k], well);
	}
	group(v, f, checks, count, NULL, well);
}

/* What is amiss or unclear first; what is well is folded. */
static void results(struct view *v, const struct facts *f)
{
	struct check_facts *checks;
	size_t count = facts_checks(v, f, &checks), well = 0;

	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Kết quả theo điều"));
	if (count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Máy này chưa được kiểm tra lần nào."));
	for (size_t i = 0; i < count; i++)
		well += is_well(&checks[i]);
	groups(v, f, checks, count, false);
	if (well) {
		html_fold_whole(v,
			fill(v, tr(v->lang, "Xem {n} phép kiểm đạt hoặc không áp dụng"), "n",
				count_text(v, (int64_t)well), NULL));
		groups(v, f, checks, count, true);
		html(v->w, "</details>\n");
	}
	html(v->w, "</section>\n");
}

static void profile(struct view *v, const struct facts *f)
{
	html(v->w,
		"<div class=\"bar\">\n<dl class=\"facts\">\n<div><dt>%s</dt><dd>%s, %s %d</dd></div>\n",
		tr(v->lang, "Loại"), host_kind_words(v, f->host.kind), tr(v->lang, "cấp độ"),
		f->host.level);
	if (f->host.os.len)
		html(v->w, "<div><dt>%s</dt><dd>%.*s</dd></div>\n", tr(v->lang, "Hệ điều hành"),
			STR_FMT(f->host.os));
	if (f->run.id)
		html(v->w, "<div><dt>%s</dt><dd>%s (%s ms, %.*s)</dd></div>\n",
			tr(v->lang, "Kiểm tra lần cuối"), time_text(v, f->run.at_s),
			count_text(v, f->run.duration_us / 1000), STR_FMT(f->run.program));
	html(v->w, "</dl>\n");
	if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
		html_button(v, "/kiem-tra-lai",
			(const char *[2]){ "ve", path_of(v, "/may/%lld", (long long)f->host.id) },
			tr(v->lang, "Kiểm tra lại ngay"));
	if (view_may(v, RIGHT_ADMIN, f->host.unit_id))
		html(v->w, "<a class=\"button plain\" href=\"/quan-tri/may/%lld\">%s</a>\n",
			(long long)f->host.id, tr(v->lang, "Sửa loại, cấp độ, đơn vị"));
	html(v->w, "</div>\n");
}

static bool host_arg(struct view *v, struct facts *f)
{
	int64_t id;

	if (!str_to_i64(v->args[0], &id)) {
		page_problem(v, 404);
		return false;
	}
	if (facts_load(v, id, f, v->e) < 0) {
		page_failed(v);
		return false;
	}
	return true;
}

void page_host(struct view *v)
{
	struct audit_runs runs;
	struct facts f;

	if (!host_arg(v, &f))
		return;
	if (evidence_runs(v->web->store, f.host.id, TREND_RUNS, v->a, &runs, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v,
		text_of(v, arena_fmt(v->a, "%s %.*s", tr(v->lang, "Máy"), STR_FMT(f.host.name))));
	html_back(v, "/may", tr(v->lang, "Máy"));
	profile(v, &f);
	html(v->w,
		"<p class=\"act\"><a class=\"button plain\" href=\"/may/%lld/tien-trinh\">%s</a> "
		"<a class=\"button plain\" href=\"/may/%lld/vai-tro\">%s</a></p>\n",
		(long long)f.host.id, tr(v->lang, "Rà soát tiến trình"), (long long)f.host.id,
		tr(v->lang, "Vai trò máy"));
	results(v, &f);
	trend(v, runs.at, runs.count);
	html(v->w,
		"<p class=\"export\"><a href=\"/may/%lld.csv\">%s</a> · <a href=\"/ngoai-le\">%s</a>",
		(long long)f.host.id, tr(v->lang, "Tải mọi kết quả của máy (CSV)"),
		tr(v->lang, "Các ngoại lệ"));
	if (view_may(v, RIGHT_SEE, ORG_UNIT_FIRST))
		html(v->w, " · <a href=\"/toan-ven\">%s</a>", tr(v->lang, "Toàn vẹn tệp"));
	html(v->w, "</p>\n");
	page_end(v);
}

void page_host_csv(struct view *v)
{
	struct facts f;

	if (!host_arg(v, &f))
		return;
	csv_page(v, path_of(v, "may-%lld.csv", (long long)f.host.id));
	csv_words(v, T("Phép kiểm"));
	csv_words(v, T("Đối tượng"));
	csv_words(v, T("Kết quả"));
	csv_words(v, T("Thấy"));
	csv_words(v, T("Yêu cầu"));
	csv_words(v, T("Tệp"));
	csv_words(v, T("Dòng"));
	csv_words(v, T("Lý do"));
	csv_words(v, T("Lúc"));
	csv_text(v, "SHA-256");
	csv_end_row(v->w);
	for (size_t i = 0; i < f.row_count; i++) {
		const struct evidence *row = &f.rows[i];
		const struct check *check = pack_check(v->web->packs, row->check);

		csv_cell(v->w, row->check);
		csv_cell(v->w, subject_words(v, row));
		csv_words(v, outcome_words(row->outcome));
		csv_cell(v->w, found_words(v, check, row));
		csv_cell(v->w, row->wanted);
		csv_cell(v->w, row->file);
		csv_i64(v->w, row->line);
		csv_cell(v->w, reason_words(v, check, row));
		csv_text(v, time_text(v, row->at_s));
		csv_cell(v->w, row->extract_sha256);
		csv_end_row(v->w);
	}
}
