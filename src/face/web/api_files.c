/* api_files.c - files of records for programs: brought as a form with files, given back with the
 * SHA-256 they were kept under as ETag. */
#include "face/web/files.h"
#include "face/web/import_job.h"

static void put_file(struct json *j, const struct file *f)
{
	json_object(j);
	json_put_i64(j, "id", f->id);
	json_put(j, "of", f->of);
	json_put(j, "key", f->key);
	json_put_i64(j, "unit", f->unit_id);
	json_put(j, "field", f->field);
	json_put(j, "name", f->name);
	json_put(j, "sha256", f->sha256);
	json_put_i64(j, "bytes", f->size_bytes);
	json_put(j, "type", str_of(file_type(f->kind)));
	json_put_time(j, "at", f->at_s);
	json_put(j, "by", f->by);
	json_put_time(j, "removed", f->gone_at_s);
	json_put(j, "removed_why", f->gone_why);
	json_object_end(j);
}

static bool may_know(const struct register_page *p, const struct file *f)
{
	const struct register_field *field = pack_register_field(p->at.reg, f->field);

	return !field || field_is_seen(p, field);
}

static void put_list(struct view *v, const struct register_page *p, int status)
{
	struct file_at at = view_file_at(v);
	struct file *list;
	struct json j;
	size_t count;

	if (file_list(&at, STR("record"), str_of(number_text(v, p->r.id)), &list, &count, v->e) <
		0) {
		page_failed(v);
		return;
	}
	v->rs->status = status;
	json_list(v, &j);
	for (size_t i = 0; i < count; i++)
		if (may_know(p, &list[i]))
			put_file(&j, &list[i]);
	json_list_end(&j);
}

void api_files(struct view *v)
{
	struct register_page p;

	if (record_of_path(v, &p))
		put_list(v, &p, 200);
}

void api_files_post(struct view *v)
{
	const struct http_file *sent = import_file(v, "file");
	struct str field = form_value(v, "field");
	struct file_at at = view_file_at(v);
	const struct register_field *of;
	struct register_page p;
	struct file f;

	if (!record_of_path(v, &p))
		return;
	of = pack_register_field(p.at.reg, field);
	if (!sent || (field.len && (!of || of->type != REGISTER_FILE || !field_is_seen(&p, of)))) {
		json_problem(v, 422,
			sent ? T("Không có trường tệp nào tên như vậy.") :
			       T("Hãy chọn một tệp có nội dung."));
		return;
	}
	f = (struct file){ .of = STR("record"),
		.key = str_of(number_text(v, p.r.id)),
		.unit_id = p.r.unit_id,
		.field = field,
		.name = sent->name };
	if (file_attach(&at, sent->path, &f, v->e) == 0)
		put_list(v, &p, 201);
	else if (v->e->code == ERR_LIMIT)
		page_problem(v, 507);
	else
		page_failed(v);
}

static void put_one(struct view *v, int64_t id)
{
	struct file_at at = view_file_at(v);
	struct file f;
	struct json j;

	if (file_get(&at, id, &f, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_page(v, &j);
	put_file(&j, &f);
}

void api_file(struct view *v)
{
	struct file f;

	if (file_of_path(v, &f))
		put_one(v, f.id);
}

/* As a page says it: too late, or done already, is a conflict. */
static void changed(struct view *v, int64_t id, int rc)
{
	if (rc == 0)
		put_one(v, id);
	else if (rc == ERR_DENIED)
		page_problem(v, 409);
	else
		page_failed(v);
}

void api_file_remove(struct view *v)
{
	struct file_at at = view_file_at(v);
	struct file f;

	if (file_of_path(v, &f))
		changed(v, f.id, file_take_off(&at, f.id, form_value(v, "why"), v->e));
}

void api_file_restore(struct view *v)
{
	struct file_at at = view_file_at(v);
	struct file f;

	if (file_of_path(v, &f))
		changed(v, f.id, file_put_back(&at, f.id, v->e));
}
