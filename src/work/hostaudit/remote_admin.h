/* remote_admin.h - private to hostaudit: services that give remote control, switched on by the
 * configuration, and whether they carry passwords and commands in clear. */
#ifndef WORK_REMOTE_ADMIN_H
#define WORK_REMOTE_ADMIN_H

#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/systemd.h"

enum plain { PLAIN_NO, PLAIN_YES, PLAIN_UNKNOWN };

struct admin {
	const char *service;    /* telnet, rsh, ftp, vnc, snmp … */
	struct str name;        /* the unit or file that switches it on */
	struct str found, file; /* FOUND: what was read, never a secret; NULL: the name says it */
	const char *reason;     /* why it is not known; or NULL */
	enum plain plain;
	int line;
};

struct admin_list {
	struct arena *a;
	struct admin *at;
	size_t len, room;
};

/* Each adds what it finds. */
void admin_plain(struct host *h, struct admin_list *list);
void admin_ftp(struct host *h, struct admin_list *list);
void admin_desktop(struct host *h, struct admin_list *list);
void admin_web(struct host *h, struct admin_list *list);

void admin_add(struct admin_list *list, const struct admin *a);
/* Is UNIT a service that starts? Then what it runs is in RET. */
bool admin_starts(struct host *h, struct str unit, struct setting *ret);
/* Is one of these units enabled? *RET is the link that does it. */
bool admin_is_enabled(
	struct host *h, const char *const *names, struct unit *ret, const char **ret_name);
/* "127.0.0.1:23", "[::1]:23", "localhost", "/run/x.sock": nobody from afar comes there. */
bool admin_is_local_address(struct str address);
/* A socket unit with all its drop-ins: does it listen for this machine alone? */
bool admin_is_local_socket(struct host *h, const char *unit);
/* "--address 127.0.0.1:69", "-a localhost" on the command line of a service. */
bool admin_is_local_service(struct host *h, const char *unit);
/* A switch in an INI file: on means a service in clear. */
void admin_switch(struct host *h, struct admin_list *list, const char *service, struct str file,
	const char *section, const char *key);

#endif
