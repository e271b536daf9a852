/* schema.c - the tables of core/attest. What was signed stays. */
#include "core/attest/attest.h"

const struct store_step attest_steps[] = {
	{ 600, "statements, sessions",
		"CREATE TABLE attest_signed (id INTEGER PRIMARY KEY, statement TEXT NOT NULL,"
		" version INTEGER NOT NULL, digest TEXT NOT NULL, unit_id INTEGER NOT NULL,"
		" staff_id INTEGER, name TEXT NOT NULL, position TEXT NOT NULL,"
		" signed_at_s INTEGER NOT NULL, how TEXT NOT NULL, paper TEXT NOT NULL,"
		" made_by TEXT NOT NULL);"
		"CREATE INDEX attest_signed_staff ON attest_signed (staff_id, statement, signed_at_s);"
		"CREATE INDEX attest_signed_unit ON attest_signed (unit_id, statement, signed_at_s);"
		"CREATE TABLE attest_row (id INTEGER PRIMARY KEY,"
		" signed_id INTEGER NOT NULL REFERENCES attest_signed (id), point TEXT NOT NULL,"
		" obligation TEXT NOT NULL);"
		"CREATE INDEX attest_row_signed ON attest_row (signed_id);"
		"CREATE TABLE attest_session (id INTEGER PRIMARY KEY, unit_id INTEGER NOT NULL,"
		" title TEXT NOT NULL, place TEXT NOT NULL, content TEXT NOT NULL,"
		" at_s INTEGER NOT NULL, quiz TEXT NOT NULL, token TEXT NOT NULL UNIQUE,"
		" is_closed INTEGER NOT NULL DEFAULT 0, made_by TEXT NOT NULL,"
		" made_at_s INTEGER NOT NULL);"
		"CREATE INDEX attest_session_unit ON attest_session (unit_id, at_s);"
		"CREATE TABLE attest_came (id INTEGER PRIMARY KEY,"
		" session_id INTEGER NOT NULL REFERENCES attest_session (id),"
		" staff_id INTEGER NOT NULL, at_s INTEGER NOT NULL, made_by TEXT NOT NULL,"
		" right INTEGER NOT NULL DEFAULT 0, of INTEGER NOT NULL DEFAULT 0,"
		" has_passed INTEGER NOT NULL DEFAULT 0, UNIQUE (session_id, staff_id));"
		"CREATE TRIGGER attest_signed_stays BEFORE UPDATE ON attest_signed"
		" BEGIN SELECT RAISE(ABORT, 'what was signed is not changed'); END;"
		"CREATE TRIGGER attest_row_stays BEFORE UPDATE ON attest_row"
		" BEGIN SELECT RAISE(ABORT, 'what was signed is not changed'); END" },
};
const size_t attest_step_count = COUNT(attest_steps);
