/* org_unit.c - the unit's settings, and the code that sets it up. */
#include "core/org/org_int.h"

#include "kit/crypto/crypto.h"

static const char sql_get[] = "SELECT value FROM setting WHERE name = $1";
static const char sql_get_some[] = "SELECT name, value FROM setting WHERE name IN ($1, $2, $3, $4)";
static const char sql_set[] = "INSERT INTO setting (name, value) VALUES ($1, $2)"
			      " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char sql_unset[] = "DELETE FROM setting WHERE name = $1";

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

int org_settings(
	struct store *s, const char *const *names, struct arena *a, struct str *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_get_some);
	int rc;

	for (int i = 0; i < ORG_SETTINGS_MAX; i++)
		ret[i] = STR_NONE;
	for (int i = 0; i < ORG_SETTINGS_MAX && names[i]; i++)
		store_bind_cstr(q, 1 + i, names[i]);
	while ((rc = store_next(q, e)) == 1)
		for (int i = 0; i < ORG_SETTINGS_MAX && names[i]; i++)
			if (str_is(store_str(q, 0), names[i]))
				ret[i] = arena_str(a, store_str(q, 1));
	return rc;
}

int org_set(struct store *s, const char *name, struct str value, struct err *e)
{
	return org_run(s, sql_set, "ss", e, str_of(name), value);
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
