/* demo_int.h - private to work/demo. */
#ifndef WORK_DEMO_INT_H
#define WORK_DEMO_INT_H

#include "core/attest/attest.h"
#include "core/org/staff.h"
#include "core/record/record.h"
#include "kit/parse/parse.h"
#include "work/demo/demo.h"

#define DEMO_PAPER "mau.tam" /* in the data folder, until it is attached */

#define DEMO_MACHINES_EACH 2
extern const char *const demo_machine_kinds[DEMO_MACHINES_EACH];

struct demo_unit {
	int64_t id;
	struct str name, code, kind;   /* kind: as the words of the sample know it */
	struct org_user head, officer; /* their accounts */
	struct staff *people;
	size_t count;
	int64_t machines[DEMO_MACHINES_EACH]; /* of demo_machine_kinds */
	uint64_t care;                        /* how well it keeps what it has to, in percent */
};

#define PIECE_BYTES (64 * MIB)

/* The sample in the making. */
struct making {
	const struct demo *d;
	struct arena *a;    /* for all of it */
	struct arena piece; /* emptied again and again */
	const struct yaml_node *words;
	uint64_t random;
	int64_t last_s; /* the evening before today: later nobody does anything */
	struct org_actor by;
	struct org_tree tree;
	struct demo_unit *units;
	size_t unit_count;
	struct demo_done done;
};

/* A number from 0 below LIMIT; true once in OF times. */
uint64_t demo_random(struct making *m, uint64_t limit);
bool demo_chance(struct making *m, uint64_t percent);
/* A chance that is WORST percent in a unit without any care, and 100 in one with all of it. */
bool demo_cares(struct making *m, const struct demo_unit *u, uint64_t worst);
const struct demo_unit *demo_unit_of(const struct making *m, int64_t id);
/* One of the list under KEY of the words; "" when there is none. */
struct str demo_word(struct making *m, const struct yaml_node *list);
const struct yaml_node *demo_list(const struct making *m, const char *key, const char *name);
/* The one at PLACE of the list, which begins anew after its last. */
struct str demo_turn(const struct yaml_node *list, size_t place);
/* WORD with a number for each {so}, the moment's year for {nam}, the unit's code for {dv}. */
struct str demo_fill(
	struct making *m, struct str word, const struct demo_unit *u, int64_t at_s);
/* What stands under NAME of "said". */
struct str demo_said(const struct making *m, const char *name);
struct str demo_day(struct making *m, int64_t days_from_now); /* YYYY-MM-DD, in m->a */
void demo_tell(struct making *m, const char *what, size_t done, size_t total);
void demo_clear(struct making *m); /* empty m->piece */
const struct staff *demo_person(struct making *m, const struct demo_unit *u);
/* The end of the last working day before today: the same sample at any hour of the day. */
int64_t demo_last_s(const struct demo *d);
/* NEAR when people work then, else the next moment when they do. */
int64_t demo_work_s(struct making *m, int64_t near_s);
/* The same so many days before the last; some weeks earlier where that would not have come yet. */
int64_t demo_ago_s(struct making *m, int64_t days);
/* How long ago the unit has last done what it repeats: who takes care has done so lately. */
int64_t demo_lately_days(struct making *m, const struct demo_unit *u);
/* The sample's year: how long before now it begins. */
#define DEMO_YEAR_DAYS 365
int64_t demo_begin_s(const struct making *m);
struct flow_by demo_by(struct making *m, const struct org_user *user, int64_t now_s);

int demo_people(struct making *m, struct err *e);
int demo_registers(struct making *m, struct err *e);
/* A record of REG in U that says what PRESET says, the rest as of any other. *RET_ID 0: it could
 * not be made. */
struct demo_wanted {
	const struct demo_unit *unit;
	const struct pack_register *reg;
	struct record_body preset;
	int64_t at_s;
};
int demo_record(struct making *m, const struct demo_wanted *w, int64_t *ret_id, struct err *e);
/* What people look at again from time to time they have; after all that cases did. */
int demo_look_again(struct making *m, struct err *e);
int demo_story(struct making *m, struct err *e);
int demo_cases(struct making *m, struct err *e);
int demo_signings(struct making *m, struct err *e);
int demo_duties(struct making *m, struct err *e);

#endif
