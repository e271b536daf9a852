#include "work/hostaudit/resolve/backup.h"

#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/shell_text.h"

#define COMMANDS_MAX 4000
#define SHELLS_MAX 2

/* ---- where it goes ---- */

const char *backup_scheme(struct str d)
{
	static const struct {
		const char *start, *scheme;
	} starts[] = {
		{ "file://", "" },
		{ "ssh://", "ssh" },
		{ "sftp:", "sftp" },
		{ "scp://", "ssh" },
		{ "rsync://", "rsync" },
		{ "s3:", "s3" },
		{ "s3+http", "s3" },
		{ "boto3+s3:", "s3" },
		{ "b2:", "b2" },
		{ "gs:", "gs" },
		{ "azure:", "azure" },
		{ "swift:", "swift" },
		{ "rest:", "rest" },
		{ "rclone:", "rclone" },
		{ "webdav", "webdav" },
		{ "ftp", "ftp" },
		{ "http", "http" },
		{ "par2+", "url" },
		{ "pexpect+", "ssh" },
		{ "paramiko+", "ssh" },
		{ "hsi://", "url" },
	};
	ptrdiff_t colon = str_find_char(d, ':'), slash = str_find_char(d, '/');

	for (size_t i = 0; i < COUNT(starts); i++)
		if (str_starts(d, starts[i].start))
			return starts[i].scheme;
	if (d.len > 0 && (d.ptr[0] == '/' || d.ptr[0] == '.' || d.ptr[0] == '~'))
		return "";
	if (colon > 0 && (slash < 0 || colon < slash))
		return "ssh"; /* "nas:/x", "an@nas:x" */
	return d.len > 0 && colon < 0 ? "" : NULL;
}

static void goes_to(
	struct backup_call *call, struct str d, bool is_cut, bool is_folder, struct arena *a)
{
	const char *scheme = backup_scheme(d);

	if (call->where == BACKUP_ELSEWHERE)
		return; /* once it has left the machine, a copy left behind does not matter */
	if (scheme && *scheme) {
		call->where = BACKUP_ELSEWHERE;
		call->scheme = scheme;
		return;
	}
	if (str_starts(d, "file://"))
		d = str_from(d, 7);
	if (d.len < 2 || d.ptr[0] != '/' || str_starts(d, "/dev/"))
		return; /* relative, unknown, or no file */
	call->where = BACKUP_LOCAL;
	call->target =
		is_folder && !is_cut && !str_ends(d, "/") ? arena_fmt(a, "%.*s/", STR_FMT(d)) : d;
}

/* ---- what makes a backup ---- */

/* Value of the option NAME ("-r", "--repo") of C from word FROM on; STR_NONE without it. */
static struct str option(
	const struct text_command *c, size_t from, const char *name, size_t *ret_at)
{
	struct str want = str_of(name);

	for (size_t i = from; i < c->count; i++) {
		struct str w = c->word[i];

		if (str_eq(w, want) && i + 1 < c->count) {
			*ret_at = i + 1;
			return c->word[i + 1];
		}
		*ret_at = i;
		if (w.len > want.len && str_starts(want, "--") && str_starts(w, name) &&
			w.ptr[want.len] == '=')
			return str_from(w, want.len + 1);
		if (w.len > want.len && want.len == 2 && str_starts(w, name))
			return str_from(w, 2);
	}
	return STR_NONE;
}

static bool has_word(const struct text_command *c, size_t from, const char *word)
{
	for (size_t i = from; i < c->count; i++)
		if (str_is(c->word[i], word))
			return true;
	return false;
}

/* The first word that is one of VERBS, but for the value of an option that names a place. */
static struct str verb_of(const struct text_command *c, size_t from, const char *const *verbs)
{
	static const char *const valued[] = { "-r", "--repo", "-p", "--password-file",
		"--cache-dir", "--rsh", NULL };

	for (size_t i = from; i < c->count; i++)
		if (word_among(c->word[i], valued))
			i++;
		else if (word_among(c->word[i], verbs))
			return c->word[i];
	return STR("");
}

