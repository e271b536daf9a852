/* khien_service.h - private to hostaudit: the service of Khiên on this machine, whose data folder
 * holds notes of what it did. */
#ifndef WORK_KHIEN_SERVICE_H
#define WORK_KHIEN_SERVICE_H

#include "work/hostaudit/host.h"

struct khien_service {
	bool is_on;
	struct str data; /* its folder; "" unknown */
	struct str file; /* where it is switched on */
};
void khien_service(struct host *h, struct khien_service *ret);

#endif
