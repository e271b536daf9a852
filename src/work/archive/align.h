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
	uint8_t is_last; /* of its set */
	int32_t entries; /* for texts and addresses: which are meant, in search->entries; else -1 */
};

/* Entries of a dictionary that meet a condition, as bits. */
struct entry_set {
	uint16_t from;
	uint16_t end;
	uint8_t op;
	uint8_t type;
	bool is_empty;
	uint64_t *bits;
};

enum fit { FIT_NEVER, FIT_ALWAYS, FIT_IF, FIT_UNKNOWN }; /* unknown: look at the whole record */

struct search {
	struct segment *s;
	struct str text; /* folded if is_fold */
	bool is_fold;
	bool is_not; /* kept for the search: what does not hold the text is wanted */
	/* texts as the mode wants them */
	const uint8_t *templates;
	const uint8_t *texts;
	const uint32_t *text_from;
	size_t texts_len;
	bool is_of_texts[256]; /* bytes that occur in the dictionary */
	/* of the templates */
	uint8_t *fit;
	uint32_t *first; /* condition of a template */
	uint32_t *count;
	struct bytes conditions; /* of struct condition */
	struct bytes sets;       /* of struct entry_set */
	uint32_t steps;          /* spent on the template in work */
};

/* Lay TEXT over every template of S, whose tables are loaded. */
void align(struct search *a, struct segment *s, struct str text, bool is_fold);
void align_done(struct search *a);
/* Does the row at POSITION meet the conditions of its template, which fits if they are met? */
bool align_meets(const struct search *a, uint32_t position);
/* Is the search's text in TEXT, which is not folded yet? */
bool align_in_text(const struct search *a, struct str text);

#endif
