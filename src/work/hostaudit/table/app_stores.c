/* app_stores: software that keeps itself up to date beside the system's packages: snaps. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"

enum { STORE, IS_AUTO, FOUND, FILE_PATH };

static const struct fact_column columns[] = {
	[STORE] = { "store", FACT_TEXT, T("kho phần mềm") },
	[IS_AUTO] = { "is_auto", FACT_INT, T("1: tự cập nhật; trống: chưa rõ") },
	[FOUND] = { "found", FACT_TEXT, T("thiết lập tìm thấy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	{ 0 },
};

/* The text after "hold" : of the "refresh" settings of snapd; "" when none is set. The state is one
 * line of JSON that also holds secrets: only this word is taken. */
static struct str hold_of(struct str state)
{
	ptrdiff_t at = str_find(state, STR("\"refresh\":{"));
	struct str settings;
	ptrdiff_t end;

	if (at < 0)
		return STR("");
	settings = str_from(state, (size_t)at);
	end = str_find_char(settings, '}');
	settings = end < 0 ? settings : str_until(settings, (size_t)end);
	at = str_find(settings, STR("\"hold\":\""));
	if (at < 0)
		return STR("");
	settings = str_from(settings, (size_t)at + 8);
	end = str_find_char(settings, '"');
	return end < 0 ? STR("") : str_until(settings, (size_t)end);
}

/* "forever", or a day that has not passed. */
static bool is_held(struct host *h, struct str hold)
{
	struct date until;

	if (hold.len == 0)
		return false;
	if (hold.len < 10 || !date_parse(str_until(hold, 10), &until))
		return str_is(hold, "forever");
	return date_to_days(until) >= date_to_days(date_at(host_now_s(h)));
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char state_path[] = "/var/lib/snapd/state.json";
	const struct str *snaps;
	struct str hold;
	size_t count;
	bool is_on;

	(void)e;
	if (host_glob(h, "/var/lib/snapd/snaps/*.snap", &snaps, &count) != 0 || count == 0)
		return 0;
	hold = hold_of(host_bytes(h, str_of(state_path), NULL));
	is_on = systemd_unit(h, "snapd.service").state == UNIT_ENABLED ||
		systemd_unit(h, "snapd.socket").state == UNIT_ENABLED;
	fact_row(rows);
	fact_cstr(rows, STORE, "snap");
	fact_int(rows, IS_AUTO, is_on && !is_held(h, hold));
	fact_text(rows, FOUND,
		arena_fmt(host_arena(h), "%zu snaps; snapd: %s; refresh.hold: %.*s", count,
			is_on ? "on" : "off",
			STR_FMT(hold.len > 0 ? str_until(hold, 30) : STR("-"))));
	fact_cstr(rows, FILE_PATH, state_path);
	return 0;
}

const struct fact_table app_stores_table = {
	.name = "app_stores",
	.words = T("kho phần mềm tự cập nhật bên ngoài gói của hệ điều hành"),
	.columns = columns,
	.fill = fill,
};
