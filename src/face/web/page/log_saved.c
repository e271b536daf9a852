/* log_saved.c - searches that a person keeps by name, on the page of the log. */
#include "face/web/log.h"

#define SAVED_MAX 50
#define NAME_MAX_BYTES 80
#define ASKED_MAX_BYTES 2000

static const char *setting_name(struct view *v)
{
	return path_of(v, "log.saved.%lld", (long long)v->user.id);
}

/* "name<TAB>query of the address", one a line. */
static struct str load(struct view *v)
{
	struct str text = STR_NONE;

	if (org_setting(v->web->store, setting_name(v), v->a, &text, v->e) < 0 || !text.ptr)
		return STR("");
	return text;
}

void html_log_saved(struct view *v)
{
	struct str rest = load(v), line, name, asked;

	html(v->w, "<details class=\"card saved\"><summary>%s</summary>\n<ul>\n",
		tr(v->lang, "Lần tìm đã lưu"));
	while (str_next_line(&rest, &line)) {
		if (!str_split(line, '\t', &name, &asked))
			continue;
		html(v->w, "<li><a href=\"/nhat-ky?%.*s\">%.*s</a> ", STR_FMT(asked),
			STR_FMT(name));
		html_button(v, "/nhat-ky/luu", (const char *[2]){ "xoa", text_of(v, name) },
			tr(v->lang, "Bỏ"));
		html(v->w, "</li>\n");
	}
	html(v->w, "</ul>\n");
	html_form(v, "/nhat-ky/luu", "inline");
	html(v->w, "<input type=\"hidden\" name=\"cau\" value=\"%s\">\n",
		log_again(v, NULL, STR("")));
	html_field(v,
		&(struct field){ .name = "ten-cau",
			.label = tr(v->lang, "Lưu lần tìm này với tên"),
			.is_required = true });
	html_form_end(v, tr(v->lang, "Lưu lần tìm"));
	html(v->w, "</details>\n");
}

static bool is_one_line(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ')
			return false;
	return true;
}

/* All but the one called NAME, then that one anew when ASKED says so. */
static int keep(struct view *v, struct str name, struct str asked)
{
	struct str rest = load(v), line, old, old_asked;
	struct buf out;
	int rc, count = 0;

	buf_init(&out, SAVED_MAX * (NAME_MAX_BYTES + ASKED_MAX_BYTES + 2));
	while (str_next_line(&rest, &line))
		if (str_split(line, '\t', &old, &old_asked) && !str_eq(old, name) &&
			++count < SAVED_MAX)
			buf_fmt(&out, "%.*s\t%.*s\n", STR_FMT(old), STR_FMT(old_asked));
	if (asked.ptr)
		buf_fmt(&out, "%.*s\t%.*s\n", STR_FMT(name), STR_FMT(asked));
	rc = org_set(v->web->store, setting_name(v), buf_str(&out), v->e);
	buf_done(&out);
	return rc;
}

void page_log_saved_post(struct view *v)
{
	struct str gone = form_value(v, "xoa"), name = form_value(v, "ten-cau"),
		   asked = form_value(v, "cau");
	int rc;

	if (gone.len == 0 &&
		(name.len == 0 || name.len > NAME_MAX_BYTES || !is_one_line(name) ||
			asked.len > ASKED_MAX_BYTES || !is_one_line(asked))) {
		page_problem(v, 400);
		return;
	}
	rc = gone.len ? keep(v, gone, STR_NONE) : keep(v, name, asked.ptr ? asked : STR(""));
	if (rc < 0)
		page_failed(v);
	else
		redirect(v,
			gone.len ? "/nhat-ky?bao=da-luu" :
				   path_of(v, "/nhat-ky?bao=da-luu&%.*s", STR_FMT(asked)));
}
