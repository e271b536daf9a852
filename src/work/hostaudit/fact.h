/* fact.h - private to hostaudit: every fact about a host is a column of a read-only table. A table
 * is declared once, here as a const row, and filled by one function, once per run, when the first
 * question touches it. The same tables serve checks (packs/checks) and questions by hand (khien
 * ask).
 *
 * To add one: a file table_NAME.c with the row, and its name in tables.c. Nothing else. */
#ifndef WORK_FACT_H
#define WORK_FACT_H

#include "base/base.h"
#include "kit/text/text.h"
#include "work/hostaudit/host.h"

enum fact_type { FACT_TEXT, FACT_INT };

struct fact_column {
	const char *name;  /* snake_case, unit last: size_bytes, at_s */
	enum fact_type type;
	const char *words; /* Vietnamese, English in po/en.po */
};

struct fact_rows; /* the rows being made */

#define FACT_LIVE 1 /* says something of a running machine only: needs a /proc below the root */
#define FACT_ROOT 2 /* as a plain user it sees only a part: then a gap "no-rights" is noted */

struct fact_table {
	const char *name;
	const char *words; /* Vietnamese */
	unsigned flags;
	const struct fact_column *columns; /* ended by a NULL name */
	/* Fill ROWS. What cannot be read becomes a host_gap(), not a failure. <0 only when nothing
	 * at all can be said; then every check on the table is unknown. May be NULL never. */
	int (*fill)(struct host *h, struct fact_rows *rows, struct err *e);
};

/* Begin a row; all its values are NULL until set. At LIMIT_HOST_ROWS a gap "limit" is noted and the
 * row goes nowhere. */
void fact_row(struct fact_rows *rows);
/* COLUMN is the index in the table's columns: use an enum next to the table. Text is copied. */
void fact_text(struct fact_rows *rows, int column, struct str value);
void fact_cstr(struct fact_rows *rows, int column, const char *value);
void fact_int(struct fact_rows *rows, int column, int64_t value);

/* All tables, ended by NULL (tables.c). */
extern const struct fact_table *const fact_tables[];
const struct fact_table *fact_table_by_name(struct str name);

#endif
