/* audit.c - the audit process: reads this machine, keeps what it found, ends. */
#include "face/web/process/serve_int.h"

#include <linux/ioprio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/evidence/review.h"
#include "kit/store/store.h"
#include "kit/vfile/vfile.h"
#include "work/hostaudit/hostaudit.h"
#include "work/integrity/integrity.h"

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
	int rc = org_set(store, ORG_HOST_HERE, arena_fmt(s->arena, "%lld", (long long)host_id), e);

	if (rc == 0)
		rc = org_set(store, family, p->family.ptr ? p->family : STR(""), e);

	if (rc == 0)
		rc = org_set(store, os, p->os.ptr ? p->os : STR(""), e);
	if (rc < 0)
		return rc;
	return org_set(store, declared_in_key(host_id, s->arena), str_of(p->declared_in), e);
}

/* What the officer may start a declaration from, beside the database: it changes with every audit
 * and is nobody's decision. */
static int keep_draft(
	const struct serve *s, struct hostaudit *audit, int64_t host_id, struct err *e)
{
	struct vfile_disk *disk;
	struct buf text;
	int rc;

	buf_init(&text, LIMIT_HOST_FILE_BYTES);
	rc = hostaudit_propose(audit, LANG_VI, &text, e);
	if (rc == 0)
		rc = data_notes(s->service->data, &disk, e);
	if (rc == 0) {
		rc = vfile_replace(disk, declared_draft_name(host_id, s->arena), buf_str(&text), e);
		vfile_disk_close(disk);
	}
	buf_done(&text);
	return rc;
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

/* The picture that the officer will look at, and a note beside the database that it was made. */
static int keep_picture(const struct serve *s, struct store *store, struct hostaudit *audit,
	const struct audit_run *run, int64_t period_days, struct err *e)
{
	struct review_snapshot snapshot = {
		.host_id = run->host_id, .at_s = run->at_s, .duration_us = run->duration_us
	};
	struct vfile_disk *disk;
	const char *name;
	struct str note;
	struct buf text;
	int rc;

	buf_init(&text, LIMIT_REVIEW_BYTES);
	rc = hostaudit_review(audit, &text, e);
	snapshot.text = buf_str(&text);
	if (rc == 0)
		rc = review_snapshot_add(store, &snapshot, s->arena, e);
	buf_done(&text);
	if (rc < 0 || period_days == 0)
		return rc;
	note = hostaudit_review_note(run->at_s, period_days, &name, s->arena);
	rc = vfile_disk_open(s->service->data, &disk, e);
	if (rc < 0)
		return rc;
	rc = vfile_replace(disk, name, note, e);
	vfile_disk_close(disk);
	return rc;
}

int audit_store(
	const struct serve *s, struct store *store, const struct review_duty *duty, struct err *e)
{
	struct audit_run run = { .at_s = clock_now_s(), .program = STR(SERVE_PROGRAM) };
	struct hostaudit_options options = { .packs = s->packs,
		.now_s = run.at_s,
		.is_deep = duty != NULL,
		.service_data = s->service->data };
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
	rc = org_setting(
		store, declared_key(run.host_id, s->arena), s->arena, &options.recorded, e);
	if (rc == 0)
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
	if (rc == 0)
		rc = keep_draft(s, audit, run.host_id, e);
	if (rc == 0 && duty)
		rc = keep_picture(s, store, audit, &run, duty->period_days, e);
	hostaudit_close(audit);
	return rc;
}

static int audit_and_keep(const struct process *self, struct store *store, struct err *e)
{
	return audit_store(self->state, store, NULL, e);
}

int web_audit_start(const struct process *self)
{
	return web_visit(self, audit_and_keep);
}

/* Is a picture due: as often as the law says, or because somebody asked for one? */
static int find_duty(
	const struct serve *s, struct store *store, struct review_duty *ret, struct err *e)
{
	struct review_snapshot newest = { 0 };
	struct org_host here;
	struct str asked = STR_NONE;
	int64_t now_s = clock_now_s(), asked_after = 0;
	int rc = org_host_here(store, s->arena, &here, e);

	*ret = (struct review_duty){ 0 };
	if (rc < 0)
		return rc == ERR_ABSENT ? 0 : rc;
	rc = review_snapshot_newest(store, here.id, INT64_MAX, s->arena, &newest, e);
	if (rc == 0)
		rc = org_setting(store, review_asked_key(here.id, s->arena), s->arena, &asked, e);
	if (rc < 0)
		return rc;
	ret->period_days = review_period_days(s->packs, here.level, date_at(now_s), s->arena);
	ret->is_due = (asked.ptr && str_to_i64(asked, &asked_after) && asked_after == newest.id) ||
		(ret->period_days > 0 && now_s - newest.at_s >= ret->period_days * CLOCK_DAY_S);
	return 0;
}

/* How often, as the packs say; 0: no pack in force asks for it. */
static int64_t compare_every_s(const struct serve *s, int64_t now_s)
{
	struct param_ruling ruling =
		pack_param(s->packs, STR("file_compare_days"), 1, date_at(now_s), s->arena);

	return ruling.winner ? ruling.winner->number * CLOCK_DAY_S : 0;
}

/* The machine's files against their baseline; without one there is nothing to do. */
static int compare_files(const struct serve *s, struct err *e)
{
	const struct integrity_options options = {
		.root = "/", .threads = 1, .now_s = clock_now_s()
	};
	struct integrity_report report = { 0 };
	struct integrity *state = NULL;
	int64_t every_s = compare_every_s(s, options.now_s);
	int rc;

	if (every_s <= 0)
		return 0;
	rc = integrity_open(s->service->data, true, e, &state);
	if (rc == 0)
		rc = integrity_last(state, s->arena, &report, e);
	state = integrity_close(state);
	if (rc < 0 || options.now_s - report.at_s < every_s)
		return rc == ERR_ABSENT ? 0 : rc; /* nobody has made a baseline yet */
	rc = integrity_open(s->service->data, false, e, &state);
	if (rc == 0)
		rc = integrity_compare(state, &options, &report, e);
	integrity_close(state);
	return rc;
}

static int review(const struct process *self, struct store *store, struct err *e)
{
	struct review_duty duty = { 0 };
	int rc = find_duty(self->state, store, &duty, e);

	if (rc == 0)
		rc = compare_files(self->state, e); /* before the audit, which tells of it */
	if (rc == 0 && duty.is_due)
		rc = audit_store(self->state, store, &duty, e);
	return rc;
}

/* Nobody waits for it: it steps back behind whatever else the machine does. */
int web_review_start(const struct process *self)
{
	(void)setpriority(PRIO_PROCESS, 0, 19);
	(void)syscall(
		SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	return web_visit(self, review);
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
	struct audit_runs runs = { 0 };
	struct org_host here;
	int rc = data_store(s, &store, e);

	if (rc == 0)
		rc = org_host_here(store, s->arena, &here, e);
	if (rc == 0)
		rc = evidence_runs(store, here.id, 1, s->arena, &runs, e);
	if (rc == ERR_ABSENT)
		rc = 0;
	if (rc == 0)
		*ret = runs.count ? clock_now_s() - runs.at[0].at_s : INT64_MAX;
	store_close(store);
	return rc;
}
