/* integrity.h - floor 4: has anything changed in the trees of a machine since somebody looked at
 * them and said they were good? A baseline (docs/formats/integrity.md) keeps of every file what
 * it was; a comparison names what differs, what the installed packages explain within a declared
 * window of maintenance, and what a person has accepted. Nothing of the machine is changed or
 * executed; it may be another tree (--root). Sure of little, it says little: who did it is told
 * only where the kernel's audit log tells.
 *
 * The state of one machine is a folder: "baseline", "report" (the last comparison), "journal"
 * (what people did: baselines, windows, acceptances) and "summary" (for the check of the packs).
 * Each is written whole through kit/vfile. */
#ifndef WORK_INTEGRITY_H
#define WORK_INTEGRITY_H

#include "base/base.h"
#include "kit/text/text.h"

enum integrity_kind { INTEGRITY_FILE, INTEGRITY_DIR, INTEGRITY_LINK, INTEGRITY_OTHER };

#define INTEGRITY_HASHED 1u   /* hash is the SHA-256 of the content, or of a link's target */
#define INTEGRITY_PACKAGED 2u /* an installed package listed the path when it was taken */

/* One name, as it was found. */
struct integrity_entry {
	struct str path; /* as the machine sees it: "/usr/bin/env" */
	enum integrity_kind kind;
	unsigned flags;
	uint32_t mode, uid, gid; /* mode without the kind */
	uint64_t size, dev, ino; /* size: of a device its number */
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
	unsigned char hash[32];
};

/* What is looked at: trees, and paths below them that are left out. */
struct integrity_rule {
	struct str path;
	bool is_left_out;
};

struct integrity_options {
	const char *root; /* "/": this machine */
	const struct integrity_rule *rules;
	size_t rule_count;
	bool is_full; /* read every file again, whatever its times say */
	int threads;  /* 0: as many as there are processors, at most 8 */
	int64_t now_s;
};

/* WHY: "no-rights", "too-large", "unreadable", "changing" or "other-system". */
struct integrity_gap {
	struct str path;
	const char *why;
};

enum integrity_what {
	INTEGRITY_ADDED,
	INTEGRITY_REMOVED,
	INTEGRITY_CONTENT,
	INTEGRITY_RIGHTS, /* mode or owner, the content is the same */
	INTEGRITY_TYPE,
};
enum integrity_state { INTEGRITY_OPEN, INTEGRITY_ABSORBED, INTEGRITY_ACCEPTED };

/* Words for machines: "added"; and for people, to be looked up with tr(). */
const char *integrity_what_name(enum integrity_what w);
const char *integrity_what_words(enum integrity_what w);
const char *integrity_state_name(enum integrity_state s);
const char *integrity_state_words(enum integrity_state s);
const char *integrity_gap_words(struct str why);

struct integrity_change {
	enum integrity_what what;
	enum integrity_state state;
	struct integrity_entry before, after; /* path "" where it was not */
	struct str mark;       /* names this change: an acceptance holds for it and no later one */
	struct str package;    /* that lists the path; "" none or unknown */
	bool is_as_packaged;   /* the content is what that package says */
	struct str who;        /* from the kernel's audit log; "" it does not tell */
	struct str by, reason; /* of the acceptance or the window */
};

struct integrity_report {
	int64_t at_s, duration_us, baseline_at_s;
	struct str baseline_sha256;
	bool is_full, has_packages, has_audit_log;
	uint64_t entries, hashed, touched; /* touched: other times, the same content */
	uint64_t of_what[5], of_state[3];  /* all of them; of_what counts the open ones */
	struct integrity_change *changes;  /* at most LIMIT_INTEGRITY_CHANGES, open ones first */
	size_t change_count;
	struct integrity_gap *gaps;
	size_t gap_count;
};

/* What people did, oldest first. */
enum integrity_act { INTEGRITY_BASELINE, INTEGRITY_WINDOW, INTEGRITY_ACCEPT };
struct integrity_note {
	enum integrity_act act;
	int64_t at_s;
	struct str by, reason;
	int64_t from_s, until_s; /* INTEGRITY_WINDOW */
	struct str mark, path;   /* INTEGRITY_ACCEPT; of a baseline MARK is its SHA-256 */
};

/* The state of one machine. *RET is yours: integrity_close(). The folder is made where it is
 * absent; its files go to the owner of the folder above it. Two that want to change it wait for
 * each other. */
struct integrity;
MUST_CHECK int integrity_open(
	const char *data, bool is_reading, struct err *e, struct integrity **ret);
struct integrity *integrity_close(struct integrity *i); /* NULL is fine; returns NULL */
/* Whose files those of the state are. */
void integrity_owner(const struct integrity *i, unsigned *ret_uid, unsigned *ret_gid);

/* Look at everything and make it the baseline. REPLACES needs a reason; the first one too. */
MUST_CHECK int integrity_take(struct integrity *i, const struct integrity_options *o,
	const struct integrity_note *note, struct integrity_report *ret, struct err *e);
/* Compare with the baseline, whose trees are looked at; the report is kept. ERR_ABSENT: none. */
MUST_CHECK int integrity_compare(struct integrity *i, const struct integrity_options *o,
	struct integrity_report *ret, struct err *e);
/* Accept the open changes whose path is PATH or below it ("/" is all), or whose mark it is. Returns
 * how many; ERR_ABSENT when there is none. */
MUST_CHECK int integrity_accept(
	struct integrity *i, struct str path, const struct integrity_note *note, struct err *e);
/* A window of at most DAYS_MAX days in which package updates explain themselves. */
MUST_CHECK int integrity_window(
	struct integrity *i, const struct integrity_note *note, int64_t days_max, struct err *e);

/* The last report with today's acceptances; ERR_ABSENT when nobody compared yet. In A. */
MUST_CHECK int integrity_last(
	struct integrity *i, struct arena *a, struct integrity_report *ret, struct err *e);
MUST_CHECK int integrity_journal(struct integrity *i, struct arena *a, struct integrity_note **ret,
	size_t *ret_count, struct err *e);

#endif
