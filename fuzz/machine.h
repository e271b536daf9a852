/* machine.h - for targets whose parser puts together what stands in several files: a machine that
 * has only these, their bytes the parts of one input, a NUL byte between. The folder with their
 * names is made once a run and goes at its end. */
#ifndef FUZZ_MACHINE_H
#define FUZZ_MACHINE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/host.h"

static char machine_root[64];

static int machine_forget(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void machine_end(void)
{
	nftw(machine_root, machine_forget, 8, FTW_DEPTH | FTW_PHYS);
}

/* An empty file; a name that ends with '/' is a folder. */
static void machine_name(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s%s", machine_root, name);
	for (char *p = path + strlen(machine_root) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

static void machine_begin(const char *const *names)
{
	snprintf(machine_root, sizeof(machine_root), "/tmp/khien-fuzz-XXXXXX");
	if (!mkdtemp(machine_root))
		abort();
	atexit(machine_end);
	for (size_t i = 0; names[i]; i++)
		machine_name(names[i]);
}

/* NAMES end with NULL and are the same at each call; the first have the parts of INPUT, further
 * ones are there and empty. The caller closes it. */
static struct host *machine(const char *const *names, struct str input)
{
	struct host *h;
	struct err e;
	struct str part;

	if (machine_root[0] == '\0')
		machine_begin(names);
	if (host_open(machine_root, 1700000000, &e, &h) != 0)
		abort();
	for (size_t i = 0; names[i]; i++) {
		if (!str_split(input, '\0', &part, &input)) {
			part = input;
			input = STR("");
		}
		host_put(h, names[i], part);
	}
	return h;
}

#endif
