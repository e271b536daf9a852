/* hunt.h - private to work/archive: a search under way in one segment. What rows of a block may be
 * wanted is told by templates, digits and columns (plan.c); then rows are looked at (search.c). */
#ifndef ARCHIVE_HUNT_H
#define ARCHIVE_HUNT_H

#include "work/archive/align.h"

/* What a template says of its rows before any value is looked at. */
enum verdict { ROWS_NEVER, ROWS_ALWAYS, ROWS_IF, ROWS_MARKED };

/* A condition that rows of a template have to meet, whatever else they have to, and whose values
 * are soon decoded. */
struct first_look {
	const struct search *of; /* NULL: there is none */
	const struct condition *condition;
	bool is_met; /* by some row */
};

/* What is asked of numbers while they are decoded: the same of all. */
struct number_look {
	const struct search *of; /* NULL: nothing */
	struct condition condition;
};

/* A search under way in one segment. Verdicts are of templates: what is known of their rows in the
 * block in work. */
struct hunt {
	struct segment *s;
	struct segment_search *want;
	struct matcher *m;
	struct search *laid; /* of each term that has a text to look for */
	size_t count;
	uint8_t *verdict;
	uint32_t *blocks; /* of a template: where rows of it may be wanted, as bits */
	uint32_t *maybe;  /* templates with rows that may be wanted */
	uint32_t maybe_count;
	uint32_t *marked; /* of them, those with ROWS_MARKED */
	uint32_t marked_count;
	struct first_look *look; /* of a template */
	uint8_t *keep;           /* of a template: the values of its rows are looked at */
	uint32_t *weight;        /* of a family: how many codes it has in the block; 0: not known */
	uint32_t any;            /* of all templates */
	/* a bit for each text with digits enough to ask a block for them, another for the same
	 * where they may be those of a time */
	uint32_t runs;      /* such texts */
	uint32_t *rests_on; /* of a template: what its rows must have */
	uint32_t missing;   /* what the block has not */
	uint64_t *found;    /* rows of the block, as bits */
	bool *is_old;       /* of a block: it has rows of an old encoding, no others are wanted;
			     * NULL: any are */
	bool *is_out;       /* of a block: it has not the digits that are wanted; NULL: any may */
	uint32_t asked;     /* blocks that are looked at, as bits */
	struct marks marks; /* of templates with ROWS_MARKED */
	struct number_look number;
	/* of digits alone that no text holds: in which blocks rows of a template may hold them, in
	 * a number and nowhere else, as bits; such a template is not laid. NULL: that is not so */
	uint32_t *plain;
	uint32_t plain_marked;  /* the first of those marked are plain */
	uint8_t *holding;       /* of a family: its column holds them, in the block below */
	uint32_t holding_block; /* SECTION_NO_BLOCK: it is known of none */
	bool is_holding;        /* one of them does */
	int64_t hits;
	struct err *e;
};

/* A term whose text decides, or at least must be there. */
static inline bool is_laid(const struct term *t)
{
	return t->text.all.len > 0 && !(t->is_not && t->pattern);
}

#define RUNS_MAX 16

/* The tables, and of where things stand as much as the terms have use for. */
MUST_CHECK int hunt_load(struct segment *s, const struct matcher *m, struct err *e);
/* Lay every term over the templates that those before it leave. */
void hunt_lay(struct hunt *h);
void hunt_lay_done(struct hunt *h);
/* May rows of BLOCK be wanted, as far as that is told without a look at them? */
MUST_CHECK int hunt_ask_digits(struct hunt *h, uint32_t block, bool *ret_may);
/* Which rows of the block in work may be wanted; what that takes is loaded. */
MUST_CHECK int hunt_prune(struct hunt *h, bool *ret_any);

#endif
