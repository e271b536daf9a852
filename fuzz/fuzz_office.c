#include <sys/mman.h>
#include <unistd.h>

#include "kit/office/office.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_sheet(struct office *o, size_t number)
{
	struct parse_fault fault;
	struct office_row row;
	uint32_t last = 0;

	if (office_select(o, number, &fault) < 0)
		return;
	while (office_next(o, &row, &fault) == 1) {
		assert(row.number > last && row.count <= OFFICE_COLUMNS_MAX);
		last = row.number;
		for (size_t i = 0; i < row.count; i++)
			assert(str_is_utf8(row.cells[i].text));
	}
}

/* Every row of the first sheets: ordered, bounded, UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct parse_fault fault;
	struct office *o = NULL;
	struct arena a;
	size_t count;

	if (fd < 0 || size > MIB || write(fd, data, size) != (ssize_t)size)
		abort();
	arena_init(&a, 32 * MIB);
	if (office_open(fd, &a, &fault, &o) == 0) {
		(void)office_sheets(o, &count);
		for (size_t i = 0; i < count && i < 3; i++)
			read_sheet(o, i);
		office_close(o);
	} else {
		assert(fault.words);
	}
	arena_done(&a);
	close(fd);
	return 0;
}
