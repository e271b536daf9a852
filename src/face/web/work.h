/* work.h - private to face/web: pages of duties and results. */
#ifndef FACE_WEB_WORK_H
#define FACE_WEB_WORK_H

#include "face/web/web_int.h"
#include "work/comply/sweep.h"
#include "work/duty/duty.h"

/* The unit that ?don-vi= asks for, else the visitor's own; NULL after an answer: none that they
 * may see. */
const struct org_unit *work_unit(struct view *v);
/* The unit that the first {} names; NULL after an answer. */
const struct org_unit *work_unit_of_path(struct view *v);
/* The duties of a unit now that the visitor sees. In v->a. */
int work_duties(struct view *v, const struct org_unit *unit, struct duties *ret);
/* The same, as far as LIKE asks for: until, records_max, has_turns, only_record. */
int work_duties_like(struct view *v, const struct duty_query *like, const struct org_unit *unit,
	struct duties *ret);
/* Leave in the list what the visitor sees of the unit's, or has to do. */
void work_only_seen(struct view *v, int64_t unit_id, struct duties *list);
/* Is it for the visitor to do: by their role, or because they stand in for somebody? */
bool work_is_mine(struct view *v, const struct duty *d);
/* Do accounts of one of these roles, a mask, do it? */
bool work_role_does(struct view *v, unsigned roles, struct duty_who who);
/* May the visitor do so with a duty of this unit because it is their own, whatever else of the unit
 * they may see? */
bool work_may_own(struct view *v, enum org_right right, int64_t unit_id, struct duty_who who);
/* Who does the duty that the path names: /viec/UNIT/PACK/OBLIGATION or /viec/UNIT/REGISTER/DUTY. */
struct duty_who work_who_of_path(struct view *v);
/* Work that a record brings is done: its day becomes DAY, as typed, and the obligations that it
 * answers have their proof, ROW. ERR_INPUT and *RET_FAULTS when the record refuses the day;
 * ERR_CONFLICT when somebody saved meanwhile. */
MUST_CHECK int work_record_done(const struct record_at *at, const struct duty *d, struct str day,
	struct evidence *row, struct record_faults *ret_faults, struct err *e);
const char *duty_path(struct view *v, const struct duty *d);
/* The same from its key, "tay-son/D11.3@12". */
const char *duty_path_of(struct view *v, int64_t unit_id, struct str key);
extern const char *const duty_shapes[DUTY_STATE_COUNT]; /* the sign of each, beside its words */
void html_duty_state(struct view *v, enum duty_state s);
/* One duty as an item with its one button; IS_GROUPED: below a heading that tells its state. */
void html_duty(
	struct view *v, const struct duty *d, const struct duty_rules *rules, bool is_grouped);
/* Machines of one obligation, or records of one work? */
bool work_is_alike(const struct duty *a, const struct duty *b);
/* "37 máy" or "12 bản ghi": so many that are alike. */
const char *work_many(struct view *v, const struct duty *d, size_t count);
/* The list of those that are alike: the visitor's own, or all of the unit. And does the list that
 * is asked for, ?viec=, have this one? */
const char *work_list_path(struct view *v, const struct duty *d, bool is_all);
bool work_is_asked(struct view *v, const struct duty *d);
/* Those of the list that the filter takes, a line for all that are alike; how many lines. HEAD: a
 * section of its own when there are any; NULL: none. */
struct duty_filter {
	bool (*is_in)(struct view *v, const struct duty *d, const void *context);
	const void *context;
	size_t max;  /* lines */
	size_t open; /* so many stand open, the others folded; 0: all */
	bool is_all; /* also others' than the visitor's */
};
size_t html_duties(struct view *v, const struct duties *list, const struct duty_filter *filter,
	const char *head);
/* What does not stand in the lists, and why; nothing when all does. */
void html_duties_left_out(struct view *v, const struct duties *lists, size_t count);
/* What a new unit does first, for its administrator; false: it is done. */
bool html_first_steps(struct view *v);
/* "wifi", which a unit has or signs that it has none of, in words; how many obligations. */
const char *thing_words(struct view *v, struct str what);
size_t thing_obligations(struct view *v, struct str what);
/* After one of them was saved: the next, for who does them; nothing when no needed one is left. */
void html_next_step(struct view *v);
/* What is overdue, due today and soon for this visitor, for Hôm nay. */
void html_my_duties(struct view *v);
/* The work that one record brings; nothing when there is none. */
void html_duties_of(struct view *v, int64_t unit_id, int64_t record_id);
/* A choice among the units that the visitor sees, sent to ACTION; nothing when there is one. */
void html_unit_choice(struct view *v, const char *action, const struct org_unit *chosen);

/* Does a paper prove it, and where one is attached to this subject of the unit? */
bool obligation_takes_paper(struct view *v, const struct obligation *o);
const char *document_path(struct view *v, const struct obligation *o, int64_t unit_id,
	const struct comply_subject *s);

void page_document(struct view *v);
void page_document_post(struct view *v);
void page_work(struct view *v);
void page_work_csv(struct view *v);
void page_duty(struct view *v);
void page_duty_post(struct view *v);
void page_duty_skip_post(struct view *v);
void page_duty_decide_post(struct view *v);
void page_year(struct view *v);
void page_year_units(struct view *v);
void page_delegate_post(struct view *v);
void page_delegate_end(struct view *v);
void page_feed_post(struct view *v);
void page_feed(struct view *v);
void page_results(struct view *v);
void page_results_csv(struct view *v);
void page_result(struct view *v);
void page_result_one(struct view *v);
void page_xray(struct view *v);
void page_xray_post(struct view *v);
void page_letters(struct view *v);
void page_mail(struct view *v);
void page_mail_post(struct view *v);

/* The pages of Công việc. */
void html_work_pages(struct view *v);
/* Does the visitor see more than one unit that is? */
bool work_sees_units(struct view *v);

#endif
