/* silence.c - the one rule of who is silent: the pack's bound and what people set go to intake,
 * which decides; whom it calls silent becomes evidence at once, until he speaks again, and those
 * who run the log are written to. */
#include "face/web/process/archive_note.h"
#include "core/trail/silence.h"
#include "kit/process/process.h"
#include "work/seal/seal.h"

#define MEMORY (64 * MIB)
#define NOW_SETTING "log.silent" /* hash of who was silent at the newest look; "" for nobody */

static uint32_t default_s(const struct serve *s, int64_t now_s)
{
	int64_t hours = pack_param_number(s->packs, STR("log_silence_hours"), 0, date_at(now_s), 0);

	return hours > 0 && hours <= SILENCE_MAX_S / 3600 ? (uint32_t)(hours * 3600) : 0;
}

/* What people set, by sender. */
static int tell_intake(struct view *v, const struct senders *s, uint32_t hours_s, struct err *e)
{
	struct silence_rule *rules = arena_array(v->a, struct silence_rule, s->count + 1);
	struct silence all = { .default_s = hours_s, .rules = rules };
	struct vfile_disk *d = NULL;
	struct str old = STR("");
	struct err none = { 0 };
	struct buf text;
	int rc;

	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].has_own && !strpbrk(s->rows[i].is->name, "\r\n"))
			rules[all.count++] = (struct silence_rule){ s->rows[i].is->kind,
				(uint32_t)s->rows[i].silence_s, str_of(s->rows[i].is->name) };
	if (vfile_disk_open(path_of(v, "%s/" SILENCE_FOLDER, v->web->data), &d, &none) < 0)
		return 0; /* intake has not begun yet */
	buf_init(&text, SILENCE_BYTES_MAX);
	silence_print(&all, &text);
	rc = vfile_load(d, SILENCE_FILE, SILENCE_BYTES_MAX, v->a, &old, &none);
	rc = rc == 0 && str_eq(old, buf_str(&text)) ?
		0 :
		vfile_replace(d, SILENCE_FILE, buf_str(&text), e);
	buf_done(&text);
	vfile_disk_close(d);
	return rc;
}

/* "" or a hash of who is silent. */
static const char *who_is_silent(const struct senders *s, char *hex)
{
	struct sha256 *hash = sha256_new();
	unsigned char digest[SHA256_SIZE];
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].is->is_silent) {
			sha256_add(hash, str_of(sender_kind_name(s->rows[i].is->kind)));
			sha256_add(hash, str_of(s->rows[i].is->name));
			sha256_add(hash, STR("\n"));
			count++;
		}
	sha256_end(hash, digest);
	return count ? hex_of(digest, sizeof(digest), hex) : "";
}

/* The note is what an audit judges; it runs as soon as it may. */
static int tell_evidence(const struct process *self, struct view *v, const char *now, struct err *e)
{
	struct str before = STR_NONE;
	int rc = org_setting(v->web->store, NOW_SETTING, v->a, &before, e);

	if (rc < 0 || str_is(before, now) || (!before.ptr && !*now))
		return rc;
	rc = archive_note(v->web->data, v->web->store, e);
	if (rc == 0)
		rc = org_set(v->web->store, NOW_SETTING, str_of(now), e);
	if (rc == 0)
		(void)process_run(self->parent_fd, "audit", 0);
	return rc;
}

int silence_tend(const struct process *self, struct store *store, struct err *e)
{
	const struct serve *s = self->state;
	char hex[SHA256_HEX_SIZE];
	struct senders senders;
	struct arena a;
	struct web w = {
		.store = store, .packs = s->packs, .data = self->service->data, .parent_fd = -1
	};
	struct view v = {
		.web = &w, .a = &a, .e = e, .by = { .store = store, .now_s = clock_now_s() }
	};
	int rc;

	arena_init(&a, MEMORY);
	w.log_folder = path_of(&v, "%s/" SEAL_LOG, w.data);
	rc = senders_load(&v, 0, &senders, e);
	if (rc == 0) {
		rc = tell_intake(&v, &senders, default_s(s, v.by.now_s), e);
		if (rc == 0)
			rc = tell_evidence(self, &v, who_is_silent(&senders, hex), e);
		if (rc == 0)
			rc = log_letters_tend(&v, &senders, e);
		senders_done(&senders);
	}
	find_close(w.log);
	arena_done(&a);
	return rc;
}
