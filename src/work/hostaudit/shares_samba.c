/* Samba: shares of smb.conf and those that users make for themselves.
 *
 * "guest ok" alone opens a share: an anonymous session (smbclient -N) gets in with "map to guest =
 * Never" and with "restrict anonymous = 2" too, as tried on smbd 4.17; "map to guest" only adds
 * those who give a wrong name. */
#include "work/hostaudit/samba.h"
#include "work/hostaudit/shares.h"

#define USERSHARES "/var/lib/samba/usershares"

/* A name that depends on who comes: never the disk itself when a folder stands before it. */
static int whole_disk(struct share_list *list, struct str path, const char **ret_reason)
{
	ptrdiff_t variable = str_find_char(path, '%');
	struct str fixed;

	if (variable < 0)
		return mounts_is_whole_disk(list->h, &list->mounts, path, true);
	fixed = path_normal(list->a, str_until(path, (size_t)variable));
	if (fixed.len > 1)
		return 0;
	*ret_reason = "conditional";
	return SHARE_UNKNOWN;
}

static bool is_special(struct str name)
{
	return str_is_nocase(name, "printers") || str_is_nocase(name, "print$") ||
		str_is_nocase(name, "ipc$");
}

/* "hosts allow = ALL" and networks of every address shut nobody out, "ALL EXCEPT …" hardly any. */
static bool shuts_out(struct str hosts)
{
	static const char *const all[] = { "ALL", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "::/0" };
	struct str word;

	if (str_trim(hosts).len == 0)
		return false;
	while (str_next_word(&hosts, " \t,;", &word))
		for (size_t i = 0; i < COUNT(all); i++)
			if (str_is_nocase(word, all[i]))
				return false;
	return true;
}

static void add_share(struct share_list *list, const struct samba_share *from)
{
	const struct setting *said = &from->value[SAMBA_PATH];
	struct str path = samba_unquoted(said->value);
	const struct setting *guest = &from->value[SAMBA_GUEST_OK];
	const struct setting *hosts = &from->value[SAMBA_HOSTS_ALLOW];
	bool is_homes = str_is_nocase(from->name, "homes");
	bool has_hosts = hosts->value.ptr && shuts_out(hosts->value);
	struct share *share;

	if (!samba_bool(&from->value[SAMBA_AVAILABLE], true) ||
		!samba_bool(&from->value[SAMBA_VALID], true) ||
		samba_bool(&from->value[SAMBA_PRINTABLE], false) || is_special(from->name))
		return;
	if (said->value.len == 0 && !is_homes)
		return; /* smbd leaves a share without a path out */
	share = share_add(list, "samba", from->file, from->line);
	if (!share)
		return;
	share->name = from->name;
	share->path = path.len > 0 ? path : STR("%H");
	share->clients = has_hosts ? hosts->value : STR("*");
	share->is_guest = samba_bool(guest, false);
	share->is_open = share->is_guest && !has_hosts;
	share->is_whole_disk = path.len > 0 ? whole_disk(list, path, &share->disk_reason) : 0;
	if (guest->value.ptr && share->is_guest) {
		share->file = guest->file;
		share->line = guest->line;
		share->lost = guest->lost;
	}
}

/* One file of "key=value" that net usershare wrote. */
static void add_usershare(struct share_list *list, const struct samba *s, struct str path)
{
	struct str file = path;
	struct str rest = host_bytes(list->h, path, &file);
	struct str folder = STR("");
	bool is_guest = false;
	struct str line, key, value;
	struct share *share;

	while (str_next_line(&rest, &line)) {
		if (!str_split(line, '=', &key, &value))
			continue;
		if (str_is(key, "path"))
			folder = str_trim(value);
		else if (str_is(key, "guest_ok"))
			is_guest = str_is_nocase(str_trim(value), "y");
	}
	if (folder.len == 0)
		return;
	share = share_add(list, "samba", file, 1);
	if (!share)
		return;
	share->name = path_base(path);
	share->path = folder;
	share->clients = STR("*");
	share->is_guest = is_guest && samba_bool(&s->usershare_guests, false);
	share->is_open = share->is_guest;
	share->is_whole_disk = mounts_is_whole_disk(list->h, &list->mounts, folder, true);
}

void shares_samba(struct share_list *list)
{
	struct str dir = STR(USERSHARES);
	const struct str *names;
	struct samba s;
	size_t count;

	samba_read(list->h, &s);
	if (!s.is_there)
		return;
	for (size_t i = 0; i < s.share_count; i++)
		add_share(list, &s.shares[i]);
	if (str_is(s.usershare_max.value, "0"))
		return; /* smbd looks at none of them */
	if (s.usershare_path.value.ptr)
		dir = arena_str(list->a, s.usershare_path.value);
	if (dir.len == 0 || host_list(list->h, dir.ptr, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		add_usershare(list, &s, arena_fmt(list->a, "%s/%s", dir.ptr, names[i].ptr));
}
