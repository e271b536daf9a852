/* log_strip.c - the strip that tells the state of the log on every page. */
#include "face/web/senders.h"

#define STRIP_US 5000000
#define COUNT_BUDGET_US 30000

static uint64_t lines_today(struct view *v, struct find *f, bool *ret_is_all)
{
	const struct query_options how = { .now_s = v->by.now_s };
	struct find_answer answer = { 0 };
	struct parse_fault fault;
	struct find_ask ask = { .until_us = clock_monotonic_us() + COUNT_BUDGET_US };

	*ret_is_all = false;
	if (query_parse(STR("from:today"), &how, v->a, &fault, &ask.query) < 0)
		return 0;
	if (find_count(f, &ask, &answer, v->e) == 0)
		*ret_is_all = answer.is_whole;
	query_free(ask.query);
	return answer.hits;
}

/* What intake lost, and how far the worst clock of today's senders is off. */
static void look_at_senders(struct view *v, struct log_strip *ret)
{
	struct err none = { 0 };
	struct senders s;

	if (senders_load(v, COUNT_BUDGET_US, &s, &none) < 0)
		return;
	ret->has_senders = s.count > 0;
	ret->dropped = s.dropped;
	for (size_t i = 0; i < s.count; i++) {
		const struct sender_row *r = &s.rows[i];
		int64_t off = r->today.offset_s < 0 ? -r->today.offset_s : r->today.offset_s;

		ret->silent += r->is->is_silent;
		ret->has_offset |= r->today.has_offset;
		if (r->today.has_offset && off > ret->offset_s)
			ret->offset_s = off;
	}
	senders_done(&s);
}

static void look_at_amiss(const struct find *f, struct log_strip *ret)
{
	const char *amiss = find_amiss(f);

	snprintf(ret->amiss, sizeof(ret->amiss), "%s", amiss ? amiss : "");
}

static void look(struct view *v, struct log_strip *ret)
{
	struct find *f = log_of(v);
	struct find_span span = { 0 };
	struct prove_seal seal;
	struct log_disk disk;
	struct err none = { 0 };

	*ret = (struct log_strip){ .free_percent = -1, .days_left = -1 };
	log_alarms_look(v, ret);
	if (!f || find_span(f, &span, v->e) < 0) {
		ret->is_broken = v->web->log_folder != NULL;
		snprintf(ret->amiss, sizeof(ret->amiss), "%s", v->e->text);
		return;
	}
	look_at_amiss(f, ret);
	if (find_shard_count(f) == 0 || span.lines == 0)
		return;
	ret->lines = span.lines;
	ret->newest_s = span.last_ns / LOG_NS;
	ret->today = lines_today(v, f, &ret->is_today_all);
	log_disk(v, f, &disk);
	ret->free_percent = disk.free_percent;
	ret->days_left = disk.forecast.days_left;
	look_at_senders(v, ret);
	if (prove_seal(f, span.newest.shard, &seal, &none) == 0) {
		ret->sealed_s = seal.last_ns / LOG_NS;
		ret->unsealed = span.newest.index + 1 - seal.size;
		ret->witnesses = seal.cosignatures;
	}
	ret->stamped_s = log_stamped_at(v, span.newest.shard);
}

static const struct log_strip *strip_of(struct view *v)
{
	struct web *w = v->web;
	int64_t now_us = clock_monotonic_us();

	if (w->strip_at_us == 0 || now_us - w->strip_at_us > STRIP_US) {
		look(v, &w->strip);
		w->strip_at_us = now_us;
	}
	return &w->strip;
}

/* IS_CALM: nothing to act on, so a narrow screen leaves it to the pages of the log. */
static void item(struct view *v, bool is_calm, const char *label, const char *value)
{
	html(v->w, "<div class=\"%s\"><dt>%s</dt><dd>%s</dd></div>", is_calm ? "calm" : "told",
		label, value);
}

#define DAYS_CALM 90 /* of room on the disk */

#define FREE_CALM_PERCENT 20

static void strip_senders(struct view *v, const struct log_strip *s)
{
	item(v, s->dropped == 0, tr(v->lang, "Dòng đã mất"), count_text(v, (int64_t)s->dropped));
	item(v, s->silent == 0, tr(v->lang, "Nguồn im lặng"), count_text(v, (int64_t)s->silent));
	item(v, true, tr(v->lang, "Lệch giờ nguồn gửi"),
		s->has_offset ? path_of(v, "≤ %lld s", (long long)s->offset_s) :
				tr(v->lang, "chưa rõ"));
}

void html_log_strip(struct view *v)
{
	const struct log_strip *s = strip_of(v);

	html_log_alarms(v, s);
	html(v->w, "<aside class=\"strip\" aria-label=\"%s\">", tr(v->lang, "Tình trạng nhật ký"));
	if (s->is_broken) {
		html(v->w, "<p>%s</p></aside>\n",
			tr(v->lang,
				"Không đọc được nhật ký; dữ liệu đã lưu không bị đổi. Hãy chạy "
				"khien-verify rồi báo người quản trị."));
		return;
	}
	if (s->lines == 0) {
		html(v->w, "<p>%s</p></aside>\n", tr(v->lang, "Nhật ký: chưa có dòng nào."));
		return;
	}
	html(v->w, "<dl>");
	item(v, false, tr(v->lang, "Niêm phong đến"),
		s->sealed_s ? time_text(v, s->sealed_s) : tr(v->lang, "chưa có"));
	if (s->sealed_s)
		item(v, true, tr(v->lang, "Chờ niêm phong"), count_text(v, (int64_t)s->unsealed));
	item(v, true, tr(v->lang, "Chứng kiến"), count_text(v, (int64_t)s->witnesses));
	if (s->stamped_s)
		item(v, true, tr(v->lang, "Đóng dấu thời gian"), time_text(v, s->stamped_s));
	item(v, true, tr(v->lang, "Dòng hôm nay"),
		path_of(v, "%s%s", s->is_today_all ? "" : "≥ ", count_text(v, (int64_t)s->today)));
	item(v, true, tr(v->lang, "Dòng mới nhất"), time_text(v, s->newest_s));
	item(v, s->free_percent >= FREE_CALM_PERCENT, tr(v->lang, "Đĩa còn trống"),
		s->free_percent >= 0 ? path_of(v, "%d %%", s->free_percent) :
				       tr(v->lang, "chưa rõ"));
	if (s->days_left >= 0)
		item(v, s->days_left > DAYS_CALM, tr(v->lang, "Đủ đĩa"), log_days(v, s->days_left));
	if (s->has_senders)
		strip_senders(v, s);
	html(v->w, "</dl>\n<p><a href=\"/huong-dan/nhat-ky\">%s</a></p></aside>\n",
		tr(v->lang, "Cách đọc các con số này"));
}
