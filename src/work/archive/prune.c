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
	if (p->families == NULL)
		abort();
}

void prune_done(struct prune *p)
{
	free(p->families);
	for (size_t i = 0; i < TEXTS_MAX; i++)
		free(p->asked[i]);
}

/* Decimal digits, as numbers: the wanted ones, and what they are taken from. */
struct digits {
	uint64_t value;
	uint64_t power; /* ten to their count */
	uint64_t
		last; /* the last five, where there are as many: known beforehand, so no division */
	bool has_last;
};

#define LAST UINT64_C(100000)

static bool decimal_may(const struct digits *want, enum align_op op, uint64_t value)
{
	/* as many digits at least as are wanted: none of them begins with a zero */
	for (;; value /= 10) {
		if (value < want->power / 10)
			return false;
		if (value < want->power) /* saves a division by what is known only now */
			return value == want->value;
		if ((!want->has_last || value % LAST == want->last) &&
			value % want->power == want->value &&
			(op == ALIGN_HOLDS || op == ALIGN_ENDS || value == want->value))
			return true;
		if (op == ALIGN_ENDS || op == ALIGN_IS)
			return false;
	}
}

/* The same of hexadecimal ones: so many of four bits. */
static bool hex_may(uint64_t want, unsigned digits, enum align_op op, uint64_t value)
{
	uint64_t mask = UINT64_MAX >> (64 - 4 * digits);

	for (; value >> (4 * (digits - 1)) > 0; value >>= 4) {
		if ((value & mask) == want &&
			(op == ALIGN_HOLDS || op == ALIGN_ENDS || value == want))
			return true;
		if (op == ALIGN_ENDS || op == ALIGN_IS)
			return false;
	}
	return false;
}

/* The number that hexadecimal digits stand for; false when they are none of a slot of TYPE. */
static bool read_hex(struct str text, bool has_upper, uint64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!is_digit(c) && !(has_upper ? c >= 'A' && c <= 'F' : c >= 'a' && c <= 'f'))
			return false;
		value = value << 4 | (uint64_t)(is_digit(c) ? c - '0' : (c & 15) + 9);
	}
	*ret = value;
	return true;
}

#define AT_ONCE 64

/* COUNT values of a column from FROM on, of which the one before is LAST: plane after plane, which
 * the processor does for many at once. */
static void read_some(
	const struct column_view *c, uint32_t from, uint32_t count, uint64_t last, uint64_t *to)
{
	memset(to, 0, count * sizeof(*to));
	for (unsigned plane = 0; plane < c->width; plane++) {
		const uint8_t *at = c->data + (size_t)plane * c->count + from;

		for (uint32_t i = 0; i < count; i++)
			to[i] |= (uint64_t)at[i] << (8 * plane);
	}
	for (uint32_t i = 0; c->is_delta && i < count; i++)
		last = to[i] = last + (uint64_t)unzigzag(to[i]);
}

/* Is WANTED among the values of a column of two bytes each? */
static bool has_short(const struct column_view *c, uint64_t wanted)
{
	const uint8_t *low = c->data, *high = c->data + c->count;
	uint8_t first = (uint8_t)wanted, second = (uint8_t)(wanted >> 8), found = 0;

	if (wanted > UINT16_MAX)
		return false;
	for (uint32_t i = 0; i < c->count; i++)
		found |= (uint8_t)((low[i] == first) & (high[i] == second));
	return found;
}

static bool column_may(const struct search *a, const struct condition *c, struct slot slot)
{
	struct column_view *column = &a->s->view.columns[slot.family];
	struct str want = str_from(str_until(a->text, c->end), c->from);
	struct digits digits = { .power = 1 };
	bool is_decimal = slot.type == SLOT_NUMBER;
	uint64_t values[AT_ONCE] = { 0 }, hex = 0;

	/* how many zeros stand before a number is told elsewhere: what it begins with tells what
	 * comes behind them, else nothing is known */
	while (c->op == ALIGN_BEGINS && want.len > 0 && want.ptr[0] == '0')
		want = str_from(want, 1);
	if (want.len == 0 || want.ptr[0] == '0' ||
		want.len > (is_decimal ? NUMBER_DIGITS_MAX - 1 : HEX_DIGITS_MAX))
		return true;
	if (!is_decimal && !read_hex(want, slot.type == SLOT_HEX_UPPER && !a->folding, &hex))
		return false;
	for (size_t i = 0; is_decimal && i < want.len; i++) {
		digits.value = digits.value * 10 + (uint64_t)(want.ptr[i] - '0');
		digits.power *= 10;
	}
	digits.last = digits.value % LAST;
	digits.has_last = want.len >= DIGITS_MIN;
	/* five digits of a number below 65,536 are all that it has */
	if (is_decimal && want.len >= DIGITS_MIN && column->width == 2 && !column->is_delta)
		return has_short(column, digits.value);
	for (uint32_t from = 0; from < column->count; from += AT_ONCE) {
		uint32_t left = column->count - from, count = left < AT_ONCE ? left : AT_ONCE;

		read_some(column, from, count, values[AT_ONCE - 1], values);
		for (uint32_t i = 0; i < count; i++)
			if (is_decimal ? decimal_may(&digits, c->op, values[i]) :
					 hex_may(hex, (unsigned)want.len, c->op, values[i]))
				return true;
	}
	return false;
}

