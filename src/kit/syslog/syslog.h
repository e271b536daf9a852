/* syslog.h - floor 2: what a log line says of itself: RFC 5424, RFC 3164 in the many shapes devices
 * send, Cisco's forms, lines of files without any header, and bodies in CEF, LEEF, JSON and XML
 * (Windows events as NXLog, winlogbeat and Wazuh forward them and as Windows and evtx tools export
 * them; entries of the journal).
 *
 * No line is refused: what is not understood is message. Nothing is copied: a field is a part of
 * the line. Values out of JSON and XML stand as they are written there, escapes and all.
 *
 * frame.h cuts a stream into lines, relp.h into RELP frames. */
#ifndef KIT_SYSLOG_H
#define KIT_SYSLOG_H

#include "base/base.h"

#define SYSLOG_LINE_MAX 65536 /* what stands behind is not looked at */

/* Bytes [at, at + len) of the line; len 0: not there. */
struct syslog_part {
	uint32_t at, len;
};

enum syslog_form {
	SYSLOG_PLAIN,  /* nothing but a message */
	SYSLOG_LEGACY, /* RFC 3164 and its kin */
	SYSLOG_5424,
};

enum syslog_body { SYSLOG_TEXT, SYSLOG_CEF, SYSLOG_LEEF, SYSLOG_JSON, SYSLOG_XML };

struct syslog_line {
	enum syslog_form form;
	enum syslog_body body;
	int facility; /* 0 to 23; -1: it does not say */
	int severity; /* 0 (emergency) to 7 (debug); -1: it does not say */
	bool has_time;
	int64_t time_ns; /* UTC. Without a zone it is taken for the time of Viet Nam, without a year
			  * for the year that is nearest to when it was received */
	struct syslog_part time, host, program, pid;
	struct syslog_part message_id; /* RFC 5424's MSGID */
	struct syslog_part structured; /* its STRUCTURED-DATA, brackets included */
	struct syslog_part channel;    /* of a Windows event: "Security" */
	struct syslog_part event_id;   /* of a Windows event, Cisco's mnemonic, CEF's class */
	struct syslog_part message;    /* what remains when the header is taken off; of JSON and
					* XML the value of its message, where it has one */
};

/* RECEIVED_S is when it came, UTC. */
void syslog_parse(struct str line, int64_t received_s, struct syslog_line *ret);

struct str syslog_part(struct str line, struct syslog_part part);

/* "auth", "warning": the words of RFC 5424; "" for -1. And back: -1 when it is none. "warn",
 * "error", "information" and the like are understood. */
const char *syslog_facility_name(int facility);
const char *syslog_severity_name(int severity);
int syslog_facility_of(struct str name);
int syslog_severity_of(struct str name);

#endif
