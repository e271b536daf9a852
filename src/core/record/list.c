/* list.c - pages of a register. The index of the column that sorts is walked from the place where
 * the page before ended, and what the filters, the search and the units leave is taken, so a page
 * costs the same wherever it stands, and no order of rows is made but the index's.
 *
 * A filter or a search that few records pass is answered once, as a list to look them up in; one
 * that many pass is asked of each record of the walk, which then ends soon. */
#include "core/record/record_int.h"

#define COLUMNS \
	" r.id, r.unit_id, r.title, r.body, r.version, r.made_at_s, r.made_by, r.changed_at_s," \
	" r.changed_by"
#define UNITS(of) "($4 IS NULL OR " of ".unit_id IN (SELECT value FROM json_each($4)))"
#define TEXT(id) \
	"($5 IS NULL OR " id " IN (SELECT rowid FROM record_words WHERE record_words MATCH $5))"
/* MANY: one value that many records have. */
#define FILTER(field, low, high, many) \
	"(" field " IS NULL OR CASE WHEN " many " THEN EXISTS (SELECT 1 FROM record_index x" \
	" WHERE x.register = $1 AND x.field = " field " AND x.key = " low \
	" AND x.record_id = i.record_id) ELSE i.record_id IN (SELECT x.record_id" \
	" FROM record_index x WHERE x.register = $1 AND x.field = " field \
	" AND x.key BETWEEN " low " AND " high ") END)"
#define WHERE \
	" WHERE i.register = $1 AND i.field = $2 AND " UNITS("i") " AND " TEXT( \
		"i.record_id") " AND " FILTER("$6", "$7", "$8", "$22") " AND " FILTER("$9", "$10", \
		"$11", "$23") " AND " FILTER("$12", "$13", "$14", "$24") " AND " FILTER("$15", \
		"$16", "$17", "$25")
/* Each word the beginning of one in the record, asked of its text. */
#define WORDS \
	" AND ($21 IS NULL OR NOT EXISTS (SELECT 1 FROM json_each($21) w" \
	" WHERE (' ' || r.folded) NOT GLOB w.value))"
#define FROM " FROM record_index i CROSS JOIN record r ON r.id = i.record_id"

static const char sql_up[] =
	"SELECT i.key," COLUMNS FROM WHERE WORDS " ORDER BY i.key, i.record_id LIMIT $3";
static const char sql_up_after[] =
	"SELECT i.key," COLUMNS FROM WHERE WORDS " AND (i.key, i.record_id) > ($18, $19)"
	" ORDER BY i.key, i.record_id LIMIT $3";
static const char sql_down[] =
	"SELECT i.key," COLUMNS FROM WHERE WORDS " ORDER BY i.key DESC, i.record_id DESC LIMIT $3";
static const char sql_down_after[] =
	"SELECT i.key," COLUMNS FROM WHERE WORDS " AND (i.key, i.record_id) < ($18, $19)"
	" ORDER BY i.key DESC, i.record_id DESC LIMIT $3";
static const char sql_count[] =
	"SELECT count(*) FROM (SELECT 1 FROM record_index i" WHERE " LIMIT $3)";
static const char sql_gone[] =
	"SELECT ''," COLUMNS " FROM record r WHERE r.register = $1 AND r.state = 1"
	" AND " UNITS("r") " AND " TEXT(
		"r.id") " AND ($18 IS NULL OR (r.changed_at_s, r.id) < ($19, $20))"
			" ORDER BY r.changed_at_s DESC, r.id DESC LIMIT $3";
static const char sql_gone_count[] =
	"SELECT count(*) FROM (SELECT 1 FROM record r WHERE r.register = $1 AND r.state = 1"
	" AND " UNITS("r") " AND " TEXT("r.id") " LIMIT $3)";
static const char sql_totals[] =
	"SELECT register, count(*), max(changed_at_s) FROM record WHERE state = 0"
	" AND ($1 IS NULL OR unit_id IN (SELECT value FROM json_each($1))) GROUP BY register";

/* "mang khach" as "mang"* "khach"*, or as a JSON array of patterns that each word makes; STR_NONE
 * when there is no word in it. */
