/* judge_machine.c - what machines were found to have, against what a register says. */
#include "core/record/judge_int.h"

static const char sql_seen[] =
	"SELECT DISTINCT h.id, h.name, e.subject FROM host h"
	" JOIN audit_run u ON u.id = (SELECT max(id) FROM audit_run WHERE host_id = h.id"
	" AND at_s <= $3)"
	" JOIN evidence e ON e.run_id = u.id AND e.check_id = $2"
	" WHERE h.unit_id = $1 AND e.outcome <> 3 ORDER BY h.id, e.subject";

/* A thing on a machine. */
struct seen {
	int64_t host_id;
	struct str host, thing;
};
struct seens {
	VEC(struct seen) list;
};

static int load(
	struct judging *j, const struct register_machine *m, struct seens *ret, struct err *e)
{
	struct store_query *q = store_query(j->at->store, sql_seen);
	const char *prefix = arena_cstr(j->at->a, m->prefix.ptr ? m->prefix : STR(""));
	int rc;

	store_bind_i64(q, 1, j->unit_id);
	store_bind_str(q, 2, m->check);
	store_bind_i64(q, 3, j->at->now_s);
	while ((rc = store_next(q, e)) == 1) {
		struct str subject = store_str(q, 2);

		if (!str_starts(subject, prefix) || subject.len == strlen(prefix))
			continue;
		vec_push(j->at->a, &ret->list,
			((struct seen){ store_i64(q, 0), arena_str(j->at->a, store_str(q, 1)),
				arena_str(j->at->a, str_from(subject, strlen(prefix))) }));
	}
	return rc;
}

static bool has_value(const struct record *r, struct str field, struct str value)
{
	for (size_t i = 0; i < r->body.count; i++)
		if (str_eq(r->body.at[i].field, field) && str_eq(r->body.at[i].text, value))
			return true;
	return false;
}

static bool names_host(struct judging *j, const struct register_machine *m, const struct record *r,
	int64_t host_id)
{
	return has_value(r, m->host, arena_fmt(j->at->a, "%lld", (long long)host_id));
}

/* A thing on a machine that no record names. */
static int find_unlisted(struct judging *j, const struct register_rule *rule,
	const struct seens *seen, const bool *does_count, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < seen->list.len; i++) {
		const struct seen *s = &seen->list.at[i];
		bool is_listed = false;

		for (size_t n = 0; n < j->count && !is_listed; n++)
			is_listed = does_count[n] &&
				names_host(j, &rule->machine, &j->records[n], s->host_id) &&
				has_value(&j->records[n], rule->machine.field, s->thing);
		if (!is_listed)
			rc = judge_find(j, rule, NULL,
				arena_fmt(j->at->a, "%.*s (%.*s)", STR_FMT(s->thing),
					STR_FMT(s->host)),
				e);
	}
	return rc;
}

/* Was the record's machine looked at, and does it have none of what the record names? */
static bool is_unseen(struct judging *j, const struct register_machine *m, const struct seens *seen,
	const struct record *r)
{
	bool was_looked_at = false;

	for (size_t i = 0; i < seen->list.len; i++) {
		const struct seen *s = &seen->list.at[i];

		if (!names_host(j, m, r, s->host_id))
			continue;
		was_looked_at = true;
		if (has_value(r, m->field, s->thing))
			return false;
	}
	return was_looked_at;
}

int judge_machine(struct judging *j, const struct register_rule *rule, struct err *e)
{
	bool *does_count = arena_array(j->at->a, bool, j->count + 1);
	struct seens seen = { 0 };
	int rc = load(j, &rule->machine, &seen, e);

	for (size_t i = 0; rc >= 0 && i < j->count; i++) {
		rc = judge_holds(j, j->at->reg, &j->records[i], rule->when, rule->when_count, e);
		does_count[i] = rc == 1;
	}
	if (rc < 0)
		return rc;
	if (!rule->machine.is_unseen)
		return find_unlisted(j, rule, &seen, does_count, e);
	for (size_t i = 0; rc >= 0 && i < j->count; i++)
		if (does_count[i] && is_unseen(j, &rule->machine, &seen, &j->records[i]))
			rc = judge_find(j, rule, &j->records[i], STR_NONE, e);
	return rc;
}
