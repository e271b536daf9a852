/* store_int.h - private to kit/store. */
#ifndef KIT_STORE_INT_H
#define KIT_STORE_INT_H

#include <sqlite3.h>

#include "kit/store/store.h"

/* How long this store has written, so that others get their turn (turn.c). */
struct store_turn {
	int64_t began_us, ended_us; /* the last transaction; 0: none */
	int64_t held_us;            /* since others had a turn */
	int64_t waits_since_us;     /* for somebody else's */
	int64_t wait_us;            /* at most */
};

struct store {
	sqlite3 *db;
	struct store_query **queries;
	size_t query_count;
	uint64_t begun;   /* statements, since it was opened */
	bool is_disk_bad; /* for that the last failure was */
	bool was_busy;    /* or for this */
	struct store_turn turn;
	char login[80], peer[80]; /* who is at work, for row_login() and row_peer() */
};

int store_add_functions(struct store *s, struct err *e);
int store_exec(struct store *s, const char *sql, struct err *e);
/* Before a transaction and after it; how to wait for somebody else's. */
void store_turn_begin(struct store *s);
void store_turn_end(struct store *s);
void store_turn_wait(struct store *s);
/* In the test build: a question that is still open would make writing fail at once, without any
 * waiting, as soon as somebody else has written since. Ends the program and tells which. */
void store_no_question_open(struct store *s, const char *before);
int store_failed(struct store *s, struct err *e, const char *doing);

#endif
