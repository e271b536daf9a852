/* store.h - floor 2: a thin layer over one database. SQLite today; the same statements are meant
 * for PostgreSQL ($1 is a legal parameter in both), so keep to SQL that both understand.
 *
 * SQL is table text: a `const char *` literal of the calling room, never built from values. Values
 * are bound. A query is prepared once per store and cached by the address of its text.
 * A store belongs to one thread. */
#ifndef KIT_STORE_H
#define KIT_STORE_H

#include "base/base.h"

struct store;
struct store_query;

/* One step of the schema, embedded in the room that owns the tables. Steps are applied in the order
 * of their numbers, each in a transaction, and their SHA-256 is kept: a step that was changed
 * after it was applied is refused. */
struct store_step {
	int number; /* unique over all rooms: org 100…, evidence 200…, web 300… */
	const char *name;
	const char *sql;
};

/* A room's steps, for a table of all rooms: their count is known to the linker only. */
struct store_room {
	const struct store_step *steps;
	const size_t *count;
};

/* The schema of the program: its rooms, in the order in which their steps are applied. main() gives
 * it once; it outlives the program. */
void store_schema(const struct store_room *rooms, size_t count);

/* Open or create the database file (mode 0600), WAL, foreign keys on, synchronous FULL, busy
 * timeout 5 s. ":memory:" is for tests. *RET_STORE is yours, end it with store_close(). */
MUST_CHECK int store_open(const char *path, struct err *e, struct store **ret_store);
/* For a process that nobody waits for: it waits a minute for others, so that what it has done in
 * the world, a letter sent, is written down however slow the machine is. */
void store_patient(struct store *s);
struct store *store_close(struct store *s); /* NULL is fine; returns NULL */
/* The database FROM as it is at one moment, while others write to it, into the new file TO; and a
 * check of every page of a database file. ERR_STORE says what is wrong with it. */
MUST_CHECK int store_copy(const char *from, const char *to, struct err *e);
MUST_CHECK int store_check(const char *path, struct err *e);
MUST_CHECK int store_migrate(
	struct store *s, const struct store_step *steps, size_t count, struct err *e);
/* Open PATH and bring it to the schema of the program: whoever is the first to do so after an
 * upgrade, the service or a command, brings all of it. */
MUST_CHECK int store_open_current(const char *path, struct err *e, struct store **ret_store);

/* Who changes rows from now on: a log-in name and an address, or "" for the program itself. SQL has
 * row_hash(value, …), the SHA-256 of the values in one spelling, hex; row_login() and row_peer(),
 * who is at work; row_now(), the clock. For triggers. */
void store_actor(struct store *s, struct str login, const char *peer);

MUST_CHECK int store_begin(struct store *s, struct err *e);
/* From its first question on, all that is read is of one moment; it ends with store_rollback(). */
MUST_CHECK int store_begin_reading(struct store *s, struct err *e);
MUST_CHECK int store_commit(struct store *s, struct err *e);
/* Between transactions: are those that come to outlast a power cut, as all do at first? Those that
 * need not are whole or not there after it, and do not wait for the disk. For what can be reckoned
 * again from what lasts. */
void store_lasting(struct store *s, bool is_lasting);
void store_rollback(struct store *s);

/* Prepare (or take from the cache, reset and with cleared values). Never NULL: a failure to prepare
 * is kept and returned by the first store_next(), so that binding needs no checks. */
struct store_query *store_query(struct store *s, const char *sql);
void store_bind_i64(struct store_query *q, int number, int64_t value); /* $1 is number 1 */
/* Copied; STR_NONE is NULL. */
void store_bind_str(struct store_query *q, int number, struct str value);
void store_bind_cstr(struct store_query *q, int number, const char *value);
void store_bind_null(struct store_query *q, int number);
/* 1 a row, 0 done (the query is reset), <0 failed: ERR_STORE, ERR_CONFLICT for a broken
 * constraint. */
MUST_CHECK int store_next(struct store_query *q, struct err *e);
/* For the one row that is asked for: 0 and it is current, end it with store_end(); ERR_ABSENT and
 * the sentence when there is none. */
MUST_CHECK int store_one(struct store_query *q, struct err *e, const char *absent, ...)
	PRINTF(3, 4);
/* For statements that return nothing: 0, or <0. */
MUST_CHECK int store_run(struct store_query *q, struct err *e);
void store_end(struct store_query *q); /* reset before the last row */

/* Columns of the current row, from 0. Text lives until the next store_next; NULL gives
 * STR_NONE, 0. */
int64_t store_i64(struct store_query *q, int column);
struct str store_str(struct store_query *q, int column);
bool store_is_null(struct store_query *q, int column);

int64_t store_last_id(struct store *s);
int64_t store_changes(struct store *s);
/* How many statements were begun since it was opened, those of triggers not counted. */
uint64_t store_begun(const struct store *s);
/* Was the last failure one of the disk: full, read-only, or an error of its own? Nothing of what
 * was begun is kept then; the same may be tried again when the disk is mended. */
bool store_is_disk_bad(const struct store *s);

#endif
