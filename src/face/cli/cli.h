/* cli.h - floor 5: the commands of the terminal, a row each. prog/khien lists them. */
#ifndef FACE_CLI_H
#define FACE_CLI_H

#include "kit/command/command.h"

extern const struct command cmd_audit, cmd_ask, cmd_tables, cmd_checks;
extern const struct command cmd_pack_check, cmd_pack_show, cmd_pack_diff, cmd_pack_param,
	cmd_pack_export;
extern const struct command cmd_log_seal, cmd_trail_check;
extern const struct command cmd_integrity_baseline, cmd_integrity_check, cmd_integrity_show,
	cmd_integrity_accept, cmd_integrity_window;

#endif
