/* snmp.h - private to hostaudit: snmpd's configuration as it puts it together from its files. */
#ifndef WORK_SNMP_H
#define WORK_SNMP_H

#include "work/hostaudit/resolve/plain.h"

typedef void snmp_take(void *context, const struct snmp_entry *entry, struct str file);

/* TAKE is given each directive that matters, in the order snmpd reads them, where COMMAND started
 * it: its usual files unless -C, what they include, then those of -c. Too many are a gap. */
void snmp_each(struct host *h, struct str command, snmp_take *take, void *context);

#endif
