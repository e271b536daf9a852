#include "work/archive/read.h"

/* A slot whose values are being decoded: where its next code stands. */
struct active {
	const uint8_t *code;
	const uint64_t *bits; /* of marks; or NULL */
	uint16_t slot;        /* of its template */
	uint16_t family;
	uint8_t type;
};

/* The slots of one type in the block in work; the three types of numbers come together. */
struct decoder {
	struct segment *s;
	unsigned types;        /* as bits */
	const uint8_t *wanted; /* families; NULL: all that are not loaded yet */
	const struct marks *marks;
	const uint8_t *codes;
	size_t codes_len;
	struct active *active;
	uint32_t *first;   /* of a template: its active slots; and one more */
	struct near *near; /* of a family */
	struct followers *followers;
	uint32_t entries; /* of the dictionary */
	struct reader times;
	int64_t time_diff[TIMEFORM_FORMS];
	struct err *e;
};

static void *get(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (p == NULL)
		abort();
	return p;
}

static int bad(const struct segment *s, struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "damaged segment: %s of block %u", what, s->view.block);
}

/* Is the slot one whose values are asked for, and not there yet? */
static bool is_wanted(const struct decoder *d, struct slot slot)
{
	return slot.type == SLOT_TIME ||
		(!d->s->view.has_family[slot.family] && (!d->wanted || d->wanted[slot.family]));
}

/* The codes stand as the writer placed them: by template, then by slot. False when there are not
 * that many. */
static bool place_codes(struct decoder *d)
{
	struct segment *s = d->s;
	uint32_t count = 0;
	size_t at = 0;

	for (uint32_t t = 1; t < s->template_count; t++) {
		const struct template *template = &s->templates[t];

		d->first[t] = count;
		if (s->view.uses[t] == 0 || !(s->types[t] & d->types))
			continue;
		for (uint32_t k = 0; k < template->slots; k++) {
			struct slot slot = s->slots[template->slot + k];

			if (!(1u << slot.type & d->types) || k + 1 == template->time)
				continue;
			if (is_wanted(d, slot))
				d->active[count++] = (struct active){ .code = d->codes + at,
					.bits = d->marks ? d->marks->bits[template->slot + k] :
							   NULL,
					.slot = (uint16_t)k,
					.family = slot.family,
					.type = slot.type };
			at += s->view.uses[t];
			if (at > d->codes_len)
				return false;
		}
	}
	d->first[s->template_count] = count;
	return at == d->codes_len;
}

/* The values of an own column go where there is room for all of them. */
int load_column(struct segment *s, unsigned family, struct err *e)
{
	struct column_view *c;
	const struct section *section = section_find(s, s->view.block, SECTION_COLUMN, family);
	struct bytes content = { 0 };
	int result = load_columns(s, e);
	size_t len;

	if (result < 0)
		return result;
	c = &s->view.columns[family];
	len = (size_t)c->count * c->width;
	if (c->data || c->count == 0)
		return 0;
	if (section == NULL || section->raw_len != len || s->view.own.room - s->view.own.len < len)
		return bad(s, e, "a column");
	result = section_load(s, section, &content, e);
	if (result == 0) {
		c->data = s->view.own.at + s->view.own.len;
		bytes_add(&s->view.own, content.at, content.len);
	}
	bytes_done(&content);
	return result;
}

uint64_t column_next(struct column_view *c, uint64_t last, uint32_t i)
{
	uint64_t value = 0;

	for (unsigned plane = 0; plane < c->width; plane++)
		value |= (uint64_t)c->data[(size_t)plane * c->count + i] << (8 * plane);
	return c->is_delta ? last + (uint64_t)unzigzag(value) : value;
}

static int take(struct decoder *d, unsigned family, uint64_t *ret)
{
	struct column_view *c = &d->s->view.columns[family];
	if (c->taken >= c->count)
		return bad(d->s, d->e, "a column");
	if (c->data == NULL) {
		int result = load_column(d->s, family, d->e);

		if (result < 0)
			return result;
	}
	*ret = c->last = column_next(c, c->last, c->taken++);
	return 0;
}

