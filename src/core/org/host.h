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
};

/* The machine of this NAME: found or added (as KIND, level 1), its last sight set to NOW_S. */
MUST_CHECK int org_host_seen(struct store *s, const char *name, const char *kind, int64_t now_s,
	int64_t *ret_id, struct err *e);
MUST_CHECK int org_hosts(
	struct store *s, struct arena *a, struct org_host **ret, size_t *ret_count, struct err *e);
/* The highest level of any of them; 1 when there is none. */
MUST_CHECK int org_hosts_level(struct store *s, int *ret, struct err *e);
/* ERR_ABSENT */
MUST_CHECK int org_host(
	struct store *s, int64_t id, struct arena *a, struct org_host *ret, struct err *e);
/* ERR_INPUT for an unknown kind or a level outside 1-5. */
MUST_CHECK int org_host_set(struct store *s, int64_t id, struct str kind, int level, struct err *e);
MUST_CHECK int org_host_move(struct store *s, int64_t id, int64_t unit_id, struct err *e);

#endif
