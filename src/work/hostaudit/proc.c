#include "work/hostaudit/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"

#define LINK_MAX_BYTES 4096
#define MOUNTINFO_BYTES (64 * KIB)

const char *proc_path(struct arena *a, struct str pid, const char *name)
{
	return arena_fmt(a, "/proc/%.*s/%s", STR_FMT(pid), name).ptr;
}

struct process {
	struct str pid;
	struct proc_stat stat;
	enum { STAT_UNASKED, STAT_THERE, STAT_GONE } state;
};

struct process_list {
	struct process *at;
	struct str *pids; /* parallel */
	size_t count;
	int rc;
	bool is_cut;
};

static int by_number(const void *a, const void *b)
{
	const struct str *x = a;
	const struct str *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return str_cmp(*x, *y);
}

static void take_pids(
	struct host *h, struct process_list *l, const struct str *names, size_t name_count)
{
	uint64_t number;

	l->pids = arena_array(host_arena(h), struct str, name_count + 1);
	for (size_t i = 0; i < name_count; i++) {
		if (!str_to_u64(names[i], 10, &number))
			continue;
		if (l->count >= LIMIT_HOST_PROCESSES) {
			l->is_cut = true;
			break;
		}
		l->pids[l->count++] = names[i];
	}
	if (l->count > 0)
		qsort(l->pids, l->count, sizeof(*l->pids), by_number);
	l->at = arena_array(host_arena(h), struct process, l->count + 1);
	for (size_t i = 0; i < l->count; i++)
		l->at[i].pid = l->pids[i];
}

static struct process_list *processes_of(struct host *h)
{
	const struct str *names = NULL;
	size_t name_count = 0;

	if (!h->processes) {
		h->processes = arena_new(host_arena(h), struct process_list);
		h->processes->rc = host_list(h, "/proc", &names, &name_count);
		if (h->processes->rc == 0)
			take_pids(h, h->processes, names, name_count);
	}
	return h->processes;
}

int proc_list(struct host *h, const struct str **ret_pids, size_t *ret_count)
{
	const struct process_list *l = processes_of(h);
	const struct str *names;
	size_t name_count;

	if (l->rc < 0) /* again, for the gap of whoever asks now */
		return host_list(h, "/proc", &names, &name_count);
	if (l->is_cut)
		host_gap(h, GAP_LIMIT, "/proc");
	*ret_pids = l->pids;
	*ret_count = l->count;
	return 0;
}

static void read_stat(struct host *h, struct process *p)
{
	struct arena scratch;
	struct str text;

	p->state = STAT_GONE;
	arena_init(&scratch, 64 * KIB);
	if (host_read_proc(h, proc_path(&scratch, p->pid, "stat"), PROC_SMALL_BYTES, &scratch,
		    &text) == 0 &&
		proc_stat_parse(text, &p->stat)) {
		p->stat.name = arena_str(host_arena(h), p->stat.name);
		p->state = STAT_THERE;
	}
	arena_done(&scratch);
}

const struct proc_stat *proc_stat_of(struct host *h, struct str pid)
{
	struct process_list *l = processes_of(h);
	const struct str *at = l->count == 0 ?
		NULL :
		bsearch(&pid, l->pids, l->count, sizeof(*l->pids), by_number);
	struct process *p;

	if (!at)
		return NULL;
	p = &l->at[at - l->pids];
	if (p->state == STAT_UNASKED)
		read_stat(h, p);
	return p->state == STAT_THERE ? &p->stat : NULL;
}

bool proc_is_kernel(struct host *h, struct str pid)
{
	const struct proc_stat *stat = proc_stat_of(h, pid);

	return stat && stat->is_kernel;
}

bool proc_runs(struct host *h, const char *const *programs)
{
	const struct process_list *l = host_has_proc(h) ? processes_of(h) : NULL;

	for (size_t i = 0; l && i < l->count; i++) {
		const struct proc_stat *stat = proc_stat_of(h, l->pids[i]);

		for (size_t n = 0; stat && programs[n]; n++)
			if (str_is(stat->name, programs[n]))
				return true;
	}
	return false;
}

int proc_exe(struct host *h, struct str pid, struct proc_exe *ret)
{
	struct arena scratch;
	struct str link;
	int rc;

	arena_init(&scratch, 64 * KIB);
	rc = host_readlink(h, proc_path(&scratch, pid, "exe"), &link);
	arena_done(&scratch);
	if (rc == 0)
		*ret = proc_exe_parse(link);
	return rc;
}

/* False when a link may not be read: the names are open to more eyes than what they lead to. */
static bool read_links(DIR *dir, bool (*one)(void *context, struct str link), void *context)
{
	char text[LINK_MAX_BYTES];
	struct dirent *entry;
	ssize_t n;

	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, text, sizeof(text));
		if (n < 0 && (errno == EACCES || errno == EPERM))
			return false;
		if (n > 0 && !one(context, (struct str){ text, (size_t)n }))
			break;
	}
	return true;
}

int proc_each_fd(
	struct host *h, struct str pid, bool (*one)(void *context, struct str link), void *context)
{
	struct arena scratch;
	const char *path;
	DIR *dir = NULL;
	bool is_allowed;
	int rc = 0;
	int fd;

	arena_init(&scratch, 64 * KIB);
	path = proc_path(&scratch, pid, "fd");
	fd = host_fd(h, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	if (fd >= 0)
		dir = fdopendir(fd);
	is_allowed = dir ? read_links(dir, one, context) : errno != EACCES && errno != EPERM;
	if (!is_allowed) {
		host_gap(h, GAP_RIGHTS, path);
		rc = ERR_DENIED;
	} else if (!dir) {
		rc = ERR_ABSENT;
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	arena_done(&scratch);
	return rc;
}

int64_t proc_read_boot_s(struct host *h)
{
	struct arena scratch;
	struct str text;
	int64_t boot_s = -1;

	arena_init(&scratch, 512 * KIB);
	if (host_read_proc(h, "/proc/stat", 256 * KIB, &scratch, &text) == 0)
		proc_boot_s(text, &boot_s);
	arena_done(&scratch);
	return boot_s;
}

/* "36 35 98:0 /root / rw …": which part of which device is mounted on "/". */
static struct str root_mount(struct str mountinfo)
{
	struct str line, word[5];
	struct str found = STR("");

	while (str_next_line(&mountinfo, &line)) {
		size_t i = 0;

		while (i < COUNT(word) && str_next_word(&line, " ", &word[i]))
			i++;
		if (i == COUNT(word) && str_is(word[4], "/"))
			found = (struct str){ word[2].ptr,
				(size_t)(word[3].ptr + word[3].len - word[2].ptr) };
	}
	return found;
}

bool proc_is_same_root(struct host *h, struct str pid)
{
	struct arena scratch;
	struct str theirs = STR("");
	struct str ours = STR("");
	bool is_same = true;

	arena_init(&scratch, 4 * MOUNTINFO_BYTES);
	if (host_read_proc(h, proc_path(&scratch, pid, "mountinfo"), MOUNTINFO_BYTES, &scratch,
		    &theirs) == 0 &&
		host_read_proc(h, "/proc/self/mountinfo", MOUNTINFO_BYTES, &scratch, &ours) == 0 &&
		theirs.len > 0 && ours.len > 0)
		is_same = str_eq(root_mount(theirs), root_mount(ours));
	arena_done(&scratch);
	return is_same;
}
