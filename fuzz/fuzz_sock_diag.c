/* fuzz_sock_diag.c - one datagram of the kernel's dump of sockets. */
#include "work/hostaudit/sockets.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct socket_list list = { 0 };
	struct arena a;

	arena_init(&a, 64 * MIB);
	for (int is_udp = 0; is_udp < 2; is_udp++)
		if (sock_diag_parse((struct str){ (const char *)data, size }, is_udp, &a, &list) >
			1)
			abort();
	for (size_t i = 0; i < list.len; i++)
		if (list.at[i].port == 0 || socket_address_text(&a, &list.at[i]).len == 0)
			abort();
	arena_done(&a);
	return 0;
}
