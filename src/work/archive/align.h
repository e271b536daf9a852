/* align.h - private to work/archive: where the text of a query may lie in a template. Laying it
 * over the static pieces and slots gives conditions on what stands in the slots; a row holds the
 * text if and only if one set of conditions is met. Most templates and most sets fall away before
 * any row is looked at. */
#ifndef ARCHIVE_ALIGN_H
#define ARCHIVE_ALIGN_H

#include "work/archive/read.h"

enum align_op { ALIGN_HOLDS, ALIGN_BEGINS, ALIGN_ENDS, ALIGN_IS };

/* The slot's text holds, begins with, ... bytes FROM to END of the query. */
struct condition {
	uint16_t slot;
	uint16_t from;
	uint16_t end;
	uint8_t op;
	bool is_last;    /* of its set */
	int32_t entries; /* for texts and addresses: which are meant, in search->entries; else -1 */
	uint32_t blocks; /* where it may be met, as bits */
};

/* Entries of a dictionary that meet a condition, as bits. */
struct entry_set {
	uint16_t from;
	uint16_t end;
	uint8_t op;
	uint8_t type;
	bool is_empty;
	uint32_t next; /* one after the set before with the same end; 0: none */
	uint64_t *bits;
	uint32_t *blocks; /* by family; NULL when not known */
};

enum fit { FIT_NEVER, FIT_ALWAYS, FIT_IF, FIT_UNKNOWN }; /* unknown: look at the whole record */

/* One of the texts of a search. */
struct wanted {
	size_t from, end; /* in the text of all */
	/* one after the first place where a byte stands in it; 0: none */
	uint16_t place[256];
	uint32_t *holding; /* of a family: blocks where a slot may hold all of it */
	uint8_t time_holds[TIMEFORM_FORMS]; /* all of it: not known yet, no, yes */
};

struct search {
	struct segment *s;
	struct str text; /* folded so; of several, one after the other, any may stand */
	struct wanted *wanted;
	size_t wanted_count;
	struct wanted *one; /* that is laid */
	enum folding folding;
	bool is_not; /* kept for the search: what does not hold the text is wanted */
	/* texts as the mode wants them */
	const uint8_t *templates;
	const uint32_t *piece_from;
	const uint8_t *texts;
	const uint32_t *text_from;
	size_t texts_len;
	bool is_of_texts[256];       /* bytes of the text that occur in the dictionary */
	uint16_t *next_place;        /* of a place: one after the next of the same byte; 0: none */
	uint16_t *reach[SLOT_TYPES]; /* how many bytes from each on may be in a slot */
	uint32_t *set_of_end;        /* one after the newest entry set with this end */
	/* of the templates */
	uint8_t *fit;
	/* the first digits of the text that a block's digits tell of; none: run_end is 0 */
	uint16_t run_from;
	uint16_t run_end;
	/* may numbers, times of this block hold them? SECTION_NO_BLOCK: it is known of none */
	uint32_t run_block;
	bool run_in_number;
	bool run_in_time;
	uint32_t *first; /* condition of a template */
	uint32_t *count;
	uint32_t *blocks;        /* where the text may be in rows of it, as bits */
	struct bytes conditions; /* of struct condition */
	/* in the block in work: what it makes of each fit; conditions whose set may be met, without
	 * those that are met in all rows */
	uint8_t *now;
	struct bytes live;
	uint32_t *live_first;
	uint32_t *live_count;
	struct bytes sets; /* of struct entry_set */
	uint32_t steps;    /* spent on the template in work */
};

/* What the block in work was found to hold. */
struct prune {
	uint8_t *families; /* whose values are needed */
	bool has_times;    /* times are */
	bool has_all;      /* whole rows are */
	/* of each family, four, for each text of a search: what was asked of its column */
	struct asked *asked[TEXTS_MAX];
	/* of a family: may its column hold all of the text? NULL: not all were asked */
	const uint8_t *holding;
	struct err *e;
};

/* What is known of TEXT before it is laid over templates: which of them hold it in a static piece,
 * and where slots of texts and addresses may hold all of it. The tables of S are loaded. */
void align_new(
	struct search *a, struct segment *s, const struct texts *texts, enum folding folding);
/* Lay it over every template that is not 0 in AMONG (NULL: over all); of the others nothing more is
 * said. */
void align(struct search *a, const uint32_t *among);
void align_done(struct search *a);
void prune_new(struct prune *p, const struct segment *s, struct err *e);
void prune_done(struct prune *p);
/* In the block in work: which conditions of template T are left to ask of its rows? A->now[T] tells
 * whether the text is in none of them, in all, or in those that meet one. */
MUST_CHECK int align_prune(struct search *a, uint32_t t, struct prune *p);
/* May the text be in rows of template T in BLOCK, whose digits are loaded? False is certain; the
 * block itself need not be. */
bool align_may(const struct search *a, uint32_t t, uint32_t block);
/* The same, going by the columns of numbers too: of BLOCK, which is begun. */
MUST_CHECK int align_ask(const struct search *a, uint32_t t, struct prune *p, bool *ret_may);
/* In which families' columns of the block in work, which is begun, may a number hold the text? */
MUST_CHECK int align_families(
	const struct search *a, uint8_t *ret_holding, bool *ret_any, struct err *e);
/* Do all rows of template T that hold the text have its run of digits in a number or a time? *RET
 * tells whether it may be a time. */
bool align_rests_on_run(const struct search *a, uint32_t t, bool *ret_time);
/* What these conditions ask for is noted in P. */
void align_want(const struct search *a, uint32_t t, struct prune *p);
/* A block begins: no condition is known to be met in it. */
void align_begin(struct search *a);
/* Does the row at POSITION meet the conditions of its template, which fits if they are met? */
bool align_meets(const struct search *a, uint32_t position);
/* Does VALUE, which stands in SLOT, meet condition C? */
bool align_is_met(
	const struct search *a, const struct condition *c, struct slot slot, struct value value);
bool align_compare(struct str value, enum align_op op, struct str wanted);
/* Is the search's text in TEXT, which is not folded yet? */
bool align_in_text(const struct search *a, struct str text);

#endif
