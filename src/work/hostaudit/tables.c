/* Every table, by name. A new one is its file table_NAME.c, its row here, and its line in meson.build. */
#include "work/hostaudit/fact.h"

#include "work/hostaudit/tables.h"

const struct fact_table *const fact_tables[] = {
	&mounts_table,
	NULL,
};
