/* log.h - private to cli: what the log commands share. */
#ifndef FACE_CLI_LOG_H
#define FACE_CLI_LOG_H

#include "kit/command/command.h"
#include "work/archive/find.h"
#include "work/seal/seal.h"

#define CLI_DATA_OPTION \
	{ \
		"data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu của dịch vụ") \
	}

/* The folder of the log below --data, which must be given and be there. */
MUST_CHECK int cli_log_folder(const struct command_line *line, struct err *e, const char **ret);
/* The log below --data. */
MUST_CHECK int cli_log_open(const struct command_line *line, struct err *e, struct find **ret);
/* "2026-1234", or an index of the newest shard. */
MUST_CHECK int cli_log_place(
	const char *text, const struct find *f, struct find_place *ret, struct err *e);
/* After a search: what of the log could not be read is said, and the exit status is 1 then, for
 * what was found may not be all. */
int cli_log_amiss(const struct command_line *line, const struct find *f);
/* JSON becomes a leaf of kind 8 of the log at P, whose service stands still, and is sealed; what
 * comes next goes into a write-ahead file of its own. */
MUST_CHECK int cli_log_seal(const struct command_line *line, const struct seal_place *p,
	struct str json, struct seal_answer *ret, struct err *e);
/* A fault of a question as the sentence of an error, with a mark below the column. */
int cli_log_fault(const struct command_line *line, struct str text, const struct parse_fault *fault,
	struct err *e);

#endif
