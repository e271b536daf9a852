/* sandbox_int.h - private to kit/sandbox. */
#ifndef KIT_SANDBOX_INT_H
#define KIT_SANDBOX_INT_H

#include "kit/sandbox/sandbox.h"

int landlock_enter(const struct sandbox_rights *rights, int *ret_abi, struct err *e);
int filter_enter(const struct sandbox_rights *rights, struct err *e);

#endif
