/* package_of.h - private to hostaudit: which Debian package a file belongs to, by dpkg's own lists.
 * Every list is read for the first question, which is asked for all that runs at once; answers are
 * kept, so later questions about those files cost nothing, and one about another path reads the
 * lists again: ask for all paths at once and only when the answer matters. */
#ifndef WORK_PACKAGE_OF_H
#define WORK_PACKAGE_OF_H

#include "base/base.h"
#include "work/hostaudit/host.h"

struct package_of {
	struct str path;       /* in: absolute */
	struct str package;    /* out: "openssh-server", "" when no package has it */
	int64_t unpacked_at_s; /* out: when that package was last put on the disk */
	int64_t listed_at_s;   /* out: when dpkg last wrote the list (ctime) */
	struct str list;       /* out: "libc6:amd64", as dpkg names the package's own files */
	struct str known_as;   /* out: the path as the package has it, which dpkg-divert moves */
};

/* A path that a file list has under "/bin" counts for "/usr/bin" too, as after the merge of /usr.
 */
void package_of(struct host *h, struct package_of *queries, size_t count);

#endif
