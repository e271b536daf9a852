/* save.c - the only ways in which a record changes. */
#include "core/file/file.h"
#include "core/record/record_int.h"
#include "core/record/record_words.h"

#define WHY_MAX 2000

static const char sql_insert[] =
	"INSERT INTO record (register, unit_id, title, folded, body, version, made_at_s, made_by,"
	" changed_at_s, changed_by) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $6, $7)";
static const char sql_update[] =
	"UPDATE record SET unit_id = $3, title = $4, folded = $5, body = $6, state = $7,"
	" version = version + 1, changed_at_s = $8, changed_by = $9"
	" WHERE id = $1 AND version = $2";
/* A trigger may not: the schema is not trusted with virtual tables. */
static const char sql_words_out[] = "INSERT INTO record_words (record_words, rowid, folded)"
				    " SELECT 'delete', id, folded FROM record WHERE id = $1";
static const char sql_words_in[] =
	"INSERT INTO record_words (rowid, folded) SELECT id, folded FROM record WHERE id = $1";
static const char sql_version[] =
	"INSERT INTO record_version (record_id, version, at_s, by, what, why, unit_id, body)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char sql_before[] =
	"SELECT v.what, v.at_s, b.body, b.unit_id, b.what FROM record_version v"
	" LEFT JOIN record_version b ON b.record_id = v.record_id AND b.version = v.version - 1"
	" WHERE v.record_id = $1 AND v.version = $2";

static int insert(const struct record_at *at, struct record *r, struct str folded, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_insert);
	int rc;

	store_bind_str(q, 1, at->reg->id);
	store_bind_i64(q, 2, r->unit_id);
	store_bind_str(q, 3, r->title);
	store_bind_str(q, 4, folded);
	store_bind_str(q, 5, record_body_write(r->body, at->a));
	store_bind_i64(q, 6, at->now_s);
	store_bind_str(q, 7, at->login);
	rc = store_run(q, e);
	r->id = store_last_id(at->store);
	r->version = 1;
	r->made_at_s = at->now_s;
	r->made_by = at->login;
	return rc;
}

static int update(const struct record_at *at, struct record *r, struct str folded, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_update);
	int rc;

	store_bind_i64(q, 1, r->id);
	store_bind_i64(q, 2, r->version);
	store_bind_i64(q, 3, r->unit_id);
	store_bind_str(q, 4, r->title);
	store_bind_str(q, 5, folded);
	store_bind_str(q, 6, record_body_write(r->body, at->a));
	store_bind_i64(q, 7, r->is_cancelled);
	store_bind_i64(q, 8, at->now_s);
	store_bind_str(q, 9, at->login);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(at->store) != 1)
		return err_set(
			e, ERR_CONFLICT, "record %lld was changed meanwhile", (long long)r->id);
	r->version++;
	return rc;
}

static int note(const struct record_at *at, const struct record *r, const char *what,
	struct str why, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_version);

	store_bind_i64(q, 1, r->id);
	store_bind_i64(q, 2, r->version);
	store_bind_i64(q, 3, at->now_s);
	store_bind_str(q, 4, at->login);
	store_bind_cstr(q, 5, what);
	store_bind_str(q, 6, why.ptr ? why : STR(""));
	store_bind_i64(q, 7, r->unit_id);
	store_bind_str(q, 8, record_body_write(r->body, at->a));
	return store_run(q, e);
}

static int words(const struct record_at *at, const char *sql, int64_t id, struct err *e)
{
	struct store_query *q = store_query(at->store, sql);

	store_bind_i64(q, 1, id);
	return store_run(q, e);
}

/* R as it is to be; OLD as it is, NULL for a new one. */
static int write(const struct record_at *at, const struct record *old, struct record *r,
	const char *what, struct str why, struct err *e)
{
	struct str folded;
	int rc = record_fold(at, r, &folded, e);

	r->register_id = at->reg->id;
	r->title = record_value_of(r->body, at->reg->name);
	r->title = r->title.ptr ? r->title : STR("");
	r->changed_at_s = at->now_s;
	r->changed_by = at->login;
	if (rc == 0 && old)
		rc = words(at, sql_words_out, old->id, e);
	if (rc == 0)
		rc = old ? update(at, r, folded, e) : insert(at, r, folded, e);
	if (rc == 0)
		rc = words(at, sql_words_in, r->id, e);
	if (rc == 0)
		rc = note(at, r, what, why, e);
	if (rc == 0 && old && old->unit_id != r->unit_id)
		rc = file_move(at->store, STR("record"),
			arena_fmt(at->a, "%lld", (long long)r->id), r->unit_id, e);
	return rc == 0 ? record_index(at, old, r, e) : rc;
}

/* The record as it is, of this register and of VERSION. */
static int fetch(
	const struct record_at *at, int64_t id, int64_t version, struct record *ret, struct err *e)
{
	int rc = record_get(at->store, id, at->a, ret, e);

	if (rc == 0 && !str_eq(ret->register_id, at->reg->id))
		return err_set(e, ERR_ABSENT, "record %lld is not of register \"%.*s\"",
			(long long)id, STR_FMT(at->reg->id));
	if (rc == 0 && ret->version != version)
		return err_set(e, ERR_CONFLICT, "record %lld was changed meanwhile", (long long)id);
	return rc;
}

