/* jobs.c - does a command scan the whole machine? clamscan needs "-r" and "/", clamdscan only "/";
 * a path in a variable is not followed: that is unclear, never a pass. */
#include "work/hostaudit/jobs.h"

#include <string.h>

#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/shell_text.h"

#define SHELLS_MAX 3 /* "sh -c" in "sh -c" */

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

/* Most scripts name none of the programs sought: then their words need not be taken apart. */
static bool says_one_of(struct str text, const char *const *parts)
{
	for (size_t i = 0; parts[i]; i++)
		if (str_find(text, str_of(parts[i])) >= 0)
			return true;
	return false;
}

/* The words after "clamscan". */
static struct scan clam(const struct text_command *c, size_t from, bool is_recursive)
{
	struct scan s = { .kind = SCAN_PART, .log = STR("") };
	bool has_root = false, is_unclear = false, is_less = false;

	for (size_t i = from; i < c->count; i++) {
		struct str w = c->word[i];

		is_unclear |= c->is_cut[i];
		if (str_starts(w, "--exclude-dir=")) {
			is_less |= leaves_out_much(str_from(w, 14));
		} else if (str_starts(w, "--log=")) {
			s.log = str_from(w, 6);
		} else if (str_is(w, "--recursive") || str_is(w, "--recursive=yes")) {
			is_recursive = true;
		} else if (str_is(w, "-l") || str_is(w, "-f") || str_is(w, "-d")) {
			is_unclear |= str_is(w, "-f");
			if (++i < c->count && str_is(w, "-l"))
				s.log = c->word[i];
		} else if (str_starts(w, "--file-list")) {
			is_unclear = true;
		} else if (str_starts(w, "-")) {
			is_recursive |= !str_starts(w, "--") && str_has(w, 'r');
		} else if (str_is(w, "/") || str_is(w, "/*")) {
			has_root = true;
		}
	}
	if (has_root && is_recursive && !is_less)
		s.kind = SCAN_ALL;
	else if (is_unclear)
		s.kind = SCAN_UNCLEAR;
	return s;
}

static bool has_words(const struct text_command *c, size_t from, const char *one, const char *two)
{
	for (size_t i = from; i < c->count; i++)
		if (str_is(c->word[i], one) &&
			(!two || (i + 1 < c->count && str_is(c->word[i + 1], two))))
			return true;
	return false;
}

/* Scanners whose own words say how much they scan. */
static enum scan_kind vendor(struct str program, const struct text_command *c, size_t from)
{
	if (str_is(program, "mdatp"))
		return has_words(c, from, "scan", "full") ? SCAN_ALL :
			has_words(c, from, "scan", NULL)  ? SCAN_PART :
							    SCAN_NONE;
	if (str_is(program, "savscan") || str_is(program, "avscanner") || str_is(program, "odscan"))
		return has_words(c, from, "/", NULL) ? SCAN_ALL : SCAN_PART;
	for (size_t i = from; str_is(program, "kesl-control") && i < c->count; i++)
		if (str_find(c->word[i], STR("task")) >= 0)
			return SCAN_UNCLEAR; /* which task it is stands in the product */
	return SCAN_NONE;
}

/* ---- the programs that a text starts ---- */

struct seeker {
	/* PROGRAM stands at C->word[AT]; true: it is one of those sought, the rest are its words */
	bool (*sees)(struct seeker *k, const struct text_command *c, size_t at, struct str program);
	struct scan scan;
	struct inspection inspection;
	bool is_fed; /* by the command before */
};

static void seek(struct seeker *k, struct shell_text *sh);

/* These name a program and do not start it. */
static bool only_names(const struct text_command *c, size_t at, struct str program)
{
	static const char *const talkers[] = { "echo", "printf", "logger", "test", "[", "[[",
		"which", "type", "hash", "man", "apt", "apt-get", "aptitude", "dpkg", "dnf", "yum",
		"rpm", "zypper", "snap", "systemctl", "pkill", "killall", "pgrep", "mail", "mailx",
		"grep", "egrep", "zgrep", "cat", "head", "tail", "less", "cp", "mv", "rm", "ls",
		"touch", "chmod", "chown", "sed", "awk", "savelog", "logrotate", NULL };

	if (str_is(program, "command") && at + 1 < c->count)
		return str_is(c->word[at + 1], "-v") || str_is(c->word[at + 1], "-V");
	return word_among(program, talkers);
}

/* A command, or one that another starts: "nice clamscan …", "sh -c '…'", "su - an -c '…'". */
static void seek_in_command(struct seeker *k, struct shell_text *sh, struct text_command *c)
{
	for (size_t i = shell_text_assignments(sh, c); i < c->count; i++) {
		struct str program = path_base(c->word[i]);

		while (program.len > 1 && strchr("-@+!", program.ptr[0]) && i == 0)
			program = str_from(program, 1); /* prefixes of ExecStart= */
		if (only_names(c, i, program) || k->sees(k, c, i, program))
			return;
		if (i > 0 && i + 1 < c->count && str_starts(program, "-") &&
			!str_starts(program, "--") && str_ends(program, "c") &&
			sh->depth < SHELLS_MAX) {
			struct shell_text inner = *sh;

			inner.rest = c->word[i + 1];
			inner.depth++;
			seek(k, &inner);
		}
	}
}