/* The entry expected next, and its rank among those near: their count for one that is not. */
static int take_again(struct decoder *d, unsigned family, uint64_t *ret, unsigned *ret_rank)
{
	const struct near *near = &d->near[family];
	uint32_t next = follower(&d->followers[family]);
	unsigned rank = 0;

	if (next == 0)
		return bad(d->s, d->e, "a code");
	*ret = next - 1;
	while (rank < near->count && near->value[rank] != *ret)
		rank++;
	*ret_rank = rank;
	return 0;
}

static int decode_entry(struct decoder *d, unsigned family, uint8_t code, uint64_t *ret)
{
	struct near *near = &d->near[family];
	unsigned rank = code;
	int result = 0;

	if (code < near->count) {
		*ret = near->value[code];
		if (code == 0)
			return 0;
	} else if (code == CODE_ENTRY) {
		result = take(d, family, ret);
		rank = near->count;
	} else if (code == CODE_AGAIN) {
		result = take_again(d, family, ret, &rank);
	} else {
		return bad(d->s, d->e, "a code");
	}
	if (result < 0)
		return result;
	if (*ret >= d->entries)
		return bad(d->s, d->e, "an entry of the dictionary");
	near_front(near, rank, ENTRY_NEAR, *ret, 0);
	follow(&d->followers[family], (uint32_t)*ret);
	return 0;
}

static int decode_mark(struct decoder *d, const struct active *a, uint8_t code, uint32_t position)
{
	uint64_t entry = 0;
	int result = decode_entry(d, a->family, code, &entry);

	if (result == 0)
		d->marks->rows[position] |= a->bits[entry / 64] >> entry % 64 & 1;
	return result;
}

static int decode_number(struct decoder *d, const struct active *a, uint8_t code, struct value *ret)
{
	struct near *near = &d->near[a->family];
	unsigned digits_max = a->type == SLOT_NUMBER ? NUMBER_DIGITS_MAX : HEX_DIGITS_MAX, has;
	int result;

	if (code < near->count && code < NUMBER_NEAR) {
		*ret = (struct value){ near->value[code], near->digits[code] };
		if (code > 0)
			near_front(near, code, NUMBER_NEAR, ret->number, ret->digits);
		return 0;
	}
	if (code < NUMBER_NEAR)
		return bad(d->s, d->e, "a code");
	result = take(d, a->family, &ret->number);
	if (result < 0)
		return result;
	ret->digits = code == CODE_FRESH ? 0 : (uint8_t)(code - CODE_PADDED + 1);
	if (ret->digits > 0) {
		has = a->type == SLOT_NUMBER ? decimal_digits(ret->number) :
					       hex_digits(ret->number);
		if (ret->digits > digits_max || has > ret->digits)
			return bad(d->s, d->e, "a number");
	}
	near_front(near, near->count, NUMBER_NEAR, ret->number, ret->digits);
	return 0;
}

/* A time behind the first of its row, which is FIRST. */
static int decode_time(struct decoder *d, unsigned form, uint8_t code, int64_t base, uint64_t *ret)
{
	int64_t *diff = &d->time_diff[form];

	if (code == CODE_TIME_OTHER)
		*diff = (int64_t)((uint64_t)*diff + (uint64_t)unzigzag(read_varint(&d->times)));
	else if (code != CODE_TIME_SAME)
		return bad(d->s, d->e, "a code");
	*ret = (uint64_t)*diff + (uint64_t)base;
	return d->times.is_bad ? bad(d->s, d->e, "the times") : 0;
}

static int decode_row(struct decoder *d, uint32_t position)
{
	struct segment *s = d->s;
	uint32_t number = s->view.template[position];
	const struct template *t = &s->templates[number];
	const struct slot *slots = s->slots + t->slot;
	struct value *values = s->view.values + s->view.first[position];
	struct active *end = d->active + d->first[number + 1];
	int result = 0;

	for (struct active *a = d->active + d->first[number]; a < end && result == 0; a++) {
		struct value *value = &values[a->slot];
		uint8_t code = *a->code++;

		if (a->bits)
			result = decode_mark(d, a, code, position);
		else if (a->type == SLOT_TEXT || a->type == SLOT_IPV4)
			result = decode_entry(d, a->family, code, &value->number);
		else if (a->type == SLOT_TIME)
			result = decode_time(d, slots[a->slot].form, code,
				time_base(slots[t->time - 1].form,
					(int64_t)values[t->time - 1].number, slots[a->slot].form),
				&value->number);
		else
			result = decode_number(d, a, code, value);
	}
	return result;
}

