#include "work/archive/align.h"
#include "work/archive/digits.h"
#include "work/archive/seek.h"

/* What a template says of its rows before any value is looked at. */
enum verdict { ROWS_NEVER, ROWS_ALWAYS, ROWS_IF, ROWS_MARKED };

/* A condition that rows of a template have to meet, whatever else they have to, and whose values
 * are soon decoded. */
struct first_look {
	const struct search *of; /* NULL: there is none */
	const struct condition *condition;
	bool is_met; /* by some row */
};

/* A search under way in one segment. Verdicts are of templates: what is known of their rows in the
 * block in work. */
struct hunt {
	struct segment *s;
	struct segment_search *want;
	struct matcher *m;
	struct search *laid; /* of each term that has a text to look for */
	size_t count;
	uint8_t *verdict;
	uint32_t *blocks; /* of a template: where rows of it may be wanted, as bits */
	uint32_t *maybe;  /* templates with rows that may be wanted */
	uint32_t maybe_count;
	uint32_t *marked; /* of them, those with ROWS_MARKED */
	uint32_t marked_count;
	struct first_look *look; /* of a template */
	uint8_t *keep;           /* of a template: the values of its rows are looked at */
	uint32_t *weight;        /* of a family: how many codes it has in the block; 0: not known */
	uint32_t any;            /* of all templates */
	/* a bit for each text with digits enough to ask a block for them, another for the same
	 * where they may be those of a time */
	uint32_t runs;      /* such texts */
	uint32_t *rests_on; /* of a template: what its rows must have */
	uint32_t missing;   /* what the block has not */
	uint64_t *found;    /* rows of the block, as bits */
	bool *is_old;       /* of a block: it has rows of an old encoding, no others are wanted;
			     * NULL: any are */
	struct marks marks; /* of templates with ROWS_MARKED */
	int64_t hits;
	struct err *e;
};

/* A term whose text decides, or at least must be there. */
static bool is_laid(const struct term *t)
{
	return t->text.len > 0 && !(t->is_not && t->pattern);
}

/* In which blocks rows of a template may be wanted, as far as A tells. */
static void narrow(struct hunt *h, const struct search *a)
{
	for (uint32_t t = 0; t < h->s->template_count; t++) {
		if (a->fit[t] == (a->is_not ? FIT_ALWAYS : FIT_NEVER))
			h->blocks[t] = 0;
		else if (!a->is_not)
			h->blocks[t] &= a->blocks[t];
	}
}

#define RUNS_MAX 16

/* Five digits and more one after the other are looked for in the digits of a block. */
static void find_run(struct search *a)
{
	size_t from = 0;

	for (size_t i = 0; i <= a->text.len && a->run_end == 0; i++) {
		if (i < a->text.len && is_digit(a->text.ptr[i]))
			continue;
		if (i - from >= DIGITS_MIN) {
			a->run_from = (uint16_t)from;
			a->run_end = (uint16_t)i;
		}
		from = i + 1;
	}
}

/* What term I asks of the digits of a block. */
static void note_run(struct hunt *h, size_t i)
{
	struct search *a = &h->laid[i];

	if (a->is_not || i >= RUNS_MAX)
		return;
	find_run(a);
	if (a->run_end == 0)
		return;
	h->runs |= 1u << i;
	for (uint32_t t = 0; t < h->s->template_count; t++) {
		bool has_time;

		if (h->blocks[t] && align_rests_on_run(a, t, &has_time))
			h->rests_on[t] |= 1u << (has_time ? i + RUNS_MAX : i);
	}
}

