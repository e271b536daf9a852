/* jobs.c - does a command scan the whole machine? clamscan needs "-r" and "/", clamdscan only "/";
 * a path in a variable is not followed: that is unclear, never a pass. */
#include "work/hostaudit/jobs.h"

#include <string.h>

#include "work/hostaudit/resolve/resolve.h"

static struct str word_of(struct str w)
{
	return str_unquote(w);
}

/* Does a pattern of what to leave out take a place away where people keep their files? "^/home",
 * "^/(proc|home)", "/". */
static bool leaves_out_much(struct str pattern)
{
	static const char *const places[] = { "", "home", "srv", "var", "etc", "usr", "opt", "root",
		NULL };
	struct str inside = pattern, before, piece;

	if (str_split(pattern, '(', &before, &inside))
		(void)str_split(inside, ')', &inside, &before);
	do {
		if (!str_split(inside, '|', &piece, &inside)) {
			piece = inside;
			inside = STR("");
		}
		while (piece.len > 0 && strchr("^/", piece.ptr[0]))
			piece = str_from(piece, 1);
		while (piece.len > 0 && strchr("$/", piece.ptr[piece.len - 1]))
			piece = str_until(piece, piece.len - 1);
		if (word_among(piece, places))
			return true;
	} while (inside.len > 0);
	return false;
}

/* Words that only name a program, and do not start it: up to the end of their command. */
static void pass_over(struct str word, struct str *rest)
{
	static const char *const talkers[] = { "echo", "printf", "logger", "test", "[", "which",
		"type", NULL };

	while (word_among(word, talkers) && rest->len > 0 && !strchr(";|&", rest->ptr[0]))
		*rest = str_from(*rest, 1);
}

/* Most scripts name none of the programs sought: then their words need not be taken apart. */
static bool says_one_of(struct str text, const char *const *parts)
{
	for (size_t i = 0; parts[i]; i++)
		if (str_find(text, str_of(parts[i])) >= 0)
			return true;
	return false;
}

/* The words after "clamscan" up to the end of the command. */
static struct scan clam(struct str rest, bool is_recursive)
{
	struct scan s = { .kind = SCAN_PART, .log = STR("") };
	struct str w;
	bool has_root = false, is_unclear = false, is_less = false;

	while (str_next_word(&rest, " \t", &w)) {
		w = word_of(w);
		if (str_starts(w, "--exclude-dir="))
			is_less |= leaves_out_much(word_of(str_from(w, 14)));
		if (str_starts(w, "|") || str_starts(w, ";") || str_starts(w, "&") ||
			str_starts(w, ">") || str_starts(w, "2>") || str_starts(w, "1>"))
			break;
		if (str_starts(w, "--log="))
			s.log = word_of(str_from(w, 6));
		else if (str_is(w, "--recursive") || str_is(w, "--recursive=yes"))
			is_recursive = true;
		else if (str_is(w, "-l") || str_is(w, "-f") || str_is(w, "-d")) {
			bool is_list = str_is(w, "-f"), is_log = str_is(w, "-l");

			if (!str_next_word(&rest, " \t", &w))
				break;
			if (is_log)
				s.log = word_of(w);
			is_unclear |= is_list;
		} else if (str_starts(w, "--file-list"))
			is_unclear = true;
		else if (str_starts(w, "-") && !str_starts(w, "--"))
			is_recursive |= str_has(w, 'r');
		else if (str_starts(w, "-"))
			continue;
		else if (str_is(w, "/") || str_is(w, "/*"))
			has_root = true;
		else if (str_has(w, '$') || str_has(w, '`'))
			is_unclear = true;
	}
	if (has_root && is_recursive && !is_less)
		s.kind = SCAN_ALL;
	else if (is_unclear)
		s.kind = SCAN_UNCLEAR;
	return s;
}

/* Scanners whose own words say how much they scan. */
static enum scan_kind vendor(struct str program, struct str rest)
{
	if (str_is(program, "mdatp"))
		return str_find(rest, STR("scan full")) >= 0 ? SCAN_ALL :
			str_find(rest, STR("scan")) >= 0     ? SCAN_PART :
							       SCAN_NONE;
	if (str_is(program, "savscan") || str_is(program, "avscanner") ||
		str_is(program, "odscan")) {
		struct str w;

		while (str_next_word(&rest, " \t", &w))
			if (str_is(word_of(w), "/"))
				return SCAN_ALL;
		return SCAN_PART;
	}
	if (str_is(program, "kesl-control") && str_find(rest, STR("task")) >= 0)
		return SCAN_UNCLEAR; /* which task it is stands in the product */
	return SCAN_NONE;
}

static struct scan line_scan(struct str line)
{
	struct scan none = { .kind = SCAN_NONE, .log = STR("") };
	struct str rest = line, w;

	if (str_starts(str_trim(line), "#"))
		return none;
	while (str_next_word(&rest, " \t;|&(", &w)) {
		struct str program = path_base(word_of(w));

		pass_over(program, &rest);
		if (str_is(program, "clamscan"))
			return clam(rest, false);
		if (str_is(program, "clamdscan"))
			return clam(rest, true);
		none.kind = vendor(program, rest);
		if (none.kind != SCAN_NONE)
			return none;
	}
	return none;
}

