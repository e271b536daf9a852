/* api_exchange.c - many records at once for programs: tables in, one value for many, ways to
 * look. */
#include "face/web/import_job.h"

/* --- tables in -------------------------------------------------------------------------------- */

static const char *state_name(enum exchange_state s)
{
	static const char *const names[] = { [JOB_READ] = "reading",
		[JOB_CHECK] = "checking",
		[JOB_CHECKED] = "checked",
		[JOB_SAVE] = "saving",
		[JOB_SAVED] = "saved",
		[JOB_UNDO] = "undoing",
		[JOB_UNDONE] = "undone",
		[JOB_REFUSED] = "refused",
		[JOB_DROPPED] = "dropped" };

	return names[s <= JOB_DROPPED ? s : JOB_DROPPED];
}

static void put_fault(struct json *j, const struct exchange_fault *f)
{
	json_object(j);
	json_put_i64(j, "row", f->row);
	json_key(j, "column");
	if (f->column == SIZE_MAX)
		json_null(j);
	else
		json_i64(j, (int64_t)f->column + 1);
	json_put(j, "heading", f->heading);
	json_put(j, "value", f->value);
	json_put(j, "words", f->words);
	json_put(j, "mend", f->mend);
	json_object_end(j);
}

static void put_faults(struct json *j, const struct exchange_result *r, int64_t next)
{
	json_key(j, "items");
	json_array(j);
	for (size_t i = 0; i < r->fault_count; i++)
		put_fault(j, &r->faults[i]);
	json_array_end(j);
	json_key(j, "next");
	if (next)
		json_i64(j, next);
	else
		json_null(j);
}

static void put_job(struct view *v, const struct exchange_job *x, int status)
{
	struct json j;

	v->rs->status = status;
	json_page(v, &j);
	json_object(&j);
	json_put_i64(&j, "id", x->id);
	json_put(&j, "register", x->register_id);
	json_put_i64(&j, "unit", x->unit_id);
	json_put(&j, "file", x->file);
	json_put(&j, "sha256", x->sha256);
	json_put(&j, "state", str_of(state_name(x->state)));
	json_put_i64(&j, "rows", x->rows);
	json_put_i64(&j, "added", x->added);
	json_put_i64(&j, "changed", x->changed);
	json_put_i64(&j, "same", x->same);
	json_put_i64(&j, "faults", x->faults);
	json_put(&j, "totals", x->totals);
	json_put_i64(&j, "left", x->left);
	json_put(&j, "words",
		x->words.len ? str_of(fill(v, tr(v->lang, text_of(v, x->words)), "a",
				       text_of(v, x->about), NULL)) :
			       STR(""));
	json_object_end(&j);
}

void api_imports_post(struct view *v)
{
	const struct http_file *sent = import_file(v, "file");
	struct exchange_job job = { .unit_id = form_number(v, "unit") };
	struct register_page p;

	if (!import_register_of_path(v, &p))
		return;
	if (job.unit_id == 0)
		job.unit_id = v->user.unit_id ? v->user.unit_id : ORG_UNIT_FIRST;
	if (!sent)
		json_problem(v, 422, T("Hãy chọn một tệp có nội dung."));
	else if (!view_may(v, import_right(&p), job.unit_id))
		page_problem(v, 403);
	else if (import_bring(v, &p, sent, &job) < 0 ||
		exchange_job_get(v->web->store, job.id, v->a, &job, v->e) < 0)
		page_failed(v);
	else
		put_job(v, &job, 202);
}

void api_import(struct view *v)
{
	struct job_page j;

	if (!import_of_path(v, &j))
		return;
	if (import_go_on(v, &j) < 0 && v->e->code != ERR_CONFLICT)
		page_failed(v);
	else
		put_job(v, &j.job, 200);
}

void api_import_faults(struct view *v)
{
	struct exchange_result r = { 0 };
	struct job_page page;
	struct json j;
	int64_t from = 0, next;

	if (!import_of_path(v, &page))
		return;
	(void)str_to_i64(http_pair(v->query, "from"), &from);
	if (exchange_job_faults(v->web->store, page.job.id, from, v->a, &r, v->e) < 0) {
		page_failed(v);
		return;
	}
	next = from + (int64_t)r.fault_count;
	json_page(v, &j);
	json_object(&j);
	put_faults(&j, &r, next < page.job.faults && r.fault_count ? next : 0);
	json_object_end(&j);
}

static void act(struct view *v, const char *what)
{
	struct job_page j;

	if (!import_of_path(v, &j))
		return;
	if (import_act(v, &j, str_of(what)) < 0)
		page_failed(v);
	else
		put_job(v, &j.job, 200);
}

void api_import_confirm(struct view *v)
{
	act(v, "luu");
}

void api_import_undo(struct view *v)
{
	act(v, "hoan-tac");
}

void api_import_drop(struct view *v)
{
	act(v, "bo");
}

/* --- one value for many ----------------------------------------------------------------------- */

/* The ids that were sent; one out of reach is as if it did not exist. False: answered. */
static bool take_ids(struct view *v, struct register_page *p, int64_t *ids, size_t *ret_count)
{
	size_t count = 0;

	for (size_t i = 0; i < v->form.count; i++) {
		struct record r;
		int64_t id;

		if (!str_is(v->form.at[i].name, "id"))
			continue;
		if (count == EXCHANGE_BULK_MAX ||
			!str_to_i64(str_trim(v->form.at[i].value), &id)) {
			page_problem(v, 400);
			return false;
		}
		if (record_get(v->web->store, id, v->a, &r, v->e) < 0 ||
			!str_eq(r.register_id, p->at.reg->id) ||
			!view_may(v, RIGHT_ACT, r.unit_id)) {
			page_problem(v, 404);
			return false;
		}
		ids[count++] = id;
	}
	*ret_count = count;
	return true;
}

