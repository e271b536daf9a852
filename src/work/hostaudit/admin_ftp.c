/* admin_ftp.c - FTP servers, by what they ask of those who log in. */
#include "work/hostaudit/remote_admin.h"

static void put_vsftpd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "vsftpd.service", NULL };
	static const char *const paths[] = { "/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf" };
	struct arena *a = host_arena(h);
	struct admin row = { .service = "ftp", .name = STR("vsftpd.service") };
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct setting local = { 0 }, ssl = { 0 }, force = { 0 }, at = { 0 };
		struct str file = str_of(paths[i]);
		struct str bytes = host_bytes(h, file, &file);

		if (bytes.len == 0)
			continue;
		ini_last(bytes, file, "", "local_enable", a, &local);
		ini_last(bytes, file, "", "ssl_enable", a, &ssl);
		ini_last(bytes, file, "", "force_local_logins_ssl", a, &force);
		ini_last(bytes, file, "", "listen_address", a, &at);
		ini_last(bytes, file, "", "listen_address6", a, &at);
		row.found = arena_fmt(a, "vsftpd local_enable=%.*s ssl_enable=%.*s",
			STR_FMT(local.value.ptr ? local.value : STR("NO")),
			STR_FMT(ssl.value.ptr ? ssl.value : STR("NO")));
		row.plain = str_bool(local.value, false) &&
				!(str_bool(ssl.value, false) && str_bool(force.value, true)) &&
				!admin_is_local_address(at.value) ?
			PLAIN_YES :
			PLAIN_NO;
		row.file = file;
		row.line = ssl.value.ptr ? ssl.line : local.line;
		admin_add(list, &row);
		return;
	}
	row.plain = PLAIN_UNKNOWN;
	row.reason = "ftp-tls";
	row.file = unit.file;
	admin_add(list, &row);
}

static void put_proftpd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "proftpd.service", NULL };
	static const char *const patterns[] = { "/etc/proftpd/proftpd.conf",
		"/etc/proftpd/tls.conf", "/etc/proftpd/conf.d/*.conf", "/etc/proftpd.conf" };
	struct admin row = { .service = "ftp",
		.name = STR("proftpd.service"),
		.plain = PLAIN_YES,
		.found = STR("proftpd TLSEngine: –") };
	bool is_on = false, is_required = false;
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		const struct str *paths;
		size_t count;

		if (host_glob(h, patterns[i], &paths, &count) != 0)
			continue;
		for (size_t p = 0; p < count; p++) {
			struct ini ini;
			struct ini_entry entry;

			ini_init(&ini, host_bytes(h, paths[p], NULL), INI_BLANK, NULL);
			while (ini_next(&ini, &entry)) {
				if (str_is_nocase(entry.key, "TLSEngine"))
					is_on = str_bool(entry.value, false);
				else if (str_is_nocase(entry.key, "TLSRequired"))
					is_required = !str_bool(entry.value, true) ? false : true;
				else
					continue;
				row.file = paths[p];
				row.line = entry.line;
			}
		}
	}
	if (is_on) {
		/* the module may be left out, and the file not be included: a person has to look */
		row.plain = is_required ? PLAIN_UNKNOWN : PLAIN_YES;
		row.reason = is_required ? "ftp-tls" : NULL;
		row.found = is_required ? STR("proftpd TLSEngine on, TLSRequired on") :
					  STR("proftpd TLSEngine on, TLSRequired: –");
	}
	if (!row.file.ptr)
		row.file = unit.file;
	admin_add(list, &row);
}

static void put_pureftpd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "pure-ftpd.service", NULL };
	struct str file = STR("/etc/pure-ftpd/conf/TLS");
	struct str value;
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	value = str_trim(host_bytes(h, file, NULL));
	admin_add(list,
		&(struct admin){ .service = "ftp",
			.name = STR("pure-ftpd.service"),
			.found = arena_fmt(host_arena(h), "pure-ftpd TLS=%.*s",
				STR_FMT(value.len ? str_until(value, 10) : STR("0"))),
			.plain = str_is(value, "2") || str_is(value, "3") ? PLAIN_NO : PLAIN_YES,
			.file = file,
			.line = 1 });
}

void admin_ftp(struct host *h, struct admin_list *list)
{
	put_vsftpd(h, list);
	put_proftpd(h, list);
	put_pureftpd(h, list);
}
