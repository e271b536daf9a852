/* fuzz_sock_text.c - a text like /proc/net/tcp, and an address as configurations write it. */
#include "work/hostaudit/sockets.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct socket_list list = { 0 };
	enum socket_scope scope;
	struct arena a;
	struct str line;
	uint64_t inode, protocol;

	arena_init(&a, 64 * MIB);
	for (int i = 0; i < 4; i++)
		sock_text_parse(text, i & 1, i & 2, &a, &list);
	for (size_t i = 0; i < list.len; i++) {
		/* what was read can be written and read again */
		struct str address = socket_address_text(&a, &list.at[i]);

		if (list.at[i].port == 0 || !socket_scope_parse(address, &scope) ||
			scope != socket_scope_of(list.at[i].address, list.at[i].is_v6))
			abort();
	}
	socket_scope_parse(text, &scope);
	while (str_next_line(&text, &line))
		for (int i = 0; i < 2; i++)
			(void)sock_raw_line(line, i == 0, &inode, &protocol);
	arena_done(&a);
	return 0;
}
