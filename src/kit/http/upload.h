/* upload.h - private to kit/http: the body of a form with files, on its way to the disk. */
#ifndef KIT_HTTP_UPLOAD_H
#define KIT_HTTP_UPLOAD_H

#include "kit/http/http.h"

struct upload;

/* FOLDER of DISK takes the files. *RET lives in A; upload_end() removes what nobody took. */
MUST_CHECK int upload_begin(struct str content_type, struct vfile_disk *disk, const char *folder,
	struct arena *a, struct upload **ret, struct err *e);
/* More of the body; after a failure nothing more is taken. */
void upload_add(struct upload *u, struct str bytes);
/* All of it came: its fields and files into RQ, or what is wrong. */
void upload_take(struct upload *u, struct http_request *rq);
void upload_end(struct upload *u); /* NULL is fine */

#endif
