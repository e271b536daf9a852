/* space.h - private to work/hostaudit/resolve: what isspace() of C takes for a blank in its own
 * locale, as programs do that read their settings with it; str_trim() knows no \v and \f. */
#ifndef RESOLVE_SPACE_H
#define RESOLVE_SPACE_H

#include "base/base.h"

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline struct str trim_space(struct str s)
{
	while (s.len > 0 && is_space(s.ptr[0]))
		s = str_from(s, 1);
	while (s.len > 0 && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

#endif
