/* backups.c - from a command to the copies it makes. */
#include "work/hostaudit/backups.h"

#include <sys/stat.h>

#include "work/hostaudit/blocks.h"
#include "work/hostaudit/mounts.h"
#include "work/hostaudit/resolve/ini.h"

#define ENTRIES_MAX 4000

/* ---- tools with a configuration of their own ---- */

static const char *first_there(struct host *h, const char *const *paths)
{
	for (; *paths; paths++)
		if (host_exists(h, *paths))
			return *paths;
	return NULL;
}

static void to(struct backup_call *call, struct arena *a, struct str destination)
{
	const char *scheme = backup_scheme(destination);

	if (scheme && *scheme) {
		call->where = BACKUP_ELSEWHERE;
		call->scheme = scheme;
	} else if (call->where != BACKUP_ELSEWHERE && destination.len > 1 &&
		destination.ptr[0] == '/') {
		call->where = BACKUP_LOCAL;
		call->target = str_ends(destination, "/") ?
			destination :
			arena_fmt(a, "%.*s/", STR_FMT(destination));
	}
}

static void rsnapshot(struct host *h, struct backup_call *call)
{
	struct str rest = host_bytes(h, STR("/etc/rsnapshot.conf"), NULL), line, word;

	call->crypt = CRYPT_NO;
	while (str_next_line(&rest, &line))
		if (str_next_word(&line, "\t", &word) && str_is(word, "snapshot_root") &&
			str_next_word(&line, "\t", &word))
			to(call, host_arena(h), str_trim(word));
}

/* The word after rsnapshot and its options: the level, or "sync". */
static struct str rsnapshot_level(struct str command)
{
	struct str word;
	bool is_ours = false;

	while (str_next_word(&command, " \t\"'", &word)) {
		if (!is_ours)
			is_ours = str_is(path_base(word), "rsnapshot");
		else if (str_is(word, "-c"))
			(void)str_next_word(&command, " \t\"'", &word);
		else if (!str_starts(word, "-"))
			return word;
	}
	return STR("");
}

/* Only the first level copies (with sync_first: "sync" alone), the others move what is there; and
 * a setting without its tab makes rsnapshot stop. False: this call copies nothing. */
static bool rsnapshot_copies(struct host *h, struct str command)
{
	struct str rest = host_bytes(h, STR("/etc/rsnapshot.conf"), NULL), line, key, value;
	struct str level = rsnapshot_level(command), first = STR("");

	if (rest.len == 0 || str_find(command, STR(" -c")) >= 0 || level.len == 0)
		return true; /* its settings stand where we do not look */
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (!str_next_word(&line, "\t", &key) || !str_next_word(&line, "\t", &value))
			return false;
		if (str_is(key, "sync_first") && str_is(str_trim(value), "1"))
			first = STR("sync");
		if (first.len == 0 && (str_is(key, "retain") || str_is(key, "interval")))
			first = str_trim(value);
	}
	return first.len > 0 && str_eq(level, first);
}

/* The repositories of borgmatic: "- path: X", or "- X" below "repositories:". */
static void borgmatic(struct host *h, struct backup_call *call)
{
	static const char *const paths[] = { "/etc/borgmatic/config.yaml",
		"/etc/borgmatic/config.yml", NULL };
	const char *path = first_there(h, paths);
	struct str rest, line, name, value;
	bool is_inside = false;

	if (!path)
		return;
	rest = host_bytes(h, str_of(path), NULL);
	while (str_next_line(&rest, &line)) {
		struct str text = str_trim(line);

		if (text.len == 0 || text.ptr[0] == '#')
			continue;
		if (str_starts(text, "encryption_pass"))
			call->crypt = CRYPT_YES;
		if (str_starts(text, "repositories:")) {
			is_inside = true;
			continue;
		}
		if (!is_inside)
			continue;
		if (text.ptr[0] != '-' && !str_starts(text, "path:") && !str_starts(text, "label:"))
			is_inside = false;
		else if (str_find(text, STR("path:")) >= 0 && str_split(text, ':', &name, &value))
			to(call, host_arena(h), str_unquote(str_trim(value)));
		else if (text.ptr[0] == '-' && str_find(text, STR("label:")) < 0)
			to(call, host_arena(h), str_unquote(str_trim(str_from(text, 1))));
	}
}

