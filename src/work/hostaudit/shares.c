/* shares.c - the list that the readers of file servers fill. */
#include "work/hostaudit/shares.h"

struct share *share_add(struct share_list *list, const char *kind, struct str file, int line)
{
	struct share *s;

	if (list->len >= SHARES_MAX) {
		host_gap(list->h, GAP_LIMIT, file.ptr);
		return NULL;
	}
	s = vec_add(list->a, list);
	*s = (struct share){ .kind = kind, .file = file, .line = line, .clients = STR("") };
	return s;
}
