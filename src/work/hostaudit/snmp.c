#include "work/hostaudit/snmp.h"

#define FILES_MAX 100
#define DEPTH_MAX 4

struct walk {
	struct host *h;
	snmp_take *take;
	void *context;
	bool is_full; /* there is more than is read */
	int files;
};

static void walk_file(struct walk *w, struct str path, int depth)
{
	struct snmp_reader r;
	struct snmp_entry entry;
	struct str file = path;

	if (depth > DEPTH_MAX || ++w->files > FILES_MAX) {
		if (!w->is_full)
			host_gap(w->h, GAP_LOOP, arena_cstr(host_arena(w->h), path));
		w->is_full = true;
		return;
	}
	snmp_init(&r, host_bytes(w->h, path, &file));
	while (!w->is_full && snmp_next(&r, &entry)) {
		const struct str *paths;
		size_t count;

		w->take(w->context, &entry, file);
		w->files += entry.kind == SNMP_INCLUDE_DIR;
		if (entry.kind == SNMP_INCLUDE_FILE)
			walk_file(w, entry.value, depth + 1);
		else if (entry.kind == SNMP_INCLUDE_DIR &&
			host_glob(w->h,
				arena_fmt(host_arena(w->h), "%.*s/*.conf", STR_FMT(entry.value))
					.ptr,
				&paths, &count) == 0)
			for (size_t i = 0; i < count && !w->is_full; i++)
				walk_file(w, paths[i], depth + 1);
	}
}

void snmp_each(struct host *h, struct str command, snmp_take *take, void *context)
{
	static const char *const usual[] = { "/etc/snmp/snmpd.conf", "/etc/snmp/snmpd.local.conf",
		"/usr/share/snmp/snmpd.conf", "/usr/share/snmp/snmpd.local.conf" };
	struct walk w = { .h = h, .take = take, .context = context };
	struct snmp_files named = snmp_command_files(command, host_arena(h));
	struct str path;

	for (size_t i = 0; i < COUNT(usual) && !named.is_alone; i++)
		walk_file(&w, str_of(usual[i]), 0);
	while (str_next_word(&named.paths, ",", &path))
		walk_file(&w, path, 0);
}
