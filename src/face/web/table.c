/* table.c - tables: one that is too wide scrolls in its own frame, which a keyboard can reach. */
#include "face/web/web_int.h"

void html_table_begin(struct view *v, const char *label, const char *kind)
{
	if (label)
		html(v->w,
			"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			"aria-label=\"%s\">\n",
			label);
	else
		html(v->w, "<div class=\"scroll\">\n");
	if (*kind)
		html(v->w, "<table class=\"%s\">\n<thead><tr>", kind);
	else
		html(v->w, "<table>\n<thead><tr>");
}

void html_table_head(struct view *v, const char *words)
{
	if (*words)
		html(v->w, "<th scope=\"col\">%s</th>", words);
	else
		html(v->w, "<td></td>"); /* of buttons: an empty heading would be read aloud */
}

void html_table_head_number(struct view *v, const char *words)
{
	html(v->w, "<th scope=\"col\" class=\"num\">%s</th>", words);
}

void html_table_rows(struct view *v)
{
	html(v->w, "</tr></thead>\n<tbody>\n");
}

void html_table_of(
	struct view *v, const char *label, const char *kind, const char *const *heads, size_t count)
{
	html_table_begin(v, label, kind);
	for (size_t i = 0; i < count; i++)
		html_table_head(v, heads[i]);
	html_table_rows(v);
}

void html_table_cell_begin(struct view *v, const char *head)
{
	html(v->w, "<td><span class=\"name-of\">%s: </span>", head);
}

void html_table_cell(struct view *v, const char *head, const char *text)
{
	if (*text)
		html(v->w, "<td><span class=\"name-of\">%s: </span>%s</td>", head, text);
	else
		html(v->w, "<td class=\"blank\"></td>");
}

void html_table_time(struct view *v, const char *head, int64_t at_s)
{
	if (at_s)
		html(v->w, "<td class=\"when\"><span class=\"name-of\">%s: </span>%s</td>", head,
			time_text(v, at_s));
	else
		html_table_cell(v, head, "");
}

void html_table_number(struct view *v, const char *head, int64_t n)
{
	html(v->w, "<td class=\"num\"><span class=\"name-of\">%s: </span>%s</td>", head,
		count_text(v, n));
}

void html_table_end(struct view *v)
{
	html(v->w, "</tbody></table></div>\n");
}
