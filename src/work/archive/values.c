#include "work/archive/digits.h"
#include "work/archive/read.h"

const uint64_t MARK_NUMBERS[1];

/* A slot whose values are being decoded: where its next code stands. */
struct active {
	const uint8_t *code;
	const uint64_t *bits; /* of marks; or NULL */
	struct near *near;
	struct followers *followers;
	uint16_t slot; /* of its template */
	uint16_t family;
	uint8_t type;
	bool is_kept;
	bool is_asked; /* slots of its family are held against a set */
};

/* The slots of one type in the block in work; the three types of numbers come together. */
struct decoder {
	struct segment *s;
	unsigned types; /* as bits */
	enum code_kind kind;
	const uint8_t *wanted; /* families; NULL: all that are not loaded yet */
	const struct marks *marks;
	const uint8_t *keep; /* of a template: KEEP_*; NULL: the values of all */
	const uint8_t *codes;
	size_t codes_len;
	struct active *active;
	uint8_t *is_active; /* of a template: it has such slots */
	uint32_t *first;    /* of such a template: the first of them */
	uint32_t *end;
	uint32_t entries; /* of the dictionary */
	struct reader times;
	int64_t time_diff[TIMEFORM_FORMS];
	struct err *e;
};

/* Are values of FAMILY that this decoder would bring not there yet? */
static bool lacks(const struct decoder *d, unsigned family)
{
	return d->s->view.has_family[family] < (d->keep ? VALUES_SOME : VALUES_ALL);
}

/* Is the slot one whose values are asked for, and not there yet? */
static bool is_wanted(const struct decoder *d, struct slot slot)
{
	return slot.type == SLOT_TIME ||
		(lacks(d, slot.family) && (!d->wanted || d->wanted[slot.family]));
}

/* Which templates of the block have slots that are asked for. */
static void find_active(struct decoder *d)
{
	struct segment *s = d->s;
	const struct view *v = &s->view;

	if (d->wanted == NULL || d->kind == CODES_TIME) {
		for (uint32_t i = 0; i < v->used_count; i++)
			d->is_active[v->used[i]] = v->codes[v->used[i]].of[d->kind] > 0;
		return;
	}
	for (uint32_t f = 0; f < s->family_count; f++) {
		if (!d->wanted[f] || !lacks(d, f) || !(d->types >> s->family_type[f] & 1))
			continue;
		for (uint32_t i = s->family_from[f]; i < s->family_from[f + 1]; i++)
			d->is_active[s->family_template[i]] = 1;
	}
}

/* The codes of template T, which stand from AT on. */
static void place_template(struct decoder *d, uint32_t t, size_t at, uint32_t *count)
{
	struct segment *s = d->s;
	const struct template *template = &s->templates[t];
	unsigned keep = d->keep ? d->keep[t] : KEEP_VALUES;
	bool has_marks = d->marks && d->marks->families;

	d->first[t] = *count;
	for (uint32_t k = 0; k < template->slots; k++) {
		struct slot slot = s->slots[template->slot + k];

		if (!(1u << slot.type & d->types) || k + 1 == template->time || is_fixed(s, t, k))
			continue;
		if (is_wanted(d, slot))
			d->active[(*count)++] = (struct active){ .code = d->codes + at,
				.bits = keep == KEEP_MARKS && d->kind != CODES_TIME ?
					d->marks->bits[template->slot + k] :
					NULL,
				.near = &s->near[slot.family],
				.followers = &s->followers[slot.family],
				.slot = (uint16_t)k,
				.family = slot.family,
				.type = slot.type,
				.is_kept = keep == KEEP_VALUES,
				.is_asked = d->kind == CODES_NUMBER && has_marks &&
					d->marks->families[slot.family] };
		at += s->view.uses[t];
	}
	d->end[t] = *count;
}

/* The codes stand as the writer placed them: by template, then by slot. False when there are not
 * that many. */
static bool place_codes(struct decoder *d, uint32_t *ret_count)
{
	struct segment *s = d->s;
	const struct view *v = &s->view;
	uint32_t count = 0;
	size_t at = 0;

	find_active(d);
	for (uint32_t i = 0; i < v->used_count; i++) {
		uint32_t t = v->used[i];
		size_t len = (size_t)v->codes[t].of[d->kind] * v->uses[t];

		if (len > d->codes_len - at)
			return false;
		if (d->is_active[t])
			place_template(d, t, at, &count);
		at += len;
	}
	*ret_count = count;
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
		return block_bad(s, e, "a column");
	result = section_load(s, section, &content, e);
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
	if (c->taken >= c->count)
		return block_bad(d->s, d->e, "a column");
	if (c->data == NULL) {
		int result = load_column(d->s, family, d->e);

		if (result < 0)
			return result;
	}
	*ret = c->last = column_next(c, c->last, c->taken++);
	return 0;
}