/* The first time of each row, in order of arrival. */
static int decode_first_times(struct decoder *d)
{
	struct segment *s = d->s;
	struct view *v = &s->view;
	int64_t last[TIMEFORM_FORMS] = { 0 };

	for (uint32_t i = 0; i < s->blocks[v->block].rows; i++) {
		uint32_t position = v->position[i];
		const struct template *t = &s->templates[v->template[position]];
		unsigned form;

		if (t->time == 0)
			continue;
		form = s->slots[t->slot + t->time - 1].form;
		last[form] = (int64_t)((uint64_t)last[form] +
			(uint64_t)unzigzag(read_varint(&d->times)));
		v->values[v->first[position] + t->time - 1].number = (uint64_t)last[form];
	}
	return d->times.is_bad ? bad(s, d->e, "the times") : 0;
}

static int load_stream(struct segment *s, enum section_kind kind, struct reader *ret, struct err *e)
{
	const struct section *section = section_find(s, s->view.block, kind, 0);
	struct bytes *memory = &s->view.memory[kind];
	int result = section ? section_load(s, section, memory, e) : 0;

	*ret = reader_of(memory->at ? memory->at : (const uint8_t *)"", section ? memory->len : 0);
	return result;
}

/* What decoding TYPE needs beside its codes. */
static enum section_kind prepare(struct decoder *d, enum slot_type type)
{
	d->types = 1u << type;
	switch (type) {
	case SLOT_TEXT:
		d->entries = d->s->text_count;
		return SECTION_TEXT_CODES;
	case SLOT_IPV4:
		d->entries = d->s->address_count;
		return SECTION_ADDRESS_CODES;
	case SLOT_TIME:
		return SECTION_TIMES_OTHER;
	default:
		d->types = 1u << SLOT_NUMBER | 1u << SLOT_HEX | 1u << SLOT_HEX_UPPER;
		return SECTION_NUMBER_CODES;
	}
}

static int decode_rows(struct decoder *d)
{
	struct segment *s = d->s;
	uint32_t rows = s->blocks[s->view.block].rows;
	int result = 0;

	for (uint32_t i = 0; i < rows && result == 0; i++) {
		uint32_t t = s->view.template[i];

		if (d->first[t + 1] > d->first[t])
			result = decode_row(d, i);
	}
	return result;
}

/* Room for all values, whatever they are, and every column to be decoded from its beginning. */
static void begin(struct decoder *d)
{
	struct view *v = &d->s->view;

	if (v->values_needed > v->values_room) {
		free(v->values);
		v->values = malloc(v->values_needed * sizeof(*v->values));
		if (v->values == NULL)
			abort();
		v->values_room = v->values_needed;
	}
	for (uint32_t i = 0; i < d->first[d->s->template_count]; i++) {
		struct column_view *c = &v->columns[d->active[i].family];

		if (d->active[i].type != SLOT_TIME)
			c->taken = 0, c->last = 0;
	}
}

static int load_some(struct segment *s, enum slot_type type, const uint8_t *wanted,
	const struct marks *marks, struct err *e)
{
	struct decoder d = { .s = s, .e = e, .wanted = wanted, .marks = marks };
	enum section_kind kind = prepare(&d, type);
	struct reader codes;
	int result = load_stream(s, kind, &codes, e);

	if (result == 0)
		result = load_columns(s, e);
	if (result < 0)
		return result;
	d.codes = codes.at;
	d.codes_len = reader_left(&codes);
	d.first = get((size_t)s->template_count + 1, sizeof(*d.first));
	d.active = malloc(((size_t)s->slot_count + 1) * sizeof(*d.active));
	d.near = get(s->family_count, sizeof(*d.near));
	d.followers = get(s->family_count, sizeof(*d.followers));
	if (d.active == NULL)
		abort();
	if (place_codes(&d))
		begin(&d);
	else
		result = bad(s, e, "the codes");
	if (result == 0 && type == SLOT_TIME)
		result = load_stream(s, SECTION_TIMES, &d.times, e);
	if (result == 0 && type == SLOT_TIME)
		result = decode_first_times(&d);
	if (result == 0)
		result = decode_rows(&d);
	free(d.first);
	free(d.active);
	free(d.near);
	for (uint32_t f = 0; f < s->family_count; f++)
		free(d.followers[f].of);
	free(d.followers);
	if (result < 0)
		s->view.has_layout = false; /* half taken: begin anew next time */
	return result;
}

