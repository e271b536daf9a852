/* user_records.c - declared in user_records.h; the form is told in systemd's USER_RECORD. */
#include "work/hostaudit/user_records.h"

#include <sys/stat.h>

#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/yaml_keys.h"

#define RECORDS_MAX 2000

struct reading {
	struct arena *a;
	struct user_record record;
	bool is_locked, has_shell;
};

static void take(void *context, const struct yaml_key *key)
{
	struct reading *r = context;
	struct user_record *u = &r->record;
	struct str name = key->depth > 0 ? key->path[key->depth - 1] : STR("");
	struct str value = arena_str(r->a, key->value);

	if (!key->value.ptr)
		return;
	if (str_is(name, "hashedPassword") && str_is(key->path[0], "privileged")) {
		const char *state = account_password_state(value);

		/* one that lets in is enough */
		if (str_is(str_of(state), "empty") || !str_is(str_of(u->password), "empty"))
			u->password = state;
		return;
	}
	/* the numbers that homed gave on this machine stand under "binding" */
	if (str_is(name, "uid") && u->uid < 0)
		u->uid = account_id(value);
	else if (str_is(name, "gid") && u->gid < 0)
		u->gid = account_id(value);
	if (key->depth != 1)
		return;
	if (str_is(name, "userName")) {
		u->name = value;
		u->line = key->line;
	} else if (str_is(name, "homeDirectory")) {
		u->home = value;
	} else if (str_is(name, "shell")) {
		u->shell = value;
	} else if (str_is(name, "disposition") && !str_is(value, "regular") && !r->has_shell) {
		u->shell = STR("/usr/sbin/nologin");
	} else if (str_is(name, "locked")) {
		r->is_locked = str_is(value, "true");
	}
	r->has_shell |= str_is(name, "shell");
}

static bool read_into(struct host *h, struct reading *r, struct str path)
{
	const struct host_file *file;

	if (host_read(h, path.ptr, &file) < 0)
		return false;
	if (!yaml_paths(file->bytes, r->a, take, r))
		host_gap(h, GAP_SYNTAX, path.ptr);
	return true;
}

/* HAS_SECRETS: what only root may read lies beside it, in a file of its own. */
static void read_folder(
	struct host *h, const char *pattern, bool has_secrets, user_record_fn *tell, void *context)
{
	struct arena *a = host_arena(h);
	const struct str *paths;
	size_t count;

	if (host_glob(h, pattern, &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct reading r = { .a = a,
			.record = { .shell = STR("/bin/bash"),
				.password = "none",
				.uid = -1,
				.gid = -1,
				.file = paths[i] } };
		struct host_stat st;

		if (i >= RECORDS_MAX) {
			host_gap(h, GAP_LIMIT, pattern);
			return;
		}
		/* "1000.user" is a link to the record: it is told once */
		if (host_lstat(h, paths[i].ptr, &st) != 0 || S_ISLNK(st.mode) ||
			!read_into(h, &r, paths[i]))
			continue;
		if (has_secrets) {
			struct str beside = arena_fmt(a, "%s-privileged", paths[i].ptr);

			if (host_exists(h, beside.ptr))
				(void)read_into(h, &r, beside);
		}
		if (r.is_locked)
			r.record.password = "locked";
		if (r.record.name.len > 0)
			tell(context, &r.record);
	}
}

/* Does the line "passwd:" of nsswitch.conf name systemd? */
static bool asks_systemd(struct host *h)
{
	struct str bytes = host_bytes(h, STR("/etc/nsswitch.conf"), NULL), line, key, value, word;

	while (str_next_line(&bytes, &line)) {
		if (!str_split(line, ':', &key, &value) || !str_is(str_trim(key), "passwd"))
			continue;
		while (str_next_word(&value, " \t", &word) && !str_starts(word, "#"))
			if (str_is(word, "systemd"))
				return true;
	}
	return false;
}

void user_records(struct host *h, user_record_fn *tell, void *context)
{
	static const char *const folders[] = { "/etc/userdb/*.user", "/run/userdb/*.user",
		"/usr/local/lib/userdb/*.user", "/usr/lib/userdb/*.user" };
	enum unit_state homed;

	if (!asks_systemd(h))
		return;
	for (size_t i = 0; i < COUNT(folders); i++)
		read_folder(h, folders[i], true, tell, context);
	homed = systemd_unit(h, "systemd-homed.service").state;
	if (homed != UNIT_ABSENT && homed != UNIT_MASKED)
		read_folder(h, "/var/lib/systemd/home/*.identity", false, tell, context);
}
