/* remote_admin.c - what the readers of services of remote control share. */
#include "work/hostaudit/remote_admin.h"

#include "work/hostaudit/units.h"

void admin_add(struct admin_list *list, const struct admin *a)
{
	vec_push(list->a, list, *a);
}

bool admin_is_enabled(
	struct host *h, const char *const *names, struct unit *ret, const char **ret_name)
{
	for (size_t i = 0; names[i]; i++) {
		*ret = systemd_unit(h, names[i]);
		*ret_name = names[i];
		if (ret->state == UNIT_ENABLED)
			return true;
	}
	return false;
}

bool admin_is_local_address(struct str address)
{
	address = str_trim(address);
	return str_starts(address, "127.") || str_starts(address, "[::1]") ||
		str_is(address, "::1") || str_is(address, "lo") ||
		str_starts(address, "localhost") || str_starts(address, "/") ||
		str_starts(address, "@") || str_starts(address, "vsock:");
}

bool admin_is_local_socket(struct host *h, const char *unit)
{
	static const char *const keys[] = { "ListenStream", "ListenDatagram" };
	bool has_address = false;

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct str lines = systemd_unit_lines(h, unit, "Socket", keys[i]), line;

		while (str_next_line(&lines, &line)) {
			if (str_trim(line).len == 0)
				continue;
			has_address = true;
			if (!admin_is_local_address(line))
				return false;
		}
	}
	return has_address;
}

bool admin_starts(struct host *h, struct str unit, struct setting *ret)
{
	const char *name = arena_cstr(host_arena(h), unit);

	if (!str_ends(unit, ".service") || !unit_starts(h, name))
		return false;
	systemd_unit_command(h, name, ret);
	return true;
}

bool admin_is_local_service(struct host *h, const char *unit)
{
	struct setting command = { 0 };
	struct str word;

	systemd_unit_command(h, unit, &command);
	while (str_next_word(&command.value, " \t'\"", &word))
		if ((str_is(word, "--address") || str_is(word, "-a")) &&
			str_next_word(&command.value, " \t'\"", &word))
			return admin_is_local_address(word);
	return false;
}

void admin_switch(struct host *h, struct admin_list *list, const char *service, struct str file,
	const char *section, const char *key)
{
	struct setting s = { 0 };

	ini_last(host_bytes(h, file, &file), file, section, key, host_arena(h), &s);
	if (s.value.ptr && str_bool(s.value, false))
		admin_add(list,
			&(struct admin){ .service = service,
				.name = path_base(file),
				.found = arena_fmt(host_arena(h), "[%s] %s=%.*s", section, key,
					STR_FMT(str_until(s.value, 40))),
				.plain = PLAIN_YES,
				.file = s.file,
				.line = s.line });
}
