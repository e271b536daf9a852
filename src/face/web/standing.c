/* standing.c - where the visitor's unit stands: kept for now, reckoned anew for a day gone by. */
#include "face/web/standing.h"

#define REFRESH_MAX 50 /* a page brings so many subjects up to date; the rest the sweep does */

int standing_units(struct view *v, struct str units_json, struct comply_law *law,
	struct comply_units *ret, struct err *e)
{
	int rc = comply_refresh(v->web->store, v->web->packs, v->by.now_s, REFRESH_MAX, e);

	comply_law_of(v->web->packs, date_at(v->by.now_s), v->a, law);
	return rc < 0 ? rc : comply_kept_units(v->web->store, law, units_json, v->a, ret, e);
}

static int load_kept(struct view *v, struct standing *s, struct err *e)
{
	struct str json = arena_fmt(v->a, "[%lld]", (long long)s->unit->id);
	struct comply_units units = { 0 };
	int rc;

	/* the sweep comes every minute: a page waits for it only where nothing is kept at all */
	comply_law_of(v->web->packs, date_at(v->by.now_s), v->a, &s->law);
	rc = comply_kept_units(v->web->store, &s->law, json, v->a, &units, e);
	if (rc == 0 && units.count == 0)
		rc = standing_units(v, json, &s->law, &units, e);
	if (rc < 0 || units.count == 0)
		return rc;
	s->at_s = units.at[0].at_s;
	s->marks = units.at[0].marks;
	s->score = units.at[0].score;
	return 0;
}

static int load_past(struct view *v, struct standing *s, struct err *e)
{
	struct comply_query q = { v->web->store, v->web->packs, s->unit->id, facts_as_of_s(v),
		NULL };
	int rc;

	comply_law_of(v->web->packs, date_at(q.at_s), v->a, &s->law);
	rc = comply_unit_marks(&q, &s->law, v->a, &s->marks, e);
	if (rc < 0)
		return rc == ERR_ABSENT ? 0 : rc; /* the unit was not there yet */
	s->at_s = q.at_s;
	s->score = comply_score_of(&s->law, s->marks, NULL);
	return 0;
}

int standing_load(struct view *v, struct standing *ret, struct err *e)
{
	int64_t id = v->user.unit_id ? v->user.unit_id : ORG_UNIT_FIRST;

	*ret = (struct standing){ .marks = STR(""), .score.permille = -1 };
	if (!view_may(v, RIGHT_SEE, id))
		return 0;
	ret->unit = org_unit_by_id(view_tree(v), id);
	if (!ret->unit)
		return 0;
	return facts_as_of_s(v) == v->by.now_s ? load_kept(v, ret, e) : load_past(v, ret, e);
}

/* --- asked ------------------------------------------------------------------------------------ */

bool standing_verdict(const struct standing *s, const struct obligation *o, enum verdict *ret)
{
	for (size_t i = 0; i < s->law.count && i < s->marks.len; i++)
		if (s->law.at[i] == o)
			return comply_mark_verdict(s->marks.ptr[i], ret);
	return false;
}

enum verdict standing_article(
	const struct standing *s, const struct clause *article, size_t *ret_count)
{
	enum verdict worst = VERDICT_NA, one;

	*ret_count = 0;
	for (size_t i = 0; i < s->law.count && i < s->marks.len; i++) {
		if (clause_article(s->law.at[i]->clause) != article ||
			!comply_mark_verdict(s->marks.ptr[i], &one))
			continue;
		worst = *ret_count ? verdict_worst(worst, one) : one;
		++*ret_count;
	}
	return worst;
}

/* --- shown ------------------------------------------------------------------------------------ */

const char *permille_text(struct view *v, int permille)
{
	if (permille < 0)
		return tr(v->lang, "không tính");
	return path_of(v, "%d,%d %%", permille / 10, permille % 10);
}

void html_standing(struct view *v, const struct standing *s)
{
	if (!s->unit)
		return;
	if (!s->marks.len) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Kết quả của đơn vị đang được tính. Hãy tải lại trang này sau ít phút."));
		return;
	}
	html(v->w,
		"<p>%s <a href=\"/ket-qua/%lld\">%.*s</a>: <strong>%s</strong> "
		"<span class=\"soft\">%s %s</span></p>\n",
		tr(v->lang, "Điểm của"), (long long)s->unit->id, STR_FMT(s->unit->name),
		permille_text(v, s->score.permille), tr(v->lang, "tính lúc"),
		time_text(v, s->at_s));
}

void html_verdict_tiles(struct view *v, const int64_t counts[VERDICT_COUNT], const char *path)
{
	html(v->w, "<ul class=\"tiles\">\n");
	for (int i = 0; i < VERDICT_COUNT; i++) {
		html(v->w, "<li class=\"tile %s\"><a href=\"%s#%s\"><strong>%s</strong> ",
			verdict_name((enum verdict)i), path, verdict_name((enum verdict)i),
			count_text(v, counts[i]));
		html_verdict(v, (enum verdict)i);
		html(v->w, "</a></li>\n");
	}
	html(v->w, "</ul>\n");
}

const char *result_path(struct view *v, int64_t unit_id, const struct obligation *o)
{
	const char *path = path_of(v, "/ket-qua/%lld/%.*s/%.*s", (long long)unit_id,
		STR_FMT(url_piece(o->pack->id, v->a)), STR_FMT(url_piece(o->id, v->a)));
	char day[CLOCK_TEXT_MAX];

	if (facts_as_of_s(v) == v->by.now_s)
		return path;
	return path_of(v, "%s?ngay=%s", path, date_iso(date_at(facts_as_of_s(v)), day));
}
