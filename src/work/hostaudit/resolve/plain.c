#include "work/hostaudit/resolve/plain.h"

#include <string.h>

void inetd_init(struct inetd_reader *r, struct str bytes)
{
	*r = (struct inetd_reader){ .rest = bytes, .address = STR("") };
}

/* "telnet", "127.0.0.1:telnet", "[::1]:23" */
static void split_service(struct str word, struct inetd_entry *ret)
{
	size_t at = word.len;

	while (at > 0 && word.ptr[at - 1] != ':')
		at--;
	ret->service = str_from(word, at);
	if (at > 0 && at < word.len)
		ret->address = str_until(word, at - 1);
}

bool inetd_next(struct inetd_reader *r, struct inetd_entry *ret)
{
	struct str line, word;

	while (str_next_line(&r->rest, &line)) {
		int n = 0;

		r->line++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		*ret = (struct inetd_entry){ .server = STR(""),
			.args = STR(""),
			.address = r->address,
			.port = STR(""),
			.line = r->line };
		for (; n < 6 && str_next_word(&line, " \t", &word); n++) {
			if (n == 0)
				split_service(word, ret);
			else if (n == 5)
				ret->server = word;
		}
		if (n == 6) {
			ret->args = str_trim(line);
			return true;
		}
		if (n == 1 && str_ends(word, ":"))
			r->address = str_is(word, "*:") ? STR("") : str_until(word, word.len - 1);
	}
	return false;
}

bool xinetd_next(struct inetd_reader *r, struct inetd_entry *ret)
{
	struct str line, word, key, value;
	bool is_open = false;

	while (str_next_line(&r->rest, &line)) {
		r->line++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (!is_open && str_next_word(&line, " \t{", &word) && str_is(word, "service")) {
			if (!str_next_word(&line, " \t{", &word))
				continue;
			*ret = (struct inetd_entry){ .service = word,
				.server = STR(""),
				.args = STR(""),
				.address = STR(""),
				.port = STR(""),
				.line = r->line };
			is_open = true;
		} else if (is_open && str_starts(line, "}")) {
			return true;
		} else if (is_open && str_split(line, '=', &key, &value)) {
			if (str_is(str_trim(key), "disable"))
				ret->is_off = str_is_nocase(str_trim(value), "yes");
			else if (str_is(str_trim(key), "server"))
				ret->server = str_trim(value);
			else if (str_is(str_trim(key), "server_args"))
				ret->args = str_trim(value);
			else if (str_is(str_trim(key), "port"))
				ret->port = str_trim(value);
			else if (str_is(str_trim(key), "bind") ||
				str_is(str_trim(key), "interface"))
				ret->address = str_trim(value);
		}
	}
	return false;
}

bool xinetd_is_off(struct str conf, struct str service)
{
	struct str line, key, values, word;
	bool is_listed = false, has_list = false, is_off = false, is_inside = false;

	while (str_next_line(&conf, &line)) {
		line = str_trim(line);
		is_inside = (is_inside || str_starts(line, "defaults")) && !str_starts(line, "}");
		if (!is_inside || !str_split(line, '=', &key, &values))
			continue;
		if (str_ends(key, "+"))
			key = str_until(key, key.len - 1);
		key = str_trim(key);
		has_list |= str_is(key, "enabled");
		while (str_next_word(&values, " \t", &word)) {
			is_listed |= str_is(key, "enabled") && str_eq(word, service);
			is_off |= str_is(key, "disabled") && str_eq(word, service);
		}
	}
	return is_off || (has_list && !is_listed);
}

const char *plain_service_name(struct str inetd_service)
{
	static const struct {
		const char *name, *service;
	} known[] = { { "telnet", "telnet" }, { "23", "telnet" }, { "shell", "rsh" },
		{ "login", "rlogin" }, { "exec", "rexec" }, { "ftp", "ftp" }, { "21", "ftp" },
		{ "tftp", "tftp" }, { "69", "tftp" } };
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(inetd_service, known[i].name))
			return known[i].service;
	return NULL;
}

static bool is_local_source(struct str source)
{
	return str_is(source, "localhost") || str_is(source, "localhost6") ||
		str_is(source, "::1") || str_starts(source, "127.");
}

static const char *server_of(struct str path)
{
	static const struct {
		const char *program, *service;
	} known[] = { { "telnetd", "telnet" }, { "in.telnetd", "telnet" }, { "utelnetd", "telnet" },
		{ "in.rshd", "rsh" }, { "in.rlogind", "rlogin" }, { "in.rexecd", "rexec" },
		{ "in.tftpd", "tftp" }, { "tftpd", "tftp" } };

	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(path_base(path), known[i].program))
			return known[i].service;
	return NULL;
}

