/* layout.h - private to work/archive: what the writer and the reader of segments share. The words
 * are those of docs/formats/segment.md. */
#ifndef ARCHIVE_LAYOUT_H
#define ARCHIVE_LAYOUT_H

#include "work/archive/segment.h"
#include "work/archive/bytes.h"
#include "work/archive/timeform.h"

#define SEGMENT_MAGIC "KHIENSEG"
#define SEGMENT_MAGIC_END "GESNEIHK"
#define SEGMENT_VERSION 5
#define SEGMENT_VERSION_OLDEST 1 /* the same without what came since */
#define SEGMENT_HEADER_BYTES 16
#define SEGMENT_FOOTER_BYTES 48

/* A line is a template: static text with slots. What stands in a slot has a type; the family says
 * which slots share a column of values. */
enum slot_type {
	SLOT_TEXT = 1,
	SLOT_NUMBER,
	SLOT_HEX,
	SLOT_HEX_UPPER,
	SLOT_IPV4,
	SLOT_TIME,
	SLOT_TYPES
};

struct slot {
	uint8_t type;
	uint8_t form; /* of a SLOT_TIME */
	uint16_t family;
};

/* What stands in a slot: a number, an address, a time, or a text's number in the dictionary. DIGITS
 * is 0 or, with leading zeros, how many digits there are. */
struct value {
	uint64_t number;
	uint8_t digits;
};

struct template
{
	uint32_t text;     /* offset in the text of all; a NUL stands for each slot, one ends it */
	uint32_t text_len; /* with the last NUL */
	uint32_t slot;     /* first of its slots */
	uint32_t slots;
	uint16_t time; /* its first slot of type SLOT_TIME, plus one; 0 for none */
};

/* The template of records that no template suits: the record stands whole in the section RAW. */
#define TEMPLATE_RAW 0

/* Codes of a slot: its rank among the values that its family had last, newest first; or that the
 * value stands in the family's column. Of texts and addresses it is the number of the entry in the
 * dictionary. So a family can be read without the others. */
#define ENTRY_NEAR 16
#define CODE_ENTRY ENTRY_NEAR       /* it stands in the column */
#define CODE_AGAIN (CODE_ENTRY + 1) /* the one that came behind the last one before */

#define NUMBER_NEAR 8
#define CODE_FRESH NUMBER_NEAR /* the value stands in the family's column */
#define CODE_PADDED \
	(CODE_FRESH + 1) /* + digits - 1: the same, with leading zeros to so many digits */
#define NUMBER_DIGITS_MAX 19
#define HEX_DIGITS_MAX 16

#define CODE_TIME_SAME 0
#define CODE_TIME_OTHER 1

enum section_kind {
	SECTION_USUAL,         /* of the segment: values that slots have in whole blocks */
	SECTION_DICTIONARY,    /* of the segment: texts, each ended by NUL */
	SECTION_ADDRESSES,     /* of the segment: IPv4, 4 bytes each, as planes */
	SECTION_TEMPLATES,     /* of the segment: static text */
	SECTION_SLOTS,         /* of the segment: slots of each template */
	SECTION_TEMPLATE_USES, /* of the segment: blocks of each template */
	SECTION_TEXT_USES,     /* of the segment: families and blocks of each text */
	SECTION_ADDRESS_USES,  /* of the segment: the same of each address */
	SECTION_GRAMS,         /* of the segment: letters that may be found in it */
	SECTION_REDACTED,      /* of the segment: rows without their text, and their leaf hashes */
	SECTION_META,          /* of a block, from here on */
	SECTION_RECEIVED,
	SECTION_GROUPS,
	SECTION_ROWS, /* template of each row */
	SECTION_TIMES,
	SECTION_TIMES_OTHER,
	SECTION_TEXT_CODES,
	SECTION_NUMBER_CODES,
	SECTION_ADDRESS_CODES,
	SECTION_COLUMN,  /* values of one family */
	SECTION_COLUMNS, /* values of all families too small for a section of their own */
	SECTION_RAW,
	SECTION_LENGTHS, /* of a block of text: length of each record; or a line break ends each */
	SECTION_TEXT,    /* of a block of text: the records, one after the other */
	SECTION_FIXED,   /* of a block: slots that have their usual value in all rows */
	SECTION_DIGITS,  /* of a block: digits that may be found in its numbers */
	SECTION_KINDS
};

/* LZMA1 sections have no header: these settings are always the same. */
#define SEGMENT_LZMA_WINDOW (8 * MIB)
#define SEGMENT_LZMA_LC 3
#define SEGMENT_LZMA_LP 0
#define SEGMENT_LZMA_PB 0

/* The digits of a usual value that is not known. */
#define NOT_USUAL 255

enum section_codec { CODEC_NONE, CODEC_ZSTD, CODEC_LZMA, CODECS };

struct section {
	uint8_t kind;
	uint8_t codec;
	uint16_t family;
	uint32_t block; /* SECTION_NO_BLOCK for those of the segment */
	uint32_t raw_len;
	uint32_t stored_len;
	uint64_t offset;
	uint64_t hash; /* XXH3-64 of the stored bytes */
};

/* From this version on no digits are parted: a text right before or behind a number has no digit
 * there, nor has a hexadecimal number right behind a decimal one. */
