/* databases.c - what the readers of database servers share: the list they fill, and reading within
 * its bounds. */
#include "work/hostaudit/databases.h"

struct database *database_add(struct database_list *list, const char *engine, struct str instance)
{
	struct database *d;

	if (list->len >= DATABASES_MAX) {
		host_gap(list->h, GAP_LIMIT, engine);
		return NULL;
	}
	d = vec_add(list->a, list);
	*d = (struct database){
		.engine = engine, .instance = instance, .has_network = true, .is_started = true
	};
	return d;
}

bool database_read(
	struct database_list *list, struct str path, struct str *ret_bytes, struct str *ret_file)
{
	const struct host_file *file;

	list->bytes += 256;
	if (path.len == 0 || list->bytes > DATABASE_BYTES_MAX ||
		host_read(list->h, arena_cstr(list->a, path), &file) != 0)
		return false;
	list->bytes += file->bytes.len;
	if (list->bytes > DATABASE_BYTES_MAX) {
		host_gap(list->h, GAP_LIMIT, file->path.ptr);
		return false;
	}
	*ret_bytes = file->bytes;
	*ret_file = file->path;
	return true;
}
