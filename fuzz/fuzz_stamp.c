/* fuzz_stamp.c - replies of a time-stamp authority: nothing that is not signed under the pinned
 * certificate holds, and what is read says a time. */
#include "kit/crypto/stamp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct stamp stamp = { 0 };
	struct err e = { 0 };

	if (stamp_read(bytes, &stamp, &e) == 0 && (stamp.at_s <= 0 || stamp.serial[0] == '\0'))
		abort();
	/* as pinned certificates, and as the question that was asked */
	if (stamp_check(bytes, STR("text"), STR(""), bytes, &stamp, &e) == 0)
		abort();
	if (stamp_check(bytes, STR("text"), bytes, STR("x"), &stamp, &e) == 0)
		abort();
	return 0;
}
