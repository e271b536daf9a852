/* web.h - floor 5: the pages, the API and the processes that serve them: `web`, which meets
 * browsers and is confined; `audit`, which lives as long as one audit of this machine. prog/khien
 * lists them in its table of processes, and the commands in its table of commands. */
#ifndef FACE_WEB_H
#define FACE_WEB_H

#include "kit/command/command.h"
#include "kit/process/process.h"

/* The options of `khien serve` read here: listen, packs. */
MUST_CHECK int web_prepare(struct process_service *service, void **ret_state, struct err *e);
MUST_CHECK int web_ready(struct process_service *service, void *state, struct err *e);
void web_release(void *state);
void web_forget(void *state);
int web_start(const struct process *self);
extern const char *const web_writes[]; /* the folders that web writes */

/* With the state of web. */
bool web_audit_is_due(struct process_service *service, void *state);
int web_trail_start(const struct process *self);
/* Duties: verdicts are brought up to date, and digests are written once a day. */
int web_duty_start(const struct process *self);
/* Hands what waits to the mail server. */
int web_mail_start(const struct process *self);
int web_verify_start(const struct process *self);
int web_note_start(const struct process *self);
/* Looks which external disks are there, and does what a page asked for with one of them. */
int web_media_start(const struct process *self);
/* Brings orders of pages to the log. */
int web_order_start(const struct process *self);
/* Reads files that pages brought, into plain cells; it has neither key nor database. */
int web_table_start(const struct process *self);
/* Checks, saves and takes back what was read. */
int web_import_start(const struct process *self);
int web_audit_start(const struct process *self);
/* Comes and goes; does something when a review of the processes is due or was asked for. */
int web_review_start(const struct process *self);

/* khien user …, khien unit … */
extern const struct command web_user_list, web_user_add, web_user_role, web_user_disable,
	web_user_reset, web_user_unlock, web_user_link, web_user_tokens, web_user_revoke, web_unit;
/* khien signin … */
extern const struct command web_signin_show, web_signin_set, web_signin_group;
/* khien duty done …, skip …, delegate … */
extern const struct command web_duty_done, web_duty_skip, web_duty_delegate;

#endif
