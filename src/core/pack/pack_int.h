/* pack_int.h - how packs are loaded: read (pack_field.c by the tables of pack_load_*.c), check
 * (pack_check.c, pack_rule.c), link (pack_link.c). Reading never stops at a fault: it notes it and
 * goes on, so that one run names them all. */
#ifndef CORE_PACK_INT_H
#define CORE_PACK_INT_H

#include "core/pack/flows.h"
#include "core/pack/pack.h"
#include "kit/parse/parse.h"

enum item {
	ITEM_CLAUSE,
	ITEM_OBLIGATION,
	ITEM_PARAM,
	ITEM_ROLE,
	ITEM_CHECK,
	ITEM_QUESTION,
	ITEM_REGISTER,
	ITEM_FLOW,
	ITEM_STATEMENT,
	ITEM_QUIZ,
	ITEM_PAPER,
	ITEM_COUNT
};

/* An id as a file gives it, and an id as a file uses it. */
struct pack_name {
	enum item item;
	const struct pack *pack;
	struct str id;
	struct source source;
};

/* One row of the table by which an item of some kind is found by its id. */
struct entry {
	struct str id;
	const struct pack *pack;
	const void *is;
	size_t rank; /* of the pack: regulations, standards, checks */
};

struct pack_year; /* of a calendar */

struct pack_set {
	struct arena arena;
	struct pack_year *years;
	size_t year_count;
	struct pack *packs; /* in the order of their folders */
	const struct pack **ranked;
	size_t count;
	struct entry *entries[ITEM_COUNT]; /* by id, then rank */
	size_t entry_count[ITEM_COUNT];
};

/* Clauses and obligations before their pointers are set. */
struct clause_row {
	struct clause clause;
	struct str parent;
	struct source parent_source;
};

struct obligation_row {
	struct obligation obligation;
	struct str clause;
};

struct pack_rows {
	VEC(struct clause_row) clauses;
	VEC(struct obligation_row) obligations;
	VEC(struct param) params;
	VEC(struct role) roles;
	VEC(struct check) checks;
	VEC(struct watched) watched;
	VEC(struct import_rule) imports;
	VEC(struct flow) flows;
	VEC(struct statement) statements;
	VEC(struct quiz) quizzes;
	VEC(struct paper_kind) papers;
	VEC(struct check) questions; /* the rest of a check, from linux/ */
	VEC(struct pack_register) registers;
};

/* What a narrow set takes of the items of a list: those in which WORD stands, and of them the KEYS,
 * ended by NULL. */
struct pack_wanted {
	const char *word;
	const char *const *keys;
};

struct pack_load {
	struct pack_set *set;
	struct arena work; /* ends with the loading */
	const char *dir;
	struct pack *pack;      /* being read */
	struct pack_rows *rows; /* of all packs, parallel to set->packs; PACK's while reading */
	const char *file;       /* being read, relative to the packs folder */
	VEC(struct pack_fault) faults;
	VEC(struct pack_name) names, uses;
	const struct pack_wanted *wanted; /* of the file being read; NULL: all of it */
	size_t bytes;                     /* of all files read */
	bool is_narrow;                   /* only what pack_set_load_checks() promises */
	bool is_compiled; /* the file being read: its texts stand in the program and stay */
	bool is_partial; /* some file could not be read: what is missing may stand there */
	/* NULL, or told of each file that was parsed and the digest of its bytes */
	void (*seen)(struct pack_load *load, const unsigned char *sha256,
		const struct yaml_node *root);
	void *seen_context;
};

/* Note a fault; A, B, C are copied. */
void pack_fault_add(struct pack_load *load, struct source at, const char *words, struct str a,
	struct str b, struct str c);
struct source pack_source(const struct pack_load *load, const struct yaml_node *node);
/* The text of NODE for as long as the set is there. */
struct str pack_text(const struct pack_load *load, const struct yaml_node *node);

/* Field tables: one row says how a key of a map is read into a struct. */
enum field_kind {
	FIELD_TEXT,   /* struct str; one of CHOICES when there are some */
	FIELD_TEXTS,  /* struct str * */
	FIELD_WORDS,  /* struct words */
	FIELD_DATE,   /* struct date, with a bool at COUNT_AT when it may be null */
	FIELD_NUMBER, /* int from MIN to MAX */
	FIELD_BOOL,   /* true or false, or the two words of CHOICES, false first */
	FIELD_ENUM,   /* the place of the word in CHOICES */
	FIELD_ENUMS,
	FIELD_MAP,  /* a struct inside, by SHAPE */
	FIELD_MAPS, /* an array of structs, by SHAPE */
	FIELD_OWN,  /* by READ */
};

#define FIELD_NEEDED 1u  /* must stand there */
#define FIELD_NULL 2u    /* may be null */
#define FIELD_BLANK 4u   /* may be "" */
#define FIELD_ID 8u      /* is the id of ITEM */
#define FIELD_USE 16u    /* is a reference to ITEM */
#define FIELD_SOURCE 32u /* a struct source at COUNT_AT gets the place of the value */

