/* host_int.h - private to host*.c and audit.c: what a host is made of. */
#ifndef WORK_HOST_INT_H
#define WORK_HOST_INT_H

#include <sys/stat.h>

#include "work/hostaudit/host.h"

#define CACHE_SLOTS 1024
#define LISTING_SLOTS 256
#define STAT_SLOTS 512
#define GAPS_MAX 2000

struct fact_table;
struct process_list;
struct khien_service;
struct dpkg_list;

struct gap {
	const struct fact_table *table;
	struct str reason; /* static */
	struct str path;
};

struct cached {
	struct cached *next;
	struct host_file file;
	int rc;          /* 0, or what the first read gave */
	const char *gap; /* the reason to tell again, or NULL */
	char sha256[65];
};

struct listing {
	struct listing *next;
	struct str path;
	struct str *names;
	unsigned char *types; /* of the names, as readdir(3) tells: DT_REG… */
	size_t count;
	int rc;
	const char *gap;
};

struct seen_stat {
	struct seen_stat *next;
	struct str path;
	bool is_of_link; /* lstat(2) */
	int errno_value; /* 0: STAT stands */
	struct host_stat stat;
};

struct host {
	struct arena arena; /* everything but file contents */
	struct arena files;
	int root_fd;
	bool is_live, has_proc, is_deep;
	const char *declared_as;  /* where the declaration stands, when it is the server's record */
	const char *service_data; /* of the service that asks, or NULL */
	void (*progress)(void *context, const char *what, size_t done, size_t total);
	void *progress_context;
	struct running *running;          /* running.c: what runs, read once */
	struct hidden_sweep *hidden;      /* hidden.c: the same */
	struct verify_memory *verified;   /* verify.c: digests that will be asked for again */
	struct package_answers *packages; /* package_of.c: what was asked and answered */
	struct process_list *processes;   /* proc.c: what /proc lists, read once */
	struct khien_service *service;    /* khien_service.c: the same */
	struct dpkg_list *dpkg;           /* apt.c: the same of dpkg's status */
	int64_t now_s;
	size_t budget_used;
	const struct fact_table *filling; /* the table being filled, or NULL */
	VEC(struct gap) gaps;
	struct cached *cache[CACHE_SLOTS];
	struct listing *listings[LISTING_SLOTS];
	struct seen_stat *stats[STAT_SLOTS]; /* many tables ask whether the same file is there */
	size_t stat_count;
	const struct unit_link *links; /* unit_links() found them; NULL: not asked yet */
	size_t link_count;
};

uint32_t host_hash(struct str s);

/* A host that has nothing to read, to be filled from a snapshot. Never NULL. */
struct host *host_of_nothing(int64_t now_s);
/* Remember the hash of a file that a snapshot's host had read. */
void host_remember(struct host *h, struct str path, struct str sha256_text);

/* open(2) below the root; for readers that need a descriptor (statvfs, getdents). */
int host_fd(const struct host *h, const char *path, int flags);
/* A descriptor of a regular file, or what the read gives; the gap is noted. */
int host_open_regular(struct host *h, const char *path, struct stat *ret_stat);
/* The code for a failed call on PATH, with its gap when it is one. */
int host_failed(struct host *h, int errno_value, const char *path);
/* stat(2) below the root, with errno: no gap. */
int host_fstat_at(const struct host *h, const char *path, struct stat *ret);

#endif
