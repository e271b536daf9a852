/* records.c - the verdicts of records: of each live one that obligations bind, as its register and
 * the conditions of the pack say. */
#include "core/record/record_judge.h"
#include "work/comply/comply_int.h"

#define RECORD_MEMORY_BYTES (4 * MIB)

/* An obligation that binds records of the register, and by which of its bindings. */
struct asked {
	const struct obligation *o;
	uint64_t binds;
};

struct asking {
	const struct record_walk *w;
	struct asked *asked; /* in the order of the law */
	size_t asked_count;
	const struct evidence *whole; /* what was found of the register last */
};

struct evidence_rows comply_record_rows(const struct evidence_rows *rows, int64_t record_id)
{
	size_t low = 0, high = rows->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->at[middle].record_id >= record_id)
			high = middle;
		else
			low = middle + 1;
	}
	for (end = low; end < rows->count && rows->at[end].record_id == record_id;)
		end++;
	return (struct evidence_rows){ rows->count ? rows->at + low : NULL, end - low };
}

/* The newest weighing of the register, for whichever obligation. */
static const struct evidence *whole_of(const struct record_walk *w)
{
	for (size_t i = 0; i < w->to.facts->words.count; i++) {
		const struct evidence *row = &w->to.facts->words.at[i];

		if (row->by == EVIDENCE_REGISTER && str_starts(row->subject, "register:") &&
			str_eq(str_from(row->subject, 9), w->reg->id) &&
			!str_starts(row->check, "has:"))
			return row;
	}
	return NULL;
}

static uint64_t binds_of(const struct pack_register *r, const struct obligation *o)
{
	uint64_t binds = 0;

	for (size_t i = 0; i < r->bind_count && i < RECORD_BINDS_MAX; i++)
		for (size_t n = 0; n < r->binds[i].obligation_count; n++)
			if (r->binds[i].obligations_are[n] == o)
				binds |= UINT64_C(1) << i;
	return binds;
}

static int each_record(void *context, const struct record_bound *bound, struct err *e)
{
	const struct asking *asking = context;
	const struct record_walk *w = asking->w;
	const struct unit_facts *f = w->to.facts;
	struct comply_in_register at = { .reg = w->reg,
		.whole = asking->whole,
		.changed_at_s = bound->changed_at_s,
		.weighed_at_s = f->weighed_at_s };
	struct evidence_rows own = comply_record_rows(&f->record_words, bound->id);
	struct comply_subject subject = { .about = COMPLY_RECORD,
		.id = bound->id,
		.unit_id = f->unit.id,
		.name = bound->title,
		.reg = w->reg };
	struct comply_input in = { .packs = f->packs,
		.at_s = f->at_s,
		.about = COMPLY_RECORD,
		.unit_id = f->unit.id,
		.unit_roles = f->unit.roles,
		.record_id = bound->id,
		.in_register = &at,
		.words = own.at,
		.word_count = own.count,
		.exceptions = f->exceptions,
		.exception_count = f->exception_count };
	struct comply_verdict *list;
	struct arena a;
	size_t count = 0;
	int rc = 0;

	if (!walk_comes_to(&w->to, COMPLY_RECORD, bound->id))
		return 0;
	arena_init(&a, RECORD_MEMORY_BYTES);
	in.subject = arena_fmt(&a, "record:%lld", (long long)bound->id);
	list = arena_array(&a, struct comply_verdict, asking->asked_count + 1);
	for (size_t i = 0; i < asking->asked_count; i++) {
		if (!(asking->asked[i].binds & bound->binds))
			continue;
		list[count++] = comply_verdict(&in, asking->asked[i].o, &a);
	}
	if (count)
		rc = w->to.each(w->to.context, &subject, list, count, e);
	arena_done(&a);
	return rc;
}

int unit_records(const struct record_walk *w, struct err *e)
{
	const struct unit_facts *f = w->to.facts;
	struct asking asking = { .w = w, .whole = whole_of(w) };
	struct arena a;
	struct record_at at = { .store = f->store,
		.packs = f->packs,
		.reg = w->reg,
		.a = &a,
		.now_s = f->at_s,
		.login = STR("") };
	int rc = 0;

	arena_init(&a, MIB);
	asking.asked = arena_array(&a, struct asked, f->law->count + 1);
	for (size_t i = 0; w->reg->bind_count && i < f->law->count; i++) {
		const struct obligation *o = f->law->at[i];
		uint64_t binds = !f->only || f->only == o ? binds_of(w->reg, o) : 0;

		if (binds)
			asking.asked[asking.asked_count++] = (struct asked){ o, binds };
	}
	if (asking.asked_count)
		rc = record_walk_bound(&at, f->unit.id, each_record, &asking, e);
	arena_done(&a);
	return rc;
}
