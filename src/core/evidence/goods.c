/* goods.c - exceptions of a whole unit. What was granted to one unit must not free another one, so
 * they stay when a unit ends; at a split they are given to the new units by name, as exceptions
 * of their own with the same end. Those of a machine or a record follow it by themselves. */
#include "core/evidence/goods.h"

/* clang-format off */
#define OWN \
	"FROM exception WHERE unit_id = $1 AND host_id = 0 AND record_id = 0 AND ended_at_s = 0" \
	" AND until_s > row_now()"

const struct org_goods evidence_goods[] = {
	{ T("ngoại lệ của cả đơn vị"),
		T("ở lại với đơn vị cũ, không áp dụng cho đơn vị tiếp nhận; cần thì đề nghị lại"),
		"SELECT count(*) " OWN, { 0 },
		{ { "exception", { "INSERT INTO unit_moved (event_id, of_table, row_id)"
			" SELECT $2, 'exception', id " OWN " AND id = $3", "fek" } } },
		{ { "INSERT INTO exception (host_id, obligation, reason, approver, measure, from_s,"
		    " until_s, made_by, made_at_s, unit_id, record_id) SELECT 0, obligation, reason,"
		    " approver, measure, $1, until_s, $2, $1, $3, 0 FROM exception WHERE id IN"
		    " (SELECT row_id FROM unit_moved WHERE event_id = $4"
		    " AND of_table = 'exception')", "sbte" },
		  { "INSERT INTO unit_moved (event_id, of_table, row_id)"
		    " SELECT $2, 'exception_new', id FROM exception WHERE unit_id = $1 AND id >"
		    " (SELECT max(row_id) FROM unit_moved WHERE event_id = $2"
		    " AND of_table = 'exception')", "te" } },
		{ { "UPDATE exception SET ended_at_s = $1 WHERE ended_at_s = 0 AND id IN"
		    " (SELECT row_id FROM unit_moved WHERE event_id = $2"
		    " AND of_table = 'exception_new')", "se" } } },
	{ 0 },
};
/* clang-format on */
