#include "prog/khien/commands.h"
#include "face/cli/cli.h"

const struct command *const khien_commands[] = {
	&cmd_audit,
	&cmd_pack_check,
	NULL,
};