static void repository(struct shell_text *sh, const struct text_command *c, size_t from,
	const char *const *options, const char *variable)
{
	struct str value = STR_NONE;
	bool is_cut = false;
	size_t at;

	for (; *options && !value.ptr; options++) {
		value = option(c, from, *options, &at);
		is_cut = value.ptr && c->is_cut[at];
	}
	if (!value.ptr)
		value = shell_text_value(sh, str_of(variable));
	if (value.ptr)
		goes_to(sh->call, value, is_cut, true, sh->a);
}

static bool restic(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const char *const options[] = { "-r", "--repo", NULL };
	static const char *const verbs[] = { "backup", "cat", "check", "copy", "diff", "dump",
		"find", "forget", "init", "key", "list", "ls", "mount", "prune", "repair",
		"restore", "snapshots", "stats", "tag", "unlock", NULL };

	if (!str_is(verb_of(c, from, verbs), "backup"))
		return false;
	sh->call->crypt = CRYPT_YES;
	repository(sh, c, from, options, "RESTIC_REPOSITORY");
	return true;
}

static bool borg(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const char *const options[] = { "--repo", NULL };
	static const char *const verbs[] = { "create", "check", "compact", "delete", "extract",
		"info", "init", "list", "mount", "prune", "rename", NULL };

	if (!str_is(verb_of(c, from, verbs), "create"))
		return false;
	if (shell_text_value(sh, STR("BORG_PASSPHRASE")).ptr ||
		shell_text_value(sh, STR("BORG_PASSCOMMAND")).ptr)
		sh->call->crypt = CRYPT_YES;
	for (size_t i = from; i < c->count; i++) {
		ptrdiff_t at = str_find(c->word[i], STR("::"));

		if (at > 0) {
			goes_to(sh->call, str_until(c->word[i], (size_t)at), false, true, sh->a);
			return true;
		}
	}
	repository(sh, c, from, options, "BORG_REPO");
	return true;
}

static bool duplicity(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const char *const idle[] = { "restore", "verify", "collection-status",
		"list-current-files", "cleanup", "remove-older-than", "remove-all-but-n-full",
		"remove-all-inc-of-but-n-full", "replicate" };

	sh->call->crypt = has_word(c, from, "--no-encryption") ? CRYPT_NO : CRYPT_YES;
	for (size_t i = 0; i < COUNT(idle); i++)
		if (has_word(c, from, idle[i]))
			return false;
	for (size_t i = c->count; i-- > from;)
		if (str_find(c->word[i], STR("://")) >= 0) {
			goes_to(sh->call, c->word[i], c->is_cut[i], true, sh->a);
			return true;
		}
	return false;
}

/* The last word of a copy, when nothing comes from another machine. */
static bool copy_to_last(struct shell_text *sh, const struct text_command *c, size_t from)
{
	size_t plain = 0, last = 0;

	for (size_t i = from; i < c->count; i++) {
		if (str_starts(c->word[i], "-") ||
			(i > from &&
				(str_is(c->word[i - 1], "-e") || str_is(c->word[i - 1], "-i") ||
					str_is(c->word[i - 1], "-P") ||
					str_is(c->word[i - 1], "--rsh"))))
			continue;
		if (plain > 0) {
			const char *scheme = backup_scheme(c->word[last]);

			if (scheme && *scheme)
				return false; /* fetches: the backup of some other machine */
		}
		plain++;
		last = i;
	}
	if (plain < 2)
		return false;
	goes_to(sh->call, c->word[last], c->is_cut[last], true, sh->a);
	sh->call->is_mirror = true;
	return true;
}

/* rclone copy SOURCE REMOTE:PATH, aws s3 sync SOURCE s3://…: the verb is no source. What comes
 * after the destination are options and their values. */
static bool cloud(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const char *const verbs[] = { "copy", "sync", "move", "copyto", "rcat", "cp", "put",
		"mirror", NULL };
	size_t plain = 0, verb = from;

	while (verb < c->count && !word_among(c->word[verb], verbs))
		verb++;
	for (size_t i = verb + 1; i < c->count; i++) {
		const char *scheme = backup_scheme(c->word[i]);

		if (str_starts(c->word[i], "-"))
			continue;
		plain++;
		if (!scheme || !*scheme)
			continue;
		if (plain < 2 && !str_is(c->word[verb], "rcat"))
			return false; /* fetches */
		sh->call->where = BACKUP_ELSEWHERE;
		sh->call->scheme = str_is(str_of(scheme), "ssh") ? "cloud" : scheme;
		if (str_is(path_base(c->word[from - 1]), "rclone"))
			sh->call->remote = arena_str(sh->a, c->word[i]);
		return true;
	}
	return false;
}

