/* cli.h - floor 5: the commands of the terminal, a row each. prog/khien lists them. */
#ifndef FACE_CLI_H
#define FACE_CLI_H

#include "kit/command/command.h"

extern const struct command cmd_register_import, cmd_people_import, cmd_register_export;
extern const struct command cmd_audit, cmd_ask, cmd_review, cmd_tables, cmd_checks;
extern const struct command cmd_pack_check, cmd_pack_show, cmd_pack_diff, cmd_pack_param,
	cmd_pack_export;
extern const struct command cmd_log_recovery, cmd_log_seal, cmd_log_export, cmd_log_search,
	cmd_log_prove, cmd_log_redact, cmd_log_stat, cmd_log_keep, cmd_log_month, cmd_log_media,
	cmd_log_witness, cmd_log_stamp, cmd_trail_check, cmd_witness;
extern const struct command cmd_backup, cmd_restore;
extern const struct command cmd_agent_witness; /* of khien-agent */
extern const struct command cmd_integrity_baseline, cmd_integrity_check, cmd_integrity_show,
	cmd_integrity_accept, cmd_integrity_window;
extern const struct command cmd_verdicts, cmd_verdicts_sweep, cmd_duty_list;
extern const struct command cmd_demo, cmd_flow_list, cmd_flow_show;
extern const struct command cmd_register_list, cmd_register_show;

/* The process of `khien serve` that has the log remembered outside, and the folders it uses. */
struct process;
int outside_start(const struct process *self);
extern const char *const outside_writes[], *const outside_reads[];

#endif
