/* remote_settings: how safely remote desktops and SNMP are set, one row for each setting that
 * decides, of services that are switched on. No community or password is ever given. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/snmp.h"
#include "work/hostaudit/tables.h"

enum { SERVICE, UNIT, SETTING, VALUE, IS_LOCAL, FILE_PATH, LINE, LOST };

static const struct fact_column columns[] = {
	[SERVICE] = { "service", FACT_TEXT, T("loại dịch vụ: rdp, snmp") },
	[UNIT] = { "unit", FACT_TEXT, T("đơn vị systemd") },
	[SETTING] = { "setting", FACT_TEXT, T("tên thiết lập") },
	[VALUE] = { "value", FACT_TEXT, T("giá trị có hiệu lực, không có bí mật") },
	[IS_LOCAL] = { "is_local", FACT_INT, T("1: chỉ dùng được ngay trong máy này") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ 0 },
};

struct place {
	const char *service, *unit;
	bool is_local;
};

static void put(struct fact_rows *rows, const struct place *p, struct str name,
	const struct setting *s, struct str fallback)
{
	fact_row(rows);
	fact_cstr(rows, SERVICE, p->service);
	fact_cstr(rows, UNIT, p->unit);
	fact_text(rows, SETTING, name);
	fact_text(rows, VALUE, str_until(s->value.ptr ? s->value : fallback, 200));
	fact_int(rows, IS_LOCAL, p->is_local);
	if (!s->file.ptr)
		return;
	fact_text(rows, FILE_PATH, s->file);
	if (s->line > 0)
		fact_int(rows, LINE, s->line);
	fact_text(rows, LOST, s->lost);
}

/* ---- xrdp ---- */

/* Names of sections and keys in xrdp.ini do not mind case; the last value of a key counts. */
static void take_xrdp(
	struct host *h, struct str bytes, struct str file, const char *key, struct setting *s)
{
	struct ini ini;
	struct ini_entry entry;

	ini_init(&ini, bytes, 0, NULL);
	while (ini_next(&ini, &entry))
		if (str_is_nocase(entry.section, "Globals") && str_is_nocase(entry.key, key) &&
			entry.value.ptr)
			setting_win(s, host_arena(h), entry.value, file, entry.line);
}

static bool is_loopback_port(struct str port)
{
	return str_starts(port, "tcp://.:") || str_starts(port, "tcp://127.") ||
		str_starts(port, "tcp6://.:") || str_starts(port, "tcp6://{::1}") ||
		str_starts(port, "unix://") || str_starts(port, "vsock://");
}

static void put_xrdp(struct host *h, struct fact_rows *rows)
{
	static const struct {
		const char *key, *fallback;
	} keys[] = { { "security_layer", "negotiate" }, { "crypt_level", "high" },
		{ "ssl_protocols", "TLSv1.2, TLSv1.3" } };
	struct place place = { .service = "rdp", .unit = "xrdp.service" };
	struct str file = STR("/etc/xrdp/xrdp.ini");
	struct setting port = { 0 }, address = { 0 };
	struct str bytes, rest, word;

	if (systemd_unit(h, place.unit).state != UNIT_ENABLED)
		return;
	bytes = host_bytes(h, file, &file);
	take_xrdp(h, bytes, file, "port", &port);
	take_xrdp(h, bytes, file, "address", &address);
	rest = port.value;
	place.is_local = str_starts(address.value, "127.") || str_is(address.value, "::1");
	if (!place.is_local && rest.len > 0) {
		place.is_local = true;
		while (str_next_word(&rest, " ,", &word))
			place.is_local = place.is_local && is_loopback_port(word);
	}
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct setting s = { 0 };

		take_xrdp(h, bytes, file, keys[i].key, &s);
		if (!s.file.ptr)
			s.file = file;
		put(rows, &place, str_of(keys[i].key), &s, str_of(keys[i].fallback));
	}
}

/* GNOME's own server speaks RDP over TLS only, once it is on. */
static void put_gnome(struct host *h, struct fact_rows *rows)
{
	const struct place place = { .service = "rdp", .unit = "gnome-remote-desktop.service" };
	struct unit unit = systemd_unit(h, place.unit);
	struct setting s = { .value = STR("tls") };

	if (unit.state != UNIT_ENABLED)
		return;
	s.file = unit.file;
	put(rows, &place, STR("security_layer"), &s, STR(""));
}

/* ---- SNMP ---- */

struct snmp {
	struct host *h;
	struct fact_rows *rows;
	struct place place;
	struct setting address;
	bool is_writing; /* the second time through: the address is known */
};

static void take_snmp(void *context, const struct snmp_entry *entry, struct str file)
{
	struct snmp *s = context;
	struct place place = s->place;
	struct setting at = { .file = file, .line = entry->line };

	if (entry->kind == SNMP_ADDRESS && !s->is_writing)
		setting_win(&s->address, host_arena(s->h), entry->value, file, entry->line);
	if (!s->is_writing || (entry->kind != SNMP_COMMUNITY && entry->kind != SNMP_USER))
		return;
	place.is_local = place.is_local || (entry->kind == SNMP_COMMUNITY && entry->is_local);
	at.value = entry->kind == SNMP_COMMUNITY ? STR("***") : entry->value;
	put(s->rows, &place, entry->word, &at, STR(""));
}

static void put_snmp(struct host *h, struct fact_rows *rows)
{
	struct snmp s = {
		.h = h, .rows = rows, .place = { .service = "snmp", .unit = "snmpd.service" }
	};
	struct setting command = { 0 };
	struct str addresses;

	if (systemd_unit(h, s.place.unit).state != UNIT_ENABLED)
		return;
	systemd_unit_command(h, s.place.unit, &command);
	addresses = snmp_command_addresses(command.value, host_arena(h));
	for (int turn = 0; turn < 2; turn++) {
		s.is_writing = turn == 1;
		if (s.is_writing && addresses.len > 0)
			setting_win(
				&s.address, host_arena(h), addresses, command.file, command.line);
		s.place.is_local = snmp_is_local(s.address.value);
		snmp_each(h, command.value, take_snmp, &s);
	}
	put(rows, &s.place, STR("agentaddress"), &s.address, STR("*"));
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	put_xrdp(h, rows);
	put_gnome(h, rows);
	put_snmp(h, rows);
	return 0;
}

const struct fact_table remote_settings_table = {
	.name = "remote_settings",
	.words = T("thiết lập quyết định độ an toàn của màn hình từ xa và SNMP"),
	.columns = columns,
	.fill = fill,
};
