/* expected.c - that a term rests on a day which no notice has confirmed. */
#include "core/pack/calendar.h"
#include "face/web/work.h"

const char *expected_why(struct view *v, struct date day)
{
	const char *why = pack_day(v->web->packs, day).is_known ?
		tr(v->lang, "chưa có thông báo chính thức về lịch nghỉ ngày {ngay}") :
		tr(v->lang, "chưa có lịch nghỉ của năm chứa ngày {ngay}");

	return fill(v, why, "ngay", date_text(v, day), NULL);
}

static void html_expected_of(struct view *v, struct date day, bool is_long)
{
	html(v->w, " <a class=\"chip no-evidence\" href=\"/viec/lich-nghi?nam=%d\">%s", day.year,
		tr(v->lang, "hạn dự kiến"));
	if (!is_long)
		html(v->w, "<span class=\"hidden\">: %s</span>", date_text(v, day));
	html(v->w, "</a>");
	if (is_long)
		html(v->w, " <span class=\"soft\">%s</span>", expected_why(v, day));
}

void html_expected(struct view *v, struct date day)
{
	html_expected_of(v, day, false);
}

void html_expected_long(struct view *v, struct date day)
{
	html_expected_of(v, day, true);
}
