/* verify.c - the process that proves the whole log again: how far it is stands in a file for the
 * page, what it found in the settings. */
#include "face/web/process/archive_note.h"
#include "face/web/verify.h"
#include "work/archive/archive.h"
#include "work/verify/verify.h"

#define PROGRESS_US 500000
#define RESULT_BYTES_MAX (256 * KIB)

/* Summed over the shards. */
struct work {
	struct vfile_disk *notes;
	struct buf text;
	uint64_t entries, proven, findings;
	size_t shards;
	bool is_self_signed;
	int64_t told_us;
};

static int tell(void *context, uint64_t done, uint64_t all)
{
	struct work *w = context;
	int64_t now_us = clock_monotonic_us();
	struct err none;
	char text[64];

	if (now_us - w->told_us < PROGRESS_US)
		return 0;
	w->told_us = now_us;
	snprintf(
		text, sizeof(text), "%llu %llu", (unsigned long long)done, (unsigned long long)all);
	/* who watches sees less when it fails; the work goes on */
	(void)!vfile_replace(w->notes, VERIFY_PROGRESS, str_of(text), &none);
	return 0;
}

static void take(void *context, const char *path, const struct verify_report *r)
{
	struct work *w = context;

	(void)path;
	w->shards++;
	w->entries += r->entries;
	w->proven += r->proven;
	w->findings += r->finding_count;
	w->is_self_signed |= r->is_self_signed;
	verify_text(r, LANG_VI, &w->text);
}

static int keep(struct store *store, struct work *w, int status, struct err *e)
{
	char text[200];
	int rc;

	snprintf(text, sizeof(text), "%lld %d %zu %llu %llu %llu %d", (long long)clock_now_s(),
		status, w->shards, (unsigned long long)w->entries, (unsigned long long)w->proven,
		(unsigned long long)w->findings, w->is_self_signed);
	rc = org_set(store, VERIFY_SETTING, str_of(text), e);
	return rc == 0 ? org_set(store, VERIFY_SETTING_TEXT, buf_str(&w->text), e) : rc;
}

static int verify(const struct process *self, struct store *store, struct err *e)
{
	const char *data = self->service->data;
	struct work w = { 0 };
	const struct verify_job job = { .segments = &archive_entries,
		.now_s = clock_now_s(),
		.progress = tell,
		.context = &w };
	struct err none;
	char path[4096];
	int rc = data_notes(data, &w.notes, e);

	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s/log", data);
	buf_init(&w.text, RESULT_BYTES_MAX);
	w.told_us = clock_monotonic_us() - PROGRESS_US;
	(void)tell(&w, 0, 0);
	rc = verify_archive(path, &job, take, &w, e);
	if (rc >= 0)
		rc = keep(store, &w, rc, e);
	(void)!vfile_unlink(w.notes, VERIFY_PROGRESS, &none);
	buf_done(&w.text);
	vfile_disk_close(w.notes);
	return rc == ERR_ABSENT ? 0 : rc;
}

static int verify_and_note(const struct process *self, struct store *store, struct err *e)
{
	int rc = verify(self, store, e);

	return rc == 0 ? archive_note(self->service->data, store, e) : rc;
}

int web_verify_start(const struct process *self)
{
	return web_visit(self, verify_and_note);
}