struct shape;
struct field {
	const char *name;
	enum field_kind kind;
	unsigned how;
	size_t at, count_at;
	const char *const *choices;
	int min, max;
	enum item item;
	const struct shape *shape;
	void (*read)(struct pack_load *load, const struct yaml_node *node, void *row);
};

/* A row: its name, FIELD_ kind, how, where; then .count_at and the rest by name. */
#define FIELD(field_name, field_kind, field_how, field_at, ...) \
	{ \
		.name = field_name, .kind = FIELD_##field_kind, .how = field_how, .at = field_at, \
		__VA_ARGS__ \
	}

struct shape {
	const struct field *fields; /* ended by a NULL name */
	size_t size;
	size_t source_at; /* NO_SOURCE, or where a struct source is */
};
#define NO_SOURCE SIZE_MAX

void pack_read_map(
	struct pack_load *load, const struct yaml_node *node, const struct shape *shape, void *row);
/* Texts of a list, or of one scalar; for FIELD_OWN. Returns NULL after a fault. */
struct str *pack_read_texts(struct pack_load *load, const struct yaml_node *node,
	const struct field *field, size_t *ret_count);
/* The list that stands under KEY in ROOT, which must hold nothing else. NULL after a fault. */
const struct yaml_node *pack_only_list(
	struct pack_load *load, const struct yaml_node *root, const char *key);

/* Files. NULL after a fault. */
const struct yaml_node *pack_read_file(struct pack_load *load, struct arena *a, const char *path);
/* Of a file that is one list in block style, take out what is not wanted, so that it need not be
 * parsed; of each list the first item stays, and what is left keeps its lines. Any other text stays
 * as it is. In place; returns the new length. */
size_t pack_thin(char *bytes, size_t len, const struct pack_wanted *wanted);
/* Read every pack of the folder, link and check. Faults are in LOAD; negative: no folder. */
int pack_load_all(struct pack_load *load, struct err *e);
/* Names of DIR/PATH in order, hidden ones left out. Negative: cannot be read. */
int pack_list_dir(struct pack_load *load, const char *path, struct err *e, char ***ret);

void pack_load_header(struct pack_load *load, const struct yaml_node *root);
void pack_load_clauses(struct pack_load *load, const struct yaml_node *root);
void pack_load_params(struct pack_load *load, const struct yaml_node *root);
void pack_load_roles(struct pack_load *load, const struct yaml_node *root);
void pack_load_obligations(struct pack_load *load, const struct yaml_node *root);
void pack_load_catalogue(struct pack_load *load, const struct yaml_node *root);
void pack_load_questions(struct pack_load *load, const struct yaml_node *root);
void pack_load_watched(struct pack_load *load, const struct yaml_node *root);
void pack_load_imports(struct pack_load *load, const struct yaml_node *root);
void pack_load_register(struct pack_load *load, const struct yaml_node *root);
void pack_load_flow(struct pack_load *load, const struct yaml_node *root);
void pack_load_statement(struct pack_load *load, const struct yaml_node *root);
void pack_load_quiz(struct pack_load *load, const struct yaml_node *root);
void pack_load_papers(struct pack_load *load, const struct yaml_node *root);
void pack_load_year(struct pack_load *load, const struct yaml_node *root);

/* Move the rows into the set and find what they name; what is not found stays NULL. */
void pack_link(struct pack_load *load);
/* The item that PACK calls ID: its own, then, where that is shared, any pack's. NULL: none. */
const void *pack_find(
	const struct pack_set *set, enum item item, const struct pack *pack, struct str id);

/* The same for registers: their fields in one row, and what they name (pack_register.c). */
void pack_link_registers(struct pack_load *load, struct pack *pack);
void pack_check_registers(struct pack_load *load, const struct pack *pack);

/* Faults that only the whole shows. */
void pack_check_all(struct pack_load *load);
void pack_check_clauses(
	struct pack_load *load, const struct pack *pack, const struct pack_rows *rows);
void pack_check_obligations(struct pack_load *load, const struct pack *pack);
void pack_check_params(struct pack_load *load, const struct pack *pack);
/* Names inside a flow or a statement that lead nowhere. */
void pack_check_papers(struct pack_load *load, const struct pack *pack);
void pack_check_paper(
	struct pack_load *load, const struct flow *f, const struct flow_paper *p);
extern const struct shape pack_paper_shape; /* of a flow's papers */
void pack_check_flows(struct pack_load *load, const struct pack *pack);
void pack_check_checks(
	struct pack_load *load, const struct pack *pack, const struct pack_rows *rows);

/* The number or letter of a label: "- b)" gives "b", "Điều 12." gives "12"; "" when it has none of
 * the form of its kind. */
struct str clause_label_core(enum clause_kind kind, struct str label);

#endif
