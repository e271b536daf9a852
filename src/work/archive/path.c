#include "work/archive/path.h"

#define RUNS_MAX 32768
#define PLACES_MAX 32768
#define TEXT_MAX (2 * MIB)
#define TRIES_MAX 64 /* runs looked at */
#define LONG_RUN 16  /* bytes; found by so many of their first bytes */
#define MIDDLE_RUN 8
#define NO_TAG 0

struct path_run {
	uint64_t begin;   /* its first bytes */
	uint64_t tag;     /* of its place */
	uint64_t hash;    /* of the cut behind it */
	uint64_t context; /* of its slot */
	uint64_t group;
	uint32_t text;
	uint32_t len;
	uint32_t next;   /* in its list; the ones that served last come first */
	uint32_t follow; /* the run that came behind its slot last, or 0 */
	uint32_t branch; /* where the words of its slot are counted, plus one; 0: not known yet */
	uint32_t turns : 30;  /* when its words were looked at last */
	uint32_t is_slot : 1; /* a slot may be behind it */
	uint32_t is_end : 1;  /* the end of a line may */
};
_Static_assert(sizeof(struct path_run) == 64, "a run is one cache line");

/* What comes behind a slot depends on its tag alone. */
struct path_place {
	uint64_t tag;
	uint32_t first;  /* of the runs shorter than MIDDLE_RUN */
	bool has_long;   /* runs of LONG_RUN or more lead on from here */
	bool has_middle; /* shorter ones of MIDDLE_RUN or more */
};

static struct path_run *run_at(const struct paths *p, uint32_t number)
{
	return (struct path_run *)(void *)p->runs.at + number;
}

static struct path_place *place_at(const struct paths *p, uint32_t number)
{
	return (struct path_place *)(void *)p->places.at + number;
}

void paths_done(struct paths *p)
{
	bytes_done(&p->runs);
	bytes_done(&p->places);
	bytes_done(&p->text);
	table_done(&p->ways);
}

/* The list of the runs that lead on from the place the line is at and begin with these bytes. */
static inline uint32_t *list_of(struct paths *p, uint32_t place, const char *at, size_t len)
{
	uint64_t first, second = 0;

	if (len < MIDDLE_RUN)
		return &place_at(p, place)->first;
	memcpy(&first, at, 8);
	if (len >= LONG_RUN)
		memcpy(&second, at + 8, 8);
	return &p->lists[mix(mix(first, place), second) >> 8 & (PATH_LISTS - 1)];
}

/* Up to eight bytes from AT on, and zeros. */
static inline uint64_t load(const char *at, size_t left)
{
	uint64_t bytes = 0;

	if (left >= 8)
		return word_at(at);
	memcpy(&bytes, at, left);
	return bytes;
}

/* Are the bytes of the run the next ones of the line, as a whole? */
static inline bool is_next(const struct paths *p, const struct cut *c, const struct path_run *r,
	size_t at, uint64_t begin)
{
	uint64_t other = begin ^ r->begin;

	if (r->tag != c->tag || c->len - at < r->len)
		return false;
	if (r->len < 8 ? (other & (((uint64_t)1 << 8 * r->len) - 1)) != 0 : other != 0)
		return false;
	if (r->len > 8 && !same_bytes(c->s + at + 8, p->text.at + r->text + 8, r->len - 8))
		return false;
	at += r->len;
	/* blanks between words belong together */
	return at == c->len ? r->is_end : r->is_slot && !(class_of(c->s[at]) & IS_BETWEEN);
}

/* Words that were static may have become values since: are those of the run still static? If not,
 * no line goes by it any more. */
static bool is_still_static(const struct cut *c, struct path_run *r, size_t at)
{
	struct cut again = *c;

	again.len = at + r->len;
	cut_words(&again, at);
	r->turns = c->w->turns;
	if (again.slots == c->slots && again.hash == r->hash)
		return true;
	r->tag = NO_TAG;
	return false;
}

