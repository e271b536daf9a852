/* intake.h - floor 5: machines and devices send their lines here. One process, one thread: syslog
 * over UDP, TCP, TLS and Unix sockets, RELP, files that are followed, journald; all of it into the
 * write-ahead files of the log nhat-ky (docs/formats/log.md). A line is acknowledged, where its
 * protocol can do that, when it is on the disk; what is lost before is counted and the counts are
 * sealed. Raw bytes are kept as they came; nothing here looks into a line.
 *
 * DATA/intake.yaml says where to listen (docs/formats/intake.md). */
#ifndef FACE_INTAKE_H
#define FACE_INTAKE_H

#include "kit/command/command.h"
#include "kit/process/process.h"

/* For the table of processes of prog/khien. */
MUST_CHECK int intake_prepare(struct process_service *service, void **ret_state, struct err *e);
MUST_CHECK int intake_ready(struct process_service *service, void *state, struct err *e);
void intake_release(void *state);
int intake_start(const struct process *self);
extern const char *const intake_writes[]; /* the folders it writes */

extern const struct command intake_log_import; /* khien log import */

#endif
