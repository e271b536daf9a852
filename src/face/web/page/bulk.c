/* bulk.c - one value for many records: which rows and which field stand in the address, the
 * value in the form; what would change is shown before it does, and is taken back as one. */
#include "face/web/register_int.h"
#include "work/exchange/job.h"

#define SHOWN_MAX 200

struct bulk_page {
	struct register_page p;
	int64_t *ids;
	size_t count;
	bool is_all, is_too_many;
	const struct register_field *field; /* NULL: none chosen yet */
	bool is_unit;                       /* not a field: the unit each belongs to */
};
#define UNIT_CHOICE "chuyen-don-vi" /* among the names of fields */

/* --- which rows ------------------------------------------------------------------------------- */

static int ids_of_filter(struct view *v, struct bulk_page *b)
{
	struct view_units may = view_units(v, RIGHT_ACT);
	struct record_query q = register_query(v, &b->p);
	struct record_page page = { .has_more = true };
	int64_t unit = 0;

	q.units = str_to_i64(http_pair(v->query, "don-vi"), &unit) && view_may(v, RIGHT_ACT, unit) ?
		q.units :
		may.json;
	q.after_key = STR_NONE;
	q.max = RECORD_PAGE_MAX;
	q.is_cancelled = false;
	while (page.has_more && b->count <= EXCHANGE_BULK_MAX) {
		int rc = record_list(&b->p.at, &q, &page, v->e);

		if (rc < 0)
			return rc;
		for (size_t i = 0; i < page.count && b->count <= EXCHANGE_BULK_MAX; i++)
			b->ids[b->count++] = page.at[i].id;
		q.after_key = page.next_key;
		q.after_id = page.next_id;
	}
	return 0;
}

/* A row out of reach is as if it had not been chosen. */
static int ids_chosen(struct view *v, struct bulk_page *b)
{
	for (size_t i = 0; i < v->query.count && b->count < EXCHANGE_BULK_MAX; i++) {
		struct record r;
		int64_t id;

		if (!str_is(v->query.at[i].name, "chon") || !str_to_i64(v->query.at[i].value, &id))
			continue;
		if (record_get(v->web->store, id, v->a, &r, v->e) == 0 &&
			str_eq(r.register_id, b->p.at.reg->id) && view_may(v, RIGHT_ACT, r.unit_id))
			b->ids[b->count++] = id;
	}
	return 0;
}

static bool bulk_of_path(struct view *v, struct bulk_page *b)
{
	*b = (struct bulk_page){ .is_all = str_is(http_pair(v->query, "tat-ca"), "1") };
	if (!register_of_path(v, &b->p))
		return false;
	b->ids = arena_array(v->a, int64_t, EXCHANGE_BULK_MAX + 1);
	if ((b->is_all ? ids_of_filter(v, b) : ids_chosen(v, b)) < 0) {
		page_failed(v);
		return false;
	}
	b->is_too_many = b->count > EXCHANGE_BULK_MAX;
	b->is_unit = b->p.seen.count > 1 && str_is(http_pair(v->query, "truong"), UNIT_CHOICE);
	b->field = pack_register_field(b->p.at.reg, http_pair(v->query, "truong"));
	if (b->field && (b->field->type == REGISTER_FILE || !field_is_seen(&b->p, b->field)))
		b->field = NULL;
	return true;
}

static const char *bulk_path(struct view *v, const struct bulk_page *b)
{
	return path_of(
		v, "/so/%.*s/sua-nhieu%s", STR_FMT(b->p.at.reg->id), register_link(v, "sau", NULL));
}

/* --- choosing --------------------------------------------------------------------------------- */

static void start(struct view *v, const struct bulk_page *b)
{
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Sửa nhiều bản ghi"),
				STR_FMT(words_of(v, b->p.at.reg->title)))));
	html_back(v, path_of(v, "/so/%.*s", STR_FMT(b->p.at.reg->id)),
		text_of(v, words_of(v, b->p.at.reg->title)));
}

/* The address again, as fields of a form that is sent by GET. */
static void kept_query(struct view *v)
{
	for (size_t i = 0; i < v->query.count; i++)
		if (v->query.at[i].value.len && !str_is(v->query.at[i].name, "truong"))
			html(v->w, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">\n",
				STR_FMT(v->query.at[i].name), STR_FMT(v->query.at[i].value));
}

