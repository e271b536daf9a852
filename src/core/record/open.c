/* open.c - when the packs have changed: a new index where fields did, and a word about fields that
 * are gone though records have values in them. */
#include "core/record/record_int.h"

#define BATCH_RECORDS 20000
#define BATCH_MEMORY_BYTES (256 * MIB) /* a ceiling */
#define BATCH_ENOUGH_BYTES (24 * MIB)

static const char sql_shape[] = "SELECT shape FROM record_shape WHERE register = $1";
static const char sql_keep[] =
	"INSERT INTO record_shape (register, shape, gone) VALUES ($1, $2, $3)"
	" ON CONFLICT (register) DO UPDATE SET shape = excluded.shape, gone = excluded.gone";
static const char sql_forget[] = "DELETE FROM record_index WHERE register = $1";
static const char sql_next[] =
	"SELECT id FROM record WHERE register = $1 AND id > $2 AND state = 0 ORDER BY id LIMIT 500";
static const char sql_fields[] = "SELECT DISTINCT f.key FROM record r, json_each(r.body) f"
				 " WHERE r.register = $1 AND r.state = 0";
static const char sql_gone[] = "SELECT register, gone FROM record_shape WHERE gone <> ''";
static const char sql_registers[] =
	"SELECT register, count(*) FROM record WHERE state = 0 GROUP BY register";

/* What of a register its index depends on. */
static struct str shape_of(const struct pack_register *r, struct arena *a)
{
	struct buf out;
	struct str kept;

	buf_init(&out, 64 * KIB);
	for (size_t i = 0; i < r->field_count; i++)
		buf_fmt(&out, "%.*s %s\n", STR_FMT(r->fields[i]->id),
			register_types[r->fields[i]->type]);
	kept = arena_str(a, buf_str(&out));
	buf_done(&out);
	return kept;
}

/* A few records after LAST into ROWS. */
static int read_some(
	const struct record_at *at, struct record_rows *rows, int64_t *last, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_next);
	int64_t ids[500];
	size_t count = 0;
	int rc;

	store_bind_str(q, 1, at->reg->id);
	store_bind_i64(q, 2, *last);
	while ((rc = store_next(q, e)) == 1)
		ids[count++] = store_i64(q, 0);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct record r;

		rc = record_get(at->store, ids[i], at->a, &r, e);
		if (rc == 0)
			rc = record_links_write(at, &r, e);
		if (rc == 0)
			record_rows_add(at, rows, &r);
		*last = ids[i];
	}
	return rc < 0 ? rc : (int)count;
}

/* So many at once, and in the order of the index: each leaf of it is written once a batch and not
 * once a row, so that the cost grows with the number of records. */
static int index_batch(struct record_at at, int64_t *last, struct err *e)
{
	struct record_rows *rows;
	struct arena kept;
	size_t done = 0;
	int rc;

	arena_init(&kept, BATCH_MEMORY_BYTES);
	rows = record_rows_new(&kept);
	do {
		struct arena piece;

		arena_init(&piece, LIMIT_REQUEST_MEMORY_BYTES);
		at.a = &piece;
		rc = read_some(&at, rows, last, e);
		arena_done(&piece);
		done += rc > 0 ? (size_t)rc : 0;
	} while (rc > 0 && done < BATCH_RECORDS && kept.used_bytes < BATCH_ENOUGH_BYTES);
	if (rc >= 0 && done > 0) {
		int wrote = record_rows_write(&at, rows, e);

		rc = wrote < 0 ? wrote : (int)done;
	}
	arena_done(&kept);
	return rc;
}

static int index_all(struct record_at at, struct err *e)
{
	struct store_query *q = store_query(at.store, sql_forget);
	int64_t last = 0;
	int rc;

	store_bind_str(q, 1, at.reg->id);
	rc = store_run(q, e);
	if (rc == 0)
		while ((rc = index_batch(at, &last, e)) > 0)
			;
	return rc;
}

/* The fields that records have values in and AT's register does not have, with ", " between. */
static int find_gone(const struct record_at *at, struct str *ret, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_fields);
	struct str gone = STR("");
	int rc;

	store_bind_str(q, 1, at->reg->id);
	while ((rc = store_next(q, e)) == 1)
		if (!pack_register_field(at->reg, store_str(q, 0)))
			gone = arena_fmt(at->a, "%.*s%s%.*s", STR_FMT(gone), gone.len ? ", " : "",
				STR_FMT(store_str(q, 0)));
	*ret = gone;
	return rc;
}

static int renew_now(const struct record_at *at, struct str shape, struct err *e)
{
	struct str gone = STR("");
	int rc = index_all(*at, e);
	struct store_query *q;

	if (rc == 0)
		rc = find_gone(at, &gone, e);
	if (rc < 0)
		return rc;
	q = store_query(at->store, sql_keep);
	store_bind_str(q, 1, at->reg->id);
	store_bind_str(q, 2, shape);
	store_bind_str(q, 3, gone);
	return store_run(q, e);
}

static int renew(const struct record_at *at, struct err *e)
{
	struct str shape = shape_of(at->reg, at->a);
	struct store_query *q = store_query(at->store, sql_shape);
	bool is_same;
	int rc;

	store_bind_str(q, 1, at->reg->id);
	rc = store_next(q, e);
	is_same = rc == 1 && str_eq(store_str(q, 0), shape);
	store_end(q);
	if (is_same || rc < 0)
		return rc < 0 ? rc : 0;
	rc = store_begin(at->store, e);
	if (rc < 0)
		return rc;
	rc = renew_now(at, shape, e);
	if (rc == 0)
		rc = store_commit(at->store, e);
	if (rc < 0)
		store_rollback(at->store);
	return rc;
}

struct notes {
	VEC(struct str) list;
};

/* Registers that no pack has any more, and fields that are gone from one. */
static int tell(struct store *s, const struct pack_set *packs, struct arena *a, struct notes *notes,
	struct err *e)
{
	struct store_query *q = store_query(s, sql_registers);
	int rc;

	while ((rc = store_next(q, e)) == 1)
		if (!pack_register(packs, store_str(q, 0)))
			vec_push(a, &notes->list,
				arena_fmt(a,
					"no pack has the register \"%.*s\" any more: its %lld records stay",
					STR_FMT(store_str(q, 0)), (long long)store_i64(q, 1)));
	if (rc < 0)
		return rc;
	q = store_query(s, sql_gone);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &notes->list,
			arena_fmt(a,
				"the register \"%.*s\" no longer has %.*s: the values there stay",
				STR_FMT(store_str(q, 0)), STR_FMT(store_str(q, 1))));
	return rc;
}

int record_open(struct store *s, const struct pack_set *packs, struct arena *a,
	struct record_notes *ret_notes, struct err *e)
{
	struct notes notes = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack_register_count(packs); i++) {
		struct record_at at = {
			.store = s, .packs = packs, .reg = pack_register_at(packs, i), .a = a
		};

		rc = renew(&at, e);
	}
	if (rc == 0)
		rc = tell(s, packs, a, &notes, e);
	if (rc < 0)
		return rc;
	*ret_notes = (struct record_notes){ notes.list.at, notes.list.len };
	return 0;
}
