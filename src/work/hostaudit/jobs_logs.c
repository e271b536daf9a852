/* jobs_logs.c - jobs that throw logs away beside the program that keeps them. In jobs.h. */
#include "work/hostaudit/jobs.h"

#include "work/hostaudit/resolve/resolve.h"

/* "/var/log", all of it or what a system keeps there, and not one program's own. */
static bool names_logs(struct str word)
{
	static const char *const known[] = { "syslog", "messages", "auth", "secure", "audit",
		"kern", "journal", "daemon", "*" };
	struct str rest;

	while (word.len > 0 && (word.ptr[0] == '"' || word.ptr[0] == '\''))
		word = str_from(word, 1);
	if (!str_starts(word, "/var/log"))
		return false;
	rest = str_from(word, 8);
	while (rest.len > 0 && (rest.ptr[0] == '/' || rest.ptr[0] == '"' || rest.ptr[0] == '\''))
		rest = str_from(rest, 1);
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_starts(rest, known[i]))
			return true;
	return rest.len == 0;
}

static bool line_cleans(struct str line)
{
	bool has_logs = false, removes = false, is_journalctl = false, rotates = false;
	bool is_usual = false;
	struct str word;

	while (str_next_word(&line, " \t;&|()", &word)) {
		struct str base = path_base(word);

		if (str_starts(word, "#"))
			break;
		has_logs |= names_logs(word);
		removes |= str_is(base, "rm") || str_is(word, "-delete") ||
			str_is(base, "truncate") || str_is(base, "shred") ||
			str_is(base, "unlink") || str_is(base, "tmpreaper");
		is_journalctl |= str_is(base, "journalctl");
		if (is_journalctl && str_starts(word, "--vacuum-"))
			return true;
		/* with settings of its own */
		rotates |= str_is(base, "logrotate");
		is_usual |= str_starts(word, "/etc/logrotate.conf") ||
			str_starts(word, "/etc/logrotate.d");
		if (rotates && str_starts(word, "/") && !str_is(base, "logrotate") && !is_usual &&
			(str_ends(word, ".conf") || str_starts(word, "/etc/")))
			return true;
	}
	return has_logs && removes;
}

bool cleans_logs(struct str text)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (line_cleans(line))
			return true;
	return false;
}
