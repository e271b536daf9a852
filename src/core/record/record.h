/* record.h - floor 3: what stands in the registers of the packs. A record is a row of a register in
 * a unit: values by field, every version kept, links to other records, files and comments.
 *
 * Values are texts of one spelling (docs/formats/register.md: "value kept"). Nothing is deleted: a
 * record is cancelled with a reason. The order of changes is the order of versions, never of
 * clocks. Who may do what is asked before, by rights.h; here stands what may be at all. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "base/base.h"
#include "core/evidence/evidence.h"
#include "core/org/org.h"
#include "core/pack/pack.h"
#include "kit/store/store.h"

#define RECORD_UNDO_DAYS 30

extern const struct store_step record_steps[];
extern const size_t record_step_count;

/* Where somebody works: a register, and who. What is handed out lives in A. */
struct record_at {
	struct store *store;
	const struct pack_set *packs;
	const struct pack_register *reg;
	struct arena *a;
	int64_t now_s;
	struct str login;
};

/* One value; a field with many has several of them, in order. */
struct record_value {
	struct str field, text;
};
struct record_body {
	struct record_value *at;
	size_t count;
};
struct str record_value_of(struct record_body body, struct str field); /* the first; or STR_NONE */
bool record_body_eq(struct record_body a, struct record_body b);

struct record {
	int64_t id, unit_id, version; /* id 0: not saved yet */
	struct str register_id, title;
	struct record_body body;
	bool is_cancelled;
	int64_t made_at_s, changed_at_s;
	struct str made_by, changed_by, changed_by_name; /* log-ins; a name, "" where not read */
};

/* --- checking --------------------------------------------------------------------------------- */

struct record_fault {
	const struct register_field *field; /* NULL: the record as a whole */
	const char *words;                  /* for tr(), with {a} for ABOUT */
	struct str about;
};
struct record_faults {
	struct record_fault *at;
	size_t count;
};

/* TYPED as people write it, over what record R (or nobody, id 0) has: a field that is not named
 * keeps its values, one with "" is emptied. The whole body in one spelling goes to *RET_BODY and
 * every fault to *RET_FAULTS; values with a fault are left out. <0 only when the database fails. */
MUST_CHECK int record_check(const struct record_at *at, const struct record *r,
	struct record_body typed, struct record_body *ret_body, struct record_faults *ret_faults,
	struct err *e);
/* What one typed value is in one spelling; NULL, or the words of its fault. */
const char *record_value_take(const struct register_field *f, struct str typed, struct date today,
	struct arena *a, struct str *ret);
/* The values a new record begins with. */
struct record_body record_first(const struct record_at *at, const struct org_user *user);

/* --- changing --------------------------------------------------------------------------------- */

/* Save R with TYPED, in a transaction of its own: a new record when its id is 0, else the next
 * version of R->version. WHY may be "". R is then what is saved. ERR_CONFLICT: somebody else saved
 * meanwhile; ERR_INPUT: *RET_FAULTS says what; both change nothing. Nothing new: no version. */
MUST_CHECK int record_save(const struct record_at *at, struct record *r, struct record_body typed,
	struct str why, struct record_faults *ret_faults, struct err *e);
/* The same inside the caller's transaction, for many at once. */
MUST_CHECK int record_put(const struct record_at *at, struct record *r, struct record_body typed,
	struct str why, struct record_faults *ret_faults, struct err *e);
/* ERR_INPUT without a reason. */
MUST_CHECK int record_cancel(
	const struct record_at *at, int64_t id, int64_t version, struct str why, struct err *e);
/* Make it again what it was before VERSION, which must be its newest and not older than
 * RECORD_UNDO_DAYS: a further version. ERR_DENIED: too old, or there is nothing before. */
MUST_CHECK int record_undo(const struct record_at *at, int64_t id, int64_t version, struct err *e);

/* What VERSION made, taken back inside the caller's transaction: a record that began with it is
 * cancelled with WHY, another is as before it. ERR_CONFLICT: it was changed since. */
MUST_CHECK int record_take_back(
	const struct record_at *at, int64_t id, int64_t version, struct str why, struct err *e);

