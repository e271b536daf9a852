/* obey.c - orders to a log that runs: that the text of a line goes, or a month. */
#include "work/archive/obey.h"

#include <stdio.h>

#include "core/trail/order.h"
#include "core/trail/tree.h"
#include "core/trail/wal.h"
#include "work/archive/find.h"
#include "work/archive/keep_int.h"

#define ORDERS_MEMORY (16 * MIB)
#define SLACK_S CLOCK_DAY_S /* a clock that was set back since */

/* --- is its leaf sealed? ---------------------------------------------------------------------- */

struct looked_for {
	struct str leaf;
	uint64_t sealed; /* what stands behind is not */
	uint64_t index;
};

static int hit(void *context, uint64_t index, const struct leaf *leaf)
{
	struct looked_for *x = context;

	if (index >= x->sealed || !str_eq(leaf->raw, x->leaf))
		return 0;
	x->index = index;
	return 1;
}

/* 1 with its index; 0: not yet. */
static int find_leaf(
	struct vfile_disk *shard, const struct order *o, uint64_t *ret_index, struct err *e)
{
	struct looked_for x = { .leaf = o->leaf };
	const struct archive_query query = { .from_ns = (o->at_s - SLACK_S) * 1000000000,
		.is_by_receipt = true,
		.kinds = 1u << LEAF_RETENTION,
		.hit = hit,
		.context = &x };
	struct archive *all = NULL;
	int64_t found = 0;
	int rc = shard_sealed(shard, e, &x.sealed);

	x.index = x.sealed;
	if (rc == 0)
		rc = archive_open(shard, e, &all);
	if (rc == 0)
		found = archive_search(all, &query, e);
	archive_close(all);
	if (rc < 0 || found < 0)
		return rc < 0 ? rc : (int)found;
	*ret_index = x.index;
	return x.index < x.sealed;
}

/* The year may have turned since it was asked for. 1: it is sealed, and said so. */
static int seal_it(const struct obey *g, const char *name, struct order *o, struct err *e)
{
	uint64_t index = 0;
	size_t i = g->count;
	int rc = 0;

	while (rc == 0 && i-- > 0 && i + 2 >= g->count)
		rc = find_leaf(g->shards[i], o, &index, e);
	if (rc <= 0)
		return rc;
	o->is = ORDER_SEALED;
	o->why[0] = '\0';
	o->until = i + 1 == g->count ? index + 1 + TREE_GROUP : 0;
	rc = order_save(g->log, name, o, e);
	return rc < 0 ? rc : 1;
}

/* --- where lines were written first ----------------------------------------------------------- */

/* All that is sealed stands in closed segments. */
static int close_sealed(const struct obey *g, struct err *e)
{
	int rc;

	do
		rc = archive_writer_tend(*g->writer, e);
	while (rc > 0);
	if (rc == 0)
		rc = archive_writer_end(*g->writer, e);
	if (rc < 0)
		*g->writer = archive_writer_close(*g->writer);
	return rc;
}

/* 1: no write-ahead file of the year that is written holds entry INDEX; 0: one does yet. */
static int leave_wal(const struct obey *g, uint64_t index, struct err *e)
{
	struct vfile_disk *shard = g->shards[g->count - 1];
	uint64_t oldest = 0, next = 0, sealed = 0;
	int rc = wal_oldest(shard, &oldest, e);

	if (rc == 0 && oldest <= index) {
		rc = wal_after(shard, index, &next, e);
		if (rc == 0)
			rc = shard_sealed(shard, e, &sealed);
		if (rc < 0 || next + TREE_GROUP > sealed)
			return rc == ERR_ABSENT ? 0 : rc;
		rc = close_sealed(g, e);
	}
	return rc < 0 && rc != ERR_ABSENT ? rc : 1;
}

static int leave_old_wal(const struct obey *g, struct vfile_disk *shard, struct err *e)
{
	struct archive_options within = { 0 };
	int rc = guard_segment_bytes(g->log, shard, g->policy, &within.quota_bytes, e);

	if (rc == 0)
		rc = keep_empty_wal(shard, &within, e);
	return rc < 0 ? rc : 1;
}

