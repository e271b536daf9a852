#include "work/hostaudit/resolve/sshkey.h"

static bool is_type(struct str word)
{
	static const char *const types[] = { "ssh-rsa", "ssh-dss", "ssh-ed25519", "ssh-ed448",
		"ssh-xmss@openssh.com" };

	for (size_t i = 0; i < COUNT(types); i++)
		if (str_is(word, types[i]))
			return true;
	return str_starts(word, "ecdsa-sha2-") || str_starts(word, "sk-ssh-") ||
		str_starts(word, "sk-ecdsa-") || str_starts(word, "ssh-rsa-cert-") ||
		str_starts(word, "ssh-ed25519-cert-");
}

/* How far the options go: a blank inside quotes does not end them. */
static size_t options_end(struct str line)
{
	bool is_quoted = false;
	size_t i = 0;

	for (; i < line.len && (is_quoted || (line.ptr[i] != ' ' && line.ptr[i] != '\t')); i++)
		if (line.ptr[i] == '\\' && i + 1 < line.len && line.ptr[i + 1] == '"')
			i++;
		else if (line.ptr[i] == '"')
			is_quoted = !is_quoted;
	return i < line.len ? i : line.len;
}

/* Does an option of that name (which ends in '=' when it takes a value) stand among them? */
static bool has_option(struct str options, const char *name)
{
	bool is_quoted = false, is_start = true;

	for (size_t i = 0; i < options.len; i++) {
		struct str here = str_from(options, i);

		if (is_start && here.len >= str_of(name).len &&
			str_is_nocase(str_until(here, str_of(name).len), name))
			return true;
		is_start = !is_quoted && options.ptr[i] == ',';
		if (options.ptr[i] == '\\' && i + 1 < options.len && options.ptr[i + 1] == '"')
			i++;
		else if (options.ptr[i] == '"')
			is_quoted = !is_quoted;
	}
	return false;
}

int ssh_key_parse(struct str line, struct ssh_key *ret)
{
	struct ssh_key key = { .options = STR("") };
	struct str rest = str_trim(line);
	struct str word;

	if (rest.len == 0 || rest.ptr[0] == '#')
		return 0;
	word = rest;
	if (!str_next_word(&word, " \t", &key.type) || !is_type(key.type)) {
		size_t end = options_end(rest);

		key.options = str_until(rest, end);
		word = str_trim(str_from(rest, end));
		if (!str_next_word(&word, " \t", &key.type) || !is_type(key.type))
			return ERR_INPUT;
	}
	if (!str_next_word(&word, " \t", &key.blob) || key.blob.len < 16)
		return ERR_INPUT;
	key.is_forced = has_option(key.options, "command=");
	key.is_authority = has_option(key.options, "cert-authority");
	*ret = key;
	return 1;
}

struct str ssh_keys_path(
	struct arena *a, struct str word, struct str user, struct str home, int64_t uid)
{
	struct str path;
	struct buf out;

	if (str_is_nocase(word, "none"))
		return STR_NONE;
	buf_init(&out, 16 * KIB);
	for (size_t i = 0; i < word.len; i++) {
		char next = word.ptr[i] == '%' && i + 1 < word.len ? word.ptr[i + 1] : 0;

		if (next == 'h')
			buf_add(&out, home);
		else if (next == 'u')
			buf_add(&out, user);
		else if (next == 'U')
			buf_fmt(&out, "%lld", (long long)uid);
		else if (next == '%')
			buf_add_char(&out, '%');
		else
			buf_add_char(&out, word.ptr[i]);
		i += next == 'h' || next == 'u' || next == 'U' || next == '%';
	}
	path = str_starts(buf_str(&out), "/") ?
		arena_str(a, buf_str(&out)) :
		arena_fmt(a, "%.*s/%.*s", STR_FMT(home), STR_FMT(buf_str(&out)));
	buf_done(&out);
	return path;
}
