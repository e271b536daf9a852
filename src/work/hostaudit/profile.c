/* profile.c - what kind of machine it is that was read. */
#include "work/hostaudit/hostaudit.h"

#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "work/hostaudit/audit_int.h"
#include "work/hostaudit/rights.h"

/* The value of KEY in an os-release file, without its quotes. */
static struct str os_release_value(struct hostaudit *audit, const char *key)
{
	const struct host_file *file;
	struct str rest, line, name, value;

	if (host_read(audit->host, "/etc/os-release", &file) != 0 &&
		host_read(audit->host, "/usr/lib/os-release", &file) != 0)
		return STR("");
	rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		if (!str_split(line, '=', &name, &value) || !str_is(name, key))
			continue;
		value = str_trim(value);
		if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\''))
			value = (struct str){ value.ptr + 1, value.len - 2 };
		return text_clean(audit->arena, value, 200);
	}
	return STR("");
}

static struct str first_line(struct hostaudit *audit, const char *path)
{
	const struct host_file *file;
	struct str rest, line;

	if (host_read(audit->host, path, &file) != 0)
		return STR("");
	rest = file->bytes;
	return str_next_line(&rest, &line) ? text_clean(audit->arena, str_trim(line), 200) :
					     STR("");
}

struct taking {
	struct hostaudit_profile *profile;
	struct arena *arena;
};

static bool take_profile(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
{
	const struct taking *taking = context;

	if (is_header || count < 2)
		return true;
	if (cells[0].kind == CELL_TEXT)
		taking->profile->kind = arena_str(taking->arena, cells[0].text);
	if (cells[1].kind == CELL_TEXT)
		taking->profile->family = arena_str(taking->arena, cells[1].text);
	return false;
}

struct hostaudit_profile hostaudit_profile(struct hostaudit *audit)
{
	struct hostaudit_profile p = {
		.kind = STR("server"),
		.family = STR("other"),
		.is_live = host_is_live(audit->host),
		.is_root = rights_read_all(),
		.at_s = host_now_s(audit->host),
		.level = audit->level,
		.declared_in = audit->declared_in ? audit->declared_in : "",
	};
	struct str machine_id;
	char hex[65];
	char name[256] = "";
	struct taking taking = { &p, audit->arena };
	struct err e;

	if (audit->is_replay)
		return audit->profile;
	if (hostaudit_ask(audit, STR("SELECT kind, family FROM host_profile"), take_profile,
		    &taking, &e) < 0)
		p.kind = STR("server");
	if (p.is_live && gethostname(name, sizeof(name) - 1) == 0)
		p.name = text_clean(audit->arena, str_of(name), 200);
	else
		p.name = first_line(audit, "/etc/hostname");
	p.os = os_release_value(audit, "PRETTY_NAME");
	machine_id = first_line(audit, "/etc/machine-id");
	sha256_hex(arena_fmt(audit->arena, "khien host %.*s %.*s", STR_FMT(machine_id),
			   STR_FMT(machine_id.len ? STR("") : p.name)),
		hex);
	p.machine_id_sha256 = arena_str(audit->arena, str_of(hex));
	return p;
}
