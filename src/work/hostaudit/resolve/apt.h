/* apt.h - private to hostaudit: the configuration of apt as apt itself would hold it. A
 * tree of tags; a later value wins over an earlier one, a list grows. What was overridden is kept.
 */
#ifndef WORK_RESOLVE_APT_H
#define WORK_RESOLVE_APT_H

#include "base/base.h"
#include "work/hostaudit/host.h"

#define APT_CONF_ITEMS_MAX 5000
#define APT_CONF_DEPTH_MAX 32

struct apt_item {
	struct str tag;   /* "" in a list */
	struct str value; /* STR_NONE: a name without a value */
	struct str file;
	int64_t line;
	struct str lost; /* "path:line=value; …" it overrode */
	struct apt_item *child, *next;
};

struct apt_conf {
	struct arena *a;
	struct apt_item root;
	size_t item_count;
	struct str bad_file; /* where apt itself would stop with an error; STR_NONE: nowhere */
	int64_t bad_line;
};

void apt_conf_init(struct apt_conf *c, struct arena *a);
/* Add a file's text; both strings must live as long as the arena. #include is only noted in the
 * tree as "#include" (apt_conf_load follows it). Returns false at apt's own syntax error. */
bool apt_conf_add(struct apt_conf *c, struct str text, struct str file);
/* The item of a full name ("APT::Periodic::Enable", case does not matter) or NULL. */
const struct apt_item *apt_conf_find(const struct apt_conf *c, const char *name);
/* Its value, or FALLBACK when there is none. */
struct str apt_conf_value(const struct apt_conf *c, const char *name, const char *fallback);
bool apt_conf_bool(const struct apt_conf *c, const char *name, bool fallback);

/* All of a host: /etc/apt/apt.conf.d in order, then /etc/apt/apt.conf. A file that cannot be read
 * or has a syntax error becomes a gap. Lives in A. */
void apt_conf_load(struct host *h, struct arena *a, struct apt_conf *ret);

#endif
