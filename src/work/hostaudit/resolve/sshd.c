/* The lines of sshd_config and the command line. Declared in resolve/sshd.h. */
#include "work/hostaudit/resolve/sshd.h"

#include <string.h>

#define USED_MAX (128 * KIB) /* of words of one file */
#define BLANKS " \t\r\n"

void sshd_reader_init(struct sshd_reader *r, struct str bytes, struct arena *a)
{
	*r = (struct sshd_reader){ .rest = bytes, .arena = a };
}

static const struct {
	const char *old, *name;
} aliases[] = {
	{ "challengeresponseauthentication", "kbdinteractiveauthentication" },
	{ "skeyauthentication", "kbdinteractiveauthentication" },
	{ "pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms" },
	{ "hostbasedacceptedkeytypes", "hostbasedacceptedalgorithms" },
	{ "keepalive", "tcpkeepalive" },
	{ "dsaauthentication", "pubkeyauthentication" },
};

/* Every keyword of OpenSSH from 6 to 10 and of the patches that Debian and Red Hat add, with those
 * retired. With any other word in its file sshd does not start. */
static const char *const keywords[] = { "acceptenv", "addressfamily", "afstokenpassing",
	"allowagentforwarding", "allowgroups", "allowstreamlocalforwarding", "allowtcpforwarding",
	"allowusers", "authenticationmethods", "authorizedkeyscommand",
	"authorizedkeyscommandrunas", "authorizedkeyscommanduser", "authorizedkeysfile",
	"authorizedkeysfile2", "authorizedprincipalscommand", "authorizedprincipalscommanduser",
	"authorizedprincipalsfile", "banner", "casignaturealgorithms",
	"challengeresponseauthentication", "channeltimeout", "checkmail", "chrootdirectory",
	"ciphers", "clientalivecountmax", "clientaliveinterval", "compression", "debianbanner",
	"denygroups", "denyusers", "disableforwarding", "dsaauthentication", "exposeauthinfo",
	"fingerprinthash", "forcecommand", "gatewayports", "gssapiauthentication",
	"gssapicleanupcredentials", "gssapicleanupcreds", "gssapienablek5users",
	"gssapikexalgorithms", "gssapikeyexchange", "gssapistorecredentialsonrekey",
	"gssapistrictacceptorcheck", "gssapiusesessioncredcache", "gssusesessionccache",
	"hostbasedacceptedalgorithms", "hostbasedacceptedkeytypes", "hostbasedauthentication",
	"hostbasedusesnamefrompacketonly", "hostcertificate", "hostdsakey", "hostkey",
	"hostkeyagent", "hostkeyalgorithms", "ignorerhosts", "ignoreuserknownhosts", "include",
	"ipqos", "kbdinteractiveauthentication", "keepalive", "kerberosauthentication",
	"kerberosgetafstoken", "kerberosorlocalpasswd", "kerberostgtpassing",
	"kerberosticketcleanup", "kerberosuniqueccache", "kerberosusekuserok", "kexalgorithms",
	"keyregenerationinterval", "listenaddress", "logingracetime", "loglevel", "logverbose",
	"macs", "match", "maxauthtries", "maxsessions", "maxstartups", "modulifile",
	"pamauthenticationviakbdint", "pamservicename", "passwordauthentication",
	"permitblacklistedkeys", "permitemptypasswords", "permitlisten", "permitopen",
	"permitrootlogin", "permittty", "permittunnel", "permituserenvironment", "permituserrc",
	"persourcemaxstartups", "persourcenetblocksize", "persourcepenalties",
	"persourcepenaltyexemptlist", "pidfile", "port", "printlastlog", "printmotd", "protocol",
	"pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes", "pubkeyauthentication",
	"pubkeyauthoptions", "rdomain", "refuseconnection", "rekeylimit", "requiredrsasize",
	"reversemappingcheck", "revokedkeys", "rhostsauthentication", "rhostsrsaauthentication",
	"rsaauthentication", "rsaminsize", "securitykeyprovider", "serverkeybits", "setenv",
	"showpatchlevel", "skeyauthentication", "sshdauthpath", "sshdsessionpath",
	"streamlocalbindmask", "streamlocalbindunlink", "strictmodes", "subsystem",
	"syslogfacility", "tcpkeepalive", "trustedusercakeys", "unusedconnectiontimeout",
	"useblacklist", "useblocklist", "usedns", "uselogin", "usepam", "useprivilegeseparation",
	"verifyreversemapping", "versionaddendum", "x11displayoffset", "x11forwarding",
	"x11uselocalhost", "xauthlocation" };

