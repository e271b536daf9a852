/* report.h - private to cli: one audit as JSON, text for a terminal, or a page that stands alone.
 */
#ifndef FACE_CLI_REPORT_H
#define FACE_CLI_REPORT_H

#include "kit/command/command.h"
#include "work/hostaudit/hostaudit.h"

struct report {
	const struct pack_set *packs;
	struct hostaudit_profile host;
	const char *root;
	int level;
	int64_t at_s, duration_us;
	const struct hostaudit_result *results;
	size_t count;
	size_t of_outcome[4];
	enum lang lang;
	struct arena *arena;
};

typedef void report_writer(const struct report *report, struct buf *out);
report_writer report_json, report_text, report_html;

/* A snapshot of an audit (docs/formats/snapshot.md) to and from a file. */
MUST_CHECK int snapshot_write(const char *path, struct hostaudit *audit, struct arena *a,
	struct err *e);
MUST_CHECK int snapshot_read(const char *path, struct arena *a, struct str *ret, struct err *e);
/* Any file a person names, of at most MAX_BYTES. */
MUST_CHECK int text_file_read(const char *path, size_t max_bytes, struct arena *a,
	struct str *ret, struct err *e);

/* khien audit --import FILE: what another tool found. */
MUST_CHECK int report_foreign(const struct command_line *line, struct err *e);

/* The row that speaks for a check: the first with the outcome of the whole. */
const struct evidence *report_worst(const struct hostaudit_result *result);
/* "đạt", "KHÔNG ĐẠT" … in the report's language. */
const char *report_outcome(const struct report *report, enum outcome outcome);
/* Why, what was wanted and how to mend, in the report's language; "" when there is nothing to say.
 */
struct str report_found(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row);
struct str report_reason(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row);
struct str report_wanted(const struct report *report, const struct hostaudit_result *result);
struct str report_cure(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row, enum lang lang);
/* "tay-son/D8.3, tay-son/D10.1.d#2": the obligations in force that the check helps to answer. */
struct str report_obligations(const struct report *report, const struct hostaudit_result *result);

#endif
