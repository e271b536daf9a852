/* question.c - one SELECT over the tables of a host, bounded; anything else is refused. */
#include "work/hostaudit/audit_int.h"

#include <string.h>

#define STEPS_PER_CALL 10000

/* SQLite calls this while it prepares: refuse all but reading the tables. */
static int authorize(void *context, int action, const char *a, const char *b, const char *db,
	const char *trigger)
{
	(void)context, (void)db, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && strcasecmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_READ:
		/* no table of ours begins so, and nobody can make one */
		if (strcmp(a, "sqlite_master") == 0)
			return strcmp(b, "ROWID") == 0 ? SQLITE_OK : SQLITE_DENY;
		return strncmp(a, "sqlite_", 7) != 0 ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_UPDATE:
		/* SQLite asks this of itself when a virtual table declares its columns; a statement
		 * of the user's own that writes there is refused by SQLite whatever we say */
		return strcmp(a, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int count_steps(void *context)
{
	struct hostaudit *audit = context;

	audit->steps += STEPS_PER_CALL;
	return audit->steps > LIMIT_ASK_STEPS;
}

int audit_prepare(struct hostaudit *audit, struct str sql, sqlite3_stmt **ret, struct err *e)
{
	sqlite3 *db = audit->facts->db;
	const char *tail = NULL;
	sqlite3_stmt *stmt = NULL;
	int rc;

	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LIMIT_ASK_CELL_BYTES * 16);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_set_authorizer(db, authorize, audit);
	audit->steps = 0;
	sqlite3_progress_handler(db, STEPS_PER_CALL, count_steps, audit);
	if (sql.len > LIMIT_ASK_CELL_BYTES)
		return err_set(
			e, ERR_LIMIT, "the question is longer than %u bytes", LIMIT_ASK_CELL_BYTES);
	rc = sqlite3_prepare_v2(db, sql.ptr, (int)sql.len, &stmt, &tail);
	if (rc == SQLITE_AUTH)
		return err_set(e, ERR_INPUT, "only SELECT over the host's tables is answered: %s",
			sqlite3_errmsg(db));
	if (rc != SQLITE_OK)
		return err_set(e, ERR_INPUT, "%s", sqlite3_errmsg(db));
	if (!stmt)
		return err_set(e, ERR_INPUT, "the question is empty");
	if (!sqlite3_stmt_readonly(stmt)) {
		sqlite3_finalize(stmt);
		return err_set(e, ERR_INPUT, "only SELECT over the host's tables is answered");
	}
	if (str_trim(str_from(sql, (size_t)(tail - sql.ptr))).len > 0) {
		sqlite3_finalize(stmt);
		return err_set(e, ERR_INPUT, "more than one statement");
	}
	*ret = stmt;
	return 0;
}

int audit_step(struct hostaudit *audit, sqlite3_stmt *stmt, struct err *e)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	if (rc == SQLITE_INTERRUPT)
		return err_set(e, ERR_LIMIT, "the question takes too long (over %d steps)",
			LIMIT_ASK_STEPS);
	return err_set(e, ERR_INPUT, "%s", sqlite3_errmsg(audit->facts->db));
}