static void seek(struct seeker *k, struct shell_text *sh)
{
	struct text_command c;

	while (shell_text_next(sh, &c)) {
		bool is_piped = sh->is_piped;

		seek_in_command(k, sh, &c);
		k->is_fed = is_piped;
	}
}

static bool sees_scan(struct seeker *k, const struct text_command *c, size_t at, struct str program)
{
	struct scan s = { .kind = SCAN_NONE, .log = STR("") };

	if (str_is(program, "clamscan") || str_is(program, "clamdscan"))
		s = clam(c, at + 1, str_is(program, "clamdscan"));
	else
		s.kind = vendor(program, c, at + 1);
	if (s.kind > k->scan.kind)
		k->scan = s;
	return s.kind != SCAN_NONE;
}

struct scan scan_of(struct str text, struct arena *a)
{
	/* a part of every name that clam() and vendor() know */
	static const char *const parts[] = { "scan", "mdatp", "kesl-control", NULL };
	struct seeker k = { .sees = sees_scan, .scan = { .kind = SCAN_NONE, .log = STR("") } };
	struct shell_text sh = { .a = a, .rest = text };

	if (says_one_of(text, parts))
		seek(&k, &sh);
	return k.scan;
}

/* ---- looking for intruders ---- */

/* "khien audit --deep" and "khien review" look at the processes; other audits do not. */
static bool is_deep_khien(const struct text_command *c, size_t from, struct str *ret_result)
{
	*ret_result = STR("");
	for (size_t i = from; i < c->count; i++) {
		if (str_starts(c->word[i], "--save="))
			*ret_result = str_from(c->word[i], 7);
		else if (str_is(c->word[i], "--save") && i + 1 < c->count)
			*ret_result = c->word[i + 1];
	}
	return has_words(c, from, "review", NULL) ||
		(has_words(c, from, "audit", NULL) && has_words(c, from, "--deep", NULL));
}

/* rkhunter looks only when it is told to; chkrootkit unless it is asked for something else. */
static bool looks(struct str program, const struct text_command *c, size_t from)
{
	static const char *const checks[] = { "-c", "--check", "--cronjob" };
	static const char *const others[] = { "-V", "-h", "-l", "--version", "--help" };
	bool is_rkhunter = str_is(program, "rkhunter");

	for (size_t i = 0; is_rkhunter && i < COUNT(checks); i++)
		if (has_words(c, from, checks[i], NULL))
			return true;
	for (size_t i = 0; !is_rkhunter && i < COUNT(others); i++)
		if (has_words(c, from, others[i], NULL))
			return false;
	return !is_rkhunter;
}

static bool is_report(struct str path)
{
	return str_starts(path, "/") && !str_starts(path, "/dev/");
}

static bool sees_inspection(
	struct seeker *k, const struct text_command *c, size_t at, struct str program)
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
	struct inspection found = { .result = STR("") };

	if (str_is(program, "tee") && k->is_fed && k->inspection.program &&
		is_report(c->word[c->count - 1]))
		k->inspection.result = c->word[c->count - 1];
	if (str_is(program, "khien") && is_deep_khien(c, at + 1, &found.result))
		found.program = "khien";
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(program, known[i].program) && looks(program, c, at + 1))
			found = (struct inspection){ known[i].program,
				is_report(c->output) && !c->is_output_cut ?
					c->output :
					str_of(known[i].result) };
	if (found.program && !k->inspection.program)
		k->inspection = found;
	return found.program != NULL;
}

struct inspection inspection_of(struct str text, struct arena *a)
{
	/* a part of every name that sees_inspection() knows */
	static const char *const parts[] = { "khien", "rkhunter", "chkrootkit", "unhide", NULL };
	struct seeker k = { .sees = sees_inspection, .inspection = { .result = STR("") } };
	struct shell_text sh = { .a = a, .rest = text };

	if (says_one_of(text, parts))
		seek(&k, &sh);
	return k.inspection;
}

/* ---- what is started, and what only read ---- */

bool is_started_itself(struct str command, struct str word)
{
	static const char *const openers[] = { "nice", "ionice", "nohup", "setsid", "timeout",
		"chronic", "env", "time", "exec", "chrt", "if", "then", "else", "do", "{", NULL };
	static const char *const shells[] = { "sh", "bash", "dash", "ksh", "zsh", NULL };
	struct str head = str_until(command, (size_t)(word.ptr - command.ptr)), one;
	size_t from = head.len;
	bool is_read = false;

	while (from > 0 && !strchr("\n;|&(`", head.ptr[from - 1]))
		from--;
	head = str_from(head, from);
	while (str_next_word(&head, " \t\"'", &one)) {
		struct str name = path_base(one);

		if (is_read && str_starts(one, "-") && str_ends(one, "c"))
			is_read = false; /* what follows are commands */
		else if (word_among(name, shells))
			is_read = true;
		else if (!strchr("-@+!:0123456789", one.ptr[0]) && !str_has(one, '=') &&
			!word_among(name, openers))
			return false;
	}
	return !is_read;
}

/* ---- installing newer packages ---- */

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
