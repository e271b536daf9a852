/* import.h - files of registers that pages bring, between the page, the process that reads a
 * stranger's file, and the one that checks and saves what stands in it. They meet in DATA/import:
 *   N.file  what was brought        N.ask   "read it": the name of the sheet
 *   N.grid  what was read of it     N.rows  how many rows are done
 *   N.xlsx  the file again, its faults marked */
#ifndef FACE_WEB_IMPORT_H
#define FACE_WEB_IMPORT_H

#include "kit/office/grid.h"
#include "work/exchange/job.h"

#define IMPORT_FOLDER "import" /* of the data folder */

/* DATA/import/ID.TAIL in A. */
const char *imported_path(const char *data, int64_t id, const char *tail, struct arena *a);

struct import_grid {
	struct grid grid;
	struct exchange_map map;
	int fd;
};
/* What was read of the file, to its end, so that its notes are complete. ERR_ABSENT: not read
 * yet. */
MUST_CHECK int imported_open(
	const char *data, int64_t id, struct arena *a, struct import_grid *ret, struct err *e);
/* Which column is which field: guessed, then as JOB says. */
MUST_CHECK int imported_map(struct import_grid *g, const struct exchange_job *job,
	const struct pack_register *reg, struct arena *a, struct err *e);
void imported_close(struct import_grid *g);
/* All files of it. */
void imported_remove(const char *data, int64_t id);

#endif