static struct str words_asked(struct str text, bool is_pattern, struct arena *a)
{
	struct str folded = text_fold(a, text), word = STR("");
	struct buf out;
	struct str kept = STR_NONE;
	size_t from = 0;

	buf_init(&out, 8 * KIB);
	for (size_t i = 0; i <= folded.len; i++) {
		unsigned char c = i < folded.len ? (unsigned char)folded.ptr[i] : ' ';

		if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			continue;
		word = (struct str){ folded.ptr + from, i - from };
		if (word.len > 0 && is_pattern)
			buf_fmt(&out, "%s\"*[^a-z0-9]%.*s*\"", out.len ? "," : "[", STR_FMT(word));
		else if (word.len > 0)
			buf_fmt(&out, "\"%.*s\"* ", STR_FMT(word));
		from = i + 1;
	}
	if (out.len > 0 && is_pattern)
		buf_fmt(&out, "]");
	if (out.len > 0 && !buf_is_full(&out))
		kept = arena_str(a, buf_str(&out));
	buf_done(&out);
	return kept;
}

/* --- do many pass? ---------------------------------------------------------------------------- */

#define MANY 2000

static const char sql_many_words[] =
	"SELECT count(*) FROM (SELECT 1 FROM record_words WHERE record_words MATCH $1 LIMIT $2)";
static const char sql_many_values[] =
	"SELECT count(*) FROM (SELECT 1 FROM record_index WHERE register = $1 AND field = $2"
	" AND key = $3 LIMIT $4)";

/* What fails here fails again in the list, and is told there. */
static bool is_many(struct store_query *s, int slot)
{
	struct err e = { 0 };
	bool is;

	store_bind_i64(s, slot, MANY);
	is = store_next(s, &e) == 1 && store_i64(s, 0) == MANY;
	store_end(s);
	return is;
}

static bool has_many_words(const struct record_at *at, struct str words)
{
	struct store_query *s;

	if (!words.ptr)
		return false;
	s = store_query(at->store, sql_many_words);
	store_bind_str(s, 1, words);
	return is_many(s, 2);
}