/* Lay every term over the templates that those before it leave. */
static void lay(struct hunt *h)
{
	struct segment *s = h->s;

	h->laid = zeroed(h->m->count, sizeof(*h->laid));
	h->blocks = zeroed(s->template_count, sizeof(*h->blocks));
	h->rests_on = zeroed(s->template_count, sizeof(*h->rests_on));
	for (uint32_t t = 0; t < s->template_count; t++)
		h->blocks[t] = h->is_old && t != TEMPLATE_RAW ? 0 :
			s->template_blocks                    ? s->template_blocks[t] :
								UINT32_MAX;
	for (size_t i = 0; i < h->m->count; i++) {
		struct term *t = &h->m->terms[i];

		if (!is_laid(t))
			continue;
		align(&h->laid[h->count], s, (struct str){ (const char *)t->text.at, t->text.len },
			t->folding, h->blocks);
		h->laid[h->count].is_not = t->is_not;
		narrow(h, &h->laid[h->count]);
		note_run(h, h->count++);
	}
	h->verdict = zeroed(s->template_count, 1);
	h->maybe = zeroed(s->template_count, sizeof(*h->maybe));
	h->marked = zeroed(s->template_count, sizeof(*h->marked));
	h->look = zeroed(s->template_count, sizeof(*h->look));
	h->keep = zeroed(s->template_count, 1);
	h->weight = zeroed(s->family_count, sizeof(*h->weight));
	h->marks.keep = h->keep;
	for (uint32_t t = 0; t < s->template_count; t++) {
		h->any |= h->blocks[t];
		if (h->blocks[t])
			h->maybe[h->maybe_count++] = t;
	}
}

static void lay_done(struct hunt *h)
{
	for (size_t i = 0; i < h->count; i++)
		align_done(&h->laid[i]);
	free(h->laid);
	free(h->verdict);
	free(h->blocks);
	free(h->rests_on);
	free(h->maybe);
	free(h->marked);
	free(h->look);
	free(h->keep);
	free(h->weight);
}

static void unmark(struct hunt *h)
{
	const struct segment *s = h->s;

	for (uint32_t i = 0; i < h->marked_count; i++) {
		const struct template *t = &s->templates[h->marked[i]];

		memset(h->marks.bits + t->slot, 0, t->slots * sizeof(*h->marks.bits));
		h->verdict[h->marked[i]] = ROWS_IF;
	}
	if (h->marked_count > 0)
		memset(h->marks.families, 0, s->family_count);
	h->marked_count = 0;
}

/* Whether rows of template T may be wanted. */
static int prune_template(struct hunt *h, uint32_t t, struct prune *p)
{
	struct segment *s = h->s;
	bool may = (h->blocks[t] & uses_bit(s->view.block)) != 0 &&
		(h->rests_on[t] & h->missing) == 0 && s->view.uses[t] > 0;
	enum verdict verdict = ROWS_ALWAYS;
	int result = 0;

	for (size_t i = 0; i < h->count && may && result == 0; i++) {
		struct search *a = &h->laid[i];

		a->now[t] = a->fit[t];
		if (a->fit[t] == FIT_IF)
			result = align_prune(a, t, p);
		if (a->now[t] == (a->is_not ? FIT_ALWAYS : FIT_NEVER))
			may = false;
		else if (a->now[t] != (a->is_not ? FIT_NEVER : FIT_ALWAYS))
			verdict = ROWS_IF;
	}
	h->verdict[t] = (uint8_t)(may ? verdict : ROWS_NEVER);
	for (size_t i = 0; i < h->count && may && result == 0; i++)
		p->has_all |= h->laid[i].now[t] == FIT_UNKNOWN && t != TEMPLATE_RAW;
	return result;
}

/* Where one entry set a slot decides for the rows of template T, decoding can tell at once; unless
 * the values are there already. */
static void mark_template(struct hunt *h, uint32_t t)
{
	const struct search *a = NULL;
	const struct slot *slots = h->s->slots + h->s->templates[t].slot;
	const uint64_t **bits = h->marks.bits + h->s->templates[t].slot;
	const struct condition *c, *end;

	for (size_t i = 0; i < h->count; i++) {
		if (h->laid[i].now[t] == (h->laid[i].is_not ? FIT_NEVER : FIT_ALWAYS))
			continue;
		if (a || h->laid[i].now[t] != FIT_IF || h->laid[i].is_not)
			return;
		a = &h->laid[i];
	}
	if (a == NULL)
		return;
	c = (const struct condition *)(const void *)a->live.at + a->live_first[t];
	end = c + a->live_count[t];
	for (const struct condition *at = c; at < end; at++)
		if (!at->is_last || at->entries < 0 ||
			h->s->view.has_family[slots[at->slot].family])
			return;
	for (; c < end; c++) {
		if (bits[c->slot]) { /* two sets for one slot */
			memset(bits, 0, h->s->templates[t].slots * sizeof(*bits));
			return;
		}
		bits[c->slot] =
			((const struct entry_set *)(const void *)a->sets.at)[c->entries].bits;
		h->marks.families[slots[c->slot].family] = 1;
	}
	h->verdict[t] = ROWS_MARKED;
	h->marked[h->marked_count++] = t;
}

