/* vfile_trouble_none.c - of the product: nobody makes its disk fail. */
#include "kit/vfile/vfile_trouble.h"

void vfile_trouble_begin(void)
{
}

int vfile_trouble(enum vfile_act act)
{
	return 0;
}
