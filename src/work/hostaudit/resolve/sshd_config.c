/* Putting sshd's configuration together. Declared in resolve/sshd.h. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"
#include "work/hostaudit/resolve/shell.h"
#include "work/hostaudit/resolve/sshd.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/resolve/systemd.h"

struct reading {
	struct host *h;
	struct arena *a;
	struct sshd_config *config;
	struct setting environment; /* what "Match all" says first of PermitUserEnvironment */
	int files;
};

#define FILES_MAX 32
#define COUNT_OF_NOUGHT_UNTIL 802
#define GLOBAL_SINCE 907 /* the version that knows the timeout "global" */

/* Each line adds one; all others keep the first. */
static bool is_cumulative(struct str keyword)
{
	static const char *const words[] = { "port", "listenaddress", "acceptenv", "allowusers",
		"denyusers", "allowgroups", "denygroups", "hostkey", "hostcertificate", "subsystem",
		"logverbose" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(keyword, words[i]))
			return true;
	return false;
}

static void set_unsure(struct reading *r, const char *reason, struct str path)
{
	if (r->config->reason)
		return;
	r->config->reason = reason;
	r->config->detail = path;
}

static struct sshd_setting *find(struct sshd_config *c, struct str keyword, struct str match)
{
	for (size_t i = 0; i < c->settings.len; i++)
		if (str_eq(c->settings.at[i].keyword, keyword) &&
			str_eq(c->settings.at[i].match, match))
			return &c->settings.at[i];
	return NULL;
}

/* What holds for the whole server: in a block that does not hold for everybody sshd takes it for a
 * fault and does not start, in "Match all" it counts as if it stood outside. */
static bool is_of_server(struct str keyword)
{
	static const char *const words[] = { "addressfamily", "ciphers", "compression",
		"fingerprinthash", "hostcertificate", "hostkey", "hostkeyagent",
		"hostkeyalgorithms", "ignoreuserknownhosts", "kexalgorithms", "listenaddress",
		"logingracetime", "macs", "maxstartups", "permituserenvironment", "pidfile", "port",
		"printlastlog", "printmotd", "strictmodes", "syslogfacility", "tcpkeepalive",
		"usedns", "usepam", "versionaddendum", "xauthlocation", NULL };

	return word_among(keyword, words);
}

static void take(struct reading *r, const struct sshd_line *line, struct str file, struct str match)
{
	struct sshd_setting *s = NULL;
	struct str value = sshd_names(r->a, line->keyword, line->args);

	if (match.len > 0 && is_of_server(line->keyword)) {
		if (!str_is(match, "all"))
			set_unsure(r, GAP_SYNTAX, file);
		else if (str_is(line->keyword, "permituserenvironment"))
			setting_lose(&r->environment, r->a, value, file, line->line);
		match = STR("");
	}
	if (!is_cumulative(line->keyword))
		s = find(r->config, line->keyword, match);
	if (!s) {
		if (r->config->settings.len == SSHD_SETTINGS_MAX) {
			set_unsure(r, GAP_LIMIT, file);
			return;
		}
		s = vec_add(r->a, &r->config->settings);
		*s = (struct sshd_setting){ .keyword = line->keyword, .match = match };
	}
	setting_lose(&s->at, r->a, value, file, line->line);
}

static void read_file(struct reading *r, struct str path, struct str match, int depth);

static struct str include_path(struct arena *a, struct str pattern)
{
	struct str full = arena_fmt(
		a, "%s%.*s", str_starts(pattern, "/") ? "" : "/etc/ssh/", STR_FMT(pattern));

	for (char *c = full.ptr ? strchr(full.ptr, SSHD_BLANK) : NULL; c; c = strchr(c, SSHD_BLANK))
		*c = ' ';
	return full;
}

static void include(
	struct reading *r, struct str args, struct str from, struct str match, int depth)
{
	struct str pattern;

