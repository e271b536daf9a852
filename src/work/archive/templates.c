#include "work/archive/read.h"

void tables_done(struct segment *s)
{
	for (uint32_t f = 0; s->followers && f < s->family_count; f++)
		free(s->followers[f].of);
	free(s->followers);
	free(s->near);
	free(s->text_from);
	free(s->slots);
	free(s->piece_from);
	free(s->templates);
	free(s->codes);
	free(s->slots_of);
	free(s->usual);
	free(s->has_usual);
	free(s->family_from);
	free(s->family_template);
	s->followers = NULL;
	s->near = NULL;
	s->text_from = NULL;
	s->slots = NULL;
	s->piece_from = NULL;
	s->templates = NULL;
	s->codes = NULL;
	s->slots_of = NULL;
	s->usual = NULL;
	s->has_usual = NULL;
	s->family_from = NULL;
	s->family_template = NULL;
	s->slot_count = s->family_count = 0;
}

#ifdef __SSE2__
#include <emmintrin.h>

/* Of sixteen bytes those that are 0, as bits. */
static inline unsigned nuls_of(const uint8_t *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
}
#else
static inline unsigned nuls_of(const uint8_t *at)
{
	unsigned nuls = 0;

	for (unsigned i = 0; i < 16; i++)
		nuls |= (unsigned)(at[i] == 0) << i;
	return nuls;
}
#endif

/* Where each text begins that a NUL ends, up to MOST of them, and at last where the next one would.
 * Most are short: to look for the end of each would cost more than to look at all bytes at once.
 * False when there are more or fewer. */
static bool find_starts(const struct bytes *of, uint32_t most, uint32_t *from)
{
	uint32_t count = 0;
	size_t i = 0;

	from[0] = 0;
	for (; i + 16 <= of->len; i += 16) {
		for (unsigned nuls = nuls_of(of->at + i); nuls; nuls &= nuls - 1) {
			if (count == most)
				return false;
			from[++count] = (uint32_t)(i + (unsigned)__builtin_ctz(nuls) + 1);
		}
	}
	for (; i < of->len; i++) {
		if (of->at[i] != 0)
			continue;
		if (count == most)
			return false;
		from[++count] = (uint32_t)i + 1;
	}
	return count == most && from[count] == of->len;
}

static int load_texts(struct segment *s, struct err *e)
{
	const struct bytes *texts = &s->texts;
	uint32_t count = 0;

	for (size_t k = 0; k < texts->len; k++)
		count += texts->at[k] == 0;
	if (count > LIMIT_SEGMENT_TEXTS)
		return segment_bad(e, "its dictionary");
	s->text_count = count;
	s->text_from = unset((size_t)count + 1, sizeof(*s->text_from));
	return find_starts(texts, count, s->text_from) ? 0 : segment_bad(e, "its dictionary");
}

/* Families are met anew seldom: of the others nothing is written that might be anything of S, which
 * would be read anew for each slot. */
static inline __attribute__((always_inline)) bool read_slot(
	struct segment *s, struct reader *r, struct slot *slot)
{
	uint8_t type = read_u8(r), known;
	uint64_t family;

	if (type == SLOT_TIME) {
		*slot = (struct slot){ .type = type, .form = read_u8(r) };
		return timeform_is_known(slot->form);
	}
	family = read_varint(r);
	if (family >= LIMIT_SEGMENT_FAMILIES || type == 0 || type > SLOT_TIME)
		return false;
	*slot = (struct slot){ .type = type, .family = (uint16_t)family };
	known = s->family_type[family];
	if (known == 0) {
		s->family_type[family] = type;
		if (family >= s->family_count)
			s->family_count = (uint32_t)family + 1;
	}
	/* a family is of one type: its column may be read by one reader alone */
	return known == 0 || known == type;
}

