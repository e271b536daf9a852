#include "work/archive/read.h"

/* The slots of one type in the block in work. */
struct decoder {
	struct segment *s;
	unsigned types; /* bits of the types decoded together */
	const uint8_t *codes;
	size_t codes_len;
	uint32_t *cursor; /* of each slot of the segment */
	struct family_state *families;
	struct near near; /* of texts, of addresses */
	uint32_t next;    /* entry of the dictionary */
	uint32_t entries;
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

/* As the writer placed them: by template, then by slot. False when there are not that many. */
static bool place_codes(struct decoder *d)
{
	struct segment *s = d->s;
	size_t at = 0;

	for (uint32_t t = 1; t < s->template_count; t++) {
		const struct template *template = &s->templates[t];

		if (s->view.uses[t] == 0 || !(s->types[t] & d->types))
			continue;
		for (uint32_t k = 0; k < template->slots; k++) {
			if (!(1u << s->slots[template->slot + k].type & d->types) ||
				k + 1 == template->time)
				continue;
			d->cursor[template->slot + k] = (uint32_t)at;
			at += s->view.uses[t];
			if (at > d->codes_len)
				return false;
		}
	}
	return at == d->codes_len;
}

/* The values of an own column go where there is room for all of them. */
static int load_own(struct decoder *d, unsigned family, struct column_view *c)
{
	struct segment *s = d->s;
	const struct section *section = section_find(s, s->view.block, SECTION_COLUMN, family);
	struct bytes content = { 0 };
	size_t len = (size_t)c->count * c->width;
	int result;

	if (section == NULL || section->raw_len != len || s->view.own.room - s->view.own.len < len)
		return bad(s, d->e, "a column");
	result = section_load(s, section, &content, d->e);
	if (result == 0) {
		c->data = s->view.own.at + s->view.own.len;
		bytes_add(&s->view.own, content.at, content.len);
	}
	bytes_done(&content);
	return result;
}

static int take(struct decoder *d, unsigned family, uint64_t *ret)
{
	struct column_view *c = &d->s->view.columns[family];
	uint64_t value = 0;

	if (c->taken >= c->count)
		return bad(d->s, d->e, "a column");
	if (c->data == NULL) {
		int result = load_own(d, family, c);

		if (result < 0)
			return result;
	}
	for (unsigned plane = 0; plane < c->width; plane++)
		value |= (uint64_t)c->data[(size_t)plane * c->count + c->taken] << (8 * plane);
	c->taken++;
	if (c->is_delta)
		value = c->last + (uint64_t)unzigzag(value);
	c->last = value;
	*ret = value;
	return 0;
}

static int decode_entry(struct decoder *d, struct slot slot, uint8_t code, uint64_t *ret)
{
	struct family_state *f = &d->families[slot.family];
	unsigned rank = 0;
	uint64_t value;
	int result;

	if (code == CODE_LAST) {
		if (!f->has_last)
			return bad(d->s, d->e, "a code");
		value = f->last;
	} else if (code < CODE_NEW) {
		if (code - CODE_NEAR >= d->near.count)
			return bad(d->s, d->e, "a code");
		value = d->near.value[code - CODE_NEAR];
	} else if (code == CODE_NEW) {
		value = d->next++;
	} else if (code == CODE_ENTRY) {
		result = take(d, slot.family, &value);
		if (result < 0)
			return result;
	} else {
		return bad(d->s, d->e, "a code");
	}
	if (value >= d->entries)
		return bad(d->s, d->e, "an entry of the dictionary");
	while (rank < d->near.count && d->near.value[rank] != value)
		rank++;
	near_front(&d->near, rank, TEXT_NEAR, value, 0);
	f->last = value;
	f->has_last = true;
	*ret = value;
	return 0;
}

static int decode_number(struct decoder *d, struct slot slot, uint8_t code, struct value *ret)
{
	struct near *near = &d->families[slot.family].near;
	unsigned digits_max = slot.type == SLOT_NUMBER ? NUMBER_DIGITS_MAX : HEX_DIGITS_MAX, rank,
		 has;
	int result;

	if (code < NUMBER_NEAR) {
		if (code >= near->count)
			return bad(d->s, d->e, "a code");
		*ret = (struct value){ near->value[code], near->digits[code] };
		rank = code;
	} else {
		result = take(d, slot.family, &ret->number);
		if (result < 0)
			return result;
		ret->digits = code == CODE_FRESH ? 0 : (uint8_t)(code - CODE_PADDED + 1);
		rank = near->count;
	}
	/* a family of two types, which no writer makes, could bring too long a number */
	has = slot.type == SLOT_NUMBER ? decimal_digits(ret->number) : hex_digits(ret->number);
	if (ret->digits > digits_max || (ret->digits > 0 && has > ret->digits))
		return bad(d->s, d->e, "a number");
	near_front(near, rank, NUMBER_NEAR, ret->number, ret->digits);
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
	const struct template *t = &s->templates[s->view.template[position]];
	const struct slot *slots = s->slots + t->slot;
	struct value *values = s->view.values + s->view.first[position];
	int result = 0;

	for (uint32_t k = 0; k < t->slots && result == 0; k++) {
		uint8_t code;

		if (!(1u << slots[k].type & d->types) || k + 1 == t->time)
			continue;
		code = d->codes[d->cursor[t->slot + k]++];
		if (slots[k].type == SLOT_TEXT || slots[k].type == SLOT_IPV4)
			result = decode_entry(d, slots[k], code, &values[k].number);
		else if (slots[k].type == SLOT_TIME)
			result = decode_time(d, slots[k].form, code,
				time_base(slots[t->time - 1].form,
					(int64_t)values[t->time - 1].number, slots[k].form),
				&values[k].number);
		else
			result = decode_number(d, slots[k], code, &values[k]);
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
	const struct block_entry *b = &d->s->blocks[d->s->view.block];

	d->types = 1u << type;
	switch (type) {
	case SLOT_TEXT:
		d->next = b->first_text;
		d->entries = d->s->text_count;
		return SECTION_TEXT_CODES;
	case SLOT_IPV4:
		d->next = b->first_address;
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

	for (uint32_t i = 0; i < rows && result == 0; i++)
		if (s->types[s->view.template[i]] & d->types)
			result = decode_row(d, i);
	return result;
}

int load_values(struct segment *s, enum slot_type type, struct err *e)
{
	struct decoder d = { .s = s, .e = e };
	enum section_kind kind = prepare(&d, type);
	struct reader codes;
	int result;

	if (s->view.has[type])
		return 0;
	result = load_stream(s, kind, &codes, e);
	if (result == 0 && type == SLOT_TIME)
		result = load_stream(s, SECTION_TIMES, &d.times, e);
	if (result == 0 && type == SLOT_TIME)
		result = load_order(s, e);
	if (result < 0)
		return result;
	d.codes = codes.at;
	d.codes_len = reader_left(&codes);
	d.cursor = get(s->slot_count, sizeof(*d.cursor));
	d.families = get(s->family_count, sizeof(*d.families));
	if (!place_codes(&d))
		result = bad(s, e, "the codes");
	if (result == 0 && type == SLOT_TIME)
		result = decode_first_times(&d);
	if (result == 0)
		result = decode_rows(&d);
	free(d.cursor);
	free(d.families);
	for (unsigned i = 0; i < SLOT_TYPES && result == 0; i++)
		s->view.has[i] |= (d.types >> i & 1) != 0;
	if (result < 0)
		s->view.has_layout = false; /* columns are half taken: begin anew next time */
	return result;
}

int load_all_values(struct segment *s, struct err *e)
{
	static const enum slot_type types[] = { SLOT_TEXT, SLOT_NUMBER, SLOT_IPV4, SLOT_TIME };
	int result = 0;

	if (s->blocks[s->view.block].is_text)
		return 0;
	for (size_t i = 0; i < COUNT(types) && result == 0; i++)
		result = load_values(s, types[i], e);
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
	uint32_t position;
	const struct template *t;
	const char *at;

	if (s->blocks[v->block].is_text) {
		*ret_text = v->raw[row];
		return 0;
	}
	position = v->position[row];
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
