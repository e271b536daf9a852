/* try_none.c - the program as it is used: nothing is tried, see try_listed.c. */
#include "kit/process/process_int.h"

struct str process_try_list(const struct process *self)
{
	(void)self;
	return STR("");
}

void process_try(const struct process *self, struct str list)
{
	(void)self;
	(void)list;
}
