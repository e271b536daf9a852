/* sshkey.h - private to hostaudit: one line of an authorized_keys file, as sshd reads it.
 * Pure. */
#ifndef WORK_RESOLVE_SSHKEY_H
#define WORK_RESOLVE_SSHKEY_H

#include "base/base.h"

struct ssh_key {
	struct str type, blob; /* blob: the public key in base64, no secret */
	struct str options;    /* "" for none */
	bool is_forced;        /* command="…": it opens no shell */
	bool is_authority;     /* cert-authority: it signs for keys that do not stand here */
};

/* 1 a key, 0 nothing (blank, comment), <0 a line sshd would skip. */
int ssh_key_parse(struct str line, struct ssh_key *ret);

/* A word of AuthorizedKeysFile with %h %u %U %% put in, absolute; lives in A. STR_NONE: "none". */
struct str ssh_keys_path(
	struct arena *a, struct str word, struct str user, struct str home, int64_t uid);

#endif
