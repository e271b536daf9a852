/* import_job.h - an import as pages and the API drive it: bringing a file, and the steps of a
 * job. */
#ifndef FACE_WEB_IMPORT_JOB_H
#define FACE_WEB_IMPORT_JOB_H

#include "face/web/import.h"
#include "face/web/register_int.h"

struct job_page {
	struct register_page p;
	struct exchange_job job;
};

/* The file that came in the field NAME, with something in it; NULL: none did. */
const struct http_file *import_file(const struct view *v, const char *name);
/* SENT becomes a job for the register of P; JOB has its unit_id, the rest is filled in. */
MUST_CHECK int import_bring(struct view *v, const struct register_page *p,
	const struct http_file *sent, struct exchange_job *job);
/* The job that the first {} names, with its register; answers itself when there is none. */
bool import_of_path(struct view *v, struct job_page *ret);
/* When its file is read, have its rows checked. ERR_CONFLICT: somebody else did. */
MUST_CHECK int import_go_on(struct view *v, struct job_page *j);
/* What somebody wants of it: "trang" (another sheet), "cot" (other columns), "luu", "bo" or
 * "hoan-tac". ERR_CONFLICT: not in the state it is in; ERR_DENIED: it wrote to units out of
 * reach. */
MUST_CHECK int import_act(struct view *v, struct job_page *j, struct str what);

#endif
