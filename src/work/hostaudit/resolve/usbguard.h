/* usbguard.h - private to hostaudit: would a rule of usbguard let in a USB disk that nobody has
 * named? usbguard asks its rules in order, and the first that fits a device decides. Pure. */
#ifndef WORK_RESOLVE_USBGUARD_H
#define WORK_RESOLVE_USBGUARD_H

#include "base/base.h"

enum usbguard_says {
	USBGUARD_PASSES, /* speaks of other devices, or of nothing */
	USBGUARD_ALLOWS,
	USBGUARD_BLOCKS, /* block or reject */
	USBGUARD_UNCLEAR, /* depends on the time, on chance, on other devices */
};

/* One line of rules.conf, asked about a disk (interface 08:06:50) with an id, a name and a serial
 * number that no rule has. */
enum usbguard_says usbguard_rule(struct str line);

#endif