const char *plain_server_name(const struct inetd_entry *entry)
{
	struct str rest = entry->args, first;

	if (str_is(path_base(entry->server), "tcpd") || str_is(path_base(entry->server), "busybox"))
		return str_next_word(&rest, " \t", &first) &&
				(!str_is(first, "busybox") || str_next_word(&rest, " \t", &first)) ?
			server_of(first) :
			NULL;
	return server_of(entry->server);
}

/* ---- a shell for whoever connects ---- */

static bool is_shell(struct str path)
{
	static const char *const shells[] = { "login", "sh", "bash", "dash", "ash", "zsh", "ksh",
		"su", "agetty", "getty", "telnetd", "in.telnetd", NULL };

	return word_among(path_base(path), shells);
}

/* "TCP-LISTEN:23,fork,reuseaddr" is one; not of OPENSSL-LISTEN, nor with bind=127.0.0.1. */
static bool is_socat_door(struct str address)
{
	static const char *const kinds[] = {
		"TCP-LISTEN:", "TCP4-LISTEN:", "TCP6-LISTEN:", "TCP-L:", "TCP4-L:", "TCP6-L:"
	};
	struct str part;
	bool is_door = false;

	for (size_t i = 0; i < COUNT(kinds); i++)
		is_door |= str_eq_nocase(str_until(address, strlen(kinds[i])), str_of(kinds[i]));
	while (is_door && str_next_word(&address, ",", &part))
		if (str_starts(part, "bind=") && is_local_source(str_from(part, 5)))
			return false;
	return is_door;
}

/* EXEC:/bin/login,pty; the rest of "EXEC:'bash -li',pty" are words of their own. */
static bool is_socat_shell(struct str address)
{
	static const char *const kinds[] = { "EXEC:", "SYSTEM:", "SHELL:" };
	struct str program;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t at = strlen(kinds[i]);

		if (str_eq_nocase(str_until(address, at), str_of(kinds[i])))
			address = str_from(address, at);
		else
			continue;
		return str_next_word(&address, ",'\"", &program) && is_shell(program);
	}
	return false;
}

bool plain_gives_shell(struct str command)
{
	static const char *const cats[] = { "nc", "ncat", "netcat", "nc.traditional", NULL };
	bool is_socat = false, is_cat = false, is_door = false, has_shell = false, is_exec = false;
	struct str word;

	while (str_next_word(&command, " \t", &word)) {
		while (word.len > 0 && (word.ptr[0] == '"' || word.ptr[0] == '\''))
			word = str_from(word, 1);
		while (str_ends(word, "\"") || str_ends(word, "'"))
			word = str_until(word, word.len - 1);
		is_socat |= str_is(path_base(word), "socat");
		is_cat |= word_among(path_base(word), cats);
		if (is_cat && (str_is(word, "--ssl") || is_local_source(word)))
			return false;
		is_door |= (is_socat && is_socat_door(word)) ||
			(is_cat && word.len > 1 && word.ptr[0] == '-' && word.ptr[1] != '-' &&
				str_has(word, 'l')) ||
			(is_cat && str_is(word, "--listen"));
		has_shell |= (is_socat && is_socat_shell(word)) || (is_exec && is_shell(word));
		is_exec = is_cat &&
			(str_is(word, "-e") || str_is(word, "-c") || str_is(word, "--exec") ||
				str_is(word, "--sh-exec"));
	}
	return is_door && has_shell;
}

void snmp_init(struct snmp_reader *r, struct str bytes)
{
	*r = (struct snmp_reader){ .rest = bytes };
}

/* rocommunity COMMUNITY [SOURCE …]; com2sec [-Cn X] NAME SOURCE COMMUNITY */
static bool community_is_local(struct str word, struct str rest)
{
	struct str source = STR(""), next;

	if (!str_next_word(&rest, " \t", &next) || !str_next_word(&rest, " \t", &source))
		return false;
	if (str_starts(word, "com2sec") && str_is(next, "-Cn") &&
		(!str_next_word(&rest, " \t", &next) || !str_next_word(&rest, " \t", &source)))
		return false;
	return is_local_source(source);
}

/* rouser [-s SECMODEL] USER [noauth|auth|priv [OID | -V VIEW]] */
static struct str user_level(struct str rest)
{
	struct str word;

