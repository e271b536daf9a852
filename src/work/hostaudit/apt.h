/* apt.h - private to hostaudit: what several tables read of dpkg and apt. */
#ifndef WORK_APT_H
#define WORK_APT_H

#include "work/hostaudit/host.h"

struct dpkg_package {
	struct str name, version, arch, status; /* status: "install ok installed" */
	struct str section;
};

/* Call EACH for every paragraph of /var/lib/dpkg/status until it returns false; strings are good
 * only during the call. 0, ERR_ABSENT without dpkg, else a gap. The file is read once a run. */
typedef bool dpkg_each_package(void *context, const struct dpkg_package *p);
int dpkg_each(struct host *h, dpkg_each_package *each, void *context);
/* "install ok installed": the third word. */
struct str dpkg_state(struct str status);
/* Are its files here? Half configured, or waiting for triggers, is here for apt too. */
bool dpkg_is_here(struct str status);
bool dpkg_is_installed(struct host *h, const char *name);

/* What a Release file says of the suite it stands for. */
struct apt_release {
	struct str origin, label, suite, codename, site;
};
/* The Release files of security suites among the lists of apt. Lives as long as the host. */
void apt_security_releases(struct host *h, const struct apt_release **ret, size_t *ret_count);
/* The Release of one suite of one address ("https://host/debian" "stable"); false when apt has not
 * fetched it. */
bool apt_release_of(struct host *h, struct str uri, struct str suite, struct apt_release *ret);
/* When apt last asked for new lists, seconds; 0: nothing tells. */
int64_t apt_lists_at_s(struct host *h);
/* Is this list (by its file name, slashes as '_') one of a security suite? */
bool apt_is_security_list(struct str name);

#endif
