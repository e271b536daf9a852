/* view.c - ways to look at a register that a person keeps. */
#include "core/record/record_int.h"

#define NAME_MAX_BYTES 100
#define QUERY_MAX_BYTES 2000

static const char sql_list[] =
	"SELECT id, name, query FROM record_view WHERE person_id = $1 AND register = $2 ORDER BY name";
static const char sql_keep[] =
	"INSERT INTO record_view (person_id, register, name, query) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (person_id, register, name) DO UPDATE SET query = excluded.query";
static const char sql_forget[] =
	"DELETE FROM record_view WHERE person_id = $1 AND register = $2 AND name = $3";

int record_views(const struct record_at *at, int64_t person_id, struct record_view **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct record_view) list = { 0 };
	struct store_query *q = store_query(at->store, sql_list);
	int rc;

	store_bind_i64(q, 1, person_id);
	store_bind_str(q, 2, at->reg->id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(at->a, &list,
			((struct record_view){ store_i64(q, 0), arena_str(at->a, store_str(q, 1)),
				arena_str(at->a, store_str(q, 2)) }));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int record_view_keep(const struct record_at *at, int64_t person_id, struct str name,
	struct str query, struct err *e)
{
	struct store_query *q = store_query(at->store, query.len ? sql_keep : sql_forget);

	name = str_trim(name);
	if (name.len == 0 || name.len > NAME_MAX_BYTES || query.len > QUERY_MAX_BYTES)
		return err_set(e, ERR_INPUT, "a view has a name of 1 to %d bytes", NAME_MAX_BYTES);
	store_bind_i64(q, 1, person_id);
	store_bind_str(q, 2, at->reg->id);
	store_bind_str(q, 3, name);
	if (query.len)
		store_bind_str(q, 4, query);
	return store_run(q, e);
}
