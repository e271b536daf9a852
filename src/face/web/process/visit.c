/* visit.c - a process that comes, does its work in the database, and goes. */
#include "face/web/process/serve_int.h"

#include <stdio.h>

int web_visit(const struct process *self, web_visit_work *work)
{
	return web_visit_outside(self, NULL, work);
}

int web_visit_outside(const struct process *self, const char *const *outside, web_visit_work *work)
{
	struct sandbox_level level;
	struct store *store = NULL;
	struct err e = { 0 };
	/* the database is open before: it stands in a folder where nothing may be made any more */
	int rc = data_store(self->state, &store, &e);

	if (rc == 0)
		store_patient(store);
	if (rc == 0)
		rc = process_confine_outside(self, NULL, outside, &level, &e);
	if (rc == 0)
		rc = work(self, store, &e);
	store_close(store);
	if (rc < 0)
		fprintf(stderr, "khien %s: %s\n", self->row->name, e.text);
	return rc < 0 ? 2 : 0;
}
