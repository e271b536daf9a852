#include "work/archive/digits.h"
#include "work/archive/write.h"

/* So many rows of a template make the one value of a slot in all of them its usual one. */
#define USUAL_MIN 4

#define TIMES_SHARE 8
#define AHEAD 8 /* rows */
#define AHEAD_LINES 3

/* A slot whose values are being coded. */
struct told {
	struct family_values *family; /* NULL of a time */
	uint32_t cursor;              /* in its stream: where its next code goes */
	uint16_t slot;                /* of its template */
	struct slot is;
};

/* A block being turned into codes and columns. */
struct coder {
	struct segment_writer *w;
	struct coded *out;
	const struct row *rows;
	const struct value *values;
	uint32_t count;
	uint32_t *order;   /* rows, group after group */
	uint32_t *uses;    /* of a template: rows */
	uint8_t *is_one;   /* of a slot: it has one value in all rows; afterwards: it is not told */
	struct value *one; /* that value */
	struct bytes told; /* of struct told, of all templates */
	uint32_t *told_from; /* of a template, and one more: its first */
	uint8_t *digits;     /* of its numbers */
	int64_t time_diff[TIMEFORM_FORMS];
};

/* Rows in order of group, within a group as they came; and the stream of groups as ranks. */
static void order_rows(struct coder *c)
{
	size_t groups = c->w->groups.used;
	uint32_t *start = zeroed(groups + 1, sizeof(*start));
	uint32_t *recent = zeroed(groups, sizeof(*recent));
	size_t known = 0;

	for (uint32_t i = 0; i < c->count; i++)
		start[c->rows[i].group + 1]++;
	for (size_t g = 0; g < groups; g++)
		start[g + 1] += start[g];
	for (uint32_t i = 0; i < c->count; i++) {
		uint32_t group = c->rows[i].group;
		size_t rank = 0;

		c->order[start[group]++] = i;
		if (groups < 2)
			continue;
		while (rank < known && recent[rank] != group)
			rank++;
		bytes_varint(&c->out->of[SECTION_GROUPS], rank);
		if (rank == known)
			known++;
		memmove(recent + 1, recent, rank * sizeof(*recent));
		recent[0] = group;
	}
	free(start);
	free(recent);
}

/* Which stream of codes the slots of TYPE are in; times have their own way. */
static enum section_kind codes_of(unsigned type)
{
	switch (type) {
	case SLOT_TEXT:
		return SECTION_TEXT_CODES;
	case SLOT_IPV4:
		return SECTION_ADDRESS_CODES;
	case SLOT_TIME:
		return SECTION_TIMES_OTHER;
	default:
		return SECTION_NUMBER_CODES;
	}
}

static struct family_values *family(struct coder *c, uint16_t number)
{
	struct family_values *f = &c->w->families[number];

	if (f->position == 0) {
		near_clear(&f->near);
		bytes_add(&c->w->used_families, &number, sizeof(number));
		f->position = (uint32_t)(c->w->used_families.len / sizeof(number));
	}
	return f;
}

static void fresh(struct family_values *f, uint64_t value)
{
	bytes_add(&f->fresh, &value, sizeof(value));
}

/* Texts or addresses: NUMBER says which number one has in the segment, ORDER is the list of those
 * that have one. */
struct entries {
	struct bytes *number;
	struct bytes *order;
	struct uses *uses;
	uint16_t family; /* of the slot */
	uint32_t block;
};

/* The number ENTRY, which is the writer's, has in the segment: NUMBER tells it, plus one, and ORDER
 * lists those that have one. */
static inline uint32_t number_of(struct bytes *number, struct bytes *order, uint32_t entry)
{
	uint32_t *numbers;
	size_t len = ((size_t)entry + 1) * sizeof(*numbers);

	if (number->len < len) {
		memset(bytes_more(number, len - number->len), 0, len - number->len);
		number->len = len;
	}
	numbers = (uint32_t *)(void *)number->at;
	if (numbers[entry] == 0) {
		bytes_add(order, &entry, sizeof(entry));
		numbers[entry] = (uint32_t)(order->len / sizeof(entry));
	}
	return numbers[entry] - 1;
}

