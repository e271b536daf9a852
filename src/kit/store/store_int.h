/* store_int.h - private to kit/store. */
#ifndef KIT_STORE_INT_H
#define KIT_STORE_INT_H

#include <sqlite3.h>

#include "kit/store/store.h"

struct store {
	sqlite3 *db;
	struct store_query **queries;
	size_t query_count;
	uint64_t begun; /* statements, since it was opened */
	char login[80], peer[80]; /* who is at work, for row_login() and row_peer() */
};

int store_add_functions(struct store *s, struct err *e);
int store_exec(struct store *s, const char *sql, struct err *e);
int store_failed(struct store *s, struct err *e, const char *doing);

#endif
