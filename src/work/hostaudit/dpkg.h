/* dpkg.h - private to hostaudit: what dpkg keeps of the files it has unpacked: checksums and
 * diversions. The parsers are pure and borrow from the text. */
#ifndef WORK_DPKG_H
#define WORK_DPKG_H

#include "base/base.h"
#include "work/hostaudit/host.h"

#define DPKG_INFO "/var/lib/dpkg/info"
#define DPKG_STATUS "/var/lib/dpkg/status"

/* dpkg-divert: a file that any package but BY calls FROM lies at TO. BY is ":" for a diversion that
 * the administrator made: then FROM belongs to no package. */
struct dpkg_diversion {
	struct str from, to, by;
};
/* Take the next one off the text of /var/lib/dpkg/diversions. False when nothing whole is left. */
bool dpkg_next_diversion(struct str *rest, struct dpkg_diversion *ret);
/* All of the machine; they live as long as the host. */
void dpkg_diversions(struct host *h, const struct dpkg_diversion **ret, size_t *ret_count);

/* A line of an .md5sums: the sum, 32 figures, and the path without its first slash. */
bool dpkg_sum_line(struct str line, struct str *ret_hex, struct str *ret_path);

/* "/usr/bin/x" for "/bin/x" too: after the merge of /usr a list may still say the short form. Only
 * to compare. */
struct str dpkg_without_usr(struct str path);

#endif
