/* shares.h - private to hostaudit: folders that other machines may use, whatever serves them. */
#ifndef WORK_SHARES_H
#define WORK_SHARES_H

#include "work/hostaudit/mounts.h"
#include "work/hostaudit/resolve/resolve.h"

#define SHARES_MAX 1024
#define SHARE_UNKNOWN (-1)

struct share {
	const char *kind; /* samba nfs ftp rsync afp */
	struct str name, path;
	struct str clients; /* who may come, as written; "*" everybody */
	struct str file, lost;
	int line;
	/* 1, 0, or SHARE_UNKNOWN with a reason */
	int is_guest; /* opens without a password or a proof of who one is */
	int is_open;  /* to every machine that can reach this one, without such a proof */
	int is_whole_disk;
	const char *guest_reason, *disk_reason; /* codes, or NULL */
};

struct share_list {
	struct host *h;
	struct arena *a;
	struct mount_list mounts;
	struct share *at;
	size_t len, room;
};

/* Each adds what its server would offer, running or not. */
void shares_samba(struct share_list *list);
void shares_nfs(struct share_list *list);
void shares_ftp(struct share_list *list);
void shares_proftpd(struct share_list *list);
void shares_pureftpd(struct share_list *list);
void shares_rsync(struct share_list *list);
void shares_netatalk(struct share_list *list);
void shares_ksmbd(struct share_list *list);
void shares_ganesha(struct share_list *list);

/* A zeroed share at the end of the list, or NULL (and a gap) when there are too many. */
struct share *share_add(struct share_list *list, const char *kind, struct str file, int line);

/* One "path client(options)" of /etc/exports, as exportfs understands it. */
struct exports_reader {
	struct str rest;
	struct str path;     /* of the line being read */
	struct str defaults; /* "-options" of that line */
	struct arena *arena;
	int line;
	bool is_in_line, is_first; /* IS_FIRST: no client of the line was told yet */
	int path_line;
};
struct export
{
	struct str path, client, options; /* client "*": everybody */
	int line;
};
void exports_init(struct exports_reader *r, struct str bytes, struct arena *a);
bool exports_next(struct exports_reader *r, struct export *ret);
/* Is the client everybody: "*", "0.0.0.0/0", "::/0", …? */
bool exports_is_world(struct str client);
/* Do the options let somebody in without Kerberos? */
bool exports_is_unproven(struct str options);

#endif
