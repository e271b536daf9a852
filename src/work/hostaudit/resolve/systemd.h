/* systemd.h - private to hostaudit: configuration of systemd's daemons and units as systemd
 * itself puts it together: the main file, then the drop-ins of /usr/lib, /usr/local/lib, /run and
 * /etc as one list sorted by file name, where a name in /etc hides the same name elsewhere, a link
 * to /dev/null or an empty file hides and adds nothing, and the last valid assignment wins. */
#ifndef WORK_RESOLVE_SYSTEMD_H
#define WORK_RESOLVE_SYSTEMD_H

#include "work/hostaudit/resolve/ini.h"

/* Would the daemon accept VALUE? An assignment it refuses leaves the former one in force. */
typedef bool systemd_is_valid(struct str value);

/* Effective KEY of SECTION in NAME ("logind.conf", "journald.conf"); IS_VALID may be NULL. An empty
 * value that passes IS_VALID takes the setting back. Unset: ret->value.ptr is NULL. */
void systemd_conf(struct host *h, const char *name, const char *section, const char *key,
	systemd_is_valid *is_valid, struct setting *ret);

/* Drop-in files that count, in the order systemd reads them, for "systemd/logind.conf.d" (below
 * /etc, /run, /usr/local/lib, /usr/lib, /lib); masked ones left out. Lives as long as the host. */
void systemd_dropins(
	struct host *h, const char *folder, const struct str **ret_paths, size_t *ret_count);

/* The same for the unit NAME, "ssh.service": with those of its template, of "a-.service" where it
 * is "a-b.service", and of all units of its type. */
void systemd_unit_dropins(
	struct host *h, const char *name, const struct str **ret_paths, size_t *ret_count);

/* All valid "10min", "1h 30s", "600", "infinity"; without a unit seconds. UINT64_MAX = infinity. */
bool systemd_span(struct str s, uint64_t *ret_us);

/* What the files say of a unit (not whether it runs). */
enum unit_state {
	UNIT_ABSENT, /* no such unit file */
	UNIT_MASKED,
	UNIT_DISABLED, /* nothing starts it at boot */
	UNIT_STATIC,   /* cannot be enabled by itself; may be started by others */
	UNIT_HELD,     /* enabled, and a condition keeps it from starting, or it starts nothing */
	UNIT_ENABLED,  /* some .wants, .requires or alias link leads to it */
};
struct unit {
	enum unit_state state;
	struct str file; /* the unit file that counts, or the link that enables or masks it */
};
/* NAME as "ssh.service". Generated and transient units of /run count as there. */
struct unit systemd_unit(struct host *h, const char *name);

/* The unit file that counts, of its name or of its template; "" when there is none. */
struct str systemd_unit_file(struct host *h, const char *name);
/* Does a condition (ConditionPathExists=, …) on what stands in /etc, or on the command line of a
 * running kernel, keep it from starting, or has a drop-in given it a program that does nothing? */
bool systemd_is_held(struct host *h, const char *name);

/* The value the unit and its drop-ins give KEY of SECTION: the last assignment, after resets. */
void systemd_unit_conf(struct host *h, const char *name, const char *section, const char *key,
	struct setting *ret);

/* All assignments of KEY since the last reset, a line each; "" when there are none. */
struct str systemd_unit_lines(
	struct host *h, const char *name, const char *section, const char *key);
/* Lines NAME=value of Environment=, then of the files of EnvironmentFile=: the last one counts.
 * May hold secrets: never shown. */
struct str systemd_unit_environment(struct host *h, const char *name);
/* The last ExecStart= with $NAME and ${NAME} put in from that environment. */
void systemd_unit_command(struct host *h, const char *name, struct setting *ret);

/* The longest time between two starts by the timer NAME, in days; 0: it never starts again by
 * itself, -1: not understood. *RET: what says so. */
int64_t systemd_timer_days(struct host *h, const char *name, struct setting *ret);

#endif
