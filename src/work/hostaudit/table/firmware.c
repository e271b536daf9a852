/* firmware.c - passwords of the firmware (BIOS, UEFI): whether they are set, never what they
 * are. The driver of the maker is asked first, then SMBIOS. */
#include "work/hostaudit/blocks.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/smbios.h"
#include "work/hostaudit/tables.h"

#define DMI_FILE "/sys/firmware/dmi/tables/DMI"
#define DMI_BYTES (256 * KIB)
#define ATTRIBUTES "/sys/class/firmware-attributes"

enum { SOURCE, ADMIN, POWER_ON, FILE_PATH };

static const struct fact_column columns[] = {
	[SOURCE] = { "source", FACT_TEXT, T("nguồn: trình điều khiển của hãng, hoặc SMBIOS") },
	[ADMIN] = { "admin_password", FACT_TEXT,
		T("mật khẩu vào phần cấu hình: on, off, unsupported, unknown") },
	[POWER_ON] = { "power_on_password", FACT_TEXT,
		T("mật khẩu bật máy, cùng các trị số trên") },
	[FILE_PATH] = { "file", FACT_TEXT, T("nơi đọc") },
	{ 0 },
};

static const char *const states[] = { "off", "on", "unsupported", "unknown" };

/* One kind of password of one driver: "Admin", "Setup Password"; its role tells what it guards. */
static void show_attribute(
	struct host *h, struct fact_rows *rows, struct str folder, struct str driver)
{
	struct arena *a = host_arena(h);
	struct str enabled = sys_line(h, arena_fmt(a, "%.*s/is_enabled", STR_FMT(folder)).ptr);
	struct str role = sys_line(h, arena_fmt(a, "%.*s/role", STR_FMT(folder)).ptr);
	const char *state = str_is(enabled, "1") ? "on" : str_is(enabled, "0") ? "off" : "unknown";

	if (!str_is(role, "bios-admin") && !str_is(role, "power-on"))
		return;
	fact_row(rows);
	fact_text(rows, SOURCE, driver);
	fact_cstr(rows, str_is(role, "bios-admin") ? ADMIN : POWER_ON, state);
	fact_text(rows, FILE_PATH, arena_fmt(a, "%.*s/is_enabled", STR_FMT(folder)));
}

static void read_attributes(struct host *h, struct fact_rows *rows)
{
	struct arena *a = host_arena(h);
	const struct str *drivers, *kinds;
	size_t driver_count, kind_count;

	if (host_list(h, ATTRIBUTES, &drivers, &driver_count) < 0)
		return;
	for (size_t i = 0; i < driver_count; i++) {
		struct str folder =
			arena_fmt(a, ATTRIBUTES "/%.*s/authentication", STR_FMT(drivers[i]));

		if (host_list(h, folder.ptr, &kinds, &kind_count) < 0)
			continue;
		for (size_t k = 0; k < kind_count; k++)
			show_attribute(h, rows,
				arena_fmt(a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(kinds[k])),
				drivers[i]);
	}
}

static void read_smbios(struct host *h, struct fact_rows *rows)
{
	enum firmware_password admin, power_on;
	struct str table;

	if (host_read_head(h, DMI_FILE, DMI_BYTES, &table) < 0 ||
		!smbios_passwords(table, &admin, &power_on))
		return;
	fact_row(rows);
	fact_cstr(rows, SOURCE, "SMBIOS");
	fact_cstr(rows, ADMIN, states[admin]);
	fact_cstr(rows, POWER_ON, states[power_on]);
	fact_cstr(rows, FILE_PATH, DMI_FILE);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	read_attributes(h, rows);
	read_smbios(h, rows);
	return 0;
}

const struct fact_table firmware_table = {
	.name = "firmware",
	.words = T("mật khẩu của phần sụn (BIOS, UEFI): có đặt hay không"),
	.flags = FACT_LIVE,
	.columns = columns,
	.fill = fill,
};
