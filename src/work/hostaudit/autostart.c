#include "work/hostaudit/autostart.h"

#include <string.h>

static bool is_comment(struct str line)
{
	return line.len == 0 || line.ptr[0] == '#';
}

/* The text between the quotes after KEY, where KEY is followed by an operator. */
static bool quoted_after(struct str line, const char *key, struct str *ret)
{
	ptrdiff_t at = str_find(line, str_of(key));
	struct str rest;
	ptrdiff_t end;

	if (at < 0)
		return false;
	rest = str_from(line, (size_t)at + strlen(key));
	while (rest.len > 0 && (rest.ptr[0] == '+' || rest.ptr[0] == ':' || rest.ptr[0] == '='))
		rest = str_from(rest, 1);
	if (rest.len < 2 || rest.ptr[0] != '"')
		return false;
	rest = str_from(rest, 1);
	end = str_find_char(rest, '"');
	if (end < 0)
		return false;
	*ret = str_until(rest, (size_t)end);
	return ret->len > 0;
}

bool autostart_udev(struct str line, struct str *ret_command)
{
	static const char *const keys[] = { "RUN{program}", "RUN", "PROGRAM", "IMPORT{program}" };

	line = str_trim(line);
	if (is_comment(line))
		return false;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (quoted_after(line, keys[i], ret_command))
			return true;
	return false;
}

bool autostart_modprobe(struct str line, struct str *ret_name, struct str *ret_command)
{
	struct str word, name, rest = str_trim(line);

	if (is_comment(rest) || !str_next_word(&rest, " \t", &word) ||
		(!str_is(word, "install") && !str_is(word, "remove")) ||
		!str_next_word(&rest, " \t", &name))
		return false;
	rest = str_trim(rest);
	if (rest.len == 0 || str_is(rest, "/bin/true") || str_is(rest, "/bin/false") ||
		str_is(rest, "/usr/bin/true") || str_is(rest, "/usr/bin/false"))
		return false;
	*ret_name = name;
	*ret_command = rest;
	return true;
}

bool autostart_pam(struct str line, struct str *ret_command)
{
	struct str rest = str_trim(line), word;
	bool is_found = false;

	if (is_comment(rest))
		return false;
	while (str_next_word(&rest, " \t", &word)) {
		if (is_found && word.ptr[0] == '/') {
			*ret_command =
				(struct str){ word.ptr, (size_t)(line.ptr + line.len - word.ptr) };
			*ret_command = str_trim(*ret_command);
			return true;
		}
		is_found |= str_ends(word, "pam_exec.so");
	}
	return false;
}

bool autostart_desktop(struct str text, struct str *ret_command)
{
	struct str line, command = STR("");
	bool is_entry = false;

	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] == '[')
			is_entry = str_is(line, "[Desktop Entry]");
		if (!is_entry)
			continue;
		if (str_is(line, "Hidden=true"))
			return false;
		if (command.len == 0 && str_starts(line, "Exec="))
			command = str_trim(str_from(line, 5));
	}
	if (command.len == 0)
		return false;
	*ret_command = command;
	return true;
}

/* Past the options, which may hold blanks between quotes. */
static size_t options_end(struct str line)
{
	bool is_quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '\\' && i + 1 < line.len)
			i++;
		else if (line.ptr[i] == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
			return i;
	}
	return line.len;
}

static bool is_key_type(struct str word)
{
	return str_starts(word, "ssh-") || str_starts(word, "ecdsa-") || str_starts(word, "sk-");
}

bool autostart_key_line(struct str line, struct autostart_key *ret)
{
	struct autostart_key k = { .options = STR(""), .command = STR("") };
	struct str rest = str_trim(line);

	if (is_comment(rest))
		return false;
	if (!is_key_type(rest)) {
		k.options = str_until(rest, options_end(rest));
		rest = str_trim(str_from(rest, k.options.len));
		if (!quoted_after(k.options, "command", &k.command))
			k.command = STR("");
	}
	if (!str_next_word(&rest, " \t", &k.type) || !is_key_type(k.type) ||
		!str_next_word(&rest, " \t", &k.key))
		return false;
	*ret = k;
	return true;
}