static void field_choice(struct view *v, const struct bulk_page *b)
{
	html(v->w, "<form method=\"get\" action=\"/so/%.*s/sua-nhieu\">\n",
		STR_FMT(b->p.at.reg->id));
	kept_query(v);
	html_select(v, "truong", tr(v->lang, "Sửa trường nào"));
	for (size_t i = 0; i < b->p.at.reg->field_count; i++) {
		const struct register_field *f = b->p.at.reg->fields[i];

		if (f->type != REGISTER_FILE && field_is_seen(&b->p, f) && f->unique == UNIQUE_NOT)
			html_option(v, text_of(v, f->id), text_of(v, words_of(v, f->title)),
				f == b->field);
	}
	if (b->p.seen.count > 1)
		html_option(v, UNIT_CHOICE, tr(v->lang, "Đơn vị (chuyển sang đơn vị khác)"),
			b->is_unit);
	html_select_end(v);
	html(v->w, "<button type=\"submit\">%s</button>\n</form>\n", tr(v->lang, "Chọn trường"));
}

static void value_form(struct view *v, const struct bulk_page *b, struct record_body values)
{
	html_form(v, bulk_path(v, b), "record-form");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"xem\">\n");
	if (b->is_unit)
		html_unit_select(v,
			&(struct unit_choice){ .name = UNIT_CHOICE,
				.label = tr(v->lang, "Chuyển sang đơn vị"),
				.right = RIGHT_ACT,
				.chosen = form_number(v, UNIT_CHOICE) });
	else
		html_record_field(v, &b->p, b->field, values);
	html_field(v,
		&(struct field){ .name = "ly-do",
			.label = tr(v->lang, "Lý do sửa"),
			.hint = tr(v->lang, "Hiện trong lịch sử của từng bản ghi.") });
	html_form_end(v, tr(v->lang, "Xem trước thay đổi"));
}

static void choose_page(struct view *v, const struct bulk_page *b)
{
	start(v, b);
	if (b->count == 0) {
		html(v->w, "<p class=\"empty\" role=\"status\">%s</p>\n",
			tr(v->lang,
				"Chưa chọn dòng nào mà bạn được sửa. Trở lại sổ và đánh dấu các dòng."));
	} else if (b->is_too_many) {
		html(v->w, "<p class=\"alarm\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Bộ lọc có hơn {n} bản ghi. Hãy lọc hẹp lại, hoặc xuất bảng, sửa và nhập lại."),
				"n", count_text(v, EXCHANGE_BULK_MAX), NULL));
	} else {
		html(v->w, "<p role=\"status\">%s</p>\n",
			fill(v, tr(v->lang, "{n} bản ghi sẽ được sửa cùng lúc."), "n",
				count_text(v, (int64_t)b->count), NULL));
		field_choice(v, b);
		if (b->field || b->is_unit)
			value_form(v, b, (struct record_body){ 0 });
	}
	page_end(v);
}

void page_bulk(struct view *v)
{
	struct bulk_page b;

	if (bulk_of_path(v, &b))
		choose_page(v, &b);
}

/* --- looking ---------------------------------------------------------------------------------- */

/* Of the form, only the values of the chosen field. */
static struct record_body typed_value(struct view *v, const struct bulk_page *b)
{
	struct record_body all, one = { 0 };

	if (b->is_unit)
		return one;
	all = record_typed(v, &b->p);
	one.at = arena_array(v->a, struct record_value, all.count + 1);
	for (size_t i = 0; i < all.count; i++)
		if (str_eq(all.at[i].field, b->field->id))
			one.at[one.count++] = all.at[i];
	return one;
}

static struct exchange_bulk bulk_of(struct view *v, const struct bulk_page *b)
{
	return (struct exchange_bulk){ .at = &b->p.at,
		.ids = b->ids,
		.count = b->count,
		.typed = typed_value(v, b),
		.unit_id = b->is_unit ? form_number(v, UNIT_CHOICE) : 0,
		.why = form_value(v, "ly-do"),
		.title = arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Sửa nhiều bản ghi"),
			STR_FMT(b->is_unit ? str_of(tr(v->lang, "Chuyển sang đơn vị")) :
					     words_of(v, b->field->title))),
		.mark = form_number(v, "moc") };
}

