/* fuzz_wal.c - a write-ahead file of any bytes: the writer starts on it or refuses it, and what it
 * starts on reads back as long as it says; readers never run past it. */
#include "core/trail/trail.h"
#include "kit/vfile/vfile_crash.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t count(struct vfile_disk *d, uint64_t size)
{
	struct wal_reader *r;
	struct str entry;
	struct err e = { 0 };
	uint64_t n;

	if (wal_reader_open(d, 0, &r, &e) < 0)
		return 0;
	while (wal_read(r, size, &entry, &e) > 0)
		;
	n = wal_reader_next(r);
	wal_reader_close(r);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct vfile f;
	struct wal *w;
	uint64_t before;

	if (vfile_mkdir(d, "wal", &e) < 0 ||
		vfile_open(d, "wal/00000000000000000000.wal", VFILE_CREATE, &f, &e) < 0 ||
		vfile_append(&f, (struct str){ (const char *)data, size }, &e) < 0)
		abort();
	vfile_close(&f);
	before = count(d, UINT64_MAX);
	if (wal_open(d, &w, &e) == 0) {
		if (wal_size(w) != before || count(d, wal_size(w)) != before)
			abort();
		wal_close(w);
	}
	vfile_disk_close(d);
	return 0;
}
