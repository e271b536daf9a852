/* flow_int.h - what the pages of cases and of statements share. */
#ifndef FACE_WEB_FLOW_INT_H
#define FACE_WEB_FLOW_INT_H

#include "core/attest/attest.h"
#include "core/flow/refer.h"
#include "core/flow/term.h"
#include "face/web/org_int.h"

/* The visitor at work on cases and statements. */
struct flow_by view_flow_by(struct view *v);
struct flow_reader view_flow_reader(struct view *v);
/* "còn 3 giờ", "quá hạn 2 ngày", with its moment; "" for 0. */
void html_clock(struct view *v, int64_t due_at_s, int64_t done_at_s);
/* What people typed for a field, as it is kept: 31/12/2026 08:30 -> 2026-12-31T08:30. */
struct str flow_typed(struct view *v, enum flow_field_type type, struct str typed);
/* Field F of case C in a form, holding VALUE or what was typed (flow_field.c). */
void html_flow_field(struct view *v, const struct flow_case *c, const struct flow_field *f,
	struct str value, bool is_needed);
/* A case leads to a form of a register, which leads back: to which case, and with which record. */
#define CASE_BACK "ve-ho-so"
#define CASE_RECORD "ban-ghi"
/* What the registers say of the things of TASKS, "Một cửa điện tử · Cá nhân · Lê Văn An": one for
 * each, without a text for none. In v->a (flow_things.c). */
struct str *flow_things_words(
	struct view *v, const struct flow *f, const struct flow_task *tasks, size_t count);
/* What cases are about: a person, or a record. */
struct case_subject {
	int64_t staff_id, record_id; /* one of them, the other 0 */
	struct str register_id;      /* of the record */
	int64_t unit_id;
};
/* The cases about it, with links to begin another, for its page; nothing for a record that no flow
 * is about. */
void html_cases_of(struct view *v, const struct case_subject *about);
/* The clauses of a flow or statement, cited and linked. */
void html_clauses(struct view *v, const struct pack *p, const struct str *ids, size_t count);

/* The case that the address names, with its flow and what happened in it (page/case.c). */
MUST_CHECK int case_of_address(struct view *v, struct flow_case *ret, const struct flow **ret_flow,
	struct flow_history *ret_history);
/* Papers of a case (page/case_paper.c): is there one yet, by the steps taken; its kind with what
 * it is about, "Quyết định: Phê duyệt cấp độ …". */
bool case_has_paper(const struct flow *f, const struct flow_history *h, struct str id);
const char *case_paper_title(struct view *v, const struct flow_paper *p);
/* The tasks of a case with who did each and when, as papers list them. */
void html_case_tasks(struct view *v, const struct flow *f, const struct flow_history *h);

#endif
