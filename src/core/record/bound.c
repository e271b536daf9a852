/* bound.c - which records of a register obligations bind, as of a moment: from their versions, in
 * whose order alone nothing depends on clocks. */
#include "core/record/judge_int.h"

#define TOGETHER 256 /* records whose bodies are in memory at once */

static const char sql_bound[] =
	"SELECT r.id, r.title, v.at_s, v.body, v.what FROM record r JOIN record_version v"
	" ON v.record_id = r.id AND v.version = (SELECT max(version) FROM record_version"
	" WHERE record_id = r.id AND at_s <= $3)"
	" WHERE v.unit_id = $2 AND r.register = $1 AND r.made_at_s <= $3 AND r.id IN"
	" (SELECT id FROM record WHERE register = $1 AND state IN (0, 1) AND unit_id = $2"
	/* and those that were its own until it ended, see goods.c */
	" UNION ALL SELECT m.row_id FROM unit_event n JOIN unit_moved m ON m.event_id = n.id"
	" WHERE n.unit_id = $2 AND n.what = 'end' AND m.of_table = 'record') ORDER BY r.id";

static int binds_of(struct judging *j, const struct record *r, uint64_t *ret, struct err *e)
{
	const struct pack_register *reg = j->at->reg;
	uint64_t binds = 0;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < reg->bind_count && i < RECORD_BINDS_MAX; i++) {
		rc = judge_holds(j, reg, r, reg->binds[i].when, reg->binds[i].when_count, e);
		binds |= rc == 1 ? UINT64_C(1) << i : 0;
	}
	*ret = binds;
	return rc < 0 ? rc : 0;
}

static int one(const struct record_at *at, int64_t unit_id, struct store_query *q,
	record_each_bound *each, void *context, struct err *e)
{
	struct judging j = { .at = at, .today = date_at(at->now_s) };
	struct record r = { .id = store_i64(q, 0), .unit_id = unit_id, .register_id = at->reg->id };
	struct record_bound bound = { .id = r.id,
		.title = arena_str(at->a, store_str(q, 1)),
		.changed_at_s = store_i64(q, 2) };
	int rc;

	if (str_is(store_str(q, 4), "cancel"))
		return 0;
	rc = record_body_read(store_str(q, 3), at->a, &r.body, e);
	if (rc == 0)
		rc = binds_of(&j, &r, &bound.binds, e);
	return rc == 0 && bound.binds ? each(context, &bound, e) : rc;
}

int record_walk_bound(const struct record_at *at, int64_t unit_id, record_each_bound *each,
	void *context, struct err *e)
{
	struct record_at now = *at;
	struct store_query *q;
	struct arena a;
	size_t count = 0;
	int rc = 0;

	if (at->reg->bind_count == 0)
		return 0;
	q = store_query(at->store, sql_bound);
	store_bind_str(q, 1, at->reg->id);
	store_bind_i64(q, 2, unit_id);
	store_bind_i64(q, 3, at->now_s);
	arena_init(&a, MIB);
	now.a = &a;
	while (rc == 0 && (rc = store_next(q, e)) == 1) {
		if (count++ % TOGETHER == TOGETHER - 1) {
			arena_done(&a);
			arena_init(&a, 64 * MIB);
		}
		rc = one(&now, unit_id, q, each, context, e);
	}
	store_end(q);
	arena_done(&a);
	return rc;
}
