/* fuzz_logins.c - wtmp and lastlog records, and lines of sysctl.d. */
#include <stdlib.h>

#include "work/hostaudit/resolve/login.h"
#include "work/hostaudit/sysctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	size_t record = wtmp_record_size(bytes, (int64_t)size);
	struct login_record login;
	struct str line, key, value;

	for (size_t at = 0; record > 0 && at + record <= size; at += record)
		if (wtmp_parse(str_until(str_from(bytes, at), record), &login) &&
			(login.at_s <= 0 || login.user.len > 32))
			abort();
	record = lastlog_record_size((int64_t)size);
	for (size_t at = 0; record > 0 && at + record <= size; at += record)
		if (lastlog_parse(str_until(str_from(bytes, at), record)) < -1)
			abort();
	while (str_next_line(&bytes, &line))
		if (sysctl_parse(line, &key, &value) && (key.len == 0 || sysctl_is(key, "")))
			abort();
	return 0;
}