/* An entry that is not told by its rank: the one in the column, or the one expected next. */
static __attribute__((noinline)) int take_entry(
	struct decoder *d, const struct active *a, uint8_t code, uint64_t *ret)
{
	struct near *near = a->near;
	uint32_t next = follower(a->followers);
	int result = 0;

	if (code == CODE_ENTRY)
		result = take(d, a->family, ret);
	else if (code == CODE_AGAIN && next > 0)
		*ret = next - 1;
	else
		return block_bad(d->s, d->e, "a code");
	if (result == 0 && *ret >= d->entries)
		return block_bad(d->s, d->e, "an entry of the dictionary");
	for (unsigned i = 0; i < near->count && code == CODE_AGAIN; i++) {
		if (near->value[i] != *ret)
			continue;
		near_front(near, near_rank(near, i));
		return 0;
	}
	if (result == 0)
		near->value[near_new(near, ENTRY_NEAR)] = *ret;
	return result;
}

/* What is done for each row stands in its loop: a call would be an eighth of it. */
#define EACH_ROW static inline __attribute__((always_inline))

/* The texts or addresses of the row at POSITION. */
EACH_ROW int decode_entries(struct decoder *d, uint32_t position)
{
	const struct view *v = &d->s->view;
	uint32_t t = v->template[position];
	struct active *end = d->active + d->end[t];

	for (struct active *a = d->active + d->first[t]; a < end; a++) {
		uint8_t code = *a->code++;
		struct near *near = a->near;
		uint64_t entry;

		if (code == 0 && near->count > 0 && !a->bits && !a->is_kept)
			continue; /* the last one again, which nobody asks for */
		entry = near->value[near_place(near, code & 15)];
		if (code >= near->count) {
			int result = take_entry(d, a, code, &entry);

			if (result < 0)
				return result;
			follow(a->followers, (uint32_t)entry);
		} else if (code > 0) {
			near_front(near, code);
			follow(a->followers, (uint32_t)entry);
		}
		if (a->bits)
			d->marks->rows[position] |= a->bits[entry / 64] >> entry % 64 & 1;
		else if (a->is_kept)
			v->values[v->first[position] + a->slot].number = entry;
	}
	return 0;
}

/* A number that stands in the column. */
static __attribute__((noinline)) int take_number(
	struct decoder *d, const struct active *a, uint8_t code)
{
	unsigned digits_max = a->type == SLOT_NUMBER ? NUMBER_DIGITS_MAX : HEX_DIGITS_MAX, has,
		 place;
	struct value value = { 0 };
	int result;

	if (code < NUMBER_NEAR)
		return block_bad(d->s, d->e, "a code");
	result = take(d, a->family, &value.number);
	if (result < 0)
		return result;
	value.digits = code == CODE_FRESH ? 0 : (uint8_t)(code - CODE_PADDED + 1);
	if (value.digits > 0) {
		has = a->type == SLOT_NUMBER ? decimal_digits(value.number) :
					       hex_digits(value.number);
		if (value.digits > digits_max || has > value.digits)
			return block_bad(d->s, d->e, "a number");
	}
	place = near_new(a->near, NUMBER_NEAR);
	a->near->value[place] = value.number;
	a->near->digits[place] = value.digits;
	if (a->is_asked) {
		a->near->met &= (uint8_t) ~(1u << place);
		a->near->met |=
			(uint8_t)(d->marks->has_number(d->marks->of, a->type, value) << place);
	}
	return 0;
}

EACH_ROW int decode_numbers(struct decoder *d, uint32_t position)
{
	const struct view *v = &d->s->view;
	uint32_t t = v->template[position];
	struct active *end = d->active + d->end[t];

	for (struct active *a = d->active + d->first[t]; a < end; a++) {
		uint8_t code = *a->code++;
		struct near *near = a->near;
		unsigned place;

		if (code < near->count) {
			near_front(near, code);
		} else {
			int result = take_number(d, a, code);

			if (result < 0)
				return result;
		}
		place = near_place(near, 0);
		if (a->is_kept)
			v->values[v->first[position] + a->slot] =
				(struct value){ near->value[place], near->digits[place] };
		else if (a->bits)
			d->marks->rows[position] |= near->met >> place & 1;
	}
	return 0;
}

