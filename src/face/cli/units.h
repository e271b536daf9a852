/* units.h - private to cli: the commands about units and their work. */
#ifndef FACE_CLI_UNITS_H
#define FACE_CLI_UNITS_H

#include "core/org/unit.h"
#include "face/cli/cli_int.h"

#define CLI_DATA_OPTION \
	{ \
		"data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") \
	}
#define CLI_UNIT_OPTION \
	{ \
		"unit", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, \
			T("đơn vị: số hoặc mã; không ghi thì mọi đơn vị") \
	}
#define CLI_ON_OPTION \
	{ \
		"on", OPTION_TEXT, T("NGÀY"), NULL, \
			T("tính đến hết ngày này, NĂM-THÁNG-NGÀY; mặc định bây giờ") \
	}

/* What such a command works on. */
struct cli_units {
	struct store *store;
	struct pack_set *packs;
	int64_t at_s;
	struct org_tree tree;
	const struct org_unit *only; /* --unit; NULL: all */
};

/* By --data, --packs, and --on and --unit where the command has them. ERR_INPUT and ERR_ABSENT
 * name the option that is wrong. */
MUST_CHECK int cli_units_open(
	const struct command_line *line, struct cli_units *ret, struct err *e);
void cli_units_close(struct cli_units *u);

#endif