/* The place of VALUE, or -1. */
static int find_near(const struct near *near, uint64_t value)
{
	unsigned places = 0;

	if (near->count > 0 && near->value[near_place(near, 0)] == value)
		return (int)near_place(near, 0);
	for (unsigned i = 0; i < ENTRY_NEAR; i++)
		places |= (unsigned)(near->value[i] == value) << i;
	places &= (1u << near->count) - 1;
	return places ? __builtin_ctz(places) : -1;
}

/* Which slots have one value in all rows of the block. */
static void find_ones(struct coder *c)
{
	const struct lines *l = &c->w->lines;

	for (uint32_t i = 0; i < c->count; i++) {
		uint32_t t = c->rows[i].template;
		const struct template *template = lines_template(l, t);
		const struct value *values = c->values + c->rows[i].values;
		struct value *one = c->one + template->slot;
		uint8_t *is_one = c->is_one + template->slot;

		if (i + AHEAD < c->count) {
			const char *next = (const char *)(c->values + c->rows[i + AHEAD].values);

			for (int k = 0; k < AHEAD_LINES; k++)
				__builtin_prefetch(next + 64 * k);
		}
		if (c->uses[t]++ == 0) {
			memcpy(one, values, template->slots * sizeof(*one));
			memset(is_one, 1, template->slots);
			continue;
		}
		for (uint32_t k = 0; k < template->slots; k++)
			is_one[k] &= (uint8_t)((one[k].number == values[k].number) &
				(one[k].digits == values[k].digits));
	}
}

/* The value ONE of a slot that has no other in the block: is it the usual one, or may it be? */
static bool is_usual(struct coder *c, uint32_t slot, struct value one, uint32_t uses)
{
	struct segment_writer *w = c->w;
	struct value *usual = (struct value *)(void *)w->usual.at + slot;

	if (usual->digits == NOT_USUAL && uses >= USUAL_MIN) {
		*usual = (struct value){ one.number, one.digits };
		bytes_add(&w->new_usual, &slot, sizeof(slot));
	}
	return usual->digits == one.digits && usual->number == one.number;
}

/* Slot K of template T is not told in this block: what a search asks for is noted here. */
static void note_fixed(struct coder *c, struct slot slot, struct value one)
{
	struct segment_writer *w = c->w;

	if (slot.type == SLOT_TEXT) {
		number_of(&w->text_number, &w->text_order, (uint32_t)one.number);
		uses_note(&w->text_uses, (uint32_t)one.number, slot.family, w->sizes.blocks);
		digits_add_text(c->digits, words_text(&w->lines.words, (uint32_t)one.number));
	} else if (slot.type == SLOT_IPV4) {
		number_of(&w->address_number, &w->address_order, (uint32_t)one.number);
		uses_note(&w->address_uses, (uint32_t)one.number, slot.family, w->sizes.blocks);
	} else {
		digits_add(c->digits, slot.type, one.number, one.digits);
	}
}

/* Slots with their usual value in all rows need no codes: a bit for each slot of the templates in
 * use, those of each template from a byte of their own on. */
static void fix_slots(struct coder *c)
{
	const struct lines *l = &c->w->lines;
	struct bytes *bits = &c->out->of[SECTION_FIXED];
	bool is_any = false;

	find_ones(c);
	for (uint32_t t = 1; t < lines_templates(l); t++) {
		const struct template *template = lines_template(l, t);
		const struct slot *slots = lines_slots(l, template);

		for (uint32_t k = 0; k < template->slots && c->uses[t] > 0; k++) {
			uint32_t slot = template->slot + k;

			if (k % 8 == 0)
				bytes_u8(bits, 0);
			c->is_one[slot] = c->is_one[slot] && slots[k].type != SLOT_TIME &&
				is_usual(c, slot, c->one[slot], c->uses[t]);
			if (!c->is_one[slot])
				continue;
			note_fixed(c, slots[k], c->one[slot]);
			bits->at[bits->len - 1] |= (uint8_t)(1u << k % 8);
			is_any = true;
		}
	}
	if (!is_any)
		bits->len = 0;
}

