/* turn.c - several processes write to one database, one at a time. Whoever waits looks again every
 * few milliseconds; whoever writes much leaves a gap in which those who wait find it free. SQLite
 * alone knows no queue: one who begins anew right after each end keeps all others out until
 * they give up. */
#include <time.h>

#include "kit/store/store_int.h"
#include "kit/store/turn.h"

#define WAIT_US 5000000          /* for somebody else's transaction, before giving up */
#define PATIENT_WAIT_US 60000000 /* where no person waits for the answer */
#define LOOK_US 2000             /* every so often */
#define GAP_US (3 * (int64_t)LOOK_US)
#define HELD_MAX_US 60000 /* of writing without a gap */

static void rest(int64_t us)
{
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL);
}

void store_turn_begin(struct store *s)
{
	struct store_turn *t = &s->turn;

	if (clock_monotonic_us() - t->ended_us >= GAP_US) {
		t->held_us = 0;
	} else if (t->held_us >= HELD_MAX_US) {
		t->held_us = 0;
		rest(GAP_US);
	}
}

void store_turn_end(struct store *s)
{
	struct store_turn *t = &s->turn;

	t->ended_us = clock_monotonic_us();
	t->held_us += t->ended_us - t->began_us;
}

/* COUNT is 0 when a new waiting begins. */
static int look_again(void *context, int count)
{
	struct store *s = context;
	int64_t now_us = clock_monotonic_us();

	if (count == 0)
		s->turn.waits_since_us = now_us;
	if (now_us - s->turn.waits_since_us >= s->turn.wait_us)
		return 0;
	rest(LOOK_US);
	return 1;
}

void store_turn_wait(struct store *s)
{
	s->turn.wait_us = WAIT_US;
	sqlite3_busy_handler(s->db, look_again, s);
}

void store_patient(struct store *s)
{
	s->turn.wait_us = PATIENT_WAIT_US;
}

bool store_was_busy(const struct store *s)
{
	return s->was_busy;
}
