/* hidden.h - private to hostaudit: processes that /proc does not list although the kernel knows
 * them. */
#ifndef WORK_HIDDEN_H
#define WORK_HIDDEN_H

#include "base/base.h"
#include "work/hostaudit/host.h"

/* "0.31 0.98 0.54 1/90 20068": tasks there are, and the newest process number. */
bool hidden_loadavg(struct str text, int64_t *ret_tasks, int64_t *ret_newest);
/* The next process number of a cgroup.procs; lines that are none are passed over. False at the end.
 * 0 stands for a process of another namespace and is passed over too. */
bool hidden_next_pid(struct str *rest, int64_t *ret);

struct hidden_process {
	int64_t pid;
	const char *seen_in; /* "cgroup" or "kernel" (it answered when asked by number) */
	struct str where;    /* the cgroup, or "" */
};

struct hidden_sweep {
	VEC(struct hidden_process) found;
	int64_t listed;           /* in /proc */
	int64_t swept_to;         /* every number up to it was asked; 0: none could be */
	int64_t number_max;       /* /proc/sys/kernel/pid_max; 0: not told */
	int64_t tasks, tasks_all; /* threads listed, threads the kernel counts; 0: not compared */
	int64_t cgroups;          /* control groups read */
	bool is_complete;         /* nothing could have stayed hidden from this */
};

/* Look, once a run. What could not be read is a gap of the table that asks first. Lives as long as
 * the host. */
const struct hidden_sweep *hidden_of(struct host *h);

#endif
