/* month.h - private to cli: the months of a log and where they stand. */
#ifndef FACE_CLI_MONTH_H
#define FACE_CLI_MONTH_H

#include "face/cli/cli_int.h"
#include "kit/vfile/vfile.h"
#include "work/archive/guard.h"

/* "2026-10", or ERR_INPUT with a sentence. */
MUST_CHECK int cli_month_check(const struct command_line *line, const char *month, struct err *e);
/* The shard of that month in the log FOLDER; *RET is yours. */
MUST_CHECK int cli_month_shard(const struct command_line *line, const char *folder,
	const char *month, struct vfile_disk **ret, const char **ret_name, struct err *e);

/* For keep_watch: how far it is, in MB, on a terminal; CONTEXT is a struct cli_waiting. */
void cli_month_tell(void *context, uint64_t done, uint64_t all);

/* What the packs in force ask of the months. */
MUST_CHECK int cli_month_law(
	const struct command_line *line, unsigned level, struct guard_law *ret, struct err *e);
/* ERR_INPUT, in words: POLICY is below the law. */
MUST_CHECK int cli_month_policy(const struct command_line *line, const struct guard_policy *policy,
	const struct guard_law *law, struct err *e);

#endif
