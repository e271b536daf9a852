/* store.c - one SQLite database: opening, statements, values, transactions. */
#include "kit/store/store.h"

#include "kit/store/store_int.h"
#include "kit/store/trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define QUERIES_MAX 1024 /* distinct texts of one program; more would be SQL built from values */

struct store_query {
	struct store *store;
	const char *sql;
	sqlite3_stmt *stmt; /* NULL when it could not be prepared */
	int failed;         /* SQLite's code of a failed preparing or binding */
	char *why;
};

int store_exec(struct store *s, const char *sql, struct err *e)
{
	s->begun++;
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_failed(s, e, "database");
	return 0;
}

/* The file gets its mode before it gets a byte. */
static int make_file(const char *path, struct err *e)
{
	int fd;

	if (strcmp(path, ":memory:") == 0)
		return 0;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(e, errno, "open \"%s\"", path);
	close(fd);
	return 0;
}

int store_open(const char *path, struct err *e, struct store **ret_store)
{
	struct store *s;
	int rc = make_file(path, e);

	if (rc < 0)
		return rc;
	s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	if (sqlite3_open_v2(path, &s->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		    store_trouble_vfs()) != SQLITE_OK)
		rc = err_set(e, ERR_STORE, "open \"%s\": %s", path, sqlite3_errmsg(s->db));
	else /* first: others may be writing while this one opens */
		store_turn_wait(s);
	if (rc == 0)
		rc = store_exec(s,
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			"PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
			"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096",
			e);
	if (rc == 0)
		rc = store_add_functions(s, e);
	if (rc < 0) {
		err_context(e, "database \"%s\"", path);
		store_close(s);
		return rc;
	}
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	*ret_store = s;
	return 0;
}

struct store *store_close(struct store *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < s->query_count; i++) {
		sqlite3_finalize(s->queries[i]->stmt);
		free(s->queries[i]->why);
		free(s->queries[i]);
	}
	free(s->queries);
	sqlite3_close(s->db);
	free(s);
	return NULL;
}

int store_begin(struct store *s, struct err *e)
{
	int rc;

	store_no_question_open(s, "BEGIN");
	store_turn_begin(s);
	rc = store_exec(s, "BEGIN IMMEDIATE", e);
	s->turn.began_us = clock_monotonic_us();
	return rc;
}

int store_begin_reading(struct store *s, struct err *e)
{
	return store_exec(s, "BEGIN", e);
}

int store_commit(struct store *s, struct err *e)
{
	int rc = store_exec(s, "COMMIT", e);

	store_turn_end(s);
	return rc;
}

void store_lasting(struct store *s, bool is_lasting)
{
	int rc = sqlite3_exec(s->db,
		is_lasting ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", NULL,
		NULL, NULL);

	assert(rc == SQLITE_OK); /* not within a transaction */
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static struct store_query *query_new(struct store *s, const char *sql)
{
	struct store_query *q = calloc(1, sizeof(*q));
	void *grown;

	assert(s->query_count < QUERIES_MAX);
	grown = realloc(s->queries, (s->query_count + 1) * sizeof(struct store_query *));
	if (!q || !grown)
		abort();
	s->queries = grown;
	s->queries[s->query_count++] = q;
	q->store = s;
	q->sql = sql;
	q->failed = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
	if (q->failed)
		q->why = strdup(sqlite3_errmsg(s->db));
	return q;
}

struct store_query *store_query(struct store *s, const char *sql)
{
	for (size_t i = 0; i < s->query_count; i++) {
		struct store_query *q = s->queries[i];

		if (q->sql != sql)
			continue;
		if (q->stmt) {
			sqlite3_reset(q->stmt);
			sqlite3_clear_bindings(q->stmt);
			q->failed = 0;
		}
		return q;
	}
	return query_new(s, sql);
}

static void note_bind(struct store_query *q, int code)
{
	if (code != SQLITE_OK && !q->failed)
		q->failed = code;
}

/* SQLite numbers $1, $2 … by first appearance in the text, PostgreSQL by their figure: ask by
 * name. A number that the text does not have gives 0, which SQLite refuses as out of range. */
static int slot_of(struct store_query *q, int number)
{
	char name[16];

	snprintf(name, sizeof(name), "$%d", number);
	return sqlite3_bind_parameter_index(q->stmt, name);
}

void store_bind_i64(struct store_query *q, int number, int64_t value)
{
	if (q->stmt)
		note_bind(q, sqlite3_bind_int64(q->stmt, slot_of(q, number), value));
}

void store_bind_str(struct store_query *q, int number, struct str value)
{
	if (!q->stmt)
		return;
	if (!value.ptr)
		note_bind(q, sqlite3_bind_null(q->stmt, slot_of(q, number)));
	else
		note_bind(q,
			sqlite3_bind_text64(q->stmt, slot_of(q, number), value.ptr, value.len,
				SQLITE_TRANSIENT, SQLITE_UTF8));
}

void store_bind_cstr(struct store_query *q, int number, const char *value)
{
	store_bind_str(q, number, str_of(value));
}

void store_bind_null(struct store_query *q, int number)
{
	if (q->stmt)
		note_bind(q, sqlite3_bind_null(q->stmt, slot_of(q, number)));
}

int store_next(struct store_query *q, struct err *e)
{
	int code;

	if (q->failed)
		return err_set(e, ERR_STORE, "%s: in \"%.200s\"",
			q->why ? q->why : sqlite3_errstr(q->failed), q->sql);
	if (!sqlite3_stmt_busy(q->stmt)) {
		q->store->begun++;
		if (!sqlite3_stmt_readonly(q->stmt) && sqlite3_get_autocommit(q->store->db))
			store_no_question_open(q->store, q->sql);
	}
	code = sqlite3_step(q->stmt);
	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE) {
		int rc = store_failed(q->store, e, "database");

		sqlite3_reset(q->stmt);
		return rc;
	}
	sqlite3_reset(q->stmt);
	return 0;
}

int store_one(struct store_query *q, struct err *e, const char *absent, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	if (rc == 1)
		return 0;
	va_start(args, absent);
	vsnprintf(text, sizeof(text), absent, args);
	va_end(args);
	return err_set(e, ERR_ABSENT, "%s", text);
}

int store_run(struct store_query *q, struct err *e)
{
	int rc = store_next(q, e);

	store_end(q);
	return rc < 0 ? rc : 0;
}

void store_end(struct store_query *q)
{
	if (q->stmt)
		sqlite3_reset(q->stmt);
}

int64_t store_i64(struct store_query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

struct str store_str(struct store_query *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);

	if (!text)
		return STR_NONE;
	return (struct str){ text, (size_t)sqlite3_column_bytes(q->stmt, column) };
}

bool store_is_null(struct store_query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int64_t store_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

int64_t store_changes(struct store *s)
{
	return sqlite3_changes64(s->db);
}

uint64_t store_begun(const struct store *s)
{
	return s->begun;
}
