/* copy.c - a database file copied while it is written to. */
#include "kit/store/store_int.h"

#include <string.h>

#define WAIT_MS 20000

static int open_file(const char *path, int flags, sqlite3 **ret, struct err *e)
{
	if (sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		int rc = err_set(e, ERR_STORE, "open \"%s\": %s", path, sqlite3_errmsg(*ret));

		sqlite3_close(*ret);
		return rc;
	}
	sqlite3_busy_timeout(*ret, WAIT_MS);
	return 0;
}

/* All in one step: a writer of the file would make several begin anew again and again. */
static int copy(sqlite3 *from, sqlite3 *to, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int done;

	if (!b)
		return err_set(e, ERR_STORE, "copy: %s", sqlite3_errmsg(to));
	done = sqlite3_backup_step(b, -1);
	if (sqlite3_backup_finish(b) != SQLITE_OK || done != SQLITE_DONE)
		return err_set(e, ERR_STORE, "copy: %s", sqlite3_errmsg(to));
	/* one file, without the two of the write-ahead log beside it */
	if (sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		return err_set(e, ERR_STORE, "copy: %s", sqlite3_errmsg(to));
	return 0;
}

int store_copy(const char *from, const char *to, struct err *e)
{
	sqlite3 *in, *out;
	int rc = open_file(from, SQLITE_OPEN_READWRITE, &in, e);

	if (rc < 0)
		return rc;
	rc = open_file(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &out, e);
	if (rc == 0) {
		rc = copy(in, out, e);
		sqlite3_close(out);
	}
	sqlite3_close(in);
	return rc;
}

static int first_line(void *context, int count, char **values, char **names)
{
	char *line = context;

	if (!*line && count > 0 && values[0])
		snprintf(line, 80, "%s", values[0]);
	return 0;
}

int store_check(const char *path, struct err *e)
{
	char line[80] = "";
	sqlite3 *db;
	int rc = open_file(path, SQLITE_OPEN_READWRITE, &db, e);

	if (rc < 0)
		return rc;
	if (sqlite3_exec(db, "PRAGMA integrity_check(1)", first_line, line, NULL) != SQLITE_OK)
		rc = err_set(e, ERR_STORE, "\"%s\": %s", path, sqlite3_errmsg(db));
	else if (strcmp(line, "ok") != 0)
		rc = err_set(e, ERR_STORE, "\"%s\": %s", path, line);
	sqlite3_close(db);
	return rc;
}