static uint32_t weigh(struct hunt *h, unsigned family)
{
	const struct segment *s = h->s;

	for (uint32_t i = s->family_from[family];
		h->weight[family] == 0 && i < s->family_from[family + 1]; i++)
		h->weight[family] += s->view.uses[s->family_template[i]];
	return h->weight[family];
}

#define LIGHTER 4 /* than the heaviest, to be worth a look of its own */

/* Of the conditions on rows of template T one that all of them have to meet and that is light. */
static void find_look(struct hunt *h, uint32_t t)
{
	const struct slot *slots = h->s->slots + h->s->templates[t].slot;
	struct first_look *look = &h->look[t];
	uint32_t lightest = UINT32_MAX, heaviest = 0;

	for (size_t i = 0; i < h->count; i++) {
		const struct search *a = &h->laid[i];
		const struct condition *c, *end;
		uint32_t sets = 0;

		c = (const struct condition *)(const void *)a->live.at + a->live_first[t];
		end = c + (a->now[t] == FIT_IF ? a->live_count[t] : 0);
		for (const struct condition *at = c; at < end; at++)
			sets += at->is_last;
		for (; c < end; c++) {
			uint32_t weight = slots[c->slot].type == SLOT_TIME ?
				UINT32_MAX :
				weigh(h, slots[c->slot].family);

			heaviest = weight > heaviest ? weight : heaviest;
			/* of several sets any may be the one */
			if (a->is_not || sets > 1 || weight >= lightest)
				continue;
			lightest = weight;
			*look = (struct first_look){ a, c, false };
		}
	}
	if (lightest > heaviest / LIGHTER)
		look->of = NULL;
}

/* Rows that fail what is soon decoded need not be asked the rest: a few rows of words would have
 * all words of the block decoded. */
static int look_first(struct hunt *h)
{
	struct segment *s = h->s;
	const struct view *v = &s->view;
	uint8_t *wanted = zeroed(s->family_count, 1);
	bool is_any = false;
	int result;

	for (uint32_t i = 0; i < h->maybe_count; i++) {
		uint32_t t = h->maybe[i];

		h->look[t].of = NULL;
		if (h->verdict[t] == ROWS_IF)
			find_look(h, t);
		if (h->look[t].of == NULL)
			continue;
		wanted[s->slots[s->templates[t].slot + h->look[t].condition->slot].family] = 1;
		is_any = true;
	}
	result = is_any ? load_families(s, wanted, &h->marks, h->e) : 0;
	for (uint32_t i = 0; i < s->blocks[v->block].rows && is_any && result == 0; i++) {
		uint32_t t = v->template[i];
		struct first_look *look = &h->look[t];
		unsigned slot;

		if (look->of == NULL || look->is_met)
			continue;
		slot = look->condition->slot;
		look->is_met = align_is_met(look->of, look->condition,
			s->slots[s->templates[t].slot + slot], value_at(s, i, slot));
	}
	for (uint32_t i = 0; i < h->maybe_count && is_any; i++)
		if (h->look[h->maybe[i]].of && !h->look[h->maybe[i]].is_met)
			h->verdict[h->maybe[i]] = ROWS_NEVER;
	free(wanted);
	return result;
}

/* Load what the rows that may be wanted need. */
static int load_wanted(struct hunt *h, struct prune *p)
{
	struct segment *s = h->s;
	int result = 0;

	if (p->has_all) {
		unmark(h);
		return load_all_values(s, h->e);
	}
	memset(h->keep, 0, s->template_count);
	memset(h->weight, 0, s->family_count * sizeof(*h->weight));
	for (uint32_t i = 0; i < h->maybe_count; i++)
		h->keep[h->maybe[i]] = h->verdict[h->maybe[i]] == ROWS_IF ? KEEP_VALUES :
			h->verdict[h->maybe[i]] == ROWS_MARKED            ? KEEP_MARKS :
									    KEEP_NONE;
	result = look_first(h);
	for (uint32_t i = 0; i < h->maybe_count; i++) {
		uint32_t t = h->maybe[i];

		for (size_t k = 0; k < h->count && h->verdict[t] != ROWS_NEVER; k++)
			if (h->laid[k].now[t] == FIT_IF)
				align_want(&h->laid[k], t, p);
	}
	if (result == 0)
		result = load_families(s, p->families, &h->marks, h->e);
	if (result == 0 && p->has_times)
		result = load_times(s, h->keep, h->e);
	forget_some(s);
	return result;
}

