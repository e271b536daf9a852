#include "prog/khien/commands.h"
#include "face/cli/cli.h"
#include "face/intake/intake.h"
#include "face/web/web.h"

const struct command *const khien_commands[] = {
	&cmd_audit,
	&cmd_ask,
	&cmd_review,
	&cmd_tables,
	&cmd_checks,
	&cmd_integrity_baseline,
	&cmd_integrity_check,
	&cmd_integrity_show,
	&cmd_integrity_accept,
	&cmd_integrity_window,
	&cmd_pack_check,
	&cmd_pack_show,
	&cmd_pack_diff,
	&cmd_pack_param,
	&cmd_pack_export,
	&cmd_log_seal,
	&cmd_log_witness,
	&cmd_verdicts,
	&cmd_verdicts_sweep,
	&cmd_duty_list,
	&cmd_trail_check,
	&cmd_witness,
	&intake_log_import,
	&serve_command,
	&cmd_log_search,
	&cmd_log_prove,
	&cmd_log_stat,
	&cmd_log_month,
	&cmd_log_media,
	&web_user_reset,
	&web_user_unlock,
	NULL,
};
