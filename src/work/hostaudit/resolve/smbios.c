#include "work/hostaudit/resolve/smbios.h"

#include <string.h>

#define HEADER_BYTES 4
#define TYPE_SECURITY 24
#define TYPE_END 127

/* Where the structure after the one at AT begins: past its formatted part and its strings, which
 * end with two NUL bytes. TABLE.len when it is cut off. */
static size_t next_at(struct str table, size_t at, size_t length)
{
	for (size_t i = at + length; i + 1 < table.len; i++)
		if (table.ptr[i] == '\0' && table.ptr[i + 1] == '\0')
			return i + 2;
	return table.len;
}

bool smbios_passwords(
	struct str table, enum firmware_password *ret_admin, enum firmware_password *ret_power_on)
{
	size_t at = 0;

	while (at + HEADER_BYTES <= table.len) {
		unsigned type = (unsigned char)table.ptr[at];
		size_t length = (unsigned char)table.ptr[at + 1];

		if (length < HEADER_BYTES || at + length > table.len || type == TYPE_END)
			return false;
		if (type == TYPE_SECURITY && length > HEADER_BYTES) {
			unsigned bits = (unsigned char)table.ptr[at + HEADER_BYTES];

			*ret_admin = (enum firmware_password)(bits >> 2 & 3);
			*ret_power_on = (enum firmware_password)(bits >> 6 & 3);
			return true;
		}
		at = next_at(table, at, length);
	}
	return false;
}
