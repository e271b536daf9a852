/* trail.c - the process that comes every minute, seals what changed, and each night asks whether
 * the database still says what was sealed. */
#include <stdio.h>
#include <sys/stat.h>

#include "core/org/staff.h"
#include "face/web/process/serve_int.h"
#include "work/seal/trail.h"

#define CHECK_MEMORY_BYTES (512 * MIB)
#define CHECKED "checked" /* in the trail's folder: when, and what was found; for the pages */

static bool is_check_due(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || clock_now_s() - st.st_mtime >= CLOCK_DAY_S;
}

static int keep_result(const char *trail, const struct trail_check *c, struct err *e)
{
	struct vfile_disk *d;
	struct json j;
	struct buf b;
	int rc = vfile_disk_open(trail, &d, e);

	if (rc < 0)
		return rc;
	buf_init(&b, MIB);
	json_init(&j, &b, true);
	json_object(&j);
	json_put_i64(&j, "at", clock_now_s());
	json_put_i64(&j, "rows", c->rows);
	json_put_i64(&j, "changes", c->changes);
	json_put_i64(&j, "leaves", c->leaves);
	json_key(&j, "findings");
	json_array(&j);
	for (size_t i = 0; i < c->finding_count; i++) {
		json_object(&j);
		json_put(&j, "table", c->findings[i].table);
		json_put(&j, "key", c->findings[i].key);
		json_put(&j, "words", str_of(trail_fault_words(c->findings[i].fault)));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	rc = vfile_replace(d, CHECKED, buf_str(&b), e);
	buf_done(&b);
	vfile_disk_close(d);
	return rc;
}

static int check(const char *data, struct store *store, struct err *e)
{
	struct trail_check c;
	struct arena a;
	int rc;

	arena_init(&a, CHECK_MEMORY_BYTES);
	rc = seal_trail_check(data, store, &a, &c, e);
	for (size_t i = 0; rc == 0 && i < c.finding_count; i++)
		fprintf(stderr, "khien trail: %s: %.*s %.*s\n",
			trail_fault_words(c.findings[i].fault), STR_FMT(c.findings[i].table),
			STR_FMT(c.findings[i].key));
	if (rc == 0)
		rc = keep_result(arena_fmt(&a, "%s/" SEAL_TRAIL, data).ptr, &c, e);
	arena_done(&a);
	return rc;
}

/* Decisions about people whose second has come. */
static int decisions(struct store *store, struct err *e)
{
	struct org_actor by = { .store = store, .login = STR(""), .now_s = clock_now_s() };
	size_t count;

	return staff_due(&by, &count, e);
}

static int copy_changes(const struct process *self, struct store *store, struct err *e)
{
	const struct serve *s = self->state;
	const char *data = self->service->data;
	struct seal_answer answer = { .is_sealed = true };
	int rc = decisions(store, e);

	if (rc == 0)
		rc = seal_trail(data, store, clock_now_s(), &answer, e);
	if (rc == 0 && !answer.is_sealed)
		fprintf(stderr, "khien trail: %s\n", answer.reason);
	if (rc == 0 && is_check_due(arena_fmt(s->arena, "%s/" SEAL_TRAIL "/" CHECKED, data).ptr))
		rc = check(data, store, e);
	return rc;
}

int web_trail_start(const struct process *self)
{
	return web_visit(self, copy_changes);
}
