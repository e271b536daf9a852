/* goods.h - floor 3: what belongs to a unit and goes along when it ends: to the successor, and back
 * when that is undone. Rooms above org have such rows too; each exports a list of them, and who
 * changes units hands all lists over in org_actor.goods. What is a paper of its day stays where it
 * was made: evidence, closed cases, signatures. */
#ifndef CORE_ORG_GOODS_H
#define CORE_ORG_GOODS_H

#include "core/org/org.h"

/* SQL with what stands for $1, $2 … in it, a letter each: f the unit left, t the unit come to, e
 * the event, s the second, b who does it, k the key that was chosen. When it goes back, f is where
 * it was, t where it is. */
struct org_statement {
	const char *sql, *binds;
};
/* At a split: into unit_moved, those that go along with one chosen thing of the kind OF. */
struct org_pick {
	const char *of;
	struct org_statement one;
};

#define ORG_GOODS_PICKS 2
#define ORG_GOODS_STATEMENTS 4
struct org_goods {
	const char *words; /* T() "bản ghi" */
	const char *fate;  /* T() what becomes of them when the unit ends; NULL: they go along */
	const char *count; /* how many unit $1 has */
	/* into unit_moved, which of them; no sql: they stay where they are when a unit ends */
	struct org_statement remember;
	struct org_pick picks[ORG_GOODS_PICKS + 1];
	/* those of unit_moved; ended by a sql of NULL */
	struct org_statement move[ORG_GOODS_STATEMENTS + 1];
	/* those of unit_moved that still are where they went */
	struct org_statement back[ORG_GOODS_STATEMENTS + 1];
};

extern const struct org_goods org_goods[]; /* org's own; ended by words NULL */

/* How many rows of each unit UNIT_ID has: as many numbers as there are goods in LISTS, which is
 * ended by NULL. In A. */
struct org_goods_count {
	const struct org_goods *goods;
	int64_t count;
};
MUST_CHECK int org_goods_of(const struct org_actor *by, int64_t unit_id, struct arena *a,
	struct org_goods_count **ret, size_t *ret_count, struct err *e);

#endif
