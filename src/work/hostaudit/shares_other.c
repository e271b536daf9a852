/* FTP without a name (vsftpd), rsync modules, volumes of Netatalk, and servers we only see. */
#include "work/hostaudit/samba.h"
#include "work/hostaudit/shares.h"

/* "KEY=VALUE", no blanks allowed; the last one wins. */
static struct setting vsftpd_value(
	struct str bytes, struct str file, const char *key, struct arena *a)
{
	struct setting s = { 0 };
	struct str line, name, value;
	int number = 0;

	while (str_next_line(&bytes, &line)) {
		number++;
		if (!str_starts(line, "#") && str_split(line, '=', &name, &value) &&
			str_is_nocase(name, key))
			setting_win(&s, a, str_trim(value), file, number);
	}
	return s;
}

static bool vsftpd_yes(const struct setting *s, bool otherwise)
{
	if (!s->value.ptr)
		return otherwise;
	return str_is_nocase(s->value, "yes") || str_is_nocase(s->value, "true") ||
		str_is(s->value, "1");
}

static void add_ftp_guest(struct share_list *list, struct str file, int line)
{
	struct share *s = share_add(list, "ftp", file, line);

	if (!s)
		return;
	s->name = STR("anonymous");
	s->path = STR("~ftp");
	s->clients = STR("*");
	s->is_guest = s->is_open = true;
}

