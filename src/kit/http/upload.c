/* upload.c - files of a form go to the disk as they come, and their digest with them. */
#include "kit/http/upload.h"

#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "kit/http/multipart.h"

struct upload {
	struct arena *a;
	struct vfile_disk *disk;
	const char *folder;
	struct http_multipart *parts;
	struct vfile file; /* that is written */
	struct sha256 *sha;
	VEC(struct http_file) files;
	enum http_body_fault fault;
};

static unsigned upload_number; /* so that no two files of this process have one name */

static int begin_file(void *context, struct str field, struct str name, struct err *e)
{
	struct upload *u = context;
	struct http_file *f = vec_add(u->a, &u->files);

	*f = (struct http_file){ .field = arena_str(u->a, field),
		.name = arena_str(u->a, name),
		.path = arena_fmt(u->a, "%s/new-%d-%u", u->folder, (int)getpid(), ++upload_number)
				.ptr };
	u->sha = sha256_new();
	return vfile_open(u->disk, f->path, VFILE_CREATE, &u->file, e);
}

static int put_file(void *context, struct str bytes, struct err *e)
{
	struct upload *u = context;

	sha256_add(u->sha, bytes);
	return vfile_append(&u->file, bytes, e);
}

static int end_file(void *context, struct err *e)
{
	struct upload *u = context;
	struct http_file *f = &u->files.at[u->files.len - 1];
	unsigned char digest[SHA256_SIZE];

	f->size_bytes = u->file.size_bytes;
	vfile_close(&u->file);
	sha256_end(u->sha, digest);
	u->sha = NULL;
	(void)hex_of(digest, sizeof(digest), f->sha256);
	return 0;
}

int upload_begin(struct str content_type, struct vfile_disk *disk, const char *folder,
	struct arena *a, struct upload **ret, struct err *e)
{
	struct upload *u = arena_new(a, struct upload);
	const struct multipart_sink sink = { u, begin_file, put_file, end_file };
	int rc;

	*u = (struct upload){ .a = a, .disk = disk, .folder = folder };
	rc = multipart_new(content_type, &sink, a, &u->parts, e);
	if (rc == 0)
		*ret = u;
	return rc;
}

static void failed(struct upload *u, int code, const char *text)
{
	bool is_theirs = code == ERR_INPUT || (code == ERR_LIMIT && !u->sha);

	u->fault = is_theirs ? HTTP_BODY_WRONG : HTTP_BODY_UNKEPT;
	if (!is_theirs)
		fprintf(stderr, "khien web: a file that came was not kept: %s\n", text);
}

void upload_add(struct upload *u, struct str bytes)
{
	struct err e = { 0 };
	int rc;

	if (u->fault != HTTP_BODY_FINE)
		return;
	rc = multipart_add(u->parts, bytes, &e);
	if (rc < 0)
		failed(u, rc, e.text);
}

void upload_take(struct upload *u, struct http_request *rq)
{
	struct err e = { 0 };

	if (u->fault == HTTP_BODY_FINE && multipart_end(u->parts, &e) < 0)
		u->fault = HTTP_BODY_WRONG;
	rq->fault = u->fault;
	if (u->fault != HTTP_BODY_FINE)
		return;
	rq->parts = multipart_pairs(u->parts);
	rq->files = u->files.at;
	rq->file_count = u->files.len;
}

void upload_end(struct upload *u)
{
	struct err e = { 0 };

	if (!u)
		return;
	multipart_free(u->parts);
	if (u->sha) {
		vfile_close(&u->file);
		sha256_end(u->sha, NULL);
	}
	for (size_t i = 0; i < u->files.len; i++)
		if (vfile_unlink(u->disk, u->files.at[i].path, &e) < 0 && e.code != ERR_ABSENT)
			fprintf(stderr, "khien web: %s\n", e.text);
}
