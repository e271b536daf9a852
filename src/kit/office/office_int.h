/* office_int.h - between the files of this room. */
#ifndef KIT_OFFICE_INT_H
#define KIT_OFFICE_INT_H

#include "kit/office/office.h"

#include <expat.h>
#include <zip.h>

/* Why a file is refused. WORDS is for tr(). */
int office_refuse(
	struct parse_fault *fault, enum err_code code, const char *words, struct str about);

/* One part of the archive, read to its end under a ceiling. */
struct part {
	zip_file_t *file;
	uint64_t packed_bytes, read_bytes;
};

/* ERR_ABSENT (no fault written) when the archive has no such part. */
MUST_CHECK int part_open(zip_t *zip, const char *name, struct part *ret, struct parse_fault *fault);
/* How many bytes came, 0 at the end. */
MUST_CHECK int part_read(struct part *p, char *bytes, size_t room, struct parse_fault *fault);
void part_close(struct part *p);
/* The archive on FD, when its directory is of a size one can bear. */
struct container {
	zip_t *zip;
	void *bytes; /* mapped */
	size_t size;
};
MUST_CHECK int container_open(int fd, struct container *ret, struct parse_fault *fault);
void container_close(struct container *c);

/* A part as XML events. begin() and end() get names without their prefix. */
struct xml {
	struct part part;
	XML_Parser parser;
	struct parse_fault *fault;
	void *context;
	void (*begin)(void *context, const char *name, const char **pairs);
	void (*end)(void *context, const char *name);
	void (*text)(void *context, const char *text, size_t len);
	int depth;
	int status; /* a refusal from within a handler: it ends the reading */
	bool is_open, is_over, is_suspended;
};

MUST_CHECK int xml_open(zip_t *zip, const char *name, struct xml *x, struct parse_fault *fault);
/* Reads on until a handler calls xml_pause() (1) or the part ends (0). */
MUST_CHECK int xml_next(struct xml *x);
void xml_pause(struct xml *x);
void xml_refuse(struct xml *x, int status);
void xml_close(struct xml *x);
/* The value of an attribute, or NULL; its name without prefix. */
const char *xml_value(const char **pairs, const char *name);

/* What the parts beside the sheets say. */
struct book_format {
	bool is_date, has_time;
	int zeros; /* shown with at least so many digits */
	uint8_t font;
};

enum book_font { FONT_UNICODE, FONT_TCVN3, FONT_TCVN3_CAPITAL, FONT_VNI };

struct book {
	zip_t *zip;
	struct arena *arena;
	VEC(struct office_sheet) sheets;
	VEC(const char *) parts; /* of the sheets */
	VEC(struct book_format) formats;
	struct buf texts;     /* the shared ones, one after another */
	struct buf text_ends; /* uint32_t each: where it ends in TEXTS */
	size_t text_count;
	bool is_1904, has_macros;
};

MUST_CHECK int book_open(zip_t *zip, struct arena *a, struct book *b, struct parse_fault *fault);
void book_close(struct book *b);
enum book_font book_font(const char *name);
/* TEXT, typed in FONT, as Unicode. */
void book_decode(enum book_font font, struct str text, struct buf *out);
/* "_x000D_" and kin as the characters they stand for. */
void book_unescape(struct str text, struct buf *out);

/* One sheet, row by row. */
struct sheet;
MUST_CHECK int sheet_open(struct book *b, size_t number, struct office_notes *notes,
	struct sheet **ret, struct parse_fault *fault);
MUST_CHECK int sheet_next(struct sheet *s, struct office_row *ret, struct parse_fault *fault);
struct sheet *sheet_close(struct sheet *s);

/* The rectangles of merged cells, ordered by their first row. */
struct merge {
	uint32_t first_row, last_row;
	unsigned first_column, last_column;
};
struct merges {
	struct merge *at;
	size_t count, room;
};
MUST_CHECK int merges_read(
	struct book *b, const char *part, struct merges *ret, struct parse_fault *fault);
/* "BC12" as column from 0 and row from 1. */
bool cell_place(const char *text, unsigned *ret_column, uint32_t *ret_row);
/* A serial number of days as text. False when it is no date. */
bool serial_text(double serial, bool is_1904, bool has_time, char text[32]);

/* A CSV file. */
struct csv;
MUST_CHECK int csv_open(
	int fd, struct office_notes *notes, struct csv **ret, struct parse_fault *fault);
MUST_CHECK int csv_next(struct csv *c, struct office_row *ret, struct parse_fault *fault);
struct csv *csv_close(struct csv *c);

/* Is WORD, lower case and decomposed, a syllable of Vietnamese? */
bool syllable_is_vietnamese(struct str word);

/* The one byte of Windows-1252 for the character C, or -1. */
int latin_byte(uint32_t c);

#endif