/* One template: the next slots of R. */
static bool read_template(struct segment *s, struct reader *from, struct template *t)
{
	static const uint8_t kinds[] = { [SLOT_TEXT] = CODES_TEXT,
		[SLOT_NUMBER] = CODES_NUMBER,
		[SLOT_HEX] = CODES_NUMBER,
		[SLOT_HEX_UPPER] = CODES_NUMBER,
		[SLOT_IPV4] = CODES_ADDRESS,
		[SLOT_TIME] = CODES_TIME };
	struct reader r = *from;
	uint64_t slots = read_varint(&r);
	uint64_t codes = 0; /* sixteen bits of each kind: in a register */
	struct slot *slot = s->slots + s->slot_count;
	uint32_t time = 0;

	if (slots > LIMIT_SEGMENT_SLOTS || slots > reader_left(&r))
		return false;
	for (uint32_t k = 0; k < slots; k++, slot++) {
		if (!read_slot(s, &r, slot))
			return false;
		if (slot->type == SLOT_TIME && time == 0)
			time = k + 1;
		else
			codes += (uint64_t)1 << 16 * kinds[slot->type];
	}
	*t = (struct template){
		.slot = s->slot_count, .slots = (uint32_t)slots, .time = (uint16_t)time
	};
	s->slot_count += t->slots;
	for (unsigned kind = 0; kind < CODE_KINDS; kind++)
		s->codes[t - s->templates].of[kind] = (uint16_t)(codes >> 16 * kind);
	s->slots_of[t - s->templates] = (uint16_t)slots;
	*from = r;
	return !r.is_bad;
}

/* The text of each template: as many NULs as it has slots, and one more. */
static int load_pieces(struct segment *s, struct err *e)
{
	const struct bytes *text = &s->text;
	uint32_t count = s->slot_count + s->template_count - 1;

	s->piece_from = unset((size_t)count + 1, sizeof(*s->piece_from));
	if (!find_starts(text, count, s->piece_from))
		return segment_bad(e, "the text of its templates");
	for (uint32_t n = 1; n < s->template_count; n++) {
		struct template *t = &s->templates[n];
		const uint32_t *piece = s->piece_from + t->slot + n - 1;

		t->text = piece[0];
		t->text_len = piece[t->slots + 1] - piece[0];
	}
	return 0;
}

static int load_templates(struct segment *s, const struct bytes *slots, struct err *e)
{
	struct reader r = reader_of(slots->at, slots->len);
	size_t most =
		slots->len + 2 < LIMIT_SEGMENT_TEMPLATES ? slots->len + 2 : LIMIT_SEGMENT_TEMPLATES;

	/* a slot takes two bytes, a template one: no more of either can be there */
	s->slots = unset(slots->len + 1, sizeof(*s->slots));
	s->templates = unset(most, sizeof(*s->templates));
	s->codes = unset(most, sizeof(*s->codes));
	s->slots_of = unset(most, sizeof(*s->slots_of));
	s->templates[TEMPLATE_RAW] = (struct template){ 0 };
	s->codes[TEMPLATE_RAW] = (struct codes){ 0 };
	s->slots_of[TEMPLATE_RAW] = 0;
	memset(s->family_type, 0, sizeof(s->family_type));
	s->template_count = 1;
	while (reader_left(&r) > 0) {
		if (s->template_count == most)
			return segment_bad(e, "too many templates");
		if (!read_template(s, &r, &s->templates[s->template_count]))
			return segment_bad(e, "the slots of a template");
		s->template_count++;
	}
	return load_pieces(s, e);
}

static bool has_digits(unsigned type, const struct value *value)
{
	bool is_decimal = type == SLOT_NUMBER;

	return value->digits == 0 ||
		(value->digits <= (is_decimal ? NUMBER_DIGITS_MAX : HEX_DIGITS_MAX) &&
			value->digits >= (is_decimal ? decimal_digits(value->number) :
						       hex_digits(value->number)));
}

/* Slots that have a usual value: of texts and addresses, from the first on, and of numbers, from
 * the last down. */
struct usual {
	uint32_t *slots;
	uint32_t entries, numbers, room;
};

static void read_usual_entries(struct segment *s, const struct usual *of, struct reader *r)
{
	uint64_t last[SLOT_TYPES] = { 0 };

	for (uint32_t n = 0; n < of->entries; n++) {
		uint32_t slot = of->slots[n];
		unsigned type = s->slots[slot].type;

		last[type] += (uint64_t)unzigzag(read_varint(r));
		r->is_bad |= last[type] >= (type == SLOT_TEXT ? s->text_count : s->address_count);
		s->usual[slot] = (struct value){ .number = last[type] };
	}
}

static void read_usual_numbers(struct segment *s, const struct usual *of, struct reader *r)
{
	const uint32_t *slots = of->slots + of->room - 1;
	const uint8_t *digits;

	for (uint32_t n = 0; n < of->numbers; n++)
		s->usual[*(slots - n)] = (struct value){ .number = read_varint(r) };
	digits = read_bytes(r, of->numbers);
	for (uint32_t n = 0; n < of->numbers && digits; n++) {
		uint32_t slot = *(slots - n);

		s->usual[slot].digits = digits[n];
		r->is_bad |= !has_digits(s->slots[slot].type, &s->usual[slot]);
	}
}