/* Which rows may be wanted; what that takes is loaded. */
static int prune_block(struct hunt *h, bool *ret_any)
{
	struct segment *s = h->s;
	struct prune p;
	bool is_any = false;
	int result = 0;

	prune_new(&p, s, h->e);
	unmark(h);
	memset(h->marks.rows, 0, s->blocks[s->view.block].rows);
	for (size_t i = 0; i < h->count; i++)
		align_begin(&h->laid[i]);
	for (uint32_t i = 0; i < h->maybe_count && result == 0; i++) {
		uint32_t t = h->maybe[i];

		result = prune_template(h, t, &p);
		is_any |= h->verdict[t] != ROWS_NEVER;
		if (h->verdict[t] == ROWS_IF && !p.has_all && result == 0)
			mark_template(h, t);
	}
	if (result == 0 && is_any)
		result = load_wanted(h, &p);
	prune_done(&p);
	*ret_any = is_any;
	return result;
}

static int test_term(struct hunt *h, const struct search *a, uint32_t position, bool *ret_is_there)
{
	struct segment *s = h->s;
	struct str text;
	int result;

	switch (a->now[s->view.template[position]]) {
	case FIT_ALWAYS:
		*ret_is_there = true;
		return 0;
	case FIT_IF:
		*ret_is_there = align_meets(a, position);
		return 0;
	case FIT_UNKNOWN:
		result = position_text(s, position, h->e, &text);
		*ret_is_there = result == 0 && align_in_text(a, text);
		return result;
	default:
		*ret_is_there = false;
		return 0;
	}
}

static int test_row(struct hunt *h, uint32_t position, bool *ret_is_hit)
{
	enum verdict verdict = h->verdict[h->s->view.template[position]];
	bool is_hit = verdict == ROWS_MARKED ? h->marks.rows[position] : verdict != ROWS_NEVER;
	int result = 0;

	for (size_t i = 0; verdict == ROWS_IF && i < h->count && is_hit && result == 0; i++) {
		result = test_term(h, &h->laid[i], position, &is_hit);
		is_hit = is_hit != h->laid[i].is_not;
	}
	*ret_is_hit = is_hit;
	return result;
}

/* Rows of templates that decide for all of theirs are counted without a look at them; where
 * decoding decided for all others, so are those. False: some are left to be looked at. */
static bool count_templates(struct hunt *h)
{
	const struct segment *s = h->s;
	uint32_t rows = s->blocks[s->view.block].rows;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < h->maybe_count; i++) {
		uint32_t t = h->maybe[i];

		if (h->verdict[t] != ROWS_ALWAYS)
			continue;
		h->hits += s->view.uses[t];
		h->verdict[t] = ROWS_NEVER;
	}
	for (uint32_t i = 0; i < h->maybe_count; i++)
		if (h->verdict[h->maybe[i]] == ROWS_IF)
			return false;
	for (uint32_t i = 0; i < rows && h->marked_count > 0; i++)
		sum += h->marks.rows[i];
	h->hits += (int64_t)sum;
	return true;
}