static struct record_body values_sent(struct view *v, const struct register_field *f)
{
	struct record_body body = { arena_array(v->a, struct record_value, v->form.count + 1),
		0 };

	for (size_t i = 0; i < v->form.count; i++)
		if (str_is(v->form.at[i].name, "value"))
			body.at[body.count++] =
				(struct record_value){ f->id, v->form.at[i].value };
	return body;
}

static void put_bulk(struct view *v, const struct exchange_bulk *b,
	const struct exchange_bulk_row *rows, int64_t mark, int64_t import_id)
{
	struct json j;

	json_page(v, &j);
	json_object(&j);
	json_put_i64(&j, "mark", mark);
	json_put_i64(&j, "import", import_id);
	json_key(&j, "items");
	json_array(&j);
	for (size_t i = 0; i < b->count; i++) {
		const char *fault = rows[i].fault;

		json_object(&j);
		json_put_i64(&j, "id", b->ids[i]);
		json_put(&j, "title", rows[i].r.title);
		json_key(&j, "changes");
		json_bool(&j, !fault && !rows[i].is_same);
		json_put(&j, "fault",
			fault ? str_of(fill(v, tr(v->lang, fault), "a",
					text_of(v, rows[i].about), NULL)) :
				STR_NONE);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
}

/* Without "mark" it is looked at, with the mark of that look it is saved. */
void api_bulk(struct view *v)
{
	int64_t *ids = arena_array(v->a, int64_t, EXCHANGE_BULK_MAX);
	struct exchange_bulk_row *rows;
	const struct register_field *f;
	struct exchange_bulk b;
	struct register_page p;
	int64_t mark = form_number(v, "mark"), unit_id = form_number(v, "unit"), import_id = 0;
	size_t count = 0;
	int rc;

	if (!register_of_path(v, &p) || !take_ids(v, &p, ids, &count))
		return;
	f = pack_register_field(p.at.reg, form_value(v, "field"));
	if (f && (unit_id || f->type == REGISTER_FILE || !field_is_seen(&p, f)))
		f = NULL;
	if (count == 0 || (!f && (!unit_id || form_value(v, "field").len))) {
		json_problem(v, 422,
			T("Cần ít nhất một id và một trường của sổ, hoặc một đơn vị."));
		return;
	}
	if (unit_id && !view_may_put(v, unit_id)) {
		page_problem(v, 403);
		return;
	}
	b = (struct exchange_bulk){ .at = &p.at,
		.ids = ids,
		.count = count,
		.typed = f ? values_sent(v, f) : (struct record_body){ 0 },
		.unit_id = unit_id,
		.why = form_value(v, "why"),
		.title = f ? words_of(v, f->title) : str_of(tr(v->lang, "Chuyển sang đơn vị")),
		.mark = mark };
	rows = arena_array(v->a, struct exchange_bulk_row, count + 1);
	rc = mark ? exchange_bulk_save(&b, rows, &import_id, v->e) :
		    exchange_bulk_look(&b, rows, &mark, v->e);
	if (rc < 0)
		page_failed(v);
	else
		put_bulk(v, &b, rows, mark, import_id);
}

/* Who takes it back must reach every unit it wrote to. */
void api_bulk_undo(struct view *v)
{
	struct view_units may = view_units(v, RIGHT_ACT);
	int64_t outside = 0, id = form_number(v, "import");
	struct register_page p;
	struct json j;
	size_t left = 0;
	int rc;

	if (!register_of_path(v, &p))
		return;
	rc = exchange_import_outside(v->web->store, id, may.json, &outside, v->e);
	if (rc == 0 && outside > 0)
		rc = err_set(v->e, ERR_DENIED, "some records are of other units");
	else if (rc == 0 && exchange_undo(&p.at, id, &left, v->e) < 0)
		rc = err_set(v->e, v->e->code == ERR_DENIED ? ERR_CONFLICT : v->e->code,
			"it cannot be taken back now");
	if (rc < 0)
		page_failed(v);
	else {
		json_page(v, &j);
		json_object(&j);
		json_put_i64(&j, "left", (int64_t)left);
		json_object_end(&j);
	}
}

/* --- ways to look ----------------------------------------------------------------------------- */

void api_views(struct view *v)
{
	struct record_view *list;
	struct register_page p;
	struct json j;
	size_t count;

	if (!register_of_path(v, &p))
		return;
	if (record_views(&p.at, v->user.id, &list, &count, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < count; i++) {
		json_object(&j);
		json_put(&j, "name", list[i].name);
		json_put(&j, "query", list[i].query);
		json_object_end(&j);
	}
	json_list_end(&j);
}

void api_views_post(struct view *v)
{
	struct str query = form_value(v, "query");
	struct register_page p;

	if (!register_of_path(v, &p))
		return;
	if (query.len && !str_starts(query, "?"))
		page_problem(v, 400);
	else if (record_view_keep(&p.at, v->user.id, form_value(v, "name"), query, v->e) < 0)
		page_failed(v);
	else
		api_views(v);
}
