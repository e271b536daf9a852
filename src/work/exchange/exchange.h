/* exchange.h - floor 4: registers to and from tables. An import is read as a grid (kit/office),
 * its columns are matched with the fields of a register, every fault of every row is named, and
 * only then is it saved, in one transaction, as one change that can be undone. An export is what
 * is seen, row by row in bounded memory. */
#ifndef WORK_EXCHANGE_H
#define WORK_EXCHANGE_H

#include "core/org/rights.h"
#include "core/record/record.h"
#include "kit/office/grid.h"

#define EXCHANGE_ROWS_MAX 100000
#define EXCHANGE_FAULTS_MAX 20000

extern const struct store_step exchange_steps[];
extern const size_t exchange_step_count;

/* The roster, as if it were a register: what is said here of registers holds for it, and its rows
 * are people of core/org/staff.h. A person who is there is found by the code. */
#define EXCHANGE_PEOPLE "nhan-su"
const struct pack_register *exchange_people(void);

/* --- what the columns mean -------------------------------------------------------------------- */

enum exchange_meaning {
	COLUMN_UNKNOWN, /* left alone */
	COLUMN_FIELD,
	COLUMN_RECORD, /* the number of the record, as an export has it */
	COLUMN_UNIT,   /* the unit it belongs to */
};

struct exchange_column {
	struct str heading; /* as it stands in the file; "" */
	enum exchange_meaning meaning;
	const struct register_field *field; /* COLUMN_FIELD */
};

struct exchange_map {
	uint32_t head_row; /* where the headings stand */
	struct exchange_column *columns;
	size_t count, known;
};

/* Find the row of headings among the first ones of GRID and what each says: with or without marks,
 * Vietnamese or English, whole or nearly. No heading known: known is 0. In A. */
MUST_CHECK int exchange_guess(struct grid *grid, const struct pack_register *reg, struct arena *a,
	struct exchange_map *ret, struct err *e);
/* One column by hand: TEXT is "C=ten", "C=" leaves it alone, "C=@unit", "C=@record". */
MUST_CHECK int exchange_set(
	struct exchange_map *map, const struct pack_register *reg, struct str text, struct err *e);

/* --- import ----------------------------------------------------------------------------------- */

struct exchange {
	const struct record_at *at;
	const struct org_user *user; /* whose rights count; NULL: all of them (the terminal) */
	const struct org_tree *tree;
	int64_t unit_id; /* of rows that name none */
	struct grid *grid;
	struct exchange_map map;
	struct str file; /* its name, and the SHA-256 of its bytes, for the record of the import */
	const char *sha256;
	void (*progress)(void *context, size_t rows); /* now and then; may be NULL */
	void *progress_context;
};

/* One fault: where it stands, what is wrong, how it is mended. */
struct exchange_fault {
	uint32_t row;
	size_t column; /* SIZE_MAX: the row as a whole */
	struct str heading, value;
	struct str words, mend; /* in the language asked for */
};

#define EXCHANGE_TOTALS_MAX 8

struct exchange_result {
	size_t rows, added, changed, same;
	uint32_t totals[EXCHANGE_TOTALS_MAX]; /* rows of sums, which are no records */
	size_t total_count;                   /* may be more than are told */
	struct exchange_fault *faults;
	size_t fault_count;
	bool has_more_faults;
	int64_t import_id; /* 0: nothing was saved */
};

/* "12, 40", "12, 40, …"; "" when no row was one of sums. In A. */
struct str exchange_totals_words(const struct exchange_result *r, struct arena *a);
/* Look at every row. Saves nothing, whatever it finds. RET lives in A, which needs room for the
 * names of people and records. */
MUST_CHECK int exchange_check(const struct exchange *x, enum lang lang, struct arena *a,
	struct exchange_result *ret, struct err *e);
/* The same, and when there is no fault all of it is saved at once. ERR_INPUT: there are faults. */
MUST_CHECK int exchange_apply(const struct exchange *x, enum lang lang, struct arena *a,
	struct exchange_result *ret, struct err *e);

struct exchange_import {
	int64_t id, unit_id, at_s, undone_at_s, added, changed;
	struct str register_id, file, by, undone_by;
};
struct exchange_imports {
	struct exchange_import *at;
	size_t count;
};
/* Newest first, at most MAX, of the register (STR_NONE: of all). */
MUST_CHECK int exchange_imports(struct store *s, struct str register_id, size_t max,
	struct arena *a, struct exchange_imports *ret, struct err *e);
/* Take an import back: what it added is cancelled, what it changed is as before. Records changed
 * since are left alone and counted in *RET_LEFT. ERR_CONFLICT: it is undone already; ERR_ABSENT;
 * ERR_DENIED: older than RECORD_UNDO_DAYS. */
MUST_CHECK int exchange_undo(
	const struct record_at *at, int64_t import_id, size_t *ret_left, struct err *e);

/* The file again as XLSX: its cells, those with a fault marked, the faults in one column more. */
MUST_CHECK int exchange_fault_file(const struct exchange *x, const struct exchange_result *result,
	enum lang lang, struct buf *out, struct err *e);

/* --- one value for many records --------------------------------------------------------------- */

#define EXCHANGE_BULK_MAX 2000

struct exchange_bulk {
	const struct record_at *at;
	const int64_t *ids;
	size_t count; /* EXCHANGE_BULK_MAX at most */
	struct record_body typed;
	int64_t unit_id;       /* to which each goes; 0: it stays where it is */
	struct str why, title; /* TITLE: what the change is called among the imports */
	int64_t mark; /* what exchange_bulk_look() saw last; what changed since is left out */
};
struct exchange_bulk_row {
	struct record r; /* as it is; once saved, as it became */
	int64_t was_unit_id;
	struct record_body after;
	bool is_same;
	const char *fault; /* for tr(), {a} is ABOUT; NULL: it can be done */
	struct str about;
};
/* What would become of each; saves nothing. RET has COUNT rows, in AT's arena. */
MUST_CHECK int exchange_bulk_look(const struct exchange_bulk *b, struct exchange_bulk_row *ret,
	int64_t *ret_mark, struct err *e);
/* All that can be done, in one transaction, as one change that exchange_undo() takes back. What
 * cannot has its fault in RET. *RET_IMPORT is 0 when nothing changed. */
MUST_CHECK int exchange_bulk_save(const struct exchange_bulk *b, struct exchange_bulk_row *ret,
	int64_t *ret_import, struct err *e);

/* --- export ----------------------------------------------------------------------------------- */

struct exchange_export {
	const struct record_at *at; /* its arena is emptied between pages of rows by its owner: see
				     * exchange_next() */
	const struct record_query *query;
	const struct org_tree *tree;
	const struct register_field *const *fields; /* the columns, in their order */
	size_t field_count;
	enum lang lang;
	bool is_xlsx;
};

struct exchange_writing;
/* Headings go into OUT at once. */
MUST_CHECK int exchange_begin(const struct exchange_export *x, struct buf *out,
	struct exchange_writing **ret, struct err *e);
/* One more page of rows behind what is in OUT, which the caller empties: 1 there is more, 0 it is
 * whole. */
MUST_CHECK int exchange_next(struct exchange_writing *w, struct err *e);
struct exchange_writing *exchange_end(struct exchange_writing *w); /* NULL is fine */

/* The template of a register: headings, choices to pick from, a sheet that explains each. */
MUST_CHECK int exchange_template(
	const struct pack_register *reg, enum lang lang, struct buf *out, struct err *e);

#endif