/* What stands in the slots of the rows found, by position. */
static int load_found(struct hunt *h, uint32_t rows)
{
	struct segment *s = h->s;
	uint8_t *wanted = zeroed(s->family_count, 1), *is_seen = zeroed(s->template_count, 1);
	struct marks marks = { .keep = is_seen };
	bool has_times = false;
	int result;

	for (uint32_t i = 0; i < rows; i++) {
		uint32_t number = s->view.template[i];
		const struct template *t = &s->templates[number];

		if (!(h->found[i / 64] >> i % 64 & 1) || is_seen[number])
			continue;
		is_seen[number] = 1;
		has_times |= t->time > 0;
		for (uint32_t k = 0; k < t->slots; k++)
			if (s->slots[t->slot + k].type != SLOT_TIME)
				wanted[s->slots[t->slot + k].family] = 1;
	}
	result = load_families(s, wanted, &marks, h->e);
	if (result == 0 && has_times)
		result = load_times(s, is_seen, h->e);
	forget_some(s);
	free(wanted);
	free(is_seen);
	return result;
}

/* Count which of the rows found, by position, the patterns hold of as well. */
static int count_patterns(struct hunt *h, uint32_t rows)
{
	struct segment *s = h->s;
	int result = load_found(h, rows);

	for (uint32_t i = 0; i < rows && result >= 0; i++) {
		struct str text;

		if (!(h->found[i / 64] >> i % 64 & 1))
			continue;
		result = position_text(s, i, h->e, &text);
		if (result == 0)
			result = matcher_patterns(h->m, text, h->e);
		h->hits += result > 0;
	}
	memset(h->found, 0, (rows / 64 + 1) * sizeof(*h->found));
	return result < 0 ? result : 0;
}

static void found(struct hunt *h, uint32_t i)
{
	h->found[i / 64] |= (uint64_t)1 << i % 64;
}

/* Rows of a block in columns, as bits in h->found; or only counted where that is all. */
static int hunt_columns(struct hunt *h, uint32_t block, bool is_counting)
{
	struct segment *s = h->s;
	uint32_t rows = s->blocks[block].rows;
	bool has_rows, has_patterns = h->m->has_patterns;
	int result = prune_block(h, &has_rows);

	if (!has_rows || result < 0)
		return result;
	if (is_counting && !has_patterns && count_templates(h))
		return 0;
	if (!is_counting)
		result = load_order(s, h->e);
	for (uint32_t i = 0; i < rows && result == 0; i++) {
		bool is_hit;

		if (h->verdict[s->view.template[i]] == ROWS_NEVER)
			continue;
		result = test_row(h, i, &is_hit);
		if (result < 0 || !is_hit)
			continue;
		if (!is_counting)
			found(h, s->view.row[i]);
		else if (has_patterns)
			found(h, i);
		else
			h->hits++;
	}
	return result == 0 && is_counting && has_patterns ? count_patterns(h, rows) : result;
}

/* One look over all that is left of the block, then on to the record it hit. */
static void hunt_first_term(struct hunt *h, uint32_t rows)
{
	const struct str *raw = h->s->view.raw;
	const char *end = raw[rows - 1].ptr + raw[rows - 1].len;
	const struct bytes *text = &h->m->terms[0].text;

	for (uint32_t i = 0; i < rows; i++) {
		const char *at =
			memmem(raw[i].ptr, (size_t)(end - raw[i].ptr), text->at, text->len);

		if (at == NULL)
			return;
		while (at >= raw[i].ptr + raw[i].len)
			i++;
		if (at + text->len <= raw[i].ptr + raw[i].len)
			found(h, i);
	}
}

static int hunt_text(struct hunt *h, uint32_t block)
{
	const struct segment *s = h->s;
	const struct term *t = &h->m->terms[0];
	uint32_t rows = s->blocks[block].rows;
	bool is_quick = h->m->count > 0 && is_laid(t) && t->folding == FOLD_NONE && !t->is_not &&
		t->is_ascii; /* no other stands in a line of an old encoding, byte for byte */

	if (is_quick)
		hunt_first_term(h, rows);
	for (uint32_t i = 0; i < rows; i++) {
		uint64_t bit = (uint64_t)1 << i % 64;
		int result;

		if (is_quick && !(h->found[i / 64] & bit))
			continue;
		result = matcher_text(h->m, s->view.raw[i], h->e);
		if (result < 0)
			return result;
		if (result > 0)
			h->found[i / 64] |= bit;
		else
			h->found[i / 64] &= ~bit;
	}
	return 0;
}

