/* gvdb.h - private to hostaudit: compiled databases of dconf and gschemas (GVDB), and
 * what a user's session reads from them. Key files in /etc/dconf/db/NAME.d are only the source:
 * nothing counts before it is compiled. */
#ifndef WORK_RESOLVE_GVDB_H
#define WORK_RESOLVE_GVDB_H

#include "work/hostaudit/resolve/resolve.h"

struct gvdb {
	struct str bytes;
	uint32_t start, end; /* the table asked */
};
struct gvdb_value {
	enum { GVDB_NONE, GVDB_NUMBER, GVDB_BOOL, GVDB_TEXT } kind;
	int64_t number; /* of a bool 0 or 1 */
	struct str text;
};

/* False when the bytes are no such database. */
bool gvdb_open(struct str bytes, struct gvdb *ret);
/* The table that stands under KEY (".locks", a schema's id); false without one. */
bool gvdb_table(const struct gvdb *db, struct str key, struct gvdb *ret);
/* The value of KEY; for a tuple (as in gschemas) its first member. False without the key. */
bool gvdb_value(const struct gvdb *db, struct str key, struct gvdb_value *ret);
bool gvdb_has(const struct gvdb *db, struct str key);

/* ---- dconf ---- */

#define DCONF_SOURCES_MAX 16
struct dconf {
	struct host *h;
	struct {
		struct str path;
		struct gvdb db;
		struct gvdb locks;
		bool is_there, has_locks;
	} sources[DCONF_SOURCES_MAX]; /* the user's own first */
	int count;
	bool is_users;      /* the first is the user's own: without one nobody can change a thing */
	struct str stale;   /* a database older than its key files, or "" */
	const char *reason; /* NULL, or a GAP_ code: a database could not be read */
	struct str detail;
};

/* The databases a user with HOME reads, in the order of the profile "user". */
void dconf_open(struct host *h, struct str home, struct dconf *ret);
/* The value a program sees. *RET_PATH is the database, *RET_LOCKED whether the user cannot change
 * it. False when no database has the key. */
bool dconf_read(const struct dconf *d, const char *key, struct gvdb_value *ret,
	struct str *ret_path, bool *ret_locked);

#endif