static int redact(const struct obey *g, const char *name, struct order *o, struct err *e)
{
	char text[FIND_PLACE_TEXT_MAX], hex[2 * SHA256_SIZE + 1];
	struct find_place place = { 0 };
	struct keep_redacted done;
	size_t at = 0;
	int rc;

	if (!find_place_parse(str_from(str_of(name), strlen(ORDER_REDACT)), &place))
		return err_set(e, ERR_INPUT, "\"%s\" names no line", name);
	shard_id_text(place.shard, text);
	while (at < g->count && strcmp(g->names[at], text) != 0)
		at++;
	if (at == g->count)
		return err_set(e, ERR_ABSENT, "there is no shard %s", text);
	rc = at + 1 == g->count ? leave_wal(g, place.index, e) : leave_old_wal(g, g->shards[at], e);
	if (rc <= 0)
		return rc;
	if (at + 1 == g->count)
		*g->writer = archive_writer_close(*g->writer); /* both write under one name */
	rc = keep_redact(g->shards[at], place.index, &done, e);
	if (rc < 0)
		return rc == ERR_CONFLICT ? 0 : rc;
	o->is = ORDER_DONE;
	snprintf(o->why, sizeof(o->why), "%s %zu %s", hex_of(done.leaf.bytes, SHA256_SIZE, hex),
		done.copies, *done.month ? done.month : "-");
	return order_save(g->log, name, o, e);
}

/* --- a month ---------------------------------------------------------------------------------- */

/* Where its lines were written first. A segment stands behind the month then, for a store that is
 * started anew goes on after the last one there is. 1: they are nowhere there; 0: not yet. */
static int leave_first(
	const struct obey *g, size_t at, const char *month, uint64_t end, struct err *e)
{
	int rc = 0;

	if (at + 1 < g->count) {
		rc = keep_in_wal(g->shards[at], month, e);
		return rc > 0 ? leave_old_wal(g, g->shards[at], e) : rc < 0 ? rc : 1;
	}
	if (archive_writer_closed(*g->writer) <= end)
		rc = close_sealed(g, e);
	return rc < 0 ? rc : leave_wal(g, end - 1, e);
}

/* Its segments are the guard's to take, when there is need, or of who ordered it by hand. Done is
 * it when they are gone and it stands nowhere else. IS_NEW: it was sealed just now. 1: they may go
 * now. */
static int leave(
	const struct obey *g, const char *name, bool is_new, struct order *o, struct err *e)
{
	struct str rest = str_from(str_of(name), strlen(ORDER_LEAVE));
	struct keep_month m;
	const char *month;
	uint64_t end;
	struct arena a;
	size_t at = 0;
	int rc, here;

	while (at < g->count &&
		!(str_starts(rest, g->names[at]) &&
			rest.len == strlen(g->names[at]) + KEEP_MONTH_SIZE))
		at++;
	if (at == g->count)
		return err_set(e, ERR_ABSENT, "\"%s\" names no month of this log", name);
	month = rest.ptr + strlen(g->names[at]) + 1;
	arena_init(&a, 2 * KEEP_MANIFEST_MAX);
	rc = keep_read(g->shards[at], month, &a, &m, e);
	end = rc == 0 ? m.segments[m.segment_count - 1].end : 0;
	arena_done(&a);
	here = rc < 0 ? rc : keep_is_here(g->shards[at], month, e);
	if (here < 0)
		return here;
	rc = leave_first(g, at, month, end, e);
	if (rc == ERR_LIMIT)
		rc = 0; /* what leaves makes room */
	if (rc > 0 && !here) {
		o->is = ORDER_DONE;
		rc = order_save(g->log, name, o, e);
	}
	return rc < 0 ? rc : is_new;
}

/* --- all -------------------------------------------------------------------------------------- */

/* 1: a month may leave now. */
static int do_one(const struct obey *g, const char *name, struct arena *a, struct err *e)
{
	struct order o = { 0 };
	int rc = order_load(g->log, name, a, &o, e), told;
	struct err none;
	bool is_new;

	if (rc < 0)
		return rc;
	is_new = o.is == ORDER_ASKED;
	rc = is_new ? seal_it(g, name, &o, e) : 1;
	if (rc > 0 && str_starts(str_of(name), ORDER_LEAVE))
		rc = leave(g, name, is_new, &o, e);
	else if (rc > 0)
		rc = str_starts(str_of(name), ORDER_REDACT) ?
			redact(g, name, &o, e) :
			err_set(e, ERR_INPUT, "\"%s\" is no order", name);
	if (rc < 0 && strcmp(o.why, e->text) != 0) {
		snprintf(o.why, sizeof(o.why), "%s", e->text);
		told = order_save(g->log, name, &o, &none);
		(void)told; /* it is said aloud too */
	}
	return rc;
}

int obey(const struct obey *g, struct err *e)
{
	struct vfile_names names;
	struct err one;
	struct arena a;
	int rc, one_rc, first = 0, leaves = 0;

	arena_init(&a, ORDERS_MEMORY);
	rc = order_list(g->log, &a, &names, e);
	for (size_t i = 0; rc == 0 && i < names.len && *g->writer; i++) {
		one_rc = do_one(g, names.at[i].name, &a, &one);
		leaves |= one_rc > 0;
		if (one_rc < 0 && first == 0)
			first = err_set(e, one.code, "%s: %s", names.at[i].name, one.text);
	}
	arena_done(&a);
	return rc < 0 ? rc : first < 0 ? first : leaves;
}
