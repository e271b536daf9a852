/* outside_process.c - the process of a service that asks the outside to remember: witnesses each
 * minute, a time-stamp authority once a day. It alone of those that touch the log may open
 * connections, and it can read no key. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/outside.h"
#include "kit/http/curl.h"
#include "kit/process/process.h"
#include "work/seal/stamped.h"

const char *const outside_writes[] = { "log/%S/cosigned", "log/%S/anchors", "log/%S/stamps", NULL };
/* What is public, and no keys: so not the shard's folder as a whole. */
const char *const outside_reads[] = { "log/policy", "log/peers.pem", "log/tsa", "log/tsa.pem",
	"log/%S/origin", "log/%S/checkpoint", "log/%S/keys/public.txt", "log/%S/tree", "log/%S/wal",
	"log/%S/segments", NULL };

/* An hour less, so that "once a day" does not wander. */
static bool is_stamp_due(struct outside *o)
{
	struct seal_stamp newest;
	struct err none;

	return seal_stamp_newest(o->entries.disk, &newest, &none) < 0 ||
		clock_now_s() - newest.stamp.at_s >= CLOCK_DAY_S - 3600;
}

static int stamp(struct outside *o, struct err *e)
{
	struct str text, url, ca;
	int rc = vfile_load(o->log, "tsa", KIB, o->a, &text, e);

	if (rc == ERR_ABSENT || (rc == 0 && (!str_next_line(&text, &url) || !is_stamp_due(o))))
		return 0;
	if (rc == 0)
		rc = outside_ca(o, &ca, e);
	return rc == 0 ? outside_stamp(o, arena_cstr(o->a, str_trim(url)), ca, e) : rc;
}

static int ask(struct outside *o)
{
	struct err e = { 0 };
	int rc = outside_witnesses(o, &e), failed = 0;

	if (rc < 0 && rc != ERR_ABSENT) {
		fprintf(stderr, "khien outside: %s\n", e.text);
		failed++;
	}
	if (stamp(o, &e) < 0) {
		fprintf(stderr, "khien outside: a time stamp: %s\n", e.text);
		failed++;
	}
	return failed > 0;
}

int outside_start(const struct process *self)
{
	struct outside o = { .lang = LANG_VI, .is_quiet = true };
	struct sandbox_level level;
	struct err e = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, OUTSIDE_MEMORY_BYTES);
	/* without it https:// is refused when it is asked; all else goes on */
	if (curl_open(&e) < 0)
		fprintf(stderr, "khien outside: %s\n", e.text);
	/* folders are found while their lists may be read; what is in them is read confined */
	rc = outside_open(self->service->data, &a, &o, &e);
	if (rc == 0)
		rc = process_confine(self, NULL, &level, &e);
	if (rc == 0)
		rc = ask(&o);
	else if (rc != ERR_ABSENT)
		fprintf(stderr, "khien outside: %s\n", e.text);
	outside_close(&o);
	arena_done(&a);
	return rc < 0 && rc != ERR_ABSENT ? 2 : 0;
}