	while (str_next_word(&args, " ", &pattern)) {
		const struct str *paths;
		size_t count;
		struct str full = include_path(r->a, pattern);
		struct str folder = str_until(full, full.len - path_base(full).len);

		if (str_has(folder, '*') || str_has(folder, '?') || str_has(folder, '[') ||
			str_has(folder, '~')) {
			set_unsure(r, GAP_SYNTAX, from);
			continue;
		}
		if (host_glob(r->h, full.ptr, &paths, &count) != 0) {
			set_unsure(r, GAP_UNREADABLE, full);
			continue;
		}
		for (size_t i = 0; i < count; i++)
			read_file(r, paths[i], match, depth + 1);
	}
}

/* "Match User an": does sshd know what is asked? Else it does not start. */
static bool is_criterion(struct str args)
{
	static const char *const known[] = { "all", "user", "group", "host", "localaddress",
		"localport", "rdomain", "address", "invalid-user", "version" };
	struct str word;

	if (!str_next_word(&args, " \t=\"", &word))
		return false;
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is_nocase(word, known[i]))
			return true;
	return false;
}

/* Of a block in a file that is included within the block OUTER, "" for none. */
static struct str criteria(struct arena *a, struct str outer, struct str inner)
{
	if (str_is_nocase(inner, "all"))
		return outer.len > 0 ? outer : STR("all");
	if (outer.len == 0 || str_is(outer, "all"))
		return inner;
	return arena_fmt(a, "%.*s + %.*s", STR_FMT(str_until(outer, 200)),
		STR_FMT(str_until(inner, 500)));
}

static void read_file(struct reading *r, struct str path, struct str match, int depth)
{
	const struct host_file *file;
	struct sshd_reader reader;
	struct sshd_line line;
	struct str outer = match;
	int rc;

	if (depth > LIMIT_HOST_INCLUDE_DEPTH || ++r->files > FILES_MAX) {
		set_unsure(r, GAP_LOOP, path);
		return;
	}
	rc = host_read(r->h, path.ptr, &file);
	if (rc != 0) {
		if (rc != ERR_ABSENT)
			set_unsure(r, gap_of(rc), path);
		return;
	}
	sshd_reader_init(&reader, file->bytes, r->a);
	while (!r->config->reason && sshd_reader_next(&reader, &line)) {
		if (line.is_bad)
			set_unsure(r, GAP_SYNTAX, file->path);
		else if (str_is(line.keyword, "include"))
			include(r, line.args, file->path, match, depth);
		else if (str_is(line.keyword, "match") && !is_criterion(line.args))
			set_unsure(r, GAP_SYNTAX, file->path);
		else if (str_is(line.keyword, "match"))
			match = criteria(r->a, outer, line.args);
		else
			take(r, &line, file->path, match);
	}
	if (reader.is_cut)
		set_unsure(r, GAP_LIMIT, file->path);
}

/* -o Key=Value and -f FILE of the service's command line: they come before the file. */
static void read_options(struct reading *r, struct str options, struct str file, int line)
{
	struct str word;

	while (str_next_word(&options, " \t", &word)) {
		struct sshd_reader reader;
		struct sshd_line option;
		struct str bytes = str_from(word, 2);

		if (!str_starts(word, "-o") && !str_starts(word, "-f"))
			continue;
		if (bytes.len == 0 && !str_next_word(&options, " \t", &bytes))
			return;
		if (str_starts(word, "-f")) {
			r->config->main_file = arena_str(r->a, bytes);
			continue;
		}
		sshd_reader_init(&reader, bytes, r->a);
		while (sshd_reader_next(&reader, &option)) {
			option.line = line;
			take(r, &option, file, STR(""));
		}
	}
}

