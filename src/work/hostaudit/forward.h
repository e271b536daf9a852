/* forward.h - private to hostaudit: where logs are sent, by the files of the programs that send
 * them. Pure readers over bytes; table/log_forwarding.c finds the files. */
#ifndef WORK_FORWARD_H
#define WORK_FORWARD_H

#include "work/hostaudit/resolve/resolve.h"

struct forward {
	struct str target;   /* host or URL, without names and passwords; "" when it is not told */
	struct str name;     /* what leads there: syslog-ng's destination, rsyslog's ruleset; "" */
	struct str protocol; /* udp, tcp, relp, tls, http … */
	bool is_part;        /* only some kinds of messages go there */
	bool is_part_of_use; /* … of what leads there */
	bool is_off;         /* written, but nothing leads to it */
	struct str file;
	int line;
};

/* A log path of syslog-ng leads to the destination of this name. */
struct forward_use {
	struct str name;
	bool is_part;
};

struct forward_list {
	struct arena *a;
	VEC(struct forward) all;
	VEC(struct forward_use) uses; /* rsyslog: rulesets that everything is handed to */
	VEC(struct str) ended;        /* sources of syslog-ng that no later path hears */
	struct str file;              /* being read */
	size_t joined_bytes;          /* of statements over several lines */
	bool is_stopped;              /* rsyslog throws everything away from here on */
	bool is_strange;              /* something was not understood */
};

#define FORWARDS_MAX 1000

/* rsyslog: forwards are added; CALL is told each include (a pattern). */
typedef void forward_include(void *context, struct str pattern);
void forward_rsyslog(
	struct forward_list *list, struct str bytes, forward_include *include, void *context);
/* syslog-ng: destinations are off until, after the last file, DONE has looked at the log paths. */
void forward_syslog_ng(
	struct forward_list *list, struct str bytes, forward_include *include, void *context);
void forward_syslog_ng_done(struct forward_list *list);
/* fluent-bit's classic form: [OUTPUT] Name … Host … */
void forward_fluent_bit(struct forward_list *list, struct str bytes);
/* Filebeat, Auditbeat: output.NAME: hosts: […] */
void forward_beat(struct forward_list *list, struct str bytes);
/* Wazuh and OSSEC: <client><server><address> */
void forward_ossec(struct forward_list *list, struct str bytes);

/* Is it this machine itself? */
bool forward_is_local(struct str target);

#endif
