#include "kit/text/text.h"

#include <string.h>

static struct str append(struct arena *a, struct str s, struct str more)
{
	char *out = arena_alloc(a, s.len + more.len + 1);

	if (s.len > 0)
		memcpy(out, s.ptr, s.len);
	if (more.len > 0)
		memcpy(out + s.len, more.ptr, more.len);
	return (struct str){ out, s.len + more.len };
}

struct str text_fill(struct arena *a, struct str s, text_lookup *lookup, void *context)
{
	struct str out = STR("");
	struct str before, rest, name, value;

	while (str_split(s, '{', &before, &rest)) {
		out = append(a, out, before);
		if (!str_split(rest, '}', &name, &s)) {
			s = (struct str){ rest.ptr - 1, rest.len + 1 };
			break;
		}
		if (!lookup(context, name, &value))
			value = (struct str){ name.ptr - 1, name.len + 2 };
		out = append(a, out, value);
	}
	return append(a, out, s);
}