/* Which slots they are; then their values. */
static void read_usual(struct segment *s, struct usual *of, struct reader *r)
{
	uint64_t next = 0, count = read_varint(r);

	for (; count > 0 && !r->is_bad; count--, next++) {
		uint64_t step = read_varint(r);
		unsigned type;

		if (step >= s->slot_count - next) {
			r->is_bad = true;
			return;
		}
		next += step;
		type = s->slots[next].type;
		r->is_bad |= type == SLOT_TIME;
		s->has_usual[next / 8] |= (uint8_t)(1u << next % 8);
		if (type == SLOT_TEXT || type == SLOT_IPV4)
			of->slots[of->entries++] = (uint32_t)next;
		else
			of->slots[of->room - ++of->numbers] = (uint32_t)next;
	}
	if (!r->is_bad)
		read_usual_entries(s, of, r);
	if (!r->is_bad)
		read_usual_numbers(s, of, r);
}

/* The values that slots have in whole blocks. */
static int load_usual(struct segment *s, struct err *e)
{
	const struct section *section = section_find(s, SECTION_NO_BLOCK, SECTION_USUAL, 0);
	struct usual usual = { .room = s->slot_count };
	struct bytes content = { 0 };
	int result = section ? section_load(s, section, &content, e) : 0;
	struct reader r = reader_of(content.at, content.len);

	s->usual = unset(s->slot_count, sizeof(*s->usual));
	s->has_usual = zeroed(s->slot_count / 8 + 1, 1);
	if (section && result == 0) {
		usual.slots = unset(s->slot_count, sizeof(*usual.slots));
		read_usual(s, &usual, &r);
		if (r.is_bad || reader_left(&r) > 0)
			result = segment_bad(e, "the usual values of its slots");
	}
	free(usual.slots);
	bytes_done(&content);
	return result;
}

/* Which templates have slots of each family; and room to decode each. */
static void sort_families(struct segment *s)
{
	uint32_t *from = zeroed((size_t)s->family_count + 2, sizeof(*from));
	uint16_t *of;
	const struct slot *all = s->slots, *end = all + s->slot_count;

	for (const struct slot *slot = all; slot < end; slot++)
		from[slot->family + 2] += slot->type != SLOT_TIME;
	for (uint32_t f = 0; f < s->family_count; f++)
		from[f + 2] += from[f + 1];
	of = zeroed(s->slot_count, sizeof(*of));
	for (uint32_t t = 1; t < s->template_count; t++) {
		const struct slot *slots = all + s->templates[t].slot;
		uint32_t count = s->templates[t].slots;

		for (uint32_t k = 0; k < count; k++)
			if (slots[k].type != SLOT_TIME)
				of[from[slots[k].family + 1]++] = (uint16_t)t;
	}
	s->family_template = of;
	s->family_from = from;
	s->near = zeroed(s->family_count, sizeof(*s->near));
	s->followers = zeroed(s->family_count, sizeof(*s->followers));
}

static int load_table(struct segment *s, enum section_kind kind, struct bytes *to, struct err *e)
{
	const struct section *section = section_find(s, SECTION_NO_BLOCK, kind, 0);

	return section ? section_load(s, section, to, e) : segment_bad(e, "a table is missing");
}

int load_tables(struct segment *s, struct err *e)
{
	struct bytes slots = { 0 };
	int result;

	if (s->has_tables)
		return 0;
	tables_done(s);
	result = load_table(s, SECTION_DICTIONARY, &s->texts, e);
	if (result == 0)
		result = load_table(s, SECTION_ADDRESSES, &s->addresses, e);
	if (result == 0)
		result = load_table(s, SECTION_TEMPLATES, &s->text, e);
	if (result == 0)
		result = load_table(s, SECTION_SLOTS, &slots, e);
	s->address_count = (uint32_t)(s->addresses.len / 4);
	if (result == 0)
		result = load_texts(s, e);
	if (result == 0)
		result = load_templates(s, &slots, e);
	if (result == 0)
		result = load_usual(s, e);
	if (result == 0)
		sort_families(s);
	bytes_done(&slots);
	s->has_tables = result == 0;
	return result;
}
