/* read.c - one record with all that hangs on it. */
#include "core/org/account.h"
#include "core/record/record_int.h"
#include "core/record/record_words.h"

#define COMMENT_MAX 4000

#define COLUMNS \
	"SELECT id, register, unit_id, title, body, state, version, made_at_s, made_by," \
	" changed_at_s, changed_by," ORG_NAME_OF "changed_by" ORG_NAME_END " FROM record "
static const char sql_get[] = COLUMNS "WHERE id = $1";
static const char sql_get_all[] =
	COLUMNS "WHERE id IN (SELECT value FROM json_each($1)) ORDER BY register, id";
static const char sql_history[] =
	"SELECT version, at_s, by, what, why, unit_id, body,"
	ORG_NAME_OF "by" ORG_NAME_END " FROM record_version"
	" WHERE record_id = $1 ORDER BY version DESC";
static const char sql_links[] =
	"SELECT r.id, r.register, l.field, r.title, r.unit_id, 1, r.state FROM record_link l"
	" JOIN record r ON r.id = l.to_id WHERE l.from_id = $1"
	" UNION ALL"
	" SELECT r.id, r.register, l.field, r.title, r.unit_id, 0, r.state FROM record_link l"
	" JOIN record r ON r.id = l.from_id WHERE l.to_id = $1 AND r.state = 0"
	" LIMIT 500";
static const char sql_comments[] =
	"SELECT id, at_s, by, text," ORG_NAME_OF "by" ORG_NAME_END " FROM record_comment"
	" WHERE record_id = $1 ORDER BY id";
static const char sql_comment_add[] =
	"INSERT INTO record_comment (record_id, at_s, by, text) VALUES ($1, $2, $3, $4)";

static int row_read(struct store_query *q, struct arena *a, struct record *ret, struct err *e)
{
	struct record r = { 0 };
	int rc;

	r.id = store_i64(q, 0);
	r.register_id = arena_str(a, store_str(q, 1));
	r.unit_id = store_i64(q, 2);
	r.title = arena_str(a, store_str(q, 3));
	rc = record_body_read(store_str(q, 4), a, &r.body, e);
	r.is_cancelled = store_i64(q, 5) != 0;
	r.version = store_i64(q, 6);
	r.made_at_s = store_i64(q, 7);
	r.made_by = arena_str(a, store_str(q, 8));
	r.changed_at_s = store_i64(q, 9);
	r.changed_by = arena_str(a, store_str(q, 10));
	r.changed_by_name = arena_str(a, store_str(q, 11));
	if (rc == 0)
		*ret = r;
	return rc;
}

int record_get(struct store *s, int64_t id, struct arena *a, struct record *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_get);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "there is no record %lld", (long long)id);
	if (rc < 0)
		return rc;
	rc = row_read(q, a, ret, e);
	store_end(q);
	return rc;
}

int record_get_all(struct store *s, struct str ids, struct arena *a, struct record **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct record) list = { 0 };
	struct store_query *q = store_query(s, sql_get_all);
	int rc;

	store_bind_str(q, 1, ids);
	while ((rc = store_next(q, e)) > 0) {
		struct record r;

		rc = row_read(q, a, &r, e);
		if (rc < 0)
			break;
		vec_push(a, &list, r);
	}
	store_end(q);
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int record_history(struct store *s, int64_t id, struct arena *a, struct record_change **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct record_change) list = { 0 };
	struct store_query *q = store_query(s, sql_history);
	int rc;

	store_bind_i64(q, 1, id);
	while ((rc = store_next(q, e)) == 1) {
		struct record_change *c = vec_add(a, &list);

		c->version = store_i64(q, 0);
		c->at_s = store_i64(q, 1);
		c->by = arena_str(a, store_str(q, 2));
		c->what = arena_str(a, store_str(q, 3));
		c->why = arena_str(a, store_str(q, 4));
		c->unit_id = store_i64(q, 5);
		c->by_name = arena_str(a, store_str(q, 7));
		rc = record_body_read(store_str(q, 6), a, &c->after, e);
		if (rc < 0)
			break;
		if (list.len > 1)
			list.at[list.len - 2].before = c->after;
	}
	store_end(q);
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int record_links(struct store *s, int64_t id, struct arena *a, struct record_link **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct record_link) list = { 0 };
	struct store_query *q = store_query(s, sql_links);
	int rc;

	store_bind_i64(q, 1, id);
	while ((rc = store_next(q, e)) == 1) {
		struct record_link *l = vec_add(a, &list);

		l->id = store_i64(q, 0);
		l->register_id = arena_str(a, store_str(q, 1));
		l->field = arena_str(a, store_str(q, 2));
		l->title = arena_str(a, store_str(q, 3));
		l->unit_id = store_i64(q, 4);
		l->is_from_here = store_i64(q, 5) != 0;
		l->is_cancelled = store_i64(q, 6) != 0;
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int record_comments(struct store *s, int64_t id, struct arena *a, struct record_comment **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct record_comment) list = { 0 };
	struct store_query *q = store_query(s, sql_comments);
	int rc;

	store_bind_i64(q, 1, id);
	while ((rc = store_next(q, e)) == 1) {
		struct record_comment *c = vec_add(a, &list);

		c->id = store_i64(q, 0);
		c->at_s = store_i64(q, 1);
		c->by = arena_str(a, store_str(q, 2));
		c->text = arena_str(a, store_str(q, 3));
		c->by_name = arena_str(a, store_str(q, 4));
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int record_comment_add(const struct record_at *at, int64_t id, struct str text, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_comment_add);

	text = str_trim(text);
	if (text.len == 0 || text.len > COMMENT_MAX || !str_is_utf8(text))
		return err_set(e, ERR_INPUT, "a comment has 1 to %d bytes", COMMENT_MAX);
	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, at->now_s);
	store_bind_str(q, 3, at->login);
	store_bind_str(q, 4, text);
	return store_run(q, e);
}
