/* host.h - floor 3: the machines of the units. Part of org.h, which includes it. */
#ifndef CORE_ORG_HOST_H
#define CORE_ORG_HOST_H

#include "base/base.h"
#include "kit/store/store.h"

#define ORG_HOST_KINDS "server", "workstation", "secret-pc"

struct org_host {
	int64_t id;
	struct str name;
	struct str kind; /* server | workstation | secret-pc */
	int level;       /* system level 1-5 */
	int64_t unit_id; /* see unit.h */
	int64_t first_seen_s, last_seen_s;
	/* what its last audit saw, "debian", "Debian 12"; only of one asked for by itself */
	struct str family, os;
};

/* The machine of this NAME: found or added (as KIND, level 1), its last sight set to NOW_S. */
MUST_CHECK int org_host_seen(struct store *s, const char *name, const char *kind, int64_t now_s,
	int64_t *ret_id, struct err *e);
/* All of them, by name: many, in a large district. */
MUST_CHECK int org_hosts(
	struct store *s, struct arena *a, struct org_host **ret, size_t *ret_count, struct err *e);
struct org_host_query {
	struct str units; /* a JSON array of their ids; STR_NONE: of all */
	struct str text;  /* in its name, whatever the case; STR_NONE: any */
	struct str after; /* a name: those that come after it; STR_NONE: from the first on */
	struct str ids;   /* a JSON array: of these alone; STR_NONE: of all */
	size_t max;       /* 0: all */
};
MUST_CHECK int org_hosts_of(struct store *s, const struct org_host_query *about, struct arena *a,
	struct org_host **ret, size_t *ret_count, struct err *e);
/* How many machines the units have, by the unit's id; those without any are left out. */
struct org_host_count {
	int64_t unit_id, count;
};
MUST_CHECK int org_host_counts(struct store *s, struct arena *a, struct org_host_count **ret,
	size_t *ret_count, struct err *e);
#define ORG_HOST_HERE "host.here" /* the setting that the audit of this machine writes */
/* The machine on which Khiên itself runs; ERR_ABSENT while none was ever seen. */
MUST_CHECK int org_host_here(struct store *s, struct arena *a, struct org_host *ret, struct err *e);
/* ERR_ABSENT */
MUST_CHECK int org_host(
	struct store *s, int64_t id, struct arena *a, struct org_host *ret, struct err *e);
/* ERR_INPUT for an unknown kind or a level outside 1-5. */
MUST_CHECK int org_host_set(struct store *s, int64_t id, struct str kind, int level, struct err *e);
MUST_CHECK int org_host_move(struct store *s, int64_t id, int64_t unit_id, struct err *e);

#endif
