#include "core/evidence/reach.h"

#include "core/evidence/doing.h"
#include "core/org/rights.h"
#include "kit/mail/mail.h"

enum step { STEP_DOES, STEP_OFFICER, STEP_DECIDES, STEP_COUNT };

struct reaching {
	const struct reach_query *q;
	struct staff_role *given; /* roles of the law that people have in the first unit */
	size_t given_count;
};

/* Do accounts with one of ROLES have one of the roles of the law? */
static bool have(const struct reach_query *q, unsigned roles)
{
	for (size_t i = 0; i < q->role_count; i++) {
		const struct role *role = pack_role(q->packs, q->roles[i]);

		for (size_t k = 0; role && k < role->account_count; k++)
			if (roles & (unsigned)org_role(role->accounts[k]))
				return true;
	}
	return false;
}

static bool is_given(const struct reaching *r, int64_t staff_id)
{
	for (size_t i = 0; i < r->given_count; i++)
		for (size_t k = 0; r->given[i].staff_id == staff_id && k < r->q->role_count; k++)
			if (str_eq(r->given[i].role, r->q->roles[k]))
				return true;
	return false;
}

static int is_meant(const struct reaching *r, const struct staff_reader *who, enum step step,
	bool *ret, struct err *e)
{
	unsigned stands_in = 0;
	int rc = 0;

	switch (step) {
	case STEP_DOES:
		rc = duty_stands_in(r->q->store, who->id, r->q->day, &stands_in, e);
		*ret = have(r->q, (unsigned)who->role | stands_in) || is_given(r, who->staff_id);
		break;
	case STEP_OFFICER:
		*ret = who->role == USER_OFFICER;
		break;
	case STEP_DECIDES:
	case STEP_COUNT:
		*ret = org_reach(who->role, RIGHT_APPROVE) >= PLACE_OWN ||
			org_reach(who->role, RIGHT_REMIND) >= PLACE_OWN;
		break;
	}
	return rc;
}

/* Keep of ALL those whom STEP means. */
static int choose(const struct reaching *r, const struct staff_readers *all, enum step step,
	struct staff_readers *ret, struct err *e)
{
	int rc = 0;

	ret->count = 0;
	for (size_t i = 0; rc == 0 && i < all->count; i++) {
		bool is = false;

		rc = is_meant(r, &all->at[i], step, &is, e);
		if (rc == 0 && is && letter_is_address(all->at[i].email))
			ret->at[ret->count++] = all->at[i];
	}
	return rc;
}

int reach_whom(
	const struct reach_query *q, struct arena *a, struct staff_readers *ret, struct err *e)
{
	struct staff_role_query given = { .unit_id = q->unit_id, .day = q->day };
	struct reaching r = { .q = q };
	struct staff_readers chosen = { 0 };
	int rc = staff_roles(q->store, &given, a, &r.given, &r.given_count, e);

	for (int64_t id = q->unit_id; rc == 0 && id && chosen.count == 0;) {
		const struct org_unit *unit = q->tree ? org_unit_by_id(q->tree, id) : NULL;
		struct staff_readers all = { 0 };

		rc = staff_readers(q->store, id, a, &all, e);
		chosen.at = arena_array(a, struct staff_reader, all.count + 1);
		for (int step = 0; rc == 0 && step < STEP_COUNT && chosen.count == 0; step++)
			rc = choose(&r, &all, (enum step)step, &chosen, e);
		id = unit ? unit->parent_id : 0;
	}
	if (rc == 0)
		*ret = chosen;
	return rc;
}