static bool tar(struct shell_text *sh, const struct text_command *c, size_t from)
{
	bool is_making = false;
	struct str file = STR_NONE;
	size_t at = from;

	for (size_t i = from; i < c->count; i++) {
		struct str w = c->word[i];
		bool is_short = (i == from && !str_starts(w, "-") && !str_has(w, '/')) ||
			(str_starts(w, "-") && !str_starts(w, "--"));

		is_making |= str_is(w, "--create") || (is_short && str_has(w, 'c'));
		if (is_short && (str_has(w, 'x') || str_has(w, 't')))
			return false;
		if (is_short && str_ends(w, "f") && i + 1 < c->count) {
			file = c->word[i + 1];
			at = i + 1;
		}
	}
	if (!is_making)
		return false;
	if (!file.ptr)
		file = option(c, from, "--file", &at);
	if (file.ptr && str_is(file, "/dev/null"))
		return false;
	if (file.ptr && !str_is(file, "-"))
		goes_to(sh->call, file, c->is_cut[at], false, sh->a);
	else
		sh->call->is_stream = true;
	sh->call->crypt = CRYPT_NO;
	return true;
}

/* A dump of how tables are built, or of accounts alone, without what stands in them. */
static bool is_without_rows(const struct text_command *c, size_t from)
{
	static const char *const of[] = { "--schema-only", "--no-data", "--globals-only",
		"--roles-only", "--tablespaces-only" };
	struct str program = path_base(c->word[from - 1]);
	bool is_postgres = str_starts(program, "pg_"), is_all = str_is(program, "pg_dumpall");

	for (size_t i = 0; i < COUNT(of); i++)
		if (has_word(c, from, of[i]))
			return true;
	if (is_all &&
		(has_word(c, from, "-g") || has_word(c, from, "-r") || has_word(c, from, "-t")))
		return true;
	return has_word(c, from, is_postgres ? "-s" : "-d");
}

static bool dump(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const struct {
		const char *name;
		bool is_folder;
	} options[] = { { "--file", false }, { "--result-file", false }, { "--target-dir", true },
		{ "--pgdata", true }, { "--out", true }, { "--outputdir", true },
		{ "--archive", false }, { "-f", false }, { "-D", true }, { "-o", true },
		{ "-r", false } };
	struct str program = path_base(c->word[from - 1]);
	bool is_written = false;
	size_t at;

	if (has_word(c, from, "--version") || has_word(c, from, "--help") ||
		is_without_rows(c, from) ||
		(c->count == from && c->output.len == 0 && !sh->is_piped))
		return false; /* only asks, or gives nothing to anybody */
	for (size_t i = 0; i < COUNT(options); i++) {
		struct str value = option(c, from, options[i].name, &at);

		if (value.ptr && value.len > 0) {
			goes_to(sh->call, value, c->is_cut[at], options[i].is_folder, sh->a);
			is_written = true;
			break;
		}
	}
	sh->call->is_stream =
		!is_written && (str_starts(program, "pg_dump") || str_ends(program, "dump"));
	sh->call->is_database = true;
	sh->call->crypt = CRYPT_NO;
	return true;
}

static bool timeshift(struct shell_text *sh, const struct text_command *c, size_t from)
{
	sh->call->is_configured = true;
	return has_word(c, from, "--create") || has_word(c, from, "--check");
}

/* Where to, how and when stands in a file of its own. */
static bool configured(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const char *const idle[] = { "configtest", "list", "info", "check", "prune",
		"status", "verify", "--help", "--version", "-V", "-h", "du" };

	for (size_t i = 0; i < COUNT(idle); i++)
		if (has_word(c, from, idle[i]) && !has_word(c, from, "create") &&
			!has_word(c, from, "--create") && !has_word(c, from, "--scripted"))
			return false;
	sh->call->is_configured = true;
	return true;
}

