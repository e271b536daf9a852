/* goods.c - records go along when their unit ends. The move is a version of each, so that what
 * stood where on a past day is known; it is no change of what stands in it. */
#include "core/record/record_judge.h"

/* clang-format off */
#define MOVED "(SELECT row_id FROM unit_moved WHERE event_id = $1 AND of_table = 'record')"
#define VERSION \
	{ "INSERT INTO record_version (record_id, version, at_s, by, what, why, unit_id, body)" \
	  " SELECT r.id, r.version, $2, $3, CASE r.state WHEN 1 THEN 'cancel' ELSE 'unit' END," \
	  " (SELECT decision FROM unit_event WHERE id = $1), r.unit_id, r.body FROM record r" \
	  " WHERE r.id IN " MOVED " AND r.version >" \
	  " (SELECT max(version) FROM record_version v WHERE v.record_id = r.id)", "esb" }
#define INDEX \
	{ "UPDATE record_index SET unit_id = (SELECT r.unit_id FROM record r" \
	  " WHERE r.id = record_id) WHERE record_id IN " MOVED, "e" }

#define VIEW_OF(unit) "'&don-vi=' || " unit " || '&'"
#define VIEWS "FROM record_view WHERE instr('&' || substr(query, 2) || '&', " VIEW_OF("$1") ") > 0"
#define VIEW_SET(is, was) \
	{ "UPDATE record_view SET query = '?' || trim(replace('&' || substr(query, 2) || '&', " \
	  VIEW_OF(was) ", " VIEW_OF(is) "), '&') WHERE id IN (SELECT row_id FROM unit_moved" \
	  " WHERE event_id = $3 AND of_table = 'record_view')", "fte" }

const struct org_goods record_goods[] = {
	{ T("bản ghi trong các sổ"), NULL, "SELECT count(*) FROM record WHERE unit_id = $1",
		{ "INSERT INTO unit_moved (event_id, of_table, row_id)"
		  " SELECT $2, 'record', id FROM record WHERE unit_id = $1", "fe" },
		{ { "record", { "INSERT INTO unit_moved (event_id, of_table, row_id)"
			" SELECT $2, 'record', id FROM record WHERE unit_id = $1"
			" AND register = $3", "fek" } } },
		{ { "UPDATE record SET unit_id = $2, version = version + 1 WHERE unit_id = $3"
		    " AND id IN " MOVED, "etf" },
		  VERSION, INDEX },
		{ { "UPDATE record SET unit_id = $2, version = version + 1 WHERE unit_id = $3"
		    " AND id IN " MOVED, "eft" },
		  VERSION, INDEX } },
	{ T("cách xem đã lưu"), T("lọc theo đơn vị tiếp nhận"), "SELECT count(*) " VIEWS,
		{ "INSERT INTO unit_moved (event_id, of_table, row_id)"
		  " SELECT $2, 'record_view', id " VIEWS, "fe" },
		{ { 0 } }, { VIEW_SET("$2", "$1") }, { VIEW_SET("$1", "$2") } },
	{ 0 },
};
/* clang-format on */
