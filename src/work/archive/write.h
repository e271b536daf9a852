/* write.h - private to work/archive: a block being gathered, coded and written. */
#ifndef ARCHIVE_WRITE_H
#define ARCHIVE_WRITE_H

#include "work/archive/grams.h"
#include "work/archive/lines.h"
#include "work/archive/uses.h"

/* Values of one family that its codes do not give. */
struct family_values {
	struct near near;
	struct followers followers;
	struct bytes fresh; /* of uint64_t */
	uint32_t position;  /* in the list of those in use, plus one */
};

struct row {
	uint32_t template;
	uint32_t group;
	uint32_t values; /* where its values begin */
	uint32_t raw_from;
	uint32_t raw_len;
	uint32_t source;
	uint64_t hash; /* of its group */
};

/* The sections of the block in columns. They are kept in OUT until it is known that they are
 * smaller than text. */
struct coded {
	struct bytes of[SECTION_KINDS];
	struct bytes columns; /* of struct column, in order of family */
	struct bytes values;  /* of all columns */
};

struct segment_writer {
	struct segment_options options;
	segment_sink *sink;
	void *context;
	struct lines lines;
	/* the block in work */
	struct bytes raw;
	struct bytes rows;   /* of struct row */
	struct bytes values; /* of struct value */
	struct bytes meta[META_COLUMNS];
	struct bytes received;
	struct meta_state meta_state;
	struct table groups;
	struct block_entry block;
	struct coded coded; /* its room serves the next one */
	/* numbers in the segment of the writer's texts and addresses; plus one, 0 for none yet */
	struct bytes text_number, address_number; /* of uint32_t */
	struct bytes text_order, address_order;   /* the other way about */
	struct uses text_uses, address_uses;
	struct bytes template_blocks; /* of uint32_t */
	struct grams grams;
	struct bytes redacted;
	uint64_t last_redacted;
	/* of each slot the value it may have in whole blocks; and in which slots that came up in
	 * the block in work */
	struct bytes usual;     /* of struct value */
	struct bytes new_usual; /* of uint32_t */
	bool has_unknown;       /* a block's letters were not looked at */
	struct family_values *families;
	struct bytes used_families; /* of uint16_t */
	/* the segment so far */
	struct bytes blocks;   /* of struct block_entry */
	struct bytes sections; /* of struct section */
	struct bytes pending;  /* stored bytes that have not gone to the sink */
	struct ZSTD_CCtx_s *zstd;
	uint64_t offset; /* of what comes next */
	struct segment_sizes sizes;
	bool is_broken;
};

/* Compress CONTENT as the next section; it waits in w->pending. */
void writer_section(struct segment_writer *w, enum section_kind kind, unsigned family,
	const void *content, size_t len);

/* The rows of the block get templates and values; groups are numbered as they came. */
void writer_cut(struct segment_writer *w);

/* Into OUT, which may hold a block before. */
void code_block(struct segment_writer *w, struct coded *out);
void coded_done(struct coded *c);

#endif
