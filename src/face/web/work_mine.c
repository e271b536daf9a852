/* work_mine.c - on Hôm nay: what is due of the visitor, and what came up to the head. */
#include "face/web/work.h"

#define TOLD_UP_MAX 20
#define NEAR_OPEN 6 /* of each state that stand open on Hôm nay */
#define SOON_OPEN 3 /* of what is not due yet */

/* What came up to the head: overdue for some days, or nobody is left who does it. */
struct upward {
	const struct duty_rules *rules;
	unsigned there; /* the roles that somebody of the unit has */
};

static bool is_up(struct view *v, const struct duty *d, const void *context)
{
	const struct upward *up = context;
	enum duty_told told = duty_told(d, up->rules);

	return !d->is_machine && !work_is_mine(v, d) &&
		(told >= DUTY_TOLD_HEAD ||
			(told >= DUTY_TOLD_DOERS && !work_role_does(v, up->there, duty_who(d))));
}

static void told_up(struct view *v, const struct duties *list, int64_t unit_id)
{
	struct upward up = { .rules = &list->rules };
	struct org_roles_in *roles;
	size_t count;

	if (v->user.role != USER_HEAD ||
		org_roles_by_unit(v->web->store, v->a, &roles, &count, v->e) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (roles[i].unit_id == unit_id)
			up.there = roles[i].roles;
	html_duties(v, list,
		&(struct duty_filter){
			.is_in = is_up, .context = &up, .max = TOLD_UP_MAX, .is_all = true },
		tr(v->lang, "Báo lên thủ trưởng"));
}

static bool is_mine_in(struct view *v, const struct duty *d, const void *context)
{
	const enum duty_state *state = context;

	return d->open.state == *state && work_is_mine(v, d);
}

/* How many are overdue, due today and soon: the first thing to see, each a way down to them. */
static void near_counts(struct view *v, const struct duties *list, int64_t counts[DUTY_SOON + 1])
{
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].open.state <= DUTY_SOON && work_is_mine(v, &list->at[i]))
			counts[list->at[i].open.state]++;
	html(v->w, "<ul class=\"tiles\">\n");
	for (int i = DUTY_OVERDUE; i <= DUTY_SOON; i++) {
		const char *name = duty_state_name((enum duty_state)i);

		if (counts[i]) {
			html(v->w, "<li class=\"tile\"><a href=\"#viec-%s\"><strong>%lld</strong> ",
				name, (long long)counts[i]);
			html_duty_state(v, (enum duty_state)i);
			html(v->w, "</a></li>\n");
		} else {
			html(v->w, "<li class=\"tile\"><p><strong>0</strong> ");
			html_duty_state(v, (enum duty_state)i);
			html(v->w, "</p></li>\n");
		}
	}
	html(v->w, "</ul>\n");
}

void html_my_duties(struct view *v)
{
	int64_t id = view_home(v);
	const struct org_unit *unit = org_unit_by_id(view_tree(v), id);
	int64_t near[DUTY_SOON + 1] = { 0 };
	struct duties list;

	if (!unit || !unit->is_live || work_duties(v, unit, &list) < 0)
		return;
	html(v->w, "<section class=\"mine\">\n<h2>%s</h2>\n", tr(v->lang, "Việc đến hạn của tôi"));
	near_counts(v, &list, near);
	for (int i = DUTY_OVERDUE; i <= DUTY_SOON; i++) {
		enum duty_state state = (enum duty_state)i;
		struct duty_filter mine = { .is_in = is_mine_in,
			.context = &state,
			.max = SIZE_MAX,
			.open = state == DUTY_SOON ? SOON_OPEN : NEAR_OPEN };

		if (near[i] == 0)
			continue;
		html(v->w, "<div id=\"viec-%s\">\n", duty_state_name(state));
		(void)html_duties(v, &list, &mine, NULL);
		html(v->w, "</div>\n");
	}
	if (!near[DUTY_OVERDUE] && !near[DUTY_TODAY] && !near[DUTY_SOON])
		html(v->w, "<p class=\"empty\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Không có việc nào quá hạn hoặc đến hạn trong {n} ngày."),
				"n", count_text(v, list.rules.soon_days), NULL));
	html(v->w, "<p><a href=\"/viec\">%s</a></p>\n</section>\n",
		tr(v->lang, "Mọi việc định kỳ"));
	told_up(v, &list, id);
}
