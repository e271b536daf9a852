/* machines.c - the machines of the visitor's own unit: three questions to the database, however
 * many they are. */
#include "face/web/machines.h"

#include <stdlib.h>

#include "core/org/host.h"

/* The ids as a JSON array. */
static struct str ids_of(struct view *v, const struct machines *m, bool is_run)
{
	struct str ids;
	struct buf b;

	buf_init(&b, MIB);
	buf_fmt(&b, "[0");
	for (size_t i = 0; i < m->count; i++)
		buf_fmt(&b, ",%lld", (long long)(is_run ? m->at[i].run.id : m->at[i].host.id));
	buf_fmt(&b, "]");
	ids = arena_str(v->a, buf_str(&b));
	buf_done(&b);
	return ids;
}

static int take_hosts(struct view *v, int64_t unit_id, struct machines *m)
{
	struct org_host_query q = {
		.units = arena_fmt(v->a, "[%lld]", (long long)unit_id),
		.max = VIEW_HOSTS_MAX + 1,
	};
	struct org_host *hosts;
	size_t count;
	int rc = org_hosts_of(v->web->store, &q, v->a, &hosts, &count, v->e);

	if (rc < 0)
		return rc;
	m->has_more = count > VIEW_HOSTS_MAX;
	m->count = count - m->has_more;
	m->at = arena_array(v->a, struct machine, m->count + 1);
	for (size_t i = 0; i < m->count; i++)
		m->at[i].host = hosts[i];
	return 0;
}

struct machine *machines_find(const struct machines *m, int64_t host_id)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->at[i].host.id == host_id)
			return &m->at[i];
	}
	return NULL;
}

/* Of all that checks answer: an audit older than that leaves some obligation without proof. */
static int shortest_proof_days(const struct pack_set *packs)
{
	int days = 0;

	for (size_t i = 0; i < pack_check_count(packs); i++) {
		const struct check *c = pack_check_at(packs, i);

		for (size_t k = 0; k < c->answer_count; k++) {
			int age = c->answers[k]->max_age_days;

			if (age && (!days || age < days))
				days = age;
		}
	}
	return days;
}

static int take_runs(struct view *v, struct machines *m)
{
	int64_t oldest_s = v->by.now_s - (int64_t)m->max_age_days * CLOCK_DAY_S;
	struct audit_runs runs;
	int rc = evidence_newest_of(v->web->store, ids_of(v, m, false), v->a, &runs, v->e);

	for (size_t i = 0; rc == 0 && i < runs.count; i++) {
		struct machine *of = machines_find(m, runs.at[i].host_id);

		if (of)
			*of = (struct machine){ of->host, runs.at[i], runs.at[i].at_s < oldest_s };
	}
	return rc;
}

static struct machine_work *work_of(struct view *v, struct machines *m, const struct evidence *row)
{
	struct machine_work *w = m->work_count ? &m->work[m->work_count - 1] : NULL;

	/* the rows come by check: its two outcomes are among the last two */
	for (size_t back = 0; back < 2 && back < m->work_count; back++) {
		w = &m->work[m->work_count - 1 - back];
		if (str_eq(w->id, row->check) && w->outcome == row->outcome)
			return w;
	}
	w = &m->work[m->work_count++];
	*w = (struct machine_work){ .check = pack_check(v->web->packs, row->check),
		.id = row->check,
		.outcome = row->outcome };
	w->weight = check_weight(w->check);
	return w;
}

static int more_urgent_first(const void *a, const void *b)
{
	const struct machine_work *x = a, *y = b;

	if (x->outcome != y->outcome)
		return x->outcome == OUTCOME_FAIL ? -1 : 1;
	if (x->weight != y->weight)
		return y->weight - x->weight;
	if (x->findings.len != y->findings.len)
		return x->findings.len < y->findings.len ? 1 : -1;
	return str_cmp(x->id, y->id);
}

static int take_work(struct view *v, struct machines *m)
{
	const struct evidence *last = NULL;
	struct evidence_rows rows;
	int rc = evidence_unmet_of(v->web->store, ids_of(v, m, true), v->a, &rows, v->e);

	if (rc < 0)
		return rc;
	m->work = arena_array(v->a, struct machine_work, rows.count + 1);
	for (size_t i = 0; i < rows.count; i++) {
		const struct evidence *row = &rows.at[i];
		struct machine *of = machines_find(m, row->host_id);

		/* of one check on one machine the worst alone */
		if (!of || (last && last->run_id == row->run_id && str_eq(last->check, row->check)))
			continue;
		last = row;
		vec_push(
			v->a, &work_of(v, m, row)->findings, ((struct machine_finding){ of, row }));
	}
	if (m->work_count)
		qsort(m->work, m->work_count, sizeof(*m->work), more_urgent_first);
	return 0;
}

int machines_load(struct view *v, struct machines *ret)
{
	struct machines m = { .max_age_days = shortest_proof_days(v->web->packs) };
	int64_t unit = view_home(v);
	int rc = 0;

	if (view_may(v, RIGHT_SEE, unit))
		rc = take_hosts(v, unit, &m);
	if (rc == 0 && m.count)
		rc = take_runs(v, &m);
	if (rc == 0 && m.count)
		rc = take_work(v, &m);
	*ret = m;
	return rc;
}
