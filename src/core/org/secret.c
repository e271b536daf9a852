/* secret.c - settings that are kept sealed: passwords of services that Khien logs in to. */
#include "core/org/org_int.h"
#include "core/org/outside.h"

#include "kit/crypto/crypto.h"

#define SECRET_MEMORY_BYTES (64 * KIB)

static struct str context_of(const char *name, struct arena *a)
{
	return arena_fmt(a, "setting %s", name);
}

int org_secret_set(const struct org_actor *by, const char *name, struct str secret, struct err *e)
{
	struct str sealed = STR("");
	struct arena a;
	char *hex;
	int rc = 0;

	arena_init(&a, SECRET_MEMORY_BYTES);
	hex = arena_cstr(&a, STR(""));
	if (secret.len) {
		rc = aead_seal(by->key, context_of(name, &a), secret, &a, &sealed, e);
		hex = arena_alloc(&a, sealed.len * 2 + 1);
		if (rc == 0)
			hex_of((const unsigned char *)sealed.ptr, sealed.len, hex);
	}
	if (rc == 0)
		rc = org_set(by->store, name, str_of(hex), e);
	arena_done(&a);
	return rc;
}

int org_secret(struct store *s, struct str key, const char *name, struct arena *a, struct str *ret,
	struct err *e)
{
	struct str hex = STR_NONE;
	int rc = org_setting(s, name, a, &hex, e);

	if (rc < 0)
		return rc;
	if (!hex.len) {
		*ret = STR_NONE;
		return 0;
	}
	return aead_open(key, context_of(name, a), org_unhex(hex, a), a, ret, e);
}
