/* verify_int.h - private to khien-verify: its commands and how they get files. */
#ifndef PROG_VERIFY_INT_H
#define PROG_VERIFY_INT_H

#include "kit/command/command.h"
#include "work/verify/verify.h"

extern const struct command verify_archive_command, verify_proof_command, verify_range_command;

/* The whole of the file PATH, in A. */
MUST_CHECK int file_load(
	const char *path, size_t max_bytes, struct arena *a, struct str *ret, struct err *e);
/* --key: keys or a policy. */
MUST_CHECK int keys_load(
	const struct command_line *line, struct arena *a, struct verify_job *job, struct err *e);

#endif
