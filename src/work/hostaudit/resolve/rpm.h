/* rpm.h - private to hostaudit: the header that rpm keeps of each package it has installed.
 * A header is an index of numbered tags and one block of data; the parser is pure, believes no
 * offset and no count, and borrows from the blob. */
#ifndef WORK_RESOLVE_RPM_H
#define WORK_RESOLVE_RPM_H

#include "base/base.h"
#include "kit/crypto/crypto.h"

#define RPM_FILE_CONFIG 1u
#define RPM_FILE_GHOST 64u /* of the package, but not brought by it */

/* The data of one tag. */
struct rpm_tag {
	struct str bytes; /* up to the end of the data: strings end by NUL, one after the other */
	uint32_t type, count;
};

struct rpm_package {
	struct str name, version, arch, group; /* version as rpm -q shows it: "1:2.0-3.el9" */
	int64_t installed_at_s;                /* 0: not told */
	size_t file_count;
	enum digest_kind digest_kind;
	bool has_digests; /* of a kind that is known here */
	/* what rpm_next_file() goes through */
	struct rpm_tag base_names, dir_indexes, digests, flags, modes, states;
	const struct str *dirs;
	size_t dir_count;
	size_t next;
};

struct rpm_file {
	struct str dir, base; /* "/usr/bin/", "ls" */
	struct str digest;    /* hex; "" for links, folders and ghosts */
	uint32_t flags;
	uint16_t mode;
	bool is_there; /* rpm put it on the disk and left it there */
};

/* False when BLOB is no header or lacks a name. The folders' names are put into A. */
bool rpm_package_parse(struct str blob, struct arena *a, struct rpm_package *ret);
/* The files one after the other, in the order of the header. */
bool rpm_next_file(struct rpm_package *p, struct rpm_file *ret);

#endif
