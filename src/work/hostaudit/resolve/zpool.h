/* zpool.h - private to hostaudit: how a pool of ZFS is built, by /etc/zfs/zpool.cache,
 * which is a packed nvlist in XDR. Pure. */
#ifndef WORK_RESOLVE_ZPOOL_H
#define WORK_RESOLVE_ZPOOL_H

#include "work/hostaudit/blocks.h"

/* Does POOL survive a lost disk: every part of it a mirror, RAID-Z or dRAID? TRI_UNCLEAR when CACHE
 * does not tell. *RET_LEVEL names the parts, "mirror + raidz"; it lives in A. */
enum tri zpool_redundant(struct str cache, struct str pool, struct arena *a, struct str *ret_level);

#endif
