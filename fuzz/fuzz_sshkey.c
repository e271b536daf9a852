/* fuzz_sshkey.c - authorized_keys, and the paths it may stand in. */
#include <stdlib.h>

#include "work/hostaudit/resolve/sshkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct ssh_key key;
	struct arena a;
	struct str line, path;

	arena_init(&a, 64 * MIB);
	while (str_next_line(&rest, &line)) {
		if (ssh_key_parse(line, &key) == 1 && (key.type.len == 0 || key.blob.len < 16))
			abort();
		path = ssh_keys_path(&a, line, STR("an"), STR("/home/an"), 1000);
		if (path.ptr && (path.len == 0 || path.ptr[0] != '/'))
			abort();
	}
	arena_done(&a);
	return 0;
}
