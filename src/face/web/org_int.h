/* org_int.h - what the pages of units and people share. */
#ifndef FACE_WEB_ORG_INT_H
#define FACE_WEB_ORG_INT_H

#include "core/org/change_unit.h"
#include "core/org/goods.h"
#include "core/org/staff.h"
#include "face/web/web_int.h"

/* A choice of units, indented as they stand; those without the RIGHT are left out. FIRST is the
 * word of the choice of none, or NULL. */
struct unit_choice {
	const char *name, *label, *first;
	enum org_right right;
	int64_t chosen, without; /* WITHOUT: this one and those below it are left out */
};
void html_unit_select(struct view *v, const struct unit_choice *choice);
/* Number, day signed, day of effect; what they hold. */
void html_decision(struct view *v);
void html_decision_named(
	struct view *v, const char *number, const char *signed_on, const char *from);
struct org_decision form_decision(struct view *v);
/* The faults of core/org, each at the field of the form that it belongs to. */
void fault_org(struct view *v, const struct org_faults *faults);
/* Day-month-year as people write it, as YYYY-MM-DD; "" when it is none. In v->a. */
struct str form_day(struct view *v, const char *name);
/* "31/12/2026" of "2026-12-31"; the words for ORG_DAY_FIRST; "" of "". */
const char *day_text(struct view *v, struct str day);
/* The number a field of the form holds, or 0. */
int64_t form_number(const struct view *v, const char *name);
/* The name of a unit of today, or "". */
struct str unit_name(struct view *v, int64_t id);
void html_unit_link(struct view *v, int64_t id);
struct str unit_json(struct view *v, int64_t id); /* "[7]", for struct staff_query */
/* The unit that the first {} names, or NULL. */
const struct org_unit *unit_of_path(struct view *v);
/* One fact of a <dl class="facts">. */
void html_fact(struct view *v, const char *label, struct str value);
/* "Trang 2/9" with links; PATH ends in "?" or "&". */
void html_pages(struct view *v, const char *path, int64_t page, int64_t pages);

/* What goes along when a unit ends: struct org_actor.goods. */
extern const struct org_goods *const unit_goods[];

/* page/unit_acts.c: a row for each thing that is done to a unit. */
struct unit_act {
	const char *slug, *words;
	void (*fields)(struct view *v, const struct org_unit *u);
	int (*run)(struct view *v, const struct org_unit *u, struct org_faults *ret_faults);
	/* the units that end by it, at most UNIT_ENDS_MAX; NULL: none do */
	size_t (*ends)(struct view *v, const struct org_unit *u, int64_t *ids);
	/* what is to be chosen before it is done, in the form of the preview; NULL: nothing */
	void (*choices)(struct view *v, const struct org_unit *u);
	const char *(*notice)(struct view *v); /* what is told when it is done; NULL: that it is */
};
#define UNIT_ENDS_MAX 64
extern const struct unit_act unit_acts[];
extern const size_t unit_act_count;

/* page/unit_split.c: who and what goes to which of the new units. */
#define SPLIT_MAX 6
/* Those that were named, at most SPLIT_MAX: how many. */
size_t split_news(struct view *v, const struct org_unit *u, struct org_unit_new *news);
void split_choices(struct view *v, const struct org_unit *u);
/* What was chosen of it. In v->a. */
void split_shares(struct view *v, struct org_split *split);
/* Is it the name of one of these choices? And all that were sent, as hidden fields. */
bool is_split_choice(struct str name);
void split_choices_kept(struct view *v);

/* The columns of units as a file, in and out. */
enum unit_csv {
	UNIT_CSV_CODE,
	UNIT_CSV_PARENT,
	UNIT_CSV_NAME,
	UNIT_CSV_SHORT,
	UNIT_CSV_KIND,
	UNIT_CSV_ROLES,
	UNIT_CSV_NUMBER,
	UNIT_CSV_SIGNED,
	UNIT_CSV_FROM,
	UNIT_CSV_COLUMNS,
};
extern const char *const unit_csv_heads[UNIT_CSV_COLUMNS];
/* Those of people. */
enum staff_csv {
	STAFF_CSV_CODE,
	STAFF_CSV_NAME,
	STAFF_CSV_UNIT,
	STAFF_CSV_POSITION,
	STAFF_CSV_EMAIL,
	STAFF_CSV_PHONE,
	STAFF_CSV_STATE,
	STAFF_CSV_COLUMNS,
};
extern const char *const staff_csv_heads[STAFF_CSV_COLUMNS];

/* A unit by its code, or by its number. NULL: none. */
const struct org_unit *unit_named(const struct org_tree *t, struct str name);
/* command/unit_import.c: all rows of a file or none; DRY only says what would be done. */
struct own_command;
MUST_CHECK int unit_import(struct own_command *c, const char *file, bool is_dry, struct err *e);
/* YYYY-MM-DD of what people type, "" when it is no day. In A. */
struct str typed_day(struct str s, struct arena *a);

/* Accounts (page/admin.c, page/user.c). */
void html_role_select(struct view *v, struct str chosen);
const char *user_state_words(struct view *v, const struct org_user *u);
void page_user_change(struct view *v, int64_t id);
void page_user_own(struct view *v); /* what the only administrator may change of their own */

/* The title of a role of the law, as the packs give it. */
struct str law_role_title(struct view *v, struct str id);
/* A box for each role of the law; CHOSEN: "OWNER OPER". */
void html_law_role_boxes(struct view *v, const char *name, struct str chosen);
void html_law_roles(struct view *v, const char *name, const char *label);
bool is_law_role(const struct view *v, struct str id);

#endif