/* "<Anonymous ~ftp>" in a file of ProFTPD. */
void shares_proftpd(struct share_list *list)
{
	static const char *const patterns[] = { "/etc/proftpd/proftpd.conf", "/etc/proftpd.conf",
		"/etc/proftpd/conf.d/*.conf" };
	const struct str *paths;
	struct str rest, line, word;
	size_t count;

	for (size_t p = 0; p < COUNT(patterns); p++) {
		if (host_glob(list->h, patterns[p], &paths, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			rest = host_bytes(list->h, paths[i], NULL);
			for (int n = 1; str_next_line(&rest, &line); n++)
				if (str_next_word(&line, " \t>", &word) &&
					str_is_nocase(word, "<Anonymous"))
					add_ftp_guest(list, paths[i], n);
		}
	}
}

/* Debian's wrapper reads one file for each option: "no" in NoAnonymous lets guests in. */
void shares_pureftpd(struct share_list *list)
{
	struct str file = STR("/etc/pure-ftpd/conf/NoAnonymous");
	struct str said = str_trim(host_bytes(list->h, file, &file));

	if (str_is_nocase(said, "no"))
		add_ftp_guest(list, file, 1);
}

void shares_ftp(struct share_list *list)
{
	static const char *const files[] = { "/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf" };

	for (size_t i = 0; i < COUNT(files); i++) {
		const struct host_file *file;
		struct setting anonymous, root;
		struct share *s;

		if (host_read(list->h, files[i], &file) != 0)
			continue;
		anonymous = vsftpd_value(file->bytes, file->path, "anonymous_enable", list->a);
		root = vsftpd_value(file->bytes, file->path, "anon_root", list->a);
		s = share_add(list, "ftp", file->path, anonymous.line);
		if (!s)
			return;
		s->name = STR("anonymous");
		s->path = root.value.ptr ? root.value : STR("~ftp");
		s->clients = STR("*");
		s->lost = anonymous.lost;
		s->is_guest = s->is_open = vsftpd_yes(&anonymous, true);
		s->is_whole_disk = s->is_guest && root.value.ptr &&
			mounts_is_whole_disk(list->h, &list->mounts, root.value, true);
		return;
	}
}

/* rsyncd.conf is of Samba's family: names ignore case and blanks, what stands before the first
 * module is the default of all. */
struct module {
	struct str name;
	int line;
	struct setting path, users, hosts;
};

static void take_value(
	struct module *m, const struct samba_line *line, struct str file, struct arena *a)
{
	if (str_is(line->name, "path"))
		setting_win(&m->path, a, line->value, file, line->line);
	else if (str_is(line->name, "authusers"))
		setting_win(&m->users, a, line->value, file, line->line);
	else if (str_is(line->name, "hostsallow"))
		setting_win(&m->hosts, a, line->value, file, line->line);
}

static void add_module(struct share_list *list, const struct module *m, struct str file)
{
	bool has_hosts = m->hosts.value.ptr && m->hosts.value.len > 0;
	struct share *s;

	if (m->name.len == 0 || !m->path.value.ptr || m->path.value.len == 0)
		return;
	s = share_add(list, "rsync", file, m->users.value.ptr ? m->users.line : m->line);
	if (!s)
		return;
	s->name = m->name;
	s->path = m->path.value;
	s->clients = has_hosts ? m->hosts.value : STR("*");
	s->is_guest = !m->users.value.ptr || m->users.value.len == 0;
	s->is_open = s->is_guest && !has_hosts;
	s->is_whole_disk = mounts_is_whole_disk(list->h, &list->mounts, m->path.value, true);
}

void shares_rsync(struct share_list *list)
{
	struct str file = STR("/etc/rsyncd.conf");
	struct module defaults = { 0 };
	struct module module = { 0 };
	struct samba_reader reader;
	struct samba_line line;
	struct str bytes = host_bytes(list->h, file, NULL);

	samba_reader_init(&reader, bytes, list->a);
	while (samba_next(&reader, &line)) {
		if (line.name.len == 0) {
			add_module(list, &module, file);
			module = defaults;
			module.name =
				str_is_nocase(line.section, "global") ? STR("") : line.section;
			module.line = line.line;
		} else if (str_starts(line.name, "&")) {
			host_gap(list->h, GAP_SYNTAX, file.ptr);
		} else {
			take_value(module.name.len > 0 ? &module : &defaults, &line, file, list->a);
		}
	}
	add_module(list, &module, file);
	if (str_starts(bytes, "&") || str_find(bytes, STR("\n&")) >= 0)
		host_gap(list->h, GAP_SYNTAX, file.ptr);
}

/* ---- Netatalk: afp.conf is of the same form; a volume with a list of users has no guests ---- */

static bool has_guests(
	struct share_list *list, struct str bytes, struct str file, struct setting *ret)
{
	struct samba_reader reader;
	struct samba_line line;
	struct str uam;

	samba_reader_init(&reader, bytes, list->a);
	while (samba_next(&reader, &line))
		if (str_is_nocase(line.section, "Global") && str_is(line.name, "uamlist"))
			setting_win(ret, list->a, line.value, file, line.line);
	for (struct str rest = ret->value; str_next_word(&rest, " \t,", &uam);)
		if (str_is(uam, "uams_guest.so"))
			return true;
	return false;
}

static void add_volume(
	struct share_list *list, const struct module *m, const struct setting *uam, bool has_guest)
{
	bool has_hosts = m->hosts.value.len > 0, has_users = m->users.value.len > 0;
	struct share *s;

	if (m->name.len == 0 || m->path.value.len == 0)
		return;
	s = share_add(list, "afp", m->path.file, m->path.line);
	if (!s)
		return;
	s->name = m->name;
	s->path = m->path.value;
	s->clients = has_hosts ? m->hosts.value : STR("*");
	s->is_guest = has_guest && !has_users;
	s->is_open = s->is_guest && !has_hosts;
	s->is_whole_disk = mounts_is_whole_disk(list->h, &list->mounts, m->path.value, true);
	if (s->is_guest)
		s->line = uam->line;
}

void shares_netatalk(struct share_list *list)
{
	static const char *const files[] = { "/etc/netatalk/afp.conf", "/etc/afp.conf",
		"/usr/local/etc/afp.conf" };
	struct module volume = { 0 };
	struct setting uam = { 0 };
	struct samba_reader reader;
	struct samba_line line;
	struct str bytes = STR(""), file;
	bool has_guest;

	for (size_t i = 0; i < COUNT(files) && bytes.len == 0; i++)
		bytes = host_bytes(list->h, str_of(files[i]), &file);
	has_guest = has_guests(list, bytes, file, &uam);
	samba_reader_init(&reader, bytes, list->a);
	while (samba_next(&reader, &line)) {
		if (line.name.len == 0) {
			add_volume(list, &volume, &uam, has_guest);
			volume = (struct module){ .name = str_is_nocase(line.section, "Global") ||
						str_is_nocase(line.section, "Homes") ?
					STR("") :
					line.section };
		} else if (str_is(line.name, "validusers")) {
			setting_win(&volume.users, list->a, line.value, file, line.line);
		} else {
			take_value(&volume, &line, file, list->a);
		}
	}
	add_volume(list, &volume, &uam, has_guest);
}

/* ---- servers whose settings are not read: that they share is all that is told ---- */

static void add_unread(struct share_list *list, const char *kind, const char *path)
{
	struct share *s =
		host_exists(list->h, path) ? share_add(list, kind, str_of(path), 0) : NULL;

	if (!s)
		return;
	s->name = s->path = str_of(path);
	s->is_guest = s->is_open = s->is_whole_disk = SHARE_UNKNOWN;
	s->guest_reason = s->disk_reason = "not-read";
}

void shares_ksmbd(struct share_list *list)
{
	add_unread(list, "samba", "/etc/ksmbd/ksmbd.conf");
}

void shares_ganesha(struct share_list *list)
{
	add_unread(list, "nfs", "/etc/ganesha/ganesha.conf");
}
