#include "work/hostaudit/resolve/login.h"

#include <string.h>

/* Records are written in the machine's own order of bytes; images of machines with the other order
 * are not told apart, their times make no sense and are refused. */
static int64_t number_at(struct str bytes, size_t offset, size_t size)
{
	uint64_t n = 0;

	for (size_t i = size; i > 0; i--)
		n = n << 8 | (unsigned char)bytes.ptr[offset + i - 1];
	return size == 4 ? (int32_t)n : (int64_t)n;
}

/* Times that a log-in can have: 1990 to 2200. */
static bool is_time(int64_t at_s)
{
	return at_s >= 631152000 && at_s < 7258118400;
}

#define WTMP_TYPE_USER 7
#define WTMP_TYPES 9
#define WTMP_USER_AT 44
#define WTMP_USER_BYTES 32
#define WTMP_SMALL 384
#define WTMP_SMALL_TIME_AT 340
#define WTMP_LARGE 400
#define WTMP_LARGE_TIME_AT 344

bool wtmp_parse(struct str record, struct login_record *ret)
{
	bool is_large = record.len == WTMP_LARGE;
	const char *end;
	int64_t type;

	if (record.len != WTMP_SMALL && !is_large)
		return false;
	type = number_at(record, 0, 4) & 0xFFFF;
	ret->at_s = is_large ? number_at(record, WTMP_LARGE_TIME_AT, 8) :
			       number_at(record, WTMP_SMALL_TIME_AT, 4);
	if (type > WTMP_TYPES || !is_time(ret->at_s))
		return false;
	end = memchr(record.ptr + WTMP_USER_AT, 0, WTMP_USER_BYTES);
	ret->user = (struct str){ record.ptr + WTMP_USER_AT,
		end ? (size_t)(end - record.ptr - WTMP_USER_AT) : WTMP_USER_BYTES };
	ret->is_login = type == WTMP_TYPE_USER && ret->user.len > 0;
	return true;
}

size_t wtmp_record_size(struct str head, int64_t file_size)
{
	static const size_t sizes[] = { WTMP_SMALL, WTMP_LARGE };
	struct login_record record;

	for (size_t i = 0; i < COUNT(sizes); i++)
		if (head.len >= sizes[i] && file_size % (int64_t)sizes[i] == 0 &&
			wtmp_parse(str_until(head, sizes[i]), &record))
			return sizes[i];
	return 0;
}

#define LASTLOG_SMALL 292
#define LASTLOG_LARGE 296

size_t lastlog_record_size(int64_t file_size)
{
	if (file_size > 0 && file_size % LASTLOG_SMALL == 0)
		return LASTLOG_SMALL;
	return file_size > 0 && file_size % LASTLOG_LARGE == 0 ? LASTLOG_LARGE : 0;
}

int64_t lastlog_parse(struct str record)
{
	int64_t at_s;

	if (record.len != LASTLOG_SMALL && record.len != LASTLOG_LARGE)
		return -1;
	at_s = number_at(record, 0, record.len == LASTLOG_LARGE ? 8 : 4);
	return at_s == 0 ? 0 : is_time(at_s) ? at_s : -1;
}
