/* entries.c - closed segments as runs of leaves, for who proves a log. */
#include <stdlib.h>

#include "work/archive/archive.h"
#include "work/archive/hidden.h"

struct opened {
	struct vfile file;
	struct segment *segment;
	struct hiding *hiding;
};

static void close_segment(void *segment)
{
	struct opened *o = segment;

	hiding_free(o->hiding);
	segment_close(o->segment);
	vfile_close(&o->file);
	free(o);
}

static int open_segment(
	struct vfile_disk *d, const char *path, void **ret, uint64_t *ret_count, struct err *e)
{
	struct opened *o = calloc(1, sizeof(*o));
	int rc;

	if (!o)
		abort();
	rc = vfile_open(d, path, VFILE_READ, &o->file, e);
	if (rc == 0)
		rc = segment_open_file(&o->file, e, &o->segment);
	/* what a search looks into must be whole too: an index that hides a line is damage */
	if (rc == 0)
		rc = segment_check_sections(o->segment, e);
	if (rc == 0)
		rc = hiding_new(o->segment, e, &o->hiding);
	if (rc < 0) {
		close_segment(o);
		return rc;
	}
	*ret = o;
	*ret_count = segment_count(o->segment);
	return 0;
}

static int read_entry(
	void *segment, uint64_t i, struct leaf *ret, struct merkle_hash *ret_hash, struct err *e)
{
	struct opened *o = segment;
	int redacted = segment_redacted(o->segment, i, e, ret_hash);
	int rc = redacted < 0 ? redacted : segment_read(o->segment, i, e, ret);

	if (rc < 0 || redacted)
		return rc < 0 ? rc : TRAIL_REDACTED;
	return hiding_row(o->hiding, i, ret->received_ns) ? TRAIL_HIDDEN : 0;
}

const struct trail_segments archive_entries = {
	.open = open_segment, .read = read_entry, .close = close_segment
};
