/* smbios.h - private to hostaudit: what a board says of itself (SMBIOS, DSP0134). Pure. */
#ifndef WORK_RESOLVE_SMBIOS_H
#define WORK_RESOLVE_SMBIOS_H

#include "base/base.h"

/* The states of a firmware password, as structure type 24 numbers them. */
enum firmware_password {
	FIRMWARE_OFF = 0,
	FIRMWARE_ON = 1,
	FIRMWARE_UNSUPPORTED = 2,
	FIRMWARE_UNKNOWN = 3
};

/* Of the table of structures in /sys/firmware/dmi/tables/DMI: false when it has no structure
 * "hardware security", or is cut off before one. */
bool smbios_passwords(
	struct str table, enum firmware_password *ret_admin, enum firmware_password *ret_power_on);

#endif