struct bulk_counts {
	size_t changed, same, faults;
};

static struct bulk_counts counts_of(const struct exchange_bulk_row *rows, size_t count)
{
	struct bulk_counts n = { 0 };

	for (size_t i = 0; i < count; i++) {
		n.faults += rows[i].fault != NULL;
		n.same += !rows[i].fault && rows[i].is_same;
		n.changed += !rows[i].fault && !rows[i].is_same;
	}
	return n;
}

/* What stands in the chosen field, or whose the record is. */
static struct str shown_in(struct view *v, const struct bulk_page *b,
	const struct record_names *names, struct record_body body, int64_t unit_id)
{
	return b->is_unit ? unit_name(v, unit_id) :
			    record_field_words(&b->p.at, v->lang, names, b->field, body);
}

static void row_words(struct view *v, const struct bulk_page *b,
	const struct exchange_bulk_row *row, const struct record_names *names)
{
	struct str before = shown_in(v, b, names, row->r.body, row->was_unit_id);
	struct str after = shown_in(v, b, names, row->after, form_number(v, UNIT_CHOICE));

	html(v->w, "<tr><th scope=\"row\"><a href=\"/ban-ghi/%lld\">%.*s</a></th><td>",
		(long long)row->r.id, STR_FMT(row->r.title));
	if (row->fault)
		html_chip(v, "not-met", "✕",
			fill(v, tr(v->lang, row->fault), "a", text_of(v, row->about), NULL));
	else if (row->is_same)
		html(v->w, "%s", tr(v->lang, "như cũ"));
	else {
		if (before.len)
			html(v->w, "<del>%.*s</del> → ", STR_FMT(text_clean(v->a, before, 200)));
		html(v->w, "<ins>%.*s</ins>",
			STR_FMT(after.len ? text_clean(v->a, after, 200) :
					    str_of(tr(v->lang, "để trống"))));
	}
	html(v->w, "</td></tr>\n");
}

/* Those that cannot be done stand first: nobody should have to look for them. */
static void rows_table(
	struct view *v, const struct bulk_page *b, const struct exchange_bulk_row *rows)
{
	struct record *bodies = arena_array(v->a, struct record, 2 * b->count + 1);
	struct record_names *names = NULL;
	size_t shown = 0;

	for (size_t i = 0; i < b->count; i++) {
		bodies[2 * i] = rows[i].r;
		bodies[2 * i + 1].body = rows[i].after;
	}
	if (record_names(&b->p.at, bodies, 2 * b->count, &names, v->e) < 0)
		names = NULL;
	html_table(v, NULL, "stack", text_of(v, words_of(v, b->p.at.reg->one)),
		tr(v->lang, "Trước → sau"));
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < b->count && shown < SHOWN_MAX; i++)
			if ((rows[i].fault != NULL) == (pass == 0)) {
				row_words(v, b, &rows[i], names);
				shown++;
			}
	html_table_end(v);
	if (shown < b->count)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			fill(v, tr(v->lang, "và {n} dòng nữa"), "n",
				count_text(v, (int64_t)(b->count - shown)), NULL));
}

static void save_form(struct view *v, const struct bulk_page *b, const struct exchange_bulk *x,
	int64_t mark, size_t changed)
{
	html_form(v, bulk_path(v, b), "inline");
	html(v->w,
		"<input type=\"hidden\" name=\"viec\" value=\"luu\">\n<input type=\"hidden\" "
		"name=\"moc\" value=\"%lld\">\n<input type=\"hidden\" name=\"ly-do\" value=\"%.*s\">\n",
		(long long)mark, STR_FMT(x->why));
	if (x->unit_id)
		html(v->w, "<input type=\"hidden\" name=\"" UNIT_CHOICE "\" value=\"%lld\">\n",
			(long long)x->unit_id);
	for (size_t i = 0; i < x->typed.count; i++)
		html(v->w, "<input type=\"hidden\" name=\"t-%.*s\" value=\"%.*s\">\n",
			STR_FMT(x->typed.at[i].field), STR_FMT(x->typed.at[i].text));
	html_form_end(v,
		fill(v, tr(v->lang, "Sửa {n} bản ghi"), "n", count_text(v, (int64_t)changed),
			NULL));
}

