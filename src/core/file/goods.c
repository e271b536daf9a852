/* goods.c - what is attached to records goes along with them when their unit ends. */
#include "core/file/file.h"

/* clang-format off */
#define OF_RECORD \
	"INSERT INTO unit_moved (event_id, of_table, row_id) SELECT $2, 'attachment', id" \
	" FROM attachment WHERE unit_id = $1 AND of = 'record'"
#define MOVED \
	"(SELECT row_id FROM unit_moved WHERE event_id = $3 AND of_table = 'attachment')"

const struct org_goods file_goods[] = {
	{ T("tệp đính kèm bản ghi"), NULL,
		"SELECT count(*) FROM attachment WHERE unit_id = $1 AND of = 'record'",
		{ OF_RECORD, "fe" },
		{ { "record", { OF_RECORD " AND CAST(key AS INTEGER) IN (SELECT m.row_id"
			" FROM unit_moved m JOIN record r ON r.id = m.row_id AND r.register = $3"
			" WHERE m.event_id = $2 AND m.of_table = 'record')", "fek" } } },
		{ { "UPDATE attachment SET unit_id = $2 WHERE unit_id = $1 AND id IN " MOVED,
		    "fte" } },
		{ { "UPDATE attachment SET unit_id = $1 WHERE unit_id = $2 AND id IN " MOVED,
		    "fte" } } },
	{ 0 },
};
/* clang-format on */
