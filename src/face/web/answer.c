/* answer.c - answers for programs: CSV and JSON. */
#include "face/web/web_int.h"

void csv_page(struct view *v, const char *name)
{
	v->rs->content_type = "text/csv; charset=utf-8";
	v->rs->disposition = path_of(v, "attachment; filename=\"%s\"", name);
	csv_start(v->w);
}

void csv_words(struct view *v, const char *words)
{
	csv_cell(v->w, str_of(tr(v->lang, words)));
}

void csv_text(struct view *v, const char *text)
{
	csv_cell(v->w, str_of(text ? text : ""));
}

void json_page(struct view *v, struct json *j)
{
	v->rs->content_type = "application/json";
	json_init(j, v->w, false);
}

void json_list(struct view *v, struct json *j)
{
	json_page(v, j);
	json_object(j);
	json_key(j, "items");
	json_array(j);
}

void json_list_end(struct json *j)
{
	json_array_end(j);
	json_object_end(j);
}

void json_put_time(struct json *j, const char *key, int64_t at_s)
{
	char text[CLOCK_TEXT_MAX];

	json_put(j, key, at_s ? str_of(clock_iso(at_s, text)) : STR_NONE);
}

void json_problem(struct view *v, int status, const char *what)
{
	struct json j;

	buf_clear(v->w);
	v->rs->status = status;
	v->rs->content_type = "application/problem+json";
	json_init(&j, v->w, false);
	json_object(&j);
	json_put_i64(&j, "status", status);
	json_put(&j, "title", str_of(tr(v->lang, what)));
	json_object_end(&j);
}

bool is_api(const struct view *v)
{
	return str_starts(v->rq->path, "/api/");
}
