/* packages.c - packages as dpkg or rpm knows them. A machine with another package manager has
 * a gap here: no package must not look like "none is installed". */
#include "work/hostaudit/apt.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/rpmdb.h"
#include "work/hostaudit/tables.h"

enum { NAME, VERSION, ARCH, STATE, IS_INSTALLED, IS_HELD, SECTION };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên gói") },
	[VERSION] = { "version", FACT_TEXT, T("phiên bản") },
	[ARCH] = { "arch", FACT_TEXT, T("kiến trúc") },
	[STATE] = { "state", FACT_TEXT, T("trạng thái theo trình quản lý gói") },
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
	fact_int(rows, IS_INSTALLED, dpkg_is_here(p->status));
	fact_int(rows, IS_HELD, str_starts(p->status, "hold "));
	fact_text(rows, SECTION, p->section);
	return true;
}

static bool add_rpm(void *context, struct rpm_package *p)
{
	struct fact_rows *rows = context;

	fact_row(rows);
	fact_text(rows, NAME, p->name);
	fact_text(rows, VERSION, p->version);
	fact_text(rows, ARCH, p->arch);
	fact_cstr(rows, STATE, "installed");
	fact_int(rows, IS_INSTALLED, 1);
	fact_text(rows, SECTION, p->group);
	return true;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char *const unread[] = { "/var/lib/rpm", "/usr/lib/sysimage/rpm",
		"/lib/apk/db/installed", "/var/lib/pacman/local" };

	if (package_manager_of(h) == PACKAGES_RPM) {
		(void)rpmdb_each(h, add_rpm, rows); /* what it could not read is a gap */
		return 0;
	}
	if (dpkg_each(h, add, rows) != ERR_ABSENT)
		return 0;
	for (size_t i = 0; i < COUNT(unread); i++)
		if (host_exists(h, unread[i])) {
			host_gap(h, GAP_FOREIGN, unread[i]);
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
