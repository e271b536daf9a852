/* grid.h - floor 2: one sheet as plain cells, the form in which a process that may do nothing
 * else hands over what it read of a stranger's file. Who reads a grid meets bounded records of
 * one kind, and no archive, XML or encoding any more. */
#ifndef KIT_OFFICE_GRID_H
#define KIT_OFFICE_GRID_H

#include "kit/office/office.h"

#define GRID_BYTES_MAX (256 * MIB)

/* Read SHEET (its name, or its number from 1; "": the first that is not hidden) of the table on
 * IN_FD, at most ROWS_MAX rows, and write the grid to OUT_FD. What is wrong with the table stands
 * in the grid; ERR_SYSTEM: it could not be written. */
MUST_CHECK int grid_make(int in_fd, struct str sheet, size_t rows_max, int out_fd, struct err *e);

struct grid {
	const struct office_sheet *sheets; /* of the whole file */
	size_t sheet_count, sheet;         /* which one this is */
	const char *fault;                 /* why there is no more; for tr(); NULL: all is there */
	struct str fault_about;            /* its {a}: the line */
	bool is_cut;               /* there were more rows than asked for */
	struct office_notes notes; /* complete after the last row */
	size_t rows;
	/* private */
	int fd;
	struct arena *arena;
	int64_t first, at;
	struct buf record;
	struct office_cell *cells;
};

/* ERR_INPUT: this is no grid. GRID's lists live in A; FD is borrowed until grid_close(). */
MUST_CHECK int grid_open(int fd, struct arena *a, struct grid *grid, struct err *e);
void grid_close(struct grid *grid);
/* 1 a row, good until the next call; 0 no more. */
MUST_CHECK int grid_next(struct grid *grid, struct office_row *ret, struct err *e);
void grid_rewind(struct grid *grid);

#endif
