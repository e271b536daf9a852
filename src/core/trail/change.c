/* change.c - the watched tables, the triggers on them, and the rows these leave. */
#include "core/trail/change.h"

#include "kit/text/text.h"

/* The columns that are watched, each with what stands before it: "", "old." or "new.". What only
 * tells when something was last seen is left out. */
#define SETTING(p) p "name," p "value"
#define HOST(p) p "id," p "name," p "kind," p "level," p "first_seen_s"
#define PERSON(p) \
	p "id," p "login," p "name," p "role," p "hash," p "must_change," p "onetime_until_s," p \
	  "totp," p "locked_at_s," p "disabled_at_s," p "created_at_s"
/* that a password or a code was set, used up or taken away; never what it is made of */
#define PERSON_PASSWORD(p) p "id," p "person_id," p "at_s"
#define PERSON_RECOVERY(p) p "id," p "person_id"
#define UNIT(p) p "id," p "code," p "kind," p "roles," p "from_day," p "until_day," p "successor_id"
#define UNIT_NAME(p) p "id," p "unit_id," p "from_day," p "name," p "short_name"
#define UNIT_PARENT(p) p "id," p "unit_id," p "from_day," p "parent_id"
#define UNIT_EVENT(p) \
	p "id," p "unit_id," p "what," p "day," p "decision," p "decision_day," p "other_id," p \
	  "before," p "after," p "made_by," p "made_at_s," p "undone_by," p "undone_at_s"
#define STAFF(p) \
	p "id," p "unit_id," p "code," p "name," p "position," p "email," p "phone," p "state," p \
	  "made_by," p "made_at_s"
#define STAFF_EVENT(p) \
	p "id," p "staff_id," p "what," p "effective_s," p "decision," p "decision_day," p \
	  "note," p "unit_before," p "unit_after," p "position_before," p "position_after," p \
	  "state_before," p "state_after," p "made_by," p "made_at_s," p "done_at_s"
#define STAFF_ROLE(p) \
	p "id," p "staff_id," p "role," p "unit_id," p "from_day," p "until_day," p "decision," p \
	  "decision_day"
#define UNIT_MOVED(p) p "id," p "event_id," p "of_table," p "row_id"
#define LOGIN_GROUP(p) p "id," p "source," p "name," p "role," p "unit_id"
#define LOGIN_SUBJECT(p) p "id," p "person_id," p "issuer," p "subject," p "made_at_s"
/* when it was used last leaves no leaf */
#define API_TOKEN(p) \
	p "id," p "person_id," p "name," p "sha256," p "may_write," p "made_at_s," p "until_s," p \
	  "ended_at_s," p "ended_by," p "ended_why"
/* since step 404 */
#define HOST_IN_UNIT(p) HOST(p) "," p "unit_id"
#define PERSON_IN_UNIT(p) PERSON(p) "," p "unit_id," p "staff_id," p "source"
#define EVENT(p) p "id," p "at_s," p "login," p "what," p "about," p "peer"
#define EXCEPTION(p) \
	p "id," p "host_id," p "obligation," p "reason," p "approver," p "measure," p "from_s," p \
	  "until_s," p "made_by," p "made_at_s," p "ended_at_s"
#define AUDIT_RUN(p) \
	p "id," p "host_id," p "at_s," p "duration_us," p "pass," p "fail," p "unknown," p "na," p \
	  "program"

#define EVIDENCE(p) \
	p "id," p "run_id," p "host_id," p "at_s," p "by_person," p "check_id," p "subject," p \
	  "outcome," p "reason," p "detail," p "found," p "wanted," p "file," p "line," p \
	  "lost," p "extract_sha256," p "person"

#define RECORD(p) \
	p "id," p "register," p "unit_id," p "title," p "folded," p "body," p "state," p \
	  "version," p "made_at_s," p "made_by," p "changed_at_s," p "changed_by"
#define RECORD_VERSION(p) \
	p "id," p "record_id," p "version," p "at_s," p "by," p "what," p "why," p "unit_id," p \
	  "body"
#define RECORD_FILE(p) \
	p "id," p "record_id," p "field," p "name," p "sha256," p "size_bytes," p "type," p \
	  "at_s," p "by," p "gone_at_s," p "gone_by"
