/* backup.h - private to hostaudit: does a command, or a script of the shell, make a backup,
 * and where does it go? Simple assignments are followed; what stands in any other variable is not
 * known and is never guessed. Pure functions. */
#ifndef WORK_RESOLVE_BACKUP_H
#define WORK_RESOLVE_BACKUP_H

#include "base/base.h"

enum backup_where {
	BACKUP_UNCLEAR,
	BACKUP_LOCAL,     /* to TARGET, a path of this machine */
	BACKUP_ELSEWHERE, /* by SCHEME */
};
enum backup_crypt { CRYPT_UNCLEAR, CRYPT_NO, CRYPT_YES };

struct backup_call {
	const char *tool; /* "restic", "tar", …; NULL: nothing here makes a backup */
	enum backup_where where;
	const char *scheme; /* "ssh", "s3", …; "" */
	struct str remote;  /* the name rclone's configuration tells about, as "kho:thu-muc"; "" */
	struct str target;  /* as much of the path as is known; ends in "/" for a folder */
	enum backup_crypt crypt;
	bool is_mirror;     /* copies keep the dates of what they copy */
	bool is_configured; /* where and how stands in the tool's own configuration */
	bool is_database;
	bool is_stream; /* of the pipeline read last: it comes out of a standard output */
};

/* TEXT is a command line or the lines of a script; ENVIRONMENT lines NAME=value that hold before
 * it. Texts of *RET live in A. */
void backup_of(struct str text, struct str environment, struct arena *a, struct backup_call *ret);

/* The way a repository or destination names another machine: "ssh" for "an@nas:/x", "s3" for
 * "s3:…"; "" for a path of this machine, NULL when it cannot be told. */
const char *backup_scheme(struct str destination);

#endif
