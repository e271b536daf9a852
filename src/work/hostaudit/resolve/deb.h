/* deb.h - private to hostaudit: the forms of Debian: versions as dpkg orders them,
 * paragraphs of fields (dpkg status, Packages, *.sources) and one-line sources. Pure functions over
 * text. */
#ifndef WORK_RESOLVE_DEB_H
#define WORK_RESOLVE_DEB_H

#include "base/base.h"

/* <0, 0, >0 as dpkg --compare-versions orders A and B: epoch, upstream, revision; '~' before all.
 */
int deb_version_cmp(struct str a, struct str b);

/* Reads fields line by line, also from text that comes in pieces. A line that begins with a blank
 * goes on with the field before it. */
enum deb_event { DEB_FIELD, DEB_MORE, DEB_END, DEB_COMMENT, DEB_BAD };
/* What LINE is. DEB_FIELD: *RET_NAME and *RET_VALUE (trimmed) point into it; DEB_MORE: *RET_VALUE.
 */
enum deb_event deb_line(struct str line, struct str *ret_name, struct str *ret_value);

/* One source of packages. Strings are borrowed from the text or live in the arena. */
struct deb_source {
	struct str type, uri, suite, components, signed_by;
	struct str allow_insecure, trusted; /* as written; STR_NONE: not given */
	int64_t line;
	bool is_enabled;
};
typedef void deb_source_found(void *context, const struct deb_source *source);
/* A *.list file; FOUND is called for each URI × suite. Returns 0, or the first line that apt would
 * refuse. */
int64_t deb_sources_list(struct str text, struct arena *a, deb_source_found *found, void *context);
/* A deb822 *.sources file. */
int64_t deb_sources_822(struct str text, struct arena *a, deb_source_found *found, void *context);

/* apt's StringToBool: 1, 0, or -1 when it is neither. */
int deb_bool(struct str s);

#endif
