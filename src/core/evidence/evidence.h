/* evidence.h - floor 3: dated observations and dated exceptions. Evidence is only ever added. What
 * it means for an obligation is for work/comply to say.
 *
 * The three laws of meaning hold here already: an outcome that was not observed is no row, a
 * person's word has its own source and cannot replace a check's row, and each row says where it
 * was read, so that a verdict can show its proof. */
#ifndef CORE_EVIDENCE_H
#define CORE_EVIDENCE_H

#include "base/base.h"
#include "kit/store/store.h"

enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_UNKNOWN, OUTCOME_NA };

const char *outcome_name(enum outcome o); /* "pass" "fail" "unknown" "not applicable" */
/* The one that a group of subjects has: fail before unknown before pass before not applicable. */
enum outcome outcome_worst(enum outcome a, enum outcome b);

/* Who or what says so. The numbers are kept in the database. */
enum evidence_by {
	EVIDENCE_CHECK,
	EVIDENCE_PERSON, /* a person's word, in place of any proof but a check */
	EVIDENCE_IMPORT,
	EVIDENCE_REGISTER, /* what a register holds, weighed by core/record */
	EVIDENCE_DUTY,     /* a duty was done */
	EVIDENCE_FLOW,     /* what cases did, weighed by core/flow */
	EVIDENCE_DOCUMENT, /* a paper was made and approved */
	EVIDENCE_ATTEST,   /* who signed a statement, weighed by core/attest */
};

/* One run of an audit on one host. */
struct audit_run {
	int64_t id;
	int64_t host_id;
	int64_t at_s;
	int64_t duration_us;
	int64_t count[4];   /* checks by enum outcome */
	struct str program; /* "khien 0.1.0" */
};

/* One observation: a check of one subject, or a person's word. Texts are borrowed on the way in and
 * live in the caller's arena on the way out. No password, key or document content ever. */
struct evidence {
	int64_t id;
	int64_t run_id;    /* 0 for a person's word */
	int64_t host_id;   /* 0: the unit */
	int64_t unit_id;   /* of what is not from a check; 0 is unit 1 */
	int64_t record_id; /* the record that it is about or that proves it; 0: none */
	int64_t at_s;
	enum evidence_by by;
	struct str check;   /* "pw.len"; of all but checks the obligation "tay-son/D8.3" */
	struct str subject; /* "service passwd", "" for the host itself; of words also whom they
			     * are about: "staff:12", "record:12"; or from where: "register:wifi" */
	enum outcome outcome;
	struct str reason; /* code, "" when the outcome speaks for itself: "no-rights" */
	struct str detail; /* what the reason is about: a path */
	struct str found;
	struct str wanted;         /* language-neutral: "pw_min_len=8 tay-son/D8.3" */
	struct str file;           /* path below the root, or a table's name with '#' before it */
	int64_t line;              /* 0: none */
	struct str lost;           /* what it overrode: "path:line=value; …" */
	struct str extract_sha256; /* hex, of the raw extract it was read from */
	struct str person; /* who said so: login; EVIDENCE_IMPORT: the tool it is from; what the
			    * program weighed by itself: "" */
};

extern const struct store_step evidence_steps[];
extern const size_t evidence_step_count;

/* Add a run with its rows in one transaction; RUN->id is set. */
MUST_CHECK int evidence_add_run(struct store *s, struct audit_run *run, const struct evidence *rows,
	size_t count, struct err *e);
/* What is from neither a check nor an import; a person's word, a duty, a paper need the person. */
MUST_CHECK int evidence_add_word(struct store *s, const struct evidence *row, struct err *e);

struct evidence_rows {
	struct evidence *at;
	size_t count;
};
struct audit_runs {
	struct audit_run *at;
	size_t count;
};
/* The newest run of HOST_ID at or before AT_S, with its rows in check order; id 0 and none when
 * there is no run. Lives in A, as all that follows. */