/* The place with this tag, or 0. */
static uint32_t find_place(const struct paths *p, uint64_t tag)
{
	int64_t found = table_get(&p->ways, tag);

	return found > 0 && place_at(p, (uint32_t)found)->tag == tag ? (uint32_t)found : 0;
}

/* Cut the slot behind R, which begins at AT: where it ends; AT when a word stands there that is no
 * slot. */
static size_t cut_behind(struct cut *c, struct path_run *r, size_t at)
{
	uint64_t hash = c->hash, group = c->group, tag = c->tag;
	uint32_t slots = c->slots;
	size_t end;

	c->hash = r->hash;
	if (c->group == 0)
		c->group = r->group;
	c->open = r->branch != 0 && cut_is_open(c->w, r->branch) ? r->context : 0;
	end = cut_token(c, at, r->context);
	c->open = 0;
	if (c->slots == slots && !c->is_full) {
		c->hash = hash;
		c->group = group;
		c->tag = tag;
		return at;
	}
	if (r->branch == 0 && c->w->slots[slots].type == SLOT_TEXT)
		r->branch = cut_branch(c->w, r->context);
	return end;
}

/* Does the line go on by run R, its bytes from AT on beginning with BEGIN? Then its slot, if one is
 * behind it, is cut up to *RET_END. */
static inline bool goes_by(struct paths *p, struct cut *c, struct path_run *r, size_t at,
	uint64_t begin, size_t *ret_end)
{
	size_t behind = at + r->len;

	*ret_end = behind;
	if (!is_next(p, c, r, at, begin) ||
		(r->turns != c->w->turns && r->len > 0 && !is_still_static(c, r, at)))
		return false;
	if (behind == c->len)
		return true;
	__builtin_prefetch(run_at(p, r->follow));
	*ret_end = cut_behind(c, r, behind);
	return *ret_end > behind;
}

/* Of the list at FIRST the run that the line goes on by, or 0. */
static uint32_t take_from(
	struct paths *p, struct cut *c, size_t at, uint32_t *first, size_t *ret_end)
{
	uint32_t *link = first, number;
	uint64_t begin = load(c->s + at, c->len - at);

	for (int tries = 0; (number = *link) != 0 && tries < TRIES_MAX; tries++) {
		struct path_run *r = run_at(p, number);

		if (goes_by(p, c, r, at, begin, ret_end)) {
			*link = r->next;
			r->next = *first;
			*first = number;
			return number;
		}
		link = &r->next;
	}
	return 0;
}

/* The same of all that lead on from where the line is: long ones first. */
static uint32_t take_run(struct paths *p, struct cut *c, size_t at, size_t *ret_end)
{
	uint32_t place = find_place(p, c->tag), number = 0;

	if (place == 0)
		return 0;
	if (place_at(p, place)->has_long && c->len - at >= LONG_RUN)
		number = take_from(p, c, at, list_of(p, place, c->s + at, LONG_RUN), ret_end);
	if (number == 0 && place_at(p, place)->has_middle && c->len - at >= MIDDLE_RUN)
		number = take_from(p, c, at, list_of(p, place, c->s + at, MIDDLE_RUN), ret_end);
	return number ? number : take_from(p, c, at, &place_at(p, place)->first, ret_end);
}

/* Nothing is known: number 0 is no run and no place. */
static void forget(struct paths *p)
{
	p->runs.len = p->places.len = p->text.len = 0;
	table_done(&p->ways);
	memset(p->lists, 0, sizeof(p->lists));
	bytes_add(&p->runs, &(struct path_run){ 0 }, sizeof(struct path_run));
	bytes_add(&p->places, &(struct path_place){ 0 }, sizeof(struct path_place));
}

size_t path_follow(struct paths *p, struct cut *c)
{
	uint32_t number, last = 0;
	size_t at = 0, end;

	p->steps = 0;
	if (p->runs.len == 0)
		forget(p);
	for (; !c->is_full; at = end) {
		/* like lines come one after the other */
		number = run_at(p, last)->follow;
		if (number == 0 ||
			!goes_by(p, c, run_at(p, number), at, load(c->s + at, c->len - at), &end))
			number = take_run(p, c, at, &end);
		if (number == 0)
			break;
		run_at(p, last)->follow = number;
		last = number;
		if (at + run_at(p, number)->len == c->len) {
			const struct path_run *r = run_at(p, number);

			if (r->len > 0) /* nothing between words is no words either */
				c->hash = r->hash;
			if (c->group == 0)
				c->group = r->group;
			return c->len;
		}
	}
	return at;
}

