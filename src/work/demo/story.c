/* story.c - one case told from its first call to its end, as the words of the sample tell it. */
#include "core/file/file.h"
#include "core/pack/calendar.h"
#include "kit/crypto/crypto.h"
#include "work/demo/demo_int.h"

#define HOUR_S 3600

static struct str said(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *child = yaml_get(node, key);

	return child ? child->text : STR("");
}

static int64_t number(const struct yaml_node *node, const char *key)
{
	int64_t n = 0;

	(void)str_to_i64(said(node, key), &n);
	return n;
}

/* "+3" is that many hours after the beginning. */
static struct str value_of(struct making *m, struct str text, int64_t begin_s)
{
	char moment[CLOCK_TEXT_MAX];
	int64_t hours;

	if (text.len < 2 || text.ptr[0] != '+' || !str_to_i64(str_from(text, 1), &hours))
		return text;
	return arena_str(m->a, str_until(str_of(clock_iso(begin_s + hours * HOUR_S, moment)), 16));
}

struct telling {
	const struct demo_unit *u;
	const struct flow *f;
	int64_t id, begin_s, last_s; /* last_s: of the step before */
};

static int move(struct making *m, struct telling *t, const struct yaml_node *told, struct err *e)
{
	const struct flow_move *asked = flow_move_of(t->f, said(told, "id"));
	int64_t begin_s = t->begin_s, id = t->id;
	int64_t at_s = demo_work_s(m, begin_s + number(told, "after") * HOUR_S);
	bool is_officer = asked && asked->who == FLOW_WHO_ACT;
	struct flow_by by = demo_by(m, is_officer ? &t->u->officer : &t->u->head,
		at_s > t->last_s ? at_s : t->last_s + 60);
	VEC(struct flow_value) values = { 0 };
	struct flow_refusals why;

	t->last_s = by.now_s;
	for (const struct yaml_node *n = yaml_get(told, "values")->first; n; n = n->next)
		vec_push(m->a, &values,
			((struct flow_value){
				.field = n->key, .value = value_of(m, n->text, begin_s) }));
	return flow_move(
		&by, id, &(struct flow_asked){ said(told, "id"), values.at, values.len }, &why, e);
}

static int photo(
	struct making *m, const struct yaml_node *photo, const struct telling *t, struct err *e)
{
	const struct file_at at = { m->d->store, m->d->disk, m->a, t->begin_s,
		t->u->officer.login };
	struct file f = { .of = STR("case"),
		.key = arena_fmt(m->a, "%lld", (long long)t->id),
		.unit_id = t->u->id,
		.field = STR(""),
		.name = said(photo, "name") };
	struct str bytes;
	int rc = base64_to(said(photo, "bytes"), m->a, &bytes, e);

	if (rc == 0)
		rc = vfile_replace(m->d->disk, DEMO_PAPER, bytes, e);
	if (rc == 0)
		rc = file_attach(&at, DEMO_PAPER, &f, e);
	return rc == 0 ? vfile_unlink(m->d->disk, DEMO_PAPER, e) : rc;
}

#define STORY_WORK_DAYS 4

/* The morning of the last day so long ago with which so many working days begin. */
static int64_t begin_of(const struct making *m, int64_t days_ago)
{
	struct date day = date_at(m->d->now_s - days_ago * CLOCK_DAY_S);
	int work = 0;

	for (day = date_add_days(day, STORY_WORK_DAYS); work < STORY_WORK_DAYS;) {
		day = date_add_days(day, -1);
		work = pack_is_work_day(m->d->packs, day) ? work + 1 : 0;
	}
	return date_start_s(day) + 7 * HOUR_S + HOUR_S / 2;
}

int demo_story(struct making *m, struct err *e)
{
	const struct yaml_node *story = yaml_get(m->words, "story");
	struct telling t = { .begin_s = begin_of(m, number(story, "days-ago")) };
	const struct org_unit *unit = org_unit_by_code(&m->tree, said(story, "unit"));
	struct flow_subject about = { .title = said(story, "title") };
	struct flow_by by;
	int rc;

	t.f = pack_flow(m->d->packs, said(story, "flow"));
	if (!unit || !t.f)
		return 0; /* packs without it have no such story */
	t.u = demo_unit_of(m, unit->id);
	about.unit_id = t.u->id;
	by = demo_by(m, &t.u->officer, t.begin_s);
	rc = flow_start(&by, t.f->id, &about, &t.id, e);
	m->done.cases += rc == 0;
	if (rc == 0)
		rc = photo(m, yaml_get(story, "photo"), &t, e);
	for (const struct yaml_node *n = yaml_get(story, "moves")->first; rc == 0 && n; n = n->next)
		rc = move(m, &t, n, e);
	return rc;
}
