/* ical.c - duties as RFC 5545. Lines are folded at 75 octets, never within a character. */
#include "work/duty/calendar.h"

#include "kit/http/http.h"

#define LINE_OCTETS 75
#define EVENTS_MEMORY_BYTES (8 * MIB)
#define PIECE_BYTES (64 * KIB) /* a piece is done when it has so many */

/* NAME:VALUE with the value escaped, folded. */
static void line(struct buf *out, const char *name, struct str value)
{
	struct buf b;
	size_t in_line = 0;

	buf_init(&b, 64 * KIB);
	buf_fmt(&b, "%s:", name);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == '\n')
			buf_add(&b, STR("\\n"));
		else if (c == ',' || c == ';' || c == '\\')
			buf_fmt(&b, "\\%c", c);
		else if ((unsigned char)c >= ' ')
			buf_add_char(&b, c);
	}
	for (size_t i = 0; i < b.len; i++) {
		bool begins = ((unsigned char)b.ptr[i] & 0xc0) != 0x80;
		size_t need = 1;

		while (begins && i + need < b.len &&
			((unsigned char)b.ptr[i + need] & 0xc0) == 0x80)
			need++;
		if (begins && in_line + need > LINE_OCTETS) {
			buf_add(out, STR("\r\n "));
			in_line = 1;
		}
		buf_add_char(out, b.ptr[i]);
		in_line++;
	}
	buf_add(out, STR("\r\n"));
	buf_done(&b);
}

static struct str day_text(struct date d, struct arena *a)
{
	return arena_fmt(a, "%04d%02d%02d", d.year, d.month, d.day);
}

static struct str stamp(int64_t at_s, struct arena *a)
{
	int64_t utc = at_s - CLOCK_ZONE_S; /* date_at() and its like speak of Viet Nam */
	struct date d = date_at(utc);
	int64_t in_day = utc - date_start_s(d);

	return arena_fmt(a, "%04d%02d%02dT%02d%02d%02dZ", d.year, d.month, d.day,
		(int)(in_day / 3600), (int)(in_day / 60 % 60), (int)(in_day % 60));
}

static void event(const struct duty_calendar *c, const struct duty *d,
	const struct duty_occurrence *o, struct arena *a, struct buf *out)
{
	struct str key = duty_key(d, a), title = words_in(d->title, c->lang);
	struct str thing = d->record.id ? d->record.title : d->host_name;
	struct date unsure;
	struct str host = thing.len ? arena_fmt(a, " (%.*s)", STR_FMT(thing)) : STR("");

	line(out, "BEGIN", STR("VEVENT"));
	line(out, "UID",
		arena_fmt(a, "%.*s-%lld-%.*s@khien", STR_FMT(key), (long long)d->unit_id,
			STR_FMT(day_text(o->due_by_law, a))));
	line(out, "DTSTAMP", stamp(c->at_s, a));
	line(out, "DTSTART;VALUE=DATE", day_text(o->due, a));
	line(out, "DTEND;VALUE=DATE", day_text(date_add_days(o->due, 1), a));
	line(out, "SUMMARY",
		arena_fmt(a, "%s%s%.*s%.*s%s",
			o->state == DUTY_OVERDUE ? tr(c->lang, "quá hạn") : "",
			o->state == DUTY_OVERDUE ? ": " : "", STR_FMT(title), STR_FMT(host),
			duty_is_unsure(d, o, &c->duties->rules, &unsure) ?
				tr(c->lang, " (hạn dự kiến)") :
				""));
	line(out, "DESCRIPTION", clause_cite(d->obligation->clause, c->lang, a));
	line(out, "URL", arena_fmt(a, "%.*s%.*s", STR_FMT(c->url), STR_FMT(duty_address(d, a))));
	line(out, "TRANSP", STR("TRANSPARENT"));
	line(out, "END", STR("VEVENT"));
}

/* Those of one duty; they may be hundreds, and the duties thousands. */
static void events(const struct duty_calendar *c, const struct duty *d, struct buf *out)
{
	struct duty_occurrence *list;
	struct arena a;
	size_t count;

	arena_init(&a, EVENTS_MEMORY_BYTES);
	duty_all(d, &c->duties->rules, c->until, &a, &list, &count);
	for (size_t k = 0; k < count; k++)
		if (!list[k].mark_id)
			event(c, d, &list[k], &a, out);
	arena_done(&a);
}

/* A calendar of some of the work says so on the day it is read. */
static void left_out(const struct duty_calendar *c, const char *of, struct str summary,
	struct arena *a, struct buf *out)
{
	struct date today = date_at(c->at_s);

	line(out, "BEGIN", STR("VEVENT"));
	line(out, "UID", arena_fmt(a, "%s-left-out@khien", of));
	line(out, "DTSTAMP", stamp(c->at_s, a));
	line(out, "DTSTART;VALUE=DATE", day_text(today, a));
	line(out, "DTEND;VALUE=DATE", day_text(date_add_days(today, 1), a));
	line(out, "SUMMARY", summary);
	line(out, "DESCRIPTION",
		str_of(tr(c->lang,
			"Lịch có những máy đã lâu nhất không có ai làm hay kiểm tra, và những bản ghi đến "
			"hạn sớm nhất. Việc của mọi máy, mọi bản ghi ở trang Công việc, phần tải danh sách "
			"(CSV).")));
	line(out, "URL", arena_fmt(a, "%.*s/viec", STR_FMT(c->url)));
	line(out, "TRANSP", STR("TRANSPARENT"));
	line(out, "END", STR("VEVENT"));
}

static void begin(const struct duty_calendar *c, struct buf *out)
{
	line(out, "BEGIN", STR("VCALENDAR"));
	line(out, "VERSION", STR("2.0"));
	line(out, "PRODID", STR("-//Khien//NONSGML duties//VI"));
	line(out, "X-WR-CALNAME", c->title);
	line(out, "REFRESH-INTERVAL;VALUE=DURATION", STR("PT12H"));
}

static void end(const struct duty_calendar *c, struct arena *a, struct buf *out)
{
	size_t records = duty_records_left_out(c->duties);

	if (c->duties->hosts_left_out)
		left_out(c, "machines",
			arena_fmt(a, tr(c->lang, T("Lịch chỉ có việc của %d máy, còn %zu máy nữa")),
				DUTY_HOSTS_MAX, c->duties->hosts_left_out),
			a, out);
	if (records)
		left_out(c, "records",
			arena_fmt(a,
				tr(c->lang,
					T("Lịch chỉ xét %d bản ghi đến hạn sớm nhất của mỗi việc, còn %zu "
					  "bản ghi nữa")),
				DUTY_RECORDS_MAX, records),
			a, out);
	line(out, "END", STR("VCALENDAR"));
}

bool duty_ical(const struct duty_calendar *c, size_t *from, struct buf *out)
{
	struct arena a;

	if (*from == 0)
		begin(c, out);
	while (*from < c->duties->count && out->len < PIECE_BYTES) {
		const struct duty *d = &c->duties->at[(*from)++];

		if (!d->is_machine)
			events(c, d, out);
	}
	if (*from < c->duties->count)
		return true;
	arena_init(&a, EVENTS_MEMORY_BYTES);
	end(c, &a, out);
	arena_done(&a);
	return false;
}