/* A text or an address: ENTRY is the writer's number of it. */
static uint8_t code_entry(struct family_values *f, uint32_t entry, const struct entries *in)
{
	struct near *near = &f->near;
	uint32_t number = number_of(in->number, in->order, entry);
	bool is_expected = follower(&f->followers) == number + 1;
	int place = find_near(near, entry);
	uint8_t code;

	if (place >= 0) {
		unsigned rank = near_rank(near, (unsigned)place);

		code = rank > 0 && is_expected ? CODE_AGAIN : (uint8_t)rank;
		near_front(near, rank);
	} else {
		near->value[near_new(near, ENTRY_NEAR)] = entry;
		code = is_expected ? CODE_AGAIN : CODE_ENTRY;
	}
	if (code == CODE_ENTRY) {
		fresh(f, number);
		uses_note(in->uses, entry, in->family, in->block);
	}
	follow(&f->followers, number);
	return code;
}

static uint8_t code_number(struct coder *c, struct family_values *f, unsigned type, struct value v)
{
	struct near *near = &f->near;
	unsigned places = 0, place;

	for (unsigned i = 0; i < NUMBER_NEAR; i++)
		places |= (unsigned)(near->value[i] == v.number && near->digits[i] == v.digits)
			<< i;
	places &= (1u << near->count) - 1;
	if (places) {
		unsigned rank = near_rank(near, (unsigned)__builtin_ctz(places));

		near_front(near, rank);
		return (uint8_t)rank;
	}
	place = near_new(near, NUMBER_NEAR);
	near->value[place] = v.number;
	near->digits[place] = v.digits;
	fresh(f, v.number);
	digits_add(c->digits, type, v.number, v.digits);
	return v.digits ? (uint8_t)(CODE_PADDED + v.digits - 1) : CODE_FRESH;
}

/* A time that is not the row's first: as the difference to the first, which mostly stays. */
static uint8_t code_time(
	struct coder *c, struct slot slot, int64_t value, struct slot first, int64_t base)
{
	int64_t diff =
		(int64_t)((uint64_t)value - (uint64_t)time_base(first.form, base, slot.form));
	int64_t *last = &c->time_diff[slot.form];
	struct bytes *times = &c->out->of[SECTION_TIMES];

	if (diff == *last)
		return CODE_TIME_SAME;
	bytes_varint(times, zigzag((int64_t)((uint64_t)diff - (uint64_t)*last)));
	*last = diff;
	return CODE_TIME_OTHER;
}

/* Codes stand by template and slot, so that like stands beside like: give each its place. */
static void place_codes(struct coder *c)
{
	const struct lines *l = &c->w->lines;
	uint32_t templates = lines_templates(l);

	for (uint32_t t = 0; t < templates; t++) {
		const struct template *template = lines_template(l, t);
		const struct slot *slots = lines_slots(l, template);

		c->told_from[t] = (uint32_t)(c->told.len / sizeof(struct told));
		for (uint32_t k = 0; k < template->slots && c->uses[t] > 0; k++) {
			struct bytes *stream = &c->out->of[codes_of(slots[k].type)];
			struct told told = {
				.cursor = (uint32_t)stream->len, .slot = (uint16_t)k, .is = slots[k]
			};

			if (k + 1 == template->time || c->is_one[template->slot + k])
				continue;
			bytes_more(stream, c->uses[t]);
			stream->len += c->uses[t];
			if (slots[k].type != SLOT_TIME)
				told.family = family(c, slots[k].family);
			bytes_add(&c->told, &told, sizeof(told));
		}
	}
	c->told_from[templates] = (uint32_t)(c->told.len / sizeof(struct told));
}

