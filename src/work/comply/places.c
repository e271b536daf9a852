/* places.c - one obligation in a unit, subject by subject: who has which verdict. In a unit of many
 * machines that is read from what is kept: to reckon it would look at what was seen of them all. */
#include "work/comply/comply_int.h"

#include <stdlib.h>

#define RECKONED_MAX 200 /* of no more subjects nothing kept is asked: what is new shows at once */

/* In the order of the index by unit. CROSS: the unit first, whatever a database believes of it. */
static const char sql_kept[] =
	"SELECT v.about, v.subject_id, substr(v.marks, $3, 1), u.at_s FROM verdict_unit u"
	" CROSS JOIN verdict v ON v.unit_id = u.unit_id AND v.about IN (1, $5)"
	" WHERE u.unit_id = $1 AND u.law = $2 AND u.at_s <= $4 ORDER BY v.about, v.subject_id";

struct kept {
	int about;
	char mark;
	int64_t id;
};

struct listing {
	const struct unit_facts *facts;
	struct arena *a;
	VEC(struct kept) kept;
	VEC(struct comply_place) places;
	int64_t at_s;
};

static int by_subject(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->about != y->about)
		return x->about < y->about ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int load_kept(struct listing *l, struct err *e)
{
	const struct unit_facts *f = l->facts;
	struct store_query *q = store_query(f->store, sql_kept);
	size_t place = 0;
	int rc;

	while (place < f->law->count && f->law->at[place] != f->only)
		place++;
	if (place == f->law->count)
		return 0;
	store_bind_i64(q, 1, f->unit.id);
	store_bind_cstr(q, 2, f->law->key);
	store_bind_i64(q, 3, (int64_t)place + 1);
	store_bind_i64(q, 4, f->at_s);
	store_bind_i64(q, 5, f->law->about[place]);
	while ((rc = store_next(q, e)) == 1) {
		struct str mark = store_str(q, 2);

		vec_push(l->a, &l->kept,
			((struct kept){ (int)store_i64(q, 0),
				mark.len ? mark.ptr[0] : COMPLY_MARK_NONE, store_i64(q, 1) }));
		l->at_s = store_i64(q, 3);
	}
	return rc;
}

/* False: the subject is bound, and nothing is kept of it. */
static bool add_kept(
	struct listing *l, const struct comply_subject *subject, const struct unit_host *host)
{
	struct kept wanted = { .about = (int)subject->about, .id = subject->id };
	struct comply_place place = { .about = subject->about, .id = subject->id };
	const struct kept *found;

	if (!unit_is_asked(l->facts, subject, host))
		return true;
	found = l->kept.len ?
		bsearch(&wanted, l->kept.at, l->kept.len, sizeof(wanted), by_subject) :
		NULL;
	if (!found || !comply_mark_verdict(found->mark, &place.verdict))
		return false;
	vec_push(l->a, &l->places, place);
	return true;
}

static bool add_all_kept(struct listing *l)
{
	const struct unit_facts *f = l->facts;
	struct comply_subject subject = { .about = COMPLY_UNIT, .id = f->unit.id };
	bool is_whole = add_kept(l, &subject, NULL);

	subject.about = COMPLY_HOST;
	for (size_t i = 0; is_whole && i < f->host_count; i++) {
		subject.id = f->hosts[i].id;
		is_whole = add_kept(l, &subject, &f->hosts[i]);
	}
	for (size_t i = 0; is_whole && i < f->person_count; i++)
		is_whole = add_kept(l, &f->people[i], NULL);
	return is_whole;
}

static int add_reckoned(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct listing *l = context;

	if (count)
		vec_push(l->a, &l->places,
			((struct comply_place){
				subject->about, verdicts[0].verdict, subject->id }));
	return 0;
}

/* Those of one verdict stay in their order. */
static void hand_out(const struct listing *l, struct comply_places *ret)
{
	struct comply_places out = {
		.at = arena_array(l->a, struct comply_place, l->places.len + 1), .at_s = l->at_s
	};

	for (int v = 0; v < VERDICT_COUNT; v++) {
		size_t before = out.count;

		for (size_t i = 0; i < l->places.len; i++)
			if ((int)l->places.at[i].verdict == v)
				out.at[out.count++] = l->places.at[i];
		out.counts[v] = (int64_t)(out.count - before);
	}
	*ret = out;
}

int comply_places(
	const struct unit_facts *f, struct arena *a, struct comply_places *ret, struct err *e)
{
	struct listing l = { .facts = f, .a = a };
	struct walk walk = { .facts = f, .each = add_reckoned, .context = &l };
	bool is_kept = f->host_count + f->person_count > RECKONED_MAX;
	int rc = is_kept ? load_kept(&l, e) : 0;

	if (rc < 0)
		return rc;
	if (is_kept && add_all_kept(&l)) {
		rc = walk_records(&walk, e); /* of them a register is kept as a whole */
	} else {
		l.at_s = f->at_s;
		l.places.len = 0;
		rc = comply_walk_known(f, add_reckoned, &l, e);
	}
	if (rc == 0)
		hand_out(&l, ret);
	return rc;
}
