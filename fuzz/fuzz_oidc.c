/* fuzz_oidc.c - what a provider of log-ins says: its description, a token and the keys of it, more
 * of a person; four lines. Each is read or refused, and a person without a
 * subject never comes of it. */
#include <stdlib.h>

#include "kit/oidc/oidc.h"

#define ISSUER "https://dang-nhap.vn"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line[4] = { 0 };
	struct oidc o = { .issuer = STR(ISSUER),
		.client_id = STR("khien"),
		.groups = STR("realm_access.roles"),
		.login = STR("preferred_username"),
		.code = STR("") };
	struct oidc_return back = { .nonce = STR("n1"), .now_s = 1790000000 };
	struct oidc_person p = { .subject = STR("s1"), .login = STR(""), .name = STR("") };
	struct oidc_provider provider;
	struct err e = { 0 };
	struct arena a;

	if (size > OIDC_BYTES_MAX)
		return 0;
	for (size_t i = 0; i < COUNT(line) && str_next_line(&rest, &line[i]); i++)
		;
	arena_init(&a, 16 * MIB);
	if (oidc_provider_parse(line[0], o.issuer, &a, &provider, &e) == 0 &&
		(!oidc_is_url(provider.token) || !oidc_is_url(provider.authorization)))
		abort();
	if (oidc_token_check(&o, &back, &(struct oidc_signed){ line[1], line[2] }, &a, &p, &e) <
			0 &&
		!e.code)
		abort();
	if (!p.subject.len || p.subject.len > 255 || p.group_count > OIDC_GROUPS_MAX)
		abort();
	if (oidc_person_more(&o, line[3], &a, &p, &e) < 0 && !e.code)
		abort();
	arena_done(&a);
	return 0;
}
