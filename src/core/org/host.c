/* host.c - the machines of the units. */
#include "core/org/org_int.h"

static const char sql_host_seen[] =
	"INSERT INTO host (name, kind, level, first_seen_s, last_seen_s) VALUES ($1, $2, 1, $3, $3)"
	" ON CONFLICT (name) DO UPDATE SET last_seen_s = excluded.last_seen_s";
static const char sql_host_id[] = "SELECT id FROM host WHERE name = $1";
#define COLUMNS "id, name, kind, level, first_seen_s, last_seen_s, unit_id"

static const char sql_hosts[] =
	"SELECT " COLUMNS " FROM host WHERE name > $1"
	" AND ($2 IS NULL OR unit_id IN (SELECT value FROM json_each($2)))"
	" AND ($3 = '' OR instr(lower(name), lower($3)) > 0)"
	" AND ($4 IS NULL OR id IN (SELECT value FROM json_each($4))) ORDER BY name LIMIT $5";
/* And what its audits keep as settings. */
#define SEEN(what) "(SELECT value FROM setting WHERE name = 'host.' || id || '." what "')"
#define ALL_COLUMNS COLUMNS ", " SEEN("family") ", " SEEN("os")
static const char sql_counts[] =
	"SELECT unit_id, count(*) FROM host GROUP BY unit_id ORDER BY unit_id";
static const char sql_host[] = "SELECT " ALL_COLUMNS " FROM host WHERE id = $1";
/* Before it has audited itself once, the one it knows longest. */
static const char sql_here[] =
	"SELECT " ALL_COLUMNS " FROM host WHERE id = coalesce("
	"(SELECT nullif(CAST(value AS INTEGER), 0) FROM setting WHERE name = '" ORG_HOST_HERE "'),"
	" (SELECT min(id) FROM host))";
static const char sql_host_move[] = "UPDATE host SET unit_id = $2 WHERE id = $1";
static const char sql_host_set[] = "UPDATE host SET kind = $2, level = $3 WHERE id = $1";

static bool is_host_kind(struct str kind)
{
	static const char *const kinds[] = { ORG_HOST_KINDS };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (str_is(kind, kinds[i]))
			return true;
	}
	return false;
}

int org_host_seen(struct store *s, const char *name, const char *kind, int64_t now_s,
	int64_t *ret_id, struct err *e)
{
	struct store_query *q;
	int rc = org_run(s, sql_host_seen, "ssi", e, str_of(name), str_of(kind), now_s);

	assert(is_host_kind(str_of(kind)));
	if (rc < 0)
		return rc;
	q = store_query(s, sql_host_id);
	store_bind_cstr(q, 1, name);
	rc = store_next(q, e);
	if (rc == 1)
		*ret_id = store_i64(q, 0);
	store_end(q);
	return rc < 0 ? rc : 0;
}

static void take(struct store_query *q, struct arena *a, struct org_host *ret)
{
	*ret = (struct org_host){ .id = store_i64(q, 0),
		.name = arena_str(a, store_str(q, 1)),
		.kind = arena_str(a, store_str(q, 2)),
		.level = (int)store_i64(q, 3),
		.first_seen_s = store_i64(q, 4),
		.last_seen_s = store_i64(q, 5),
		.unit_id = store_i64(q, 6) };
}

/* The one machine that Q finds. */
static int take_one(struct store_query *q, struct arena *a, struct org_host *ret)
{
	take(q, a, ret);
	ret->family = arena_str(a, store_is_null(q, 7) ? STR("") : store_str(q, 7));
	ret->os = arena_str(a, store_is_null(q, 8) ? STR("") : store_str(q, 8));
	store_end(q);
	return 0;
}

int org_hosts_of(struct store *s, const struct org_host_query *about, struct arena *a,
	struct org_host **ret, size_t *ret_count, struct err *e)
{
	VEC(struct org_host) found = { 0 };
	struct store_query *q = store_query(s, sql_hosts);
	int rc;

	store_bind_str(q, 1, about->after.ptr ? about->after : STR(""));
	store_bind_str(q, 2, about->units);
	store_bind_str(q, 3, about->text.ptr ? about->text : STR(""));
	store_bind_str(q, 4, about->ids);
	store_bind_i64(q, 5, about->max ? (int64_t)about->max : -1);
	while ((rc = store_next(q, e)) == 1)
		take(q, a, vec_add(a, &found));
	if (rc < 0)
		return rc;
	*ret = found.at;
	*ret_count = found.len;
	return 0;
}

int org_hosts(
	struct store *s, struct arena *a, struct org_host **ret, size_t *ret_count, struct err *e)
{
	return org_hosts_of(s, &(struct org_host_query){ 0 }, a, ret, ret_count, e);
}

int org_host_counts(struct store *s, struct arena *a, struct org_host_count **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct org_host_count) found = { 0 };
	struct store_query *q = store_query(s, sql_counts);
	int rc;

	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &found, ((struct org_host_count){ store_i64(q, 0), store_i64(q, 1) }));
	if (rc < 0)
		return rc;
	*ret = found.at;
	*ret_count = found.len;
	return 0;
}

int org_host(struct store *s, int64_t id, struct arena *a, struct org_host *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_host);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "no machine %lld", (long long)id);
	return rc < 0 ? rc : take_one(q, a, ret);
}

int org_host_here(struct store *s, struct arena *a, struct org_host *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_here);
	int rc = store_one(q, e, "no machine was ever seen");

	return rc < 0 ? rc : take_one(q, a, ret);
}

int org_host_set(struct store *s, int64_t id, struct str kind, int level, struct err *e)
{
	if (!is_host_kind(kind) || level < 1 || level > 5)
		return err_set(e, ERR_INPUT, "kind \"%.*s\" level %d", STR_FMT(kind), level);
	return org_run(s, sql_host_set, "isi", e, id, kind, (int64_t)level);
}

int org_host_move(struct store *s, int64_t id, int64_t unit_id, struct err *e)
{
	return org_run(s, sql_host_move, "ii", e, id, unit_id);
}
