/* goods.c - cases go along when their unit ends: those that go on, with the tasks that are not
 * done. An ended one is a paper of its day. */
#include "core/flow/flow.h"

/* clang-format off */
#define WHICH(table, is_open) \
	"INSERT INTO unit_moved (event_id, of_table, row_id) SELECT $2, '" table "', x.id FROM " \
	table " x WHERE x.unit_id = $1 AND x." is_open
#define MOVED(table, event) \
	"(SELECT row_id FROM unit_moved WHERE event_id = " event " AND of_table = '" table "')"
#define MOVES(table) \
	{ { "UPDATE " table " SET unit_id = $2 WHERE unit_id = $1 AND id IN " MOVED(table, "$3"), \
	    "fte" } }
#define COMES(table) \
	{ { "UPDATE " table " SET unit_id = $1 WHERE unit_id = $2 AND id IN " MOVED(table, "$3"), \
	    "fte" } }
#define CASES WHICH("flow_case", "ended_at_s = 0")
#define TASKS WHICH("flow_task", "done_at_s = 0")
#define OF_CASES " AND x.case_id IN " MOVED("flow_case", "$2")

const struct org_goods flow_goods[] = {
	{ T("hồ sơ đang mở"), NULL,
		"SELECT count(*) FROM flow_case WHERE unit_id = $1 AND ended_at_s = 0",
		{ CASES, "fe" },
		{ { "staff", { CASES " AND x.staff_id = $3", "fek" } },
		  { "record", { CASES " AND x.record_id IN (SELECT r.id FROM record r"
			" WHERE r.register = $3) AND coalesce(x.staff_id, 0) = 0", "fek" } } },
		MOVES("flow_case"), COMES("flow_case") },
	{ T("việc của hồ sơ"), NULL,
		"SELECT count(*) FROM flow_task WHERE unit_id = $1 AND done_at_s = 0",
		{ TASKS, "fe" },
		{ { "staff", { TASKS OF_CASES " AND $3 <> ''", "fek" } },
		  { "record", { TASKS OF_CASES " AND $3 <> ''", "fek" } } },
		MOVES("flow_task"), COMES("flow_task") },
	{ 0 },
};
/* clang-format on */
