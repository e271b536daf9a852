/* refer.h - floor 3, beside flow.h: fields of a case that are records of a register: the
 * certificate of an erasure is a row of the register of erasures, and of this very device. */
#ifndef CORE_FLOW_REFER_H
#define CORE_FLOW_REFER_H

#include "core/flow/flow.h"

struct flow_record {
	int64_t id;
	struct str words; /* its title, and the number of its paper */
};
/* The records that FIELD of case C may be, at most some two hundred: of its register, of the case's
 * unit, about what the case is about. What else stops them is told when one is chosen. In by->a. */
MUST_CHECK int flow_records(const struct flow_by *by, const struct flow_case *c,
	const struct flow_field *field, struct flow_record **ret, size_t *ret_count, struct err *e);
/* *RET: NULL, or the words, T(), of why VALUE may not be it. */
MUST_CHECK int flow_record_fault(const struct flow_by *by, const struct flow_case *c,
	const struct flow_field *field, struct str value, const char **ret, struct err *e);
/* The record as people name it; VALUE itself when there is none: older cases have the words that
 * were typed. *RET_ID 0: no record. */
struct str flow_record_words(const struct flow_reader *r, const struct flow_field *field,
	struct str value, int64_t *ret_id);

#endif
