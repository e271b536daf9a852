/* job.h - floor 4: an import step by step, as pages do it: a file was brought; it is read by a
 * process that may do nothing else; its rows are checked; somebody says yes; they are saved; they
 * may be taken back. Who asks only writes down what is wanted; another process does it. */
#ifndef WORK_EXCHANGE_JOB_H
#define WORK_EXCHANGE_JOB_H

#include "work/exchange/exchange.h"

#define EXCHANGE_JOBS_MAX 20
#define EXCHANGE_JOB_FAULTS_MAX 100
#define EXCHANGE_JOB_DAYS 7 /* a file that nobody confirmed is kept so long */

enum exchange_state {
	JOB_READ,    /* wanted: read the file */
	JOB_CHECK,   /* wanted: look at every row */
	JOB_CHECKED, /* there are faults, or somebody may say yes */
	JOB_SAVE,    /* wanted: save all of it */
	JOB_SAVED,
	JOB_UNDO, /* wanted: take it back */
	JOB_UNDONE,
	JOB_REFUSED, /* the file is no table; words says why */
	JOB_DROPPED, /* thrown away by who brought it, or after EXCHANGE_JOB_DAYS */
};

struct exchange_job {
	int64_t id, unit_id, at_s, asked_at_s, import_id, left;
	enum exchange_state state;
	enum lang lang;
	struct str register_id, file, sha256, by;
	struct str sheet, map; /* "": guessed; map is "A=ten,B=,C=@unit" */
	int64_t rows, added, changed, same, faults;
	bool has_more_faults;
	struct str totals;       /* "12, 40": rows of sums, passed over */
	struct str words, about; /* why it went no further: for tr(), {a} is about */
};

/* JOB has register_id, unit_id, lang, file, sha256, by, at_s; or, to take back an import of the
 * terminal, import_id and state JOB_UNDO. Its id goes to JOB. */
MUST_CHECK int exchange_job_add(struct store *s, struct exchange_job *job, struct err *e);
MUST_CHECK int exchange_job_get(
	struct store *s, int64_t id, struct arena *a, struct exchange_job *ret, struct err *e);
/* From state FROM to state TO, with the sheet and map of JOB. ERR_CONFLICT: it is not in FROM, or
 * TO is JOB_SAVE and there are faults. */
MUST_CHECK int exchange_job_ask(struct store *s, const struct exchange_job *job,
	enum exchange_state from, enum exchange_state to, int64_t now_s, struct err *e);
/* The oldest that wants checking, saving or undoing: 1, or 0. */
MUST_CHECK int exchange_job_wanted(
	struct store *s, struct arena *a, struct exchange_job *ret, struct err *e);
/* JOB as it is now: state, counts, import_id, words. RESULT, which may be NULL, has its faults. */
MUST_CHECK int exchange_job_done(struct store *s, const struct exchange_job *job,
	const struct exchange_result *result, struct err *e);
/* Faults from number FROM on, at most EXCHANGE_JOB_FAULTS_MAX, in the order of the file. */
MUST_CHECK int exchange_job_faults(struct store *s, int64_t id, int64_t from, struct arena *a,
	struct exchange_result *ret, struct err *e);
/* Of a register and UNITS (JSON, STR_NONE: all), the newest first, at most EXCHANGE_JOBS_MAX. */
struct exchange_jobs {
	struct exchange_job *at;
	size_t count;
};
MUST_CHECK int exchange_jobs(struct store *s, struct str register_id, struct str units,
	struct arena *a, struct exchange_jobs *ret, struct err *e);
/* Those older than EXCHANGE_JOB_DAYS that nobody confirmed become JOB_DROPPED; their ids, at most
 * MAX, go to IDS, so that their files can go. */
MUST_CHECK int exchange_jobs_forget(
	struct store *s, int64_t now_s, int64_t *ids, size_t max, size_t *ret_count, struct err *e);
/* How many records of the import stand in units that are not in UNITS (JSON). */
MUST_CHECK int exchange_import_outside(
	struct store *s, int64_t import_id, struct str units, int64_t *ret, struct err *e);

#endif
