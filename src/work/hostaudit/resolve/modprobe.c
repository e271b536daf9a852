/* modprobe.c - modprobe.d(5) as kmod reads it. */
#include "work/hostaudit/resolve/modprobe.h"

/* Equal but for '-' and '_'. */
static bool is_module(struct str name, const char *module)
{
	struct str m = str_of(module);

	if (name.len != m.len)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((name.ptr[i] == '-' ? '_' : name.ptr[i]) != (m.ptr[i] == '-' ? '_' : m.ptr[i]))
			return false;
	return true;
}

static void one_line(struct modprobe *m, struct str line, struct str file, int number)
{
	struct str command, name;

	if (!str_next_word(&line, " \t", &command) || command.ptr[0] == '#' ||
		!str_next_word(&line, " \t", &name) || !is_module(name, m->module))
		return;
	if (str_is(command, "install") && str_trim(line).len == 0)
		return; /* kmod calls it an error and takes the next one */
	if (str_is(command, "install"))
		setting_lose(&m->install, m->a, str_trim(line), file, number);
	else if (str_is(command, "blacklist") && m->blacklist.value.ptr == NULL)
		setting_win(&m->blacklist, m->a, STR("blacklist"), file, number);
}

/* Take the line and those that a backslash joins to it; kmod drops both characters. */
static struct str joined(struct arena *a, struct str line, struct str *text, int *number)
{
	struct buf whole;

	if (line.len == 0 || line.ptr[line.len - 1] != '\\')
		return line;
	buf_init(&whole, LIMIT_HOST_LINE_BYTES);
	while (line.len > 0 && line.ptr[line.len - 1] == '\\') {
		buf_add(&whole, str_until(line, line.len - 1));
		if (!str_next_line(text, &line))
			line = STR("");
		else
			(*number)++;
	}
	buf_add(&whole, line);
	line = arena_str(a, buf_str(&whole));
	buf_done(&whole);
	return line;
}

void modprobe_add(struct modprobe *m, struct str text, struct str file)
{
	struct str line;
	int number = 1;

	while (str_next_line(&text, &line)) {
		int start = number++;

		one_line(m, joined(m->a, line, &text, &number), file, start);
	}
}

/* Programs and words of the shell that load nothing whatever stands behind them. */
static bool is_idle(struct str word)
{
	static const char *const idle[] = { "true", "false", ":", "nologin", "null", "exit", "echo",
		"logger", "printf" };

	for (size_t i = 0; i < COUNT(idle); i++)
		if (str_is(path_base(word), idle[i]))
			return true;
	return false;
}

bool modprobe_is_off(struct str command)
{
	struct str part, word;
	bool is_off = false;

	/* "/bin/true # no USB": a shell runs it, so the rest is a comment or an argument */
	if (str_has(command, '`') || str_has(command, '$'))
		return false;
	while (str_next_word(&command, ";|&", &part)) {
		if (!str_next_word(&part, " \t", &word))
			continue;
		if (!is_idle(word))
			return false;
		is_off = true;
	}
	return is_off;
}

bool modprobe_loads(struct str command)
{
	return str_find(command, STR("modprobe")) >= 0 || str_find(command, STR("insmod")) >= 0;
}

bool cmdline_lists(struct str cmdline, const char *name, const char *module)
{
	struct str word, key, value, item;

	while (str_next_word(&cmdline, " \n", &word)) {
		if (!str_split(word, '=', &key, &value) || !is_module(key, name))
			continue;
		while (str_next_word(&value, ",", &item))
			if (is_module(item, module))
				return true;
	}
	return false;
}

struct conf {
	struct str name, path;
};

void modprobe_load(struct host *h, struct modprobe *m)
{
	static const char *const folders[] = { "/etc/modprobe.d", "/run/modprobe.d",
		"/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d" };
	VEC(struct conf) files = { 0 };

	for (size_t f = 0; f < COUNT(folders); f++) {
		const struct str *names;
		size_t count;

		if (host_list(h, folders[f], &names, &count) < 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			size_t at = 0;

			if (!str_ends(names[i], ".conf") || names[i].ptr[0] == '.')
				continue;
			while (at < files.len && str_cmp(files.at[at].name, names[i]) < 0)
				at++;
			if (at < files.len && str_eq(files.at[at].name, names[i]))
				continue; /* hidden by a folder before */
			(void)vec_add(m->a, &files);
			for (size_t k = files.len - 1; k > at; k--)
				files.at[k] = files.at[k - 1];
			files.at[at] = (struct conf){ names[i],
				arena_fmt(m->a, "%s/%.*s", folders[f], STR_FMT(names[i])) };
		}
	}
	for (size_t i = 0; i < files.len; i++) {
		struct host_stat st;
		struct str target;

		if (host_readlink(h, files.at[i].path.ptr, &target) == 0 &&
			str_is(target, "/dev/null"))
			continue;
		if (host_stat(h, files.at[i].path.ptr, &st) == 0 && st.size > 0)
			modprobe_add(m, host_bytes(h, files.at[i].path, NULL), files.at[i].path);
	}
}
