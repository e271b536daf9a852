/* fuzz_certificate: PEM of a certificate. */
#include <stddef.h>
#include <stdint.h>

#include "kit/crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t at_s;

	(void)certificate_until((struct str){ (const char *)data, size }, &at_s);
	return 0;
}
