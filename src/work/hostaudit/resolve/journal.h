/* journal.h - private to hostaudit: the header of a journal file of systemd. Pure. */
#ifndef WORK_RESOLVE_JOURNAL_H
#define WORK_RESOLVE_JOURNAL_H

#include "base/base.h"

#define JOURNAL_HEADER_BYTES 256

struct journal_header {
	int64_t first_at_s, last_at_s;      /* 0: the file holds nothing */
	uint64_t first_number, last_number; /* of its records, counted through all files */
	bool is_sealed;
};

/* False when HEAD is no journal file or is cut short. */
bool journal_header(struct str head, struct journal_header *ret);

#endif
