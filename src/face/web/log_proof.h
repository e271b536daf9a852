/* log_proof.h - private to face/web: what a person who looked through the log, or packed a month of
 * it, signs, as evidence for the obligations that ask for it. */
#ifndef FACE_WEB_LOG_PROOF_H
#define FACE_WEB_LOG_PROOF_H

#include "face/web/web_int.h"

/* The bounds whose obligations are proved so, by their names in the packs. */
#define LOG_PROOF_CHECKED "log_integrity_months"
#define LOG_PROOF_PACKED "log_backup_months"

/* One of the obligations whose period is PERIOD and that a signed record answers; they have the
 * same record. NULL: the packs have none. */
const struct obligation *log_proof_first(const struct view *v, const char *period);
/* A paragraph: the clauses of them all. */
void html_log_proof(struct view *v, const char *period);

/* Who signed, when, and what was said with it. */
struct log_proof_words {
	const char *who, *said; /* looked up already */
};
void html_log_proof_signed(
	struct view *v, const struct evidence *by, const struct log_proof_words *words);

/* DETAIL: the words; FOUND: what was signed. By the visitor, now, of the machine Khiên runs on. */
struct log_proof {
	const char *period;
	const char *event; /* what the journal calls it, about NOTE */
	enum outcome outcome;
	struct str detail, found, note;
};
MUST_CHECK int log_proof_sign(struct view *v, const struct log_proof *p, struct err *e);

#endif