static bool sends(struct shell_text *sh, const struct text_command *c, size_t from)
{
	bool is_zfs = str_is(path_base(c->word[from - 1]), "zfs");

	for (size_t i = from; is_zfs && i < c->count; i++)
		if (str_starts(c->word[i], "-") && str_has(c->word[i], 'n'))
			return false; /* "-nv" only counts */
	sh->call->is_stream = true;
	return has_word(c, from, "send");
}

static bool backs_up(struct shell_text *sh, const struct text_command *c, size_t from)
{
	sh->call->is_configured = true;
	return has_word(c, from, "backup") || has_word(c, from, "create") ||
		has_word(c, from, "start");
}

static const struct {
	const char *program, *tool;
	bool (*read)(struct shell_text *sh, const struct text_command *c, size_t from);
} tools[] = {
	{ "restic", "restic", restic },
	{ "rustic", "restic", restic },
	{ "borg", "borg", borg },
	{ "duplicity", "duplicity", duplicity },
	{ "rsync", "rsync", copy_to_last },
	{ "rdiff-backup", "rdiff-backup", copy_to_last },
	{ "scp", "scp", copy_to_last },
	{ "syncoid", "zfs send", copy_to_last },
	{ "rclone", "rclone", cloud },
	{ "aws", "aws", cloud },
	{ "s3cmd", "s3cmd", cloud },
	{ "gsutil", "gsutil", cloud },
	{ "mc", "mc", cloud },
	{ "tar", "tar", tar },
	{ "pg_dump", "pg_dump", dump },
	{ "pg_dumpall", "pg_dumpall", dump },
	{ "pg_basebackup", "pg_basebackup", dump },
	{ "mysqldump", "mysqldump", dump },
	{ "mariadb-dump", "mysqldump", dump },
	{ "mariadb-backup", "mariadb-backup", dump },
	{ "mariabackup", "mariadb-backup", dump },
	{ "xtrabackup", "xtrabackup", dump },
	{ "mydumper", "mydumper", dump },
	{ "mongodump", "mongodump", dump },
	{ "borgmatic", "borgmatic", configured },
	{ "rsnapshot", "rsnapshot", configured },
	{ "timeshift", "timeshift", timeshift },
	{ "snapper", "snapper", backs_up },
	{ "backupninja", "backupninja", configured },
	{ "automysqlbackup", "automysqlbackup", configured },
	{ "autopostgresqlbackup", "autopostgresqlbackup", configured },
	{ "backup-manager", "backup-manager", configured },
	{ "dirvish-runall", "dirvish", configured },
	{ "duply", "duply", configured },
	{ "amdump", "amanda", configured },
	{ "resticprofile", "restic", configured },
	{ "autorestic", "restic", configured },
	{ "pgbackrest", "pgbackrest", backs_up },
	{ "barman", "barman", backs_up },
	{ "wal-g", "wal-g", backs_up },
	{ "btrbk", "btrbk", configured },
	{ "kopia", "kopia", backs_up },
	{ "proxmox-backup-client", "proxmox-backup", backs_up },
	{ "veeamconfig", "veeam", backs_up },
	{ "zfs", "zfs send", sends },
	{ "btrfs", "btrfs send", sends },
};

static bool encrypts(const struct text_command *c, size_t from, struct str program)
{
	if (str_is(program, "gpg") || str_is(program, "gpg2"))
		return has_word(c, from, "-e") || has_word(c, from, "--encrypt") ||
			has_word(c, from, "-c") || has_word(c, from, "--symmetric");
	if (str_is(program, "openssl"))
		return (has_word(c, from, "enc") && !has_word(c, from, "-d")) ||
			has_word(c, from, "smime") || has_word(c, from, "cms");
	if (str_is(program, "age"))
		return !has_word(c, from, "-d") && !has_word(c, from, "--decrypt");
	return str_is(program, "ccrypt") || str_is(program, "ccencrypt");
}

