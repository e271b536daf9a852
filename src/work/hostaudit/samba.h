/* samba.h - private to hostaudit: smb.conf as smbd reads it. Names ignore case and blanks and have
 * synonyms; a section met again goes on; a value of [global] is the default of the shares that come
 * after it; an included file is read in its place. */
#ifndef WORK_SAMBA_H
#define WORK_SAMBA_H

#include "work/hostaudit/resolve/resolve.h"

#define SAMBA_CONF "/etc/samba/smb.conf"
#define SAMBA_SHARES_MAX 1024
#define SAMBA_ENTRIES_MAX 4096
#define SAMBA_NAME_BYTES 64 /* no setting has a longer name */

/* ---- the text ---- */

struct samba_reader {
	struct str rest;
	struct str section; /* "" before the first header */
	struct arena *arena;
	int line;
	char name[SAMBA_NAME_BYTES];
};
struct samba_line {
	struct str section;
	struct str name;  /* normalised: "guestok", until the next line; "" for a header */
	struct str raw;   /* trimmed, blanks in a row as one */
	struct str value; /* the same without quotes around it */
	int line;
};
void samba_reader_init(struct samba_reader *r, struct str bytes, struct arena *a);
bool samba_next(struct samba_reader *r, struct samba_line *ret);

/* ---- the meaning ---- */

enum samba_key {
	SAMBA_PATH,
	SAMBA_GUEST_OK,
	SAMBA_GUEST_ONLY,
	SAMBA_AVAILABLE,
	SAMBA_VALID,
	SAMBA_PRINTABLE,
	SAMBA_HOSTS_ALLOW,
	SAMBA_VALID_USERS,
	SAMBA_READ_ONLY,
	SAMBA_MSDFS_PROXY,
	SAMBA_KEYS
};

struct samba_share {
	struct str name;
	struct setting value[SAMBA_KEYS];
	bool is_own[SAMBA_KEYS]; /* said in this section itself */
	struct str file;         /* of its header */
	int line;
};

struct samba_entry { /* every line, for the table */
	struct str section, name, value, file;
	int line;
};

struct samba {
	struct samba_share global;
	struct setting usershare_path, usershare_guests, usershare_max;
	struct samba_share *shares;
	size_t share_count;
	struct samba_entry *entries;
	size_t entry_count;
	bool is_there; /* there is an smb.conf */
};

/* What cannot be known (registry, includes by client name) becomes a gap. Lives as long as the
 * host. */
void samba_read(struct host *h, struct samba *ret);
/* "value" without its quotes. A path has them still: smbd tells "" from nothing. */
struct str samba_unquoted(struct str s);
/* The boolean value of a setting; OTHERWISE when it is unset or no boolean. */
bool samba_bool(const struct setting *s, bool otherwise);

#endif
