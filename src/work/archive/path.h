/* path.h - private to work/archive: ways that lines went before. Between two slots many lines have
 * the same bytes: where these are known, they are compared, and no word of them is looked up. A
 * place is where a slot ends, or a line begins; from it lead runs of static bytes, each up to the
 * next slot or to the end of the line. What runs there are depends on the words before the slot,
 * and no further: so the ways of many templates share them. */
#ifndef ARCHIVE_PATH_H
#define ARCHIVE_PATH_H

#include "work/archive/cut.h"

#define PATH_LISTS 8192

/* What was found by looking at words: a run, and the slot behind it. */
struct path_step {
	uint32_t from; /* it begins here */
	uint32_t at;   /* and ends at the slot, or the end of the line */
	uint64_t tag;  /* of the cut where it begins */
	uint64_t hash; /* of the cut where it ends */
	uint64_t context;
	uint64_t group; /* of the cut, if the run brought it */
};

struct paths {
	struct bytes runs;          /* of struct path_run; the first is nobody's */
	struct bytes places;        /* of struct path_place; the first is none */
	struct bytes text;          /* of the runs */
	struct table ways;          /* places by tag */
	uint32_t lists[PATH_LISTS]; /* of runs that begin alike */
	/* of the line in work */
	uint32_t steps;
	struct path_step step[LIMIT_SEGMENT_SLOTS + 1];
};

void paths_done(struct paths *p);
/* Cut the line as far as it goes ways that are known: how far that is. */
size_t path_follow(struct paths *p, struct cut *c);
/* Look at the words from AT on to the end. */
void path_look(struct paths *p, struct cut *c, size_t at);
/* Others went the way of this line before: remember it. */
void path_learn(struct paths *p, struct cut *c);

#endif