static bool has_many_values(
	const struct record_at *at, const struct record_filter *f, struct str low, struct str high)
{
	struct store_query *s;

	if (!str_eq(low, high))
		return false;
	s = store_query(at->store, sql_many_values);
	store_bind_str(s, 1, at->reg->id);
	store_bind_str(s, 2, f->field->id);
	store_bind_str(s, 3, low);
	return is_many(s, 4);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* How each part of a query is best asked; looked at before the statement of the list begins. */
struct plan {
	struct str words, patterns; /* one of them, or neither */
	struct str low[RECORD_FILTERS_MAX], high[RECORD_FILTERS_MAX];
	bool is_many[RECORD_FILTERS_MAX];
};

static struct plan plan_of(const struct record_at *at, const struct record_query *q, bool is_list)
{
	struct plan p = { .words = words_asked(q->text, false, at->a) };

	if (is_list && !q->is_cancelled && has_many_words(at, p.words)) {
		p.patterns = words_asked(q->text, true, at->a);
		p.words = STR_NONE;
	}
	for (size_t i = 0; i < q->filter_count && i < RECORD_FILTERS_MAX && !q->is_cancelled; i++) {
		const struct record_filter *f = &q->filters[i];

		p.low[i] = record_key(f->field, f->low, at->a);
		p.high[i] = record_key(f->field, f->high, at->a);
		p.is_many[i] = has_many_values(at, f, p.low[i], p.high[i]);
	}
	return p;
}

static struct str sort_field(const struct record_at *at, const struct record_query *q)
{
	return q->sort.ptr && !q->is_cancelled ? q->sort : at->reg->name;
}

/* All that a list and its count have in common. */
static void bind(struct store_query *s, const struct record_at *at, const struct record_query *q,
	const struct plan *p, size_t max)
{
	store_bind_str(s, 1, at->reg->id);
	store_bind_i64(s, 3, (int64_t)max);
	store_bind_str(s, 4, q->units);
	store_bind_str(s, 5, p->words);
	if (q->is_cancelled)
		return;
	store_bind_str(s, 2, sort_field(at, q));
	for (size_t i = 0; i < q->filter_count && i < RECORD_FILTERS_MAX; i++) {
		const struct record_filter *f = &q->filters[i];
		int slot = 6 + 3 * (int)i;

		store_bind_str(s, slot, f->field->id);
		store_bind_str(s, slot + 1, p->low[i]);
		store_bind_str(s, slot + 2, p->high[i]);
		store_bind_i64(s, 22 + (int)i, p->is_many[i]);
	}
}

static int take(struct store_query *s, const struct record_at *at, struct record *r, struct err *e)
{
	*r = (struct record){ .register_id = at->reg->id };
	r->id = store_i64(s, 1);
	r->unit_id = store_i64(s, 2);
	r->title = arena_str(at->a, store_str(s, 3));
	r->version = store_i64(s, 5);
	r->made_at_s = store_i64(s, 6);
	r->made_by = arena_str(at->a, store_str(s, 7));
	r->changed_at_s = store_i64(s, 8);
	r->changed_by = arena_str(at->a, store_str(s, 9));
	return record_body_read(store_str(s, 4), at->a, &r->body, e);
}

static const char *list_sql(const struct record_query *q)
{
	if (q->is_cancelled)
		return sql_gone;
	if (q->after_key.ptr)
		return q->is_down ? sql_down_after : sql_up_after;
	return q->is_down ? sql_down : sql_up;
}

static void bind_place(struct store_query *s, const struct record_query *q)
{
	int64_t changed_at_s = 0;

	if (!q->after_key.ptr)
		return;
	store_bind_str(s, 18, q->after_key);
	if (!q->is_cancelled) {
		store_bind_i64(s, 19, q->after_id);
		return;
	}
	(void)str_to_i64(q->after_key, &changed_at_s);
	store_bind_i64(s, 19, changed_at_s);
	store_bind_i64(s, 20, q->after_id);
}

int record_list(const struct record_at *at, const struct record_query *q, struct record_page *ret,
	struct err *e)
{
	size_t max = q->max > 0 && q->max < RECORD_PAGE_MAX ? q->max : RECORD_PAGE_MAX;
	struct record_page page = { .at = arena_array(at->a, struct record, max) };
	struct plan plan = plan_of(at, q, true);
	struct store_query *s = store_query(at->store, list_sql(q));
	int rc;

	bind(s, at, q, &plan, max + 1);
	if (!q->is_cancelled)
		store_bind_str(s, 21, plan.patterns);
	bind_place(s, q);
	while ((rc = store_next(s, e)) == 1) {
		if (page.count == max) {
			page.has_more = true;
			break;
		}
		rc = take(s, at, &page.at[page.count], e);
		if (rc < 0)
			break;
		page.next_key = arena_str(at->a, store_str(s, 0));
		page.next_id = page.at[page.count].id;
		page.count++;
	}
	store_end(s);
	if (rc < 0)
		return rc;
	if (q->is_cancelled && page.count > 0)
		page.next_key =
			arena_fmt(at->a, "%lld", (long long)page.at[page.count - 1].changed_at_s);
	*ret = page;
	return 0;
}

int record_count(const struct record_at *at, const struct record_query *q, size_t max, int64_t *ret,
	struct err *e)
{
	struct plan plan = plan_of(at, q, false);
	struct store_query *s =
		store_query(at->store, q->is_cancelled ? sql_gone_count : sql_count);
	struct record_query by_name = *q;
	int rc;

	by_name.sort = at->reg->name; /* each record once */
	bind(s, at, &by_name, &plan, max);
	rc = store_next(s, e);
	if (rc == 1)
		*ret = store_i64(s, 0);
	store_end(s);
	return rc < 0 ? rc : 0;
}

int record_totals(struct store *s, struct str units, struct arena *a, struct record_total **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct record_total) list = { 0 };
	struct store_query *q = store_query(s, sql_totals);
	int rc;

	store_bind_str(q, 1, units);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct record_total){
				arena_str(a, store_str(q, 0)), store_i64(q, 1), store_i64(q, 2) }));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}
