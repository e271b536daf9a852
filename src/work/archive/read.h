/* read.h - private to work/archive: a segment being read, and the block of it that is unpacked. */
#ifndef ARCHIVE_READ_H
#define ARCHIVE_READ_H

#include "work/archive/match.h"
#include "work/archive/uses.h"

/* A column of the block, and how far it is taken. */
struct column_view {
	const uint8_t *data; /* NULL until loaded */
	uint32_t count;
	uint32_t taken;
	uint64_t last;
	uint8_t width;
	bool is_delta;
	bool is_own;
};

/* Codes stand in four streams. */
enum code_kind { CODES_TEXT, CODES_NUMBER, CODES_ADDRESS, CODES_TIME, CODE_KINDS };

static inline enum code_kind code_kind_of(unsigned type)
{
	switch (type) {
	case SLOT_TEXT:
		return CODES_TEXT;
	case SLOT_IPV4:
		return CODES_ADDRESS;
	case SLOT_TIME:
		return CODES_TIME;
	default:
		return CODES_NUMBER;
	}
}

/* How many codes a row of a template has in each. */
struct codes {
	uint16_t of[CODE_KINDS];
};

/* What of the values of a family is loaded: none, those of templates that were asked for, all. */
enum { VALUES_NONE, VALUES_SOME, VALUES_ALL };

/* The block in work. What is not loaded is NULL or false; load_*() fill it in. Rows are numbered as
 * they came, positions as they are stored: group after group. */
struct view {
	uint32_t block; /* SECTION_NO_BLOCK for none */
	struct bytes memory[SECTION_KINDS];
	uint32_t *row;      /* of a position */
	uint32_t *position; /* of a row */
	uint16_t *template; /* of a position */
	/* of a position: its first value, once that is placed, or the number of its raw text */
	uint32_t *first;
	uint32_t *uses; /* of a template */
	uint16_t *used; /* templates that are in use, in order, but for TEMPLATE_RAW */
	uint32_t used_count;
	/* slots that have their usual value in all rows, as bits; of a template from here on */
	const uint8_t *fixed; /* NULL: there are none */
	uint32_t *fixed_from;
	const struct codes *codes; /* of a template: without these slots */
	struct codes *own_codes;   /* where they are kept, or NULL */
	struct value *values;      /* of slots; those not loaded hold anything */
	size_t values_room;
	bool is_placed;              /* the values of rows have their places: */
	const uint8_t *placed;       /* those of templates kept by this, or NULL: of all */
	struct str *raw;             /* rows of TEMPLATE_RAW; in a block of text, all rows */
	struct column_view *columns; /* by family; NULL until loaded */
	struct bytes own; /* loaded columns, one after the other; room is all they need */
	struct leaf *meta;
	bool has_layout;
	bool is_begun; /* nothing but columns is loaded */
	bool has_times;
	bool has_families;   /* all of them */
	uint8_t *has_family; /* the values of its slots: VALUES_* */
};

struct redacted {
	uint64_t row;
	struct merkle_hash leaf;
};

/* A time that was written last. */
struct time_text {
	uint64_t value;
	size_t len; /* 0: none yet, or it cannot be written */
	unsigned form;
	char text[TIMEFORM_TEXT_MAX];
};

