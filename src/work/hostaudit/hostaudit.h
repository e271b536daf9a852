/* hostaudit.h - floor 4: ask one machine, live or below another root, the questions of the packs.
 *
 * An audit reads each fact once, into tables; a check (docs/formats/check.md) is a query over them;
 * the answer is evidence. Nothing is written, nothing is executed, no server is needed. As a plain
 * user it answers what it can and says unknown, with the reason, for the rest. Not thread-safe. */
#ifndef WORK_HOSTAUDIT_H
#define WORK_HOSTAUDIT_H

#include "base/base.h"
#include "core/evidence/evidence.h"
#include "core/pack/pack.h"

struct hostaudit;

struct hostaudit_options {
	const char *root;             /* NULL or "/": this machine */
	struct str replay;            /* instead: the text of a snapshot; STR_NONE: none */
	const struct pack_set *packs; /* borrowed; may be NULL for questions by hand */
	int level;                    /* system level 1-5 for parameters; 0: as declared, else 1 */
	struct str declared;          /* instead of /etc/khien/machine.yaml; STR_NONE: that file */
	struct str recorded;          /* where the machine has no such file; STR_NONE: nothing */
	int64_t now_s;
	bool is_deep; /* also what takes a second or two: all package files, all process numbers */
	/* The data folder of the service that asks; NULL: where one runs is looked for. */
	const char *service_data;
	/* Called now and then during a deep audit, with a Vietnamese word for what is done (tr());
	 * may be NULL. */
	void (*progress)(void *context, const char *what, size_t done, size_t total);
	void *progress_context;
};

/* What kind of machine it is, as far as it tells; "" when it does not. */
struct hostaudit_profile {
	struct str name;              /* host name */
	struct str kind;              /* server | workstation */
	struct str family;            /* debian | rhel | other */
	struct str os;                /* PRETTY_NAME */
	struct str machine_id_sha256; /* so that a host is known again without showing its id */
	bool is_live;
	bool is_root;            /* read with all rights */
	int64_t at_s;            /* when it was read */
	int level;               /* for which system level */
	const char *declared_in; /* "file", "record", "" nowhere: what the unit says of it */
};

/* *RET is yours, end it with hostaudit_close(). */
MUST_CHECK int hostaudit_open(
	const struct hostaudit_options *options, struct err *e, struct hostaudit **ret);
struct hostaudit *hostaudit_close(struct hostaudit *audit); /* NULL is fine; returns NULL */

struct hostaudit_profile hostaudit_profile(struct hostaudit *audit);

/* The answer to one check: a row per subject; all texts live as long as the audit. */
struct hostaudit_result {
	const struct check *check;
	enum outcome outcome;  /* the worst of the rows */
	struct evidence *rows; /* at least one; id, run_id and host_id are 0 */
	size_t row_count;
};

/* <0 only when the check itself is wrong (ERR_INPUT: its SQL), never for what the machine holds. */
MUST_CHECK int hostaudit_check(struct hostaudit *audit, const struct check *check, struct err *e,
	struct hostaudit_result *ret);
/* All live checks in catalogue order. */
MUST_CHECK int hostaudit_run(struct hostaudit *audit, struct err *e,
	struct hostaudit_result **ret_results, size_t *ret_count);

/* Write all that was read so far (docs/formats/snapshot.md). */
void hostaudit_save(struct hostaudit *audit, struct buf *out);

/* Write the picture of what runs, listens, starts by itself and is loaded (docs/formats/review.md),
 * for review_parse() of the evidence room. */
MUST_CHECK int hostaudit_review(struct hostaudit *audit, struct buf *out, struct err *e);
/* What a service that reviews by itself leaves in its data folder, as the file *RET_NAME, so that
 * an audit can see that it does (table review_service). Lives in A. */
struct str hostaudit_review_note(
	int64_t at_s, int64_t period_days, const char **ret_name, struct arena *a);

/* What a service that keeps a log leaves in its data folder of it, as the file
 * HOSTAUDIT_LOG_NOTE, so that an audit can judge it (table log_archive). A line is of a fact, what
 * it is about, a number and a time; hostaudit_log_note() begins it. */