static bool is_keyword(struct str lower)
{
	for (size_t i = 0; i < COUNT(keywords); i++)
		if (str_is(lower, keywords[i]))
			return true;
	return false;
}

static struct str keyword_of(struct arena *a, struct str word)
{
	char *lower = arena_cstr(a, word);

	for (size_t i = 0; i < word.len; i++)
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] = (char)(lower[i] + 32);
	for (size_t i = 0; i < COUNT(aliases); i++)
		if (strcmp(lower, aliases[i].old) == 0)
			return str_of(aliases[i].name);
	return (struct str){ lower, word.len };
}

static bool is_blank(char c)
{
	return c && strchr(BLANKS, c);
}

/* Words without quotes and escapes, joined by one blank; '#' at the head of a word ends the line. A
 * blank within a word becomes BLANK. */
static bool split_args(struct arena *a, struct str s, char blank, struct str *ret)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t len = 0;
	char quote = 0;
	bool in_word = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!quote && is_blank(c)) {
			in_word = false;
			continue;
		}
		if (!in_word) {
			if (c == '#')
				break;
			if (len > 0)
				out[len++] = ' ';
			in_word = true;
		}
		if (c == '\\' && i + 1 < s.len && strchr("'\"\\ ", s.ptr[i + 1]) && s.ptr[i + 1])
			out[len++] = s.ptr[++i] == ' ' ? blank : s.ptr[i];
		else if (quote && c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else
			out[len++] = c == ' ' ? blank : c;
	}
	*ret = (struct str){ out, len };
	return !quote;
}

static void split_line(struct sshd_reader *r, struct str line, struct sshd_line *ret)
{
	size_t n = 0;
	char blank;
	bool is_quoted = str_starts(line, "\"");

	if (is_quoted)
		line = str_from(line, 1);
	while (n < line.len &&
		(is_quoted ? line.ptr[n] != '"' :
			     !is_blank(line.ptr[n]) && line.ptr[n] != '=' && line.ptr[n] != '"'))
		n++;
	ret->keyword = keyword_of(r->arena, str_until(line, n));
	line = str_from(line, n + (is_quoted && n < line.len));
	while (line.len > 0 && is_blank(line.ptr[0]))
		line = str_from(line, 1);
	if (str_starts(line, "="))
		line = str_from(line, 1);
	blank = str_is(ret->keyword, "include") ? SSHD_BLANK : ' ';
	ret->is_bad = !split_args(r->arena, line, blank, &ret->args) || ret->args.len == 0 ||
		!is_keyword(ret->keyword);
}

bool sshd_reader_next(struct sshd_reader *r, struct sshd_line *ret)
{
	struct str line;

	while (str_next_line(&r->rest, &line)) {
		r->line++;
		while (line.len > 0 &&
			(is_blank(line.ptr[line.len - 1]) || line.ptr[line.len - 1] == '\f'))
			line.len--;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		r->used_bytes += line.len + 64;
		if (r->used_bytes > USED_MAX) {
			r->is_cut = true;
			return false;
		}
		*ret = (struct sshd_line){ .line = r->line };
		split_line(r, line, ret);
		return true;
	}
	return false;
}

static int64_t unit_s(char c)
{
	switch (c) {
	case 's':
	case 'S':
		return 1;
	case 'm':
	case 'M':
		return 60;
	case 'h':
	case 'H':
		return 3600;
	case 'd':
	case 'D':
		return 86400;
	case 'w':
	case 'W':
		return 604800;
	default:
		return 0;
	}
}

bool sshd_span(struct str s, int64_t *ret_s)
{
	int64_t total = 0;

	if (s.len == 0)
		return false;
	while (s.len > 0) {
		size_t n = 0;
		int64_t number, unit = 1;

		while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
			n++;
		if (!str_to_i64(str_until(s, n), &number))
			return false;
		s = str_from(s, n);
		if (s.len > 0) {
			unit = unit_s(s.ptr[0]);
			s = str_from(s, 1);
		}
		if (unit == 0 || __builtin_mul_overflow(number, unit, &number) ||
			__builtin_add_overflow(total, number, &total) || total > INT32_MAX)
			return false;
	}
	*ret_s = total;
	return true;
}
