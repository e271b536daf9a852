/* close_segments.c - for tests of attacks: what stands in the write-ahead files of a shard goes into
 * closed segments, one up to each END, whatever was signed, as who owns the machine could do it.
 * KHIEN_BLOCK_BYTES: coded in blocks so small that a short log has whole ones. */
#include <stdio.h>
#include <stdlib.h>

#include "work/archive/archive.h"

static int close_at(struct archive_writer *w, uint64_t end, struct err *e)
{
	int rc;

	do
		rc = archive_writer_step(w, end, e);
	while (rc > 0);
	return rc == 0 ? archive_writer_end(w, e) : rc;
}

int main(int argc, char **argv)
{
	struct archive_writer *w = NULL;
	struct archive_options options = { 0 };
	const char *block = getenv("KHIEN_BLOCK_BYTES");
	struct vfile_disk *d = NULL;
	struct err e = { 0 };
	uint64_t end;
	int rc;

	if (argc < 3)
		return 2;
	if (block && str_to_u64(str_of(block), 10, &end))
		options.block_bytes = (uint32_t)end;
	rc = vfile_disk_open(argv[1], &d, &e);
	if (rc == 0)
		rc = archive_writer_open(d, &options, &e, &w);
	for (int i = 2; rc == 0 && i < argc; i++)
		rc = str_to_u64(str_of(argv[i]), 10, &end) ? close_at(w, end, &e) : ERR_INPUT;
	if (rc < 0)
		fprintf(stderr, "close_segments: %s\n", e.text);
	archive_writer_close(w);
	vfile_disk_close(d);
	return rc < 0;
}
