/* fuzz_seal_channel.c - a packet from the other process: what is taken is sent the same. */
#include "core/trail/seal_channel.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int pair[2];
	static char bytes[SEAL_MESSAGE_MAX], again[SEAL_MESSAGE_MAX];
	struct seal_message m;
	struct err e = { 0 };

	if (pair[0] == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		abort();
	if (size == 0 || size > 2 * SEAL_MESSAGE_MAX ||
		send(pair[0], data, size, MSG_DONTWAIT) != (ssize_t)size)
		return 0;
	if (seal_receive(pair[1], bytes, &m, &e) == 1) {
		if (seal_send(pair[0], &m, &e) != 0 ||
			recv(pair[1], again, sizeof(again), MSG_DONTWAIT) != (ssize_t)size ||
			memcmp(again, data, size) != 0)
			abort();
	} else if (e.code != ERR_INPUT) {
		abort();
	}
	return 0;
}
