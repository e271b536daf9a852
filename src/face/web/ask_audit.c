/* ask_audit.c - the processes that look at a machine are asked to. */
#include "core/evidence/review.h"
#include "face/web/web_int.h"
#include "kit/process/process.h"

#define AUDIT_WAIT_MS 4000

bool audit_now(struct view *v)
{
	return org_note(&v->by, "audit", STR_NONE, v->e) == 0 &&
		process_run(v->web->parent_fd, "audit", AUDIT_WAIT_MS);
}

/* The process looks for the request in the database, the message only wakes it; what is asked for
 * is a picture after the newest one, which no clock can confuse. */
bool review_now(struct view *v, int64_t host_id)
{
	struct review_snapshot newest = { 0 };

	if (review_snapshot_newest(v->web->store, host_id, INT64_MAX, v->a, &newest, v->e) < 0 ||
		org_set(v->web->store, review_asked_key(host_id, v->a),
			arena_fmt(v->a, "%lld", (long long)newest.id), v->e) < 0 ||
		org_note(&v->by, "review-ask", STR_NONE, v->e) < 0)
		return false;
	(void)process_run(v->web->parent_fd, "review", 0);
	return true;
}
