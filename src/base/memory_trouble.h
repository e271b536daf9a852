/* memory_trouble.h - the n-th allocation fails. Only in builds for tests, where the linker leads
 * what the house allocates (not what libraries do) here; a product knows nothing of it. */
#ifndef BASE_MEMORY_TROUBLE_H
#define BASE_MEMORY_TROUBLE_H

#include <stdint.h>

/* The NTH from now on fails, and all after it, as when there is no more; 0: none does. A program
 * begins with what the environment variable KHIEN_TEST_MEMORY says: "200", or "200 khien: intake"
 * in a process that has come to that name, as ps shows it, and not before. */
void memory_trouble_at(uint64_t nth);

#endif
