/* story.c - one case told from its first call to its end, as the words of the sample tell it. */
#include "core/file/file.h"
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

static int move(struct making *m, const struct demo_unit *u, int64_t id,
	const struct yaml_node *told, int64_t begin_s, struct err *e)
{
	struct org_user head = demo_user(u, &u->people[0], USER_HEAD);
	struct flow_by by = demo_by(m, &head, begin_s + number(told, "after") * HOUR_S);
	VEC(struct flow_value) values = { 0 };
	struct flow_refusals why;

	for (const struct yaml_node *n = yaml_get(told, "values")->first; n; n = n->next)
		vec_push(m->a, &values,
			((struct flow_value){
				.field = n->key, .value = value_of(m, n->text, begin_s) }));
	return flow_move(
		&by, id, &(struct flow_asked){ said(told, "id"), values.at, values.len }, &why, e);
}

static int photo(struct making *m, const struct yaml_node *photo, int64_t unit_id, int64_t id,
	int64_t at_s, struct err *e)
{
	const struct file_at at = { m->d->store, m->d->disk, m->a, at_s, STR("can.bo.mau") };
	struct file f = { .of = STR("case"),
		.key = arena_fmt(m->a, "%lld", (long long)id),
		.unit_id = unit_id,
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

int demo_story(struct making *m, struct err *e)
{
	const struct yaml_node *story = yaml_get(m->words, "story");
	int64_t begin_s = m->d->now_s - number(story, "days-ago") * CLOCK_DAY_S, id = 0;
	const struct org_unit *unit = org_unit_by_code(&m->tree, said(story, "unit"));
	struct flow_subject about = { .title = said(story, "title") };
	const struct demo_unit *u;
	struct org_user officer;
	struct flow_by by;
	int rc;

	if (!unit || !pack_flow(m->d->packs, said(story, "flow")))
		return 0; /* packs without it have no such story */
	u = demo_unit_of(m, unit->id);
	officer = demo_user(u, &u->people[1], USER_OFFICER);
	about.unit_id = u->id;
	by = demo_by(m, &officer, begin_s);
	rc = flow_start(&by, said(story, "flow"), &about, &id, e);
	m->done.cases += rc == 0;
	if (rc == 0)
		rc = photo(m, yaml_get(story, "photo"), u->id, id, begin_s, e);
	for (const struct yaml_node *n = yaml_get(story, "moves")->first; rc == 0 && n; n = n->next)
		rc = move(m, u, id, n, begin_s, e);
	return rc;
}
