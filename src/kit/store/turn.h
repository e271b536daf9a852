/* turn.h - beside store.h: who waited for their turn to write in vain. */
#ifndef KIT_STORE_TURN_H
#define KIT_STORE_TURN_H

#include "kit/store/store.h"

/* Was the last failure that somebody else wrote all the time? Nothing of what was begun is kept
 * then; the same may be tried again a moment later. */
bool store_was_busy(const struct store *s);

#endif
