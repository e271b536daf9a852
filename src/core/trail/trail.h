/* trail.h - floor 3: a sealed log on disk (docs/formats/log.md). One kind of log carries both the
 * lines that machines send and the changes made in Khiên itself.
 *
 * leaf.h the entry · wal.h where entries are durable first · tree.h the stored hashes · notice.h
 * what a log says of itself · shard_id.h its years. Signing is work/seal's, closed segments are
 * work/archive's; both stand on this room. */
#ifndef CORE_TRAIL_H
#define CORE_TRAIL_H

#include "core/trail/leaf.h"
#include "core/trail/notice.h"
#include "core/trail/tree.h"
#include "core/trail/wal.h"

#endif
