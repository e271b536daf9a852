/* reach.h - floor 3, beside evidence.h: whom a letter is for that cannot wait for tomorrow's
 * digest. */
#ifndef CORE_EVIDENCE_REACH_H
#define CORE_EVIDENCE_REACH_H

#include "core/org/staff.h"

struct reach_query {
	struct store *store;
	const struct pack_set *packs;
	const struct org_tree *tree; /* NULL: nobody above is asked */
	struct str day;
	int64_t unit_id;
	const struct str *roles; /* of the law */
	size_t role_count;
};
/* Whoever has one of the roles in the unit: by their account, because they stand in for such a one,
 * or by a decision. Where nobody has, its officer, else who decides there; else the unit above is
 * asked the same. Only those whom a letter reaches. In A. */
MUST_CHECK int reach_whom(
	const struct reach_query *q, struct arena *a, struct staff_readers *ret, struct err *e);

#endif
