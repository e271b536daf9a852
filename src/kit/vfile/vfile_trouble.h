/* vfile_trouble.h - private to kit/vfile: a disk that fails when a test says so. In a product
 * nothing does (vfile_trouble_none.c). */
#ifndef VFILE_TROUBLE_H
#define VFILE_TROUBLE_H

#include "base/base.h"

/* Before the process confines itself. */
void vfile_trouble_begin(void);
/* The errno that the sync, read or write about to be made fails with; 0: it is made. */
enum vfile_act { VFILE_ACT_SYNC, VFILE_ACT_READ, VFILE_ACT_WRITE };
int vfile_trouble(enum vfile_act act);

#endif