/* Programs that start another: what follows them is the command. */
static size_t skip_wrappers(const struct text_command *c, size_t from)
{
	static const char *const wrappers[] = { "nice", "ionice", "sudo", "time", "nohup", "exec",
		"then", "do", "else", "if", "!", "{", "chronic", "flock", "timeout", "env", "chrt",
		"command", "setpriv", "systemd-cat", "caffeinate", "runuser", "systemd-inhibit" };
	size_t i = from;

	for (bool is_wrapper = true; is_wrapper && i < c->count;) {
		struct str program = path_base(c->word[i]);
		bool is_flock;

		is_wrapper = false;
		for (size_t w = 0; w < COUNT(wrappers) && !is_wrapper; w++)
			is_wrapper = str_is(program, wrappers[w]);
		is_flock = is_wrapper && str_is(program, "flock");
		i += is_wrapper;
		while (is_wrapper && i < c->count &&
			(str_starts(c->word[i], "-") || str_has(c->word[i], '=') ||
				(c->word[i].len > 0 && c->word[i].ptr[0] >= '0' &&
					c->word[i].ptr[0] <= '9')))
			i++;
		i += is_flock && i < c->count; /* the file it locks */
	}
	return i;
}

/* --dry-run, or its letter among those before one with a value ("-avn"): nothing is copied. */
static bool only_tries(const struct text_command *c, size_t from, struct str program)
{
	static const char *const with_letter[] = { "restic", "borg", "borgmatic", "rclone", "btrbk",
		NULL };
	bool is_rsync = str_is(program, "rsync");

	for (size_t i = from; i < c->count; i++) {
		struct str word = c->word[i], ends = is_rsync ? STR("-efMTB@") : STR("-roc");

		if (str_is(word, "--dry-run") || str_is(word, "--dryrun") || str_is(word, "dryrun"))
			return true;
		if (!str_starts(word, "-") || !(is_rsync || word_among(program, with_letter)))
			continue;
		for (size_t k = 1; k < word.len && !str_has(ends, word.ptr[k]); k++)
			if (word.ptr[k] == 'n')
				return true;
	}
	return false;
}

static bool reads_tool(struct shell_text *sh, const struct text_command *c, size_t at)
{
	struct str program = path_base(c->word[at]);

	while (program.len > 1 &&
		(program.ptr[0] == '-' || program.ptr[0] == '@' || program.ptr[0] == '+' ||
			program.ptr[0] == '!'))
		program = str_from(program, 1); /* prefixes of ExecStart= */
	for (size_t i = 0; i < COUNT(tools); i++) {
		enum backup_crypt before = sh->call->crypt;

		if (!str_is(program, tools[i].program))
			continue;
		if (only_tries(c, at + 1, program) || !tools[i].read(sh, c, at + 1)) {
			sh->call->crypt = before;
			return true;
		}
		if (before == CRYPT_YES)
			sh->call->crypt = before;
		/* what makes the copy has the name, not what carries it away */
		if (!sh->call->tool || sh->call->is_mirror)
			sh->call->tool = tools[i].tool;
		return true;
	}
	return false;
}

/* Commands that name programs without running them. */
static bool only_names(const struct text_command *c, size_t from)
{
	static const char *const askers[] = { "[", "[[", "test", "which", "type", "hash", "echo",
		"printf", "logger", "man", "apt", "apt-get", "dnf", "yum", "systemctl", "pkill",
		"killall", "pgrep", "find", "grep", "chown", "chmod", "rm", "ls" };
	struct str program = path_base(c->word[from]);

	if (str_is(c->word[from], "command"))
		return from + 1 < c->count &&
			(str_is(c->word[from + 1], "-v") || str_is(c->word[from + 1], "-V"));
	for (size_t i = 0; i < COUNT(askers); i++)
		if (str_is(program, askers[i]))
			return true;
	return false;
}

static void read_text(struct shell_text *sh);

