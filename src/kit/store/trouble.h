/* trouble.h - private to kit/store: a disk that fails under the database when a test says so. In a
 * product none does (trouble_none.c). */
#ifndef STORE_TROUBLE_H
#define STORE_TROUBLE_H

/* The name of the VFS to open a database with; NULL: SQLite's own. Before the process confines
 * itself. */
const char *store_trouble_vfs(void);

#endif
