#include "core/evidence/evidence.h"

static const char *const names[] = {
	[OUTCOME_PASS] = "pass",
	[OUTCOME_FAIL] = "fail",
	[OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_NA] = "not applicable",
};

const char *outcome_name(enum outcome o)
{
	return names[o];
}

enum outcome outcome_worst(enum outcome a, enum outcome b)
{
	static const int weight[] = {
		[OUTCOME_FAIL] = 3, [OUTCOME_UNKNOWN] = 2, [OUTCOME_PASS] = 1, [OUTCOME_NA] = 0
	};

	return weight[a] >= weight[b] ? a : b;
}
