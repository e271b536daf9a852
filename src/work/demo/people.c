/* people.c - units, the people in them, the roles of the law, machines. */
#include "work/demo/demo_int.h"

#define PEOPLE 800

static struct org_decision decision(struct making *m, int64_t days_ago)
{
	struct str tail = demo_said(m, "paper");
	int64_t from_s = demo_ago_s(m, days_ago);
	char day[CLOCK_TEXT_MAX];

	return (struct org_decision){ arena_fmt(m->a, "%d%.*s", (int)(1 + demo_random(m, 900)),
					      STR_FMT(tail)),
		arena_str(m->a,
			str_of(date_iso(date_at(demo_work_s(m, from_s - 5 * CLOCK_DAY_S)), day))),
		arena_str(m->a, str_of(date_iso(date_at(from_s), day))) };
}

static struct str text_at(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *child = yaml_get(node, key);

	return child ? str_trim(child->text) : STR("");
}

static uint64_t care_of(const struct yaml_node *unit)
{
	uint64_t percent = 0;

	(void)str_to_u64(text_at(unit, "care"), 10, &percent);
	return percent;
}

static int make_units(struct making *m, struct err *e)
{
	const struct yaml_node *list = yaml_get(m->words, "units"),
			       *root = yaml_get(m->words, "root");
	struct org_unit_new first = { .kind = STR("agency"),
		.roles = text_at(root, "roles"),
		.name = text_at(root, "name"),
		.short_name = STR(""),
		.code = STR("HUYEN") };
	struct org_faults faults = { 0 };
	int rc = org_unit_call_first(m->d->store, first.name, e);

	if (rc == 0)
		rc = org_unit_set(&m->by, ORG_UNIT_FIRST, &first, &faults, e);
	m->units = arena_array(m->a, struct demo_unit, list->count + 1);
	m->units[m->unit_count++] = (struct demo_unit){ .id = ORG_UNIT_FIRST,
		.name = first.name,
		.code = first.code,
		.kind = text_at(root, "kind"),
		.care = care_of(root) };
	for (const struct yaml_node *n = list->first; rc == 0 && n; n = n->next) {
		struct demo_unit *u = &m->units[m->unit_count++];
		struct org_unit_new unit = { .parent_id = ORG_UNIT_FIRST,
			.code = text_at(n, "code"),
			.kind = text_at(n, "kind"),
			.roles = text_at(n, "roles"),
			.name = text_at(n, "name"),
			.short_name = STR("") };
		struct org_decision d = decision(m, 900);

		u->name = unit.name;
		u->code = unit.code;
		u->kind = unit.kind;
		u->care = care_of(n);
		rc = org_unit_add(&m->by, &unit, &d, &u->id, &faults, e);
	}
	m->done.units = (int64_t)m->unit_count;
	if (rc == 0)
		rc = org_tree(m->d->store, org_day(m->d->now_s, m->a), m->a, &m->tree, e);
	return rc;
}

static int add_person(struct making *m, struct demo_unit *u, size_t number, struct err *e)
{
	const char *kind = arena_cstr(&m->piece, u->kind);
	const struct yaml_node *head = demo_list(m, "heads", kind)->first;
	const struct yaml_node *of = yaml_get(m->words, demo_chance(m, 50) ? "women" : "men");
	struct org_faults faults = { 0 };
	struct staff *p = &u->people[u->count];
	struct str family = demo_word(m, yaml_get(m->words, "families"));
	struct str middle = demo_word(m, yaml_get(of, "middles"));
	struct str given = demo_word(m, yaml_get(of, "givens"));

	for (size_t i = 0; head && i < number; i++)
		head = head->next;
	*p = (struct staff){ .unit_id = u->id,
		.code = arena_fmt(m->a, "M%04d", (int)m->done.people + 1),
		.name = arena_fmt(
			m->a, "%.*s %.*s %.*s", STR_FMT(family), STR_FMT(middle), STR_FMT(given)),
		.position = head ? head->text : demo_word(m, demo_list(m, "positions", kind)),
		.email = arena_fmt(m->a, "m%04d@mau.example", (int)m->done.people + 1),
		.phone = STR(""),
		.state = STR("working") };
	m->done.people++;
	u->count++;
	return staff_add(&m->by, p, NULL, &p->id, &faults, e);
}

