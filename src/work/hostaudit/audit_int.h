/* audit_int.h - private to hostaudit: what an audit is made of. */
#ifndef WORK_AUDIT_INT_H
#define WORK_AUDIT_INT_H

#include "work/hostaudit/fact_int.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/hostaudit.h"

#define SUBJECTS_MAX 5000

struct hostaudit {
	struct host *host;
	struct facts *facts;
	struct arena *arena; /* the host's */
	const struct pack_set *packs;
	int level;
	struct date on;
	int64_t steps;
	const char *declared_in;          /* "file", "record" or NULL */
	bool is_replay;                   /* of a snapshot: nothing is read */
	struct hostaudit_profile profile; /* then: of the host that was read */
};

/* question.c: prepare one SELECT. */
MUST_CHECK int audit_prepare(
	struct hostaudit *audit, struct str sql, sqlite3_stmt **ret, struct err *e);
/* 1 a row, 0 done, <0. */
MUST_CHECK int audit_step(struct hostaudit *audit, sqlite3_stmt *stmt, struct err *e);

#endif
