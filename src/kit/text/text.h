/* text.h - floor 2: words in two languages, folding for search, and the writers of JSON and CSV.
 * Nothing here does input or output: everything goes into a caller's arena or buf. */
#ifndef KIT_TEXT_H
#define KIT_TEXT_H

#include "base/base.h"

enum lang { LANG_VI, LANG_EN };

/* A pair of words from a pack. */
struct words {
	struct str vi;
	struct str en; /* may be STR_NONE: then vi serves for both */
};

struct str words_in(struct words w, enum lang lang);
bool lang_parse(struct str s, enum lang *ret); /* "vi", "en", "en_US.UTF-8" */
const char *lang_code(enum lang lang);         /* "vi" or "en" */

/* The interface's own words. The Vietnamese sentence is the key and stands in the code; po/en.po
 * holds the English, compiled to a table at build time. T() marks a sentence for collection without
 * looking it up. An unknown sentence comes back as it is. Static storage. */
#define T(vi_text) (vi_text)
/* 1234567 as people write it: "1.234.567", in English "1,234,567". For eyes alone: never in what a
 * program reads again. TEXT has TEXT_COUNT_SIZE bytes. */
#define TEXT_COUNT_SIZE 32
const char *text_count(enum lang lang, int64_t n, char *text);
const char *tr(enum lang lang, const char *vi_text) __attribute__((format_arg(2)));
/* The other way round for err_words(): the sentences of failures are English in the code, and
 * po/vi.po has the Vietnamese of those that a command may print. */
const char *text_failure(const char *english) __attribute__((format_arg(1)));

/* For search: lower case, marks stripped, đ to d: "Thống" -> "thong". A byte that belongs to no
 * character becomes '?'. At most three times as long; lives in A. */
struct str text_fold(struct arena *a, struct str s);
/* Is the folded NEEDLE in the folded form of S? */
bool text_matches(struct arena *a, struct str s, struct str folded_needle);

/* Bytes that compare as the Vietnamese alphabet orders the words: a ă â … d đ …, then the tones
 * (ngang huyền hỏi ngã sắc nặng); and the same for a person's name, by its last word first. A
 * TEXT column of the database holds them. Live in A. */
struct str text_sort_key(struct arena *a, struct str s);
struct str text_name_key(struct arena *a, struct str name);

/* S with {name} replaced by LOOKUP(name); an unknown name stays as it stands. Lives in A. */
typedef bool text_lookup(void *context, struct str name, struct str *ret_value);
struct str text_fill(struct arena *a, struct str s, text_lookup *lookup, void *context);

/* Bytes made safe to show: invalid UTF-8 and control characters become U+FFFD, at most MAX_BYTES
 * kept (then "…" is appended). Lives in A. */
struct str text_clean(struct arena *a, struct str s, size_t max_bytes);

/* For terminals: the columns S takes; S with blanks up to WIDTH; S broken at blanks so that no line
 * passes column WIDTH, beginning at column AT, further lines indented, ended by a line feed. Line
 * feeds in S stay. */
#define TEXT_COLUMNS 80
size_t text_width(struct str s);
void text_pad(struct buf *out, struct str s, size_t width);
void text_wrap(struct buf *out, struct str s, size_t at, size_t indent, size_t width);

/* A streaming JSON writer. Values inside objects need a key first; the writer puts commas and
 * indentation. Invalid UTF-8 is written as U+FFFD. */
#define JSON_DEPTH_MAX 32
struct json {
	struct buf *out;
	int depth;
	bool has_items[JSON_DEPTH_MAX];
	bool is_after_key;
	bool is_pretty;
};

void json_init(struct json *j, struct buf *out, bool is_pretty);
void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_key_str(struct json *j, struct str key);
void json_str(struct json *j, struct str value); /* STR_NONE writes null */
void json_cstr(struct json *j, const char *value);
void json_i64(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
/* key and value at once */
void json_put(struct json *j, const char *key, struct str value);
void json_put_i64(struct json *j, const char *key, int64_t value);

/* CSV after RFC 4180, CRLF, with a cell that a spreadsheet would take for a formula (= + - @ tab)
 * written after an apostrophe. Begin with csv_start(), which writes the UTF-8 mark Excel needs. */
void csv_start(struct buf *out);
void csv_cell(struct buf *out, struct str value);
void csv_i64(struct buf *out, int64_t value);
void csv_end_row(struct buf *out);

/* Lines of fields with a tab between: tab, newline, return and backslash are written \t \n \r \\,
 * a field that is not there (STR_NONE) \N. The adders write the tab first. */
void text_field_add(struct buf *out, struct str field);
void text_field_add_i64(struct buf *out, int64_t number);
/* The fields of LINE, its first word among them, in RET, which has room for MAX; they live in A.
 * False: an escape that is none, more than MAX, or A is full. */
bool text_fields(struct str line, struct arena *a, struct str *ret, size_t max, size_t *ret_count);

#endif
