/* export.c - what a list shows, as CSV or XLSX, a page of records at a time. The memory of a
 * page ends with it, so that a million rows cost what two hundred do. */
#include "work/exchange/exchange_int.h"

#define PAGE_MEMORY_BYTES (64 * MIB)
#define CELL_WIDTH 22

struct exchange_writing {
	const struct exchange_export *x;
	struct buf *out;
	struct xlsx *xlsx;
	struct buf key; /* where the next page begins */
	int64_t next_id;
	bool has_begun;
};

static void put_head(struct exchange_writing *w, struct str text)
{
	if (w->xlsx)
		xlsx_text(w->xlsx, XLSX_HEAD, text);
	else
		csv_cell(w->out, text);
}

static void put_text(struct exchange_writing *w, struct str text)
{
	if (w->xlsx)
		xlsx_text(w->xlsx, XLSX_PLAIN, text);
	else
		csv_cell(w->out, text);
}

static void end_row(struct exchange_writing *w)
{
	if (w->xlsx)
		xlsx_row_end(w->xlsx);
	else
		csv_end_row(w->out);
}

static void put_heads(struct exchange_writing *w)
{
	const struct exchange_export *x = w->x;

	put_head(w, str_of(tr(x->lang, exchange_record_heading)));
	put_head(w, str_of(tr(x->lang, exchange_unit_heading)));
	for (size_t i = 0; i < x->field_count; i++)
		put_head(w, words_in(x->fields[i]->title, x->lang));
	end_row(w);
}

int exchange_begin(const struct exchange_export *x, struct buf *out, struct exchange_writing **ret,
	struct err *e)
{
	struct exchange_writing *w = calloc(1, sizeof(*w));
	uint8_t widths[OFFICE_COLUMNS_MAX];

	if (!w)
		abort();
	if (x->field_count + 2 > OFFICE_COLUMNS_MAX) {
		free(w);
		return err_set(e, ERR_LIMIT, "more columns than a table may have");
	}
	w->x = x;
	w->out = out;
	buf_init(&w->key, 64 * KIB);
	if (x->is_xlsx) {
		memset(widths, CELL_WIDTH, sizeof(widths));
		widths[0] = 12;
		w->xlsx = xlsx_new(out);
		xlsx_sheet(w->xlsx,
			&(struct xlsx_sheet){ .name = words_in(x->at->reg->title, x->lang),
				.widths = widths,
				.columns = x->field_count + 2,
				.frozen_rows = 1 });
	} else {
		csv_start(out);
	}
	put_heads(w);
	*ret = w;
	return 0;
}

/* A day and a number stay what they are in a spreadsheet. */
static bool put_as_it_is(
	struct exchange_writing *w, const struct register_field *f, struct record_body body)
{
	struct str value = record_value_of(body, f->id);
	struct date day;
	int64_t n;

	if (!w->xlsx || f->is_many || value.len == 0)
		return false;
	if (f->type == REGISTER_DATE && date_parse(value, &day)) {
		xlsx_date(w->xlsx, day);
		return true;
	}
	if ((f->type == REGISTER_NUMBER || f->type == REGISTER_PERCENT ||
		    f->type == REGISTER_MONEY) &&
		str_to_i64(value, &n)) {
		xlsx_number(w->xlsx, value);
		return true;
	}
	return false;
}

static void put_record(struct exchange_writing *w, const struct record_at *at,
	const struct record_names *names, const struct record *r)
{
	const struct exchange_export *x = w->x;
	const struct org_unit *unit = org_unit_by_id(x->tree, r->unit_id);

	if (w->xlsx)
		xlsx_number(w->xlsx, arena_fmt(at->a, "%lld", (long long)r->id));
	else
		csv_i64(w->out, r->id);
	put_text(w, unit ? unit->name : STR(""));
	for (size_t i = 0; i < x->field_count; i++)
		if (!put_as_it_is(w, x->fields[i], r->body))
			put_text(w, record_field_words(at, x->lang, names, x->fields[i], r->body));
	end_row(w);
}

static int put_page(struct exchange_writing *w, const struct record_at *at, struct err *e)
{
	struct record_query query = *w->x->query;
	struct record_page page = { 0 };
	struct record_names *names = NULL;
	int rc;

	query.max = RECORD_PAGE_MAX;
	if (w->has_begun) {
		query.after_key = buf_str(&w->key);
		query.after_id = w->next_id;
	}
	rc = record_list(at, &query, &page, e);
	if (rc == 0 && page.count > 0)
		rc = record_names(at, page.at, page.count, &names, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < page.count; i++)
		put_record(w, at, names, &page.at[i]);
	buf_clear(&w->key);
	buf_add(&w->key, page.next_key);
	w->next_id = page.next_id;
	w->has_begun = true;
	return page.has_more;
}

int exchange_next(struct exchange_writing *w, struct err *e)
{
	struct record_at at = *w->x->at;
	struct arena a;
	int rc;

	arena_init(&a, PAGE_MEMORY_BYTES);
	at.a = &a;
	rc = put_page(w, &at, e);
	arena_done(&a);
	if (rc == 0 && w->xlsx) {
		rc = xlsx_finish(w->xlsx, e);
		w->xlsx = NULL;
	}
	return rc;
}

struct exchange_writing *exchange_end(struct exchange_writing *w)
{
	if (!w)
		return NULL;
	xlsx_free(w->xlsx);
	buf_done(&w->key);
	free(w);
	return NULL;
}