/* "sh -c 'pg_dump x > y'", "su - postgres -c …": the words after -c are commands again. */
static bool reads_inner(struct shell_text *sh, const struct text_command *c, size_t from)
{
	static const char *const shells[] = { "sh", "bash", "dash", "su", "runuser" };
	struct str program = path_base(c->word[from]);

	for (size_t i = 0; i < COUNT(shells); i++) {
		if (!str_is(program, shells[i]))
			continue;
		for (size_t n = from + 1; n + 1 < c->count; n++) {
			struct shell_text inner;

			if (!str_is(c->word[n], "-c") && !str_is(c->word[n], "-lc"))
				continue;
			inner = *sh;
			inner.rest = c->word[n + 1];
			if (inner.depth++ < SHELLS_MAX)
				read_text(&inner);
			return true;
		}
	}
	return false;
}

/* How many words further the program may stand: "docker exec -i db pg_dump", "su postgres x". */
static size_t reach(struct str program)
{
	static const char *const far[] = { "docker", "podman", "kubectl", "su", "runuser",
		"machinectl", "systemd-run", "sudo", "chroot" };

	for (size_t i = 0; i < COUNT(far); i++)
		if (str_is(program, far[i]))
			return 8;
	return 3;
}

static void read_command(struct shell_text *sh, struct text_command *c, bool is_fed)
{
	size_t from = shell_text_assignments(sh, c);
	struct str program;

	if (from >= c->count || only_names(c, from) || reads_inner(sh, c, from))
		return;
	from = skip_wrappers(c, from);
	if (from >= c->count || only_names(c, from) || reads_inner(sh, c, from))
		return;
	program = path_base(c->word[from]);
	if (encrypts(c, from + 1, program)) {
		struct str out = STR_NONE;
		size_t at = 0;

		sh->call->crypt = CRYPT_YES;
		out = option(c, from + 1, str_is(program, "openssl") ? "-out" : "-o", &at);
		if (out.ptr && is_fed)
			goes_to(sh->call, out, c->is_cut[at], false, sh->a);
	}
	if (is_fed &&
		(str_is(program, "ssh") || str_is(program, "mbuffer") || str_is(program, "nc"))) {
		if (str_is(program, "ssh") && sh->call->tool) {
			sh->call->where = BACKUP_ELSEWHERE;
			sh->call->scheme = "ssh";
		}
		return;
	}
	/* a wrapper with an option may hide the program one or two words further */
	for (size_t i = from; i < c->count && i < from + reach(program); i++)
		if (reads_tool(sh, c, i))
			break;
	if (sh->call->tool && c->output.len > 0 && (is_fed || sh->call->where == BACKUP_UNCLEAR))
		goes_to(sh->call, c->output, c->is_output_cut, false, sh->a);
}

static void read_environment(struct shell_text *sh, struct str lines)
{
	struct str line, name, value;

	while (str_next_line(&lines, &line))
		if (str_split(str_unquote(str_trim(line)), '=', &name, &value))
			shell_text_set(sh, name, str_unquote(value));
}

/* Does the end of a pipeline keep nothing of what comes? */
static bool throws_away(struct shell_text *sh, struct text_command *c, bool is_fed)
{
	static const char *const counters[] = { "wc", "md5sum", "sha1sum", "sha256sum", "true",
		NULL };
	size_t from = shell_text_assignments(sh, c);

	return str_is(c->output, "/dev/null") ||
		(is_fed && from < c->count && word_among(path_base(c->word[from]), counters));
}

static void read_text(struct shell_text *sh)
{
	struct text_command c;
	struct backup_call before = *sh->call; /* the pipeline at hand */
	bool is_fed = false;

	for (size_t n = 0; n < COMMANDS_MAX && shell_text_next(sh, &c); n++) {
		bool is_piping = sh->is_piped;

		if (!is_fed) {
			before = *sh->call;
			sh->call->is_stream = false;
		}
		read_command(sh, &c, is_fed);
		if (!is_piping && sh->call->is_stream && sh->call->where == before.where &&
			throws_away(sh, &c, is_fed))
			*sh->call = before;
		is_fed = is_piping;
	}
}

void backup_of(struct str text, struct str environment, struct arena *a, struct backup_call *ret)
{
	struct backup_call call = { .target = STR(""), .scheme = "" };
	struct shell_text sh = { .a = a, .rest = text, .call = &call };

	read_environment(&sh, environment);
	read_text(&sh);
	*ret = call;
}
