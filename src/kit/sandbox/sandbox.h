/* sandbox.h - floor 2: a process gives up what it does not need, before it meets a stranger's byte.
 * The one call says what the process may do; everything else ends it or is refused. */
#ifndef KIT_SANDBOX_H
#define KIT_SANDBOX_H

#include "base/base.h"

/* What a process may do beside computing and using the descriptors it has. Nobody may exec, trace,
 * load, mount, or make a user namespace. */
enum sandbox_may {
	SANDBOX_MAY_FILES = 1,     /* open files: where, the folders below say */
	SANDBOX_MAY_ACCEPT = 2,    /* take and use connections on sockets that are open already */
	SANDBOX_MAY_NETLINK = 4,   /* ask the kernel about its own network, nobody else */
	SANDBOX_MAY_FORK = 8,      /* make processes, signal and reap them */
	SANDBOX_MAY_CONFINE = 16,  /* enter a narrower sandbox, change to another user */
	SANDBOX_MAY_DATAGRAM = 32, /* make UDP sockets: to tell senders apart, each needs its own */
	SANDBOX_MAY_WATCH = 64,    /* be told by the kernel of changes below the folders */
	SANDBOX_MAY_READ = 128,    /* open files to read them, and change nothing */
	SANDBOX_MAY_THREADS = 256, /* more threads of the same process */
	SANDBOX_MAY_CONNECT = 512, /* open connections to others: TCP, and UDP to ask for names */
};

struct sandbox_rights {
	unsigned may;
	const char *const *read_below;  /* folders or files, ended by NULL; NULL: none */
	const char *const *write_below; /* the same; reading is included */
	const char *user;               /* when root: become this user; NULL: stay */
	unsigned uid, gid;              /* of the user, where they are known; 0: looked up */
	bool sees_processes;       /* no folders are enforced: under Landlock nobody may look into
				    * processes outside (/proc/N/exe), nor may its children */
	bool keeps_owning;         /* when root: CAP_DAC_OVERRIDE, CAP_CHOWN, CAP_FOWNER stay */
	bool keeps_reading_all;    /* when root: CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE stay */
	bool keeps_reading_files;  /* when root: CAP_DAC_READ_SEARCH stays */
	bool keeps_binding;        /* when root: CAP_NET_BIND_SERVICE stays */
	uint64_t memory_max_bytes; /* address space; 0: no bound (sanitizers need that) */
	unsigned files_max;        /* open descriptors; 0: as it is */
	int ends_with_pid;         /* SIGTERM comes when this parent is gone; 0: it may go */
};

/* How much of it this kernel could do, for the page that shows it. */
struct sandbox_level {
	int landlock_abi; /* 0: the kernel has none, folders are not enforced */
	bool has_seccomp;
	bool is_other_user;
};

/* Enter. What the kernel does not have is left out and told in *RET_LEVEL; what it has and
 * refuses is a failure, after which the process should end. */
MUST_CHECK int sandbox_enter(
	const struct sandbox_rights *rights, struct sandbox_level *ret_level, struct err *e);

/* WORK in a process of its own that enters RIGHTS first and is ended after TIME_MAX_S: what it
 * makes goes into descriptors. 0 when it returned 0; ERR_LIMIT when it did not, or was ended. */
typedef int sandbox_work(void *context, struct err *e);
MUST_CHECK int sandbox_apart(const struct sandbox_rights *rights, unsigned time_max_s,
	sandbox_work *work, void *context, struct err *e);

/* The user a service runs as: the first of NAMES that exists. ERR_ABSENT when none does. */
MUST_CHECK int sandbox_user(const char *const *names, const char **ret_name, unsigned *ret_uid,
	unsigned *ret_gid, struct err *e);

#endif
