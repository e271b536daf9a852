/* hosts.c - what is known of all machines of a unit on one obligation: one statement, read while
 * the machines are walked in the same order, so that neither their number nor how much was seen of
 * them costs more statements or memory. */
#include "work/comply/comply_int.h"

enum { ROW_CHECK, ROW_WORD, ROW_IMPORT }; /* the kinds of rows, in the order in which they come */

#define NEWEST_RUN \
	"(SELECT id FROM audit_run WHERE host_id = h.host AND at_s <= $2" \
	" ORDER BY at_s DESC, id DESC LIMIT 1)"
#define COLUMNS \
	" e.check_id, e.outcome, e.at_s, e.by_person, e.subject, e.detail, e.found, e.file," \
	" e.person, e.id FROM hosts h JOIN evidence e"
/* $3: the checks that prove it, $4: its name */
#define ROWS_OF(hosts) \
	"WITH hosts AS (SELECT id AS host, name FROM host WHERE " hosts ")" \
	" SELECT * FROM (SELECT h.name, h.host, 0 AS kind," COLUMNS " ON e.run_id = " NEWEST_RUN \
	" WHERE e.check_id IN (SELECT value FROM json_each($3))" \
	" UNION ALL SELECT h.name, h.host, 1," COLUMNS \
	" ON e.host_id = h.host AND e.at_s <= $2 AND e.by_person NOT IN (0, 2)" \
	" WHERE e.check_id = $4" \
	" UNION ALL SELECT h.name, h.host, 2," COLUMNS \
	" ON e.by_person = 2 AND e.host_id = h.host AND e.at_s <= $2" \
	" WHERE e.check_id IN (SELECT value FROM json_each($3))" \
	" AND e.extract_sha256 = (SELECT n.extract_sha256 FROM evidence n" \
	" WHERE n.by_person = 2 AND n.host_id = h.host AND n.at_s <= $2" \
	" AND n.person = e.person ORDER BY n.at_s DESC, n.id DESC LIMIT 1)) AS said" \
	" ORDER BY name, host, kind, CASE kind WHEN 1 THEN -at_s ELSE 0 END," \
	" CASE kind WHEN 2 THEN check_id ELSE '' END," \
	" CASE kind WHEN 1 THEN -id ELSE id END"
/* $1: the unit; or the machines, as JSON */
static const char sql_of_unit[] = ROWS_OF(COMPLY_WERE_THERE("host") " AND first_seen_s <= $2");
static const char sql_of_some[] = ROWS_OF("id IN (SELECT value FROM json_each($1))");

static void list_begin(struct json *j, struct buf *b)
{
	buf_init(b, MIB);
	json_init(j, b, false);
	json_array(j);
}

static struct str list_end(struct json *j, struct buf *b, struct arena *a)
{
	struct str kept;

	json_array_end(j);
	kept = arena_str(a, buf_str(b));
	buf_done(b);
	return kept;
}

static struct str checks_of(const struct obligation *o, struct arena *a)
{
	struct json j;
	struct buf b;

	list_begin(&j, &b);
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].by == BY_CHECK)
			json_str(&j, o->evidence[i].check);
	return list_end(&j, &b, a);
}

static struct str chosen_of(const struct walk *w, struct arena *a)
{
	struct json j;
	struct buf b;

	list_begin(&j, &b);
	for (size_t i = 0; i < w->chosen_count; i++)
		if (w->chosen[i].about == COMPLY_HOST)
			json_i64(&j, w->chosen[i].id);
	return list_end(&j, &b, a);
}

int hosts_open(const struct walk *w, struct arena *a, struct hosts_rows *ret, struct err *e)
{
	const struct unit_facts *f = w->facts;
	struct store_query *q = store_query(f->store, w->chosen ? sql_of_some : sql_of_unit);
	int rc;

	if (w->chosen)
		store_bind_str(q, 1, chosen_of(w, a));
	else
		store_bind_i64(q, 1, f->unit.id);
	store_bind_i64(q, 2, f->at_s);
	store_bind_str(q, 3, checks_of(f->only, a));
	store_bind_str(
		q, 4, arena_fmt(a, "%.*s/%.*s", STR_FMT(f->only->pack->id), STR_FMT(f->only->id)));
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = (struct hosts_rows){ .q = q, .has_row = rc == 1 };
	return 0;
}

static struct evidence take(struct store_query *q, struct arena *a)
{
	return (struct evidence){ .host_id = store_i64(q, 1),
		.check = arena_str(a, store_str(q, 3)),
		.outcome = (enum outcome)store_i64(q, 4),
		.at_s = store_i64(q, 5),
		.by = (enum evidence_by)store_i64(q, 6),
		.subject = arena_str(a, store_str(q, 7)),
		.detail = arena_str(a, store_str(q, 8)),
		.found = arena_str(a, store_str(q, 9)),
		.file = arena_str(a, store_str(q, 10)),
		.person = arena_str(a, store_str(q, 11)),
		.id = store_i64(q, 12) };
}

int hosts_next(struct hosts_rows *h, int64_t host_id, struct arena *a, struct host_said *ret,
	struct err *e)
{
	VEC(struct evidence) rows[ROW_IMPORT + 1] = { 0 };
	int rc = 1;

	while (h->has_row && store_i64(h->q, 1) == host_id && rc == 1) {
		vec_push(a, &rows[store_i64(h->q, 2)], take(h->q, a));
		rc = store_next(h->q, e);
		h->has_row = rc == 1;
	}
	if (rc < 0)
		return rc;
	*ret = (struct host_said){ { rows[ROW_CHECK].at, rows[ROW_CHECK].len },
		{ rows[ROW_WORD].at, rows[ROW_WORD].len },
		{ rows[ROW_IMPORT].at, rows[ROW_IMPORT].len } };
	return 0;
}

void hosts_close(struct hosts_rows *h)
{
	if (h->q)
		store_end(h->q);
}
