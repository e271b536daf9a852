/* fuzz_journal_upload.c - the same entries and events whatever the chunks, also when entries are
 * refused now and then and given again. The first byte tells how they are cut. */
#include "kit/syslog/upload.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 200

struct seen {
	struct buf text;
	unsigned asked, refuses; /* each REFUSESth entry is not taken the first time; 0: all are */
};

static bool take(void *context, const struct export_entry *entry)
{
	struct seen *seen = context;

	if (entry->json.len > MAX || entry->json.len < 3)
		abort();
	if (seen->refuses && seen->asked++ % seen->refuses == 0)
		return false;
	buf_fmt(&seen->text, "%.*s %.*s %d\n", STR_FMT(entry->json), STR_FMT(entry->cursor),
		entry->is_cut);
	return true;
}

static void event(void *context, enum upload_event event)
{
	struct seen *seen = context;

	buf_fmt(&seen->text, "event %d\n", event);
}

static int feed(struct str stream, size_t step, struct seen *seen)
{
	const struct upload_calls calls = { take, event, seen };
	struct upload u;
	struct err e = { 0 };
	ssize_t used = 0;
	int status;

	buf_init(&seen->text, 64 * MIB);
	upload_init(&u, MAX);
	for (size_t at = 0; at < stream.len && used >= 0; at += used > 0 ? (size_t)used : 0)
		used = upload_feed(&u, str_until(str_from(stream, at), step), &calls, &e);
	status = used < 0 ? u.status : 0;
	upload_done(&u);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = { 0 }, cut = { .refuses = 2 };
	struct str stream;

	if (size < 2)
		return 0;
	stream = (struct str){ (const char *)data + 1, size - 1 };
	if (feed(stream, stream.len, &whole) != feed(stream, data[0] % 32 + 1, &cut) ||
		!str_eq(buf_str(&whole.text), buf_str(&cut.text)))
		abort();
	buf_done(&whole.text);
	buf_done(&cut.text);
	return 0;
}
