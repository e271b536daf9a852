/* kernel_modules: what is loaded into the kernel, by its own list and by /sys, which a rootkit that
 * takes itself out of the list often forgets. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/tables.h"

enum column { NAME, TAINT, IS_HIDDEN };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên mô-đun") },
	[TAINT] = { "taint", FACT_TEXT,
		T("dấu của nhân: O ngoài nhân, E không có chữ ký, P mã đóng, F nạp cưỡng bức") },
	[IS_HIDDEN] = { "is_hidden", FACT_INT, T("1: có trong /sys nhưng bị giấu khỏi danh sách") },
	{ 0 },
};

#define MODULES_BYTES (1 * MIB)
#define MODULES_MAX 4096

struct modules {
	struct host *h;
	struct arena *a;
	VEC(struct str) names;
};

static bool is_listed(const struct modules *m, struct str name)
{
	for (size_t i = 0; i < m->names.len; i++)
		if (str_eq(m->names.at[i], name))
			return true;
	return false;
}

static void put(struct fact_rows *rows, struct str name, struct str taint, bool is_hidden)
{
	fact_row(rows);
	fact_text(rows, NAME, name);
	fact_text(rows, TAINT, taint);
	fact_int(rows, IS_HIDDEN, is_hidden);
}

/* Built-in ones have a folder there too, but no state of loading. */
static void read_sys(struct modules *m, struct fact_rows *rows)
{
	const struct str *names;
	size_t count;

	if (host_list(m->h, "/sys/module", &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *dir = arena_fmt(m->a, "/sys/module/%.*s", STR_FMT(names[i])).ptr;
		struct str state;

		if (is_listed(m, names[i]) ||
			host_read_proc(m->h, arena_fmt(m->a, "%s/initstate", dir).ptr, 64, m->a,
				&state) != 0)
			continue;
		/* one on its way in or out is not in the list either */
		if (str_is(str_trim(state), "live"))
			put(rows, names[i], STR(""), true);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct modules m = { .h = h, .a = host_arena(h) };
	struct str text, line, name, taint;

	(void)e;
	if (host_read_proc(h, "/proc/modules", MODULES_BYTES, m.a, &text) != 0)
		return 0; /* a kernel without modules */
	while (str_next_line(&text, &line)) {
		if (m.names.len >= MODULES_MAX || !proc_module_line(line, &name, &taint)) {
			host_gap(h, m.names.len >= MODULES_MAX ? GAP_LIMIT : GAP_SYNTAX,
				"/proc/modules");
			return 0;
		}
		vec_push(m.a, &m.names, name);
		put(rows, name, taint, false);
	}
	read_sys(&m, rows);
	return 0;
}

const struct fact_table kernel_modules_table = {
	.name = "kernel_modules",
	.words = T("Mô-đun đang nạp trong nhân hệ điều hành"),
	.flags = FACT_LIVE,
	.columns = columns,
	.fill = fill,
};
