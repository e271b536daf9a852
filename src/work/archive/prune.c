/* prune.c - before any row is decoded: what may be met in a block at all. A number that stands in a
 * row stands in its family's column, so a look at the column settles most. */
#include "work/archive/digits.h"
#include "work/archive/align.h"

#define OPS 4

/* What was asked of a family's column last, for each operation. */
struct asked {
	const struct search *by;
	uint16_t from;
	uint16_t end;
	bool may;
};

void prune_new(struct prune *p, const struct segment *s, struct err *e)
{
	*p = (struct prune){ .e = e };
	p->families = calloc((size_t)s->family_count + 1, 1);
	p->asked = calloc((size_t)s->family_count * OPS + 1, sizeof(*p->asked));
	if (p->families == NULL || p->asked == NULL)
		abort();
}

void prune_done(struct prune *p)
{
	free(p->families);
	free(p->asked);
}

/* Decimal digits, as numbers: the wanted ones, and what they are taken from. */
struct digits {
	uint64_t value;
	uint64_t power; /* ten to their count */
};

static bool decimal_may(const struct digits *want, enum align_op op, uint64_t value)
{
	/* as many digits at least as are wanted: none of them begins with a zero */
	for (;; value /= 10) {
		if (value < want->power / 10)
			return false;
		if (value < want->power) /* saves a division by what is known only now */
			return value == want->value;
		if (value % want->power == want->value &&
			(op == ALIGN_HOLDS || op == ALIGN_ENDS || value == want->value))
			return true;
		if (op == ALIGN_ENDS || op == ALIGN_IS)
			return false;
	}
}

static bool hex_may(struct str want, enum align_op op, uint64_t value, bool is_upper)
{
	char text[TIMEFORM_TEXT_MAX];
	size_t len = hex_write(value, 0, is_upper, text);

	return align_compare((struct str){ text, len }, op, want);
}

static bool column_may(struct search *a, const struct condition *c, struct slot slot)
{
	struct column_view *column = &a->s->view.columns[slot.family];
	struct str want = str_from(str_until(a->text, c->end), c->from);
	struct digits digits = { .power = 1 };
	bool is_decimal = slot.type == SLOT_NUMBER, is_upper;
	uint64_t last = 0;

	/* how many zeros stand before a number is told elsewhere */
	if (want.len == 0 || want.ptr[0] == '0' || want.len > NUMBER_DIGITS_MAX - 1)
		return true;
	for (size_t i = 0; is_decimal && i < want.len; i++) {
		digits.value = digits.value * 10 + (uint64_t)(want.ptr[i] - '0');
		digits.power *= 10;
	}
	is_upper = slot.type == SLOT_HEX_UPPER && !a->folding;
	for (uint32_t i = 0; i < column->count; i++) {
		last = column_next(column, last, i);
		if (is_decimal ? decimal_may(&digits, c->op, last) :
				 hex_may(want, c->op, last, is_upper))
			return true;
	}
	return false;
}

static int ask_column(struct search *a, const struct condition *c, struct slot slot,
	struct prune *p, bool *ret_may)
{
	struct asked *asked = &p->asked[(size_t)slot.family * OPS + c->op];
	int result;

	if (asked->by != a || asked->from != c->from || asked->end != c->end) {
		result = load_column(a->s, slot.family, p->e);
		if (result < 0)
			return result;
		*asked = (struct asked){ a, c->from, c->end, column_may(a, c, slot) };
	}
	*ret_may = asked->may;
	return 0;
}

/* May the slot hold what C asks for, going by the digits of the block, which are loaded? */
static bool digits_may(const struct search *a, const struct condition *c, unsigned type)
{
	return a->s->digits.len == 0 || c->end - c->from < DIGITS_MIN ||
		!(is_number_type(type) || type == SLOT_TIME) ||
		digits_may_hold(
			a->s->digits.at, type, str_from(str_until(a->text, c->end), c->from));
}

bool align_may(const struct search *a, uint32_t t, uint32_t block)
{
	const struct condition *c =
		(const struct condition *)(const void *)a->conditions.at + a->first[t];
	const struct condition *end = c + a->count[t];
	const struct slot *slots = a->s->slots + a->s->templates[t].slot;
	bool may = true;

	if (a->fit[t] != FIT_IF)
		return a->fit[t] != FIT_NEVER;
	for (; c < end; c++) {
		may = may && (c->blocks & uses_bit(block)) != 0 &&
			digits_may(a, c, slots[c->slot].type);
		if (c->is_last && may)
			return true;
		may |= c->is_last;
	}
	return false;
}

/* Can the set of conditions that begins at C be met by rows of template T? A slot with one value in
 * all of them decides at once, and any other whose column has no such number. */
static int ask_set(
	struct search *a, uint32_t t, const struct condition *c, struct prune *p, bool *ret_may)
{
	const struct segment *s = a->s;
	const struct slot *slots = s->slots + s->templates[t].slot;
	uint32_t bit = uses_bit(s->view.block);
	int result = 0;

	*ret_may = true;
	for (const struct condition *at = c; *ret_may; at++) {
		*ret_may = (at->blocks & bit) != 0 &&
			(s->digits_block != s->view.block ||
				digits_may(a, at, slots[at->slot].type));
		if (*ret_may && is_fixed(s, t, at->slot))
			*ret_may = align_is_met(
				a, at, slots[at->slot], s->usual[s->templates[t].slot + at->slot]);
		if (at->is_last)
			break;
	}
	for (; *ret_may && result == 0; c++) {
		if (is_number_type(slots[c->slot].type) && !is_fixed(s, t, c->slot))
			result = ask_column(a, c, slots[c->slot], p, ret_may);
		if (c->is_last)
			break;
	}
	return result;
}

/* Keep of a set what its rows are still to be asked: false when that is nothing. */
static bool keep_set(struct search *a, uint32_t t, const struct condition *c)
{
	size_t before = a->live.len;

	for (;; c++) {
		if (!is_fixed(a->s, t, c->slot))
			bytes_add(&a->live, c, sizeof(*c));
		if (c->is_last)
			break;
	}
	if (a->live.len > before)
		((struct condition *)(void *)(a->live.at + a->live.len))[-1].is_last = true;
	return a->live.len > before;
}

int align_prune(struct search *a, uint32_t t, struct prune *p)
{
	const struct condition *c =
		(const struct condition *)(const void *)a->conditions.at + a->first[t];
	const struct condition *end = c + a->count[t];
	size_t before = a->live.len;

	a->now[t] = FIT_NEVER;
	a->live_first[t] = (uint32_t)(before / sizeof(*c));
	while (c < end && a->now[t] != FIT_ALWAYS) {
		const struct condition *set = c;
		bool may;
		int result = ask_set(a, t, set, p, &may);

		if (result < 0)
			return result;
		while (!c++->is_last)
			;
		if (may)
			a->now[t] = keep_set(a, t, set) ? FIT_IF : FIT_ALWAYS;
	}
	if (a->now[t] == FIT_ALWAYS)
		a->live.len = before;
	a->live_count[t] = (uint32_t)((a->live.len - before) / sizeof(*c));
	return 0;
}

void align_want(const struct search *a, uint32_t t, struct prune *p)
{
	const struct condition *c =
		(const struct condition *)(const void *)a->live.at + a->live_first[t];
	const struct slot *slots = a->s->slots + a->s->templates[t].slot;

	for (uint32_t i = 0; i < a->live_count[t]; i++) {
		if (slots[c[i].slot].type == SLOT_TIME)
			p->has_times = true;
		else
			p->families[slots[c[i].slot].family] = 1;
	}
}
