/* plan.c - which templates and blocks of a segment a search has to look at, and what of a block it
 * has to unpack. */
#include "work/archive/hunt.h"
#include "work/archive/digits.h"
#include "work/archive/seek.h"

/* Digits that no text of the dictionary holds, too many for a part of an address: where texts and
 * addresses stand says nothing of them. */
static bool is_of_numbers(const struct segment *s, const struct texts *texts)
{
	const uint8_t *end = s->texts.at + s->texts.len;
	struct str text = texts_at(texts, 0);

	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.ptr[i]))
			return false;
	return texts->count == 1 && text.len >= DIGITS_MIN &&
		(s->texts.len == 0 || seek(s->texts.at, end, text) == NULL);
}

int hunt_load(struct segment *s, const struct matcher *m, struct err *e)
{
	int result = load_tables(s, e);

	if (result == 0)
		result = load_template_uses(s, e);
	for (size_t i = 0; i < m->count && result == 0; i++)
		if (is_laid(&m->terms[i]) && !is_of_numbers(s, &m->terms[i].text))
			result = load_index(s, e);
	return result;
}

/* --- digits alone ----------------------------------------------------------------------------- */

/* Do slots of these types, one right behind the other, part no digits? VERSION_OF_BORDERS. */
static bool is_border(unsigned type, unsigned next)
{
	return (type == SLOT_TEXT && is_number_type(next)) ||
		(is_number_type(type) && next == SLOT_TEXT) ||
		(type == SLOT_NUMBER && (next == SLOT_HEX || next == SLOT_HEX_UPPER));
}

/* Has a number fewer digits than so many? Most have, and need not be written to tell. */
static bool is_shorter(unsigned type, struct value value, size_t digits)
{
	return value.digits < digits &&
		(type == SLOT_NUMBER ? decimal_digits(value.number) : hex_digits(value.number)) <
		digits;
}

/* May the digits stand in slot I of the segment in BLOCKS, but not in a number of a column? */
static bool stands_elsewhere(const struct search *a, uint32_t i, uint32_t blocks)
{
	struct slot slot = a->s->slots[i];
	char text[TIMEFORM_TEXT_MAX];
	struct str usual;

	if (slot.type == SLOT_TIME)
		return digits_in_time(slot.form);
	if (slot.type == SLOT_TEXT)
		return (a->wanted[0].holding[slot.family] & blocks) != 0;
	if (!is_number_type(slot.type) || !has_usual(a->s, i) ||
		is_shorter(slot.type, a->s->usual[i], a->text.len))
		return false;
	usual = slot_text(a->s, slot, a->s->usual[i], text);
	return memmem(usual.ptr, usual.len, a->text.ptr, a->text.len) != NULL;
}

/* Can rows of template T, none of whose static text holds the digits, have them in BLOCKS in a
 * number and nowhere else? No digit of its static text stands beside a slot. */
static bool is_plain(const struct search *a, uint32_t t, uint32_t blocks)
{
	const struct template *m = &a->s->templates[t];
	const struct slot *slots = a->s->slots + m->slot;
	const uint32_t *from = a->piece_from + m->slot + t - 1;

	for (uint32_t k = 0; k <= m->slots; k++) {
		const uint8_t *piece = a->templates + from[k],
			      *end = a->templates + from[k + 1] - 1;
		bool has_left = k > 0, has_right = k < m->slots;

		if (has_right && stands_elsewhere(a, m->slot + k, blocks))
			return false;
		if (piece == end && has_left && has_right &&
			!is_border(slots[k - 1].type, slots[k].type))
			return false;
		if (piece < end &&
			((has_left && is_digit((char)piece[0])) ||
				(has_right && is_digit((char)end[-1]))))
			return false;
	}
	return true;
}

/* Where the query is digits alone, A, most templates need not be laid: what stands in a column of
 * numbers decides. */
