/* audit.c - the audit process: reads this machine, keeps what it found, ends. */
#include "face/web/serve_int.h"

#include <unistd.h>

#include "kit/store/store.h"
#include "work/hostaudit/hostaudit.h"

#define ROWS_MAX 100000

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

static int keep(const struct serve *s, struct store *store, struct audit_run *run,
	const struct hostaudit_result *results, size_t count, struct err *e)
{
	VEC(struct evidence) rows = { 0 };

	for (size_t i = 0; i < count; i++) {
		run->count[results[i].outcome]++;
		for (size_t k = 0; k < results[i].row_count && rows.len < ROWS_MAX; k++)
			vec_push(s->arena, &rows, results[i].rows[k]);
	}
	return evidence_add_run(store, run, rows.at, rows.len, e);
}

int audit_store(const struct serve *s, struct store *store, struct err *e)
{
	struct audit_run run = { .at_s = clock_now_s(), .program = STR(SERVE_PROGRAM) };
	struct hostaudit_options options = { .packs = s->packs, .now_s = run.at_s };
	struct hostaudit_result *results;
	struct hostaudit_profile profile;
	struct hostaudit *audit = NULL;
	struct org_host host;
	int64_t start_us = clock_monotonic_us();
	size_t count;
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
		rc = hostaudit_run(audit, e, &results, &count);
	}
	run.duration_us = clock_monotonic_us() - start_us;
	if (rc >= 0)
		rc = keep(s, store, &run, results, count, e);
	if (rc == 0)
		rc = keep_profile(s, store, &profile, run.host_id, e);
	hostaudit_close(audit);
	return rc;
}

int serve_audit(const struct serve *s)
{
	const char *const everywhere[] = { "/", NULL }, *const data[] = { s->data, NULL };
	struct sandbox_level level;
	struct store *store = NULL;
	struct err e = { 0 };
	int rc = sandbox_enter(
		&(struct sandbox_rights){ .may = SANDBOX_MAY_FILES | SANDBOX_MAY_NETLINK,
			.read_below = everywhere,
			.write_below = data,
			.keeps_owning = true,
			.keeps_reading_all = true },
		&level, &e);

	if (rc == 0)
		rc = data_store(s, &store, &e);
	if (rc == 0)
		rc = audit_store(s, store, &e);
	store_close(store);
	if (rc < 0)
		fprintf(stderr, "khien audit: %s\n", e.text);
	return rc < 0 ? 2 : 0;
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
