/* month.h - private to cli: the months of a log and where they stand. */
#ifndef FACE_CLI_MONTH_H
#define FACE_CLI_MONTH_H

#include "kit/command/command.h"
#include "kit/vfile/vfile.h"

/* "2026-10", or ERR_INPUT with a sentence. */
MUST_CHECK int cli_month_check(const struct command_line *line, const char *month, struct err *e);
/* The shard of that month in the log FOLDER; *RET is yours. */
MUST_CHECK int cli_month_shard(const struct command_line *line, const char *folder,
	const char *month, struct vfile_disk **ret, struct err *e);

#endif
