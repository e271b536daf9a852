/* goods.c - what is attached to records goes along with them when their unit ends. */
#include "core/file/file.h"

const struct org_goods file_goods[] = {
	{ T("tệp đính kèm bản ghi"),
		"SELECT count(*) FROM attachment WHERE unit_id = $1 AND of = 'record'",
		{ { "INSERT INTO unit_moved (event_id, of_table, row_id) SELECT $2, 'attachment',"
		    " id FROM attachment WHERE unit_id = $1 AND of = 'record'",
			  "fe" },
			{ "UPDATE attachment SET unit_id = $2 WHERE unit_id = $1 AND of = 'record'",
				"ft" } },
		{ { "UPDATE attachment SET unit_id = $1 WHERE unit_id = $2 AND id IN (SELECT row_id"
		    " FROM unit_moved WHERE event_id = $3 AND of_table = 'attachment')",
			"fte" } } },
	{ 0 },
};