#define ATTACHMENT(p) \
	p "id," p "of," p "key," p "unit_id," p "field," p "name," p "sha256," p "size_bytes," p \
	  "kind," p "at_s," p "by," p "gone_at_s," p "gone_by," p "gone_why"
#define RECORD_COMMENT(p) p "id," p "record_id," p "at_s," p "by," p "text"
#define RECORD_VIEW(p) p "id," p "person_id," p "register," p "name," p "query"
#define EXCHANGE_IMPORT(p) \
	p "id," p "register," p "unit_id," p "file," p "sha256," p "at_s," p "by," p "added," p \
	  "changed," p "undone_at_s," p "undone_by"
#define FLOW_CASE(p) \
	p "id," p "flow," p "unit_id," p "parent_id," p "staff_id," p "record_id," p "event_id," p \
	  "title," p "state," p "started_at_s," p "started_by," p "state_at_s," p "due_at_s," p \
	  "ended_at_s," p "is_void"
#define FLOW_VALUE(p) p "id," p "case_id," p "field," p "value," p "at_s," p "made_by"
#define FLOW_STEP(p) \
	p "id," p "case_id," p "move," p "from_state," p "to_state," p "at_s," p "due_at_s," p \
	  "made_by"
#define FLOW_TASK(p) \
	p "id," p "case_id," p "unit_id," p "record_id," p "kind," p "thing," p "made_at_s," p \
	  "due_at_s," p "done_at_s," p "done_by," p "choice," p "note"
/* since step 430 */
#define EXCEPTION_OF_UNIT(p) EXCEPTION(p) "," p "unit_id," p "record_id"
#define EVIDENCE_OF_UNIT(p) EVIDENCE(p) "," p "unit_id," p "record_id"
#define DUTY_SKIP(p) \
	p "id," p "obligation," p "unit_id," p "host_id," p "due_day," p "reason," p "asked_by," p \
	  "asked_at_s," p "decided_by," p "decided_at_s," p "is_approved"
#define DUTY_DELEGATION(p) \
	p "id," p "from_id," p "to_id," p "from_day," p "until_day," p "reason," p "made_by," p \
	  "made_at_s," p "ended_at_s"
#define DUTY_FEED(p) p "id," p "person_id," p "token_sha256," p "made_at_s," p "ended_at_s"
/* what was tried in vain leaves no leaf */
#define MAIL(p) \
	p "id," p "person_id," p "address," p "subject," p "body," p "day," p "made_at_s," p \
	  "sent_at_s"
#define ATTEST_SIGNED(p) \
	p "id," p "statement," p "version," p "digest," p "unit_id," p "staff_id," p "name," p \
	  "position," p "signed_at_s," p "how," p "paper," p "made_by"
#define ATTEST_ROW(p) p "id," p "signed_id," p "point," p "obligation"
#define ATTEST_SESSION(p) \
	p "id," p "unit_id," p "title," p "place," p "content," p "at_s," p "quiz," p "token," p \
	  "is_closed," p "made_by," p "made_at_s"
#define ATTEST_CAME(p) \
	p "id," p "session_id," p "staff_id," p "at_s," p "made_by," p "right," p "of," p \
	  "has_passed"

#define PROCESS_REVIEW(p) \
	p "id," p "host_id," p "at_s," p "snapshot_id," p "base_id," p "person," p "note," p \
	  "sha256," p "suspicious," p "differences"
#define PROCESS_MARK(p) p "rowid," p "review_id," p "kind," p "name," p "suspicious," p "note"

/* clang-format off */
#define HASH(COLUMNS, p) "row_hash(" COLUMNS(p) ")"
#define INTO_CHANGE \
	"INSERT INTO change (at_s, login, peer, of_table, of_key, what, before, after)"
#define NOTE(table, key, what, before, after) \
	INTO_CHANGE " VALUES (row_now(), row_login(), row_peer(), '" table "', " key "," \
	" '" what "', " before ", " after ");"

