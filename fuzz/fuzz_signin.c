/* fuzz_signin.c - what the process says that asks others about a log-in: an answer or a fault; what
 * was read is read again the same after it was written. */
#include <stdlib.h>

#include "work/signin/signin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = { (const char *)data, size };
	struct signin_question q;
	struct signin_answer x, again;
	struct err e = { 0 };
	struct arena a;
	struct buf out;

	if (size > SIGNIN_MESSAGE_MAX)
		return 0;
	arena_init(&a, 8 * MIB);
	buf_init(&out, MIB);
	if (signin_question_parse(line, &a, &q, &e) == 0 && q.kind >= SIGNIN_KIND_COUNT)
		abort();
	if (signin_answer_parse(line, &a, &x, &e) == 0) {
		signin_answer_write(&x, &out);
		if (signin_answer_parse(buf_str(&out), &a, &again, &e) < 0 || again.id != x.id ||
			again.state != x.state || again.group_count != x.group_count ||
			!str_eq(again.name, x.name))
			abort();
	}
	buf_done(&out);
	arena_done(&a);
	return 0;
}