static void pgbackrest(struct host *h, struct backup_call *call)
{
	static const char *const paths[] = { "/etc/pgbackrest/pgbackrest.conf",
		"/etc/pgbackrest.conf", NULL };
	const char *path = first_there(h, paths);
	struct ini_entry entry;
	struct ini ini;
	bool is_remote = false;

	call->is_database = true;
	if (!path)
		return;
	call->crypt = CRYPT_NO;
	ini_init(&ini, host_bytes(h, str_of(path), NULL), 0, NULL);
	while (ini_next(&ini, &entry)) {
		struct str key = entry.key;

		if (!str_starts(key, "repo") || !entry.value.ptr)
			continue;
		if (str_ends(key, "-host"))
			is_remote = true;
		if (str_ends(key, "-type") && !str_is(entry.value, "posix") &&
			!str_is(entry.value, "cifs"))
			is_remote = true;
		if (str_ends(key, "-path"))
			to(call, host_arena(h), entry.value);
		if (str_ends(key, "-cipher-type") && !str_is(entry.value, "none"))
			call->crypt = CRYPT_YES;
	}
	if (is_remote) {
		call->where = BACKUP_ELSEWHERE;
		call->scheme = "pgbackrest";
	}
}

/* BACKUPDIR of the shell-like files that the dump scripts of Debian read. */
static void dump_script(
	struct host *h, struct backup_call *call, const char *path, const char *otherwise)
{
	struct str rest = host_bytes(h, str_of(path), NULL), line, name, value;
	struct str folder = str_of(otherwise);

	call->is_database = true;
	call->crypt = CRYPT_NO;
	while (str_next_line(&rest, &line)) {
		if (!str_split(str_trim(line), '=', &name, &value))
			continue;
		value = str_unquote(str_trim(value));
		if (str_is(name, "BACKUPDIR") || str_is(name, "CONFIG_backup_dir"))
			folder = value;
		if ((str_is(name, "ENCRYPTION") || str_is(name, "CONFIG_encrypt")) &&
			str_bool(value, false))
			call->crypt = CRYPT_YES;
	}
	to(call, host_arena(h), folder);
}

/* "timeshift --check", which its cron file calls every hour, makes a copy only when one of the
 * schedules in timeshift.json is on and due. */
static int64_t timeshift_period(struct host *h, struct str command)
{
	static const struct {
		const char *key;
		int64_t days;
	} schedules[] = { { "\"schedule_hourly\"", 1 }, { "\"schedule_daily\"", 1 },
		{ "\"schedule_weekly\"", 7 }, { "\"schedule_monthly\"", 31 } };
	static const char *const paths[] = { "/etc/timeshift/timeshift.json", "/etc/timeshift.json",
		NULL };
	const char *path = first_there(h, paths);
	struct str text, name, value, end;
	ptrdiff_t at;

	if (str_find(command, STR("--check")) < 0)
		return -1;
	text = path ? host_bytes(h, str_of(path), NULL) : STR("");
	for (size_t i = 0; i < COUNT(schedules); i++) {
		at = str_find(text, str_of(schedules[i].key));
		if (at >= 0 && str_split(str_from(text, (size_t)at), ':', &name, &value) &&
			str_split(value, '\n', &value, &end))
			if (str_find(value, STR("true")) >= 0)
				return schedules[i].days;
	}
	return 0;
}

/* "name:path" of rclone: what NAME is stands in its configuration. "crypt", "alias" and the like
 * lead on to another name, "local" to this machine. */
static void rclone(struct host *h, struct backup_call *call, struct str user)
{
	struct arena *a = host_arena(h);
	struct str file = user.len == 0 || str_is(user, "root") ?
		STR("/root/.config/rclone/rclone.conf") :
		arena_fmt(a, "/home/%.*s/.config/rclone/rclone.conf", STR_FMT(user));
	struct str name = call->remote, path = STR("");

	for (int depth = 0; depth < LIMIT_HOST_INCLUDE_DEPTH; depth++) {
		struct str type = STR(""), next = STR("");
		struct ini_entry entry;
		struct ini ini;

		if (!str_split(name, ':', &name, &path))
			path = name;
		if (name.len == 0 && str_starts(path, "local:"))
			path = str_from(path, 6);
		if (name.len == 0 || path.ptr == name.ptr)
			break; /* a path of this machine */
		ini_init(&ini, host_bytes(h, file, NULL), 0, NULL);
		while (ini_next(&ini, &entry)) {
			if (!str_eq(entry.section, name) || !entry.value.ptr)
				continue;
			if (str_is(entry.key, "type"))
				type = entry.value;
			else if (str_is(entry.key, "remote"))
				next = entry.value;
		}
		if (str_is(type, "crypt"))
			call->crypt = CRYPT_YES;
		if (str_is(type, "local"))
			break;
		if (next.len == 0)
			return;
		name = next;
	}
	call->where = BACKUP_LOCAL;
	call->scheme = "";
	call->target = path;
}

