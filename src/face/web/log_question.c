/* log_question.c - what the pages of the log are asked, and how they show what was found. */
#include "face/web/log.h"

#include "work/archive/show.h"

static const struct {
	const char *name;
	enum query_field field;
} filters[] = { { "tu", QUERY_FROM }, { "den", QUERY_TO }, { "may", QUERY_HOST },
	{ "ct", QUERY_PROGRAM }, { "muc", QUERY_SEVERITY } };

/* "cột 5: thiếu dấu ngoặc kép đóng" */
static void refuse(struct view *v, const char *field, const struct parse_fault *fault)
{
	struct str words = parse_fault_text(fault, v->lang, v->a);

	fault_add(v, field,
		text_of(v,
			arena_fmt(v->a, "%s %d: %.*s", tr(v->lang, "cột"), fault->column,
				STR_FMT(words))));
}

struct str log_value(const struct view *v, const char *name)
{
	struct str value = http_pair(v->query, name);

	return value.ptr ? str_trim(value) : STR("");
}

struct query *log_question(struct view *v)
{
	const struct query_options how = { .is_fold = !http_pair(v->query, "dung").ptr,
		.now_s = v->by.now_s };
	struct parse_fault fault = { 0 };
	struct query *q = NULL;

	if (query_parse(log_value(v, "hoi"), &how, v->a, &fault, &q) < 0) {
		refuse(v, "hoi", &fault);
		/* the other fields are looked at all the same: all that is wrong is said at once */
		if (query_parse(STR(""), &how, v->a, &fault, &q) < 0)
			return NULL;
	}
	for (size_t i = 0; i < COUNT(filters); i++) {
		struct str value = log_value(v, filters[i].name);

		if (value.len && query_narrow(q, filters[i].field, value, &fault) < 0)
			refuse(v, filters[i].name, &fault);
	}
	if (v->fault_count) {
		query_free(q);
		return NULL;
	}
	return q;
}

/* The question of this page as the query of another; NAME, which may be NULL, becomes VALUE. */
const char *log_again(struct view *v, const char *name, struct str value)
{
	static const char *const names[] = { "hoi", "tu", "den", "may", "ct", "muc", "dung" };
	struct str all = STR("");

	for (size_t i = 0; i < COUNT(names); i++) {
		struct str one = http_pair(v->query, names[i]);

		if (name && strcmp(names[i], name) == 0)
			continue;
		if (one.ptr && one.len)
			all = arena_fmt(v->a, "%.*s%s=%.*s&", STR_FMT(all), names[i],
				STR_FMT(url_piece(one, v->a)));
	}
	if (name)
		all = arena_fmt(
			v->a, "%.*s%s=%.*s&", STR_FMT(all), name, STR_FMT(url_piece(value, v->a)));
	return text_of(v, str_until(all, all.len ? all.len - 1 : 0));
}

void html_log_box(struct view *v, const char *name, const char *label, const char *hint)
{
	html(v->w,
		"<div class=\"field\"><label for=\"%s\">%s</label><input id=\"%s\" name=\"%s\" "
		"type=\"text\" spellcheck=\"false\" autocomplete=\"off\" placeholder=\"%s\" "
		"value=\"%.*s\"></div>\n",
		name, label, name, name, hint, STR_FMT(log_value(v, name)));
}

struct str log_visible(struct view *v, struct str raw, size_t max)
{
	struct str text;
	struct buf b;

	buf_init(&b, 12 * LEAF_BYTES_MAX);
	show_visible(&b, raw);
	text = text_clean(v->a, buf_str(&b), max);
	buf_done(&b);
	return text;
}
