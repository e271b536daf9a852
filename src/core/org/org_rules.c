/* org_rules.c - the bounds that the packs in force put on log-ins. */
#include "core/org/org_int.h"

struct asked {
	const struct pack_set *packs;
	int level;
	struct date on;
	struct arena *a;
};

static int winner(
	const struct asked *q, const char *id, const struct param_value **ret, struct err *e)
{
	*ret = pack_param(q->packs, str_of(id), q->level, q->on, q->a).winner;
	if (!*ret)
		return err_set(
			e, ERR_ABSENT, "no pack in force gives \"%s\", which log-ins need", id);
	return 0;
}

int org_rules(const struct pack_set *packs, int level, struct date on, struct arena *a,
	struct org_rules *ret, struct err *e)
{
	const struct param_value *change;
	struct asked q = { packs, level, on, a };
	struct org_rules rules;
	int rc = winner(&q, "pw_min_len", &rules.pw_min_len, e);

	if (rc == 0)
		rc = winner(&q, "pw_classes", &rules.pw_classes, e);
	if (rc == 0)
		rc = winner(&q, "login_fail_max", &rules.login_fail_max, e);
	if (rc == 0)
		rc = winner(&q, "session_idle_min", &rules.session_idle_min, e);
	if (rc == 0)
		rc = winner(&q, "first_change_h", &change, e);
	if (rc < 0)
		return rc;
	rules.first_change_s = change->number * 3600;
	rules.api_calls = pack_param(packs, STR("api_calls_per_min"), level, on, a).winner;
	rules.api_token_days = pack_param(packs, STR("api_token_days"), level, on, a).winner;
	*ret = rules;
	return 0;
}
