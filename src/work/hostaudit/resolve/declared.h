/* declared.h - what the unit declares of this machine: docs/formats/machine.md. */
#ifndef WORK_RESOLVE_DECLARED_H
#define WORK_RESOLVE_DECLARED_H

#include "kit/text/text.h"
#include "work/hostaudit/host.h"

#define DECLARED_FILE "/etc/khien/machine.yaml"
/* What the unit keeps on its server of a machine without that file: the page of its roles. */
#define DECLARED_RECORD "/may/vai-tro"
#define DECLARED_MAX 2000
#define DECLARED_BYTES (256 * KIB)

/* A draft lacks its reason, its approver or its end: it stands in the file and approves nothing. */
struct approval {
	struct str what, name, why, by;
	struct date until;
	bool is_draft;
	int line;
};

struct declared_backup {
	struct str name, tool, target, where, by; /* where: elsewhere | external | local */
	struct str encrypted;                     /* yes | no | "" not said */
	int64_t every_days;                       /* 0: not said */
	struct date until, last_restore_test;     /* year 0: not said */
	bool is_draft;
	int line;
};

struct declaration {
	struct str kind, purpose, data; /* STR_NONE: not said */
	int64_t level;                  /* 0: not said */
	int kind_line, level_line;
	VEC(struct str) roles;
	VEC(struct approval) approved;
	VEC(struct declared_backup) backups;
};

/* Why such a file was refused. WORDS is a Vietnamese sentence for tr(). */
struct declared_fault {
	int line, column;
	struct str field; /* "approved.until"; "" for the file as a whole */
	const char *words;
	struct str about; /* fills {a} in WORDS */
};

/* Read the bytes of such a file. Texts live in A. ERR_INPUT: *RET_FAULT says why. */
MUST_CHECK int declaration_parse(struct str bytes, struct arena *a,
	struct declared_fault *ret_fault, struct declaration *ret);
/* "dòng 5, cột 3, mục approved.until: …" */
struct str declared_fault_text(const struct declared_fault *fault, enum lang lang, struct arena *a);

/* Where the declaration of this machine stands: its own file, or the server's record. */
const char *declared_path(const struct host *h);

#endif
