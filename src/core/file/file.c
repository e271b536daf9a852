/* file.c - what is attached to what. */
#include "core/file/file_int.h"
#include "core/org/org.h"

#define WHY_MAX 2000

const struct store_step file_steps[] = {
	{ 545, "files",
		"CREATE TABLE attachment ("
		" id INTEGER PRIMARY KEY,"
		" of TEXT NOT NULL, key TEXT NOT NULL, unit_id INTEGER NOT NULL REFERENCES unit (id),"
		" field TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
		" size_bytes INTEGER NOT NULL, kind INTEGER NOT NULL,"
		" at_s INTEGER NOT NULL, by TEXT NOT NULL,"
		" gone_at_s INTEGER NOT NULL DEFAULT 0, gone_by TEXT NOT NULL DEFAULT '',"
		" gone_why TEXT NOT NULL DEFAULT '');"
		"CREATE INDEX attachment_of ON attachment (of, key, id);"
		"CREATE INDEX attachment_sha256 ON attachment (sha256, size_bytes);"
		"CREATE TRIGGER attachment_kept BEFORE DELETE ON attachment"
		" BEGIN SELECT RAISE(ABORT, 'a file is taken off, never deleted'); END;"
		"CREATE TRIGGER attachment_fixed BEFORE UPDATE ON attachment"
		" WHEN new.sha256 <> old.sha256 OR new.of <> old.of OR new.key <> old.key"
		" BEGIN SELECT RAISE(ABORT, 'what was attached is never changed'); END;" },
};
const size_t file_step_count = COUNT(file_steps);

#define COLUMNS \
	"id, of, key, unit_id, field, name, sha256, size_bytes, kind, at_s, by, gone_at_s," \
	" gone_by, gone_why"

static const char sql_add[] =
	"INSERT INTO attachment (of, key, unit_id, field, name, sha256, size_bytes, kind, at_s, by)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
static const char sql_list[] =
	"SELECT " COLUMNS " FROM attachment WHERE of = $1 AND key = $2 ORDER BY id DESC LIMIT 500";
static const char sql_count[] =
	"SELECT count(*) FROM attachment WHERE of = $1 AND by = $2 AND at_s >= $3";
static const char sql_one[] = "SELECT " COLUMNS " FROM attachment WHERE id = $1";
static const char sql_gone[] =
	"UPDATE attachment SET gone_at_s = $2, gone_by = $3, gone_why = $4 WHERE id = $1";
static const char sql_move[] =
	"UPDATE attachment SET unit_id = $3 WHERE of = $1 AND key = $2 AND unit_id <> $3";
static const char sql_used[] = "SELECT coalesce(sum(bytes), 0) FROM"
			       " (SELECT max(size_bytes) AS bytes FROM attachment GROUP BY sha256)";

static const char sql_fields[] =
	"SELECT key, field, name FROM attachment WHERE of = $1 AND field <> '' AND gone_at_s = 0"
	" AND key IN (SELECT value FROM json_each($2)) ORDER BY CAST(key AS INTEGER), id DESC";
static const char sql_uses[] =
	"SELECT unit_id, by, count(*), sum(size_bytes) FROM attachment GROUP BY unit_id, by"
	" ORDER BY 4 DESC, unit_id, by LIMIT 200";

static void take(struct store_query *q, struct arena *a, struct file *ret)
{
	*ret = (struct file){ .id = store_i64(q, 0),
		.of = arena_str(a, store_str(q, 1)),
		.key = arena_str(a, store_str(q, 2)),
		.unit_id = store_i64(q, 3),
		.field = arena_str(a, store_str(q, 4)),
		.name = arena_str(a, store_str(q, 5)),
		.sha256 = arena_str(a, store_str(q, 6)),
		.size_bytes = store_i64(q, 7),
		.kind = (enum file_kind)store_i64(q, 8),
		.at_s = store_i64(q, 9),
		.by = arena_str(a, store_str(q, 10)),
		.gone_at_s = store_i64(q, 11),
		.gone_by = arena_str(a, store_str(q, 12)),
		.gone_why = arena_str(a, store_str(q, 13)) };
}

static int used_of_quota(
	const struct file_at *at, int64_t *ret_used, int64_t *ret_quota, struct err *e)
{
	struct str text = STR_NONE;
	int64_t quota_mib = FILE_QUOTA_MIB;
	struct store_query *q;
	int rc = org_setting(at->store, FILE_QUOTA_SETTING, at->a, &text, e);

	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	if (text.ptr)
		(void)str_to_i64(text, &quota_mib);
	q = store_query(at->store, sql_used);
	rc = store_next(q, e);
	if (rc == 1)
		*ret_used = store_i64(q, 0);
	store_end(q);
	*ret_quota = quota_mib * (int64_t)MIB;
	return rc < 0 ? rc : 0;
}

static int has_room(const struct file_at *at, int64_t more_bytes, struct err *e)
{
	int64_t quota_bytes = 0, used_bytes = 0;
	int rc = used_of_quota(at, &used_bytes, &quota_bytes, e);

	if (rc == 0 && used_bytes + more_bytes > quota_bytes)
		return err_set(e, ERR_LIMIT, "all files together may have %lld MiB",
			(long long)(quota_bytes / (int64_t)MIB));
	return rc;
}

