/* org_unit.c - the unit's settings, its machines, and the code that sets it up. */
#include "core/org/org_int.h"

#include "kit/crypto/crypto.h"

static const char sql_get[] = "SELECT value FROM setting WHERE name = $1";
static const char sql_set[] = "INSERT INTO setting (name, value) VALUES ($1, $2)"
			      " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char sql_unset[] = "DELETE FROM setting WHERE name = $1";

static const char sql_host_seen[] =
	"INSERT INTO host (name, kind, level, first_seen_s, last_seen_s) VALUES ($1, $2, 1, $3, $3)"
	" ON CONFLICT (name) DO UPDATE SET last_seen_s = excluded.last_seen_s";
static const char sql_host_id[] = "SELECT id FROM host WHERE name = $1";
static const char sql_hosts[] = "SELECT id, name, kind, level, first_seen_s, last_seen_s,"
				" unit_id FROM host"
				" WHERE id = $1 OR $1 = 0 ORDER BY name";
static const char sql_level[] = "SELECT max(1, coalesce(max(level), 1)) FROM host";
static const char sql_host_move[] = "UPDATE host SET unit_id = $2 WHERE id = $1";
static const char sql_host_set[] = "UPDATE host SET kind = $2, level = $3 WHERE id = $1";

int org_setting(struct store *s, const char *name, struct arena *a, struct str *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_get);
	int rc;

	store_bind_cstr(q, 1, name);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = rc == 1 ? arena_str(a, store_str(q, 0)) : STR_NONE;
	store_end(q);
	return 0;
}

int org_set(struct store *s, const char *name, struct str value, struct err *e)
{
	return org_run(s, sql_set, "ss", e, str_of(name), value);
}

/* --- machines --------------------------------------------------------------------------------- */

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

static int hosts(struct store *s, int64_t id, struct arena *a, struct org_host **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct org_host) found = { 0 };
	struct store_query *q = store_query(s, sql_hosts);
	int rc;

	store_bind_i64(q, 1, id);
	while ((rc = store_next(q, e)) == 1) {
		struct org_host *h = vec_add(a, &found);

		h->id = store_i64(q, 0);
		h->name = arena_str(a, store_str(q, 1));
		h->kind = arena_str(a, store_str(q, 2));
		h->level = (int)store_i64(q, 3);
		h->first_seen_s = store_i64(q, 4);
		h->last_seen_s = store_i64(q, 5);
		h->unit_id = store_i64(q, 6);
	}
	if (rc < 0)
		return rc;
	*ret = found.at;
	*ret_count = found.len;
	return 0;
}

int org_hosts(
	struct store *s, struct arena *a, struct org_host **ret, size_t *ret_count, struct err *e)
{
	return hosts(s, 0, a, ret, ret_count, e);
}

int org_hosts_level(struct store *s, int *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_level);
	int rc = store_next(q, e);

	if (rc == 1)
		*ret = (int)store_i64(q, 0);
	store_end(q);
	return rc < 0 ? rc : 0;
}

int org_host(struct store *s, int64_t id, struct arena *a, struct org_host *ret, struct err *e)
{
	struct org_host *found = NULL;
	size_t count = 0;
	int rc = id > 0 ? hosts(s, id, a, &found, &count, e) : 0;

	if (rc < 0)
		return rc;
	if (count == 0)
		return err_set(e, ERR_ABSENT, "no machine %lld", (long long)id);
	*ret = found[0];
	return 0;
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

/* --- the code of the first set-up ------------------------------------------------------------- */

/* Typed by hand from another screen: case, blanks and dashes do not matter. */
static struct str code_form(struct str code, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < code.len && len + 1 < size; i++) {
		char c = code.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'))
			text[len++] = c;
	}
	return (struct str){ text, len };
}

int org_code_make(struct store *s, char *code, struct err *e)
{
	char letters[13], hex[SHA256_HEX_SIZE];

	random_token(letters, 12);
	snprintf(code, ORG_CODE_SIZE, "%.4s-%.4s-%.4s", letters, letters + 4, letters + 8);
	return org_set(s, "setup.code", str_of(sha256_hex(str_of(letters), hex)), e);
}

int org_code_use(struct store *s, struct str code, bool *ret_is_right, struct err *e)
{
	char letters[32], hex[SHA256_HEX_SIZE], kept_bytes[256];
	struct str kept;
	struct store_query *q = store_query(s, sql_get);
	int rc;

	store_bind_cstr(q, 1, "setup.code");
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	kept = rc == 1 ? store_str(q, 0) : STR("");
	if (kept.len > sizeof(kept_bytes))
		kept.len = 0;
	memcpy(kept_bytes, kept.ptr, kept.len);
	kept.ptr = kept_bytes;
	store_end(q);
	sha256_hex(code_form(code, letters, sizeof(letters)), hex);
	*ret_is_right = crypto_equal(kept, str_of(hex));
	if (!*ret_is_right)
		return 0;
	return org_run(s, sql_unset, "s", e, STR("setup.code"));
}
