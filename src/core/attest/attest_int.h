/* attest_int.h - private to core/attest. */
#ifndef CORE_ATTEST_INT_H
#define CORE_ATTEST_INT_H

#include "core/attest/attest.h"

/* Did a case begin in the unit since then that contradicts POINT? */
int attest_is_against(const struct flow_by *by, const struct statement_point *point,
	int64_t unit_id, int64_t since_s, bool *ret, struct err *e);

#endif
