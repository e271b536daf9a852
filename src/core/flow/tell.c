/* tell.c - letters about a case that anyone may begin, which cannot wait for tomorrow's digest: to
 * whoever has the role that acts first in its flow; where the unit has nobody, to who decides
 * there, else to the unit above. What was seen stays in Khiên: a letter goes over lines that are
 * not ours. */
#include "core/evidence/doing.h"
#include "core/flow/flow_int.h"
#include "core/org/staff.h"
#include "kit/mail/mail.h"

#define LETTER_BYTES_MAX 4096

struct telling {
	const struct flow_by *by;
	const struct flow *flow;
	const struct flow_case *about;
	struct str day;
	struct staff_role *given; /* roles of the law that people have in the case's unit */
	size_t given_count;
};

/* The role of the law that acts where a new case stands? */
static bool is_first(const struct flow *f, const struct flow_move *m)
{
	for (size_t i = 0; m->who == FLOW_WHO_ACT && m->role.ptr && i < m->from_count; i++)
		if (str_eq(m->from[i], f->first))
			return true;
	return false;
}

static bool is_told(const struct telling *t, struct str role)
{
	for (size_t i = 0; i < t->flow->move_count; i++)
		if (is_first(t->flow, &t->flow->moves[i]) && str_eq(t->flow->moves[i].role, role))
			return true;
	return false;
}

/* Do accounts with one of ROLES have this role of the law? */
static bool have(const struct telling *t, unsigned roles, struct str law)
{
	const struct role *role = pack_role(t->by->packs, law);

	for (size_t i = 0; role && i < role->account_count; i++)
		if (roles & (unsigned)org_role(role->accounts[i]))
			return true;
	return false;
}

static bool do_it(const struct telling *t, unsigned roles)
{
	for (size_t i = 0; i < t->flow->move_count; i++)
		if (is_first(t->flow, &t->flow->moves[i]) && have(t, roles, t->flow->moves[i].role))
			return true;
	return false;
}

static int does_it(
	const struct telling *t, const struct staff_reader *r, bool *ret_does, struct err *e)
{
	unsigned stands_in = 0;
	int rc = duty_stands_in(t->by->store, r->id, t->day, &stands_in, e);

	*ret_does = do_it(t, (unsigned)r->role | stands_in);
	for (size_t i = 0; i < t->given_count; i++)
		*ret_does |= t->given[i].staff_id == r->staff_id && is_told(t, t->given[i].role);
	return rc;
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

enum reach { REACH_DOES, REACH_DECIDES, REACH_COUNT };

/* Those of UNIT_ID whom REACH means; *RET_COUNT letters. */
static int tell_unit(const struct telling *t, int64_t unit_id, enum reach reach, size_t *ret_count,
	struct err *e)
{
	struct staff_readers readers = { 0 };
	int rc = staff_readers(t->by->store, unit_id, t->by->a, &readers, e);

	for (size_t i = 0; rc == 0 && i < readers.count; i++) {
		const struct staff_reader *r = &readers.at[i];
		bool is_meant = org_reach(r->role, RIGHT_APPROVE) >= PLACE_OWN;

		if (reach == REACH_DOES)
			rc = does_it(t, r, &is_meant, e);
		if (rc < 0 || !is_meant || !letter_is_address(r->email))
			continue;
		rc = write_to(t, r, e);
		++*ret_count;
	}
	return rc;
}

int flow_tell(
	const struct flow_by *by, const struct flow *f, const struct flow_case *c, struct err *e)
{
	struct telling t = { by, f, c, STR_NONE, NULL, 0 };
	struct staff_role_query q = { .unit_id = c->unit_id };
	size_t told = 0;
	int rc;

	if (f->begins != FLOW_BEGINS_ANYONE)
		return 0;
	q.day = t.day = org_day(by->now_s, by->a);
	rc = staff_roles(by->store, &q, by->a, &t.given, &t.given_count, e);
	for (int64_t id = c->unit_id; rc == 0 && id && told == 0;) {
		const struct org_unit *unit = by->tree ? org_unit_by_id(by->tree, id) : NULL;

		for (int reach = 0; rc == 0 && told == 0 && reach < REACH_COUNT; reach++)
			rc = tell_unit(&t, id, (enum reach)reach, &told, e);
		id = unit ? unit->parent_id : 0;
	}
	return rc;
}
