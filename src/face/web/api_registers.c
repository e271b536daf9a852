/* api_registers.c - registers and their records for programs. Values are as they are kept; what is
 * sent may be written as people do. */
#include "face/web/register_int.h"

static void put_text(struct view *v, struct json *j, const char *key, struct words w)
{
	json_put(j, key, words_of(v, w));
}

static void put_field(struct view *v, struct json *j, const struct register_field *f)
{
	static const char *const needs[] = { "no", "complete", "save" };

	json_object(j);
	json_put(j, "id", f->id);
	put_text(v, j, "title", f->title);
	json_put(j, "type", str_of(register_types[f->type]));
	json_put(j, "required", str_of(needs[f->need]));
	json_key(j, "many");
	json_bool(j, f->is_many);
	json_key(j, "choices");
	json_array(j);
	for (size_t i = 0; i < f->choice_count; i++)
		json_str(j, f->choices[i].id);
	json_array_end(j);
	json_object_end(j);
}

static void put_register(struct view *v, struct json *j, const struct register_page *p)
{
	const struct pack_register *r = p->at.reg;

	json_object(j);
	json_put(j, "id", r->id);
	json_put(j, "pack", r->pack->id);
	put_text(v, j, "title", r->title);
	json_put(j, "name", r->name);
	json_key(j, "clauses");
	json_array(j);
	for (size_t i = 0; i < r->clause_count; i++)
		json_str(j, r->clauses_are[i]->id);
	json_array_end(j);
	json_key(j, "fields");
	json_array(j);
	for (size_t i = 0; i < r->field_count; i++)
		if (field_is_seen(p, r->fields[i]))
			put_field(v, j, r->fields[i]);
	json_array_end(j);
	json_object_end(j);
}

void api_registers(struct view *v)
{
	struct json j;

	json_list(v, &j);
	for (size_t i = 0; i < pack_register_count(v->web->packs); i++) {
		struct register_page p;

		v->args[0] = pack_register_at(v->web->packs, i)->id;
		if (register_may_see(v, pack_register_at(v->web->packs, i)) &&
			register_of_path(v, &p))
			put_register(v, &j, &p);
	}
	json_list_end(&j);
}

static void put_values(struct json *j, const struct register_page *p,
	const struct register_field *f, struct record_body body)
{
	bool is_list = f->is_many || f->type == REGISTER_CHOICES;

	if (!field_is_seen(p, f) || !record_value_of(body, f->id).ptr)
		return;
	json_key_str(j, f->id);
	if (is_list)
		json_array(j);
	for (size_t i = 0; i < body.count; i++)
		if (str_eq(body.at[i].field, f->id))
			json_str(j, body.at[i].text);
	if (is_list)
		json_array_end(j);
}

static void put_record(struct json *j, const struct register_page *p, const struct record *r)
{
	json_object(j);
	json_put_i64(j, "id", r->id);
	json_put(j, "register", r->register_id);
	json_put_i64(j, "unit", r->unit_id);
	json_put(j, "title", r->title);
	json_put_i64(j, "version", r->version);
	json_put_time(j, "changed_at", r->changed_at_s);
	json_put(j, "changed_by", r->changed_by);
	json_key(j, "cancelled");
	json_bool(j, r->is_cancelled);
	json_key(j, "values");
	json_object(j);
	for (size_t i = 0; i < p->at.reg->field_count; i++)
		put_values(j, p, p->at.reg->fields[i], r->body);
	json_object_end(j);
	json_object_end(j);
}

