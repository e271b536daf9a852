/* export.c - a register out of the program: the current filter and columns as CSV or XLSX,
 * made while it is sent; an empty template; a page to be printed. */
#include "face/web/register_int.h"
#include "work/exchange/exchange.h"

#define PRINTED_MAX 2000
#define TEMPLATE_BYTES_MAX (4 * MIB)

/* --- CSV and XLSX ----------------------------------------------------------------------------- */

/* Outlives the handler: all of it in the request's arena. */
struct exporting {
	struct exchange_export x;
	struct record_at at;
	struct record_query query;
	struct org_tree tree;
	const struct register_field *columns[REGISTER_COLUMNS_MAX + 1];
	struct buf head; /* what exchange_begin() wrote */
	struct exchange_writing *writing;
};

/* The writer holds on to one buffer; each piece is moved from there into the stream's. */
static int next_rows(void *context, struct buf *out, struct err *e)
{
	struct exporting *w = context;
	int more = exchange_next(w->writing, e);

	if (more >= 0 && buf_is_full(&w->head))
		return err_set(e, ERR_LIMIT, "a page of records is too large");
	buf_add(out, buf_str(&w->head));
	buf_clear(&w->head);
	return more;
}

static void end_rows(void *context)
{
	struct exporting *w = context;

	exchange_end(w->writing);
	buf_done(&w->head);
}

static const char *export_name(struct view *v, const struct register_page *p, const char *tail)
{
	return path_of(v, "%.*s-%s.%s", STR_FMT(p->at.reg->id),
		text_of(v, org_day(v->by.now_s, v->a)), tail);
}

static void send_rows(struct view *v, const struct register_page *p, bool is_xlsx)
{
	struct exporting *w = arena_new(v->a, struct exporting);

	w->at = p->at;
	w->query = register_query(v, p);
	w->query.after_key = STR_NONE; /* all of it, wherever the list stands */
	w->tree = *view_tree(v);
	w->x = (struct exchange_export){ .at = &w->at,
		.query = &w->query,
		.tree = &w->tree,
		.fields = w->columns,
		.field_count = register_columns(v, p, w->columns, REGISTER_COLUMNS_MAX),
		.lang = v->lang,
		.is_xlsx = is_xlsx };
	buf_init(&w->head, LIMIT_HTTP_PAGE_BYTES);
	if (exchange_begin(&w->x, &w->head, &w->writing, v->e) < 0) {
		buf_done(&w->head);
		page_failed(v);
		return;
	}
	v->rs->content_type = is_xlsx ?
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" :
		"text/csv; charset=utf-8";
	v->rs->disposition = path_of(
		v, "attachment; filename=\"%s\"", export_name(v, p, is_xlsx ? "xlsx" : "csv"));
	v->rs->stream = (struct http_stream){ w, next_rows, end_rows, -1 };
}

void page_register_export(struct view *v)
{
	struct str format = http_pair(v->query, "dang");
	struct register_page p;

	if (!register_of_path(v, &p))
		return;
	if (!str_is(format, "xlsx") && !str_is(format, "csv"))
		page_problem(v, 400);
	else
		send_rows(v, &p, str_is(format, "xlsx"));
}

/* --- the template ----------------------------------------------------------------------------- */

static void csv_template(struct view *v, const struct register_page *p)
{
	csv_start(v->w);
	for (size_t i = 0; i < p->at.reg->field_count; i++)
		if (p->at.reg->fields[i]->type != REGISTER_FILE)
			csv_cell(v->w, words_of(v, p->at.reg->fields[i]->title));
	csv_end_row(v->w);
}

void page_register_template(struct view *v)
{
	bool is_csv = str_is(http_pair(v->query, "dang"), "csv");
	struct register_page p;

	if (!import_register_of_path(v, &p))
		return;
	if (is_csv)
		csv_template(v, &p);
	else if (exchange_template(p.at.reg, v->lang, v->w, v->e) < 0) {
		page_failed(v);
		return;
	}
	v->rs->content_type = is_csv ?
		"text/csv; charset=utf-8" :
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	v->rs->disposition = path_of(v, "attachment; filename=\"mau-%.*s.%s\"",
		STR_FMT(p.at.reg->id), is_csv ? "csv" : "xlsx");
}

/* --- a page to be printed --------------------------------------------------------------------- */

static void print_rows(struct view *v, const struct register_page *p, const struct record *rows,
	size_t count, const struct register_field *const *columns)
{
	struct record_names *names = NULL;

	if (record_names(&p->at, rows, count, &names, v->e) < 0)
		names = NULL;
	for (size_t i = 0; i < count; i++) {
		html(v->w, "<tr><td>%zu</td>", i + 1);
		for (size_t n = 0; columns[n]; n++)
			html(v->w, "<td>%.*s</td>",
				STR_FMT(record_field_words(
					&p->at, v->lang, names, columns[n], rows[i].body)));
		html(v->w, "<td>%.*s</td></tr>\n", STR_FMT(unit_name(v, rows[i].unit_id)));
	}
}

static void print_head(
	struct view *v, const char *title, const struct register_field *const *columns)
{
	html_table_begin(v, title, "printed");
	html_table_head(v, tr(v->lang, "STT"));
	for (size_t i = 0; columns[i]; i++)
		html_table_head(v, text_of(v, words_of(v, columns[i]->title)));
	html_table_head(v, tr(v->lang, "Đơn vị"));
	html_table_rows(v);
}

void page_register_print(struct view *v)
{
	const struct register_field *columns[REGISTER_COLUMNS_MAX + 1] = { NULL };
	struct register_page p;
	struct record_page page = { .has_more = true };
	struct record *rows = arena_array(v->a, struct record, PRINTED_MAX + RECORD_PAGE_MAX);
	struct record_query q;
	size_t number = 0;

	if (!register_of_path(v, &p))
		return;
	q = register_query(v, &p);
	q.after_key = STR_NONE;
	q.max = RECORD_PAGE_MAX;
	while (page.has_more && number < PRINTED_MAX) {
		if (record_list(&p.at, &q, &page, v->e) < 0) {
			page_failed(v);
			return;
		}
		for (size_t i = 0; i < page.count; i++)
			rows[number++] = page.at[i];
		q.after_key = page.next_key;
		q.after_id = page.next_id;
	}
	(void)register_columns(v, &p, columns, REGISTER_COLUMNS_MAX);
	page_start(v, text_of(v, words_of(v, p.at.reg->title)));
	html_back(v, path_of(v, "/so/%.*s", STR_FMT(p.at.reg->id)),
		text_of(v, words_of(v, p.at.reg->title)));
	html(v->w, "<p class=\"soft\">%s</p>\n",
		fill(v, tr(v->lang, "In lúc {luc}, người in: {ai}"), "luc",
			time_text(v, v->by.now_s), "ai", text_of(v, v->user.name), NULL));
	print_head(v, text_of(v, words_of(v, p.at.reg->title)), columns);
	print_rows(v, &p, rows, number, columns);
	html_table_end(v);
	html(v->w, "<p>%s</p>\n",
		fill(v,
			page.has_more ?
				tr(v->lang, "{n} dòng đầu; lọc hẹp lại hoặc xuất tệp để có hết.") :
				tr(v->lang, "Tổng cộng {n} dòng."),
			"n", count_text(v, (int64_t)number), NULL));
	page_end(v);
}
