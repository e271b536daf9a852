/* org_schema.c - the tables of core/org, and small ways to them. */
#include "core/org/org_int.h"
#include "core/org/unit.h"

const struct store_step org_steps[] = {
	{ 100, "unit, hosts, people",
		"CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
		"CREATE TABLE host (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
		" kind TEXT NOT NULL, level INTEGER NOT NULL, first_seen_s INTEGER NOT NULL,"
		" last_seen_s INTEGER NOT NULL);"
		"CREATE TABLE person (id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE,"
		" name TEXT NOT NULL, name_folded TEXT NOT NULL, role INTEGER NOT NULL,"
		" hash TEXT NOT NULL, must_change INTEGER NOT NULL,"
		" onetime_until_s INTEGER NOT NULL, totp TEXT,"
		" totp_step INTEGER NOT NULL DEFAULT 0, locked_at_s INTEGER NOT NULL DEFAULT 0,"
		" disabled_at_s INTEGER NOT NULL DEFAULT 0, created_at_s INTEGER NOT NULL,"
		" last_login_s INTEGER NOT NULL DEFAULT 0);"
		"CREATE TABLE person_password (id INTEGER PRIMARY KEY,"
		" person_id INTEGER NOT NULL REFERENCES person (id), hash TEXT NOT NULL,"
		" at_s INTEGER NOT NULL);"
		"CREATE INDEX person_password_person ON person_password (person_id);"
		"CREATE TABLE person_recovery (person_id INTEGER NOT NULL REFERENCES person (id),"
		" hash TEXT NOT NULL, PRIMARY KEY (person_id, hash));"
		"CREATE TABLE login_try (login TEXT PRIMARY KEY, count INTEGER NOT NULL,"
		" at_s INTEGER NOT NULL);"
		"CREATE TABLE session (id TEXT PRIMARY KEY,"
		" person_id INTEGER NOT NULL REFERENCES person (id), csrf TEXT NOT NULL,"
		" made_at_s INTEGER NOT NULL, seen_at_s INTEGER NOT NULL,"
		" second_step INTEGER NOT NULL);"
		"CREATE TABLE event (id INTEGER PRIMARY KEY, at_s INTEGER NOT NULL,"
		" login TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,"
		" peer TEXT NOT NULL);"
		"CREATE TRIGGER event_stays BEFORE UPDATE ON event"
		" BEGIN SELECT RAISE(ABORT, 'an event is not changed'); END;"
		"CREATE TRIGGER event_is_kept BEFORE DELETE ON event"
		" BEGIN SELECT RAISE(ABORT, 'an event is not deleted'); END" },
	{ 101, "units, their names and places, staff",
		"CREATE TABLE unit (id INTEGER PRIMARY KEY, code TEXT NOT NULL DEFAULT '',"
		" kind TEXT NOT NULL, roles TEXT NOT NULL DEFAULT '', from_day TEXT NOT NULL,"
		" until_day TEXT, successor_id INTEGER REFERENCES unit (id));"
		"CREATE UNIQUE INDEX unit_code ON unit (code COLLATE NOCASE) WHERE code <> '';"
		"CREATE TABLE unit_name (id INTEGER PRIMARY KEY,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id), from_day TEXT NOT NULL,"
		" name TEXT NOT NULL, short_name TEXT NOT NULL, UNIQUE (unit_id, from_day));"
		"CREATE TABLE unit_parent (id INTEGER PRIMARY KEY,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id), from_day TEXT NOT NULL,"
		" parent_id INTEGER NOT NULL REFERENCES unit (id), UNIQUE (unit_id, from_day));"
		"CREATE TABLE unit_event (id INTEGER PRIMARY KEY,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id), what TEXT NOT NULL,"
		" day TEXT NOT NULL, decision TEXT NOT NULL, decision_day TEXT NOT NULL,"
		" other_id INTEGER REFERENCES unit (id), before TEXT NOT NULL,"
		" after TEXT NOT NULL, made_by TEXT NOT NULL, made_at_s INTEGER NOT NULL,"
		" undone_by TEXT, undone_at_s INTEGER);"
		"CREATE INDEX unit_event_unit ON unit_event (unit_id, day);"
		"CREATE TABLE staff (id INTEGER PRIMARY KEY,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id), code TEXT NOT NULL DEFAULT '',"
		" name TEXT NOT NULL, folded TEXT NOT NULL, sort_key TEXT NOT NULL,"
		" position TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL,"
		" state TEXT NOT NULL, made_by TEXT NOT NULL, made_at_s INTEGER NOT NULL);"
		"CREATE UNIQUE INDEX staff_code ON staff (code COLLATE NOCASE) WHERE code <> '';"
		"CREATE INDEX staff_sort ON staff (sort_key, id);"
		"CREATE INDEX staff_unit_sort ON staff (unit_id, sort_key, id);"
		"CREATE TABLE staff_event (id INTEGER PRIMARY KEY,"
		" staff_id INTEGER NOT NULL REFERENCES staff (id), what TEXT NOT NULL,"
		" effective_s INTEGER NOT NULL, decision TEXT NOT NULL,"
		" decision_day TEXT NOT NULL, note TEXT NOT NULL,"
		" unit_before INTEGER, unit_after INTEGER, position_before TEXT NOT NULL,"
		" position_after TEXT NOT NULL, state_before TEXT NOT NULL,"
		" state_after TEXT NOT NULL, made_by TEXT NOT NULL, made_at_s INTEGER NOT NULL,"
		" done_at_s INTEGER);"
		"CREATE INDEX staff_event_staff ON staff_event (staff_id, effective_s);"
		"CREATE INDEX staff_event_waiting ON staff_event (effective_s)"
		" WHERE done_at_s IS NULL;"
		"CREATE TABLE staff_role (id INTEGER PRIMARY KEY,"
		" staff_id INTEGER NOT NULL REFERENCES staff (id), role TEXT NOT NULL,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id), from_day TEXT NOT NULL,"
		" until_day TEXT, decision TEXT NOT NULL, decision_day TEXT NOT NULL);"
		"CREATE INDEX staff_role_staff ON staff_role (staff_id);"
		"CREATE INDEX staff_role_unit ON staff_role (unit_id, role);"
		"ALTER TABLE host ADD COLUMN unit_id INTEGER NOT NULL DEFAULT 1;"
		"CREATE INDEX host_unit ON host (unit_id, name);"
		"ALTER TABLE person ADD COLUMN unit_id INTEGER NOT NULL DEFAULT 1;"
		"ALTER TABLE person ADD COLUMN staff_id INTEGER REFERENCES staff (id);"
		"ALTER TABLE person ADD COLUMN source TEXT NOT NULL DEFAULT '';"
		"CREATE UNIQUE INDEX person_staff ON person (staff_id) WHERE staff_id IS NOT NULL;"
		"INSERT INTO unit (id, kind, from_day) VALUES (1, 'agency', '" ORG_DAY_FIRST "');"
		"INSERT INTO unit_name (unit_id, from_day, name, short_name) VALUES (1,"
		" '" ORG_DAY_FIRST "', coalesce((SELECT value FROM setting"
		" WHERE name = 'unit.name'), ''), '');"
		"DELETE FROM setting WHERE name = 'unit.name'" },
	{ 102, "what went from unit to unit",
		"CREATE TABLE unit_moved (id INTEGER PRIMARY KEY,"
		" event_id INTEGER NOT NULL REFERENCES unit_event (id), of_table TEXT NOT NULL,"
		" row_id INTEGER NOT NULL);"
		"CREATE INDEX unit_moved_event ON unit_moved (event_id)" },
	{ 103, "groups of directories",
		"CREATE TABLE login_group (id INTEGER PRIMARY KEY, source TEXT NOT NULL,"
		" name TEXT NOT NULL, role INTEGER NOT NULL,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id));"
		"CREATE UNIQUE INDEX login_group_name ON login_group (source, name COLLATE NOCASE);"
		"ALTER TABLE person ADD COLUMN asked_at_s INTEGER NOT NULL DEFAULT 0" },
	{ 104, "who somebody is at a provider of log-ins",
		"CREATE TABLE login_subject (id INTEGER PRIMARY KEY,"
		" person_id INTEGER NOT NULL UNIQUE REFERENCES person (id), issuer TEXT NOT NULL,"
		" subject TEXT NOT NULL, made_at_s INTEGER NOT NULL, UNIQUE (issuer, subject))" },
	{ 105, "tokens of programs",
		"CREATE TABLE api_token (id INTEGER PRIMARY KEY,"
		" person_id INTEGER NOT NULL REFERENCES person (id), name TEXT NOT NULL,"
		" sha256 TEXT NOT NULL UNIQUE, may_write INTEGER NOT NULL,"
		" made_at_s INTEGER NOT NULL, until_s INTEGER NOT NULL,"
		" used_at_s INTEGER NOT NULL DEFAULT 0, ended_at_s INTEGER NOT NULL DEFAULT 0,"
		" ended_by TEXT NOT NULL DEFAULT '', ended_why TEXT NOT NULL DEFAULT '');"
		"CREATE INDEX api_token_person ON api_token (person_id, ended_at_s)" },
	{ 106, "recovery codes have a number, by which a leaf names one",
		"ALTER TABLE person_recovery RENAME TO person_recovery_old;"
		"CREATE TABLE person_recovery (id INTEGER PRIMARY KEY,"
		" person_id INTEGER NOT NULL REFERENCES person (id), hash TEXT NOT NULL,"
		" UNIQUE (person_id, hash));"
		"INSERT INTO person_recovery (person_id, hash)"
		" SELECT person_id, hash FROM person_recovery_old;"
		"DROP TABLE person_recovery_old" },
};
const size_t org_step_count = COUNT(org_steps);