struct scan scan_of(struct str text)
{
	/* a part of every name that clam() and vendor() know */
	static const char *const parts[] = { "scan", "mdatp", "kesl-control", NULL };
	struct scan best = { .kind = SCAN_NONE, .log = STR("") };
	struct str line;

	if (!says_one_of(text, parts))
		return best;
	while (str_next_line(&text, &line)) {
		struct scan s = line_scan(line);

		if (s.kind > best.kind)
			best = s;
	}
	return best;
}

/* "khien audit --deep" and "khien review" look at the processes; other audits do not. */
static bool is_deep_khien(struct str rest, struct str *ret_result)
{
	bool is_review = false, is_audit = false, is_deep = false;
	struct str w;

	*ret_result = STR("");
	while (str_next_word(&rest, " \t;|&", &w)) {
		w = word_of(w);
		is_review |= str_is(w, "review");
		is_audit |= str_is(w, "audit");
		is_deep |= str_is(w, "--deep");
		if (str_starts(w, "--save="))
			*ret_result = str_from(w, 7);
		else if (str_is(w, "--save") && str_next_word(&rest, " \t;|&", &w))
			*ret_result = word_of(w);
	}
	return is_review || (is_audit && is_deep);
}

/* Where a command's words go: the file behind ">", ">>" or "tee"; OTHERWISE without one. */
static struct str report_of(struct str rest, const char *otherwise)
{
	struct str w;

	while (str_next_word(&rest, " \t", &w)) {
		size_t sign = str_starts(w, ">>") ? 2 : str_starts(w, ">") ? 1 : 0;

		if (str_is(w, ";") || str_is(w, "&&") || str_is(w, "||"))
			break;
		if (sign == 0 && !str_is(w, "tee"))
			continue;
		w = str_from(w, sign == 0 ? w.len : sign);
		while (w.len == 0 || str_is(w, "-a"))
			if (!str_next_word(&rest, " \t", &w))
				return str_of(otherwise);
		w = word_of(w);
		if (str_starts(w, "/") && !str_starts(w, "/dev/"))
			return w;
	}
	return str_of(otherwise);
}

static struct inspection line_inspection(struct str line)
{
	static const struct {
		const char *program, *result;
	} known[] = {
		{ "rkhunter", "/var/log/rkhunter.log" },
		{ "chkrootkit", "/var/log/chkrootkit/log.today" },
		{ "chkrootkit-daily", "/var/log/chkrootkit/log.today" },
		{ "unhide", "" },
		{ "unhide-linux", "" },
	};
	struct inspection none = { .result = STR("") };
	struct str rest = line, w;

	if (str_starts(str_trim(line), "#"))
		return none;
	while (str_next_word(&rest, " \t;|&(\"'", &w)) {
		struct str program = path_base(word_of(w));

		if (str_is(program, "khien") && is_deep_khien(rest, &none.result)) {
			none.program = "khien";
			return none;
		}
		for (size_t i = 0; i < COUNT(known); i++)
			if (str_is(program, known[i].program))
				return (struct inspection){ known[i].program,
					report_of(rest, known[i].result) };
	}
	return none;
}

struct inspection inspection_of(struct str text)
{
	/* a part of every name that line_inspection() knows */
	static const char *const parts[] = { "khien", "rkhunter", "chkrootkit", "unhide", NULL };
	struct inspection found = { .result = STR("") };
	struct str line;

	if (!says_one_of(text, parts))
		return found;
	while (!found.program && str_next_line(&text, &line))
		found = line_inspection(line);
	return found;
}

/* The words of one command, up to the sign that ends it. */
static bool command_updates(struct str command)
{
	static const char *const tools[] = { "apt-get", "apt", "aptitude", "dnf", "dnf5",
		"microdnf", "yum", "zypper" };
	static const char *const verbs[] = { "upgrade", "dist-upgrade", "full-upgrade",
		"safe-upgrade" };
	/* what is fetched and not installed, or only shown */
	static const char *const idle[] = { "-d", "--download-only", "--downloadonly", "-s",
		"--simulate", "--just-print", "--dry-run", "--no-act" };
	bool is_red_hat = false, is_tool = false, is_verb = false, asks_nobody = false;
	struct str w;

	while (str_next_word(&command, " \t(\"'", &w)) {
		struct str name = path_base(w);

		for (size_t i = 0; !is_tool && i < COUNT(tools); i++) {
			is_tool = str_is(name, tools[i]);
			is_red_hat = is_tool && i > 2;
		}
		for (size_t i = 0; i < COUNT(verbs); i++)
			is_verb = is_verb || str_is(w, verbs[i]);
		for (size_t i = 0; is_tool && i < COUNT(idle); i++)
			if (str_is(w, idle[i]))
				return false;
		is_verb = is_verb || (is_red_hat && str_is(w, "update"));
		asks_nobody = asks_nobody || str_is(w, "--yes") || str_is(w, "--assume-yes") ||
			str_is(w, "--assumeyes") ||
			(str_starts(w, "-") && !str_starts(w, "--") && str_has(w, 'y'));
	}
	return is_tool && is_verb && asks_nobody;
}

bool updates_of(struct str text)
{
	struct str line, command;

	while (str_next_line(&text, &line)) {
		/* a part of every verb */
		if (str_find(line, STR("up")) < 0 || str_starts(str_trim(line), "#"))
			continue;
		while (str_next_word(&line, ";|&", &command))
			if (command_updates(command))
				return true;
	}
	return false;
}
