/* by.c - who moves a case, and may he. */
#include "core/flow/flow_int.h"

struct str flow_login(const struct flow_by *by)
{
	return by->user ? by->user->login : STR("");
}

bool flow_may(const struct flow_by *by, enum flow_who who, int64_t unit_id)
{
	static const enum org_right rights[] = { RIGHT_ACT, RIGHT_APPROVE, RIGHT_SIGN };

	return by->user && org_may(by->user, rights[who], by->tree, unit_id);
}
