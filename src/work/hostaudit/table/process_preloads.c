/* process_preloads: libraries pushed into programs from outside, by /etc/ld.so.preload for all of
 * them or by the environment of one. A honest one belongs to a package. */
#include <string.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/tables.h"

enum column {
	PID,
	NAME,
	EXE,
	VARIABLE,
	LIBRARY,
	PATH,
	IS_PRESENT,
	PACKAGE,
	IS_SAME_ROOT,
	UNIT,
	FILE_NAME,
	LINE,
	IS_OWNER_KNOWN
};

static const struct fact_column columns[] = {
	[PID] = { "pid", FACT_INT, T("số tiến trình; trống: mọi chương trình") },
	[NAME] = { "name", FACT_TEXT, T("tên tiến trình tự khai") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình") },
	[VARIABLE] = { "variable", FACT_TEXT, T("LD_PRELOAD, LD_AUDIT hoặc ld.so.preload") },
	[LIBRARY] = { "library", FACT_TEXT, T("thư viện như đã ghi") },
	[PATH] = { "path", FACT_TEXT, T("tệp thư viện được nạp") },
	[IS_PRESENT] = { "is_present", FACT_INT, T("1: tệp thư viện còn trên đĩa") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói phần mềm có thư viện đó") },
	[IS_SAME_ROOT] = { "is_same_root", FACT_INT,
		T("0: tiến trình nằm trong vùng chứa có hệ thống tệp riêng") },
	[UNIT] = { "unit", FACT_TEXT, T("dịch vụ systemd") },
	[FILE_NAME] = { "file", FACT_TEXT, T("nơi ghi") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[IS_OWNER_KNOWN] = { "is_owner_known", FACT_INT,
		T("0: không đọc được cơ sở dữ liệu gói nên không biết tệp thuộc gói nào") },
	{ 0 },
};

#define PRELOADS_MAX 512
#define PRELOAD_FILE "/etc/ld.so.preload"

struct preload {
	struct str pid; /* "" for the file */
	const char *variable;
	struct str library, path;
	bool is_present;
	int64_t line;
};

struct walk {
	struct host *h;
	struct arena *a;
	VEC(struct preload) preloads;
};

/* A name without a slash is looked up as the loader does, in the places Debian and Red Hat have. */
static struct str find_library(struct walk *w, struct str library, bool *ret_is_present)
{
	static const char *const dirs[] = { "/usr/lib/x86_64-linux-gnu",
		"/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib",
		"/lib/x86_64-linux-gnu", "/lib64", "/lib" };
	struct str path = library;

	if (str_has(library, '/')) {
		*ret_is_present =
			library.ptr[0] == '/' && host_exists(w->h, arena_cstr(w->a, library));
		return library;
	}
	*ret_is_present = false;
	for (size_t i = 0; i < COUNT(dirs) && !*ret_is_present; i++) {
		path = arena_fmt(w->a, "%s/%.*s", dirs[i], STR_FMT(library));
		*ret_is_present = host_exists(w->h, path.ptr);
	}
	return *ret_is_present ? path : library;
}

static void add(
	struct walk *w, struct str pid, const char *variable, struct str library, int64_t line)
{
	struct preload *p;

	if (w->preloads.len >= PRELOADS_MAX) {
		host_gap(w->h, GAP_LIMIT, "/proc/*/environ");
		return;
	}
	p = vec_add(w->a, &w->preloads);
	*p = (struct preload){ .pid = pid, .variable = variable, .line = line };
	p->library = arena_str(w->a, str_until(library, 4096));
	p->path = find_library(w, p->library, &p->is_present);
}

/* Blanks and colons part the names, '#' begins a comment. */
static void read_file(struct walk *w)
{
	const struct host_file *file;
	struct str rest, line, word;
	int64_t number = 0;

	if (host_read(w->h, PRELOAD_FILE, &file) != 0)
		return;
	rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		ptrdiff_t comment = str_find_char(line, '#');

		number++;
		if (comment >= 0)
			line = str_until(line, (size_t)comment);
		while (str_next_word(&line, " \t:", &word))
			add(w, STR(""), "ld.so.preload", word, number);
	}
}

static void read_environ(struct walk *w, struct str pid)
{
	static const struct {
		const char *name, *separators;
	} variables[] = { { "LD_PRELOAD", " :" }, { "LD_AUDIT", ":" } };
	struct arena scratch;
	struct str text, value, word;

	arena_init(&scratch, PROC_ENVIRON_BYTES + 64 * KIB);
	if (host_read_proc(w->h, proc_path(&scratch, pid, "environ"), PROC_ENVIRON_BYTES, &scratch,
		    &text) == 0)
		for (size_t i = 0; i < COUNT(variables); i++)
			if (proc_environ_find(text, variables[i].name, &value))
				while (str_next_word(&value, variables[i].separators, &word))
					add(w, pid, variables[i].name, word, 0);
	arena_done(&scratch);
}

static void put_process(struct walk *w, struct str pid, struct fact_rows *rows)
{
	const struct proc_stat *stat = proc_stat_of(w->h, pid);
	struct proc_exe exe;
	struct arena s;
	struct str text;
	int64_t number = 0;

	str_to_i64(pid, &number);
	fact_int(rows, PID, number);
	fact_int(rows, IS_SAME_ROOT, proc_is_same_root(w->h, pid));
	if (stat)
		fact_text(rows, NAME, stat->name);
	arena_init(&s, 64 * KIB);
	if (host_read_proc(w->h, proc_path(&s, pid, "cgroup"), PROC_SMALL_BYTES, &s, &text) == 0 &&
		proc_cgroup_unit(text).len > 0)
		fact_text(rows, UNIT, proc_cgroup_unit(text));
	if (proc_exe(w->h, pid, &exe) == 0)
		fact_text(rows, EXE, exe.path);
	arena_done(&s);
}

static void put_row(struct walk *w, const struct preload *p, const struct package_of *package,
	struct fact_rows *rows)
{
	fact_row(rows);
	fact_cstr(rows, VARIABLE, p->variable);
	fact_text(rows, LIBRARY, p->library);
	fact_text(rows, PATH, p->path);
	fact_int(rows, IS_PRESENT, p->is_present);
	if (package->package.len > 0)
		fact_text(rows, PACKAGE, package->package);
	fact_int(rows, IS_OWNER_KNOWN, package_manager_of(w->h) != PACKAGES_UNREAD);
	if (p->pid.len > 0) {
		put_process(w, p->pid, rows);
	} else {
		fact_int(rows, IS_SAME_ROOT, 1);
		fact_cstr(rows, FILE_NAME, PRELOAD_FILE);
		fact_int(rows, LINE, p->line);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct walk w = { .h = h, .a = host_arena(h) };
	struct package_of *packages;
	const struct str *pids = NULL;
	size_t count = 0;

	(void)e;
	read_file(&w);
	if (host_has_proc(h))
		proc_list(h, &pids, &count);
	for (size_t i = 0; i < count; i++)
		if (!proc_is_kernel(h, pids[i]))
			read_environ(&w, pids[i]);
	packages = arena_array(w.a, struct package_of, w.preloads.len + 1);
	for (size_t i = 0; i < w.preloads.len; i++)
		packages[i].path = w.preloads.at[i].path;
	package_of(h, packages, w.preloads.len);
	for (size_t i = 0; i < w.preloads.len; i++)
		put_row(&w, &w.preloads.at[i], &packages[i], rows);
	return 0;
}

const struct fact_table process_preloads_table = {
	.name = "process_preloads",
	.words = T("Thư viện bị ép nạp vào chương trình (ld.so.preload, LD_PRELOAD, LD_AUDIT)"),
	.flags = FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
