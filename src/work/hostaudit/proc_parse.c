#include "work/hostaudit/proc.h"

#include <string.h>

#include "work/hostaudit/redact.h"

#define FLAG_KERNEL_THREAD 0x00200000u
#define STAT_FLAGS 6 /* fields after the name, from 0: state ppid pgrp session tty tpgid flags */
#define STAT_THREADS 17
#define STAT_START 19

static const char deleted_mark[] = " (deleted)";

bool proc_stat_parse(struct str text, struct proc_stat *ret)
{
	const char *open = text.len ? memchr(text.ptr, '(', text.len) : NULL;
	const char *close = text.len ? memrchr(text.ptr, ')', text.len) : NULL;
	struct proc_stat s = { .start_ticks = -1 };
	struct str rest, word;
	int64_t flags = 0;

	if (!open || !close || close < open)
		return false;
	s.name = (struct str){ open + 1, (size_t)(close - open) - 1 };
	rest = str_from(text, (size_t)(close - text.ptr) + 1);
	for (int i = 0; i <= STAT_START && str_next_word(&rest, " \n", &word); i++) {
		if ((i == 1 && !str_to_i64(word, &s.ppid)) ||
			(i == STAT_FLAGS && !str_to_i64(word, &flags)) ||
			(i == STAT_THREADS && !str_to_i64(word, &s.threads)) ||
			(i == STAT_START && !str_to_i64(word, &s.start_ticks)))
			return false;
	}
	if (s.start_ticks < 0)
		return false;
	s.is_kernel = (flags & FLAG_KERNEL_THREAD) != 0;
	*ret = s;
	return true;
}

/* What stands after KEY at the start of a line. */
static bool line_after(struct str text, const char *key, struct str *ret)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (str_starts(line, key)) {
			*ret = str_trim(str_from(line, strlen(key)));
			return true;
		}
	return false;
}

bool proc_status_uid(struct str text, int64_t *ret)
{
	struct str rest, real, effective;

	return line_after(text, "Uid:", &rest) && str_next_word(&rest, " \t", &real) &&
		str_next_word(&rest, " \t", &effective) && str_to_i64(effective, ret);
}

bool proc_boot_s(struct str text, int64_t *ret)
{
	struct str value;

	return line_after(text, "btime ", &value) && str_to_i64(value, ret);
}

/* "7f00-7f01 r-xp 00000000 fd:01 1234   /usr/lib/x.so (deleted)" */
bool proc_maps_parse(struct str line, struct proc_mapping *ret)
{
	struct proc_mapping m = { 0 };
	struct str word[5];

	for (size_t i = 0; i < COUNT(word); i++)
		if (!str_next_word(&line, " ", &word[i]))
			return false;
	if (word[1].len < 4 || !str_to_u64(word[4], 10, &m.inode))
		return false;
	m.is_writable = word[1].ptr[1] == 'w';
	m.is_executable = word[1].ptr[2] == 'x';
	m.path = str_trim(line);
	if (str_ends(m.path, deleted_mark)) {
		m.path.len -= strlen(deleted_mark);
		m.is_deleted = true;
	}
	*ret = m;
	return true;
}

bool proc_environ_find(struct str environ, const char *name, struct str *ret)
{
	size_t name_len = strlen(name);

	while (environ.len > 0) {
		ptrdiff_t end = str_find_char(environ, '\0');
		struct str entry = end < 0 ? environ : str_until(environ, (size_t)end);

		if (str_starts(entry, name) && entry.len > name_len && entry.ptr[name_len] == '=') {
			*ret = str_from(entry, name_len + 1);
			return true;
		}
		environ = str_from(environ, entry.len + (end >= 0));
	}
	return false;
}

static bool is_unit_name(struct str name)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount",
		".swap" };

	for (size_t i = 0; i < COUNT(suffixes); i++)
		if (str_ends(name, suffixes[i]) && name.len > strlen(suffixes[i]))
			return true;
	return false;
}

struct str proc_cgroup_unit(struct str text)
{
	struct str found = STR("");
	struct str line, number, rest, controllers, path, part;

	while (str_next_line(&text, &line)) {
		if (!str_split(line, ':', &number, &rest) ||
			!str_split(rest, ':', &controllers, &path))
			continue;
		if (controllers.len > 0 && !str_is(controllers, "name=systemd"))
			continue;
		while (str_next_word(&path, "/", &part))
			if (is_unit_name(part))
				found = part;
		if (found.len > 0)
			break;
	}
	return found;
}

/* "nf_tables 303104 1 nft_chain_nat, Live 0x0000000000000000 (OE)" */
bool proc_module_line(struct str line, struct str *ret_name, struct str *ret_taint)
{
	struct str word, name = STR(""), taint = STR("");
	size_t count = 0;

	while (str_next_word(&line, " \t", &word)) {
		if (count++ == 0)
			name = word;
		taint = word;
	}
	if (count < 6 || name.len == 0)
		return false;
	*ret_name = name;
	*ret_taint = taint.len > 2 && taint.ptr[0] == '(' && taint.ptr[taint.len - 1] == ')' ?
		(struct str){ taint.ptr + 1, taint.len - 2 } :
		STR("");
	return true;
}

struct proc_exe proc_exe_parse(struct str link)
{
	struct proc_exe exe = { .path = link };

	if (str_ends(exe.path, deleted_mark)) {
		exe.path.len -= strlen(deleted_mark);
		exe.is_deleted = true;
	}
	exe.is_memfd = exe.is_deleted && str_starts(exe.path, "/memfd:");
	return exe;
}

/* ---- command lines without secrets ---- */

struct str proc_command(struct arena *a, struct str cmdline)
{
	struct buf out;
	struct str copy;
	bool is_first = true;

	buf_init(&out, 1 * KIB);
	while (cmdline.len > 0) {
		ptrdiff_t end = str_find_char(cmdline, '\0');
		struct str argument = end < 0 ? cmdline : str_until(cmdline, (size_t)end);

		cmdline = str_from(cmdline, argument.len + (end >= 0));
		if (is_first) {
			/* a program may write its whole title here */
			ptrdiff_t blank = str_find_char(argument, ' ');

			buf_add(&out, blank < 0 ? argument : str_until(argument, (size_t)blank));
			is_first = false;
		} else if (argument.len > 0) {
			buf_add_char(&out, ' ');
			redact_argument(&out, argument);
		}
	}
	copy = arena_str(a, buf_str(&out));
	buf_done(&out);
	return copy;
}
