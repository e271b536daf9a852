/* migrate.c - bringing a database to the schema this program knows. */
#include "kit/store/store.h"

#include "kit/crypto/crypto.h"
#include "kit/store/store_int.h"

static const char sql_steps[] =
	"CREATE TABLE IF NOT EXISTS store_step ("
	" number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
	" at_s INTEGER NOT NULL)";
static const char sql_known[] = "SELECT sha256 FROM store_step WHERE number = $1";
static const char sql_note[] =
	"INSERT INTO store_step (number, name, sha256, at_s) VALUES ($1, $2, $3, $4)";

/* 1 applied before and unchanged, 0 not applied. */
static int is_applied(
	struct store *s, const struct store_step *step, const char *hex, struct err *e)
{
	struct store_query *q = store_query(s, sql_known);
	int rc;

	store_bind_i64(q, 1, step->number);
	rc = store_next(q, e);
	if (rc == 1 && !str_is(store_str(q, 0), hex))
		rc = err_set(e, ERR_STORE,
			"schema step %d \"%s\" was changed after it was applied here", step->number,
			step->name);
	store_end(q);
	return rc;
}

static int apply(struct store *s, const struct store_step *step, const char *hex, struct err *e)
{
	struct store_query *q;
	int rc = store_begin(s, e);

	if (rc < 0)
		return rc;
	rc = store_exec(s, step->sql, e);
	if (rc == 0) {
		q = store_query(s, sql_note);
		store_bind_i64(q, 1, step->number);
		store_bind_cstr(q, 2, step->name);
		store_bind_cstr(q, 3, hex);
		store_bind_i64(q, 4, clock_now_s());
		rc = store_run(q, e);
	}
	if (rc == 0)
		rc = store_commit(s, e);
	if (rc < 0) {
		store_rollback(s);
		err_context(e, "schema step %d \"%s\"", step->number, step->name);
	}
	return rc;
}

int store_migrate(struct store *s, const struct store_step *steps, size_t count, struct err *e)
{
	int rc = store_exec(s, sql_steps, e);

	for (size_t i = 0; i < count && rc >= 0; i++) {
		char hex[SHA256_HEX_SIZE];

		assert(i == 0 || steps[i - 1].number < steps[i].number);
		rc = is_applied(s, &steps[i], sha256_hex(str_of(steps[i].sql), hex), e);
		if (rc == 0)
			rc = apply(s, &steps[i], hex, e);
	}
	return rc < 0 ? rc : 0;
}

static const struct store_room *schema;
static size_t schema_count;

void store_schema(const struct store_room *rooms, size_t count)
{
	schema = rooms;
	schema_count = count;
}

int store_open_current(const char *path, struct err *e, struct store **ret_store)
{
	struct store *s;
	int rc = store_open(path, e, &s);

	if (rc < 0)
		return rc;
	assert(schema_count);
	for (size_t i = 0; rc == 0 && i < schema_count; i++)
		rc = store_migrate(s, schema[i].steps, *schema[i].count, e);
	if (rc < 0)
		store_close(s);
	else
		*ret_store = s;
	return rc;
}
