/* kept.c - reading what sweep.c keeps. */
#include "work/comply/comply_int.h"

static const char sql_units[] =
	"SELECT unit_id, at_s, marks, subjects FROM verdict_unit WHERE law = $1"
	" AND unit_id IN (SELECT value FROM json_each($2)) ORDER BY permille, unit_id";
static const char sql_hosts[] =
	"SELECT v.subject_id, v.marks FROM verdict v JOIN verdict_unit u ON u.unit_id = v.unit_id"
	" AND u.law = $1 WHERE v.about = 0 AND v.subject_id IN (SELECT value FROM json_each($2))";
static const char sql_trend[] =
	"SELECT day, permille FROM (SELECT day, permille FROM verdict_day WHERE unit_id = $1"
	" ORDER BY day DESC LIMIT $2) ORDER BY day";

static const char sql_trends[] =
	"SELECT unit_id, day, permille FROM verdict_day WHERE day >= $1 ORDER BY unit_id, day";

int comply_kept_units(struct store *s, const struct comply_law *law, struct str units_json,
	struct arena *a, struct comply_units *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_units);
	VEC(struct comply_unit_row) list = { 0 };
	int rc;

	store_bind_cstr(q, 1, law->key);
	store_bind_str(q, 2, units_json);
	while ((rc = store_next(q, e)) == 1) {
		struct comply_unit_row *row = vec_add(a, &list);

		row->unit_id = store_i64(q, 0);
		row->at_s = store_i64(q, 1);
		row->marks = arena_str(a, store_str(q, 2));
		row->subjects = store_i64(q, 3);
		row->score = comply_score_of(law, row->marks, NULL);
	}
	if (rc < 0)
		return rc;
	*ret = (struct comply_units){ list.at, list.len };
	return 0;
}

int comply_kept_hosts(struct store *s, const struct comply_law *law, struct str hosts_json,
	struct arena *a, struct comply_hosts *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_hosts);
	VEC(struct comply_host_row) list = { 0 };
	int rc;

	store_bind_cstr(q, 1, law->key);
	store_bind_str(q, 2, hosts_json);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct comply_host_row){
				store_i64(q, 0), arena_str(a, store_str(q, 1)) }));
	if (rc < 0)
		return rc;
	*ret = (struct comply_hosts){ list.at, list.len };
	return 0;
}

int comply_trend(struct store *s, int64_t unit_id, size_t max, struct arena *a,
	struct comply_trend *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_trend);
	VEC(struct comply_point) list = { 0 };
	int rc;

	store_bind_i64(q, 1, unit_id);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1) {
		struct comply_point p = { .permille = (int)store_i64(q, 1) };

		if (date_parse(store_str(q, 0), &p.day))
			vec_push(a, &list, p);
	}
	if (rc < 0)
		return rc;
	*ret = (struct comply_trend){ list.at, list.len };
	return 0;
}

struct trend_row {
	int64_t unit_id;
	struct comply_point point;
};

int comply_trends(struct store *s, const struct comply_units *units, struct date since,
	struct arena *a, struct comply_trend *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_trends);
	VEC(struct trend_row) rows = { 0 };
	struct comply_point *points;
	char day[CLOCK_TEXT_MAX];
	int rc;

	store_bind_cstr(q, 1, date_iso(since, day));
	while ((rc = store_next(q, e)) == 1) {
		struct trend_row row = { store_i64(q, 0), { .permille = (int)store_i64(q, 2) } };

		if (date_parse(store_str(q, 1), &row.point.day))
			vec_push(a, &rows, row);
	}
	if (rc < 0)
		return rc;
	points = arena_array(a, struct comply_point, rows.len + 1);
	for (size_t i = 0; i < rows.len; i++)
		points[i] = rows.at[i].point;
	for (size_t i = 0; i < units->count; i++) {
		size_t from = 0, end = rows.len;

		while (from < end) { /* the first row of the unit, or where it would be */
			size_t middle = from + (end - from) / 2;

			if (rows.at[middle].unit_id < units->at[i].unit_id)
				from = middle + 1;
			else
				end = middle;
		}
		while (end < rows.len && rows.at[end].unit_id == units->at[i].unit_id)
			end++;
		ret[i] = (struct comply_trend){ points + from, end - from };
	}
	return 0;
}