static void find_plain(struct hunt *h, const struct search *a)
{
	struct segment *s = h->s;
	const struct term *term = &h->m->terms[0];

	if (h->m->count != 1 || term->is_not || term->pattern || h->is_old ||
		s->version < VERSION_OF_BORDERS || a->text.len < DIGITS_MIN ||
		a->text.len > NUMBER_DIGITS_MAX - 1 || a->text.ptr[0] == '0')
		return;
	for (size_t i = 0; i < a->text.len; i++)
		if (!is_digit(a->text.ptr[i]))
			return;
	h->plain = zeroed(s->template_count, sizeof(*h->plain));
	h->holding = zeroed((size_t)s->family_count + 1, 1);
	h->holding_block = SECTION_NO_BLOCK;
	for (uint32_t t = 1; t < s->template_count; t++) {
		if (!h->blocks[t] || a->fit[t] == FIT_ALWAYS || !is_plain(a, t, h->blocks[t]))
			continue;
		h->plain[t] = h->blocks[t];
		h->any |= h->plain[t];
		h->blocks[t] = 0;
	}
}

static int find_holding(struct hunt *h, uint32_t block)
{
	int result = 0;

	if (h->holding_block != block)
		result = align_families(&h->laid[0], h->holding, &h->is_holding, h->e);
	h->holding_block = result == 0 ? block : SECTION_NO_BLOCK;
	return result;
}

static void mark_plain_template(struct hunt *h, uint32_t t, bool may_mark)
{
	struct segment *s = h->s;
	const struct template *m = &s->templates[t];

	if (h->verdict[t] != ROWS_NEVER)
		return;
	h->verdict[t] = may_mark ? ROWS_MARKED : ROWS_IF;
	h->laid[0].now[t] = FIT_UNKNOWN; /* where it is not decided while decoding */
	h->marked[h->marked_count++] = t;
	for (uint32_t k = 0; k < m->slots; k++) {
		struct slot slot = s->slots[m->slot + k];

		if (is_number_type(slot.type) && h->holding[slot.family])
			h->marks.bits[m->slot + k] = MARK_NUMBERS;
	}
}

/* Rows of plain templates with slots of the families that hold the digits. Where all is decoded
 * already, they are looked at instead. */
static void mark_plain(struct hunt *h, struct prune *p)
{
	struct segment *s = h->s;
	struct view *v = &s->view;
	uint32_t bit = uses_bit(v->block);

	h->number = (struct number_look){ &h->laid[0],
		{ .end = (uint16_t)h->laid[0].text.len, .op = ALIGN_HOLDS, .entries = -1 } };
	for (uint32_t f = 0; f < s->family_count; f++) {
		if (!h->holding[f])
			continue;
		p->families[f] = 1;
		h->marks.families[f] = 1;
		if (!v->has_families)
			v->has_family[f] = VALUES_NONE;
		for (uint32_t i = s->family_from[f]; i < s->family_from[f + 1]; i++) {
			uint32_t t = s->family_template[i];

			if (h->plain[t] & bit && v->uses[t] > 0)
				mark_plain_template(h, t, !v->has_families);
		}
	}
	h->plain_marked = h->marked_count;
	p->has_all |= v->has_families && h->marked_count > 0;
}

/* --- any query -------------------------------------------------------------------------------- */

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

	if (a->is_not || i >= RUNS_MAX || a->wanted_count > 1)
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

static bool has_number(const void *of, unsigned type, struct value value)
{
	const struct number_look *look = of;

	return align_is_met(
		look->of, &look->condition, (struct slot){ .type = (uint8_t)type }, value);
}

void hunt_lay(struct hunt *h)
{
	struct segment *s = h->s;

	h->laid = zeroed(h->m->count, sizeof(*h->laid));
	h->blocks = zeroed(s->template_count, sizeof(*h->blocks));
	h->rests_on = zeroed(s->template_count, sizeof(*h->rests_on));
	for (uint32_t t = 0; t < s->template_count; t++)
		h->blocks[t] = h->is_old && t != TEMPLATE_RAW ? 0 :
			s->template_blocks                    ? s->template_blocks[t] & h->asked :
								h->asked;
	for (size_t i = 0; i < h->m->count; i++) {
		struct term *t = &h->m->terms[i];

		if (!is_laid(t))
			continue;
		align_new(&h->laid[h->count], s, &t->text, t->folding);
		find_plain(h, &h->laid[h->count]);
		align(&h->laid[h->count], h->blocks);
		h->laid[h->count].is_not = t->is_not;
		narrow(h, &h->laid[h->count]);
		if (t->is_part && !digits_in_text(texts_at(&t->text, 0)))
			align_done(&h->laid[h->count]); /* what it is part of asks no less */
		else
			note_run(h, h->count++);
	}
	h->verdict = zeroed(s->template_count, 1);
	h->maybe = zeroed(s->template_count, sizeof(*h->maybe));
	h->marked = zeroed(s->template_count, sizeof(*h->marked));
	h->look = zeroed(s->template_count, sizeof(*h->look));
	h->keep = zeroed(s->template_count, 1);
	h->weight = zeroed(s->family_count, sizeof(*h->weight));
	h->marks.keep = h->keep;
	h->marks.has_number = has_number;
	h->marks.of = &h->number;
	for (uint32_t t = 0; t < s->template_count; t++) {
		h->any |= h->blocks[t];
		if (h->blocks[t])
			h->maybe[h->maybe_count++] = t;
	}
}