static uint8_t code_value(struct coder *c, const struct told *told, struct value value)
{
	struct segment_writer *w = c->w;
	struct entries in = { .family = told->is.family, .block = w->sizes.blocks };
	uint8_t code;

	switch (told->is.type) {
	case SLOT_TEXT:
		in.number = &w->text_number;
		in.order = &w->text_order;
		in.uses = &w->text_uses;
		code = code_entry(told->family, (uint32_t)value.number, &in);
		if (code == CODE_ENTRY)
			digits_add_text(
				c->digits, words_text(&w->lines.words, (uint32_t)value.number));
		return code;
	case SLOT_IPV4:
		in.number = &w->address_number;
		in.order = &w->address_order;
		in.uses = &w->address_uses;
		return code_entry(told->family, (uint32_t)value.number, &in);
	default:
		return code_number(c, told->family, told->is.type, value);
	}
}

static void code_row(struct coder *c, const struct row *row)
{
	struct segment_writer *w = c->w;
	const struct template *t = lines_template(&w->lines, row->template);
	const struct slot *slots = lines_slots(&w->lines, t);
	const struct value *values = c->values + row->values;
	struct told *all = (struct told *)(void *)c->told.at;
	struct told *end = all + c->told_from[row->template + 1];

	for (struct told *told = all + c->told_from[row->template]; told < end; told++) {
		uint8_t code;

		if (told->is.type == SLOT_TIME)
			code = code_time(c, told->is, (int64_t)values[told->slot].number,
				slots[t->time - 1], (int64_t)values[t->time - 1].number);
		else
			code = code_value(c, told, values[told->slot]);
		c->out->of[codes_of(told->is.type)].at[told->cursor++] = code;
	}
}

/* The first times, in order of arrival, each as the difference to the one before of its form. */
static void code_first_times(struct coder *c)
{
	int64_t last[TIMEFORM_FORMS] = { 0 };
	struct bytes *times = &c->out->of[SECTION_TIMES];

	for (uint32_t i = 0; i < c->count; i++) {
		const struct template *t = lines_template(&c->w->lines, c->rows[i].template);
		int64_t value;
		unsigned form;

		/* mostly it is among the first values of its row */
		if (i + 2 * AHEAD < c->count)
			__builtin_prefetch(c->values + c->rows[i + 2 * AHEAD].values);
		if (t->time == 0)
			continue;
		form = lines_slots(&c->w->lines, t)[t->time - 1].form;
		value = (int64_t)c->values[c->rows[i].values + t->time - 1].number;
		bytes_varint(times, zigzag((int64_t)((uint64_t)value - (uint64_t)last[form])));
		last[form] = value;
	}
}

/* Of times with more digits one behind the other than so many there are few: those are told. */
static unsigned most_untold(const struct coder *c)
{
	const struct lines *l = &c->w->lines;
	uint64_t times[16] = { 0 }, told = 0; /* by so many digits */
	unsigned most = COUNT(times) - 1;

	for (uint32_t t = 1; t < lines_templates(l); t++)
		for (uint32_t k = 0; k < lines_template(l, t)->slots && c->uses[t] > 0; k++) {
			struct slot slot = lines_slots(l, lines_template(l, t))[k];

			if (slot.type == SLOT_TIME)
				times[digits_most_in_time(slot.form)] += c->uses[t];
		}
	while (most >= DIGITS_MIN && told + times[most] <= c->count / TIMES_SHARE)
		told += times[most--];
	return most;
}

/* Is it one of times with more digits than MOST? */
static bool is_told(struct slot slot, unsigned most)
{
	return slot.type == SLOT_TIME && digits_in_time(slot.form) &&
		digits_most_in_time(slot.form) > most;
}

/* The digits of times too are noted where few have so many that it is of use: all, or those of more
 * digits than most have. */
