/* lines.h - private to work/archive: the writer's view of a line. A line becomes a template, which
 * many lines share, and the values of its slots. Everything here is the writer's choice; a reader
 * needs only what templates and values say. */
#ifndef ARCHIVE_LINES_H
#define ARCHIVE_LINES_H

#include "work/archive/scan.h"
#include "work/archive/path.h"

/* What stands in a slot: a number, an address, a time, or a text's number in lines->texts. DIGITS
 * is 0 or, with leading zeros, how many digits there are. */
struct value {
	uint64_t number;
	uint8_t digits;
};

/* A word with digits that is not cut at them. */
#define TEXT_IS_WHOLE 0x80000000u

struct lines {
	uint64_t seed;
	struct table templates_by_hash;
	struct bytes templates; /* of struct template */
	struct bytes text;      /* of all templates */
	struct bytes slots;     /* of struct slot, of all templates */
	struct table families_by_hash;
	uint32_t families;
	struct table texts_by_hash;
	struct bytes texts;     /* each ended by NUL */
	struct bytes text_from; /* uint32_t offset of each, and TEXT_IS_WHOLE */
	struct table addresses_by_hash;
	struct bytes addresses; /* uint32_t of each */
	struct table contexts;  /* places where words stand: to a number */
	struct bytes branches;  /* of each context: how many different words were there, one byte */
	struct table follows;   /* a word in its context: to the number of the context */
	bool has_tabs;          /* a line was cut behind the t of a written tab */
	struct paths paths;
	/* of the line in work */
	struct scan scan;
	struct slot key_slots[LIMIT_SEGMENT_SLOTS];
	struct span {
		uint32_t from;
		uint32_t end;
	} spans[LIMIT_SEGMENT_SLOTS]; /* of its slots */
};

void lines_init(struct lines *l);
void lines_done(struct lines *l);

static inline struct template *lines_template(const struct lines *l, uint32_t number)
{
	return (struct template *)(void *)l->templates.at + number;
}

static inline uint32_t lines_templates(const struct lines *l)
{
	return (uint32_t)(l->templates.len / sizeof(struct template));
}

static inline const struct slot *lines_slots(const struct lines *l, const struct template *t)
{
	return (const struct slot *)(const void *)l->slots.at + t->slot;
}

static inline struct str lines_text(const struct lines *l, uint32_t number)
{
	const uint32_t *from = (const uint32_t *)(const void *)l->text_from.at;
	size_t at = from[number] & ~TEXT_IS_WHOLE;
	size_t end = (number + 1) * sizeof(*from) < l->text_from.len ?
		from[number + 1] & ~TEXT_IS_WHOLE :
		l->texts.len;

	return (struct str){ (const char *)l->texts.at + at, end - at - 1 };
}

static inline uint32_t lines_address(const struct lines *l, uint32_t number)
{
	return ((const uint32_t *)(const void *)l->addresses.at)[number];
}

/* The template of RAW and the values of its slots in VALUES, which has LIMIT_SEGMENT_SLOTS places;
 * TEMPLATE_RAW when none suits. RET_GROUP: lines of one origin have the same. */
uint32_t lines_parse(struct lines *l, struct str raw, struct value *values, uint64_t *ret_group);

#endif
