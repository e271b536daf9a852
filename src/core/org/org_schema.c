/* org_schema.c - the tables of core/org, and small ways to them. */
#include "core/org/org_int.h"

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
	"SELECT id, at_s, login, what, about, peer FROM event ORDER BY id DESC LIMIT $1";

int org_note(const struct org_actor *by, const char *what, struct str about, struct err *e)
{
	return org_run(by->store, sql_note, "issss", e, by->now_s,
		by->login.ptr ? by->login : STR(""), str_of(what), about.ptr ? about : STR(""),
		str_of(by->peer ? by->peer : ""));
}

int org_events(struct store *s, size_t max, struct arena *a, struct org_event **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct org_event) events = { 0 };
	struct store_query *q = store_query(s, sql_events);
	int rc;

	store_bind_i64(q, 1, (int64_t)max);
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