/* The run that began with the slot before ends at the slot at AT, or with the line. */
static void note_step(struct paths *p, struct cut *c, struct path_step *step, size_t at)
{
	step->at = (uint32_t)at;
	step->hash = c->hash;
	step->group = step->group ? 0 : c->group;
	p->step[p->steps] = *step;
	p->steps += p->steps < LIMIT_SEGMENT_SLOTS;
}

void path_look(struct paths *p, struct cut *c, size_t at)
{
	struct path_step step = { .from = (uint32_t)at, .tag = c->tag, .group = c->group };

	while (at < c->len && !c->is_full) {
		struct cut before;
		uint64_t between;

		at = cut_between(c, at, &between);
		if (at == c->len)
			break;
		before = *c;
		step.context = mix(c->tag, between);
		step.at = (uint32_t)at;
		at = cut_token(c, at, step.context);
		if (c->slots == before.slots)
			continue;
		note_step(p, &before, &step, step.at);
		step = (struct path_step){ .from = (uint32_t)at, .tag = c->tag, .group = c->group };
	}
	note_step(p, c, &step, c->len);
}

/* The place with this tag; a new one when there is none. */
static uint32_t learn_place(struct paths *p, uint64_t tag)
{
	struct path_place new = { .tag = tag };
	uint32_t number = find_place(p, tag);

	if (number != 0)
		return number;
	number = (uint32_t)(p->places.len / sizeof(new));
	table_put(&p->ways, tag, number, PLACES_MAX);
	bytes_add(&p->places, &new, sizeof(new));
	return number;
}

/* The run from PLACE on that is these bytes of the line; a new one when there is none. */
static struct path_run *learn_run(
	struct paths *p, struct cut *c, uint32_t place, size_t from, size_t end)
{
	uint32_t *list = list_of(p, place, c->s + from, end - from);
	struct path_run new = { .begin = load(c->s + from, end - from),
		.tag = place_at(p, place)->tag,
		.text = (uint32_t)p->text.len,
		.len = (uint32_t)(end - from),
		.next = *list };

	for (uint32_t number = *list; number != 0; number = run_at(p, number)->next) {
		struct path_run *r = run_at(p, number);

		if (r->tag == new.tag &&
			r->len == new.len &&memcmp(p->text.at + r->text, c->s + from, new.len) == 0)
			return r;
	}
	bytes_add(&p->text, c->s + from, new.len);
	*list = (uint32_t)(p->runs.len / sizeof(new));
	bytes_add(&p->runs, &new, sizeof(new));
	place_at(p, place)->has_long |= new.len >= LONG_RUN;
	place_at(p, place)->has_middle |= new.len >= MIDDLE_RUN &&new.len < LONG_RUN;
	return run_at(p, *list);
}

static void learn_step(struct paths *p, struct cut *c, const struct path_step *step)
{
	struct path_run *r = learn_run(p, c, learn_place(p, step->tag), step->from, step->at);

	r->group = step->group;
	r->turns = c->w->turns;
	if (step->at == c->len) {
		r->is_end = true;
		if (r->len > 0)
			r->hash = step->hash;
		return;
	}
	r->is_slot = true;
	r->hash = step->hash;
	r->context = step->context;
}

void path_learn(struct paths *p, struct cut *c)
{
	if (p->runs.len / sizeof(struct path_run) + p->steps > RUNS_MAX ||
		p->ways.used + p->steps > PLACES_MAX || p->text.len > TEXT_MAX)
		forget(p);
	if (p->steps == LIMIT_SEGMENT_SLOTS)
		return;
	for (uint32_t i = 0; i < p->steps; i++)
		learn_step(p, c, &p->step[i]);
}
