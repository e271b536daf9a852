/* machines.h - the machines of the visitor's own unit, and what their newest audits leave to do. */
#ifndef FACE_MACHINES_H
#define FACE_MACHINES_H

#include "face/web/web_int.h"

struct machine {
	struct org_host host;
	struct audit_run run; /* id 0: never asked */
	bool is_old;          /* its audit proves nothing any more */
};

/* What one check found on one machine. */
struct machine_finding {
	const struct machine *machine;
	const struct evidence *row; /* the first of the worst */
};

/* A check that fails on so many machines, or cannot be told on so many. */
struct machine_work {
	const struct check *check; /* NULL: no longer known */
	struct str id;
	enum outcome outcome; /* OUTCOME_FAIL, OUTCOME_UNKNOWN */
	int weight;           /* the greatest of the obligations it answers */
	VEC(struct machine_finding) findings;
};

struct machines {
	struct machine *at; /* by name */
	size_t count;
	bool has_more;             /* than one page shows (VIEW_HOSTS_MAX) */
	struct machine_work *work; /* what fails first, then the weightiest, then on the most */
	size_t work_count;
	int max_age_days; /* the shortest time for which an obligation lets an audit prove it */
};

/* In v->a. None when the visitor may not see them. */
int machines_load(struct view *v, struct machines *ret);
/* Of its own machines that one, or NULL. */
struct machine *machines_find(const struct machines *m, int64_t host_id);

#endif
