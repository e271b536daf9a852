/* foreign_int.h - private to work/foreign. */
#ifndef WORK_FOREIGN_INT_H
#define WORK_FOREIGN_INT_H

#include "kit/text/text.h"
#include "work/foreign/foreign.h"

typedef VEC(struct foreign_finding) finding_vec;

/* A tool's reader: it gets the bytes in pieces. */
struct foreign_reader {
	void *(*open)(struct arena *a);
	int (*feed)(void *context, struct str bytes, struct err *e);
	int (*finish)(void *context, struct imported *ret, struct err *e);
	void (*close)(void *context);
};
extern const struct foreign_reader xccdf_reader, lynis_reader;

/* "2026-11-26T01:02:03+00:00", "…Z", or with a blank and no zone: then it is the time of Viet Nam.
 * 0: none. */
int64_t foreign_time(struct str text);

#endif