static void note_times(struct coder *c)
{
	const struct lines *l = &c->w->lines;
	uint8_t *has = zeroed(lines_templates(l), 1);
	unsigned most = most_untold(c);

	for (uint32_t t = 1; t < lines_templates(l); t++)
		for (uint32_t k = 0; k < lines_template(l, t)->slots && !has[t]; k++)
			has[t] = is_told(lines_slots(l, lines_template(l, t))[k], most);
	c->digits[0] = most < DIGITS_MIN ? DIGITS_TIMES_APART : (uint8_t)(most << DIGITS_UNTOLD);
	for (uint32_t i = 0; i < c->count; i++) {
		const struct template *t = lines_template(l, c->rows[i].template);
		const struct slot *slots = lines_slots(l, t);

		for (uint32_t k = 0; k < t->slots && has[c->rows[i].template]; k++)
			if (is_told(slots[k], most))
				digits_add_time(c->digits, slots[k].form,
					(int64_t)c->values[c->rows[i].values + k].number);
	}
	free(has);
}

/* What stands in no single number or text of the dictionary: digits of static text, digits that
 * lie in two slots, rows of no template. With them the digits are those of all rows. */
static void note_rows(struct coder *c)
{
	const struct lines *l = &c->w->lines;
	uint8_t *is_looked_at = zeroed(lines_templates(l), 1);

	is_looked_at[TEMPLATE_RAW] = 1;
	for (uint32_t t = 1; t < lines_templates(l); t++)
		is_looked_at[t] = c->uses[t] > 0 &&
			digits_may_cross((const char *)l->text.at + lines_template(l, t)->text,
				lines_template(l, t)->slots);
	for (uint32_t i = 0; i < c->count; i++)
		if (is_looked_at[c->rows[i].template])
			digits_add_text(c->digits,
				(struct str){ (const char *)c->w->raw.at + c->rows[i].raw_from,
					c->rows[i].raw_len });
	c->digits[0] |= DIGITS_WHOLE;
	free(is_looked_at);
}

static void code_raw(struct coder *c)
{
	struct bytes *raw = &c->out->of[SECTION_RAW];
	size_t at = 0;

	for (uint32_t i = 0; i < c->count; i++) {
		if (c->rows[i].template == TEMPLATE_RAW) {
			bytes_varint(raw, c->rows[i].raw_len);
			bytes_add(raw, c->w->raw.at + at, c->rows[i].raw_len);
		}
		at += c->rows[i].raw_len;
	}
}