#define VERSION_OF_BORDERS 3

static inline bool is_number_type(unsigned type)
{
	return type == SLOT_NUMBER || type == SLOT_HEX || type == SLOT_HEX_UPPER;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* May slots of these types, one right behind the other, part LEFT and RIGHT? */
static inline bool may_part(unsigned type, char left, unsigned next, char right)
{
	if (is_number_type(next) && type == SLOT_TEXT)
		return !is_digit(left);
	return !is_digit(right) ||
		!((is_number_type(type) && next == SLOT_TEXT) ||
			(type == SLOT_NUMBER && (next == SLOT_HEX || next == SLOT_HEX_UPPER)));
}

#define SECTION_NO_BLOCK 0xFFFFFFFFu

/* What the directory says of a block. */
struct block_entry {
	uint64_t first_row;
	uint64_t raw_bytes;
	uint64_t hash; /* XXH3-64 of the records, each with its length before it */
	int64_t first_ns;
	int64_t last_ns;
	uint32_t rows;
	bool is_text;
	bool has_old_files;     /* lines whose time is not when they were received */
	uint32_t first_section; /* kept by the reader */
	uint32_t sections;
};

/* How the values of a family stand in a block: COUNT of WIDTH bytes, as planes (all lowest bytes,
 * then the next); a delta column holds the zigzag difference to the value before. */
struct column {
	uint16_t family;
	uint8_t width;
	bool is_delta;
	bool is_own; /* has a section of its own */
	uint32_t count;
	uint32_t offset; /* in the values */
};

/* The values used last. Each stays in its place; ORDER says which one is at which rank, a nibble
 * each, the newest lowest: what moves to the front moves with three shifts. */
struct near {
	uint64_t order;
	uint64_t value[ENTRY_NEAR];
	uint8_t digits[NUMBER_NEAR]; /* of numbers, which have fewer places */
	uint8_t met;                 /* of numbers, a bit for each place: a reader looks for it */
	uint8_t count;
};

#define NEAR_ORDER 0xFEDCBA9876543210u

static inline void near_clear(struct near *near)
{
	near->order = NEAR_ORDER;
	near->count = 0;
}

/* Where the value at RANK is. */
static inline unsigned near_place(const struct near *near, unsigned rank)
{
	return (unsigned)(near->order >> 4 * rank) & 15;
}

/* Its rank, of PLACE. */
static inline unsigned near_rank(const struct near *near, unsigned place)
{
	uint64_t ones = 0x1111111111111111u, x = near->order ^ place * ones;

	/* the lowest nibble that is 0 */
	return (unsigned)__builtin_ctzll((x - ones) & ~x & ones << 3) / 4;
}

static inline void near_front(struct near *near, unsigned rank)
{
	uint64_t newer = ((uint64_t)1 << 4 * rank) - 1, order = near->order;

	near->order =
		(order & ~(newer << 4 | 15)) | (order & newer) << 4 | (order >> 4 * rank & 15);
}

/* The place of a value that comes to the front of at most ROOM: a free one, or the oldest's. */
static inline unsigned near_new(struct near *near, unsigned room)
{
	near_front(near, near->count < room ? near->count++ : room - 1);
	return near->order & 15;
}

/* What came behind each entry when its family held it last: lists are often repeated. */
#define FOLLOWERS 1024
struct followers {
	uint32_t *of;  /* FOLLOWERS places, each an entry plus one; NULL until needed */
	uint32_t last; /* the entry before */
	bool has_last;
};

/* The entry expected next plus one, or 0. */
static inline uint32_t follower(const struct followers *f)
{
	return f->of && f->has_last ? f->of[f->last % FOLLOWERS] : 0;
}

void followers_new(struct followers *f);

/* ENTRY came. */
static inline void follow(struct followers *f, uint32_t entry)
{
	if (f->has_last && f->last != entry) {
		if (f->of == NULL)
			followers_new(f);
		f->of[f->last % FOLLOWERS] = entry + 1;
	}
	f->last = entry;
	f->has_last = true;
}

/* How many decimal digits, hexadecimal digits VALUE has without leading zeros. */
unsigned decimal_digits(uint64_t value);
unsigned hex_digits(uint64_t value);
/* Write what stands in the slot; TEXT has 24 bytes. DIGITS 0: no leading zeros. */
size_t decimal_write(uint64_t value, unsigned digits, char *text);
size_t hex_write(uint64_t value, unsigned digits, bool is_upper, char *text);
size_t ipv4_write(uint32_t address, char *text);

/* What a time of form FORM in a row is measured from, when the row's first time is VALUE in form
 * FIRST: the same when the forms are, else its whole seconds. */
int64_t time_base(unsigned first, int64_t value, unsigned form);

/* Meta column prediction: the last record of a sender, found by its low bits. */
#define META_SENDERS 1024
enum meta_column { META_SENDER, META_PACKED, META_BOOT, META_SEQUENCE, META_PEER, META_COLUMNS };
struct meta_state {
	struct {
		uint64_t sequence;
		uint8_t peer[16];
	} of[META_SENDERS];
	int64_t received_ns;
	int64_t boot_lag;
	uint64_t packed;
	uint32_t source;
};

#endif
