/* trouble_none.c - the product's: the disk alone decides. */
#include "kit/store/trouble.h"

#include <stddef.h>

const char *store_trouble_vfs(void)
{
	return NULL;
}