/* For its history; NULL: nothing does. */
static const char *what_changes(const struct record *old, const struct record *made)
{
	if (!record_body_eq(made->body, old->body))
		return "set";
	return made->unit_id != old->unit_id ? "move" : NULL; /* "unit": with its unit */
}

int record_put(const struct record_at *at, struct record *r, struct record_body typed,
	struct str why, struct record_faults *ret_faults, struct err *e)
{
	struct record old = { 0 }, made;
	const char *what = NULL;
	int rc = r->id ? fetch(at, r->id, r->version, &old, e) : 0;

	*ret_faults = (struct record_faults){ 0 };
	if (rc == 0 && old.is_cancelled)
		rc = err_set(
			e, ERR_CONFLICT, "record %lld was cancelled meanwhile", (long long)r->id);
	if (rc == 0 && why.len > WHY_MAX)
		rc = err_set(e, ERR_INPUT, "the reason is too long");
	if (rc < 0)
		return rc;
	made = old;
	made.unit_id = r->unit_id ? r->unit_id : old.unit_id;
	rc = record_check(at, &made, typed, &made.body, ret_faults, e);
	if (rc == 0 && ret_faults->count > 0)
		rc = err_set(e, ERR_INPUT, "the record has %zu faults", ret_faults->count);
	if (rc == 0)
		what = r->id ? what_changes(&old, &made) : "add";
	if (what)
		rc = write(at, r->id ? &old : NULL, &made, what, why, e);
	if (rc == 0)
		*r = made;
	return rc;
}

/* The end of a transaction that went RC. */
static int finish(const struct record_at *at, int rc, struct err *e)
{
	if (rc == 0)
		rc = store_commit(at->store, e);
	if (rc < 0)
		store_rollback(at->store);
	return rc;
}

int record_save(const struct record_at *at, struct record *r, struct record_body typed,
	struct str why, struct record_faults *ret_faults, struct err *e)
{
	int rc = store_begin(at->store, e);

	*ret_faults = (struct record_faults){ 0 };
	if (rc < 0)
		return rc;
	return finish(at, record_put(at, r, typed, why, ret_faults, e), e);
}

int record_cancel(
	const struct record_at *at, int64_t id, int64_t version, struct str why, struct err *e)
{
	struct record old = { 0 }, made;
	int rc;

	if (str_trim(why).len == 0 || why.len > WHY_MAX)
		return err_set(e, ERR_INPUT, "a record is cancelled with a reason");
	rc = store_begin(at->store, e);
	if (rc < 0)
		return rc;
	rc = fetch(at, id, version, &old, e);
	if (rc == 0 && old.is_cancelled)
		rc = err_set(e, ERR_CONFLICT, "record %lld is cancelled already", (long long)id);
	made = old;
	made.is_cancelled = true;
	if (rc == 0)
		rc = write(at, &old, &made, "cancel", str_trim(why), e);
	return finish(at, rc, e);
}

/* What stood before VERSION; ERR_DENIED when nobody may go back there. */
static int before(
	const struct record_at *at, const struct record *old, struct record *ret, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_before);
	bool was_cancelled;
	int rc;

	store_bind_i64(q, 1, old->id);
	store_bind_i64(q, 2, old->version);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = *old;
	was_cancelled = rc == 1 && str_is(store_str(q, 0), "cancel");
	if (rc == 0 || store_is_null(q, 2))
		rc = err_set(e, ERR_DENIED, "there is nothing before the first version");
	else if (str_is(store_str(q, 0), "unit"))
		rc = err_set(e, ERR_DENIED, "it moved with its unit, and comes back with it");
	else if (store_i64(q, 1) < at->now_s - RECORD_UNDO_DAYS * CLOCK_DAY_S)
		rc = err_set(e, ERR_DENIED, "undoing ends after %d days", RECORD_UNDO_DAYS);
	else
		rc = record_body_read(store_str(q, 2), at->a, &ret->body, e);
	if (rc == 0 && !was_cancelled) /* it may have moved with its unit since */
		ret->unit_id = store_i64(q, 3);
	store_end(q);
	ret->is_cancelled = !was_cancelled && old->is_cancelled;
	return rc;
}

int record_undo(const struct record_at *at, int64_t id, int64_t version, struct err *e)
{
	struct record old = { 0 }, made;
	int rc = store_begin(at->store, e);

	if (rc < 0)
		return rc;
	rc = fetch(at, id, version, &old, e);
	if (rc == 0)
		rc = before(at, &old, &made, e);
	if (rc == 0)
		rc = write(at, &old, &made, old.is_cancelled ? "restore" : "undo", STR(""), e);
	return finish(at, rc, e);
}

int record_take_back(
	const struct record_at *at, int64_t id, int64_t version, struct str why, struct err *e)
{
	struct record old = { 0 }, made;
	int rc = fetch(at, id, version, &old, e);

	if (rc == 0 && version > 1)
		rc = before(at, &old, &made, e);
	else
		made = old;
	if (rc == 0 && version == 1)
		made.is_cancelled = true;
	return rc < 0 ? rc : write(at, &old, &made, version > 1 ? "undo" : "cancel", why, e);
}
