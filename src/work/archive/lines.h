/* lines.h - private to work/archive: the writer's view of a line. A line becomes a template, which
 * many lines share, and the values of its slots. Everything here is the writer's choice; a reader
 * needs only what templates and values say. */
#ifndef ARCHIVE_LINES_H
#define ARCHIVE_LINES_H

#include "work/archive/path.h"

struct lines {
	struct words words;
	struct paths paths;
	struct table templates_by_hash;
	struct bytes templates; /* of struct template */
	struct bytes text;      /* of all templates */
	struct bytes slots;     /* of struct slot, of all templates */
	struct table families_by_hash;
	uint32_t families;
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

/* The template of RAW and the values of its slots in VALUES, which has LIMIT_SEGMENT_SLOTS places;
 * TEMPLATE_RAW when none suits. RET_GROUP: lines of one origin have the same. */
uint32_t lines_parse(struct lines *l, struct str raw, struct value *values, uint64_t *ret_group);

#endif