/* A row whose texts are there: do its times, its source and the patterns fit as well? */
static int give_row(struct hunt *h, uint32_t block, uint32_t row)
{
	uint64_t i = h->s->blocks[block].first_row + row;
	struct leaf record;
	bool needs_raw = false;
	int result = 1;

	if (h->m->has_meta) {
		result = load_meta(h->s, h->e);
		if (result < 0 || !matcher_meta(h->m, &h->s->view.meta[row]))
			return result;
		needs_raw = matcher_needs_raw(h->m, &h->s->view.meta[row]);
		result = 1;
	}
	if (h->want->hit || h->m->has_patterns || needs_raw)
		result = segment_read(h->s, i, h->e, &record);
	if (result >= 0 && needs_raw && !matcher_written(h->m, &record))
		return 0;
	if (result >= 0 && h->m->has_patterns) {
		result = matcher_patterns(h->m, record.raw, h->e);
		if (result == 0)
			return 0;
	}
	if (result < 0)
		return result;
	h->hits++;
	if (h->want->hit && h->want->hit(h->want->context, i, &record) != 0)
		h->want->is_stopped = true;
	return 0;
}

/* Give out the rows found. */
static int give(struct hunt *h, uint32_t block)
{
	const struct block_entry *b = &h->s->blocks[block];
	int result = 0;

	for (uint32_t n = 0; n < b->rows && result == 0 && !h->want->is_stopped; n++) {
		uint32_t row = h->want->is_oldest_first ? n : b->rows - 1 - n;
		uint64_t i = b->first_row + row;

		if (h->found[row / 64] == 0) { /* mostly none of these is */
			n += h->want->is_oldest_first ? 63 - row % 64 : row % 64;
			continue;
		}
		if (!(h->found[row / 64] >> row % 64 & 1) || i < h->want->first ||
			i >= h->want->end)
			continue;
		result = give_row(h, block, row);
	}
	return result;
}

static bool is_in_time(const struct hunt *h, const struct block_entry *b)
{
	const struct archive_query *q = h->m->query;

	if (b->has_old_files && !q->is_by_receipt)
		return true;
	return (q->from_ns == 0 || b->last_ns >= q->from_ns) &&
		(q->until_ns == 0 || b->first_ns < q->until_ns);
}

/* May rows of template T be wanted in BLOCK, as far as its digits and columns tell? */
static int ask_template(struct hunt *h, uint32_t t, uint32_t block, struct prune *p, bool *ret_may)
{
	int result = 0;

	*ret_may = (h->blocks[t] & uses_bit(block)) != 0 && (h->rests_on[t] & h->missing) == 0;
	for (size_t k = 0; k < h->count && *ret_may; k++)
		*ret_may = h->laid[k].is_not || align_may(&h->laid[k], t, block);
	if (!*ret_may || !h->missing)
		return 0;
	begin_block(h->s, block);
	for (size_t k = 0; k < h->count && *ret_may && result == 0; k++)
		if (!h->laid[k].is_not)
			result = align_ask(&h->laid[k], t, p, ret_may);
	return result;
}

/* May there be such rows in BLOCK, as far as that is told without a look at them? */
static int ask_digits(struct hunt *h, uint32_t block, bool *ret_may)
{
	int result = load_digits(h->s, block, h->e);
	const struct bytes *digits = &h->s->digits;
	struct prune p;

	*ret_may = digits->len == 0;
	for (size_t i = 0; i < h->count && i < RUNS_MAX && digits->len > 0 && result == 0; i++) {
		struct search *a = &h->laid[i];
		struct str run = { a->text.ptr + a->run_from, (size_t)(a->run_end - a->run_from) };

		if (!(h->runs >> i & 1))
			continue;
		a->run_in_number = digits_may_hold(digits->at, SLOT_NUMBER, run);
		a->run_in_time = digits_may_hold(digits->at, SLOT_TIME, run);
		a->run_block = block;
		if (a->run_in_number)
			continue;
		h->missing |= 1u << i;
		if (!a->run_in_time)
			h->missing |= 1u << (i + RUNS_MAX);
	}
	prune_new(&p, h->s, h->e);
	for (uint32_t i = 0; i < h->maybe_count && !*ret_may && result == 0; i++)
		result = ask_template(h, h->maybe[i], block, &p, ret_may);
	prune_done(&p);
	return result;
}