struct evidence_run {
	struct audit_run run;
	struct evidence_rows rows;
};
MUST_CHECK int evidence_newest_run(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct evidence_run *ret, struct err *e);
/* What another tool found on HOST_ID, in one transaction: rows by EVIDENCE_IMPORT of one file.
 * ERR_CONFLICT when that file is there already. */
MUST_CHECK int evidence_add_imports(
	struct store *s, int64_t host_id, const struct evidence *rows, size_t count, struct err *e);
/* What was said of HOST_ID at or before AT_S besides its audits: people's words (evidence_words),
 * and the rows of the latest import of each tool, in check order. */
struct evidence_said {
	struct evidence_rows words, imports;
};
MUST_CHECK int evidence_said(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct evidence_said *ret, struct err *e);
/* The newest person's words at or before AT_S about HOST_ID (0: the unit). */
MUST_CHECK int evidence_words(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct evidence_rows *ret, struct err *e);
/* The newest about UNIT_ID as a whole at or before AT_S: one for each obligation, subject, way. */
MUST_CHECK int evidence_unit_words(struct store *s, int64_t unit_id, int64_t at_s, struct arena *a,
	struct evidence_rows *ret, struct err *e);
/* The same of single records of the unit (subject "record:12"), by the record, newest first. */
MUST_CHECK int evidence_record_words(struct store *s, int64_t unit_id, int64_t at_s,
	struct arena *a, struct evidence_rows *ret, struct err *e);
/* Everything but checks that was said of one obligation, of a unit (HOST_ID 0) or machine, the
 * newest MAX, newest first. */
MUST_CHECK int evidence_of_obligation(struct store *s, const struct evidence *about, size_t max,
	struct arena *a, struct evidence_rows *ret, struct err *e);
/* The last MAX runs of a host, newest first, for the trend. */
MUST_CHECK int evidence_runs(struct store *s, int64_t host_id, size_t max, struct arena *a,
	struct audit_runs *ret, struct err *e);
/* The newest run of each of these hosts, a JSON array of their ids; none of one never asked. */
MUST_CHECK int evidence_newest_of(struct store *s, struct str host_ids, struct arena *a,
	struct audit_runs *ret, struct err *e);
/* What failed or could not be told in these runs, a JSON array of their ids: by check and run, what
 * failed first. */
MUST_CHECK int evidence_unmet_of(struct store *s, struct str run_ids, struct arena *a,
	struct evidence_rows *ret, struct err *e);
/* The outcomes over the last MAX runs of the check and host of ABOUT, newest first. */
MUST_CHECK int evidence_history(struct store *s, const struct evidence *about, size_t max,
	struct arena *a, struct evidence_rows *ret, struct err *e);

/* A dated exception: this obligation need not be met by this host until then. It never turns a fail
 * into a pass: the verdict says "excepted until" and still shows the failed proof. */
struct exception {
	int64_t id;
	int64_t host_id;       /* 0: the whole unit, or the record */
	int64_t unit_id;       /* 0 is unit 1 */
	int64_t record_id;     /* 0: not about one record */
	struct str obligation; /* "tay-son/D8.3" */
	struct str reason;
	struct str approver; /* name and position of who approved */
	struct str measure;  /* what is done instead */
	int64_t from_s, until_s;
	struct str made_by; /* login */
	int64_t made_at_s;
	int64_t ended_at_s; /* 0: not ended early */
};

/* ERR_INPUT when the reason or approver is empty or the end is not after the start. */
MUST_CHECK int exception_add(struct store *s, struct exception *x, struct err *e);
MUST_CHECK int exception_end(struct store *s, int64_t id, int64_t at_s, struct err *e);
/* Those that cover AT_S (all of them when AT_S is -1), newest first. Lives in A. */
MUST_CHECK int exception_list(struct store *s, int64_t at_s, struct arena *a,
	struct exception **ret, size_t *ret_count, struct err *e);

#endif
