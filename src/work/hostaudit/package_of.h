/* package_of.h - private to hostaudit: which package a file belongs to, by the lists of dpkg or the
 * database of rpm.
 * Every list is read for the first question, which is asked for all that runs at once; answers are
 * kept, so later questions about those files cost nothing, and one about another path reads the
 * lists again: ask for all paths at once and only when the answer matters. */
#ifndef WORK_PACKAGE_OF_H
#define WORK_PACKAGE_OF_H

#include "base/base.h"
#include "kit/crypto/crypto.h"
#include "work/hostaudit/host.h"

struct package_of {
	struct str path;       /* in: absolute */
	struct str package;    /* out: "openssh-server", "" when no package has it */
	int64_t unpacked_at_s; /* out: when that package was last put on the disk */
	int64_t listed_at_s;   /* out: a file not touched since (ctime) is as the package left it */
	struct str list;       /* out: "libc6:amd64", as dpkg names the package's own files */
	struct str known_as;   /* out: the path as the package has it, which dpkg-divert moves */
	struct str digest;     /* out, rpm: hex; dpkg keeps its sums in files of their own */
	enum digest_kind digest_kind;
	bool is_config; /* out, rpm: the package leaves it to the administrator */
};

enum package_manager { PACKAGES_UNREAD, PACKAGES_DPKG, PACKAGES_RPM };
/* Whose database the machine has. PACKAGES_UNREAD: none that was read to its end, so that a file of
 * no package says nothing. */
enum package_manager package_manager_of(struct host *h);
/* A path that a file list has under "/bin" counts for "/usr/bin" too, as after the merge of /usr.
 */
void package_of(struct host *h, struct package_of *queries, size_t count);

#endif
