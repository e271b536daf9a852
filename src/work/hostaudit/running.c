#include "work/hostaudit/running.h"

#include <string.h>

#include "work/hostaudit/host_int.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/running_int.h"

#define CODE_ROWS_MAX 20000
#define CODE_PER_PROCESS_MAX 64
#define ROOTS_MAX 256

/* While /proc is read the gaps are kept under this name, to be told to every table that asks. */
const struct fact_table running_gaps = { .name = "" };

struct walk {
	struct host *h;
	struct arena *a;
	struct running *r;
	struct str own_mounts; /* "mnt:[…]" of this process; "" when /proc does not tell */
	size_t of_process;     /* odd mappings of the process at hand */
	size_t last_file;      /* the file of the former mapping, 1 + index: they come in runs */
};

bool is_temporary_path(struct str path)
{
	return str_starts(path, "/tmp/") || str_starts(path, "/var/tmp/") ||
		str_starts(path, "/dev/shm/");
}

/* ---- files ---- */

static size_t slot_of(struct str path, size_t root)
{
	uint32_t hash = 2166136261u ^ (uint32_t)root;

	for (size_t i = 0; i < path.len; i++)
		hash = (hash ^ (unsigned char)path.ptr[i]) * 16777619u;
	return hash % RUNNING_SLOTS;
}

/* The file of PATH in the root of the process at hand; NULL at the ceiling. */
static struct running_file *file_at(struct walk *w, struct str path, size_t root)
{
	struct running *r = w->r;
	size_t *slot = &((struct running_all *)r)->slots[slot_of(path, root)];
	struct running_file *f;

	for (size_t at = *slot; at > 0; at = r->files.at[at - 1].next)
		if (r->files.at[at - 1].root == root && str_eq(r->files.at[at - 1].path, path))
			return &r->files.at[at - 1];
	if (r->files.len >= LIMIT_RUNNING_FILES) {
		host_gap(w->h, GAP_LIMIT, "/proc/*/maps");
		return NULL;
	}
	f = vec_add(w->a, &r->files);
	*f = (struct running_file){ .path = arena_str(w->a, path),
		.root = root,
		.process = r->processes.len - 1,
		.package = STR(""),
		.digest = STR(""),
		.proof = "",
		.next = *slot };
	*slot = r->files.len;
	return f;
}

/* ---- mappings ---- */

/* Names the kernel itself gives to memory that never was a file. */
static bool is_kernel_name(struct str path)
{
	static const char *const names[] = { "/dev/zero", "/SYSV", "/[aio]", "/anon_hugepage",
		"/drm mm object", "/i915", "/dri" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_starts(path, names[i]))
			return true;
	return false;
}

static const char *kind_of(const struct walk *w, const struct proc_mapping *m)
{
	if (m->path.len == 0)
		return m->is_writable && host_is_deep(w->h) ? "writable" : NULL;
	if (m->path.ptr[0] != '/')
		return NULL;
	if (str_starts(m->path, "/memfd:"))
		return "memfd";
	if (m->is_deleted)
		return is_kernel_name(m->path) ? NULL : "deleted";
	return is_temporary_path(m->path) ? "temporary" : NULL;
}

static void add_code(struct walk *w, struct str path, const char *kind)
{
	struct running *r = w->r;

	for (size_t i = r->codes.len - w->of_process; i < r->codes.len; i++)
		if (str_eq(r->codes.at[i].path, path))
			return;
	if (w->of_process >= CODE_PER_PROCESS_MAX)
		return;
	if (r->codes.len >= CODE_ROWS_MAX) {
		host_gap(w->h, GAP_LIMIT, "/proc/*/maps");
		return;
	}
	w->of_process++;
	*vec_add(w->a, &r->codes) = (struct running_code){
		.process = r->processes.len - 1, .path = arena_str(w->a, path), .kind = kind
	};
}

static bool take_mapping(void *context, struct str line)
{
	struct walk *w = context;
	struct running_file *f;
	struct proc_mapping m;
	const char *kind;

	ptrdiff_t rights = str_find_char(line, ' ');

	/* nine lines of ten are no code: they are not worth taking apart */
	if (rights < 0 || str_from(line, (size_t)rights).len < 4 || line.ptr[rights + 3] != 'x' ||
		!proc_maps_parse(line, &m) || !m.is_executable)
		return true;
	kind = kind_of(w, &m);
	if (kind)
		add_code(w, m.path, kind);
	if (m.path.len == 0 || m.path.ptr[0] != '/' || m.is_deleted ||
		str_starts(m.path, "/memfd:"))
		return true;
	if (w->last_file && str_eq(w->r->files.at[w->last_file - 1].path, m.path))
		return true;
	f = file_at(w, m.path, w->r->processes.at[w->r->processes.len - 1].root);
	if (!f)
		return false;
	f->mapped_count++;
	w->last_file = (size_t)(f - w->r->files.at) + 1;
	return true;
}

