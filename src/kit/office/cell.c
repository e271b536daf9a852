/* cell.c - where a cell stands: "B12". */
#include "kit/office/office_int.h"

bool cell_place(const char *text, unsigned *ret_column, uint32_t *ret_row)
{
	unsigned column = 0;
	uint64_t row = 0;

	while (*text >= 'A' && *text <= 'Z' && column < 32768)
		column = column * 26 + (unsigned)(*text++ - 'A') + 1;
	if (column == 0 || column > 16384 || !str_to_u64(str_of(text), 10, &row) || row == 0 ||
		row > OFFICE_ROWS_MAX)
		return false;
	*ret_column = column - 1;
	*ret_row = (uint32_t)row;
	return true;
}
