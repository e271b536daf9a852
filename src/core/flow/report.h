/* report.h - floor 3, beside flow.h: cases that whoever belongs to a unit may begin there, without
 * any right in it (`begins: anyone`). */
#ifndef CORE_FLOW_REPORT_H
#define CORE_FLOW_REPORT_H

#include "core/flow/flow.h"

/* flow_start() with what F asks of who begins it, in ABOUT->values; a moment that has not come yet
 * is none. ERR_CONFLICT with RET_WHY filled: something is missing or wrong, nothing has changed. */
MUST_CHECK int flow_report(const struct flow_by *by, const struct flow *f,
	const struct flow_subject *about, struct flow_refusals *ret_why, int64_t *ret_id,
	struct err *e);

#endif
