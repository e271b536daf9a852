/* cost.h - floor 2, part of store.h, in the test build alone: what questions cost, without a clock,
 * to show that a cost does not grow. */
#ifndef KIT_STORE_COST_H
#define KIT_STORE_COST_H

#include "kit/store/store.h"

/* How many steps of SQLite's machine all queries of the store have taken. */
uint64_t store_steps_taken(const struct store *s);

#endif
