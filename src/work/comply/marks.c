/* marks.c - verdicts as marks, one letter for each obligation in force, and what they add up to. */
#include "work/comply/comply_int.h"

#include <string.h>

static const char letters[VERDICT_COUNT] = { [VERDICT_NOT_MET] = 'F',
	[VERDICT_OVERDUE] = 'O',
	[VERDICT_NO_EVIDENCE] = 'N',
	[VERDICT_EXCEPTED] = 'X',
	[VERDICT_MET] = 'M',
	[VERDICT_NA] = '-' };

char comply_mark(enum verdict v)
{
	return letters[v];
}

bool comply_mark_verdict(char mark, enum verdict *ret)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (letters[i] == mark) {
			*ret = (enum verdict)i;
			return true;
		}
	}
	return false;
}

static bool is_within(const struct clause *c, const struct clause *ancestor)
{
	for (; c && ancestor && c != ancestor;)
		c = c->parent;
	return c != NULL;
}

struct comply_score comply_score_of(
	const struct comply_law *law, struct str marks, const struct clause *within)
{
	struct comply_score s = { .permille = -1 };
	enum verdict v;

	for (size_t i = 0; i < law->count && i < marks.len; i++) {
		if (!is_within(law->at[i]->clause, within) ||
			!comply_mark_verdict(marks.ptr[i], &v))
			continue;
		s.counts[v]++;
		if (v == VERDICT_NA || v == VERDICT_EXCEPTED)
			continue;
		s.weight += law->at[i]->weight;
		s.weight_met += v == VERDICT_MET ? law->at[i]->weight : 0;
	}
	if (s.weight > 0)
		s.permille = (int)(s.weight_met * 1000 / s.weight);
	return s;
}

char *marks_new(const struct comply_law *law, struct arena *a)
{
	char *marks = arena_alloc(a, law->count + 1);

	memset(marks, COMPLY_MARK_NONE, law->count);
	return marks;
}

void marks_worsen(char *mark, enum verdict v)
{
	enum verdict sum;

	if (comply_mark_verdict(*mark, &sum))
		v = verdict_worst(v, sum);
	*mark = comply_mark(v);
}

void marks_add(const struct comply_law *law, char *marks, const struct comply_verdict *verdicts,
	size_t count)
{
	size_t place = 0;

	for (size_t i = 0; i < count; i++) {
		while (law->at[place] != verdicts[i].obligation)
			place++;
		marks_worsen(&marks[place], verdicts[i].verdict);
	}
}

/* --- a unit at any moment --------------------------------------------------------------------- */

struct sum {
	const struct comply_law *law;
	char *marks;
};

static int add_subject(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct sum *sum = context;

	marks_add(sum->law, sum->marks, verdicts, count);
	return 0;
}

int comply_unit_marks(const struct comply_query *q, const struct comply_law *law, struct arena *a,
	struct str *ret, struct err *e)
{
	struct sum sum = { law, marks_new(law, a) };
	int rc = comply_walk(q, add_subject, &sum, e);

	if (rc == 0)
		*ret = (struct str){ sum.marks, law->count };
	return rc;
}