static void read_command_line(struct reading *r)
{
	static const char *const units[] = { "ssh.service", "sshd.service" };
	static const struct {
		const char *file, *name;
	} variables[] = { { "/etc/default/ssh", "SSHD_OPTS" }, { "/etc/sysconfig/sshd", "OPTIONS" },
		{ "/etc/crypto-policies/back-ends/opensshserver.config", "CRYPTO_POLICY" } };

	for (size_t i = 0; i < COUNT(units); i++) {
		struct setting s;

		systemd_unit_conf(r->h, units[i], "Service", "ExecStart", &s);
		if (s.value.ptr)
			read_options(r, s.value, s.file, s.line);
	}
	for (size_t i = 0; i < COUNT(variables); i++) {
		struct str file = str_of(variables[i].file);
		struct str bytes = host_bytes(r->h, file, &file);
		struct setting s;

		shell_var_last(bytes, file, variables[i].name, r->a, &s);
		if (s.value.ptr)
			read_options(r, s.value, s.file, s.line);
	}
}

/* "Match all" holds for everybody: there its values override the general ones. */
static void apply_match_all(struct reading *r)
{
	struct sshd_config *c = r->config;

	for (size_t i = 0; i < c->settings.len; i++) {
		struct sshd_setting *s = &c->settings.at[i];
		struct sshd_setting *general;

		if (!str_is(s->match, "all") || is_cumulative(s->keyword))
			continue;
		general = find(c, s->keyword, STR(""));
		if (general) {
			setting_win(&general->at, r->a, s->at.value, s->at.file, s->at.line);
			s->match = STR("all (applied)");
		} else {
			s->match = STR("");
		}
	}
}

/* Of PermitUserEnvironment sshd keeps the yes or no and the list of names apart: "Match all" gives
 * another list, never another yes or no, and to a no the list is nothing. */
static void apply_environment(struct reading *r)
{
	const struct setting *list = &r->environment;
	struct sshd_setting *s = find(r->config, STR("permituserenvironment"), STR(""));

	if (!s || !list->value.ptr || str_is(list->value, "yes") || str_is(list->value, "no") ||
		str_is(s->at.value, "no") || str_eq(s->at.value, list->value))
		return;
	setting_win(&s->at, r->a, list->value, list->file, list->line);
}

static const struct {
	const char *keyword, *value;
} defaults[] = {
	{ "port", "22" },
	{ "permitemptypasswords", "no" },
	{ "permitrootlogin", "prohibit-password" },
	{ "passwordauthentication", "yes" },
	{ "kbdinteractiveauthentication", "yes" },
	{ "pubkeyauthentication", "yes" },
	{ "usepam", "no" },
	{ "clientaliveinterval", "0" },
	{ "clientalivecountmax", "3" },
	{ "channeltimeout", "none" },
	{ "unusedconnectiontimeout", "none" },
	{ "ignorerhosts", "yes" },
	{ "hostbasedauthentication", "no" },
	{ "permituserenvironment", "no" },
	{ "x11forwarding", "no" },
	{ "maxauthtries", "6" },
	{ "logingracetime", "120" },
	{ "loglevel", "INFO" },
	{ "strictmodes", "yes" },
	{ "allowtcpforwarding", "yes" },
	{ "gatewayports", "no" },
	{ "tcpkeepalive", "yes" },
	{ "maxsessions", "10" },
	{ "authorizedkeysfile", ".ssh/authorized_keys .ssh/authorized_keys2" },
	{ "ciphers", "default" },
	{ "macs", "default" },
	{ "kexalgorithms", "default" },
};

static void add_defaults(struct reading *r)
{
	for (size_t i = 0; i < COUNT(defaults); i++) {
		struct str keyword = str_of(defaults[i].keyword);
		struct sshd_setting *s;

		if (find(r->config, keyword, STR("")))
			continue;
		s = vec_add(r->a, &r->config->settings);
		*s = (struct sshd_setting){ .keyword = keyword,
			.match = STR(""),
			.is_default = true,
			.at = { .value = str_of(defaults[i].value) } };
	}
}

/* Digits at the head of *S, taken off; -1 without one. */
static int take_digits(struct str *s)
{
	int value = -1;

	while (s->len > 0 && s->ptr[0] >= '0' && s->ptr[0] <= '9' && value < 100) {
		value = (value < 0 ? 0 : value) * 10 + (s->ptr[0] - '0');
		*s = str_from(*s, 1);
	}
	return value;
}