/* Rows that are there are noted first, then every change. */
#define WATCH(table, key, COLUMNS) \
	INTO_CHANGE " SELECT row_now(), row_login(), row_peer(), '" table "', " key "," \
	" 'first', '', " HASH(COLUMNS, "") " FROM " table " ORDER BY " key ";" \
	"CREATE TRIGGER " table "_change_add AFTER INSERT ON " table " BEGIN " \
	NOTE(table, "new." key, "add", "''", HASH(COLUMNS, "new.")) " END;" \
	"CREATE TRIGGER " table "_change_set AFTER UPDATE ON " table " WHEN " \
	HASH(COLUMNS, "old.") " <> " HASH(COLUMNS, "new.") " BEGIN " \
	NOTE(table, "new." key, "set", HASH(COLUMNS, "old."), HASH(COLUMNS, "new.")) " END;" \
	"CREATE TRIGGER " table "_change_remove AFTER DELETE ON " table " BEGIN " \
	NOTE(table, "old." key, "remove", HASH(COLUMNS, "old."), "''") " END;"
/* A table that grew is watched anew, with its new columns. */
#define UNWATCH(table) \
	"DROP TRIGGER " table "_change_add; DROP TRIGGER " table "_change_set;" \
	"DROP TRIGGER " table "_change_remove;"
/* clang-format on */

const struct store_step change_steps[] = {
	{ 400, "changes",
		"CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, at_s INTEGER NOT NULL,"
		" login TEXT NOT NULL, peer TEXT NOT NULL, of_table TEXT NOT NULL,"
		" of_key TEXT NOT NULL, what TEXT NOT NULL, before TEXT NOT NULL,"
		" after TEXT NOT NULL);"
		"CREATE TRIGGER change_stays BEFORE UPDATE ON change"
		" BEGIN SELECT RAISE(ABORT, 'a change is not changed'); END;"
		"CREATE TRIGGER change_is_kept BEFORE DELETE ON change"
		" BEGIN SELECT RAISE(ABORT, 'a change is not deleted'); END;" },
	{ 401, "changes of settings, machines, people",
		WATCH("setting", "name", SETTING) WATCH("host", "id", HOST)
			WATCH("person", "id", PERSON) WATCH("event", "id", EVENT) },
	{ 402, "changes of exceptions, audits",
		WATCH("exception", "id", EXCEPTION) WATCH("audit_run", "id", AUDIT_RUN)
			WATCH("evidence", "id", EVIDENCE) },
	{ 403, "changes of units, staff",
		WATCH("unit", "id", UNIT) WATCH("unit_name", "id", UNIT_NAME) WATCH(
			"unit_parent", "id", UNIT_PARENT) WATCH("unit_event", "id", UNIT_EVENT)
			WATCH("staff", "id", STAFF) WATCH("staff_event", "id", STAFF_EVENT)
				WATCH("staff_role", "id", STAFF_ROLE) },
	{ 404, "changes of the unit of machines and accounts",
		UNWATCH("host") WATCH("host", "id", HOST_IN_UNIT) UNWATCH("person")
			WATCH("person", "id", PERSON_IN_UNIT) },
	{ 405, "changes of groups that give roles", WATCH("login_group", "id", LOGIN_GROUP) },
	{ 406, "changes of who somebody is elsewhere",
		WATCH("login_subject", "id", LOGIN_SUBJECT) },
	{ 410, "changes of records",
		WATCH("record", "id", RECORD) WATCH("record_version", "id", RECORD_VERSION)
			WATCH("record_file", "id", RECORD_FILE)
				WATCH("record_comment", "id", RECORD_COMMENT) },
	{ 420, "changes of cases",
		WATCH("flow_case", "id", FLOW_CASE) WATCH("flow_value", "id", FLOW_VALUE)
			WATCH("flow_step", "id", FLOW_STEP) WATCH("flow_task", "id", FLOW_TASK) },
	{ 421, "changes of signings, sessions",
		WATCH("attest_signed", "id", ATTEST_SIGNED) WATCH("attest_row", "id", ATTEST_ROW)
			WATCH("attest_session", "id", ATTEST_SESSION)
				WATCH("attest_came", "id", ATTEST_CAME) },
	{ 430, "changes of the unit of evidence, duties",
		UNWATCH("evidence") WATCH("evidence", "id", EVIDENCE_OF_UNIT) UNWATCH("exception")
			WATCH("exception", "id", EXCEPTION_OF_UNIT) WATCH("duty_skip", "id",
				DUTY_SKIP) WATCH("duty_delegation", "id", DUTY_DELEGATION)
				WATCH("duty_feed", "id", DUTY_FEED) WATCH("mail", "id", MAIL) },
	{ 440, "changes of process reviews",
		WATCH("process_review", "id", PROCESS_REVIEW)
			WATCH("process_mark", "rowid", PROCESS_MARK) },
	{ 445, "changes of files", WATCH("attachment", "id", ATTACHMENT) },
	{ 446, "changes found by who and what",
		"CREATE INDEX change_of ON change (of_table, of_key, id);"
		"CREATE INDEX change_by ON change (login, id);" },
	{ 447, "files of records stand in attachment; this table never had a row",
		"DROP TABLE record_file;" },
	{ 448, "changes of tokens, of what went from unit to unit",
		WATCH("api_token", "id", API_TOKEN) WATCH("unit_moved", "id", UNIT_MOVED) },
	{ 449, "changes of passwords, recovery codes, imports, saved views",
		WATCH("person_password", "id", PERSON_PASSWORD)
			WATCH("person_recovery", "id", PERSON_RECOVERY)
				WATCH("exchange_import", "id", EXCHANGE_IMPORT)
					WATCH("record_view", "id", RECORD_VIEW) },
};
const size_t change_step_count = COUNT(change_steps);

