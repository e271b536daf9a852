/* commands.h - the table of what `khien` can do. */
#ifndef PROG_KHIEN_COMMANDS_H
#define PROG_KHIEN_COMMANDS_H

#include "kit/command/command.h"

extern const struct command *const khien_commands[];
extern const struct command serve_command; /* khien serve */

#endif
