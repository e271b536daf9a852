/* table_packages.c - packages as dpkg knows them. A machine with rpm only has a gap here: its
 * database is not read, and no package must not look like "none is installed". */
#include "work/hostaudit/apt.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/tables.h"

enum { NAME, VERSION, ARCH, STATE, IS_INSTALLED, IS_HELD, SECTION };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên gói") },
	[VERSION] = { "version", FACT_TEXT, T("phiên bản") },
	[ARCH] = { "arch", FACT_TEXT, T("kiến trúc") },
	[STATE] = { "state", FACT_TEXT, T("trạng thái theo dpkg") },
	[IS_INSTALLED] = { "is_installed", FACT_INT, T("đang được cài") },
	[IS_HELD] = { "is_held", FACT_INT, T("bị giữ, không nâng cấp") },
	[SECTION] = { "section", FACT_TEXT, T("nhóm gói") },
	{ 0 },
};

static bool add(void *context, const struct dpkg_package *p)
{
	struct fact_rows *rows = context;
	struct str state = dpkg_state(p->status);

	fact_row(rows);
	fact_text(rows, NAME, p->name);
	fact_text(rows, VERSION, p->version);
	fact_text(rows, ARCH, p->arch);
	fact_text(rows, STATE, state);
	fact_int(rows, IS_INSTALLED, str_is(state, "installed"));
	fact_int(rows, IS_HELD, str_starts(p->status, "hold "));
	fact_text(rows, SECTION, p->section);
	return true;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char *const rpm[] = { "/var/lib/rpm", "/usr/lib/sysimage/rpm",
		"/lib/apk/db/installed", "/var/lib/pacman/local" };

	if (dpkg_each(h, add, rows) != ERR_ABSENT)
		return 0;
	for (size_t i = 0; i < COUNT(rpm); i++)
		if (host_exists(h, rpm[i])) {
			host_gap(h, GAP_SYNTAX, rpm[i]);
			return 0;
		}
	host_gap(h, GAP_UNREADABLE, "/var/lib/dpkg/status");
	return 0;
}

const struct fact_table packages_table = {
	.name = "packages",
	.words = T("gói phần mềm đã cài"),
	.columns = columns,
	.fill = fill,
};