#define ROWS(table, key, COLUMNS) \
	{ \
		table, "SELECT " key ", row_hash(" COLUMNS("") ") FROM " table " ORDER BY " key, \
			"SELECT row_hash(" COLUMNS("") ") FROM " table " WHERE " key " = $1" \
	}

static const struct {
	const char *name, *sql, *sql_one;
} tables[] = {
	ROWS("setting", "name", SETTING),
	ROWS("host", "id", HOST_IN_UNIT),
	ROWS("person", "id", PERSON_IN_UNIT),
	ROWS("person_password", "id", PERSON_PASSWORD),
	ROWS("person_recovery", "id", PERSON_RECOVERY),
	ROWS("unit", "id", UNIT),
	ROWS("unit_name", "id", UNIT_NAME),
	ROWS("unit_parent", "id", UNIT_PARENT),
	ROWS("unit_event", "id", UNIT_EVENT),
	ROWS("unit_moved", "id", UNIT_MOVED),
	ROWS("staff", "id", STAFF),
	ROWS("staff_event", "id", STAFF_EVENT),
	ROWS("staff_role", "id", STAFF_ROLE),
	ROWS("login_group", "id", LOGIN_GROUP),
	ROWS("login_subject", "id", LOGIN_SUBJECT),
	ROWS("api_token", "id", API_TOKEN),
	ROWS("event", "id", EVENT),
	ROWS("exception", "id", EXCEPTION_OF_UNIT),
	ROWS("audit_run", "id", AUDIT_RUN),
	ROWS("record", "id", RECORD),
	ROWS("record_version", "id", RECORD_VERSION),
	ROWS("record_comment", "id", RECORD_COMMENT),
	ROWS("record_view", "id", RECORD_VIEW),
	ROWS("exchange_import", "id", EXCHANGE_IMPORT),
	ROWS("attachment", "id", ATTACHMENT),
	ROWS("flow_case", "id", FLOW_CASE),
	ROWS("flow_value", "id", FLOW_VALUE),
	ROWS("flow_step", "id", FLOW_STEP),
	ROWS("flow_task", "id", FLOW_TASK),
	ROWS("evidence", "id", EVIDENCE_OF_UNIT),
	ROWS("duty_skip", "id", DUTY_SKIP),
	ROWS("duty_delegation", "id", DUTY_DELEGATION),
	ROWS("duty_feed", "id", DUTY_FEED),
	ROWS("mail", "id", MAIL),
	ROWS("attest_signed", "id", ATTEST_SIGNED),
	ROWS("attest_row", "id", ATTEST_ROW),
	ROWS("attest_session", "id", ATTEST_SESSION),
	ROWS("attest_came", "id", ATTEST_CAME),
	ROWS("process_review", "id", PROCESS_REVIEW),
	ROWS("process_mark", "rowid", PROCESS_MARK),
};