static int hunt_block(struct hunt *h, uint32_t block)
{
	struct segment *s = h->s;
	const struct block_entry *b = &s->blocks[block];
	bool is_whole = b->first_row >= h->want->first && b->first_row + b->rows <= h->want->end;
	int result;

	if (b->first_row + b->rows <= h->want->first || b->first_row >= h->want->end ||
		!is_in_time(h, b) || !(b->is_text || h->any & uses_bit(block)) ||
		(h->is_old && !h->is_old[block]))
		return 0;
	if (h->want->tick && h->want->tick(h->want->context, b->first_row) != 0) {
		h->want->is_stopped = true;
		return 0;
	}
	h->missing = 0;
	if (h->runs && !b->is_text) {
		bool may = true;

		result = ask_digits(h, block, &may);
		if (result < 0 || !may)
			return result;
	}
	result = load_block(s, block, h->e);
	if (result < 0)
		return result;
	memset(h->found, 0, (b->rows / 64 + 1) * sizeof(*h->found));
	if (b->is_text)
		result = hunt_text(h, block);
	else
		result =
			hunt_columns(h, block, h->want->hit == NULL && is_whole && !h->m->has_meta);
	return result < 0 ? result : give(h, block);
}

static uint32_t rows_max(const struct segment *s)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < s->block_count; i++)
		most = s->blocks[i].rows > most ? s->blocks[i].rows : most;
	return most;
}

/* Digits that no text of the dictionary holds, too many for a part of an address: where texts and
 * addresses stand says nothing of them. */
static bool is_of_numbers(const struct segment *s, const struct bytes *text)
{
	const uint8_t *end = s->texts.at + s->texts.len;

	for (size_t i = 0; i < text->len; i++)
		if (!is_digit((char)text->at[i]))
			return false;
	return text->len >= DIGITS_MIN &&
		(s->texts.len == 0 ||
			seek(s->texts.at, end, (struct str){ (const char *)text->at, text->len }) ==
				NULL);
}

/* The tables, and of where things stand as much as the terms have use for. */
static int load_for(struct segment *s, const struct matcher *m, struct err *e)
{
	int result = load_tables(s, e);

	if (result == 0)
		result = load_template_uses(s, e);
	for (size_t i = 0; i < m->count && result == 0; i++)
		if (is_laid(&m->terms[i]) && !is_of_numbers(s, &m->terms[i].text))
			result = load_index(s, e);
	return result;
}

/* The blocks to look at when no letters of the others are those that are wanted. */
static int find_old(struct hunt *h, bool *ret_any)
{
	struct segment *s = h->s;
	int result = 0;

	h->is_old = zeroed(s->block_count, sizeof(*h->is_old));
	for (uint32_t i = 0; i < s->block_count && result == 0; i++) {
		if (s->blocks[i].is_text)
			continue;
		result = block_has_old(s, i, h->e, &h->is_old[i]);
		*ret_any |= h->is_old[i];
	}
	return result;
}

int64_t segment_search(struct segment *s, struct segment_search *search, struct err *e)
{
	struct hunt h = { .s = s, .want = search, .m = search->matcher, .e = e };
	enum may_hold may = MAY_ANY;
	int result = segment_may_hold(s, h.m, e, &may);
	bool is_any = may == MAY_ANY;

	if (result == 0 && may == MAY_OLD)
		result = find_old(&h, &is_any);
	if (result == 0 && is_any)
		result = load_for(s, h.m, e);
	if (result < 0 || !is_any) {
		free(h.is_old);
		return result;
	}
	h.found = zeroed(rows_max(s) / 64 + 1, sizeof(*h.found));
	h.marks.bits = zeroed(s->slot_count, sizeof(*h.marks.bits));
	h.marks.families = zeroed(s->family_count, 1);
	h.marks.rows = zeroed(rows_max(s), 1);
	lay(&h);
	for (uint32_t n = 0; n < s->block_count && result == 0 && !search->is_stopped; n++)
		result = hunt_block(&h, search->is_oldest_first ? n : s->block_count - 1 - n);
	lay_done(&h);
	free(h.is_old);
	free(h.found);
	free(h.marks.bits);
	free(h.marks.families);
	free(h.marks.rows);
	return result < 0 ? result : h.hits;
}
