/* proc.h - private to hostaudit: what /proc says of each process, live or recorded below a root.
 * The parsers are pure; the readers hold no more than one process at a time. */
#ifndef WORK_PROC_H
#define WORK_PROC_H

#include "base/base.h"
#include "work/hostaudit/host.h"

#define PROC_SMALL_BYTES (8 * KIB) /* stat, status, cgroup, a command line */
#define PROC_ENVIRON_BYTES (128 * KIB)

struct proc_stat {
	struct str name; /* borrowed from the text */
	int64_t ppid;
	int64_t threads;
	int64_t start_ticks; /* since boot, 100 a second */
	bool is_kernel;
};
/* The text of /proc/PID/stat. The name may hold blanks and brackets: the last ')' ends it. */
bool proc_stat_parse(struct str text, struct proc_stat *ret);
/* The effective user of a /proc/PID/status. */
bool proc_status_uid(struct str text, int64_t *ret);
/* "btime" of /proc/stat. */
bool proc_boot_s(struct str text, int64_t *ret);

struct proc_mapping {
	struct str path; /* without " (deleted)"; "" for nameless memory */
	uint64_t inode;
	bool is_executable, is_writable, is_deleted;
};
/* One line of /proc/PID/maps. */
bool proc_maps_parse(struct str line, struct proc_mapping *ret);

/* The value of NAME in a /proc/PID/environ; false when it is not set. */
bool proc_environ_find(struct str environ, const char *name, struct str *ret);
/* The systemd unit a /proc/PID/cgroup names, deepest first; "" when none. */
struct str proc_cgroup_unit(struct str text);

/* A line of /proc/modules: the name and the letters of its taint, "" when clean. */
bool proc_module_line(struct str line, struct str *ret_name, struct str *ret_taint);

/* What /proc/PID/exe links to. */
struct proc_exe {
	struct str path; /* "" for a kernel thread; without " (deleted)" */
	bool is_deleted, is_memfd;
};
struct proc_exe proc_exe_parse(struct str link);
/* 0; ERR_ABSENT for a kernel thread or one that is gone; else a gap. The path lives as the host. */
int proc_exe(struct host *h, struct str pid, struct proc_exe *ret);

/* A command line fit to be shown: the program, names of options without their values, paths; any
 * other argument, which may be a secret, becomes "…". Lives in A. */
struct str proc_command(struct arena *a, struct str cmdline);

/* What /proc/PID/stat says of a listed process, read once for all tables; NULL when it is gone. */
const struct proc_stat *proc_stat_of(struct host *h, struct str pid);
/* A thread of the kernel: it has no command line, no environment and no open files. */
bool proc_is_kernel(struct host *h, struct str pid);

/* The numeric names in /proc, by number. At most LIMIT_HOST_PROCESSES, then a gap. */
int proc_list(struct host *h, const struct str **ret_pids, size_t *ret_count);
/* Does a process call itself by one of PROGRAMS (ended by NULL)? */
bool proc_runs(struct host *h, const char *const *programs);
/* /proc/PID/NAME as a path; lives in A. */
const char *proc_path(struct arena *a, struct str pid, const char *name);
/* Call ONE with the text of each link in /proc/PID/fd until it returns false. 0, or <0 with a gap
 * unless the process is gone. */
int proc_each_fd(
	struct host *h, struct str pid, bool (*one)(void *context, struct str link), void *context);
/* When the machine started, in seconds since 1970; -1 when /proc does not tell. */
int64_t proc_read_boot_s(struct host *h);
#define PROC_TICKS_PER_S 100 /* what /proc counts in, whatever the kernel's own rate */
/* Does PID see the same root file system as this program? True when it cannot be told that it does
 * not (a recorded tree without mountinfo). */
bool proc_is_same_root(struct host *h, struct str pid);

#endif
