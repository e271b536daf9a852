#include "work/archive/write.h"

/* A block being turned into codes and columns. */
struct coder {
	struct segment_writer *w;
	struct coded *out;
	const struct row *rows;
	const struct value *values;
	uint32_t count;
	uint32_t *order;  /* rows, group after group */
	uint32_t *cursor; /* of each slot: where its next code goes */
	uint8_t *codes[SLOT_TYPES];
	int64_t time_diff[TIMEFORM_FORMS];
};

static void *get(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (p == NULL)
		abort();
	return p;
}

/* Rows in order of group, within a group as they came; and the stream of groups as ranks. */
static void order_rows(struct coder *c)
{
	size_t groups = c->w->groups.used;
	uint32_t *start = get(groups + 1, sizeof(*start));
	uint32_t *recent = get(groups, sizeof(*recent));
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

/* Codes stand by template and slot, so that like stands beside like: give each its place. */
static void place_codes(struct coder *c)
{
	const struct lines *l = &c->w->lines;
	uint32_t templates = lines_templates(l);
	uint32_t *uses = get(templates, sizeof(*uses));

	for (uint32_t i = 0; i < c->count; i++)
		uses[c->rows[i].template]++;
	for (uint32_t t = 1; t < templates; t++) {
		const struct template *template = lines_template(l, t);
		const struct slot *slots = lines_slots(l, template);

		if (uses[t] == 0)
			continue;
		for (uint32_t k = 0; k < template->slots; k++) {
			struct bytes *stream = &c->out->of[codes_of(slots[k].type)];

			if (k + 1 == template->time)
				continue;
			bytes_more(stream, uses[t]);
			c->cursor[template->slot + k] = (uint32_t)stream->len;
			stream->len += uses[t];
		}
	}
	free(uses);
}

static struct family_values *family(struct coder *c, uint16_t number)
{
	struct family_values *f = &c->w->families[number];

	if (f->position == 0) {
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

/* The number ENTRY, which is the writer's, has in the segment. */
static uint32_t number_of(const struct entries *in, uint32_t entry)
{
	uint32_t *numbers;

	while (in->number->len <= entry * sizeof(uint32_t)) {
		memset(bytes_more(in->number, sizeof(uint32_t)), 0, sizeof(uint32_t));
		in->number->len += sizeof(uint32_t);
	}
	numbers = (uint32_t *)(void *)in->number->at;
	if (numbers[entry] == 0) {
		bytes_add(in->order, &entry, sizeof(entry));
		numbers[entry] = (uint32_t)(in->order->len / sizeof(entry));
	}
	return numbers[entry] - 1;
}

/* A text or an address: ENTRY is the writer's number of it. */
static uint8_t code_entry(struct family_values *f, uint32_t entry, const struct entries *in)
{
	struct near *near = &f->near;
	uint32_t number = number_of(in, entry);
	bool is_expected = follower(&f->followers) == number + 1;
	unsigned rank = 0;
	uint8_t code;

	while (rank < near->count && near->value[rank] != entry)
		rank++;
	if (rank > 0 && is_expected) {
		code = CODE_AGAIN;
	} else if (rank < near->count) {
		code = (uint8_t)rank;
	} else {
		code = CODE_ENTRY;
		fresh(f, number);
		uses_note(in->uses, entry, in->family, in->block);
	}
	follow(&f->followers, number);
	near_front(near, rank, ENTRY_NEAR, entry, 0);
	return code;
}

static uint8_t code_number(struct family_values *f, struct value v)
{
	struct near *near = &f->near;
	unsigned rank = 0;

	while (rank < near->count &&
		(near->value[rank] != v.number || near->digits[rank] != v.digits))
		rank++;
	if (rank < near->count) {
		near_front(near, rank, NUMBER_NEAR, v.number, v.digits);
		return (uint8_t)rank;
	}
	near_front(near, rank, NUMBER_NEAR, v.number, v.digits);
	fresh(f, v.number);
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

static uint8_t code_value(struct coder *c, struct slot slot, const struct value *value)
{
	struct segment_writer *w = c->w;
	struct family_values *f = family(c, slot.family);
	struct entries texts = { &w->text_number, &w->text_order, &w->text_uses, slot.family,
		w->sizes.blocks };
	struct entries addresses = { &w->address_number, &w->address_order, &w->address_uses,
		slot.family, w->sizes.blocks };

	switch (slot.type) {
	case SLOT_TEXT:
		return code_entry(f, (uint32_t)value->number, &texts);
	case SLOT_IPV4:
		return code_entry(f, (uint32_t)value->number, &addresses);
	default:
		return code_number(f, *value);
	}
}

static void code_row(struct coder *c, const struct row *row)
{
	struct segment_writer *w = c->w;
	const struct template *t = lines_template(&w->lines, row->template);
	const struct slot *slots = lines_slots(&w->lines, t);
	const struct value *values = c->values + row->values;

	for (uint32_t k = 0; k < t->slots; k++) {
		struct slot slot = slots[k];
		uint8_t code;

		if (k + 1 == t->time)
			continue;
		if (slot.type == SLOT_TIME)
			code = code_time(c, slot, (int64_t)values[k].number, slots[t->time - 1],
				(int64_t)values[t->time - 1].number);
		else
			code = code_value(c, slot, &values[k]);
		c->out->of[codes_of(slot.type)].at[c->cursor[t->slot + k]++] = code;
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

		if (t->time == 0)
			continue;
		form = lines_slots(&c->w->lines, t)[t->time - 1].form;
		value = (int64_t)c->values[c->rows[i].values + t->time - 1].number;
		bytes_varint(times, zigzag((int64_t)((uint64_t)value - (uint64_t)last[form])));
		last[form] = value;
	}
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
		f->near.count = 0;
		free(f->followers.of);
		f->followers = (struct followers){ 0 };
	}
	w->used_families.len = 0;
}

void code_block(struct segment_writer *w, struct coded *out)
{
	struct coder c = { .w = w,
		.out = out,
		.rows = (const struct row *)(const void *)w->rows.at,
		.values = (const struct value *)(const void *)w->values.at,
		.count = w->block.rows };

	c.order = get(c.count, sizeof(*c.order));
	c.cursor = get(w->lines.slots.len / sizeof(struct slot), sizeof(*c.cursor));
	order_rows(&c);
	place_codes(&c);
	code_first_times(&c);
	for (uint32_t i = 0; i < c.count; i++) {
		const struct row *row = &c.rows[c.order[i]];

		/* rows of one group lie far apart: fetch those to come */
		if (i + 16 < c.count)
			__builtin_prefetch(&c.rows[c.order[i + 16]]);
		if (i + 8 < c.count)
			__builtin_prefetch(&c.values[c.rows[c.order[i + 8]].values]);

		bytes_u8(&out->of[SECTION_ROWS], (uint8_t)row->template);
		bytes_u8(&out->of[SECTION_ROWS], (uint8_t)(row->template >> 8));
		if (row->template != TEMPLATE_RAW)
			code_row(&c, row);
	}
	code_raw(&c);
	put_columns(&c);
	free(c.order);
	free(c.cursor);
}

void coded_done(struct coded *c)
{
	for (int i = 0; i < SECTION_KINDS; i++)
		bytes_done(&c->of[i]);
	bytes_done(&c->columns);
	bytes_done(&c->values);
}
