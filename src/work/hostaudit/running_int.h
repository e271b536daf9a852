/* running_int.h - private to running*.c. */
#ifndef WORK_RUNNING_INT_H
#define WORK_RUNNING_INT_H

#include "work/hostaudit/fact.h"
#include "work/hostaudit/running.h"

#define RUNNING_SLOTS 1024

struct running_all {
	struct running r; /* first: a pointer to the one is a pointer to the other */
	int rc;
	size_t slots[RUNNING_SLOTS]; /* 1 + index of the newest file with that hash, or 0 */
	VEC(struct str) shared;      /* other mount namespaces with the machine's root */
};

/* What runs, read once for all tables that ask; what was noted on the way is noted for a table of
 * its own, and told to each of them with what it is given. */
extern const struct fact_table running_gaps;
struct running_all *running_once(struct host *h);
int running_given(struct host *h, const struct running_all *all, const struct running **ret);

/* Package and state of every file of R. */
void running_judge(struct host *h, struct running *r);

#endif