int org_run(struct store *s, const char *sql, const char *kinds, struct err *e, ...)
{
	struct store_query *q = store_query(s, sql);
	va_list args;

	va_start(args, e);
	for (int i = 0; kinds[i]; i++) {
		if (kinds[i] == 'i')
			store_bind_i64(q, i + 1, va_arg(args, int64_t));
		else
			store_bind_str(q, i + 1, va_arg(args, struct str));
	}
	va_end(args);
	return store_run(q, e);
}

/* --- events ----------------------------------------------------------------------------------- */

static const char sql_note[] =
	"INSERT INTO event (at_s, login, what, about, peer) VALUES ($1, $2, $3, $4, $5)";
static const char sql_events[] =
	"SELECT id, at_s, login, what, about, peer FROM event WHERE $2 = 0 OR id < $2"
	" ORDER BY id DESC LIMIT $1";

int org_note(const struct org_actor *by, const char *what, struct str about, struct err *e)
{
	return org_run(by->store, sql_note, "issss", e, by->now_s,
		by->login.ptr ? by->login : STR(""), str_of(what), about.ptr ? about : STR(""),
		str_of(by->peer ? by->peer : ""));
}

int org_events(struct store *s, const struct org_events_asked *asked, struct arena *a,
	struct org_event **ret, size_t *ret_count, struct err *e)
{
	VEC(struct org_event) events = { 0 };
	struct store_query *q = store_query(s, sql_events);
	int rc;

	store_bind_i64(q, 1, (int64_t)asked->max);
	store_bind_i64(q, 2, asked->before_id);
	while ((rc = store_next(q, e)) == 1) {
		struct org_event *x = vec_add(a, &events);

		x->id = store_i64(q, 0);
		x->at_s = store_i64(q, 1);
		x->login = arena_str(a, store_str(q, 2));
		x->what = arena_str(a, store_str(q, 3));
		x->about = arena_str(a, store_str(q, 4));
		x->peer = arena_str(a, store_str(q, 5));
	}
	if (rc < 0)
		return rc;
	*ret = events.at;
	*ret_count = events.len;
	return 0;
}