struct segment {
	struct str bytes;
	struct vfile *file; /* or NULL: then bytes */
	uint64_t size;
	struct bytes packed; /* what was read from the file last */
	struct ZSTD_DCtx_s *zstd;
	struct block_entry *blocks;
	struct section *sections;
	uint32_t block_count;
	uint32_t section_count;
	uint64_t records;
	uint32_t version;
	/* tables, when has_tables */
	bool has_tables;
	struct bytes texts;  /* each ended by NUL */
	uint32_t *text_from; /* text_count + 1 */
	uint32_t text_count;
	struct bytes addresses; /* as planes */
	uint32_t address_count;
	struct bytes text; /* of the templates */
	/* of their pieces, one more than slots of each: where they begin; and one more */
	uint32_t *piece_from;
	struct template *templates;
	struct slot *slots;
	struct codes *codes; /* of a template */
	uint16_t *slots_of; /* of a template: how many; beside one another, for who asks each row */
	struct value *usual;       /* of a slot */
	uint8_t *has_usual;        /* of a slot, as bits */
	uint32_t *family_from;     /* of a family, and one more: its first template in */
	uint16_t *family_template; /* those it has slots in; one stands there for each slot */
	struct near *near;         /* of a family, for who decodes it */
	struct followers *followers;
	uint8_t family_type[LIMIT_SEGMENT_FAMILIES];
	uint32_t template_count;
	uint32_t slot_count;
	uint32_t family_count;
	/* where things stand, when has_index; NULL where that is not known */
	bool has_index, has_template_uses;
	uint32_t *template_blocks;
	struct use_list uses[SLOT_TYPES]; /* of texts and addresses */
	struct folded *folded[FOLDINGS];  /* made when first needed */
	struct view view;
	struct bytes digits; /* of the block below; len 0: it has none */
	uint32_t digits_block;
	struct bytes redacted; /* when has_redacted: of struct redacted, in order */
	bool has_redacted;
	struct time_text time;
	struct bytes line; /* the record given out last */
};

/* Has slot I of the segment a usual value? */
static inline bool has_usual(const struct segment *s, uint32_t i)
{
	return s->has_usual[i / 8] >> i % 8 & 1;
}

/* In the block in work: has slot K of template T, which is in use, its usual value in all rows? */
static inline bool is_fixed(const struct segment *s, uint32_t t, uint32_t k)
{
	const struct view *v = &s->view;

	return v->fixed && v->fixed[v->fixed_from[t] + k / 8] >> k % 8 & 1;
}

/* What stands in slot K of the row at POSITION; its family must be loaded. */
static inline struct value value_at(const struct segment *s, uint32_t position, uint32_t k)
{
	uint32_t t = s->view.template[position];

	return is_fixed(s, t, k) ? s->usual[s->templates[t].slot + k] :
				   s->view.values[s->view.first[position] + k];
}

/* LEN bytes from OFFSET on; they live until the next call. */
MUST_CHECK int segment_bytes(
	struct segment *s, uint64_t offset, size_t len, struct err *e, const uint8_t **ret_bytes);
/* Unpack section S into TO, after its checksum. */
MUST_CHECK int section_load(
	struct segment *s, const struct section *section, struct bytes *to, struct err *e);
/* The section of BLOCK (SECTION_NO_BLOCK: of the segment), or NULL. FAMILY only for columns. */
const struct section *section_find(
	const struct segment *s, uint32_t block, unsigned kind, unsigned family);
/* Templates and dictionaries. */
MUST_CHECK int load_tables(struct segment *s, struct err *e);
void tables_done(struct segment *s);
/* Where templates stand; and texts and addresses too. */
MUST_CHECK int load_template_uses(struct segment *s, struct err *e);
MUST_CHECK int load_index(struct segment *s, struct err *e);
/* May a record hold the texts of M? NOT is certain. OLD: only one of no template, whose bytes are
 * read in an old encoding, of which the letters of the segment know nothing. Needs no tables. */
enum may_hold { MAY_NOT, MAY_OLD, MAY_ANY };
MUST_CHECK int segment_may_hold(
	struct segment *s, const struct matcher *m, struct err *e, enum may_hold *ret);
/* May a record of BLOCK hold the digits of M's texts? False is certain. Needs no tables. */
MUST_CHECK int block_may_hold(
	struct segment *s, uint32_t block, const struct matcher *m, struct err *e, bool *ret);
/* Are records of no template in BLOCK that are not UTF-8? Needs no tables either. */
MUST_CHECK int block_has_old(struct segment *s, uint32_t block, struct err *e, bool *ret);
static inline uint32_t address_at(const struct segment *s, uint64_t i)
{
	const uint8_t *at = s->addresses.at + i;
	size_t n = s->address_count;

	return (uint32_t)at[0] << 24 | (uint32_t)at[n] << 16 | (uint32_t)at[2 * n] << 8 | at[3 * n];
}

