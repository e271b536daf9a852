/* jobs.h - private to hostaudit: what a scheduled command looks for: malware in files, intruders
 * among the processes. Pure. */
#ifndef WORK_JOBS_H
#define WORK_JOBS_H

#include "base/base.h"

enum scan_kind { SCAN_NONE, SCAN_PART, SCAN_UNCLEAR, SCAN_ALL };

struct scan {
	enum scan_kind kind;
	struct str log; /* where its report goes; "" when it does not say */
};

/* TEXT is a command line or the lines of a shell script; texts of the answer live in A. */
struct scan scan_of(struct str text, struct arena *a);

/* Does it look for intruders among the processes? PROGRAM is "khien", "rkhunter", "chkrootkit",
 * "unhide" or NULL; RESULT the file its report goes to, "" when it does not say. */
struct inspection {
	const char *program;
	struct str result;
};
struct inspection inspection_of(struct str text, struct arena *a);

/* Does COMMAND start WORD, which points into it, as a program? A shell that is given it reads it,
 * and needs no right to run it. In doubt no. */
bool is_started_itself(struct str command, struct str word);

/* Does it install newer packages and ask nobody ("apt-get -y upgrade", "dnf -y update")? */
bool updates_of(struct str text);

/* Does it throw away logs of the system, or rotate them by settings of its own? */
bool cleans_logs(struct str text);

#endif
