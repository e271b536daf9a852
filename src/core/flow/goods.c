/* goods.c - cases go along when their unit ends: those that go on, with the tasks that are not
 * done. An ended one is a paper of its day. */
#include "core/flow/flow.h"

/* clang-format off */
#define MOVES(table, is_open) \
	{ { "INSERT INTO unit_moved (event_id, of_table, row_id) SELECT $2, '" table \
	    "', id FROM " table " WHERE unit_id = $1 AND " is_open, "fe" }, \
	  { "UPDATE " table " SET unit_id = $2 WHERE unit_id = $1 AND " is_open, "ft" } }
#define COMES(table) \
	{ { "UPDATE " table " SET unit_id = $1 WHERE unit_id = $2 AND id IN (SELECT row_id" \
	    " FROM unit_moved WHERE event_id = $3 AND of_table = '" table "')", "fte" } }
/* clang-format on */

const struct org_goods flow_goods[] = {
	{ T("hồ sơ đang mở"),
		"SELECT count(*) FROM flow_case WHERE unit_id = $1 AND ended_at_s = 0",
		MOVES("flow_case", "ended_at_s = 0"), COMES("flow_case") },
	{ T("việc của hồ sơ"),
		"SELECT count(*) FROM flow_task WHERE unit_id = $1 AND done_at_s = 0",
		MOVES("flow_task", "done_at_s = 0"), COMES("flow_task") },
	{ 0 },
};
