/* fuzz_smbios: the table of structures of a board. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/smbios.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum firmware_password admin = FIRMWARE_OFF, power_on = FIRMWARE_OFF;

	if (smbios_passwords((struct str){ (const char *)data, size }, &admin, &power_on))
		assert((unsigned)admin < 4 && (unsigned)power_on < 4);
	return 0;
}