	if (!str_next_word(&rest, " \t", &word))
		return STR("");
	if (str_is(word, "-s") &&
		(!str_next_word(&rest, " \t", &word) || !str_next_word(&rest, " \t", &word)))
		return STR("");
	return str_next_word(&rest, " \t", &word) ? word : STR("");
}

bool snmp_next(struct snmp_reader *r, struct snmp_entry *ret)
{
	static const char *const communities[] = { "rocommunity", "rwcommunity", "rocommunity6",
		"rwcommunity6", "com2sec", "com2sec6", "authcommunity" };
	struct str line, word;

	while (str_next_line(&r->rest, &line)) {
		r->line++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || !str_next_word(&line, " \t", &word))
			continue;
		*ret = (struct snmp_entry){ .word = word, .value = STR(""), .line = r->line };
		for (size_t i = 0; i < COUNT(communities); i++)
			if (str_is_nocase(word, communities[i])) {
				ret->kind = SNMP_COMMUNITY;
				ret->word = str_of(communities[i]);
				ret->is_local = community_is_local(ret->word, line);
				return true;
			}
		ret->value = str_trim(line);
		if (str_is_nocase(word, "rouser") || str_is_nocase(word, "rwuser")) {
			ret->kind = SNMP_USER;
			ret->value = user_level(line);
			return true;
		}
		if (str_is_nocase(word, "agentaddress"))
			ret->kind = SNMP_ADDRESS;
		else if (str_is_nocase(word, "includeDir"))
			ret->kind = SNMP_INCLUDE_DIR;
		else if (str_is_nocase(word, "includeFile"))
			ret->kind = SNMP_INCLUDE_FILE;
		else
			continue;
		return true;
	}
	return false;
}

bool snmp_is_local(struct str addresses)
{
	struct str word;
	bool has_any = false;

	while (str_next_word(&addresses, ", \t", &word)) {
		struct str address = word;

		if (str_starts(address, "unix:") || str_starts(address, "/")) {
			has_any = true;
			continue;
		}
		if (str_starts(address, "udp6:") || str_starts(address, "tcp6:"))
			address = str_from(address, 5);
		else if (str_starts(address, "udp:") || str_starts(address, "tcp:"))
			address = str_from(address, 4);
		if (!is_local_source(address) && !str_starts(address, "localhost:") &&
			!str_starts(address, "[::1]"))
			return false;
		has_any = true;
	}
	return has_any;
}

/* The next word of a command line of snmpd(8) behind its name. */
struct snmp_words {
	struct str rest;
	char option; /* whose value the word is, or 0 */
	bool is_begun;
};

static bool snmp_next_word(struct snmp_words *w, struct str *ret, char *ret_option)
{
	/* options that take a word of their own where none is joined to them */
	static const char takers[] = "cDgIlLmMpPuxX";
	struct str word;

	if (!w->is_begun && !str_next_word(&w->rest, " \t'\"", &word))
		return false;
	w->is_begun = true;
	if (!str_next_word(&w->rest, " \t'\"", &word))
		return false;
	*ret = word;
	*ret_option = w->option;
	w->option = 0;
	if (*ret_option || word.len < 2 || word.ptr[0] != '-')
		return true;
	if (word.len == 2 && strchr(takers, word.ptr[1])) {
		w->option = word.ptr[1];
	} else {
		*ret_option = word.ptr[1];
		*ret = str_from(word, 2);
		return true;
	}
	return snmp_next_word(w, ret, ret_option);
}

static struct str joined(struct arena *a, struct str sum, struct str more)
{
	return arena_fmt(a, "%.*s%s%.*s", STR_FMT(sum), sum.len > 0 ? "," : "", STR_FMT(more));
}

struct str snmp_command_addresses(struct str command, struct arena *a)
{
	struct snmp_words w = { .rest = command };
	struct str word, sum = STR("");
	char option;

	while (snmp_next_word(&w, &word, &option))
		if (!option && !str_has(word, '$'))
			sum = joined(a, sum, word);
	return sum;
}

struct snmp_files snmp_command_files(struct str command, struct arena *a)
{
	struct snmp_words w = { .rest = command };
	struct snmp_files files = { .paths = STR("") };
	struct str word;
	char option;

	while (snmp_next_word(&w, &word, &option)) {
		if (option == 'c' && word.len > 0)
			files.paths = joined(a, files.paths, word);
		files.is_alone |= option == 'C';
	}
	return files;
}
