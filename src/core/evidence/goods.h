/* goods.h - floor 3, beside evidence.h: what of it goes along when units change. */
#ifndef CORE_EVIDENCE_GOODS_H
#define CORE_EVIDENCE_GOODS_H

#include "core/org/goods.h"

extern const struct org_goods evidence_goods[];

#endif
