/* software: programs that the law speaks of by kind (packs/checks/data/software.csv), found by
 * their files, so that it does not matter who packaged them. */
#include <string.h>

#include "work/hostaudit/apt.h"
#include "work/hostaudit/data.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/tables.h"

enum { NAME, KIND, PATH, PROCESS, PACKAGE, BUILT_AT };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên") },
	[KIND] = { "kind", FACT_TEXT, T("loại: p2p, p2p-maybe, browser, browser-dead") },
	[PATH] = { "path", FACT_TEXT, T("dấu hiệu cài đặt") },
	[PROCESS] = { "process", FACT_TEXT, T("tên tiến trình") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói của Debian, Ubuntu; trống: không đến từ đó") },
	[BUILT_AT] = { "built_at_s", FACT_INT, T("lúc làm ra chương trình, giây UTC") },
	{ 0 },
};

/* Image builders set the time of every file to a day of 1970 or 1980: that tells nothing. */
#define EPOCH_TIMES_S 946684800

/* The newest file of a pattern; STR_NONE for none. */
static struct str newest(struct host *h, const char *pattern, struct host_stat *ret)
{
	struct str best = STR_NONE;
	const struct str *paths;
	struct host_stat st;
	size_t count;

	if (host_glob(h, pattern, &paths, &count) != 0)
		return best;
	for (size_t i = 0; i < count; i++)
		if (host_stat(h, paths[i].ptr, &st) == 0 &&
			(!best.ptr || st.mtime_s > ret->mtime_s)) {
			best = paths[i];
			*ret = st;
		}
	return best;
}

static void show(struct fact_rows *rows, const struct data_software *d, struct str path)
{
	fact_row(rows);
	fact_cstr(rows, NAME, d->name);
	fact_cstr(rows, KIND, d->kind);
	fact_text(rows, PATH, path);
	fact_cstr(rows, PROCESS, d->process);
	fact_cstr(rows, PACKAGE, d->package);
}

struct listed {
	struct fact_rows *rows;
	bool *is_shown; /* by the number in data_software */
};

/* A package of dpkg whose program lies nowhere that was looked. */
static bool show_listed(void *context, const struct dpkg_package *p)
{
	struct listed *l = context;

	if (!dpkg_is_here(p->status))
		return true;
	for (size_t i = 0; i < data_software_count; i++) {
		const struct data_software *d = &data_software[i];

		if (l->is_shown[i] || !str_starts(str_of(d->kind), "p2p") ||
			!str_is(p->name, d->package))
			continue;
		l->is_shown[i] = true;
		show(l->rows, d, p->name);
	}
	return true;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct listed listed = { .rows = rows,
		.is_shown = arena_alloc(host_arena(h), data_software_count * sizeof(bool)) };

	(void)e;
	memset(listed.is_shown, 0, data_software_count * sizeof(bool));
	for (size_t i = 0; i < data_software_count; i++) {
		const struct data_software *d = &data_software[i];
		struct str path = str_of(d->path);
		struct host_stat st = { 0 };

		if (str_has(path, '*'))
			path = newest(h, d->path, &st);
		else if (!host_exists(h, d->path) || host_stat(h, d->path, &st) != 0)
			path = STR_NONE;
		if (!path.ptr)
			continue;
		show(rows, d, path);
		/* one program of a package is enough */
		for (size_t k = 0; k < data_software_count; k++)
			listed.is_shown[k] |= d->package &&
				str_is(str_of(data_software[k].package), d->package);
		if (str_starts(str_of(d->kind), "browser") && st.mtime_s > EPOCH_TIMES_S)
			fact_int(rows, BUILT_AT, st.mtime_s);
	}
	dpkg_each(h, show_listed, &listed);
	return 0;
}

const struct fact_table software_table = {
	.name = "software",
	.words = T("phần mềm ngang hàng và trình duyệt đã cài"),
	.columns = columns,
	.fill = fill,
};
