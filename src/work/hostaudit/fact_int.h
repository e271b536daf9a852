/* fact_int.h - private to fact.c and audit.c: filled tables behind SQLite. */
#ifndef WORK_FACT_INT_H
#define WORK_FACT_INT_H

#include <sqlite3.h>

#include "work/hostaudit/fact.h"

/* sql_memory.c: what SQLite takes its memory from. */
extern const sqlite3_mem_methods sql_memory;

struct fact_value {
	enum { VALUE_NULL, VALUE_TEXT, VALUE_INT } kind;
	union {
		struct str text;
		int64_t number;
	};
};

struct fact_rows {
	const struct fact_table *table;
	struct host *host;
	struct arena *arena;
	size_t column_count;
	VEC(struct fact_value *) rows;
	bool is_full;    /* a ceiling was reached: further rows go nowhere */
	bool is_filled;
	bool is_scanned; /* by the question at hand */
	int rc;          /* what fill() gave */
	struct err err;
};

#define FACT_TABLES_MAX 96

/* All tables of one host, filled when first asked. */
struct facts {
	struct host *host;
	struct arena arena;
	sqlite3 *db;
	struct fact_rows rows[FACT_TABLES_MAX];
	size_t count;
};

MUST_CHECK int facts_open(struct host *h, const struct fact_table *const *tables,
	struct facts **ret, struct err *e);
struct facts *facts_close(struct facts *f);
/* The rows of a table, or NULL when there is no such table. */
struct fact_rows *facts_rows(struct facts *f, struct str table);
/* Fill it now if it was not. */
void facts_fill(struct fact_rows *rows);

#endif
