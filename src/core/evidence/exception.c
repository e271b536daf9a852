#include "core/evidence/evidence.h"

static const char add_sql[] =
	"INSERT INTO exception (host_id, obligation, reason, approver, measure, from_s, until_s,"
	" made_by, made_at_s, unit_id, record_id)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char end_sql[] = "UPDATE exception SET ended_at_s = $2 WHERE id = $1";

#define COLUMNS \
	"id, host_id, obligation, reason, approver, measure, from_s, until_s, made_by, made_at_s," \
	" ended_at_s, unit_id, record_id"

static const char all_sql[] = "SELECT " COLUMNS " FROM exception ORDER BY made_at_s DESC, id DESC";
static const char active_sql[] =
	"SELECT " COLUMNS " FROM exception WHERE from_s <= $1 AND until_s > $1"
	" AND (ended_at_s = 0 OR ended_at_s > $1) ORDER BY made_at_s DESC, id DESC";

int exception_add(struct store *s, struct exception *x, struct err *e)
{
	struct store_query *q;
	int rc;

	if (str_trim(x->reason).len == 0)
		return err_set(e, ERR_INPUT, "an exception needs its reason");
	if (str_trim(x->approver).len == 0)
		return err_set(e, ERR_INPUT, "an exception needs who approved it");
	if (x->until_s <= x->from_s)
		return err_set(e, ERR_INPUT, "an exception ends after it begins");
	q = store_query(s, add_sql);
	store_bind_i64(q, 1, x->host_id);
	store_bind_str(q, 2, x->obligation);
	store_bind_str(q, 3, str_trim(x->reason));
	store_bind_str(q, 4, str_trim(x->approver));
	store_bind_str(q, 5, x->measure.ptr ? str_trim(x->measure) : STR(""));
	store_bind_i64(q, 6, x->from_s);
	store_bind_i64(q, 7, x->until_s);
	store_bind_str(q, 8, x->made_by);
	store_bind_i64(q, 9, x->made_at_s);
	store_bind_i64(q, 10, x->unit_id ? x->unit_id : 1);
	store_bind_i64(q, 11, x->record_id);
	rc = store_run(q, e);
	if (rc == 0)
		x->id = store_last_id(s);
	return rc;
}

int exception_end(struct store *s, int64_t id, int64_t at_s, struct err *e)
{
	struct store_query *q = store_query(s, end_sql);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, at_s);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(s) == 0)
		return err_set(e, ERR_ABSENT, "no exception has the number %lld", (long long)id);
	return rc;
}

static struct exception take(struct store_query *q, struct arena *a)
{
	return (struct exception){
		.id = store_i64(q, 0),
		.host_id = store_i64(q, 1),
		.obligation = arena_str(a, store_str(q, 2)),
		.reason = arena_str(a, store_str(q, 3)),
		.approver = arena_str(a, store_str(q, 4)),
		.measure = arena_str(a, store_str(q, 5)),
		.from_s = store_i64(q, 6),
		.until_s = store_i64(q, 7),
		.made_by = arena_str(a, store_str(q, 8)),
		.made_at_s = store_i64(q, 9),
		.ended_at_s = store_i64(q, 10),
		.unit_id = store_i64(q, 11),
		.record_id = store_i64(q, 12),
	};
}

int exception_list(struct store *s, int64_t at_s, struct arena *a, struct exception **ret,
	size_t *ret_count, struct err *e)
{
	struct store_query *q = store_query(s, at_s < 0 ? all_sql : active_sql);
	VEC(struct exception) list = { 0 };
	int rc;

	if (at_s >= 0)
		store_bind_i64(q, 1, at_s);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list, take(q, a));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}