/* The texts a search looks at, folded. */
struct folded {
	struct bytes text;    /* of templates */
	uint32_t *piece_from; /* as in struct segment */
	struct bytes texts;
	uint32_t *text_from;
};
struct folded *folded_new(struct segment *s, enum folding folding);
struct folded *folded_free(struct folded *f);
void view_done(struct view *v);
/* ERR_INPUT: WHAT is damaged, of the segment or of its block in work. */
int segment_bad(struct err *e, const char *what);
int block_bad(const struct segment *s, struct err *e, const char *what);
/* Make BLOCK the one in work with nothing loaded, for who asks its columns alone. */
void begin_block(struct segment *s, uint32_t block);
/* Make BLOCK the one in work: templates of its rows; the text of a block of text. */
MUST_CHECK int load_block(struct segment *s, uint32_t block, struct err *e);
/* Where the values of rows stand: of templates with KEEP_VALUES in KEEP, or NULL: of all. The fewer
 * are kept, the less memory is touched. What was loaded for another KEEP is lost. */
void place_values(struct segment *s, const uint8_t *keep);
/* Which row each position holds. */
MUST_CHECK int load_order(struct segment *s, struct err *e);
/* The times of rows of templates that are not 0 in KEEP; NULL: of all. */
MUST_CHECK int load_times(struct segment *s, const uint8_t *keep, struct err *e);
/* The digits of BLOCK, into s->digits. */
MUST_CHECK int load_digits(struct segment *s, uint32_t block, struct err *e);
/* What becomes of the values decoded: slots whose values are only held against a set of entries, of
 * which nothing is kept but which rows were in it; and templates whose values are not asked for. */
enum { KEEP_NONE, KEEP_VALUES, KEEP_MARKS };
extern const uint64_t MARK_NUMBERS[1];
struct marks {
	/* of a slot of a template with KEEP_MARKS: the set, or NULL; of one of numbers, of which
	 * there is no dictionary, MARK_NUMBERS */
	const uint64_t **bits;
	/* is it in the set? That is the same for all slots of numbers, so each that stands in a
	 * column is asked once, and not each row */
	bool (*has_number)(const void *of, unsigned type, struct value value);
	const void *of;
	const uint8_t *keep; /* of a template: KEEP_*; NULL: the values of all */
	uint8_t *families;   /* of a family: 1 when a slot of it has a set */
	uint8_t *rows;       /* by position: 1 where a value was in the set of its slot */
};
/* The values of slots of the families that are not 0 in WANTED; NULL: of all. MARKS may be NULL.
 * Where MARKS keeps those of some templates only, forget_some() has to follow before others are
 * asked for. */
MUST_CHECK int load_families(
	struct segment *s, const uint8_t *wanted, const struct marks *marks, struct err *e);
void forget_some(struct segment *s);
/* Which columns there are: for the two below, which do it themselves. */
MUST_CHECK int load_columns(struct segment *s, struct err *e);
/* The values that stand in the column of a family: all that its slots hold in this block. */
MUST_CHECK int load_column(struct segment *s, unsigned family, struct err *e);
static inline uint64_t column_next(const struct column_view *c, uint64_t last, uint32_t i)
{
	uint64_t value = 0;

	for (unsigned plane = 0; plane < c->width; plane++)
		value |= (uint64_t)c->data[(size_t)plane * c->count + i] << (8 * plane);
	return c->is_delta ? last + (uint64_t)unzigzag(value) : value;
}
MUST_CHECK int load_all_values(struct segment *s, struct err *e);
MUST_CHECK int load_meta(struct segment *s, struct err *e);
/* Row ROW of the block in work, whose values are loaded: borrowed from the segment. */
MUST_CHECK int row_text(struct segment *s, uint32_t row, struct err *e, struct str *ret_text);
/* The same of the row at a position, in a block of columns. */
MUST_CHECK int position_text(
	struct segment *s, uint32_t position, struct err *e, struct str *ret_text);
/* What stands in a slot; TEXT has TIMEFORM_TEXT_MAX bytes and may be left unused. */
struct str slot_text(const struct segment *s, struct slot slot, struct value value, char *text);

#endif
