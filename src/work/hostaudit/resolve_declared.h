/* resolve_declared.h - what the unit declares of this machine: docs/formats/machine.md. */
#ifndef WORK_RESOLVE_DECLARED_H
#define WORK_RESOLVE_DECLARED_H

#include "work/hostaudit/host.h"

#define DECLARED_FILE "/etc/khien/machine.yaml"
#define DECLARED_MAX 2000

struct approval {
	struct str what, name, why, by;
	struct date until;
	int line;
};

struct declaration {
	struct str kind, purpose; /* STR_NONE: not said */
	int64_t level;            /* 0: not said */
	int kind_line, level_line;
	VEC(struct approval) approved;
};

/* Read the bytes of such a file. Texts live in A. ERR_INPUT: "line:column: sentence". */
MUST_CHECK int declaration_parse(struct str bytes, struct arena *a, struct err *e,
	struct declaration *ret);

#endif