/* A time behind the first of its row, which is FIRST. */
static int decode_time(struct decoder *d, unsigned form, uint8_t code, int64_t base, uint64_t *ret)
{
	int64_t *diff = &d->time_diff[form];

	if (code == CODE_TIME_OTHER)
		*diff = (int64_t)((uint64_t)*diff + (uint64_t)unzigzag(read_varint(&d->times)));
	else if (code != CODE_TIME_SAME)
		return block_bad(d->s, d->e, "a code");
	*ret = (uint64_t)*diff + (uint64_t)base;
	return d->times.is_bad ? block_bad(d->s, d->e, "the times") : 0;
}

static int decode_times(struct decoder *d, uint32_t position)
{
	struct segment *s = d->s;
	uint32_t number = s->view.template[position];
	const struct template *t = &s->templates[number];
	const struct slot *slots = s->slots + t->slot;
	struct value *values = s->view.values + s->view.first[position];
	struct active *end = d->active + d->end[number];
	int result = 0;

	for (struct active *a = d->active + d->first[number]; a < end && result == 0; a++) {
		unsigned form = slots[a->slot].form;
		uint64_t unkept;

		result = a->is_kept ? decode_time(d, form, *a->code++,
					      time_base(slots[t->time - 1].form,
						      (int64_t)values[t->time - 1].number, form),
					      &values[a->slot].number) :
				      decode_time(d, form, *a->code++, 0, &unkept);
	}
	return result;
}

/* The first time of each row, in order of arrival. */
static int decode_first_times(struct decoder *d)
{
	struct segment *s = d->s;
	struct view *v = &s->view;
	int64_t last[TIMEFORM_FORMS] = { 0 };
	uint16_t *forms = zeroed(s->template_count, sizeof(*forms)); /* plus one; 0: has no time */

	for (uint32_t i = 0; i < v->used_count; i++) {
		const struct template *t = &s->templates[v->used[i]];

		if (t->time > 0)
			forms[v->used[i]] = (uint16_t)(s->slots[t->slot + t->time - 1].form + 1);
	}
	for (uint32_t i = 0; i < s->blocks[v->block].rows; i++) {
		uint32_t position = v->position[i], t = v->template[position];
		int64_t *of_form = &last[forms[t] ? forms[t] - 1 : 0];

		if (forms[t] == 0)
			continue;
		*of_form =
			(int64_t)((uint64_t)*of_form + (uint64_t)unzigzag(read_varint(&d->times)));
		if (!d->keep || d->keep[t] == KEEP_VALUES)
			v->values[v->first[position] + s->templates[t].time - 1].number =
				(uint64_t)*of_form;
	}
	free(forms);
	return d->times.is_bad ? block_bad(s, d->e, "the times") : 0;
}

static int load_stream(struct segment *s, enum section_kind kind, struct reader *ret, struct err *e)
{
	const struct section *section = section_find(s, s->view.block, kind, 0);
	struct bytes *memory = &s->view.memory[kind];
	/* a stream is asked for again for other families */
	int result = section && memory->len == 0 ? section_load(s, section, memory, e) : 0;

	*ret = reader_of(memory->at ? memory->at : (const uint8_t *)"", section ? memory->len : 0);
	return result;
}

int load_digits(struct segment *s, uint32_t block, struct err *e)
{
	const struct section *section = section_find(s, block, SECTION_DIGITS, 0);
	int result;

	if (s->digits.at && s->digits_block == block)
		return 0;
	bytes_more(&s->digits, 1);
	s->digits.len = 0;
	result = section ? section_load(s, section, &s->digits, e) : 0;
	if (result == 0 && section &&
		(s->digits.len == 0 || s->digits.len != digits_bytes(s->digits.at[0])))
		result = err_set(e, ERR_INPUT, "damaged segment: the digits of block %u", block);
	s->digits_block = result == 0 ? block : SECTION_NO_BLOCK;
	return result;
}