static void look_page(struct view *v, const struct bulk_page *b)
{
	struct exchange_bulk x = bulk_of(v, b);
	struct exchange_bulk_row *rows = arena_array(v->a, struct exchange_bulk_row, b->count + 1);
	struct bulk_counts n;
	int64_t mark = 0;

	x.mark = 0;
	if (exchange_bulk_look(&x, rows, &mark, v->e) < 0) {
		page_failed(v);
		return;
	}
	n = counts_of(rows, b->count);
	start(v, b);
	html(v->w, "<p role=\"status\">%s</p>\n",
		fill(v,
			tr(v->lang,
				"Xem trước, chưa lưu gì: {sua} bản ghi thay đổi, {cu} như cũ, {loi} không sửa được."),
			"sua", count_text(v, (int64_t)n.changed), "cu",
			count_text(v, (int64_t)n.same), "loi", count_text(v, (int64_t)n.faults),
			NULL));
	if (n.changed)
		save_form(v, b, &x, mark, n.changed);
	rows_table(v, b, rows);
	value_form(v, b, x.typed);
	page_end(v);
}

/* --- saving, taking back ---------------------------------------------------------------------- */

static void save_page(struct view *v, const struct bulk_page *b)
{
	struct exchange_bulk x = bulk_of(v, b);
	struct exchange_bulk_row *rows = arena_array(v->a, struct exchange_bulk_row, b->count + 1);
	struct bulk_counts n;
	int64_t import_id = 0;

	if (x.mark == 0) {
		page_problem(v, 400);
		return;
	}
	if (exchange_bulk_save(&x, rows, &import_id, v->e) < 0) {
		page_failed(v);
		return;
	}
	n = counts_of(rows, b->count);
	start(v, b);
	html(v->w, "<p class=\"notice\" role=\"status\">%s</p>\n",
		fill(v, tr(v->lang, "Đã sửa {sua} bản ghi; {loi} bản ghi để nguyên, nêu dưới đây."),
			"sua", count_text(v, import_id ? (int64_t)n.changed : 0), "loi",
			count_text(v, (int64_t)n.faults), NULL));
	if (import_id) {
		html_form(v, path_of(v, "/so/%.*s/sua-nhieu", STR_FMT(b->p.at.reg->id)), "inline");
		html(v->w,
			"<input type=\"hidden\" name=\"viec\" value=\"hoan-tac\">\n<input "
			"type=\"hidden\" name=\"lan\" value=\"%lld\">\n",
			(long long)import_id);
		html_form_end(v, tr(v->lang, "Hoàn tác tất cả"));
	}
	rows_table(v, b, rows);
	page_end(v);
}

/* Who takes it back must reach every unit it wrote to. */
static void undo_page(struct view *v, const struct bulk_page *b)
{
	struct view_units may = view_units(v, RIGHT_ACT);
	int64_t outside = 0, id = form_number(v, "lan");
	size_t left = 0;

	if (exchange_import_outside(v->web->store, id, may.json, &outside, v->e) < 0)
		page_failed(v);
	else if (outside > 0)
		page_problem(v, 403);
	else if (exchange_undo(&b->p.at, id, &left, v->e) < 0)
		page_failed(v);
	else {
		start(v, b);
		html(v->w, "<p class=\"notice\" role=\"status\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Đã hoàn tác. {n} bản ghi có người sửa sau đó được để nguyên."),
				"n", count_text(v, (int64_t)left), NULL));
		page_end(v);
	}
}

void page_bulk_post(struct view *v)
{
	struct str act = form_value(v, "viec");
	struct bulk_page b;

	if (!bulk_of_path(v, &b))
		return;
	if (str_is(act, "hoan-tac"))
		undo_page(v, &b);
	else if (b.count == 0 || b.is_too_many || (!b.field && !b.is_unit))
		choose_page(v, &b);
	else if (b.is_unit && !view_may_put(v, form_number(v, UNIT_CHOICE)))
		page_problem(v, 403);
	else if (str_is(act, "luu"))
		save_page(v, &b);
	else
		look_page(v, &b);
}