static void configure(struct host *h, struct backup_call *call)
{
	struct str tool = str_of(call->tool);

	if (str_is(tool, "rsnapshot"))
		rsnapshot(h, call);
	else if (str_is(tool, "borgmatic"))
		borgmatic(h, call);
	else if (str_is(tool, "pgbackrest"))
		pgbackrest(h, call);
	else if (str_is(tool, "automysqlbackup"))
		dump_script(h, call, "/etc/default/automysqlbackup", "/var/lib/automysqlbackup");
	else if (str_is(tool, "autopostgresqlbackup"))
		dump_script(h, call, "/etc/default/autopostgresqlbackup",
			"/var/lib/autopostgresqlbackup");
	else if (str_is(tool, "timeshift") || str_is(tool, "snapper")) {
		call->where = BACKUP_LOCAL;
		call->target = str_is(tool, "timeshift") ? STR("/timeshift/snapshots/") :
							   STR("/.snapshots/");
		call->crypt = CRYPT_NO;
	} else if (str_is(tool, "proxmox-backup") || str_is(tool, "veeam") ||
		str_is(tool, "barman") || str_is(tool, "wal-g")) {
		call->where = str_is(tool, "barman") ? BACKUP_UNCLEAR : BACKUP_ELSEWHERE;
		call->scheme = call->tool;
	}
}

/* ---- which disk a local target lies on ---- */

static bool is_network_type(struct str type)
{
	static const char *const types[] = { "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph",
		"glusterfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "davfs",
		"fuse.davfs", "fuse.ceph", "lustre", "afs" };

	for (size_t i = 0; i < COUNT(types); i++)
		if (str_is(type, types[i]))
			return true;
	return false;
}

static const struct mount *mount_of(const struct mount_list *mounts, struct str path)
{
	const struct mount *best = NULL;

	for (size_t i = 0; i < mounts->len; i++) {
		const struct mount *m = &mounts->at[i];
		size_t n = m->target.len;
		bool is_above = str_is(m->target, "/") ||
			(path.len >= n && str_eq(str_until(path, n), m->target) &&
				(path.len == n || path.ptr[n] == '/'));

		/* of two mounts on one place the later one is seen */
		if (is_above && (!best || n >= best->target.len))
			best = m;
	}
	return best;
}

static void place(struct host *h, struct backup *b)
{
	struct mount_list mounts = { 0 };
	const struct mount *m;

	mounts_read(h, &mounts);
	m = mount_of(&mounts, b->call.target);
	b->where = "local";
	if (!m)
		return;
	b->mount = m->target;
	if (str_is(m->fstype, "autofs")) {
		b->where = "unclear";
	} else if (is_network_type(m->fstype)) {
		b->where = "elsewhere";
		b->scheme = m->fstype;
	} else if (!str_is(m->target, "/") && stack_of(h, m->device, m->source).is_removable) {
		b->where = "external";
	}
}

/* ---- the newest copy ---- */

struct search {
	struct host *h;
	struct str prefix; /* names begin with it */
	size_t seen;
	int64_t newest_at_s, bytes;
	struct str path;
};

static void look(struct search *s, struct str folder, bool is_top)
{
	const struct str *names;
	struct host_stat st;
	size_t count;

	if (host_list(s->h, arena_cstr(host_arena(s->h), folder), &names, &count) < 0)
		return;
	for (size_t i = 0; i < count && s->seen < ENTRIES_MAX; i++) {
		struct str path = arena_fmt(
			host_arena(s->h), "%.*s/%.*s", STR_FMT(folder), STR_FMT(names[i]));

		s->seen++;
		if ((is_top && s->prefix.len > 0 &&
			    !str_eq(str_until(names[i], s->prefix.len), s->prefix)) ||
			host_lstat(s->h, path.ptr, &st) != 0)
			continue;
		if (S_ISDIR(st.mode) && is_top)
			look(s, path, false);
		if (!S_ISREG(st.mode) || st.size == 0 || st.mtime_s <= s->newest_at_s)
			continue;
		s->newest_at_s = st.mtime_s;
		s->bytes = st.size;
		s->path = path;
	}
}