#define HOSTAUDIT_NOTES "notes" /* the folder in the data folder */
#define HOSTAUDIT_LOG_NOTE "log-facts"
struct hostaudit_log_fact {
	const char *fact; /* month oldest began verified disk source host */
	struct str subject;
	int64_t number, at_s;
};
void hostaudit_log_note(struct buf *out, int64_t at_s);
void hostaudit_log_fact(struct buf *out, const struct hostaudit_log_fact *f);

/* ---- words for people, from evidence new or stored ---- */

/* FOUND, which is kept in the machine's own words, as people read it by the check's found-words:
 * "28 tài khoản" of "28 accounts". CHECK may be NULL. */
struct str hostaudit_found(
	const struct check *check, struct str found, enum lang lang, struct arena *a);
/* SUBJECT, kept as "user an", as people read it: "tài khoản an". */
struct str hostaudit_subject(struct str subject, enum lang lang, struct arena *a);
/* "không đủ quyền (cần quyền root): /etc/shadow", "" for an empty reason. */
struct str hostaudit_reason(struct str reason, struct str detail, const struct check *check,
	enum lang lang, struct arena *a);
/* The machine and the day that words about a check are for: their parameters are filled in. */
struct hostaudit_about {
	const struct pack_set *packs;
	int level; /* of its system; 0 as 1 */
	struct date on;
	struct str family; /* "debian", for cures */
	enum lang lang;
};
/* "tối thiểu 8 ký tự" */
struct str hostaudit_wanted(
	const struct check *check, const struct hostaudit_about *about, struct arena *a);
/* How to mend ROW; "" when the check has no cure for it. */
struct str hostaudit_cure(const struct check *check, const struct evidence *row,
	const struct hostaudit_about *about, struct arena *a);

/* Draft a declaration of the machine from what is there: it can be read, and approves nothing. */
MUST_CHECK int hostaudit_propose(
	struct hostaudit *audit, enum lang lang, struct buf *out, struct err *e);

/* What the unit declares of a machine; "" and 0 for what it does not say. */
struct hostaudit_approval {
	struct str what, name, why, by;
	struct date until;
	bool is_draft; /* lacks why, by or until: approves nothing */
	int line;
};
struct hostaudit_declaration {
	struct str kind, purpose, data;
	int64_t level;
	struct str *roles;
	size_t role_count;
	struct hostaudit_approval *approved;
	size_t approved_count, backup_count;
};
/* False for a text that is not sound, which declares nothing. Texts live in A. */
bool hostaudit_declaration_read(
	struct str text, struct arena *a, struct hostaudit_declaration *ret);
/* TEXT with one approval more, or without the one that begins in LINE; STR_NONE when the text is
 * not written in a way that allows it. In A. */
struct str hostaudit_approval_add(
	struct str text, const struct hostaudit_approval *approval, struct arena *a);
struct str hostaudit_approval_remove(struct str text, int line, struct arena *a);

/* Is TEXT a sound declaration of a machine (docs/formats/machine.md), for files and forms alike?
 * False: *RET_FAULT says line, column, field and why, in LANG; it lives in A. */
bool hostaudit_declaration_is_sound(
	struct str text, enum lang lang, struct arena *a, struct str *ret_fault);

/* ---- questions by hand ---- */

struct hostaudit_cell {
	enum { CELL_NULL, CELL_INT, CELL_TEXT } kind;
	int64_t number;
	struct str text; /* raw bytes: clean them before showing */
};

/* Called for the header (IS_HEADER, texts) and then for each row; false ends the question. */
typedef bool hostaudit_row(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count);

/* Read-only SQL over the tables: anything but SELECT is refused (ERR_INPUT), rows, steps and cells
 * are bounded (ERR_LIMIT). Gaps met on the way are told by hostaudit_gaps(). */
MUST_CHECK int hostaudit_ask(
	struct hostaudit *audit, struct str sql, hostaudit_row *row, void *context, struct err *e);

struct hostaudit_gap {
	struct str table, reason, path;
};
/* What could not be read so far. Lives as long as the audit. */
void hostaudit_gaps(struct hostaudit *audit, const struct hostaudit_gap **ret, size_t *ret_count);

struct hostaudit_table {
	const char *name, *words;
	bool is_live_only, needs_root;
};
struct hostaudit_column {
	const char *name, *words;
	bool is_number;
};
size_t hostaudit_table_count(void);
struct hostaudit_table hostaudit_table_at(size_t i);
/* False past the last column. */
bool hostaudit_column_at(size_t table, size_t i, struct hostaudit_column *ret);

#endif
