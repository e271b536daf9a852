/* fuzz_policy.c - a witness policy: what is accepted refers to nothing outside itself. */
#include "kit/merkle/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note empty = { .text = STR("x\n") };
	struct policy p;
	struct arena a;
	struct err e = { 0 };
	bool is_met;

	arena_init(&a, 8 * MIB);
	if (policy_parse((struct str){ (const char *)data, size }, &a, &p, &e) == 0) {
		if (p.quorum >= (int)p.node_count)
			abort();
		for (size_t i = 0; i < p.node_count; i++)
			for (size_t m = 0; m < p.nodes[i].member_count; m++)
				if (p.nodes[i].members[m] >= i)
					abort();
		/* nobody signed: only a policy without a quorum is met */
		if (policy_check(&p, &empty, &is_met, NULL, &e) != 0 || is_met != (p.quorum < 0))
			abort();
	} else if (e.code == 0) {
		abort();
	}
	arena_done(&a);
	return 0;
}
