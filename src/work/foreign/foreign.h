/* foreign.h - floor 4: what another tool found on a machine, read as evidence: XCCDF results
 * (alone or within an ARF) as oscap writes them, and the report data of Lynis. The bytes come in
 * pieces of any size and are never all in memory. XML is read without a DTD and without entities,
 * within a ceiling of memory; whatever is not understood is a failure with its line.
 *
 * Which check a rule tells of is a table of the packs (packs/checks/import/). What it says never
 * replaces what our own check says (work/comply). */
#ifndef WORK_FOREIGN_H
#define WORK_FOREIGN_H

#include "base/base.h"
#include "core/evidence/evidence.h"
#include "core/pack/pack.h"

/* What the tool says of one of its rules. */
struct foreign_finding {
	struct str rule; /* "xccdf_org.ssgproject.content_rule_no_empty_passwords", "AUTH-9282" */
	enum outcome outcome;
	struct str said; /* in the tool's word: "notapplicable", "warning" */
	struct str text; /* the finding, where the tool tells more; "" */
	int64_t at_s;
};

struct imported {
	struct str tool;   /* "xccdf" or "lynis" */
	struct str origin; /* "cpe:/a:redhat:openscap:1.3.7, profile …" */
	struct str host;   /* as the tool calls the machine; "" */
	int64_t at_s;
	struct foreign_finding *findings;
	size_t count;
	size_t unchecked; /* rules that the tool names without looking at them */
	char sha256[65];  /* of all the bytes */
};

struct foreign;
/* What comes back of it lives in A. */
struct foreign *foreign_open(struct arena *a);
MUST_CHECK int foreign_feed(struct foreign *in, struct str bytes, struct err *e);
/* ERR_INPUT: "line N: why", and when there is no result of a known tool in it. */
MUST_CHECK int foreign_finish(struct foreign *in, struct imported *ret, struct err *e);
void foreign_close(struct foreign *in); /* NULL is fine */

/* One finding as evidence for one check; several rules may tell of one check and one rule of
 * several. */
struct foreign_row {
	const struct foreign_finding *finding;
	const struct check *check; /* NULL: the packs know no such rule */
	struct evidence evidence;  /* by EVIDENCE_IMPORT; host_id 0 */
};
/* In the order of the findings. In A. */
void foreign_map(const struct imported *in, const struct pack_set *packs, struct arena *a,
	struct foreign_row **ret, size_t *ret_count);

#endif
