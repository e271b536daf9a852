/* office.h - floor 2: tables as people send them. A reader of XLSX and CSV that gives row after row
 * in bounded memory, and a writer of XLSX that streams. Nothing here opens a file: the caller hands
 * a descriptor, so that a process without any right can read what a stranger sent.
 *
 * Read: values, never formulas (what they last came to is taken), never macros, links or pictures.
 * Dates come as YYYY-MM-DD in either epoch. Texts come in NFC; those that were typed in a font of
 * TCVN3 or VNI, and CSV in an old Vietnamese encoding, are converted. */
#ifndef KIT_OFFICE_H
#define KIT_OFFICE_H

#include "kit/parse/parse.h"

#define OFFICE_COLUMNS_MAX 512
#define OFFICE_ROWS_MAX 1048576
#define OFFICE_SHEETS_MAX 256
#define OFFICE_CELL_BYTES_MAX (128 * KIB) /* a cell of Excel has 32,767 characters */

/* Encodings of Vietnamese text. */
enum office_encoding {
	OFFICE_UTF8,
	OFFICE_UTF16LE,
	OFFICE_UTF16BE,
	OFFICE_CP1258,
	OFFICE_TCVN3, /* ABC, the fonts .VnTime and kin */
	OFFICE_VNI,   /* the fonts VNI-Times and kin */
	OFFICE_CP1252,
};

struct office_guess {
	enum office_encoding encoding;
	bool is_twice; /* bytes of ENCODING that some program took for Latin and saved as UTF-8 */
	int sure_percent; /* how much of the words with marks is Vietnamese that way */
};

/* Which encoding are these bytes in? By what their words become: Vietnamese syllables or not. */
struct office_guess office_recognise(struct str bytes);
/* BYTES as UTF-8 in NFC, appended; what has no meaning there becomes U+FFFD. */
void office_decode(struct office_guess from, struct str bytes, struct buf *out);
const char *office_encoding_name(enum office_encoding encoding); /* "TCVN3 (ABC)" */

/* Is RAW a line of text in TCVN3, VNI or Windows-1258? UTF-8 is none, nor is what holds control
 * bytes or words that are not Vietnamese. */
bool office_old_text(struct str raw, struct office_guess *ret);
/* Does TEXT stand in such a line, read in its encoding? IS_FOLDED: TEXT is what text_fold() made,
 * and the line is folded too; else it is looked for as it is. */
bool office_old_text_holds(struct str raw, struct str text, bool is_folded);

enum office_kind {
	OFFICE_EMPTY,
	OFFICE_TEXT,
	OFFICE_NUMBER,
	OFFICE_DATE,
	OFFICE_BOOL,
	OFFICE_WRONG
};

struct office_cell {
	enum office_kind kind;
	bool is_formula; /* TEXT is what it last came to; EMPTY when that was not kept */
	bool is_filled;  /* the value of a merged cell that begins in a row above */
	struct str text; /* UTF-8, NFC; of OFFICE_WRONG "#REF!" and kin */
};

struct office_row {
	uint32_t number; /* from 1, as the spreadsheet shows it; in CSV the line where it begins */
	bool is_hidden;
	size_t count; /* cells up to the last that holds something */
	const struct office_cell *cells;
};

struct office_sheet {
	struct str name; /* "" in CSV */
	bool is_hidden;
};

/* What was found beside the values, for the page that shows it. Complete after the last row. */
struct office_notes {
	bool is_csv;
	bool has_macros;          /* not read */
	char delimiter;           /* of CSV */
	struct office_guess text; /* of CSV, or of cells in an old font */
	size_t formulas, merged, columns_dropped;
};

struct office;

/* FD is a regular file or memory file, borrowed until office_close(). *RET lives until then.
 * ERR_INPUT, ERR_LIMIT: *RET_FAULT says what is wrong with the file; its words live in A. */
MUST_CHECK int office_open(
	int fd, struct arena *a, struct parse_fault *ret_fault, struct office **ret);
struct office *office_close(struct office *o); /* NULL is fine; returns NULL */
const struct office_sheet *office_sheets(const struct office *o, size_t *ret_count);
/* Begin to read sheet NUMBER, from 0. */
MUST_CHECK int office_select(struct office *o, size_t number, struct parse_fault *ret_fault);
/* 1 a row, good until the next call; 0 no more. Rows without any value are left out. */
MUST_CHECK int office_next(
	struct office *o, struct office_row *ret_row, struct parse_fault *ret_fault);
const struct office_notes *office_notes(const struct office *o);
/* "A", "Z", "AA" of column 0, 25, 26; TEXT has 8 bytes. */
const char *office_column_name(size_t column, char *text);

/* A writer of XLSX: bytes go into OUT as they come to be; whoever empties OUT between rows writes a
 * million of them in the memory of one. */
enum xlsx_style { XLSX_PLAIN, XLSX_HEAD, XLSX_DATE, XLSX_WRAP, XLSX_MARKED };

struct xlsx_list {
	size_t column;      /* of this sheet, from 0 */
	const char *source; /* a range of cells that hold the choices: 'Danh mục'!$A$2:$A$9 */
};

struct xlsx_sheet {
	struct str name;       /* at most 31 characters are kept, without []:*?/\ */
	const uint8_t *widths; /* of columns, in characters; NULL: the program's own */
	size_t columns;
	size_t frozen_rows; /* the heading, which stays in sight */
	const struct xlsx_list *lists;
	size_t list_count;
};

struct xlsx;
struct xlsx *xlsx_new(struct buf *out);
void xlsx_sheet(struct xlsx *x, const struct xlsx_sheet *sheet); /* ends the sheet before */
void xlsx_text(struct xlsx *x, enum xlsx_style style, struct str text);
void xlsx_number(struct xlsx *x, struct str decimal); /* "12", "-0.5": the caller checked it */
void xlsx_date(struct xlsx *x, struct date day);
void xlsx_skip(struct xlsx *x);
void xlsx_row_end(struct xlsx *x);
/* 0, or ERR_LIMIT: more rows than a sheet has, or more than 4 GiB. The writer ends either way. */
MUST_CHECK int xlsx_finish(struct xlsx *x, struct err *e);
struct xlsx *xlsx_free(struct xlsx *x); /* without finishing; NULL is fine */

#endif