/* "OpenSSH_9.2p1" stands in the program itself, among patterns of other versions ("OpenSSH_7.0*").
 */
int sshd_version_in(struct str bytes)
{
	ptrdiff_t at;

	for (int tries = 0; tries < 200; tries++) {
		int major, minor;

		at = str_find(bytes, STR("OpenSSH_"));
		if (at < 0)
			return 0;
		bytes = str_from(bytes, (size_t)at + 8);
		major = take_digits(&bytes);
		if (major < 0 || !str_starts(bytes, "."))
			continue;
		bytes = str_from(bytes, 1);
		minor = take_digits(&bytes);
		/* without a byte after it the number may be cut */
		if (minor >= 0 && minor < 100 && bytes.len > 0 && !str_starts(bytes, "*") &&
			!str_starts(bytes, "."))
			return major * 100 + minor;
	}
	return 0;
}

/* A window at a time: the program is over a megabyte, and the version stands in one place. */
#define WINDOW_BYTES (32 * KIB)
#define OVERLAP_BYTES 64
#define BINARY_MAX_BYTES (16 * MIB)

int sshd_version(struct host *h, struct str binary)
{
	char window[WINDOW_BYTES];
	size_t kept = 0, total = 0;
	int fd = host_fd(h, binary.ptr, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int version = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		total = BINARY_MAX_BYTES;
	while (version == 0 && total < BINARY_MAX_BYTES) {
		ssize_t n = read(fd, window + kept, WINDOW_BYTES - kept);

		if (n <= 0)
			break;
		total += (size_t)n;
		kept += (size_t)n;
		version = sshd_version_in((struct str){ window, kept });
		if (kept > OVERLAP_BYTES) {
			memmove(window, window + kept - OVERLAP_BYTES, OVERLAP_BYTES);
			kept = OVERLAP_BYTES;
		}
	}
	close(fd);
	return version;
}

static struct str binary_of(struct host *h)
{
	static const char *const paths[] = { "/usr/sbin/sshd", "/usr/local/sbin/sshd",
		"/usr/bin/sshd" };

	for (size_t i = 0; i < COUNT(paths); i++)
		if (host_exists(h, paths[i]))
			return str_of(paths[i]);
	return STR("");
}

/* An older sshd does not know these words, and does not start. */
static void doubt_younger_keywords(struct reading *r)
{
	static const struct {
		const char *keyword;
		int since;
	} younger[] = { { "channeltimeout", 902 }, { "unusedconnectiontimeout", 902 },
		{ "persourcepenalties", 908 }, { "refuseconnection", 910 } };
	int version = 0;

	for (size_t i = 0; i < r->config->settings.len; i++) {
		const struct sshd_setting *s = &r->config->settings.at[i];

		for (size_t k = 0; k < COUNT(younger); k++) {
			if (!str_is(s->keyword, younger[k].keyword))
				continue;
			if (version == 0)
				version = sshd_version(r->h, r->config->binary);
			if (version > 0 && version < younger[k].since)
				set_unsure(r, GAP_SYNTAX, s->at.file);
		}
	}
}

/* "-f /etc/ssh/sshd_config" names the file that is read anyway. */
static bool names_main_file(struct str command)
{
	struct str word;

	while (str_next_word(&command, " \t'\"", &word))
		if (str_is(word, "-f"))
			return str_next_word(&command, " \t'\"", &word) &&
				str_is(word, "/etc/ssh/sshd_config");
	return false;
}

/* A second sshd of the administrator's own making, with a file of its own that is not read. */
static void doubt_other_servers(struct reading *r, const char *pattern)
{
	const struct str *paths;
	size_t count;

	if (host_glob(r->h, pattern, &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str name = path_base(paths[i]);
		struct setting command = { 0 };

		if (str_is(name, "ssh.service") || str_is(name, "sshd.service") ||
			str_has(name, '@') || systemd_unit(r->h, name.ptr).state != UNIT_ENABLED)
			continue;
		systemd_unit_command(r->h, name.ptr, &command);
		if (str_find(command.value, STR("/sshd ")) >= 0 &&
			str_find(command.value, STR(" -f")) >= 0 && !names_main_file(command.value))
			set_unsure(r, "not-read", paths[i]);
	}
}

void sshd_config_read(struct host *h, struct sshd_config *ret)
{
	static const char *const servers[] = { "/etc/systemd/system/*ssh*.service",
		"/etc/systemd/system/*sftp*.service", "/usr/lib/systemd/system/*ssh*.service" };
	struct reading r = { .h = h, .a = host_arena(h), .config = ret };

	*ret = (struct sshd_config){ .main_file = STR("/etc/ssh/sshd_config"),
		.binary = binary_of(h) };
	if (ret->binary.len == 0)
		return;
	read_command_line(&r);
	if (!host_exists(h, ret->main_file.ptr) && host_exists(h, "/usr/etc/ssh/sshd_config"))
		ret->main_file = STR("/usr/etc/ssh/sshd_config");
	read_file(&r, ret->main_file, STR(""), 0);
	apply_match_all(&r);
	apply_environment(&r);
	doubt_younger_keywords(&r);
	for (size_t i = 0; i < COUNT(servers); i++)
		doubt_other_servers(&r, servers[i]);
	add_defaults(&r);
}

const struct sshd_setting *sshd_get(const struct sshd_config *c, const char *keyword)
{
	for (size_t i = 0; i < c->settings.len; i++)
		if (str_is(c->settings.at[i].keyword, keyword) && c->settings.at[i].match.len == 0)
			return &c->settings.at[i];
	return NULL;
}

/* Before 8.2 a count of 0 ended the connection at the first interval without a word; since then it
 * ends nothing, and any other count asks the program at the other end, not the person. */
static int64_t silence_limit_s(
	struct host *h, const struct sshd_config *c, const struct sshd_setting **ret)
{
	const struct sshd_setting *count = sshd_get(c, "clientalivecountmax");
	const struct sshd_setting *interval = sshd_get(c, "clientaliveinterval");
	int64_t limit_s = 0;
	int version;

	if (!count || !interval || !str_is(count->at.value, "0") ||
		!sshd_span(interval->at.value, &limit_s))
		return 0;
	version = sshd_version(h, c->binary);
	if (version == 0 || version >= COUNT_OF_NOUGHT_UNTIL)
		return 0;
	*ret = interval;
	return limit_s;
}

int64_t sshd_session_limit_s(
	struct host *h, const struct sshd_config *c, const struct sshd_setting **ret)
{
	const struct sshd_setting *s = sshd_get(c, "channeltimeout");
	struct str rest, word, type, span;
	int64_t limit_s = 0;
	bool has_global;

	*ret = s;
	if (!s || s->is_default)
		return silence_limit_s(h, c, ret);
	/* an older one takes it for a kind of channel that never comes */
	has_global = str_find(s->at.value, STR("global")) < 0 ||
		sshd_version(h, c->binary) >= GLOBAL_SINCE;
	rest = s->at.value;
	/* the first pattern that fits a shell session counts; "global" watches all channels at once
	 */
	while (str_next_word(&rest, " ", &word))
		if (str_split(word, '=', &type, &span) &&
			(str_glob(type, STR("session:shell")) ||
				(has_global && str_is(type, "global"))) &&
			sshd_span(span, &limit_s))
			return limit_s;
	return 0;
}

bool sshd_is_used(struct host *h)
{
	static const char *const units[] = { "ssh.service", "sshd.service", "ssh.socket",
		"sshd.socket" };
	static const char *const programs[] = { "sshd", NULL };
	bool has_unit = false;

	for (size_t i = 0; i < COUNT(units); i++) {
		struct unit unit = systemd_unit(h, units[i]);

		if (unit.state == UNIT_ENABLED)
			return true;
		has_unit = has_unit || unit.state != UNIT_ABSENT;
	}
	return !has_unit || proc_runs(h, programs);
}
