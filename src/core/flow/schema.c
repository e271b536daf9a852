/* schema.c - the tables of core/flow. What was said and what was done is only ever added. */
#include "core/flow/flow_int.h"

/* clang-format off */
const struct store_step flow_steps[] = {
	{ 550, "cases",
		"CREATE TABLE flow_case (id INTEGER PRIMARY KEY, flow TEXT NOT NULL,"
		" unit_id INTEGER NOT NULL REFERENCES unit (id),"
		" parent_id INTEGER REFERENCES flow_case (id), staff_id INTEGER, record_id INTEGER,"
		" event_id INTEGER, title TEXT NOT NULL, folded TEXT NOT NULL, state TEXT NOT NULL,"
		" started_at_s INTEGER NOT NULL, started_by TEXT NOT NULL,"
		" state_at_s INTEGER NOT NULL, due_at_s INTEGER NOT NULL,"
		" ended_at_s INTEGER NOT NULL DEFAULT 0, is_void INTEGER NOT NULL DEFAULT 0);"
		"CREATE INDEX flow_case_list ON flow_case (unit_id, ended_at_s, flow);"
		"CREATE INDEX flow_case_staff ON flow_case (staff_id) WHERE staff_id IS NOT NULL;"
		"CREATE INDEX flow_case_record ON flow_case (record_id) WHERE record_id IS NOT NULL;"
		"CREATE INDEX flow_case_parent ON flow_case (parent_id) WHERE parent_id IS NOT NULL;"
		"CREATE UNIQUE INDEX flow_case_event ON flow_case (flow, event_id)"
		" WHERE event_id IS NOT NULL;"
		"CREATE TABLE flow_value (id INTEGER PRIMARY KEY,"
		" case_id INTEGER NOT NULL REFERENCES flow_case (id), field TEXT NOT NULL,"
		" value TEXT NOT NULL, at_s INTEGER NOT NULL, made_by TEXT NOT NULL);"
		"CREATE INDEX flow_value_case ON flow_value (case_id);"
		"CREATE TABLE flow_step (id INTEGER PRIMARY KEY,"
		" case_id INTEGER NOT NULL REFERENCES flow_case (id), move TEXT NOT NULL,"
		" from_state TEXT NOT NULL, to_state TEXT NOT NULL, at_s INTEGER NOT NULL,"
		" due_at_s INTEGER NOT NULL, made_by TEXT NOT NULL);"
		"CREATE INDEX flow_step_case ON flow_step (case_id);"
		"CREATE TABLE flow_task (id INTEGER PRIMARY KEY,"
		" case_id INTEGER NOT NULL REFERENCES flow_case (id),"
		" unit_id INTEGER NOT NULL, record_id INTEGER, kind TEXT NOT NULL,"
		" thing TEXT NOT NULL, made_at_s INTEGER NOT NULL, due_at_s INTEGER NOT NULL,"
		" done_at_s INTEGER NOT NULL DEFAULT 0, done_by TEXT NOT NULL DEFAULT '',"
		" choice TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '');"
		"CREATE INDEX flow_task_case ON flow_task (case_id);"
		"CREATE INDEX flow_task_open ON flow_task (unit_id, due_at_s) WHERE done_at_s = 0;"
		"CREATE TRIGGER flow_value_stays BEFORE UPDATE ON flow_value"
		" BEGIN SELECT RAISE(ABORT, 'what was said is not changed'); END;"
		"CREATE TRIGGER flow_step_stays BEFORE UPDATE ON flow_step"
		" BEGIN SELECT RAISE(ABORT, 'a step is not changed'); END" },
};
/* clang-format on */
const size_t flow_step_count = COUNT(flow_steps);
