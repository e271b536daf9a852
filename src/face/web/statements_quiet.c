/* The product says nothing of its statements; beside it statements_told.c of the test build. */
#include "face/web/web_int.h"

void statements_tell(const struct view *v, uint64_t before)
{
	(void)v;
	(void)before;
}
