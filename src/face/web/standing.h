/* standing.h - private to face/web: where the visitor's unit stands, as every page tells it. What a
 * single machine was found to have is in facts.c. */
#ifndef FACE_WEB_STANDING_H
#define FACE_WEB_STANDING_H

#include "face/web/web_int.h"
#include "work/comply/sweep.h"

/* What is kept of the units of UNITS_JSON, brought up to date as far as a visitor can wait. */
MUST_CHECK int standing_units(struct view *v, struct str units_json, struct comply_law *law,
	struct comply_units *ret, struct err *e);

/* The unit as of the day asked for, ?ngay=, else now. */
struct standing {
	const struct org_unit *unit; /* NULL: there is none whose results the visitor sees */
	struct comply_law law;
	int64_t at_s;     /* of the marks */
	struct str marks; /* beside law; "": they are still being reckoned */
	struct comply_score score;
};
MUST_CHECK int standing_load(struct view *v, struct standing *ret, struct err *e);
/* False: nothing is known of O, or it is no more than a row of a list. */
bool standing_verdict(const struct standing *s, const struct obligation *o, enum verdict *ret);
/* The worst verdict under an article; *RET_COUNT: how many obligations it is of, perhaps 0. */
enum verdict standing_article(
	const struct standing *s, const struct clause *article, size_t *ret_count);
/* "70,6 %" */
const char *permille_text(struct view *v, int permille);
/* Whose results these are, and of when; the way to all of them. */
void html_standing(struct view *v, const struct standing *s);
/* Obligations by verdict, each a way to those of PATH that have it. */
void html_verdict_tiles(struct view *v, const int64_t counts[VERDICT_COUNT], const char *path);
/* Where the subjects of O in a unit are shown, with their proof, as of the day asked for. */
const char *result_path(struct view *v, int64_t unit_id, const struct obligation *o);
/* The ways to the obligations of one verdict (page/clause.c). */
void html_verdict_filter(struct view *v);
/* An obligation with its verdict as a row of CSV (page/clause.c). */
void csv_obligation_head(struct view *v);
void csv_obligation(struct view *v, const struct standing *s, const struct obligation *o);

#endif