/* ---- processes ---- */

static size_t add_root(struct walk *w, struct str name, struct str pid)
{
	if (w->r->roots.len >= ROOTS_MAX) {
		host_gap(w->h, GAP_LIMIT, "/proc/*/ns/mnt");
		return 0;
	}
	vec_push(w->a, &w->r->roots, ((struct running_root){ .name = name, .pid = pid }));
	return w->r->roots.len - 1;
}

/* Which root PID sees. Most services have a mount namespace of their own and still the machine's
 * root: that is asked once for each namespace. */
static size_t root_of(struct walk *w, struct str pid)
{
	struct arena scratch;
	struct str name = STR("");
	size_t root = 0;
	int rc;

	arena_init(&scratch, 64 * KIB);
	rc = host_readlink(w->h, proc_path(&scratch, pid, "ns/mnt"), &name);
	arena_done(&scratch);
	if (rc != 0)
		return proc_is_same_root(w->h, pid) ? 0 : add_root(w, STR("?"), pid);
	if (str_eq(name, w->own_mounts))
		return 0;
	for (size_t i = 0; i < w->r->roots.len; i++)
		if (str_eq(w->r->roots.at[i].name, name))
			return i;
	for (size_t i = 0; i < ((struct running_all *)w->r)->shared.len; i++)
		if (str_eq(((struct running_all *)w->r)->shared.at[i], name))
			return 0;
	if (proc_is_same_root(w->h, pid))
		vec_push(w->a, &((struct running_all *)w->r)->shared, name);
	else
		root = add_root(w, name, pid);
	return root;
}

static void read_program(struct walk *w, struct running_process *p)
{
	struct running_file *f;

	p->root = root_of(w, p->pid);
	if (!p->has_exe || p->exe.is_deleted || p->exe.path.len == 0)
		return;
	f = file_at(w, p->exe.path, p->root);
	if (f)
		f->program_count++;
}

static void read_process(struct walk *w, struct str pid)
{
	const struct proc_stat *stat = proc_stat_of(w->h, pid);
	struct running_process *p;
	struct arena s;

	if (!stat)
		return;
	p = vec_add(w->a, &w->r->processes);
	*p = (struct running_process){ .pid = pid,
		.name = stat->name,
		.is_kernel = stat->is_kernel,
		.ppid = stat->ppid,
		.threads = stat->threads };
	w->of_process = w->last_file = 0;
	if (stat->is_kernel)
		return;
	p->has_exe = proc_exe(w->h, pid, &p->exe) == 0;
	read_program(w, p);
	arena_init(&s, 64 * KIB);
	host_read_lines(w->h, proc_path(&s, pid, "maps"), take_mapping, w);
	arena_done(&s);
}

static int read_all(struct host *h, struct running *r)
{
	struct walk w = { .h = h, .a = host_arena(h), .r = r, .own_mounts = STR("") };
	const struct str *pids;
	size_t count;

	add_root(&w, STR(""), STR("self"));
	host_readlink(h, "/proc/self/ns/mnt", &w.own_mounts);
	if (proc_list(h, &pids, &count) < 0)
		return ERR_ABSENT;
	for (size_t i = 0; i < count; i++)
		read_process(&w, pids[i]);
	return 0;
}

/* What was noted while the shared part was read is a gap of the table that asks for it, too. */
static void tell_gaps(struct host *h)
{
	for (size_t i = 0; i < h->gaps.len; i++)
		if (h->gaps.at[i].table == &running_gaps)
			host_gap(h, h->gaps.at[i].reason.ptr, h->gaps.at[i].path.ptr);
}

struct running_all *running_once(struct host *h)
{
	const struct fact_table *asking = h->filling;
	struct running_all *all;

	if (h->running)
		return (struct running_all *)h->running;
	h->filling = &running_gaps;
	all = arena_new(host_arena(h), struct running_all);
	h->running = &all->r;
	all->rc = read_all(h, &all->r);
	h->filling = asking;
	return all;
}

const struct running *running_peek(struct host *h)
{
	const struct running_all *all = running_once(h);

	return all->rc == 0 ? &all->r : NULL;
}

int running_given(struct host *h, const struct running_all *all, const struct running **ret)
{
	tell_gaps(h);
	if (all->rc < 0)
		return all->rc;
	*ret = &all->r;
	return 0;
}

int running_of(struct host *h, const struct running **ret)
{
	return running_given(h, running_once(h), ret);
}
