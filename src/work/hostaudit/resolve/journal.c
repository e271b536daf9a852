/* journal.c - offsets after systemd's JOURNAL_FILE_FORMAT; all numbers are little endian.
 */
#include "work/hostaudit/resolve/journal.h"

#include <string.h>

enum {
	FLAGS_AT = 8,
	LAST_NUMBER_AT = 160,
	FIRST_NUMBER_AT = 168,
	FIRST_TIME_AT = 184,
	LAST_TIME_AT = 192,
	HEADER_LEAST = 200
};

static uint64_t u64_at(struct str s, size_t at)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (unsigned char)s.ptr[at + (size_t)i];
	return v;
}

bool journal_header(struct str head, struct journal_header *ret)
{
	uint64_t first, last;

	if (head.len < HEADER_LEAST || !str_starts(head, "LPKSHHRH"))
		return false;
	first = u64_at(head, FIRST_TIME_AT) / 1000000;
	last = u64_at(head, LAST_TIME_AT) / 1000000;
	if (first > UINT32_MAX * UINT64_C(4) || last > UINT32_MAX * UINT64_C(4))
		return false;
	*ret = (struct journal_header){
		.first_at_s = (int64_t)first,
		.last_at_s = (int64_t)last,
		.first_number = u64_at(head, FIRST_NUMBER_AT),
		.last_number = u64_at(head, LAST_NUMBER_AT),
		.is_sealed = (head.ptr[FLAGS_AT] & 1) != 0,
	};
	return true;
}
