#include <sys/mman.h>
#include <unistd.h>

#include "kit/office/grid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a grid: bounded rows of UTF-8, the same after going back to the first. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct office_row row;
	struct grid g;
	struct arena a;
	struct err e;
	size_t rows;

	if (fd < 0 || size > MIB || write(fd, data, size) != (ssize_t)size)
		abort();
	arena_init(&a, 32 * MIB);
	if (grid_open(fd, &a, &g, &e) == 0) {
		while (grid_next(&g, &row, &e) == 1)
			for (size_t i = 0; i < row.count; i++)
				assert(str_is_utf8(row.cells[i].text));
		rows = g.rows;
		grid_rewind(&g);
		while (grid_next(&g, &row, &e) == 1)
			;
		assert(g.rows == rows);
		grid_close(&g);
	}
	arena_done(&a);
	close(fd);
	return 0;
}
