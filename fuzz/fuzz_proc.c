/* fuzz_proc.c - every file of /proc/PID that is read, by every reader. */
#include "work/hostaudit/proc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, struct str whole)
{
	if (part.len > 0 && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct str rest = text;
	struct proc_mapping mapping;
	struct proc_stat stat;
	struct str line, name, value;
	struct arena a;
	int64_t number;

	arena_init(&a, 64 * MIB);
	if (proc_stat_parse(text, &stat)) {
		within(stat.name, text);
		if (stat.start_ticks < 0)
			abort();
	}
	proc_status_uid(text, &number);
	proc_boot_s(text, &number);
	while (str_next_line(&rest, &line))
		if (proc_maps_parse(line, &mapping))
			within(mapping.path, line);
	if (proc_environ_find(text, "LD_PRELOAD", &value))
		within(value, text);
	within(proc_cgroup_unit(text), text);
	within(proc_exe_parse(text).path, text);
	rest = text;
	while (str_next_line(&rest, &line))
		if (proc_module_line(line, &name, &value)) {
			within(name, line);
			within(value, line);
		}
	if (proc_command(&a, text).len > KIB)
		abort();
	arena_done(&a);
	return 0;
}
