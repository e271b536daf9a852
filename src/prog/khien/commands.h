/* commands.h - the tables that make `khien` of the rooms below: what it can do, whose tables stand
 * in its database. */
#ifndef PROG_KHIEN_COMMANDS_H
#define PROG_KHIEN_COMMANDS_H

#include "kit/command/command.h"
#include "kit/store/store.h"

extern const struct command *const khien_commands[];
extern const struct command serve_command; /* khien serve */

extern const struct store_room khien_rooms[];
extern const size_t khien_room_count;

#endif
