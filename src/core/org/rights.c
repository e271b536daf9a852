/* rights.c - the table of rights. */
#include "core/org/rights.h"

#include "kit/text/text.h"

static const struct role_row {
	enum user_role role;
	const char *id, *words;
	enum org_place place[RIGHT_COUNT];
} roles[] = {
	{ USER_STAFF, "staff", T("người sử dụng"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_SELF,
			[RIGHT_ACT] = PLACE_SELF,
			[RIGHT_SIGN] = PLACE_SELF } },
	{ USER_OPERATOR, "operator", T("cán bộ vận hành hệ thống"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_OWN,
			[RIGHT_ACT] = PLACE_OWN,
			[RIGHT_SIGN] = PLACE_SELF,
			[RIGHT_LOG] = PLACE_OWN } },
	{ USER_OFFICER, "officer", T("cán bộ chuyên trách"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_BELOW,
			[RIGHT_ACT] = PLACE_BELOW,
			[RIGHT_PEOPLE] = PLACE_BELOW,
			[RIGHT_SIGN] = PLACE_SELF,
			[RIGHT_LOG] = PLACE_BELOW } },
	{ USER_HEAD, "head", T("thủ trưởng"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_BELOW,
			[RIGHT_ACT] = PLACE_BELOW,
			[RIGHT_PEOPLE] = PLACE_BELOW,
			[RIGHT_APPROVE] = PLACE_BELOW,
			[RIGHT_REMIND] = PLACE_BELOW,
			[RIGHT_SIGN] = PLACE_SELF,
			[RIGHT_LOG] = PLACE_BELOW } },
	{ USER_INSPECTOR, "inspector", T("cán bộ kiểm tra"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_BELOW,
			[RIGHT_SIGN] = PLACE_SELF,
			[RIGHT_LOG] = PLACE_BELOW,
			[RIGHT_AUDIT] = PLACE_BELOW } },
	{ USER_AUTHORITY, "authority", T("cơ quan cấp trên"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_BELOW,
			[RIGHT_REMIND] = PLACE_BELOW,
			[RIGHT_SIGN] = PLACE_SELF } },
	{ USER_AUDITOR, "auditor", T("chỉ đọc"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_BELOW,
			[RIGHT_SIGN] = PLACE_SELF,
			[RIGHT_LOG] = PLACE_BELOW,
			[RIGHT_AUDIT] = PLACE_BELOW } },
	{ USER_ADMIN, "admin", T("quản trị"),
		{ [RIGHT_LAW] = PLACE_ALL,
			[RIGHT_SEE] = PLACE_ALL,
			[RIGHT_ACT] = PLACE_ALL,
			[RIGHT_PEOPLE] = PLACE_ALL,
			[RIGHT_APPROVE] = PLACE_ALL,
			[RIGHT_REMIND] = PLACE_ALL,
			[RIGHT_SIGN] = PLACE_SELF,
			[RIGHT_LOG] = PLACE_ALL,
			[RIGHT_AUDIT] = PLACE_ALL,
			[RIGHT_ADMIN] = PLACE_ALL } },
};

const enum user_role org_roles[USER_ROLE_COUNT] = { USER_STAFF, USER_OFFICER, USER_HEAD,
	USER_OPERATOR, USER_INSPECTOR, USER_AUTHORITY, USER_AUDITOR, USER_ADMIN };

static const struct role_row *row_of(enum user_role role)
{
	for (size_t i = 0; i < COUNT(roles); i++) {
		if (roles[i].role == role)
			return &roles[i];
	}
	return NULL;
}

enum org_place org_reach(enum user_role role, enum org_right right)
{
	const struct role_row *row = row_of(role);

	return row ? row->place[right] : PLACE_NONE;
}

bool org_may(
	const struct org_user *u, enum org_right right, const struct org_tree *t, int64_t unit_id)
{
	switch (org_reach(u->role, right)) {
	case PLACE_ALL:
		return true;
	case PLACE_BELOW:
		return org_unit_covers(t, u->unit_id, unit_id) ||
			org_unit_covers(t, u->unit_id, org_unit_heir(t, unit_id));
	case PLACE_OWN:
		return u->unit_id == org_unit_heir(t, unit_id);
	case PLACE_SELF:
	case PLACE_NONE:
		break;
	}
	return false;
}

bool org_may_self(const struct org_user *u, enum org_right right, const struct org_tree *t,
	int64_t unit_id, int64_t staff_id)
{
	if (staff_id && staff_id == u->staff_id && org_reach(u->role, right) != PLACE_NONE)
		return true;
	return org_may(u, right, t, unit_id);
}

void org_reached(const struct org_user *u, enum org_right right, const struct org_tree *t,
	struct arena *a, int64_t **ret, size_t *ret_count)
{
	int64_t *ids = arena_array(a, int64_t, t->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (org_may(u, right, t, t->units[i].id))
			ids[count++] = t->units[i].id;
	}
	*ret = ids;
	*ret_count = count;
}

const char *org_role_id(enum user_role role)
{
	const struct role_row *row = row_of(role);

	return row ? row->id : "";
}

const char *org_role_words(enum user_role role)
{
	const struct role_row *row = row_of(role);

	return row ? row->words : "";
}

enum user_role org_role(struct str id)
{
	for (size_t i = 0; i < COUNT(roles); i++) {
		if (str_is(id, roles[i].id))
			return roles[i].role;
	}
	return 0;
}

const char *org_right_id(enum org_right right)
{
	static const char *const ids[RIGHT_COUNT] = {
		[RIGHT_LAW] = "law",
		[RIGHT_SEE] = "see",
		[RIGHT_ACT] = "act",
		[RIGHT_PEOPLE] = "people",
		[RIGHT_APPROVE] = "approve",
		[RIGHT_REMIND] = "remind",
		[RIGHT_SIGN] = "sign",
		[RIGHT_LOG] = "log",
		[RIGHT_AUDIT] = "audit",
		[RIGHT_ADMIN] = "admin",
	};

	return ids[right];
}

const char *org_place_id(enum org_place place)
{
	static const char *const ids[] = {
		[PLACE_NONE] = "none",
		[PLACE_SELF] = "self",
		[PLACE_OWN] = "own",
		[PLACE_BELOW] = "below",
		[PLACE_ALL] = "all",
	};

	return ids[place];
}
