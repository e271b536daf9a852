/* fuzz_shell.c - shell files: assignments, commands, and the walk for TMOUT where every file that a
 * script reads is the script itself, a few times over: each may read as many again. */
#include <stdlib.h>

#include "work/hostaudit/resolve/tmout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define READS_MAX 6

struct self {
	struct str bytes;
	int reads;
};

static bool read_self(void *context, struct str path, struct str *ret_bytes)
{
	struct self *self = context;

	*ret_bytes = self->bytes;
	return ++self->reads <= READS_MAX;
}

static bool exists(void *context, struct str path)
{
	return path.len % 2 == 0;
}

static size_t glob_self(void *context, struct str pattern, const struct str **ret_paths)
{
	static const struct str paths[] = { { "/a.sh", 5 }, { "/b.sh", 5 } };

	*ret_paths = paths;
	return 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct self self = { bytes, 0 };
	struct tmout_world world = { &self, read_self, exists, glob_self };
	struct shell_vars vars;
	struct shell_var var;
	struct tmout t;
	struct arena a;

	if (size > 16 * KIB)
		return 0;
	arena_init(&a, 256 * MIB);
	shell_vars_init(&vars, bytes, &a);
	while (shell_vars_next(&vars, &var))
		if (var.name.len == 0)
			abort();
	tmout_init(&t, &world, &a, SHELL_BASH);
	tmout_run(&t, bytes, STR("/etc/profile"));
	if (t.seconds < 0)
		abort();
	self.reads = 0;
	tmout_init(&t, &world, &a, SHELL_ZSH);
	tmout_run_csh(&t, bytes, STR("/etc/csh.login"));
	arena_done(&a);
	return 0;
}
