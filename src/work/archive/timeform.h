/* timeform.h - private to work/archive: times as logs write them, to one number and back to the
 * same bytes. A form is a kind with the count of digits of the fraction; with it the number gives
 * back exactly what was read, or timeform_parse() did not take it. */
#ifndef ARCHIVE_TIMEFORM_H
#define ARCHIVE_TIMEFORM_H

#include "base/base.h"

enum timeform_kind {
	TIMEFORM_BSD,        /* Jan  1 00:00:00 */
	TIMEFORM_BSD_ZERO,   /* Jan 01 00:00:00 */
	TIMEFORM_ISO_T,      /* 2026-01-31T00:00:00.123456 */
	TIMEFORM_ISO_BLANK,  /* 2026-01-31 00:00:00.123 */
	TIMEFORM_ISO_COMMA,  /* 2026-01-31 00:00:00,123 */
	TIMEFORM_WEB,        /* 31/Jan/2026:00:00:00 */
	TIMEFORM_CLOCK,      /* 00:00:00.123 */
	TIMEFORM_CTIME,      /* Thu Jan  1 00:00:00 2026 */
	TIMEFORM_CTIME_ZERO, /* Thu Jan 01 00:00:00 2026 */
	TIMEFORM_EPOCH,      /* 1767225600.123456 */
	TIMEFORM_KINDS
};

#define TIMEFORM_LETTERS 3       /* that stand together, at most */
#define TIMEFORM_FORMS (16 * 10) /* form = digits of the fraction * 16 + kind */
#define EPOCH_DIGITS 10          /* of the seconds of TIMEFORM_EPOCH */
#define TIMEFORM_TEXT_MAX 40

/* Is FORM one that timeform_parse() may return? */
bool timeform_is_known(unsigned form);
/* A time at the beginning of S: how many bytes it takes, or 0 for none. */
size_t timeform_parse(const char *s, size_t len, uint8_t *ret_form, int64_t *ret_value);
/* The text of VALUE in FORM, its length; 0 when the form cannot write it. TEXT has
 * TIMEFORM_TEXT_MAX bytes. */
size_t timeform_write(unsigned form, int64_t value, char *text);
/* May a text of FORM hold S, upper or lower case; at its very beginning, at its very end? False is
 * certain, true is not. */
bool timeform_may_hold(unsigned form, const char *s, size_t len, bool is_start, bool is_end);

#endif