/* --- reading ---------------------------------------------------------------------------------- */

/* By its id, of any register; ERR_ABSENT. */
MUST_CHECK int record_get(
	struct store *s, int64_t id, struct arena *a, struct record *ret, struct err *e);

struct record_change {
	int64_t version, at_s, unit_id;
	struct str by, by_name, what, why; /* what: add set cancel restore undo */
	struct record_body before, after;
};
/* Newest first. */
MUST_CHECK int record_history(struct store *s, int64_t id, struct arena *a,
	struct record_change **ret, size_t *ret_count, struct err *e);

/* Records that it refers to, and that refer to it. */
struct record_link {
	int64_t id; /* of the other one */
	struct str register_id, field, title;
	int64_t unit_id;
	bool is_from_here, is_cancelled;
};
MUST_CHECK int record_links(struct store *s, int64_t id, struct arena *a, struct record_link **ret,
	size_t *ret_count, struct err *e);

struct record_comment {
	int64_t id, at_s;
	struct str by, by_name, text;
};
MUST_CHECK int record_comments(struct store *s, int64_t id, struct arena *a,
	struct record_comment **ret, size_t *ret_count, struct err *e);
/* ERR_INPUT: empty or longer than 4000 bytes. */
MUST_CHECK int record_comment_add(
	const struct record_at *at, int64_t id, struct str text, struct err *e);

/* --- lists ------------------------------------------------------------------------------------ */

#define RECORD_FILTERS_MAX 4
#define RECORD_PAGE_MAX 200
#define RECORD_SORT_CHANGED "@changed"

/* May a list be filtered and sorted by it? */
bool record_can_filter(const struct register_field *f);

/* Values of a field from LOW to HIGH, as kept; both "": those without a value. */
struct record_filter {
	const struct register_field *field;
	struct str low, high;
};
struct record_query {
	struct str units; /* a JSON array of ids; STR_NONE: all */
	struct str text;  /* words, each the beginning of one in the record; "" all */
	struct record_filter filters[RECORD_FILTERS_MAX];
	size_t filter_count;
	struct str sort; /* a field that is not many, or RECORD_SORT_CHANGED; STR_NONE: the name */
	bool is_down, is_cancelled; /* cancelled ones: by the time of it, newest first */
	struct str after_key;       /* the page after this place; STR_NONE: the first */
	int64_t after_id;
	size_t max;
};
struct record_page {
	struct record *at;
	size_t count;
	bool has_more;
	struct str next_key; /* for after_key, after_id */
	int64_t next_id;
};
MUST_CHECK int record_list(const struct record_at *at, const struct record_query *q,
	struct record_page *ret, struct err *e);
/* How many match, counted up to MAX. */
MUST_CHECK int record_count(const struct record_at *at, const struct record_query *q, size_t max,
	int64_t *ret, struct err *e);

/* Live records of each register in UNITS (JSON, STR_NONE: all). */
struct record_total {
	struct str register_id;
	int64_t count, changed_at_s;
};
MUST_CHECK int record_totals(struct store *s, struct str units, struct arena *a,
	struct record_total **ret, size_t *ret_count, struct err *e);

/* Ways to look at a register that a person keeps: the query of its list, by a name. */
struct record_view {
	int64_t id;
	struct str name, query;
};
MUST_CHECK int record_views(const struct record_at *at, int64_t person_id, struct record_view **ret,
	size_t *ret_count, struct err *e);
/* ERR_INPUT without a name. The same name again replaces it; an empty QUERY forgets it. */
MUST_CHECK int record_view_keep(const struct record_at *at, int64_t person_id, struct str name,
	struct str query, struct err *e);

/* --- as people read it: record_words.h · findings: record_judge.h · files: core/file --------- */

/* Once at start: what a changed pack means for what is kept. Registers whose fields changed get a
 * new index; fields that are gone but have values are told, one line each, in *RET_NOTES. */
struct record_notes {
	struct str *at;
	size_t count;
};
MUST_CHECK int record_open(struct store *s, const struct pack_set *packs, struct arena *a,
	struct record_notes *ret_notes, struct err *e);

#endif
