/* work.c - what the pages of duties share. */
#include "face/web/work.h"

#include "face/web/register_int.h"

const struct org_unit *work_unit(struct view *v)
{
	int64_t own = v->user.unit_id ? v->user.unit_id : ORG_UNIT_FIRST, id = own;
	struct str asked = http_pair(v->query, "don-vi");
	const struct org_unit *unit;

	if (asked.ptr && !str_to_i64(asked, &id)) {
		page_problem(v, 404);
		return NULL;
	}
	unit = org_unit_by_id(view_tree(v), id);
	if (!unit || !unit->is_live || (id != own && !view_may(v, RIGHT_SEE, id))) {
		page_problem(v, 404);
		return NULL;
	}
	return unit;
}

const struct org_unit *work_unit_of_path(struct view *v)
{
	int64_t id;
	const struct org_unit *u =
		str_to_i64(v->args[0], &id) ? org_unit_by_id(view_tree(v), id) : NULL;

	if (!u || !u->is_live)
		page_problem(v, 404);
	return u && u->is_live ? u : NULL;
}

static bool sees(struct view *v, bool sees_unit, const struct duty *d)
{
	return (sees_unit && (!d->record.reg || register_may_see(v, d->record.reg))) ||
		work_is_mine(v, d);
}

void work_only_seen(struct view *v, int64_t unit_id, struct duties *list)
{
	bool sees_unit = view_may(v, RIGHT_SEE, unit_id);
	size_t kept = 0, rests = 0;

	for (size_t i = 0; i < list->count; i++)
		if (sees(v, sees_unit, &list->at[i]))
			list->at[kept++] = list->at[i];
	for (size_t i = 0; i < list->rest_count; i++)
		if (sees(v, sees_unit, list->rests[i].like))
			list->rests[rests++] = list->rests[i];
	list->count = kept;
	list->rest_count = rests;
}

int work_duties_like(struct view *v, const struct duty_query *like, const struct org_unit *unit,
	struct duties *ret)
{
	struct comply_query about = { v->web->store, v->web->packs, unit->id, v->by.now_s, NULL };
	struct comply_left_out found = { 0 };
	struct duty_left_out left_out;
	struct duty_query q = *like;
	int rc = 0;

	if (!like->only_record)
		rc = comply_left_out(&about, v->a, &found, v->e);
	if (rc < 0)
		return rc;
	left_out = (struct duty_left_out){ found.at, found.count };
	q.store = v->web->store;
	q.packs = v->web->packs;
	q.units = &unit;
	q.unit_count = 1;
	q.left_out = &left_out;
	q.at_s = v->by.now_s;
	rc = duty_list(&q, v->a, ret, v->e);
	if (rc == 0)
		work_only_seen(v, unit->id, ret);
	return rc;
}

int work_duties(struct view *v, const struct org_unit *unit, struct duties *ret)
{
	return work_duties_like(v, &(struct duty_query){ 0 }, unit, ret);
}

bool work_role_does(struct view *v, unsigned roles, struct duty_who who)
{
	for (size_t i = 0; i < USER_ROLE_COUNT; i++)
		if ((roles & (unsigned)org_roles[i]) &&
			duty_is_for(v->web->packs, who, org_role_id(org_roles[i])))
			return true;
	return false;
}

/* Is it done by one for whom the visitor stands in today? */
static bool stands_in(struct view *v, struct duty_who who)
{
	if (!v->is_stands_in_known) {
		v->is_stands_in_known = true;
		if (duty_stands_in(v->web->store, v->user.id, org_day(v->by.now_s, v->a),
			    &v->stands_in, v->e) < 0)
			v->stands_in = 0;
	}
	return work_role_does(v, v->stands_in, who);
}

static bool is_mine(struct view *v, struct duty_who who)
{
	return v->user.role == USER_ADMIN ||
		duty_is_for(v->web->packs, who, org_role_id(v->user.role)) || stands_in(v, who);
}

bool work_is_mine(struct view *v, const struct duty *d)
{
	return is_mine(v, duty_who(d));
}

bool work_may_own(struct view *v, enum org_right right, int64_t unit_id, struct duty_who who)
{
	return v->user.unit_id == unit_id && org_reach(v->user.role, right) != PLACE_NONE &&
		is_mine(v, who);
}

struct duty_who work_who_of_path(struct view *v)
{
	struct str first = v->args[1], second = v->args[2];
	const struct pack_register *r = pack_register(v->web->packs, first);
	const struct obligation *o = pack_obligation(
		v->web->packs, arena_fmt(v->a, "%.*s/%.*s", STR_FMT(first), STR_FMT(second)));

	for (size_t i = 0; r && i < r->duty_count; i++)
		if (str_eq(r->duties[i].id, second))
			return (struct duty_who){ &r->duties[i].who, 1 };
	return o ? (struct duty_who){ o->who, o->who_count } : (struct duty_who){ 0 };
}

const char *duty_path(struct view *v, const struct duty *d)
{
	return arena_cstr(v->a, duty_address(d, v->a));
}

const char *duty_path_of(struct view *v, int64_t unit_id, struct str key)
{
	struct str name = key, host = STR_NONE, pack = STR(""), id = STR("");

	(void)str_split(key, '@', &name, &host);
	(void)str_split(name, '/', &pack, &id);
	if (duty_key_record(key))
		return path_of(v, "/viec/%lld/%.*s/%.*s?ban-ghi=%lld", (long long)unit_id,
			STR_FMT(url_piece(pack, v->a)), STR_FMT(url_piece(id, v->a)),
			(long long)duty_key_record(key));
	return path_of(v, "/viec/%lld/%.*s/%.*s%s%.*s", (long long)unit_id,
		STR_FMT(url_piece(pack, v->a)), STR_FMT(url_piece(id, v->a)),
		host.ptr ? "?may=" : "", STR_FMT(host.ptr ? host : STR("")));
}

