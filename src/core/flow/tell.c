/* tell.c - letters about a case that anyone may begin, which cannot wait for tomorrow's digest: to
 * whoever has the role that acts first in its flow, or to whom reach.h says where there is nobody.
 * What was seen stays in Khiên: a letter goes over lines that are not ours. */
#include "core/evidence/doing.h"
#include "core/evidence/reach.h"
#include "core/flow/flow_int.h"

#define LETTER_BYTES_MAX 4096

struct telling {
	const struct flow_by *by;
	const struct flow *flow;
	const struct flow_case *about;
	struct str day;
};

/* The role of the law that acts where a new case stands? */
static bool is_first(const struct flow *f, const struct flow_move *m)
{
	for (size_t i = 0; m->who == FLOW_WHO_ACT && m->role.ptr && i < m->from_count; i++)
		if (str_eq(m->from[i], f->first))
			return true;
	return false;
}

static int write_to(const struct telling *t, const struct staff_reader *r, struct err *e)
{
	const struct org_unit *unit =
		t->by->tree ? org_unit_by_id(t->by->tree, t->about->unit_id) : NULL;
	struct str where = unit ? unit->name : STR(""),
		   who = t->by->user ? t->by->user->name : STR("Khiên");
	struct mail m = {
		.person_id = r->id, .address = r->email, .day = t->day, .made_at_s = t->by->now_s
	};
	char at[CLOCK_TEXT_MAX];
	struct buf body;
	int rc;

	m.about = arena_fmt(t->by->a, "case %lld", (long long)t->about->id);
	m.subject =
		arena_fmt(t->by->a, tr(LANG_VI, T("Khiên, cần xử lý ngay: %.*s, hồ sơ số %lld")),
			STR_FMT(t->flow->title.vi), (long long)t->about->id);
	buf_init(&body, LETTER_BYTES_MAX);
	buf_fmt(&body, "%s %.*s,\n\n", tr(LANG_VI, T("Kính gửi")), STR_FMT(r->name));
	buf_fmt(&body, tr(LANG_VI, T("%.*s: %.*s vừa báo lúc %s.\nĐơn vị: %.*s.\n")),
		STR_FMT(t->flow->title.vi), STR_FMT(who), clock_people(t->by->now_s, at),
		STR_FMT(where));
	buf_fmt(&body,
		tr(LANG_VI,
			T("Mở Khiên, trang Hôm nay, hồ sơ số %lld để xem nội dung và tiếp nhận. "
			  "Nội dung không gửi qua thư.\n")),
		(long long)t->about->id);
	m.body = buf_str(&body);
	rc = mail_put(t->by->store, &m, e);
	buf_done(&body);
	return rc;
}

int flow_tell(
	const struct flow_by *by, const struct flow *f, const struct flow_case *c, struct err *e)
{
	struct telling t = { by, f, c, STR_NONE };
	struct str *roles = arena_array(by->a, struct str, f->move_count + 1);
	struct reach_query q = { .store = by->store,
		.packs = by->packs,
		.tree = by->tree,
		.unit_id = c->unit_id,
		.roles = roles };
	struct staff_readers whom = { 0 };
	int rc;

	if (f->begins != FLOW_BEGINS_ANYONE)
		return 0;
	for (size_t i = 0; i < f->move_count; i++)
		if (is_first(f, &f->moves[i]))
			roles[q.role_count++] = f->moves[i].role;
	q.day = t.day = org_day(by->now_s, by->a);
	rc = reach_whom(&q, by->a, &whom, e);
	for (size_t i = 0; rc == 0 && i < whom.count; i++)
		rc = write_to(&t, &whom.at[i], e);
	return rc;
}
