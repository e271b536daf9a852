/* fuzz_gvdb.c - compiled databases of dconf. */
#include "work/hostaudit/resolve/gvdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gvdb db, locks;
	struct gvdb_value value;

	if (!gvdb_open((struct str){ (const char *)data, size }, &db))
		return 0;
	(void)gvdb_value(&db, STR("/org/gnome/desktop/session/idle-delay"), &value);
	(void)gvdb_value(&db, STR("/org/gnome/desktop/screensaver/lock-enabled"), &value);
	if (gvdb_table(&db, STR(".locks"), &locks))
		(void)gvdb_has(&locks, STR("/org/gnome/desktop/session/idle-delay"));
	return 0;
}
