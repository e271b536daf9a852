/* logrotate.h - private to hostaudit: how long logrotate keeps what it rotates. Globals
 * count for the blocks read after them; within one scope the later word wins, and "size" takes the
 * place of a period. */
#ifndef WORK_RESOLVE_LOGROTATE_H
#define WORK_RESOLVE_LOGROTATE_H

#include "base/base.h"

enum rotate_by {
	ROTATE_HOURLY,
	ROTATE_DAILY,
	ROTATE_WEEKLY,
	ROTATE_MONTHLY,
	ROTATE_YEARLY,
	ROTATE_SIZE
};

struct rotate_policy {
	enum rotate_by by;
	int64_t count;        /* rotated files kept; -1: all */
	int64_t max_age_days; /* 0: none */
	bool has_max_size;    /* rotates earlier when the file grows beyond it */
	bool is_lenient;      /* "ignoreduplicates": later patterns may name its files as well */
	struct str file;      /* where "rotate" (or what shortens the time) stands */
	int64_t line;
};

/* Days that are certainly kept: count × period, capped by maxage; -1 without end, -2 the size
 * decides. */
int64_t rotate_days(const struct rotate_policy *p);
const char *rotate_name(enum rotate_by by);

struct logrotate {
	struct arena *a;
	struct rotate_policy globals;
	/* one call for each pattern of a block */
	void (*found)(void *context, struct str pattern, const struct rotate_policy *p);
	/* "include FILE-OR-FOLDER"; may be NULL */
	void (*include)(void *context, struct str path);
	void *context;
	VEC(struct str) taboo; /* patterns of names, beside the usual ones or, when own, instead */
	bool is_taboo_own;
	int64_t bad_line; /* of the file read last: the first not understood, or 0 */
};

/* The policy before any file: size 1M, nothing kept. */
void logrotate_init(struct logrotate *l, struct arena *a);
void logrotate_read(struct logrotate *l, struct str text, struct str file);
/* Does logrotate skip files of this name in an included folder, by what was read so far? */
bool logrotate_is_taboo(const struct logrotate *l, struct str name);

#endif
