/* log.c - the log that the web process reads, and the strip that tells its state on every page. */
#include "face/web/log.h"

#include <sys/statvfs.h>

#define FRESH_US 500000
#define STRIP_US 5000000
#define COUNT_BUDGET_US 30000

struct find *log_of(struct view *v)
{
	struct web *w = v->web;
	int64_t now_us = clock_monotonic_us();
	int rc = 0;

	if (!w->log_folder) {
		(void)err_set(v->e, ERR_ABSENT, "there is no log");
		return NULL;
	}
	if (!w->log)
		rc = find_open(w->log_folder, &w->log, v->e);
	else if (now_us - w->log_at_us > FRESH_US)
		rc = find_refresh(w->log, v->e);
	if (rc < 0) {
		w->log = find_close(w->log);
		return NULL;
	}
	w->log_at_us = now_us;
	return w->log;
}

/* --- the strip -------------------------------------------------------------------------------- */

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

/* What is free on the disk, in percent; -1: unknown. */
static int disk_free(const char *folder)
{
	struct statvfs st;

	if (statvfs(folder, &st) != 0 || st.f_blocks == 0)
		return -1;
	return (int)(st.f_bavail * 100 / st.f_blocks);
}

static void look(struct view *v, struct log_strip *ret)
{
	struct find *f = log_of(v);
	struct find_span span = { 0 };
	struct prove_seal seal;
	struct err none = { 0 };

	*ret = (struct log_strip){ .free_percent = -1 };
	if (!f) {
		ret->is_broken = v->web->log_folder != NULL;
		return;
	}
	if (find_shard_count(f) == 0 || find_span(f, &span, v->e) < 0 || span.lines == 0)
		return;
	ret->lines = span.lines;
	ret->newest_s = span.last_ns / LOG_NS;
	ret->today = lines_today(v, f, &ret->is_today_all);
	ret->free_percent = disk_free(v->web->log_folder);
	if (prove_seal(f, span.newest.shard, &seal, &none) == 0) {
		ret->sealed_s = seal.last_ns / LOG_NS;
		ret->unsealed = span.newest.index + 1 - seal.size;
		ret->witnesses = seal.cosignatures;
	}
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

static void item(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>", label, value);
}

void html_log_strip(struct view *v)
{
	const struct log_strip *s = strip_of(v);

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
	item(v, tr(v->lang, "Niêm phong đến"),
		s->sealed_s ? time_text(v, s->sealed_s) : tr(v->lang, "chưa có"));
	if (s->sealed_s)
		item(v, tr(v->lang, "Chờ niêm phong"), number_text(v, (int64_t)s->unsealed));
	item(v, tr(v->lang, "Chứng kiến"), number_text(v, (int64_t)s->witnesses));
	item(v, tr(v->lang, "Dòng hôm nay"),
		path_of(v, "%s%llu", s->is_today_all ? "" : "≥ ", (unsigned long long)s->today));
	item(v, tr(v->lang, "Dòng mới nhất"), time_text(v, s->newest_s));
	item(v, tr(v->lang, "Đĩa còn trống"),
		s->free_percent >= 0 ? path_of(v, "%d %%", s->free_percent) :
				       tr(v->lang, "chưa rõ"));
	html(v->w, "</dl></aside>\n");
}
