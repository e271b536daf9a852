/* rights.h - floor 3: who may do what, where. One const table: role × right -> how far it reaches
 * from the account's own unit. Everybody asks it: pages, commands, processes. Nothing else in the
 * program decides by a role.
 *
 * To give a role a right: a cell of the table in rights.c; tests/flow/test_matrix.py then tries
 * the change on every route. */
#ifndef CORE_ORG_RIGHTS_H
#define CORE_ORG_RIGHTS_H

#include "core/org/unit.h"

enum org_right {
	RIGHT_LAW,    /* read the packs and the guide of the service */
	RIGHT_SEE,    /* see what a unit has: machines, registers, duties, verdicts, people */
	RIGHT_ACT,    /* do its work: fill registers, do duties, take evidence, record exceptions */
	RIGHT_PEOPLE, /* keep the roster: who works here, as what, by which decision */
	RIGHT_APPROVE, /* decide for a unit: approve requests, sign reviews */
	RIGHT_REMIND,  /* follow and urge those below, deciding nothing for them */
	RIGHT_SIGN,    /* sign statements and do tasks that name the person */
	RIGHT_LOG,     /* read what machines sent */
	RIGHT_AUDIT,   /* read who did what in Khiên */
	RIGHT_ADMIN,   /* units, accounts, settings */
	RIGHT_COUNT,
};

enum org_place {
	PLACE_NONE,
	PLACE_SELF,  /* only what is about or for this person */
	PLACE_OWN,   /* the account's unit, and what ended units have left to it */
	PLACE_BELOW, /* and all units below it */
	PLACE_ALL,
};

/* How far ROLE's RIGHT reaches. */
enum org_place org_reach(enum user_role role, enum org_right right);
/* May U do so with what belongs to UNIT_ID? PLACE_SELF does not count: see org_may_self(). */
bool org_may(
	const struct org_user *u, enum org_right right, const struct org_tree *t, int64_t unit_id);
/* The same with what is about the person STAFF_ID of UNIT_ID. */
bool org_may_self(const struct org_user *u, enum org_right right, const struct org_tree *t,
	int64_t unit_id, int64_t staff_id);
/* The units within reach, ended ones too, in tree order. In A. */
void org_reached(const struct org_user *u, enum org_right right, const struct org_tree *t,
	struct arena *a, int64_t **ret, size_t *ret_count);

/* "officer"; the role of such an id, 0 for none; and its Vietnamese name, for tr(). */
const char *org_role_id(enum user_role role);
enum user_role org_role(struct str id);
const char *org_role_words(enum user_role role);
/* All roles in the order in which people choose them; USER_ROLE_COUNT of them. */
#define USER_ROLE_COUNT 8
extern const enum user_role org_roles[USER_ROLE_COUNT];
const char *org_right_id(enum org_right right); /* "see" */
const char *org_place_id(enum org_place place); /* "below" */

#endif
