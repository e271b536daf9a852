/* hidden.c - three views of the same processes: the listing of /proc, the members of the control
 * groups, and the kernel's answer for each number. A rootkit that takes names out of the listing
 * rarely takes them out of the other two. */
#include "work/hostaudit/hidden.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kit/text/text.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/rights.h"

#define CGROUP_TOP "/sys/fs/cgroup"
#define CGROUP_DEPTH 24
#define PROCS_BYTES (1 * MIB)
#define TRIES 4 /* a process that begins or ends while we look must not be taken for hidden */
#define TRIES_DEEP 64 /* to find a quiet moment: they cost less than asking every number */
#define STEADY_MAX 2  /* so many quiet tries whose counts differ: they will not agree */
#define PAUSE_US 3000
#define SWEEP_STEP 65536
#define CANDIDATES_MAX 4096

struct look {
	struct host *h;
	struct arena *a;
	struct hidden_sweep *s;
	unsigned char *known; /* a bit for each number that /proc lists, threads included */
	int64_t highest;      /* of them */
	dev_t proc;           /* the device of /proc: what lies over a folder of it has another */
	VEC(int64_t) crowds;  /* listed processes of several threads */
	VEC(struct hidden_process) candidates;
	size_t cgroups;
};

bool hidden_loadavg(struct str text, int64_t *ret_tasks, int64_t *ret_newest)
{
	struct str word[5], before, all;
	int64_t tasks, newest;

	for (size_t i = 0; i < COUNT(word); i++)
		if (!str_next_word(&text, " \n", &word[i]))
			return false;
	if (!str_split(word[3], '/', &before, &all) || !str_to_i64(all, &tasks) ||
		!str_to_i64(word[4], &newest) || tasks < 0 || newest < 0)
		return false;
	*ret_tasks = tasks;
	*ret_newest = newest;
	return true;
}

bool hidden_next_pid(struct str *rest, int64_t *ret)
{
	struct str line;
	int64_t pid;

	while (str_next_line(rest, &line))
		if (str_to_i64(line, &pid) && pid > 0 && pid < (int64_t)LIMIT_PROCESS_NUMBER) {
			*ret = pid;
			return true;
		}
	return false;
}

/* ---- the listing ---- */

static void know(struct look *l, int64_t number)
{
	if (number <= 0 || number >= (int64_t)LIMIT_PROCESS_NUMBER)
		return;
	l->known[number / 8] |= (unsigned char)(1u << number % 8);
	if (number > l->highest)
		l->highest = number;
}

static bool is_known(const struct look *l, int64_t number)
{
	return l->known[number / 8] >> number % 8 & 1;
}