/* What decoding TYPE needs beside its codes. */
static enum section_kind prepare(struct decoder *d, enum slot_type type)
{
	d->types = 1u << type;
	d->kind = code_kind_of(type);
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

EACH_ROW int decode_with(struct decoder *d, int (*decode)(struct decoder *, uint32_t))
{
	const uint16_t *template = d->s->view.template;
	const uint8_t *is_active = d->is_active;
	uint32_t rows = d->s->blocks[d->s->view.block].rows;
	int result = 0;

	for (uint32_t i = 0; i < rows && result == 0; i++)
		if (is_active[template[i]])
			result = decode(d, i);
	return result;
}

static int decode_rows(struct decoder *d)
{
	switch (d->kind) {
	case CODES_TIME:
		return decode_with(d, decode_times);
	case CODES_NUMBER:
		return decode_with(d, decode_numbers);
	default:
		return decode_with(d, decode_entries);
	}
}

/* Room for all values, whatever they are, and every family to be decoded from its beginning. */
static void begin(struct decoder *d, uint32_t count)
{
	struct view *v = &d->s->view;

	for (uint32_t i = 0; i < count; i++) {
		const struct active *a = &d->active[i];
		struct column_view *c = &v->columns[a->family];

		if (a->is_kept)
			place_values(d->s, d->keep);
		if (a->type == SLOT_TIME)
			continue;
		c->taken = 0, c->last = 0;
		near_clear(a->near);
		/* many slots may be of one family */
		if (a->followers->has_last && a->followers->of)
			memset(a->followers->of, 0, FOLLOWERS * sizeof(*a->followers->of));
		a->followers->has_last = false;
	}
}

static int load_some(struct segment *s, enum slot_type type, const uint8_t *wanted,
	const struct marks *marks, struct err *e)
{
	struct decoder d = {
		.s = s, .e = e, .wanted = wanted, .marks = marks, .keep = marks ? marks->keep : NULL
	};
	enum section_kind kind = prepare(&d, type);
	struct reader codes;
	uint32_t count = 0;
	int result = load_stream(s, kind, &codes, e);

	if (result == 0)
		result = load_columns(s, e);
	if (result < 0)
		return result;
	d.codes = codes.at;
	d.codes_len = reader_left(&codes);
	d.is_active = zeroed(s->template_count, 1);
	d.first = malloc(2 * (size_t)s->template_count * sizeof(*d.first));
	d.active = malloc(((size_t)s->slot_count + 1) * sizeof(*d.active));
	if (d.active == NULL || d.first == NULL)
		abort();
	d.end = d.first + s->template_count;
	if (place_codes(&d, &count))
		begin(&d, count);
	else
		result = block_bad(s, e, "the codes");
	if (type == SLOT_TIME)
		place_values(s, d.keep);
	if (result == 0 && type == SLOT_TIME)
		result = load_stream(s, SECTION_TIMES, &d.times, e);
	if (result == 0 && type == SLOT_TIME)
		result = decode_first_times(&d);
	if (result == 0)
		result = decode_rows(&d);
	free(d.is_active);
	free(d.first);
	free(d.active);
	if (result < 0)
		s->view.has_layout = false; /* half taken: begin anew next time */
	return result;
}

int load_times(struct segment *s, const uint8_t *keep, struct err *e)
{
	const struct marks marks = { .keep = keep };
	int result = s->view.has_times ? 0 : load_order(s, e);

	if (s->view.has_times || result < 0)
		return result;
	result = load_some(s, SLOT_TIME, NULL, &marks, e);
	s->view.has_times = result == 0 && keep == NULL;
	return result;
}

/* Families some of whose values were only marked have to be loaded again by who needs them. */
static void note_marked(struct segment *s, const struct marks *marks)
{
	for (uint32_t f = 0; f < s->family_count; f++)
		if (marks->families[f])
			s->view.has_family[f] = VALUES_NONE;
}

void forget_some(struct segment *s)
{
	if (s->view.placed)
		s->view.is_placed = false;
	for (uint32_t f = 0; f < s->family_count; f++)
		if (s->view.has_family[f] == VALUES_SOME)
			s->view.has_family[f] = VALUES_NONE;
}

int load_families(
	struct segment *s, const uint8_t *wanted, const struct marks *marks, struct err *e)
{
	static const enum slot_type types[] = { SLOT_TEXT, SLOT_NUMBER, SLOT_IPV4 };
	struct view *v = &s->view;
	uint8_t level = marks && marks->keep ? VALUES_SOME : VALUES_ALL;
	unsigned asked = 0;
	int result = 0;

