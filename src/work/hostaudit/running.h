/* running.h - private to hostaudit: what runs on the machine and from which files, read from /proc
 * once and shared by several tables; and what the package manager says of those files. */
#ifndef WORK_RUNNING_H
#define WORK_RUNNING_H

#include "work/hostaudit/proc.h"
#include "work/hostaudit/verify.h"

/* A root file system that processes see: the machine's own (the first) or a container's. */
struct running_root {
	struct str name; /* "" the machine's, else "mnt:[4026532281]" */
	struct str pid;  /* a process in it */
};

enum file_state {
	FILE_INTACT, /* as the package has it */
	FILE_ALTERED,
	FILE_CONFIG,      /* the package leaves it to the administrator */
	FILE_NO_SUM,      /* the package brings no checksum of it */
	FILE_UNPACKAGED,  /* of no package */
	FILE_NO_DATABASE, /* this root has no package database that is understood */
	FILE_UNREADABLE,
	FILE_UNCHECKED, /* an ordinary audit does not hash so much */
	FILE_GONE,      /* nothing is at that path, or it is seen in the container only */
};
const char *file_state_name(enum file_state state); /* "intact", "altered" … */

/* A file that runs or that code was mapped from. */
struct running_file {
	struct str path;
	size_t root;          /* index of a running_root */
	size_t program_count; /* processes whose program it is */
	size_t mapped_count;  /* processes that map code from it */
	size_t process;       /* index of the first of them */
	struct str package;   /* "" none */
	enum file_state state;
	const char *proof; /* "md5", "sha256", "times"; "" when nothing was compared */
	const char *gap;   /* FILE_UNREADABLE: why */
	struct str digest; /* deep, of what no package vouches for: "sha256:…"; else "" */
	size_t next;       /* 1 + index of the next with the same hash, or 0 */
};

struct running_process {
	struct str pid, name;
	struct proc_exe exe;
	bool has_exe, is_kernel;
	size_t root;
	int64_t ppid, threads;
};

/* Executable memory that no file on the disk answers for. */
struct running_code {
	size_t process;
	struct str path;  /* "" for nameless memory */
	const char *kind; /* "deleted", "memfd", "temporary", "writable" (deep only) */
};

struct running {
	VEC(struct running_process) processes;
	VEC(struct running_file) files;
	VEC(struct running_code) codes;
	VEC(struct running_root) roots;
	bool has_packages; /* the files' packages and states are known: running_files() was asked */
};

/* Everything, read at the first call; what could not be read is a gap of the table that asks. Lives
 * as long as the host. ERR_ABSENT when /proc cannot be listed. */
int running_of(struct host *h, const struct running **ret);
/* The same for one who only wants to know what will be asked: no gap is told. NULL: no /proc. */
const struct running *running_peek(struct host *h);
/* The same with package and state of each file. */
int running_files(struct host *h, const struct running **ret);
/* Is it a file in /tmp, /var/tmp or /dev/shm, where anybody may put one? */
bool is_temporary_path(struct str path);

#endif