/* tools/check-trail: a table that is on neither list fails the house suite. */
const struct change_unwatched change_unwatched[] = {
	{ "change", "what a leaf is written from; two triggers keep it as it is" },
	{ "store_step", "which steps this file has, each with the hash of its text" },
	{ "session", "being there; logging in and out are events, and those are watched" },
	{ "login_try", "wrong tries of an hour; the lock they lead to stands in person" },
	{ "process_snapshot", "what ran on a machine; what a person signed of it has its hash" },
	{ "record_index", "made from record, for search; made anew when it is lost" },
	{ "record_words", "made from record, for words" },
	{ "record_link", "made from record, for links both ways" },
	{ "record_shape", "the registers of the packs as they were last seen" },
	{ "exchange_row", "which version an import made; record_version itself is watched" },
	{ "exchange_person", "what an import found of a person; staff itself is watched" },
	{ "exchange_job", "a table being looked at; what is saved of it is exchange_import" },
	{ "exchange_fault", "what such a look found; nothing is saved from it" },
	{ "verdict", "computed from evidence, records and the law; computed anew" },
	{ "verdict_day", "a day's sum of verdict" },
	{ "verdict_due", "computed: when a verdict changes by time alone" },
	{ "verdict_due_register", "computed, of registers" },
	{ "verdict_filled", "computed: on which day all units were looked at" },
	{ "verdict_finding", "computed, of registers" },
	{ "verdict_found", "computed: which findings count" },
	{ "verdict_register", "computed: which registers were judged" },
	{ "verdict_unit", "computed: which units were judged" },
	{ "verdict_word", "words that verdicts share" },
};
const size_t change_unwatched_count = COUNT(change_unwatched);

static const char sql_list[] =
	"SELECT id, at_s, login, peer, of_table, of_key, what, before, after FROM change"
	" WHERE id > $1 ORDER BY id LIMIT $2";
static const char sql_count[] = "SELECT count(*), coalesce(max(id), 0) FROM change";

int change_list(struct store *s, int64_t after, size_t max, struct arena *a, struct changes *ret,
	struct err *e)
{
	VEC(struct change) list = { 0 };
	struct store_query *q = store_query(s, sql_list);
	int rc;

	store_bind_i64(q, 1, after);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1) {
		struct change *c = vec_add(a, &list);
		struct str *texts[] = { &c->login, &c->peer, &c->table, &c->key, &c->what,
			&c->before, &c->after };

		c->id = store_i64(q, 0);
		c->at_s = store_i64(q, 1);
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_str(a, store_str(q, 2 + (int)i));
	}
	if (rc < 0)
		return rc;
	*ret = (struct changes){ list.at, list.len };
	return 0;
}

int change_count(struct store *s, int64_t *ret_count, int64_t *ret_last, struct err *e)
{
	struct store_query *q = store_query(s, sql_count);
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	*ret_count = store_i64(q, 0);
	*ret_last = store_i64(q, 1);
	store_end(q);
	return 0;
}

int change_rows(struct store *s, change_each *each, void *context, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT(tables); i++) {
		struct store_query *q = store_query(s, tables[i].sql);

		while ((rc = store_next(q, e)) == 1) {
			rc = each(context, tables[i].name, store_str(q, 0), store_str(q, 1), e);
			if (rc != 0)
				break;
		}
		store_end(q);
	}
	return rc;
}

const char *change_table_at(size_t i)
{
	return i < COUNT(tables) ? tables[i].name : NULL;
}

int change_row_hash(struct store *s, struct str table, struct str key, struct arena *a,
	struct str *ret, struct err *e)
{
	struct store_query *q;
	int64_t number;
	size_t i = 0;
	int rc;

	while (i < COUNT(tables) && !str_is(table, tables[i].name))
		i++;
	if (i == COUNT(tables))
		return err_set(e, ERR_ABSENT, "no table of that name is watched");
	q = store_query(s, tables[i].sql_one);
	if (str_to_i64(key, &number))
		store_bind_i64(q, 1, number);
	else
		store_bind_str(q, 1, key);
	rc = store_next(q, e);
	if (rc == 1)
		*ret = arena_str(a, store_str(q, 0));
	store_end(q);
	return rc < 0 ? rc : rc == 1 ? 0 : err_set(e, ERR_ABSENT, "the row is gone");
}

/* --- as a leaf -------------------------------------------------------------------------------- */

void change_write(const struct change *c, struct buf *out)
{
	struct json j;

	json_init(&j, out, false);
	json_object(&j);
	json_put_i64(&j, "id", c->id);
	json_put_i64(&j, "at", c->at_s);
	json_put(&j, "login", c->login);
	json_put(&j, "peer", c->peer);
	json_put(&j, "table", c->table);
	json_put(&j, "key", c->key);
	json_put(&j, "what", c->what);
	json_put(&j, "before", c->before);
	json_put(&j, "after", c->after);
	json_object_end(&j);
}