/* Are the numbers of the column too small for as many digits as are wanted? Where these begin with
 * a zero, those that are written with zeros before them may have them all the same. */
static bool is_too_narrow(
	const struct search *a, const struct condition *c, const struct slot *slot)
{
	const struct column_view *column = &a->s->view.columns[slot->family];
	uint64_t most = column->width < 8 ? ((uint64_t)1 << 8 * column->width) - 1 : UINT64_MAX;

	return !column->is_delta && a->text.ptr[c->from] != '0' &&
		(size_t)(c->end - c->from) >
		(slot->type == SLOT_NUMBER ? decimal_digits(most) : hex_digits(most));
}

int align_families(const struct search *a, uint8_t *ret_holding, bool *ret_any, struct err *e)
{
	const struct condition all = { .end = (uint16_t)a->text.len, .op = ALIGN_HOLDS };
	int result = load_columns(a->s, e);

	*ret_any = false;
	for (uint32_t f = 0; f < a->s->family_count && result == 0; f++) {
		const struct slot slot = { .type = a->s->family_type[f], .family = (uint16_t)f };

		ret_holding[f] = 0;
		if (!is_number_type(slot.type) || a->s->view.columns[f].count == 0 ||
			is_too_narrow(a, &all, &slot))
			continue;
		result = load_column(a->s, f, e);
		if (result < 0)
			break;
		ret_holding[f] = column_may(a, &all, slot);
		*ret_any |= ret_holding[f];
	}
	return result;
}

static size_t text_number(const struct search *a, size_t from)
{
	size_t i = 0;

	while (i + 1 < a->wanted_count && from >= a->wanted[i].end)
		i++;
	return i;
}

static int ask_column(const struct search *a, const struct condition *c, struct slot slot,
	struct prune *p, bool *ret_may)
{
	struct asked **of_text = &p->asked[text_number(a, c->from)], *asked;
	int result;

	if (p->holding && c->from == 0 && c->end == a->text.len &&
		(c->op == ALIGN_HOLDS || !p->holding[slot.family])) {
		*ret_may = p->holding[slot.family];
		return 0;
	}
	if (*of_text == NULL) /* many blocks are settled without */
		*of_text = zeroed((size_t)a->s->family_count * OPS, sizeof(**of_text));
	asked = &(*of_text)[(size_t)slot.family * OPS + c->op];
	if (asked->by != a || asked->from != c->from || asked->end != c->end) {
		bool may;

		result = load_columns(a->s, p->e);
		if (result < 0)
			return result;
		may = !is_too_narrow(a, c, &slot);
		if (may) {
			result = load_column(a->s, slot.family, p->e);
			if (result < 0)
				return result;
			may = column_may(a, c, slot);
		}
		*asked = (struct asked){ a, c->from, c->end, may };
	}
	*ret_may = asked->may;
	return 0;
}

/* May the slot hold what C asks for, going by the digits of the block, which are loaded? */
static bool digits_may(const struct search *a, const struct condition *c, unsigned type)
{
	if (a->s->digits.len == 0 || c->end - c->from < DIGITS_MIN ||
		!(is_number_type(type) || type == SLOT_TIME))
		return true;
	/* of most it is the run itself */
	if (c->from == a->run_from && c->end == a->run_end && a->run_block == a->s->digits_block)
		return type == SLOT_TIME ? a->run_in_time : a->run_in_number;
	return digits_may_hold(
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

int align_ask(const struct search *a, uint32_t t, struct prune *p, bool *ret_may)
{
	const struct condition *c =
		(const struct condition *)(const void *)a->conditions.at + a->first[t];
	const struct condition *end = c + a->count[t];
	const struct segment *s = a->s;
	uint32_t block = s->view.block, slot = s->templates[t].slot;
	bool may = true;
	int result = 0;

	*ret_may = a->fit[t] == FIT_ALWAYS || a->fit[t] == FIT_UNKNOWN;
	for (; a->fit[t] == FIT_IF && c < end && !*ret_may && result == 0; c++) {
		const struct slot *is = &s->slots[slot + c->slot];

		may = may && (c->blocks & uses_bit(block)) != 0 && digits_may(a, c, is->type);
		/* whether it has its usual value in all rows is not known yet */
		if (may && is_number_type(is->type) &&
			!(has_usual(s, slot + c->slot) &&
				align_is_met(a, c, *is, s->usual[slot + c->slot])))
			result = ask_column(a, c, *is, p, &may);
		*ret_may = c->is_last && may;
		may |= c->is_last;
	}
	return result;
}

bool align_rests_on_run(const struct search *a, uint32_t t, bool *ret_time)
{
	const struct condition *c =
		(const struct condition *)(const void *)a->conditions.at + a->first[t];
	const struct condition *end = c + a->count[t];
	const struct slot *slots = a->s->slots + a->s->templates[t].slot;
	bool has_run = false, has_time = false;

	if (a->fit[t] != FIT_IF || a->run_end == 0)
		return false;
	for (; c < end; c++) {
		unsigned type = slots[c->slot].type;

		if ((is_number_type(type) || type == SLOT_TIME) && c->from <= a->run_from &&
			c->end >= a->run_end) {
			has_run = true;
			has_time |= type == SLOT_TIME;
		}
		if (c->is_last && !has_run)
			return false;
		has_run = has_run && !c->is_last;
	}
	*ret_time = has_time;
	return true;
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
