/* journal.c - an entry of the journal becomes one line of JSON with all its fields, as `journalctl
 * -o json` has them. Its leaf's sequence is the entry's own number within the journal, and which
 * journal that is stands in a leaf before: so entry and place are on the disk in one moment. */
#include "face/intake/journal.h"
#include "face/intake/intake_int.h"

#include <dlfcn.h>
#include <stdlib.h>

#define EVERY_US 200000
#define ENTRIES_A_TURN 2000
#define FIELD_MAX (32 * KIB)
#define LOCAL_ONLY 1

struct sd_journal;

struct journal_library {
	int (*open)(struct sd_journal **ret, int flags);
	int (*open_directory)(struct sd_journal **ret, const char *path, int flags);
	void (*close)(struct sd_journal *j);
	int (*next)(struct sd_journal *j);
	int (*process)(struct sd_journal *j);
	int (*get_fd)(struct sd_journal *j);
	int (*seek_head)(struct sd_journal *j);
	int (*seek_cursor)(struct sd_journal *j, const char *cursor);
	int (*get_cursor)(struct sd_journal *j, char **ret);
	int (*get_realtime)(struct sd_journal *j, uint64_t *ret);
	void (*restart_data)(struct sd_journal *j);
	int (*enumerate)(struct sd_journal *j, const void **ret, size_t *ret_len);
};

struct journal {
	const struct journal_library *lib;
	struct sd_journal *handle;
	uint32_t source;
	int64_t again_us;
	bool is_held; /* the entry it stands at was not taken yet */
};

struct journal_library *journal_library(void)
{
	static const char *const names[] = { "sd_journal_open", "sd_journal_open_directory",
		"sd_journal_close", "sd_journal_next", "sd_journal_process", "sd_journal_get_fd",
		"sd_journal_seek_head", "sd_journal_seek_cursor", "sd_journal_get_cursor",
		"sd_journal_get_realtime_usec", "sd_journal_restart_data",
		"sd_journal_enumerate_data" };
	void *handle = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL), *found[COUNT(names)];
	struct journal_library *lib;

	static_assert(sizeof(*lib) == sizeof(found), "one name for each function");
	for (size_t i = 0; handle && i < COUNT(names); i++) {
		found[i] = dlsym(handle, names[i]);
		if (!found[i])
			handle = NULL;
	}
	if (!handle) {
		intake_warn("no libsystemd.so.0: the journal is not read");
		return NULL;
	}
	lib = malloc(sizeof(*lib));
	if (!lib)
		abort();
	memcpy(lib, found, sizeof(found));
	return lib;
}

static void write_entry(struct journal *j, struct buf *ret)
{
	const void *data;
	size_t len;
	uint64_t at_us = 0;
	char text[32];
	struct json json;

	json_init(&json, ret, false);
	json_object(&json);
	if (j->lib->get_realtime(j->handle, &at_us) >= 0) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)at_us);
		json_put(&json, "__REALTIME_TIMESTAMP", str_of(text));
	}
	j->lib->restart_data(j->handle);
	while (j->lib->enumerate(j->handle, &data, &len) > 0) {
		struct str field = { data, len }, name, value;

		if (!str_split(field, '=', &name, &value) || ret->len > LEAF_RAW_MAX)
			continue;
		json_key_str(&json, name);
		json_str(&json, str_until(value, FIELD_MAX));
	}
	json_object_end(&json);
}

/* False: not now. */
static bool take_entry(struct intake *in, struct journal *j)
{
	struct pen_line line = { .source = j->source, .transport = LEAF_JOURNAL };
	char *cursor = NULL;
	struct str which = STR_NONE;
	struct buf json;
	bool is_done = true;

	if (j->lib->get_cursor(j->handle, &cursor) < 0)
		return true;
	buf_init(&json, 2 * LEAF_RAW_MAX);
	if (export_cursor(str_of(cursor), &which, &line.sequence)) {
		is_done = sender_at(in, j->source, which);
		if (is_done) {
			write_entry(j, &json);
			line.raw = buf_str(&json);
			is_done = pen_line(in, &line);
		}
	}
	buf_done(&json);
	free(cursor);
	return is_done;
}

/* After the entry that was taken last. Where it is gone, the library stands at the one nearest. */
static void resume(struct journal *j, const struct sender *s)
{
	char cursor[SENDER_PLACE_MAX + 64], *here = NULL;
	struct str which;
	uint64_t number;

	if (!*s->place || s->sequence == 0) {
		(void)j->lib->seek_head(j->handle);
		return;
	}
	snprintf(cursor, sizeof(cursor), "s=%s;i=%llx", s->place, (unsigned long long)s->sequence);
	if (j->lib->seek_cursor(j->handle, cursor) < 0 || j->lib->next(j->handle) <= 0 ||
		j->lib->get_cursor(j->handle, &here) < 0)
		return;
	/* another one than the last: it has not been taken yet */
	j->is_held = !export_cursor(str_of(here), &which, &number) || number != s->sequence ||
		!str_is(which, s->place);
	free(here);
}

void journal_open(struct intake *in)
{
	const struct journal_library *lib = in->setup->journal;
	const char *folder = in->setup->config.journal;
	struct journal *j;
	int rc;

	if (!lib)
		return;
	j = calloc(1, sizeof(*j));
	if (!j)
		abort();
	j->lib = lib;
	rc = folder ? lib->open_directory(&j->handle, folder, 0) :
		      lib->open(&j->handle, LOCAL_ONLY);
	j->source = sender_find(in, SENDER_JOURNAL, STR("journald"));
	if (rc < 0 || j->source == SENDER_OTHERS) {
		intake_warn("the journal does not open (%d)", rc);
		free(j);
		return;
	}
	(void)lib->get_fd(j->handle); /* so that new files are noticed */
	resume(j, sender_by_number(&in->senders, j->source));
	in->journal = j;
}

void journal_read(struct intake *in)
{
	struct journal *j = in->journal;

	if (!j || in->now_us < j->again_us || in->is_full)
		return;
	j->again_us = in->now_us + EVERY_US;
	(void)j->lib->process(j->handle);
	for (int i = 0; i < ENTRIES_A_TURN; i++) {
		if (!sender_may(in, j->source))
			return;
		if (!j->is_held && j->lib->next(j->handle) <= 0)
			return;
		j->is_held = !take_entry(in, j);
		if (j->is_held)
			return;
		sender_sent(in, j->source, 1, 0);
	}
	j->again_us = in->now_us; /* there is more */
}

void journal_close(struct intake *in)
{
	if (!in->journal)
		return;
	in->journal->lib->close(in->journal->handle);
	free(in->journal);
	in->journal = NULL;
}
