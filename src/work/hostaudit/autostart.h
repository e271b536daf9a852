/* autostart.h - private to hostaudit: lines of configuration that make a program start by itself.
 * Pure; what is returned borrows from the line. */
#ifndef WORK_AUTOSTART_H
#define WORK_AUTOSTART_H

#include "base/base.h"

/* RUN+="/usr/lib/x %k", PROGRAM="x", IMPORT{program}="x" of a udev rule; not its builtins. */
bool autostart_udev(struct str line, struct str *ret_command);
/* "install nf_x /bin/sh -c …" and "remove …" of modprobe; /bin/true and /bin/false only forbid. */
bool autostart_modprobe(struct str line, struct str *ret_name, struct str *ret_command);
/* The command of a rule with pam_exec.so. */
bool autostart_pam(struct str line, struct str *ret_command);
/* The first Exec= of a desktop entry that is not hidden. */
bool autostart_desktop(struct str text, struct str *ret_command);

/* A line of an authorized_keys. */
struct autostart_key {
	struct str options; /* "" none */
	struct str command; /* the forced command among them, "" none */
	struct str type;    /* "ssh-ed25519" */
	struct str key;     /* base64 */
};
bool autostart_key_line(struct str line, struct autostart_key *ret);

#endif
