/* audit.c - the audit process: reads this machine, keeps what it found, ends. */
#include "face/web/serve_int.h"

#include <unistd.h>

#include "kit/store/store.h"
#include "work/hostaudit/hostaudit.h"

#define ROWS_MAX 100000

struct rows {
	VEC(struct evidence) at;
};

/* What the machine tells of itself, for the pages. */
static int keep_profile(const struct serve *s, struct store *store,
	const struct hostaudit_profile *p, int64_t host_id, struct err *e)
{
	const char *family = arena_fmt(s->arena, "host.%lld.family", (long long)host_id).ptr;
	const char *os = arena_fmt(s->arena, "host.%lld.os", (long long)host_id).ptr;
	int rc = org_set(store, family, p->family.ptr ? p->family : STR(""), e);

	return rc < 0 ? rc : org_set(store, os, p->os.ptr ? p->os : STR(""), e);
}

static int find_host(const struct serve *s, struct store *store, const struct hostaudit_profile *p,
	int64_t *ret_id, struct err *e)
{
	const char *name = arena_cstr(s->arena, p->name.len ? p->name : STR("localhost"));
	const char *kind = str_is(p->kind, "server") ? "server" : "workstation";

	return org_host_seen(store, name, kind, clock_now_s(), ret_id, e);
}

/* Every check for itself: one that is wrong is told and left out, the others still answer. */
static int ask_all(
	const struct serve *s, struct hostaudit *audit, struct audit_run *run, struct rows *rows)
{
	int asked = 0;

	for (size_t i = 0; i < pack_check_count(s->packs); i++) {
		const struct check *check = pack_check_at(s->packs, i);
		struct hostaudit_result result;
		struct err e = { 0 };

		if (!check->is_live)
			continue;
		if (hostaudit_check(audit, check, &e, &result) < 0) {
			fprintf(stderr, "khien audit: %s\n", e.text);
			continue;
		}
		run->count[result.outcome]++;
		for (size_t k = 0; k < result.row_count && rows->at.len < ROWS_MAX; k++)
			vec_push(s->arena, &rows->at, result.rows[k]);
		asked++;
	}
	return asked;
}

int audit_store(const struct serve *s, struct store *store, struct err *e)
{
	struct audit_run run = { .at_s = clock_now_s(), .program = STR(SERVE_PROGRAM) };
	struct hostaudit_options options = { .packs = s->packs, .now_s = run.at_s };
	struct hostaudit_profile profile;
	struct rows rows = { 0 };
	struct hostaudit *audit = NULL;
	struct org_host host;
	int64_t start_us = clock_monotonic_us();
	int rc = hostaudit_open(&options, e, &audit);

	if (rc < 0)
		return rc;
	profile = hostaudit_profile(audit);
	rc = find_host(s, store, &profile, &run.host_id, e);
	if (rc == 0)
		rc = org_host(store, run.host_id, s->arena, &host, e);
	hostaudit_close(audit);
	if (rc < 0)
		return rc;
	options.level = host.level; /* known only now: ask anew with it */
	audit = NULL;
	rc = hostaudit_open(&options, e, &audit);
	if (rc == 0) {
		profile = hostaudit_profile(audit);
		if (ask_all(s, audit, &run, &rows) == 0)
			rc = err_set(e, ERR_ABSENT, "no check could be asked");
	}
	run.duration_us = clock_monotonic_us() - start_us;
	if (rc == 0)
		rc = evidence_add_run(store, &run, rows.at.at, rows.at.len, e);
	if (rc == 0)
		rc = keep_profile(s, store, &profile, run.host_id, e);
	hostaudit_close(audit);
	return rc;
}

int web_audit_start(const struct process *self)
{
	const struct serve *s = self->state;
	struct sandbox_level level;
	struct store *store = NULL;
	struct err e = { 0 };
	int rc = process_confine(self, NULL, &level, &e);

	if (rc == 0)
		rc = data_store(s, &store, &e);
	if (rc == 0)
		rc = audit_store(s, store, &e);
	store_close(store);
	if (rc < 0)
		fprintf(stderr, "khien audit: %s\n", e.text);
	return rc < 0 ? 2 : 0;
}

bool web_audit_is_due(struct process_service *service, void *state)
{
	int64_t age_s = INT64_MAX;
	struct err e = { 0 };

	if (audit_age_s(state, &age_s, &e) < 0 || data_hand_over(state, &e) < 0)
		fprintf(stderr, "khien serve: %s\n", e.text);
	return age_s >= CLOCK_DAY_S;
}

int audit_age_s(const struct serve *s, int64_t *ret, struct err *e)
{
	struct store *store = NULL;
	struct audit_run *runs;
	struct org_host *hosts;
	size_t host_count = 0, run_count = 0;
	int rc = data_store(s, &store, e);

	if (rc == 0)
		rc = org_hosts(store, s->arena, &hosts, &host_count, e);
	if (rc == 0 && host_count)
		rc = evidence_runs(store, hosts[0].id, 1, s->arena, &runs, &run_count, e);
	if (rc == 0)
		*ret = run_count ? clock_now_s() - runs[0].at_s : INT64_MAX;
	store_close(store);
	return rc;
}