/* Call ONE for each number that a folder has as a name, now: nothing is remembered. */
static bool each_number(
	struct look *l, const char *path, void (*one)(struct look *l, int64_t number))
{
	int fd = host_fd(l->h, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int64_t number;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((entry = readdir(dir)))
		if (str_to_i64(str_of(entry->d_name), &number))
			one(l, number);
	closedir(dir);
	return true;
}

/* In a tree that was copied: as /proc/N/stat says. */
static int64_t threads_told(struct look *l, int64_t pid)
{
	struct proc_stat stat;
	struct arena s;
	struct str text;
	int64_t threads = 0;

	arena_init(&s, 64 * KIB);
	if (host_read_proc(l->h, arena_fmt(&s, "/proc/%lld/stat", (long long)pid).ptr,
		    PROC_SMALL_BYTES, &s, &text) == 0 &&
		proc_stat_parse(text, &stat))
		threads = stat.threads;
	arena_done(&s);
	return threads;
}

/* Threads are the links of /proc/N/task beyond the two of any folder: one call, as processes may
 * begin and end while they are counted. */
static int64_t threads_of(struct look *l, int64_t pid)
{
	char path[64];
	struct stat st;

	if (!host_is_live(l->h))
		return threads_told(l, pid);
	snprintf(path, sizeof(path), "/proc/%lld/task", (long long)pid);
	if (host_fstat_at(l->h, path, &st) != 0 || st.st_dev != l->proc || st.st_nlink < 3)
		return 0;
	return (int64_t)st.st_nlink - 2;
}

static void take_listed(struct look *l, int64_t pid)
{
	int64_t threads = threads_of(l, pid);

	l->s->listed++;
	if (pid > l->highest)
		l->highest = pid;
	if (threads == 0)
		return; /* it has ended, or something lies over it: then its number still answers */
	know(l, pid);
	l->s->tasks += threads;
	if (threads > 1)
		vec_push(l->a, &l->crowds, pid);
}

static bool count_listed(struct look *l)
{
	l->s->listed = l->s->tasks = 0;
	l->crowds.len = 0;
	return each_number(l, "/proc", take_listed);
}

static void know_threads(struct look *l)
{
	char path[64];

	for (size_t i = 0; i < l->crowds.len; i++) {
		snprintf(path, sizeof(path), "/proc/%lld/task", (long long)l->crowds.at[i]);
		each_number(l, path, know);
	}
}

static bool list(struct look *l)
{
	bool is_listed = count_listed(l);

	know_threads(l);
	return is_listed;
}

/* ---- the control groups ---- */

static void take_group(struct look *l, const char *path)
{
	struct arena s;
	struct str text;
	int64_t pid;

	arena_init(&s, 2 * PROCS_BYTES);
	if (host_read_proc(l->h, arena_fmt(&s, "%s/cgroup.procs", path).ptr, PROCS_BYTES, &s,
		    &text) == 0) {
		l->cgroups++;
		while (hidden_next_pid(&text, &pid))
			if (!is_known(l, pid) && l->candidates.len < CANDIDATES_MAX)
				vec_push(l->a, &l->candidates,
					((struct hidden_process){ .pid = pid,
						.seen_in = "cgroup",
						.where = arena_str(l->a,
							str_from(str_of(path),
								strlen(CGROUP_TOP))) }));
	}
	arena_done(&s);
}

static void walk_groups(struct look *l, const char *path, int depth)
{
	const struct str *names;
	size_t count;

	if (l->cgroups >= LIMIT_CGROUPS || depth > CGROUP_DEPTH) {
		host_gap(l->h, GAP_LIMIT, path);
		return;
	}
	take_group(l, path);
	if (host_list(l->h, path, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *below = arena_fmt(l->a, "%s/%.*s", path, STR_FMT(names[i])).ptr;
		struct host_stat st;

		/* the many files of a group all have a dot in their name */
		if ((!str_has(names[i], '.') || str_ends(names[i], ".slice") ||
			    str_ends(names[i], ".service") || str_ends(names[i], ".scope") ||
			    str_ends(names[i], ".mount") || str_ends(names[i], ".swap") ||
			    str_ends(names[i], ".socket")) &&
			host_lstat(l->h, below, &st) == 0 && S_ISDIR(st.mode))
			walk_groups(l, below, depth + 1);
	}
}

/* The one hierarchy that every process is in: version 2, or systemd's own of version 1. */
static void look_at_groups(struct look *l)
{
	static const char *const tops[] = { CGROUP_TOP, CGROUP_TOP "/unified",
		CGROUP_TOP "/systemd", CGROUP_TOP "/pids" };

	for (size_t i = 0; i < COUNT(tops); i++) {
		const char *procs = arena_fmt(l->a, "%s/cgroup.procs", tops[i]).ptr;

		if (!host_exists(l->h, procs))
			continue;
		walk_groups(l, tops[i], 0);
		break;
	}
	l->s->cgroups = (int64_t)l->cgroups;
}

/* ---- the numbers ---- */

static int64_t read_number(struct host *h, const char *path)
{
	struct arena s;
	struct str text;
	int64_t number = 0;

	arena_init(&s, 64 * KIB);
	if (host_read_proc(h, path, 64, &s, &text) == 0)
		str_to_i64(str_trim(text), &number);
	arena_done(&s);
	return number;
}

static bool read_loadavg(struct host *h, int64_t *ret_tasks, int64_t *ret_newest)
{
	struct arena s;
	struct str text;
	bool is_told;

	arena_init(&s, 64 * KIB);
	is_told = host_read_proc(h, "/proc/loadavg", 256, &s, &text) == 0 &&
		hidden_loadavg(text, ret_tasks, ret_newest);
	arena_done(&s);
	return is_told;
}

/* The cheapest question that names a process by its number, and needs no right over it. */
static bool does_answer(int64_t pid)
{
	return sched_getscheduler((pid_t)pid) >= 0 || errno != ESRCH;
}

/* False: nothing can be told, because a filter around this process answers in the
 * kernel's place. */
static bool sweep(struct look *l, int64_t to)
{
	if (does_answer(INT32_MAX)) /* above every number there can be */
		return false;
	for (int64_t pid = 1; pid <= to; pid++) {
		if (!is_known(l, pid) && does_answer(pid) && l->candidates.len < CANDIDATES_MAX)
			vec_push(l->a, &l->candidates,
				((struct hidden_process){
					.pid = pid, .seen_in = "kernel", .where = STR("") }));
		if (pid % SWEEP_STEP == 0)
			host_progress(l->h, T("hỏi từng số tiến trình"), (size_t)pid, (size_t)to);
	}
	l->s->swept_to = to;
	return to > 0;
}

/* Does the kernel count as many threads as /proc lists? In a process namespace it counts
 * those of the whole machine, and this never holds. */
static bool do_counts_agree(struct look *l)
{
	int64_t before, after, newest;
	int tries = !host_is_live(l->h) ? 1 : host_is_deep(l->h) ? TRIES_DEEP : TRIES, steady = 0;

	for (int i = 0; i < tries; i++) {
		if (!read_loadavg(l->h, &before, &newest) || !count_listed(l) ||
			!read_loadavg(l->h, &after, &newest))
			return false;
		l->s->tasks_all = after;
		if (before == after && l->s->tasks == after) {
			know_threads(l);
			return true;
		}
		if (before == after && ++steady == STEADY_MAX)
			return false;
	}
	return false;
}

/* An ordinary audit is content when the kernel counts no more threads than are listed. A deep one
 * then asks every number up to the newest all the same: of a hidden process above it, from before
 * the numbers began anew, the count would tell. Where the counts differ or cannot be compared, as
 * in a process namespace, the deep one asks every number there can be, an ordinary one those up to
 * the newest. */
static void look_at_numbers(struct look *l, bool do_agree)
{
	int64_t tasks, newest = 0, to;
	bool is_deep = host_is_deep(l->h);

	l->s->number_max = read_number(l->h, "/proc/sys/kernel/pid_max");
	l->s->is_complete = do_agree;
	if (!host_is_live(l->h) || (do_agree && !is_deep) ||
		!read_loadavg(l->h, &tasks, &newest))
		return;
	to = newest > l->highest ? newest : l->highest;
	if (!do_agree && l->s->number_max > to &&
		(is_deep || l->s->number_max <= (int64_t)LIMIT_LIGHT_SWEEP))
		to = l->s->number_max;
	if (to > (int64_t)LIMIT_PROCESS_NUMBER - 1)
		to = LIMIT_PROCESS_NUMBER - 1;
	if (sweep(l, to))
		l->s->is_complete = true;
}

/* ---- is it so? ---- */

/* Threads answer to their number and are listed below their process only. */
static bool is_thread_of_listed(struct look *l, int64_t pid)
{
	struct arena s;
	struct str text, line, value;
	int64_t leader = 0;

	arena_init(&s, 64 * KIB);
	if (host_read_proc(l->h, arena_fmt(&s, "/proc/%lld/status", (long long)pid).ptr,
		    PROC_SMALL_BYTES, &s, &text) == 0)
		while (str_next_line(&text, &line))
			if (str_starts(line, "Tgid:")) {
				value = str_trim(str_from(line, 5));
				if (!str_to_i64(value, &leader))
					leader = 0;
				break;
			}
	arena_done(&s);
	return leader > 0 && leader != pid && leader < (int64_t)LIMIT_PROCESS_NUMBER &&
		is_known(l, leader);
}

static bool is_still_hidden(struct look *l, int64_t pid)
{
	if (is_known(l, pid) || is_thread_of_listed(l, pid))
		return false;
	return !host_is_live(l->h) || does_answer(pid);
}

/* List anew, several times: what began after the first listing turns up, what has ended does not
 * answer any more. */
static void confirm(struct look *l)
{
	const struct timespec pause = { .tv_nsec = PAUSE_US * 1000L };
	int64_t listed = l->s->listed, tasks = l->s->tasks;

	for (int i = 0; i < TRIES && l->candidates.len > 0; i++) {
		size_t left = 0;

		if (host_is_live(l->h))
			nanosleep(&pause, NULL);
		list(l);
		for (size_t n = 0; n < l->candidates.len; n++)
			if (is_still_hidden(l, l->candidates.at[n].pid))
				l->candidates.at[left++] = l->candidates.at[n];
		l->candidates.len = left;
	}
	l->s->listed = listed; /* as they were when they were compared */
	l->s->tasks = tasks;
	for (size_t i = 0; i < l->candidates.len; i++) {
		bool is_again = false;

		for (size_t n = 0; n < i && !is_again; n++)
			is_again = l->candidates.at[n].pid == l->candidates.at[i].pid;
		if (!is_again)
			vec_push(l->a, &l->s->found, l->candidates.at[i]);
	}
}

static void look(struct host *h, struct hidden_sweep *ret)
{
	struct look l = { .h = h, .a = host_arena(h), .s = ret };
	struct stat proc;
	bool do_agree;

	if (host_is_live(h) && !rights_read_all())
		return; /* what is not shown to this user is not hidden */
	if (host_fstat_at(h, "/proc", &proc) == 0)
		l.proc = proc.st_dev;
	l.known = calloc(LIMIT_PROCESS_NUMBER / 8, 1);
	if (!l.known)
		abort();
	do_agree = do_counts_agree(&l);
	if (do_agree || list(&l)) {
		look_at_groups(&l);
		look_at_numbers(&l, do_agree);
		confirm(&l);
	}
	free(l.known);
}

const struct hidden_sweep *hidden_of(struct host *h)
{
	if (!h->hidden) {
		h->hidden = arena_new(&h->arena, struct hidden_sweep);
		look(h, h->hidden);
	}
	return h->hidden;
}
