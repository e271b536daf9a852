/* fail.c - what went wrong in SQLite, as our errors. */
#include "kit/store/store_int.h"

static int code_of(int sqlite_code)
{
	return (sqlite_code & 0xff) == SQLITE_CONSTRAINT ? ERR_CONFLICT : ERR_STORE;
}

static bool is_of_disk(int sqlite_code)
{
	switch (sqlite_code & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
		return true;
	default:
		return false;
	}
}

int store_failed(struct store *s, struct err *e, const char *doing)
{
	int code = sqlite3_extended_errcode(s->db);

	s->is_disk_bad = is_of_disk(code);
	s->was_busy = (code & 0xff) == SQLITE_BUSY;
	return err_set(e, code_of(code), "%s: %s", doing, sqlite3_errmsg(s->db));
}

bool store_is_disk_bad(const struct store *s)
{
	return s->is_disk_bad;
}
