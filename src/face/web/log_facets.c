/* log_facets.c - beside the lines found: whose they are, and when they came. */
#include "face/web/log.h"

#include <stdlib.h>

#include "work/archive/show.h"

#define SHOWN_ROWS 8

static const struct {
	const char *words, *name; /* name: of the form's field; NULL: not one */
} facets_of[LOG_FACETS] = { { T("Máy"), "may" }, { T("Chương trình"), "ct" }, { T("Mức"), "muc" },
	{ T("Địa chỉ gửi"), NULL } };

void log_facets_begin(struct view *v, struct find *f, const struct query *q, struct log_facets *ret)
{
	struct find_span span;
	struct query_need need;
	struct err none;

	memset(ret, 0, sizeof(*ret));
	ret->v = v;
	query_need(q, &need);
	if (find_span(f, &span, &none) < 0 || span.oldest.shard == 0)
		return;
	ret->first_ns = need.from_ns > INT64_MIN ? need.from_ns : span.first_ns;
	ret->last_ns = need.end_ns < span.last_ns ? need.end_ns : span.last_ns + 1;
}

static void add(struct log_facets *x, int facet, struct str value)
{
	struct log_facet_row *rows = x->rows[facet];

	if (value.len == 0 || value.len > 255)
		return;
	for (size_t i = 0; i < x->counts[facet]; i++) {
		if (str_eq(rows[i].value, value)) {
			struct log_facet_row mine = rows[i];

			mine.count++;
			/* what is frequent moves to the front, so that it is found soon */
			if (i > 0 && rows[i - 1].count < mine.count) {
				rows[i] = rows[i - 1];
				rows[i - 1] = mine;
			} else {
				rows[i] = mine;
			}
			return;
		}
	}
	if (x->counts[facet] == LOG_FACET_ROWS) {
		x->others[facet]++;
		return;
	}
	rows[x->counts[facet]++] = (struct log_facet_row){ arena_str(x->v->a, value), 1 };
}

void log_facets_add(struct log_facets *x, const struct leaf *leaf)
{
	struct query_parts parts;
	char peer[SHOW_PEER_MAX];
	int64_t span = x->last_ns - x->first_ns, at = query_leaf_ns(leaf) - x->first_ns;

	query_parts(leaf->raw, leaf->received_ns, &parts);
	add(x, 0, parts.host);
	add(x, 1, parts.program);
	add(x, 2, str_of(query_severity_name(parts.severity)));
	add(x, 3, str_of(show_peer(leaf->peer, peer)));
	if (span > 0 && at >= 0 && at < span)
		x->bins[(size_t)((double)at / (double)span * LOG_BINS)]++;
}

static int by_count(const void *a, const void *b)
{
	const struct log_facet_row *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

/* "crit" is what is asked for; people read "nghiêm trọng". */
static struct str shown_value(struct view *v, int facet, struct str value)
{
	for (int i = 0; facet == 2 && i < 8; i++)
		if (str_is(value, query_severity_name(i)))
			return str_of(tr(v->lang, query_severity_words(i)));
	return log_visible(v, value, 60);
}

static void facet(struct view *v, const struct log_facets *x, int i)
{
	struct log_facet_row *rows = arena_array(v->a, struct log_facet_row, x->counts[i] + 1);

	if (x->counts[i] == 0)
		return;
	memcpy(rows, x->rows[i], x->counts[i] * sizeof(*rows));
	qsort(rows, x->counts[i], sizeof(*rows), by_count);
	html(v->w, "<div><h3>%s</h3>\n<ul class=\"plain\">\n", tr(v->lang, facets_of[i].words));
	for (size_t k = 0; k < x->counts[i] && k < SHOWN_ROWS; k++) {
		struct str shown = shown_value(v, i, rows[k].value);

		html(v->w, "<li>");
		if (facets_of[i].name)
			html(v->w, "<a href=\"/nhat-ky?%s\">%.*s</a>",
				log_again(v, facets_of[i].name, rows[k].value), STR_FMT(shown));
		else
			html(v->w, "%.*s", STR_FMT(shown));
		html(v->w, " <span class=\"count\">%s</span></li>\n", count_text(v, rows[k].count));
	}
	html(v->w, "</ul></div>\n");
}

static void bars(struct view *v, const struct log_facets *x)
{
	uint64_t most = 0;

	for (size_t i = 0; i < LOG_BINS; i++)
		most = x->bins[i] > most ? x->bins[i] : most;
	if (most == 0)
		return;
	html(v->w,
		"<svg class=\"trend over\" role=\"img\" viewBox=\"0 0 %d 100\" "
		"preserveAspectRatio=\"none\" aria-label=\"%s\">",
		LOG_BINS * 10, tr(v->lang, "Số dòng theo thời gian, cũ bên trái"));
	for (size_t i = 0; i < LOG_BINS; i++) {
		size_t height = (size_t)(x->bins[i] * 100 / most);

		if (x->bins[i] && height == 0)
			height = 1;
		html(v->w,
			"<rect class=\"s-unknown\" x=\"%zu\" y=\"%zu\" width=\"9\" height=\"%zu\"/>",
			i * 10, 100 - height, height);
	}
	html(v->w, "</svg>\n<p class=\"bar soft\"><span>%s</span><span>%s</span></p>\n",
		second_text(v, x->first_ns / LOG_NS), second_text(v, x->last_ns / LOG_NS));
}

void log_facets_show(struct view *v, const struct log_facets *x, bool is_whole)
{
	if (x->counts[3] + x->counts[0] + x->counts[1] == 0)
		return;
	html(v->w, "<section id=\"ai-luc-nao\">\n<h2>%s</h2>\n",
		tr(v->lang, "Nguồn và thời gian của các dòng này"));
	if (!is_whole)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang, "Tính trên các dòng đã xem, mới nhất trước."));
	bars(v, x);
	html(v->w, "<div class=\"facets\">\n");
	for (int i = 0; i < LOG_FACETS; i++)
		facet(v, x, i);
	html(v->w, "</div>\n</section>\n");
}
