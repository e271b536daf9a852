/* pieces.h - private to hostaudit: the memory SQLite works in during an audit. To prepare one
 * question it asks for some hundred pieces of a few words and gives them back a moment later; where
 * it was built without a store of its own for them, as Debian does, malloc was a tenth of an audit.
 * A piece given back waits in the list of its size, and the next of that size is it. */
#ifndef WORK_PIECES_H
#define WORK_PIECES_H

#include <sqlite3.h>

/* For SQLITE_CONFIG_MALLOC. Each thread has lists of its own, so none waits for another; what they
 * hold stays the process's to its end, and is as much as was ever in use at once. */
extern const struct sqlite3_mem_methods pieces_of_memory;

#endif
