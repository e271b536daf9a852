/* files.h - files attached to something, as pages show, take and give them. */
#ifndef FACE_WEB_FILES_H
#define FACE_WEB_FILES_H

#include "core/file/file.h"
#include "face/web/web_int.h"

/* A choice of where in a record the file belongs. */
struct files_field {
	struct str id, words;
};

struct files_of {
	const char *of; /* "record": see core/file/file.h */
	struct str key;
	int64_t unit_id;
	const char *action; /* where the form goes: a POST route with FILES(); NULL: no more come */
	bool has_views;     /* pictures are shown below the list */
	bool may_act;
	const struct files_field *fields; /* may be none */
	size_t field_count;
	bool (*is_seen)(void *context, struct str field); /* NULL: all are */
	void *context;
};

struct file_at view_file_at(struct view *v);
/* The list with its links, those taken off, and the form for more. */
void html_files(struct view *v, const struct files_of *x);
/* The files of the form that was sent, attached; goes back to BACK, or answers what went wrong. */
void files_take(struct view *v, const struct files_of *x, const char *back);
/* The one file that a form of evidence brings, kept: F says of what (of, key, unit_id) and comes
 * back whole. 1; 0 when the form brings none; <0. */
MUST_CHECK int file_sent(struct view *v, struct file *f);
/* ROW names the file with its digest, beside what it named already. */
void file_prove(struct view *v, const struct file *f, struct evidence *row);
/* "12,4 KB" */
const char *size_text(struct view *v, int64_t bytes);
/* A Content-Disposition that any name is safe in. */
const char *disposition_of(struct view *v, const char *kind, struct str name);
/* Send the bytes of R, which it closes, as the answer. */
void file_send(struct view *v, struct file_reading *r, int64_t size_bytes);

/* The file that the first {} names. What it is attached to says whether this visitor may see it;
 * answers itself when not. */
bool file_of_path(struct view *v, struct file *ret);

void page_file(struct view *v);
void page_file_get(struct view *v);
void page_file_show(struct view *v);
void page_file_off_post(struct view *v);
void page_file_back_post(struct view *v);
void api_files(struct view *v);
void api_files_post(struct view *v);
void api_file(struct view *v);
void api_file_remove(struct view *v);
void api_file_restore(struct view *v);
void page_quota(struct view *v);
void page_quota_post(struct view *v);

#endif