int load_times(struct segment *s, struct err *e)
{
	int result = s->view.has_times ? 0 : load_order(s, e);

	if (s->view.has_times || result < 0)
		return result;
	result = load_some(s, SLOT_TIME, NULL, NULL, e);
	s->view.has_times = result == 0;
	return result;
}

/* Families some of whose values were only marked have to be loaded again by who needs them. */
static void note_marked(struct segment *s, const struct marks *marks)
{
	for (uint32_t i = 0; i < s->slot_count; i++)
		if (marks->bits[i])
			s->view.has_family[s->slots[i].family] = 0;
}

int load_families(
	struct segment *s, const uint8_t *wanted, const struct marks *marks, struct err *e)
{
	static const enum slot_type types[] = { SLOT_TEXT, SLOT_NUMBER, SLOT_IPV4 };
	struct view *v = &s->view;
	unsigned asked = 0;
	int result = 0;

	if (v->has_families)
		return 0;
	for (uint32_t f = 0; f < s->family_count; f++)
		if ((!wanted || wanted[f]) && !v->has_family[f])
			asked |= 1u << s->family_type[f];
	if (asked & (1u << SLOT_HEX | 1u << SLOT_HEX_UPPER))
		asked |= 1u << SLOT_NUMBER;
	for (size_t i = 0; i < COUNT(types) && result == 0; i++)
		if (asked >> types[i] & 1)
			result = load_some(s, types[i], wanted, marks, e);
	for (uint32_t f = 0; f < s->family_count && result == 0; f++)
		v->has_family[f] |= !wanted || wanted[f];
	v->has_families = result == 0 && wanted == NULL;
	if (marks)
		note_marked(s, marks);
	return result;
}

int load_all_values(struct segment *s, struct err *e)
{
	int result;

	if (s->blocks[s->view.block].is_text)
		return 0;
	result = load_families(s, NULL, NULL, e);
	if (result == 0)
		result = load_times(s, e);
	return result < 0 ? result : load_order(s, e);
}

struct str slot_text(const struct segment *s, struct slot slot, struct value value, char *text)
{
	size_t len = 0;

	switch (slot.type) {
	case SLOT_TEXT:
		return (struct str){ (const char *)s->texts.at + s->text_from[value.number],
			s->text_from[value.number + 1] - s->text_from[value.number] - 1 };
	case SLOT_NUMBER:
		len = decimal_write(value.number, value.digits, text);
		break;
	case SLOT_HEX:
	case SLOT_HEX_UPPER:
		len = hex_write(value.number, value.digits, slot.type == SLOT_HEX_UPPER, text);
		break;
	case SLOT_IPV4:
		len = ipv4_write(address_at(s, value.number), text);
		break;
	case SLOT_TIME:
		len = timeform_write(slot.form, (int64_t)value.number, text);
		break;
	}
	return (struct str){ text, len };
}

int row_text(struct segment *s, uint32_t row, struct err *e, struct str *ret_text)
{
	struct view *v = &s->view;

	if (!s->blocks[v->block].is_text)
		return position_text(s, v->position[row], e, ret_text);
	*ret_text = v->raw[row];
	return 0;
}

int position_text(struct segment *s, uint32_t position, struct err *e, struct str *ret_text)
{
	const struct view *v = &s->view;
	const struct template *t;
	const char *at;

	if (v->template[position] == TEMPLATE_RAW) {
		*ret_text = v->raw[v->first[position]];
		return 0;
	}
	t = &s->templates[v->template[position]];
	at = (const char *)s->text.at + t->text;
	s->line.len = 0;
	for (uint32_t k = 0;; k++) {
		char text[TIMEFORM_TEXT_MAX];
		size_t len = strlen(at);
		struct str value;

		bytes_add(&s->line, at, len);
		at += len + 1;
		if (k == t->slots)
			break;
		value = slot_text(
			s, s->slots[t->slot + k], v->values[v->first[position] + k], text);
		bytes_add(&s->line, value.ptr, value.len);
		if (s->line.len > LIMIT_SEGMENT_RECORD_BYTES)
			return bad(s, e, "a record");
	}
	*ret_text = (struct str){ s->line.at ? (const char *)s->line.at : "", s->line.len };
	return 0;
}
