/* wal_reader.c - reading what another process writes. What is in the buffer may be older than the
 * file, and the file open may have been replaced by a recovery; so before a record is called
 * missing it is read again, and then looked for under its name. */
#include "core/trail/wal_int.h"

#include <stdlib.h>

#define LIST_MEMORY_BYTES (8 * MIB)

struct wal_reader {
	struct vfile_disk *disk;
	struct vfile file;
	uint64_t first; /* of the file */
	uint64_t next;  /* index of the next entry */
	uint64_t at;    /* offset of the buffer's first byte in the file */
	size_t len, used;
	char *buffer; /* WAL_READ_BYTES */
};

static int open_file(struct wal_reader *r, uint64_t first, struct err *e)
{
	unsigned char header[WAL_HEADER_BYTES] = { 0 };
	struct merkle_frontier edge;
	char name[WAL_NAME_SIZE];
	struct vfile f;
	int rc = vfile_open(r->disk, wal_name(first, name), VFILE_READ, &f, e);
	ssize_t n;

	if (rc < 0)
		return rc;
	n = vfile_read_at(&f, 0, header, sizeof(header), e);
	rc = n < 0 ? (int)n : wal_header_read(header, first, &edge, e);
	if (rc == ERR_INPUT && wal_is_unborn(&f))
		rc = err_set(e, ERR_ABSENT, "it is being made");
	if (rc < 0) {
		vfile_close(&f);
		return err_context(e, "\"%s\"", name);
	}
	vfile_close(&r->file);
	r->file = f;
	r->first = first;
	return 0;
}

static int fill(struct wal_reader *r, struct err *e)
{
	ssize_t n;

	r->at += r->used;
	r->used = r->len = 0;
	n = vfile_read_at(&r->file, r->at, r->buffer, WAL_READ_BYTES, e);
	if (n < 0)
		return (int)n;
	r->len = (size_t)n;
	return 0;
}

/* The record at the reader's place, from the buffer or read anew: 1, 0 or <0. */
static int here(struct wal_reader *r, struct str *ret_entry, struct err *e)
{
	struct str rest = { r->buffer + r->used, r->len - r->used };
	size_t size = wal_record(rest, ret_entry);
	int rc = 0;

	if (size == 0) {
		rc = fill(r, e);
		size = rc < 0 ? 0 : wal_record((struct str){ r->buffer, r->len }, ret_entry);
	}
	if (size == 0)
		return rc;
	r->used += size;
	r->next++;
	return 1;
}

/* The next file begins where this one ends. */
static int turn_over(struct wal_reader *r, struct err *e)
{
	int rc = r->next > r->first ? open_file(r, r->next, e) : ERR_ABSENT;

	if (rc < 0)
		return rc;
	r->at = WAL_HEADER_BYTES;
	r->len = r->used = 0;
	return 0;
}

static int missing(struct wal_reader *r, struct err *e)
{
	return err_set(e, ERR_INPUT, "\"%s\": entry %llu at byte %llu is missing or damaged",
		r->file.path, (unsigned long long)r->next, (unsigned long long)(r->at + r->used));
}

int wal_read(struct wal_reader *r, uint64_t size, struct str *ret_entry, struct err *e)
{
	uint64_t at;
	int rc;

	if (r->next >= size)
		return 0;
	rc = here(r, ret_entry, e);
	if (rc == 0 && turn_over(r, e) == 0)
		rc = here(r, ret_entry, e);
	if (rc != 0 || size == UINT64_MAX)
		return rc;
	at = r->at + r->used;
	rc = open_file(r, r->first, e); /* perhaps another file bears the name now */
	r->at = at;
	r->len = r->used = 0;
	if (rc == 0)
		rc = here(r, ret_entry, e);
	return rc == 0 ? missing(r, e) : rc;
}

bool wal_reader_skip(struct wal_reader *r)
{
	unsigned char length[4];
	size_t used = r->used, len;
	struct str entry;
	struct err e;

	if (fill(r, &e) < 0 || r->len < sizeof(length))
		return false;
	memcpy(length, r->buffer, sizeof(length));
	len = (size_t)get_u32(length) + WAL_FRAME_BYTES;
	if (len > r->len || wal_record((struct str){ r->buffer + len, r->len - len }, &entry) == 0)
		return false;
	r->used = len;
	r->next++;
	return used <= WAL_READ_BYTES;
}

uint64_t wal_reader_next(const struct wal_reader *r)
{
	return r->next;
}

/* The newest file that begins at or before FROM. */
static int find(struct wal_reader *r, uint64_t from, struct err *e)
{
	uint64_t *first;
	struct arena a;
	size_t count;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = wal_list(r->disk, &a, &first, &count, e);
	while (rc == 0 && count > 0 && first[count - 1] > from)
		count--;
	if (rc == 0 && count == 0)
		rc = err_set(e, ERR_ABSENT, "entry %llu is not in a write-ahead file",
			(unsigned long long)from);
	if (rc == 0)
		rc = open_file(r, first[count - 1], e);
	arena_done(&a);
	return rc;
}

int wal_reader_open(struct vfile_disk *d, uint64_t from, struct wal_reader **ret, struct err *e)
{
	struct wal_reader *r = calloc(1, sizeof(*r));
	struct str entry;
	int rc;

	if (!r || !(r->buffer = malloc(WAL_READ_BYTES)))
		abort();
	r->disk = d;
	rc = find(r, from, e);
	r->next = r->first;
	r->at = WAL_HEADER_BYTES;
	while (rc == 0 && r->next < from) {
		rc = wal_read(r, UINT64_MAX, &entry, e);
		if (rc == 0)
			rc = err_set(e, ERR_ABSENT, "entry %llu is not written yet",
				(unsigned long long)from);
		rc = rc > 0 ? 0 : rc;
	}
	if (rc < 0) {
		wal_reader_close(r);
		return rc;
	}
	*ret = r;
	return 0;
}

struct wal_reader *wal_reader_close(struct wal_reader *r)
{
	if (!r)
		return NULL;
	vfile_close(&r->file);
	free(r->buffer);
	free(r);
	return NULL;
}