int file_uses(const struct file_at *at, struct file_uses *ret, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_uses);
	struct file_uses made = { 0 };
	VEC(struct file_use) list = { 0 };
	int rc;

	while ((rc = store_next(q, e)) == 1) {
		vec_push(at->a, &list,
			((struct file_use){ store_i64(q, 0), arena_str(at->a, store_str(q, 1)),
				store_i64(q, 2), store_i64(q, 3) }));
		made.count += store_i64(q, 2);
	}
	if (rc == 0)
		rc = used_of_quota(at, &made.used_bytes, &made.quota_bytes, e);
	if (rc < 0)
		return rc;
	made.at = list.at;
	made.len = list.len;
	*ret = made;
	return 0;
}

int file_fields(struct store *s, struct str of, struct str keys_json, struct arena *a,
	struct file_field_list *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_fields);
	VEC(struct file_field) list = { 0 };
	int rc;

	store_bind_str(q, 1, of);
	store_bind_str(q, 2, keys_json);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct file_field){ arena_str(a, store_str(q, 0)),
				arena_str(a, store_str(q, 1)),
				arena_str(a, store_str(q, 2)) }));
	if (rc < 0)
		return rc;
	*ret = (struct file_field_list){ list.at, list.len };
	return 0;
}

int file_attach(const struct file_at *at, const char *from, struct file *f, struct err *e)
{
	struct store_query *q;
	struct vfile in;
	uint64_t size_bytes;
	int rc;

	if (f->name.len == 0)
		return err_set(e, ERR_INPUT, "a file needs a name");
	rc = vfile_open(at->disk, from, VFILE_READ, &in, e);
	if (rc < 0)
		return rc;
	size_bytes = in.size_bytes;
	vfile_close(&in);
	rc = has_room(at, (int64_t)size_bytes, e);
	if (rc == 0)
		rc = file_keep(at->disk, from, at->a, f, e);
	if (rc < 0)
		return rc;
	q = store_query(at->store, sql_add);
	store_bind_str(q, 1, f->of);
	store_bind_str(q, 2, f->key);
	store_bind_i64(q, 3, f->unit_id);
	store_bind_str(q, 4, f->field.ptr ? f->field : STR(""));
	store_bind_str(q, 5, f->name);
	store_bind_str(q, 6, f->sha256);
	store_bind_i64(q, 7, f->size_bytes);
	store_bind_i64(q, 8, f->kind);
	store_bind_i64(q, 9, at->now_s);
	store_bind_str(q, 10, at->login);
	rc = store_run(q, e);
	f->id = store_last_id(at->store);
	f->at_s = at->now_s;
	f->by = at->login;
	return rc;
}

int file_count(
	const struct file_at *at, struct str of, int64_t since_s, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_count);
	int rc;

	store_bind_str(q, 1, of);
	store_bind_str(q, 2, at->login);
	store_bind_i64(q, 3, since_s);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

int file_list(const struct file_at *at, struct str of, struct str key, struct file **ret,
	size_t *ret_count, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_list);
	VEC(struct file) list = { 0 };
	int rc;

	store_bind_str(q, 1, of);
	store_bind_str(q, 2, key);
	while ((rc = store_next(q, e)) == 1)
		take(q, at->a, vec_add(at->a, &list));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int file_get(const struct file_at *at, int64_t id, struct file *ret, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_one);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_next(q, e);
	if (rc == 1)
		take(q, at->a, ret);
	store_end(q);
	if (rc == 0)
		return err_set(e, ERR_ABSENT, "there is no file %lld", (long long)id);
	return rc < 0 ? rc : 0;
}

static int set_gone(
	const struct file_at *at, int64_t id, bool is_gone, struct str why, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_gone);

	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, is_gone ? at->now_s : 0);
	store_bind_str(q, 3, is_gone ? at->login : STR(""));
	store_bind_str(q, 4, why);
	return store_run(q, e);
}

int file_take_off(const struct file_at *at, int64_t id, struct str why, struct err *e)
{
	struct file f;
	int rc;

	why = str_trim(why);
	if (why.len == 0 || why.len > WHY_MAX)
		return err_set(e, ERR_INPUT, "a file is taken off with a reason");
	rc = file_get(at, id, &f, e);
	if (rc == 0 && f.gone_at_s)
		return err_set(e, ERR_CONFLICT, "file %lld is off already", (long long)id);
	return rc < 0 ? rc : set_gone(at, id, true, why, e);
}

int file_put_back(const struct file_at *at, int64_t id, struct err *e)
{
	struct file f;
	int rc = file_get(at, id, &f, e);

	if (rc == 0 && !f.gone_at_s)
		return err_set(e, ERR_CONFLICT, "file %lld is there", (long long)id);
	if (rc == 0 && f.gone_at_s < at->now_s - FILE_UNDO_DAYS * CLOCK_DAY_S)
		return err_set(e, ERR_DENIED, "putting back ends after %d days", FILE_UNDO_DAYS);
	return rc < 0 ? rc : set_gone(at, id, false, STR(""), e);
}

int file_move(struct store *s, struct str of, struct str key, int64_t unit_id, struct err *e)
{
	struct store_query *q = store_query(s, sql_move);

	store_bind_str(q, 1, of);
	store_bind_str(q, 2, key);
	store_bind_i64(q, 3, unit_id);
	return store_run(q, e);
}
