/* register.h - private to cli: what the register commands share. */
#ifndef FACE_CLI_REGISTER_H
#define FACE_CLI_REGISTER_H

#include "core/org/unit.h"
#include "core/record/record.h"
#include "face/cli/cli_int.h"

/* A register of the packs and the database of a data folder. */
struct registers {
	const struct command_line *line;
	struct pack_set *packs;
	struct store *store;
	struct org_tree tree;
	struct record_at at;
	int64_t unit_id; /* of --unit, else 1 */
};

/* ID of a register, NULL: the roster; the data folder is needed unless IS_BARE. */
MUST_CHECK int registers_open(const struct command_line *line, const char *id, bool is_bare,
	struct registers *r, struct err *e);
void registers_close(struct registers *r);
void registers_complete(const struct command_line *line, size_t i);

#endif