static unsigned bits_of(uint64_t value)
{
	return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

static void put_planes(struct bytes *to, const uint64_t *values, uint32_t count, unsigned width)
{
	uint8_t *at = bytes_more(to, (size_t)count * width);

	for (unsigned plane = 0; plane < width; plane++)
		for (uint32_t i = 0; i < count; i++)
			*at++ = (uint8_t)(values[i] >> (8 * plane));
	to->len += (size_t)count * width;
}

/* The fresh values of a family as a column: plain, or as differences where those are shorter. */
static void put_column(struct coded *out, uint16_t number, struct bytes *fresh_values)
{
	uint64_t *values = (uint64_t *)(void *)fresh_values->at;
	struct column column = { .family = number,
		.offset = (uint32_t)out->values.len,
		.count = (uint32_t)(fresh_values->len / sizeof(*values)) };
	uint64_t plain = 0, delta = 0, last = 0, all = 0;

	for (uint32_t i = 0; i < column.count; i++) {
		plain += bits_of(values[i]);
		delta += bits_of(zigzag((int64_t)(values[i] - last)));
		last = values[i];
	}
	column.is_delta = delta < plain;
	last = 0;
	for (uint32_t i = 0; i < column.count; i++) {
		uint64_t value = values[i];

		if (column.is_delta)
			values[i] = zigzag((int64_t)(value - last));
		last = value;
		all |= values[i];
	}
	column.width = (uint8_t)((bits_of(all) + 7) / 8);
	put_planes(&out->values, values, column.count, column.width);
	bytes_add(&out->columns, &column, sizeof(column));
}

static int by_number(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void put_columns(struct coder *c)
{
	struct segment_writer *w = c->w;
	uint16_t *used = (uint16_t *)(void *)w->used_families.at;
	size_t count = w->used_families.len / sizeof(*used);

	if (count > 0)
		qsort(used, count, sizeof(*used), by_number);
	for (size_t i = 0; i < count; i++) {
		struct family_values *f = &w->families[used[i]];

		if (f->fresh.len > 0)
			put_column(c->out, used[i], &f->fresh);
		f->fresh.len = 0;
		f->position = 0;
		free(f->followers.of);
		f->followers = (struct followers){ 0 };
	}
	w->used_families.len = 0;
}

/* Room for the usual value of each of so many slots; the new ones have none. */
static void grow_usual(struct segment_writer *w, size_t slots)
{
	static const struct value none = { .digits = NOT_USUAL };

	w->new_usual.len = 0;
	while (w->usual.len < slots * sizeof(none))
		bytes_add(&w->usual, &none, sizeof(none));
}

/* Rows of one group lie far apart: what code_row() needs is fetched ahead. The fetching stands in
 * the loop itself: gcc drops the call of a function that does nothing else. */
static void code_rows(struct coder *c)
{
	const struct told *all = (const struct told *)(const void *)c->told.at;
	struct bytes *templates = &c->out->of[SECTION_ROWS];

	for (uint32_t i = 0; i < c->count; i++) {
		const struct row *row = &c->rows[c->order[i]];

		if (i + 2 * AHEAD < c->count)
			__builtin_prefetch(&c->rows[c->order[i + 2 * AHEAD]]);
		if (i + AHEAD < c->count) {
			const struct row *next = &c->rows[c->order[i + AHEAD]];
			const char *values = (const char *)(c->values + next->values);
			const char *told = (const char *)(all + c->told_from[next->template]);

			for (int k = 0; k < AHEAD_LINES; k++) {
				__builtin_prefetch(values + 64 * k);
				__builtin_prefetch(told + 64 * k);
			}
		}
		bytes_u8(templates, (uint8_t)row->template);
		bytes_u8(templates, (uint8_t)(row->template >> 8));
		if (row->template != TEMPLATE_RAW)
			code_row(c, row);
	}
}

static void coded_clear(struct coded *c)
{
	for (int i = 0; i < SECTION_KINDS; i++)
		c->of[i].len = 0;
	c->columns.len = c->values.len = 0;
}

void code_block(struct segment_writer *w, struct coded *out)
{
	struct coder c = { .w = w,
		.out = out,
		.rows = (const struct row *)(const void *)w->rows.at,
		.values = (const struct value *)(const void *)w->values.at,
		.count = w->block.rows };
	size_t slots = w->lines.slots.len / sizeof(struct slot);

	coded_clear(out);
	c.order = zeroed(c.count, sizeof(*c.order));
	c.uses = zeroed(lines_templates(&w->lines), sizeof(*c.uses));
	c.told_from = zeroed((size_t)lines_templates(&w->lines) + 1, sizeof(*c.told_from));
	c.digits = zeroed(DIGITS_BYTES_APART, 1);
	c.is_one = zeroed(slots, 1);
	c.one = malloc((slots + 1) * sizeof(*c.one));
	if (c.one == NULL)
		abort();
	grow_usual(w, slots);
	order_rows(&c);
	fix_slots(&c);
	place_codes(&c);
	code_first_times(&c);
	code_rows(&c);
	note_times(&c);
	note_rows(&c);
	/* a small block, the last one, is soon looked through */
	if (w->raw.len >= w->options.block_bytes / 2 && !digits_are_many(c.digits))
		bytes_add(&out->of[SECTION_DIGITS], c.digits, digits_bytes(c.digits[0]));
	code_raw(&c);
	put_columns(&c);
	free(c.order);
	free(c.uses);
	free(c.is_one);
	free(c.digits);
	free(c.one);
	free(c.told_from);
	bytes_done(&c.told);
}

void coded_done(struct coded *c)
{
	for (int i = 0; i < SECTION_KINDS; i++)
		bytes_done(&c->of[i]);
	bytes_done(&c->columns);
	bytes_done(&c->values);
}