void hunt_lay_done(struct hunt *h)
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
	free(h->plain);
	free(h->holding);
}

static void unmark(struct hunt *h)
{
	const struct segment *s = h->s;

	for (uint32_t i = 0; i < h->marked_count; i++) {
		const struct template *t = &s->templates[h->marked[i]];

		memset(h->marks.bits + t->slot, 0, t->slots * sizeof(*h->marks.bits));
		h->verdict[h->marked[i]] = ROWS_IF;
	}
	for (uint32_t i = 0; i < h->plain_marked; i++)
		h->verdict[h->marked[i]] = ROWS_NEVER;
	h->plain_marked = 0;
	if (h->marked_count > 0 || h->number.of)
		memset(h->marks.families, 0, s->family_count);
	h->marked_count = 0;
	h->number.of = NULL;
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

/* Can it be told while a slot of TYPE is decoded whether it meets C, which A asks? */
static bool may_mark(
	struct hunt *h, const struct search *a, const struct condition *c, unsigned type)
{
	const struct number_look *look = &h->number;

	return c->entries >= 0 ||
		(is_number_type(type) &&
			(look->of == NULL ||
				(look->of == a && look->condition.op == c->op &&
					look->condition.from == c->from &&
					look->condition.end == c->end)));
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
		if (!at->is_last || !may_mark(h, a, at, slots[at->slot].type) ||
			h->s->view.has_family[slots[at->slot].family])
			return;
	for (; c < end; c++) {
		const struct entry_set *sets = (const struct entry_set *)(const void *)a->sets.at;

		/* two sets for one slot, or numbers are asked two things */
		if (bits[c->slot] || !may_mark(h, a, c, slots[c->slot].type)) {
			memset(bits, 0, h->s->templates[t].slots * sizeof(*bits));
			return;
		}
		if (c->entries < 0)
			h->number = (struct number_look){ a, *c };
		bits[c->slot] = c->entries < 0 ? MARK_NUMBERS : sets[c->entries].bits;
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
		uint32_t plain = h->plain_marked;

		unmark(h);
		h->marked_count = h->plain_marked = plain;
		for (uint32_t i = 0; i < plain; i++)
			h->verdict[h->marked[i]] = ROWS_IF;
		return load_all_values(s, h->e);
	}
	memset(h->keep, 0, s->template_count);
	memset(h->weight, 0, s->family_count * sizeof(*h->weight));
	for (uint32_t i = 0; i < h->maybe_count; i++)
		h->keep[h->maybe[i]] = h->verdict[h->maybe[i]] == ROWS_IF ? KEEP_VALUES :
			h->verdict[h->maybe[i]] == ROWS_MARKED            ? KEEP_MARKS :
									    KEEP_NONE;
	for (uint32_t i = 0; i < h->plain_marked; i++)
		h->keep[h->marked[i]] = KEEP_MARKS;
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

int hunt_prune(struct hunt *h, bool *ret_any)
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
	if (h->plain && !h->missing) {
		result = find_holding(h, s->view.block);
		if (result == 0)
			p.holding = h->holding;
		if (result == 0 && h->is_holding)
			mark_plain(h, &p);
		is_any = h->marked_count > 0;
	}
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

int hunt_ask_digits(struct hunt *h, uint32_t block, bool *ret_may)
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
	if (h->plain && !*ret_may && !h->missing && result == 0) {
		begin_block(h->s, block);
		result = find_holding(h, block);
		*ret_may = h->is_holding;
	}
	prune_new(&p, h->s, h->e);
	p.holding = h->holding_block == block ? h->holding : NULL;
	for (uint32_t i = 0; i < h->maybe_count && !*ret_may && result == 0; i++)
		result = ask_template(h, h->maybe[i], block, &p, ret_may);
	prune_done(&p);
	return result;
}
