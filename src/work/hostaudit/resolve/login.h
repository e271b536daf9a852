/* login.h - private to hostaudit: the binary records of log-ins. Pure readers over bytes;
 * the size of a record differs between machines whose time has 32 and 64 bits. */
#ifndef WORK_RESOLVE_LOGIN_H
#define WORK_RESOLVE_LOGIN_H

#include "base/base.h"

/* One record of wtmp. */
struct login_record {
	struct str user; /* borrowed from the bytes */
	int64_t at_s;
	bool is_login; /* a user came in: not a start of the machine, not an end */
};

#define WTMP_RECORD_MAX 400
/* 384 or 400, by the first record and the whole size of the file; 0 when it is no wtmp. */
size_t wtmp_record_size(struct str head, int64_t file_size);
/* RECORD is as long as wtmp_record_size() said. */
bool wtmp_parse(struct str record, struct login_record *ret);

#define LASTLOG_RECORD_MAX 296
/* 292 or 296, by the size of the file; 0 when it is no lastlog. */
size_t lastlog_record_size(int64_t file_size);
/* When this user last came in, seconds; 0: never; -1: no such record. */
int64_t lastlog_parse(struct str record);

#endif
