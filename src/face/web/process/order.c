/* order.c - the process that brings orders of pages to where the log is: seal and store know no
 * database. It comes and goes. */
#include "face/web/process/order.h"

#include "core/org/org.h"
#include "core/trail/order.h"
#include "face/web/process/serve_int.h"
#include "work/archive/find.h"
#include "work/seal/seal.h"

#define MEMORY (16 * MIB)

/* Once more is fine: the file is then the same. */
static int leave(struct vfile_disk *log, struct arena *a, struct str line, struct err *e)
{
	struct order o = { .at_s = clock_now_s() };
	char name[FIND_PLACE_TEXT_MAX];
	struct find_place place;
	struct str number;

	if (!str_split(line, ' ', &number, &o.leaf) || !find_place_parse(number, &place))
		return 0; /* what the pages never write */
	return order_save(
		log, arena_fmt(a, ORDER_REDACT "%s", find_place_text(place, name)).ptr, &o, e);
}

static int work(const struct process *self, struct store *store, struct err *e)
{
	struct str waiting = STR_NONE, line;
	struct vfile_disk *log = NULL;
	struct arena a;
	int rc;

	arena_init(&a, MEMORY);
	/* no page adds one between reading and forgetting */
	rc = store_begin(store, e);
	if (rc == 0)
		rc = org_setting(store, ORDER_WAITING, &a, &waiting, e);
	if (rc == 0 && waiting.len)
		rc = vfile_disk_open(
			arena_fmt(&a, "%s/" SEAL_LOG, self->service->data).ptr, &log, e);
	while (rc == 0 && str_next_line(&waiting, &line))
		rc = leave(log, &a, line, e);
	if (rc == 0 && log)
		rc = org_set(store, ORDER_WAITING, STR(""), e);
	if (rc == 0)
		rc = store_commit(store, e);
	else
		store_rollback(store);
	vfile_disk_close(log);
	arena_done(&a);
	return rc;
}

int web_order_start(const struct process *self)
{
	return web_visit(self, work);
}
