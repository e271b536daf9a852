/* page.h - private to cli: what the pack commands share, text of at most 80 columns. */
#ifndef FACE_CLI_PAGE_H
#define FACE_CLI_PAGE_H

#include "face/cli/cli_int.h"

#define PAGE_MAX_BYTES (16 * MIB)

/* What a run of a pack command writes and reads. */
struct page {
	const struct command_line *line;
	const struct pack_set *set;
	struct buf *out;
	enum lang lang;
	struct arena *arena;
	struct date on; /* by page_when() */
	int level;
};

/* VI in the page's language. */
const char *page_tr(const struct page *p, const char *vi);
/* "label: value", wrapped below the value. */
void page_row(const struct page *p, size_t indent, const char *label, struct str value);
void page_text(const struct page *p, size_t indent, struct str text);
/* "- text", further lines indented below the text. */
void page_item(const struct page *p, size_t indent, struct str text);
/* "10 phút", "WPA2, WPA3" */
struct str page_value(const struct page *p, const struct param_value *value);
const char *page_unit(const struct page *p, struct str unit);
const char *page_force(const struct page *p, enum force force);
const char *page_direction(const struct page *p, enum direction direction);
/* "tay-son/D12.1.b, điểm b khoản 1 Điều 12, cấp độ 1-5, bắt buộc" */
struct str page_value_source(const struct page *p, const struct param_value *value);
/* What holds at some levels, from FROM to TO. */
struct span {
	int from, to;
	struct param_ruling ruling;
};
#define PAGE_LEVELS 5
/* The rulings on parameter ID at the page's level, or at each level where none is given; levels
 * with the same ruling make one span. Returns how many. */
size_t page_spans(const struct page *p, struct str id, struct span ret[PAGE_LEVELS]);
/* A list of ids joined by ", ". */
struct str page_ids(const struct page *p, const struct str *ids, size_t count);

/* VI in the page's language with {a} {b} {c} replaced. Lives in the arena. */
struct str page_say(
	const struct page *p, const char *vi, const char *a, const char *b, const char *c);
/* The day and level of --on and --level; today and 0 without them. */
MUST_CHECK int page_when(struct page *p, struct err *e);
/* Write OUT to standard output and end it. ERR_LIMIT when it was full. */
MUST_CHECK int page_print(struct buf *out, struct err *e);

/* Split DIR into the folder of packs and, when DIR is itself a pack, its name (else NULL). */
MUST_CHECK int page_split_dir(const struct command_line *line, const char *dir, struct err *e,
	const char **ret_packs, const char **ret_pack);

/* Completion: ids of everything `pack show` takes; of parameters. */
void page_complete_ids(const struct command_line *line);
void page_complete_params(const struct command_line *line);

#endif