static int give_roles(struct making *m, struct demo_unit *u, struct err *e)
{
	static const struct {
		const char *role;
		size_t person;
	} rows[] = { { "HEAD", 0 }, { "IT", 1 }, { "SECUNIT", 1 }, { "OPER", 3 }, { "OPER", 4 } };
	struct org_faults faults = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT(rows); i++) {
		struct staff_role r = { .staff_id = u->people[rows[i].person].id,
			.unit_id = u->id,
			.role = str_of(rows[i].role) };
		struct org_decision d = decision(m, 600);

		rc = staff_role_give(&m->by, &r, &d, &faults, e);
	}
	return rc;
}

static int one_run(struct making *m, const struct demo_unit *u, int64_t host_id, struct err *e)
{
	struct audit_run run = { .host_id = host_id,
		.duration_us = 800000,
		.at_s = m->d->now_s - (int64_t)demo_random(m, 2 * CLOCK_DAY_S),
		.program = STR("khien demo") };
	size_t count = pack_check_count(m->d->packs), kept = 0;
	struct evidence *rows = arena_array(&m->piece, struct evidence, count);

	for (size_t i = 0; i < count; i++) {
		const struct check *c = pack_check_at(m->d->packs, i);
		enum outcome o = demo_cares(m, u, 60) ? OUTCOME_PASS :
			demo_chance(m, 60)            ? OUTCOME_FAIL :
			demo_chance(m, 50)            ? OUTCOME_UNKNOWN :
							OUTCOME_NA;

		if (!c->is_live)
			continue;
		rows[kept++] = (struct evidence){ .host_id = host_id,
			.at_s = run.at_s,
			.by = EVIDENCE_CHECK,
			.check = c->id,
			.subject = STR(""),
			.outcome = o,
			.reason = STR(""),
			.detail = STR(""),
			.found = demo_said(m, "mark"),
			.wanted = STR(""),
			.file = STR(""),
			.lost = STR(""),
			.extract_sha256 = STR(""),
			.person = STR("") };
		run.count[o]++;
	}
	if (kept && !run.count[OUTCOME_FAIL]) { /* nothing is wrong on no machine */
		struct evidence *row = &rows[demo_random(m, kept)];

		run.count[row->outcome]--;
		run.count[row->outcome = OUTCOME_FAIL]++;
	}
	return evidence_add_run(m->d->store, &run, rows, kept, e);
}

const char *const demo_machine_kinds[DEMO_MACHINES_EACH] = { "server", "workstation" };

static int machines(struct making *m, struct demo_unit *u, size_t number, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < DEMO_MACHINES_EACH; i++) {
		struct str name =
			arena_fmt(&m->piece, "mau-%s-%02zu", i ? "pc" : "srv", number + 1);
		const char *kind = demo_machine_kinds[i];
		int64_t id;

		rc = org_host_seen(m->d->store, name.ptr, kind, demo_begin_s(m), &id, e);
		if (rc == 0) /* and seen again today */
			rc = org_host_seen(m->d->store, name.ptr, kind, m->d->now_s, &id, e);
		if (rc == 0)
			rc = org_host_move(m->d->store, id, u->id, e);
		if (rc == 0)
			u->machines[i] = id;
		if (rc == 0)
			rc = one_run(m, u, id, e);
		m->done.machines++;
	}
	return rc;
}

int demo_people(struct making *m, struct err *e)
{
	int rc = make_units(m, e);

	for (size_t i = 0; rc == 0 && i < m->unit_count; i++) {
		struct demo_unit *u = &m->units[i];
		size_t want = PEOPLE * (i + 1) / m->unit_count - PEOPLE * i / m->unit_count;

		u->people = arena_array(m->a, struct staff, want);
		for (size_t n = 0; rc == 0 && n < want; n++)
			rc = add_person(m, u, n, e);
		if (rc == 0)
			rc = give_roles(m, u, e);
		if (rc == 0)
			rc = machines(m, u, i, e);
		demo_tell(m, T("đơn vị, người, máy"), i + 1, m->unit_count);
	}
	return rc;
}
