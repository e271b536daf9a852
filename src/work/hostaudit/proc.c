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

static int by_number(const void *a, const void *b)
{
	const struct str *x = a;
	const struct str *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return str_cmp(*x, *y);
}

int proc_list(struct host *h, const struct str **ret_pids, size_t *ret_count)
{
	const struct str *names;
	struct str *pids;
	size_t name_count;
	size_t count = 0;
	int rc = host_list(h, "/proc", &names, &name_count);

	if (rc < 0)
		return rc;
	pids = arena_array(host_arena(h), struct str, name_count + 1);
	for (size_t i = 0; i < name_count; i++) {
		uint64_t number;

		if (!str_to_u64(names[i], 10, &number))
			continue;
		if (count >= LIMIT_HOST_PROCESSES) {
			host_gap(h, GAP_LIMIT, "/proc");
			break;
		}
		pids[count++] = names[i];
	}
	if (count > 0)
		qsort(pids, count, sizeof(*pids), by_number);
	*ret_pids = pids;
	*ret_count = count;
	return 0;
}

/* The names that all processes gave themselves, read once. */
static void read_process_names(struct host *h)
{
	struct arena *a = host_arena(h);
	const struct str *pids;
	struct str *names;
	struct arena s;
	struct str text;
	size_t count;

	h->has_process_names = true;
	if (!host_has_proc(h) || proc_list(h, &pids, &count) < 0)
		return;
	names = arena_array(a, struct str, count + 1);
	for (size_t i = 0; i < count; i++) {
		arena_init(&s, 64 * KIB);
		if (host_read_proc(
			    h, proc_path(&s, pids[i], "comm"), PROC_SMALL_BYTES, &s, &text) == 0)
			names[i] = arena_str(a, str_trim(text));
		arena_done(&s);
	}
	h->process_names = names;
	h->process_name_count = count;
}

bool proc_runs(struct host *h, const char *const *programs)
{
	if (!h->has_process_names)
		read_process_names(h);
	for (size_t i = 0; i < h->process_name_count; i++)
		for (size_t n = 0; programs[n]; n++)
			if (str_is(h->process_names[i], programs[n]))
				return true;
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
