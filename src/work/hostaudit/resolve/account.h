/* account.h - private to hostaudit: passwd, group and shadow files, without NSS. No
 * function here gives a hash away: the password field is turned into a state and an algorithm at
 * once. */
#ifndef WORK_RESOLVE_ACCOUNT_H
#define WORK_RESOLVE_ACCOUNT_H

#include "work/hostaudit/resolve/resolve.h"

#define ACCOUNT_FIELDS_MAX 9

struct account_reader {
	struct str rest;
	int line;
	int skipped;     /* lines that are no account (too few fields) */
	bool has_compat; /* "+" or "-" lines: users of NIS are mixed in */
};
struct account_line {
	struct str field[ACCOUNT_FIELDS_MAX]; /* name first; "" where the line ends early */
	int count;
	int line;
};

void account_init(struct account_reader *r, struct str bytes);
/* The next line with at least LEAST fields divided by ':'. */
bool account_next(struct account_reader *r, int least, struct account_line *ret);

/* State of a password field of shadow (or of passwd when it holds the password itself): "empty",
 * "set", "locked" (a password is there, locked by '!'), "none" (no password can match), "shadow"
 * ("x"). */
const char *account_password_state(struct str field);
/* "yescrypt", "sha512crypt", … "unknown"; NULL when the field holds no hash. */
const char *account_password_algorithm(struct str field);

/* A whole 32-bit id, or -1. */
int64_t account_id(struct str field);

/* A shell that gives its user a command line: not nologin, false, sync …; "" is /bin/sh. */
bool account_shell_is_login(struct str shell);

#endif
