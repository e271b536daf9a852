/* The test build ends where a question is still open before something is written, and tells what
 * questions cost. */
#include <stdlib.h>

#include "kit/store/cost.h"
#include "kit/store/store_int.h"

void store_no_question_open(struct store *s, const char *before)
{
	sqlite3_stmt *open = NULL;

	while ((open = sqlite3_next_stmt(s->db, open)) != NULL) {
		if (!sqlite3_stmt_busy(open) || !sqlite3_stmt_readonly(open))
			continue;
		fprintf(stderr, "khien: still open: %s\nbefore: %s\n", sqlite3_sql(open), before);
		abort();
	}
}

uint64_t store_steps_taken(const struct store *s)
{
	sqlite3_stmt *each = NULL;
	uint64_t steps = 0;

	while ((each = sqlite3_next_stmt(s->db, each)) != NULL)
		steps += (uint64_t)sqlite3_stmt_status(each, SQLITE_STMTSTATUS_VM_STEP, 0);
	return steps;
}