int64_t backup_newest(struct host *h, struct str target, struct str *ret_path, int64_t *ret_bytes)
{
	struct search s = { .h = h, .path = STR("") };
	struct str base = path_base(target);
	struct str folder = str_until(target, target.len - base.len);
	struct host_stat st;

	if (base.len > 0 && host_stat(h, arena_cstr(host_arena(h), target), &st) == 0 &&
		S_ISREG(st.mode) && st.size > 0) {
		*ret_path = target;
		*ret_bytes = st.size;
		return st.mtime_s;
	}
	while (folder.len > 1 && str_ends(folder, "/"))
		folder = str_until(folder, folder.len - 1);
	s.prefix = base;
	if (folder.len < 2)
		return 0;
	look(&s, folder, true);
	if (s.newest_at_s > 0) {
		*ret_path = s.path;
		*ret_bytes = s.bytes;
	}
	return s.newest_at_s;
}

/* What tools that send their copies away keep here of each success. */
static void newest_trace(struct host *h, struct backup *b, struct str user)
{
	static const struct {
		const char *tool, *folder;
	} traces[] = { { "restic", ".cache/restic" }, { "borg", ".config/borg/security" },
		{ "borgmatic", ".config/borg/security" }, { "duplicity", ".cache/duplicity" } };
	struct str home = user.len == 0 || str_is(user, "root") ?
		STR("/root") :
		arena_fmt(host_arena(h), "/home/%.*s", STR_FMT(user));

	for (size_t i = 0; i < COUNT(traces); i++) {
		const struct str *names;
		struct str folder;
		size_t count;

		if (!str_is(str_of(traces[i].tool), b->call.tool))
			continue;
		folder = arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(home), traces[i].folder);
		if (host_list(h, folder.ptr, &names, &count) < 0)
			continue;
		for (size_t n = 0; n < count; n++) {
			bool is_restic = i == 0;
			struct str path,
				sub = arena_fmt(host_arena(h), "%.*s/%.*s/%s", STR_FMT(folder),
					STR_FMT(names[n]), is_restic ? "snapshots/" : "");
			int64_t bytes, at_s = backup_newest(h, sub, &path, &bytes);

			if (at_s > b->newest_at_s) {
				b->newest_at_s = at_s;
				b->newest = path;
			}
		}
	}
}

/* The system's own keeping of its package lists and accounts is no backup of the unit's data. */
static bool is_housekeeping(struct str command)
{
	static const char *const of[] = { "/usr/lib/", "/usr/libexec/", "/usr/share/", "/lib/",
		"/etc/cron.daily/dpkg", "/etc/cron.daily/passwd", "/etc/cron.daily/apt" };
	struct str word;

	if (!str_next_word(&command, " \t-@+!:", &word))
		return true;
	for (size_t i = 0; i < COUNT(of); i++)
		if (str_starts(word, of[i]))
			return true;
	return false;
}

bool backup_read(struct host *h, struct str command, struct str script, struct str environment,
	struct str user, struct backup *ret)
{
	struct backup b = { .scheme = STR(""),
		.mount = STR(""),
		.newest = STR(""),
		.newest_bytes = -1,
		.period_days = -1,
		.where = "unclear" };

	backup_of(command, environment, host_arena(h), &b.call);
	if (!b.call.tool && script.len > 0 && !is_housekeeping(command))
		backup_of(script, environment, host_arena(h), &b.call);
	if (!b.call.tool)
		return false;
	if (str_is(str_of(b.call.tool), "rsnapshot") && !rsnapshot_copies(h, command))
		return false;
	if (b.call.is_configured)
		configure(h, &b.call);
	if (b.call.remote.len > 0)
		rclone(h, &b.call, user);
	if (str_is(str_of(b.call.tool), "timeshift"))
		b.period_days = timeshift_period(h, command);
	b.scheme = str_of(b.call.scheme);
	if (b.call.where == BACKUP_ELSEWHERE)
		b.where = "elsewhere";
	else if (b.call.where == BACKUP_LOCAL)
		place(h, &b);
	if (b.call.target.len > 0)
		b.newest_at_s = backup_newest(h, b.call.target, &b.newest, &b.newest_bytes);
	newest_trace(h, &b, user);
	*ret = b;
	return true;
}