void api_records(struct view *v)
{
	struct register_page p;
	struct record_query q;
	struct record_page page;
	struct json j;

	if (!register_of_path(v, &p))
		return;
	q = register_query(v, &p);
	q.max = RECORD_PAGE_MAX;
	if (record_list(&p.at, &q, &page, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < page.count; i++)
		put_record(&j, &p, &page.at[i]);
	json_array_end(&j);
	json_key(&j, "next");
	if (page.has_more)
		json_cstr(&j,
			path_of(v, "%s&sau-so=%lld",
				register_link(v, "sau", text_of(v, page.next_key)),
				(long long)page.next_id));
	else
		json_null(&j);
	json_object_end(&j);
}

/* The fields that were sent, each by its id; what is not sent keeps its values. */
static struct record_body sent(struct view *v, const struct register_page *p)
{
	VEC(struct record_value) values = { 0 };

	for (size_t i = 0; i < v->form.count; i++) {
		struct str name = v->form.at[i].name;
		const struct register_field *f = pack_register_field(p->at.reg, name);

		if (str_is(name, "unit") || str_is(name, "version") || str_is(name, "why"))
			continue;
		if (f && !field_is_seen(p, f))
			continue;
		vec_push(v->a, &values, ((struct record_value){ name, v->form.at[i].value }));
	}
	return (struct record_body){ values.at, values.len };
}

static void put_saved(struct view *v, const struct register_page *p, int status)
{
	struct json j;

	v->rs->status = status;
	json_page(v, &j);
	put_record(&j, p, &p->r);
}

static void put_faults(struct view *v, const struct record_faults *faults)
{
	struct json j;

	json_problem(v, 422, T("Bản ghi có lỗi"));
	buf_clear(v->w);
	json_init(&j, v->w, false);
	json_object(&j);
	json_put_i64(&j, "status", 422);
	json_put(&j, "title", str_of(tr(v->lang, "Bản ghi có lỗi")));
	json_key(&j, "faults");
	json_array(&j);
	for (size_t i = 0; i < faults->count; i++) {
		const struct record_fault *x = &faults->at[i];

		json_object(&j);
		json_put(&j, "field", x->field ? x->field->id : STR_NONE);
		json_put(&j, "words",
			str_of(fill(v, tr(v->lang, x->words), "a", text_of(v, x->about), NULL)));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
}

static void save(struct view *v, struct register_page *p, int status)
{
	struct record_faults faults;
	int rc;

	if (!view_may(v, RIGHT_ACT, p->r.unit_id)) {
		page_problem(v, 403);
		return;
	}
	rc = record_save(&p->at, &p->r, sent(v, p), form_value(v, "why"), &faults, v->e);
	if (rc == 0)
		put_saved(v, p, status);
	else if (faults.count > 0)
		put_faults(v, &faults);
	else
		page_failed(v);
}

void api_records_post(struct view *v)
{
	struct register_page p;

	if (!register_of_path(v, &p))
		return;
	p.r.unit_id = form_number(v, "unit") ? form_number(v, "unit") : v->user.unit_id;
	save(v, &p, 201);
}

void api_record(struct view *v)
{
	struct register_page p;

	if (record_of_path(v, &p))
		put_saved(v, &p, 200);
}

void api_record_post(struct view *v)
{
	struct register_page p;

	if (!record_of_path(v, &p))
		return;
	p.r.version = form_number(v, "version");
	if (form_number(v, "unit"))
		p.r.unit_id = form_number(v, "unit");
	save(v, &p, 200);
}

void api_record_cancel(struct view *v)
{
	struct register_page p;

	if (!record_of_path(v, &p))
		return;
	if (record_cancel(&p.at, p.r.id, form_number(v, "version"), form_value(v, "why"), v->e) <
			0 ||
		record_get(v->web->store, p.r.id, v->a, &p.r, v->e) < 0)
		page_failed(v);
	else
		put_saved(v, &p, 200);
}

/* The newest version is taken back; of a cancelled record, the cancelling. */
void api_record_undo(struct view *v)
{
	struct register_page p;

	if (!record_of_path(v, &p))
		return;
	if (record_undo(&p.at, p.r.id, form_number(v, "version"), v->e) < 0 ||
		record_get(v->web->store, p.r.id, v->a, &p.r, v->e) < 0)
		page_failed(v);
	else
		put_saved(v, &p, 200);
}