const char *const duty_shapes[DUTY_STATE_COUNT] = {
	[DUTY_OVERDUE] = "✕",
	[DUTY_TODAY] = "!",
	[DUTY_SOON] = "◔",
	[DUTY_AHEAD] = "○",
	[DUTY_DONE] = "●",
	[DUTY_DONE_LATE] = "◐",
	[DUTY_SKIPPED] = "–",
};

void html_duty_state(struct view *v, enum duty_state s)
{
	html(v->w, "<span class=\"chip duty-%s\"><span aria-hidden=\"true\">%s</span> %s</span>",
		duty_state_name(s), duty_shapes[s], tr(v->lang, duty_state_words(s)));
}

static const char *days_left(struct view *v, const struct duty *d)
{
	int64_t left = date_to_days(d->open.due) - date_to_days(d->schedule.today);

	if (left < 0)
		return fill(v, tr(v->lang, "trễ {n} ngày"), "n", count_text(v, -left), NULL);
	return left ? fill(v, tr(v->lang, "còn {n} ngày"), "n", count_text(v, left), NULL) : "";
}

static const char *button_words(struct view *v, const struct duty *d)
{
	if (d->is_machine)
		return tr(v->lang, "Xem máy");
	return view_may(v, RIGHT_ACT, d->unit_id) ||
			work_may_own(v, RIGHT_ACT, d->unit_id, duty_who(d)) ?
		tr(v->lang, "Làm việc này") :
		tr(v->lang, "Xem việc này");
}

void html_duty(
	struct view *v, const struct duty *d, const struct duty_rules *rules, bool is_grouped)
{
	struct date unsure;
	const struct role *role = duty_role(v->web->packs, d);
	struct str title = words_of(v, d->title);
	const char *left = days_left(v, d);

	html(v->w, "<li class=\"item brief\"><div class=\"what\">\n<p class=\"title\">");
	if (!is_grouped)
		html_duty_state(v, d->open.state);
	html(v->w, " <a href=\"%s\">%.*s</a></p>\n<p class=\"soft\">", duty_path(v, d),
		STR_FMT(title));
	html(v->w, "%s <time>%s</time>%s%s", tr(v->lang, "Hạn"), date_text(v, d->open.due),
		*left ? ", " : "", left);
	if (duty_is_unsure(d, &d->open, rules, &unsure))
		html_expected(v, unsure);
	html(v->w, " · <span lang=\"vi\">%.*s</span>",
		STR_FMT(clause_cite(d->obligation->clause, v->lang, v->a)));
	if (d->host_id)
		html(v->w, " · %s %.*s", tr(v->lang, "Máy"), STR_FMT(d->host_name));
	if (d->record.id)
		html(v->w, " · <a href=\"/ban-ghi/%lld\">%.*s</a>", (long long)d->record.id,
			STR_FMT(d->record.title));
	if (role)
		html(v->w, "<span class=\"extra\"> · %.*s</span>",
			STR_FMT(words_of(v, role->title)));
	if (d->asked)
		html(v->w, " · %s", tr(v->lang, "đang xin bỏ qua, chờ thủ trưởng"));
	html(v->w,
		"</p>\n</div>\n<p class=\"act\"><a class=\"button\" href=\"%s\">%s"
		"<span class=\"hidden\">: %.*s</span></a></p>\n</li>\n",
		duty_path(v, d),
		button_words(v, d),
		STR_FMT(title));
}

void html_unit_choice(struct view *v, const char *action, const struct org_unit *chosen)
{
	const struct org_tree *t = view_tree(v);
	struct view_units seen = view_units(v, RIGHT_SEE);

	if (seen.count < 2)
		return;
	html(v->w,
		"<form method=\"get\" action=\"%s\" class=\"search\">\n<label for=\"don-vi\">%s</label>\n"
		"<select id=\"don-vi\" name=\"don-vi\">\n",
		action, tr(v->lang, "Đơn vị"));
	for (size_t i = 0; i < seen.count; i++) {
		const struct org_unit *u = org_unit_by_id(t, seen.ids[i]);

		if (u && u->is_live)
			html_option(v, number_text(v, u->id), text_of(v, u->name), u == chosen);
	}
	html(v->w, "</select> <button>%s</button>\n</form>\n", tr(v->lang, "Xem"));
}

bool work_sees_units(struct view *v)
{
	struct view_units seen = view_units(v, RIGHT_SEE);
	size_t live = 0;

	for (size_t i = 0; i < seen.count && live < 2; i++) {
		const struct org_unit *u = org_unit_by_id(view_tree(v), seen.ids[i]);

		live += u && u->is_live;
	}
	return live > 1;
}

void html_work_pages(struct view *v)
{
	bool is_one = !work_sees_units(v);
	const struct page_link pages[] = { { "/viec", T("Việc định kỳ") },
		{ "/ho-so", T("Hồ sơ xử lý") }, { "/xac-nhan", T("Cam kết và xác nhận") },
		{ "/pho-bien", T("Phổ biến, nâng cao nhận thức") },
		{ "/ket-qua", is_one ? T("Kết quả của đơn vị") : T("Kết quả của các đơn vị") },
		{ "/viec/lich-nghi", T("Lịch nghỉ") },
		{ "/viec/thu", T("Thư nhắc việc hằng ngày") },
		{ "/viec/nam-don-vi", T("Lịch cả năm của các đơn vị") } };

	html_page_links(v, pages, COUNT(pages) - is_one);
}
