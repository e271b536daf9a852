#include "work/hostaudit/sysctl.h"

#include "work/hostaudit/resolve/systemd.h"

#define KEY_BYTES_MAX 256

bool sysctl_parse(struct str line, struct str *ret_key, struct str *ret_value)
{
	struct str key, value;

	line = str_trim(line);
	if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';' ||
		!str_split(line, '=', &key, &value))
		return false;
	key = str_trim(key);
	if (str_starts(key, "-"))
		key = str_trim(str_from(key, 1));
	*ret_key = key;
	*ret_value = str_trim(value);
	return key.len > 0;
}

bool sysctl_is(struct str key, const char *name)
{
	ptrdiff_t slash = str_find_char(key, '/');
	ptrdiff_t dot = str_find_char(key, '.');
	bool is_swapped = slash >= 0 && (dot < 0 || slash < dot);
	char dotted[KEY_BYTES_MAX];

	if (key.len > sizeof(dotted))
		return false;
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];

		dotted[i] = !is_swapped ? c : c == '/' ? '.' : c == '.' ? '/' : c;
	}
	return str_glob(str_of(name), (struct str){ dotted, key.len });
}

/* "net.ipv4.ip_forward" -> "ip_forward" */
static struct str last_part(struct str key)
{
	for (size_t i = key.len; i > 0; i--)
		if (key.ptr[i - 1] == '.')
			return str_from(key, i);
	return key;
}

static void read_file(struct host *h, struct str path, const char *key, struct setting *ret)
{
	struct str file = path;
	struct str bytes = host_bytes(h, path, &file);
	struct str line, name, value;
	int number = 0;

	/* most files do not speak of it: no line is taken apart then */
	if (str_find(bytes, last_part(str_of(key))) < 0)
		return;
	while (str_next_line(&bytes, &line)) {
		number++;
		if (sysctl_parse(line, &name, &value) && sysctl_is(name, key))
			setting_win(ret, host_arena(h), value, file, number);
	}
}

void sysctl_conf(struct host *h, const char *key, struct setting *ret)
{
	const struct str *paths;
	size_t count;

	systemd_dropins(h, "sysctl.d", &paths, &count);
	for (size_t i = 0; i < count; i++)
		read_file(h, paths[i], key, ret);
	/* /etc/sysctl.conf counts only by the link that distributions put into sysctl.d */
	if (systemd_unit(h, "ufw.service").state == UNIT_ENABLED)
		read_file(h, STR("/etc/ufw/sysctl.conf"), key, ret);
}
