/* plain.h - private to hostaudit: files of services that give remote control, and whether
 * what they carry can be read on the way. Pure readers over bytes; table/remote_admin.c puts them
 * together. */
#ifndef WORK_RESOLVE_PLAIN_H
#define WORK_RESOLVE_PLAIN_H

#include "work/hostaudit/resolve/ini.h"

/* One service of inetd.conf or of a file of xinetd.d. */
struct inetd_entry {
	struct str service;
	struct str server;
	struct str args;    /* what it is started with, its own name first in inetd.conf */
	struct str address; /* it listens there alone; "" for all */
	struct str port;    /* of xinetd, for a service of no known name; "" */
	bool is_off;
	int line;
};
struct inetd_reader {
	struct str rest;
	struct str address; /* of the services that follow: "127.0.0.1:" on a line of its own */
	int line;
};
void inetd_init(struct inetd_reader *r, struct str bytes);
bool inetd_next(struct inetd_reader *r, struct inetd_entry *ret);
/* The next "service NAME { … }" block. */
bool xinetd_next(struct inetd_reader *r, struct inetd_entry *ret);

/* Do the defaults of xinetd.conf keep SERVICE off, by "disabled" or by an "enabled" without it? */
bool xinetd_is_off(struct str conf, struct str service);

/* "telnet", "rsh", "rlogin", "rexec", "ftp", "tftp" for a service name of inetd; NULL for others.
 */
const char *plain_service_name(struct str inetd_service);
/* The same for the program an entry starts, whatever the service is called: in.telnetd by tcpd. */
const char *plain_server_name(const struct inetd_entry *entry);

/* Does a command line of socat or ncat give a shell or a log-in to whoever connects, in clear and
 * from afar? */
bool plain_gives_shell(struct str command);

/* One directive of snmpd.conf that matters. The community itself is never given. */
struct snmp_entry {
	enum {
		SNMP_COMMUNITY,
		SNMP_USER, /* rouser, rwuser: value is the least level, "" for the default */
		SNMP_ADDRESS,
		SNMP_INCLUDE_DIR,
		SNMP_INCLUDE_FILE
	} kind;
	struct str word;  /* the directive */
	struct str value; /* addresses or path; "" for a community */
	bool is_local;    /* a community only this machine may use */
	int line;
};
struct snmp_reader {
	struct str rest;
	int line;
};
void snmp_init(struct snmp_reader *r, struct str bytes);
bool snmp_next(struct snmp_reader *r, struct snmp_entry *ret);
/* The addresses that a command line of snmpd names behind its options: they stand in for those of
 * the file. "" when it names none. */
struct str snmp_command_addresses(struct str command, struct arena *a);
/* The files it names, with commas between; is_alone: the usual ones are not read (-C). */
struct snmp_files {
	struct str paths;
	bool is_alone;
};
struct snmp_files snmp_command_files(struct str command, struct arena *a);
/* Do these agent addresses all mean this machine only? */
bool snmp_is_local(struct str addresses);

#endif