	if (v->has_families)
		return 0;
	for (uint32_t f = 0; f < s->family_count; f++)
		if ((!wanted || wanted[f]) && v->has_family[f] < level)
			asked |= 1u << s->family_type[f];
	if (asked & (1u << SLOT_HEX | 1u << SLOT_HEX_UPPER))
		asked |= 1u << SLOT_NUMBER;
	for (size_t i = 0; i < COUNT(types) && result == 0; i++)
		if (asked >> types[i] & 1)
			result = load_some(s, types[i], wanted, marks, e);
	for (uint32_t f = 0; f < s->family_count && result == 0; f++)
		if ((!wanted || wanted[f]) && v->has_family[f] < level)
			v->has_family[f] = level;
	v->has_families = result == 0 && wanted == NULL && level == VALUES_ALL;
	if (marks && marks->families)
		note_marked(s, marks);
	return result;
}

int load_all_values(struct segment *s, struct err *e)
{
	int result;

	if (s->blocks[s->view.block].is_text)
		return 0;
	place_values(s, NULL);
	result = load_families(s, NULL, NULL, e);
	if (result == 0)
		result = load_times(s, NULL, e);
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

#define AHEAD 8 /* rows: who asks for one mostly asks for the next ones too */

/* Rows that came one after the other lie far apart. */
static inline void fetch_ahead(const struct view *v, uint32_t row, uint32_t rows)
{
	if (row + 2 * AHEAD < rows) {
		uint32_t position = v->position[row + 2 * AHEAD];

		__builtin_prefetch(&v->template[position]);
		__builtin_prefetch(&v->first[position]);
	}
	if (row + AHEAD < rows) {
		uint32_t position = v->position[row + AHEAD];
		const char *values = (const char *)(v->values + v->first[position]);

		if (v->template[position] == TEMPLATE_RAW)
			return;
		__builtin_prefetch(values);
		__builtin_prefetch(values + 64);
	}
}

int row_text(struct segment *s, uint32_t row, struct err *e, struct str *ret_text)
{
	struct view *v = &s->view;

	if (!s->blocks[v->block].is_text) {
		fetch_ahead(v, row, s->blocks[v->block].rows);
		return position_text(s, v->position[row], e, ret_text);
	}
	*ret_text = v->raw[row];
	return 0;
}

/* Rows that came one after the other often have the same time. */
static uint8_t *put_time(struct segment *s, unsigned form, uint64_t value, uint8_t *to)
{
	struct time_text *t = &s->time;

	if (t->len == 0 || t->form != form || t->value != value) {
		t->form = form;
		t->value = value;
		t->len = timeform_write(form, (int64_t)value, t->text);
	}
	return put_bytes(to, t->text, t->len);
}

int position_text(struct segment *s, uint32_t position, struct err *e, struct str *ret_text)
{
	const struct view *v = &s->view;
	uint32_t number = v->template[position];
	const struct template *t = &s->templates[number];
	const uint32_t *piece, *text_from = s->text_from;
	const uint8_t *pieces = s->text.at, *fixed;
	const struct value *usual, *own;
	const struct slot *slots;
	size_t len = 0;

	if (number == TEMPLATE_RAW) {
		*ret_text = v->raw[v->first[position]];
		return 0;
	}
	/* what value_at() looks up for each slot, once */
	fixed = v->fixed ? v->fixed + v->fixed_from[number] : NULL;
	usual = s->usual + t->slot;
	own = v->values + v->first[position];
	slots = s->slots + t->slot;
	piece = s->piece_from + t->slot + number - 1;
	for (uint32_t k = 0;; k++) {
		size_t piece_len = piece[k + 1] - piece[k] - 1;
		const struct value *value;
		uint8_t *to;

		s->line.len = len;
		to = put_bytes(bytes_more(&s->line, piece_len + TIMEFORM_TEXT_MAX),
			pieces + piece[k], piece_len);
		len += piece_len;
		if (k == t->slots)
			break;
		value = fixed && fixed[k / 8] >> k % 8 & 1 ? &usual[k] : &own[k];
		if (slots[k].type == SLOT_TEXT) {
			const uint32_t *from = text_from + value->number;
			size_t text_len = from[1] - from[0] - 1;

			s->line.len = len;
			to = put_bytes(
				bytes_more(&s->line, text_len), s->texts.at + from[0], text_len);
		} else if (slots[k].type == SLOT_TIME) {
			to = put_time(s, slots[k].form, value->number, to);
		} else {
			to += slot_text(s, slots[k], *value, (char *)to).len;
		}
		len = (size_t)(to - s->line.at);
		if (len > LIMIT_SEGMENT_RECORD_BYTES)
			return block_bad(s, e, "a record");
	}
	*ret_text = (struct str){ (const char *)s->line.at, len };
	return 0;
}
