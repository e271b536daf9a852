/* ini.h - private to hostaudit: one reader for the INI-like files of systemd, display
 *managers, desktops and many daemons.
 *
 *	struct ini ini;
 *	struct ini_entry entry;
 *	ini_init(&ini, bytes, INI_JOIN, arena);
 *	while (ini_next(&ini, &entry)) ...
 *
 * Lines that begin with # or ; are comments; keys and values are trimmed, quotes are kept. Slices
 * point into the bytes (or, for joined lines, into the arena). */
#ifndef WORK_RESOLVE_INI_H
#define WORK_RESOLVE_INI_H

#include "work/hostaudit/resolve/resolve.h"

#define INI_JOIN \
	1           /* a line that ends in a backslash goes on in the next, as in systemd's files \
		      */
#define INI_COLON 2 /* "key: value" counts too */
#define INI_BLANK 4 /* "key value" counts too: the first blank divides */

struct ini {
	struct str rest;
	struct str section;
	struct arena *arena;
	unsigned flags;
	int line;
	size_t joined_bytes;
};

struct ini_entry {
	struct str section; /* "" before the first header */
	struct str key;
	struct str value; /* STR_NONE: the line has no '=' */
	int line;         /* where the entry begins */
};

/* ARENA may be NULL without INI_JOIN. */
void ini_init(struct ini *ini, struct str bytes, unsigned flags, struct arena *a);
bool ini_next(struct ini *ini, struct ini_entry *ret);

/* The last KEY of SECTION (both exact), as a setting with FILE as its place. */
void ini_last(struct str bytes, struct str file, const char *section, const char *key,
	struct arena *a, struct setting *s);

#endif
