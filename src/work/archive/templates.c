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

/* The high bit of each byte that is 0. */
static inline uint64_t nuls_of(uint64_t word)
{
	uint64_t low = 0x7F7F7F7F7F7F7F7Fu;

	return ~(((word & low) + low) | word | low);
}

static int load_texts(struct segment *s, struct err *e)
{
	const uint8_t *at = s->texts.at;
	size_t len = s->texts.len, i = 0;
	uint32_t count = 0, *from;

	for (size_t k = 0; k < len; k++)
		count += at[k] == 0;
	if (count > LIMIT_SEGMENT_TEXTS || (len > 0 && at[len - 1] != 0))
		return segment_bad(e, "its dictionary");
	s->text_count = count;
	s->text_from = from = unset((size_t)count + 1, sizeof(*from));
	*from++ = 0;
	for (; i + 8 <= len; i += 8)
		for (uint64_t nul = nuls_of(u64_at(at + i)); nul; nul &= nul - 1)
			*from++ = (uint32_t)(i + (unsigned)__builtin_ctzll(nul) / 8 + 1);
	for (; i < len; i++)
		if (at[i] == 0)
			*from++ = (uint32_t)i + 1;
	return 0;
}

static bool read_slot(struct segment *s, struct reader *r, struct slot *slot)
{
	uint64_t family;

	*slot = (struct slot){ .type = read_u8(r) };
	if (slot->type == SLOT_TIME) {
		slot->form = read_u8(r);
		return timeform_is_known(slot->form);
	}
	family = read_varint(r);
	if (family >= LIMIT_SEGMENT_FAMILIES || slot->type == 0 || slot->type > SLOT_TIME)
		return false;
	/* a family is of one type: its column may be read by one reader alone */
	if (s->family_type[family] != 0 && s->family_type[family] != slot->type)
		return false;
	s->family_type[family] = slot->type;
	slot->family = (uint16_t)family;
	if (family >= s->family_count)
		s->family_count = (uint32_t)family + 1;
	return true;
}

/* Past the next NUL; NULL when there is none. Pieces are short: mostly it is among the first eight
 * bytes, and a call would cost more than it finds. */
static inline const uint8_t *skip_nul(const uint8_t *at, const uint8_t *end)
{
	uint64_t word, nul;

	if (end - at >= 8) {
		memcpy(&word, at, 8);
		nul = (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
		if (nul && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
			return at + __builtin_ctzll(nul) / 8 + 1;
	}
	at = at < end ? memchr(at, 0, (size_t)(end - at)) : NULL;
	return at ? at + 1 : NULL;
}

/* One template: the next slots of R, the next text with as many NULs and one more. */
static int read_template(struct segment *s, struct reader *r, struct template *t, struct err *e)
{
	uint64_t slots = read_varint(r);
	const uint8_t *end = s->text.at + s->text.len, *at = s->text.at + t->text;
	uint32_t *piece = s->piece_from + s->slot_count + s->template_count - 1;

	if (slots > LIMIT_SEGMENT_SLOTS || slots > reader_left(r))
		return segment_bad(e, "the slots of a template");
	t->slot = s->slot_count;
	t->slots = (uint32_t)slots;
	t->time = 0;
	s->codes[t - s->templates] = (struct codes){ 0 };
	s->slots_of[t - s->templates] = (uint16_t)slots;
	for (uint32_t k = 0; k < slots; k++) {
		struct slot *slot = &s->slots[s->slot_count++];

		if (!read_slot(s, r, slot))
			return segment_bad(e, "the slots of a template");
		if (slot->type == SLOT_TIME && t->time == 0)
			t->time = (uint16_t)(k + 1);
		else
			s->codes[t - s->templates].of[code_kind_of(slot->type)]++;
	}
	for (uint64_t k = 0; k <= slots; k++) {
		*piece++ = (uint32_t)(at - s->text.at);
		at = skip_nul(at, end);
		if (at == NULL)
			return segment_bad(e, "the text of a template");
	}
	t->text_len = (uint32_t)(at - (s->text.at + t->text));
	return r->is_bad ? segment_bad(e, "the slots of a template") : 0;
}

static int load_templates(struct segment *s, const struct bytes *slots, struct err *e)
{
	struct reader r = reader_of(slots->at, slots->len);
	size_t most =
		slots->len + 2 < LIMIT_SEGMENT_TEMPLATES ? slots->len + 2 : LIMIT_SEGMENT_TEMPLATES;
	uint32_t text = 0;

	/* a slot takes two bytes, a template one: no more of either can be there */
	s->slots = unset(slots->len + 1, sizeof(*s->slots));
	s->piece_from = unset(slots->len + most + 1, sizeof(*s->piece_from));
	s->templates = unset(most, sizeof(*s->templates));
	s->codes = unset(most, sizeof(*s->codes));
	s->slots_of = unset(most, sizeof(*s->slots_of));
	s->templates[TEMPLATE_RAW] = (struct template){ 0 };
	s->codes[TEMPLATE_RAW] = (struct codes){ 0 };
	s->slots_of[TEMPLATE_RAW] = 0;
	memset(s->family_type, 0, sizeof(s->family_type));
	s->template_count = 1;
	while (reader_left(&r) > 0) {
		struct template *t = &s->templates[s->template_count];
		int result;

		if (s->template_count == most)
			return segment_bad(e, "too many templates");
		t->text = text;
		result = read_template(s, &r, t, e);
		if (result < 0)
			return result;
		text += t->text_len;
		s->template_count++;
	}
	s->piece_from[s->slot_count + s->template_count - 1] = text;
	return text == s->text.len ? 0 : segment_bad(e, "the text of its templates");
}

static bool read_digits(struct reader *r, unsigned type, struct value *value)
{
	bool is_decimal = type == SLOT_NUMBER;

	value->digits = read_u8(r);
	return value->digits == 0 ||
		(value->digits <= (is_decimal ? NUMBER_DIGITS_MAX : HEX_DIGITS_MAX) &&
			value->digits >= (is_decimal ? decimal_digits(value->number) :
						       hex_digits(value->number)));
}

/* Three times over the slots that have a usual value, which are in LIST: for entries, for numbers,
 * for digits. */
static void read_usual(struct segment *s, const uint32_t *list, uint32_t count, struct reader *r)
{
	uint64_t last[SLOT_TYPES] = { 0 };

	for (int pass = 0; pass < 3; pass++) {
		for (uint32_t n = 0; n < count && !r->is_bad; n++) {
			unsigned type = s->slots[list[n]].type;
			bool is_text = type == SLOT_TEXT, is_entry = is_text || type == SLOT_IPV4;
			struct value *value = &s->usual[list[n]];

			if (is_entry != (pass == 0))
				continue;
			if (pass == 0) {
				last[type] += (uint64_t)unzigzag(read_varint(r));
				value->number = last[type];
				r->is_bad |= value->number >=
					(is_text ? s->text_count : s->address_count);
			} else if (pass == 1) {
				value->number = read_varint(r);
			} else {
				r->is_bad |= !read_digits(r, type, value);
			}
		}
	}
}

/* The values that slots have in whole blocks. */
static int load_usual(struct segment *s, struct err *e)
{
	const struct section *section = section_find(s, SECTION_NO_BLOCK, SECTION_USUAL, 0);
	struct bytes content = { 0 };
	int result = section ? section_load(s, section, &content, e) : 0;
	struct reader r = reader_of(content.at, content.len);
	uint64_t next = 0, count;
	uint32_t *list, known = 0;

	s->usual = unset(s->slot_count, sizeof(*s->usual));
	s->has_usual = zeroed(s->slot_count / 8 + 1, 1);
	list = unset(s->slot_count, sizeof(*list));
	if (section && result == 0) {
		count = read_varint(&r);
		for (; count > 0 && !r.is_bad; count--) {
			uint64_t step = read_varint(&r);

			r.is_bad |= step >= s->slot_count || next + step >= s->slot_count ||
				s->slots[next + step].type == SLOT_TIME;
			next += step + 1;
			if (r.is_bad)
				break;
			s->has_usual[(next - 1) / 8] |= (uint8_t)(1u << (next - 1) % 8);
			s->usual[next - 1] = (struct value){ 0 };
			list[known++] = (uint32_t)next - 1;
		}
		read_usual(s, list, known, &r);
		if (r.is_bad || reader_left(&r) > 0)
			result = segment_bad(e, "the usual values of its slots");
	}
	free(list);
	bytes_done(&content);
	return result;
}

/* Which templates have slots of each family; and room to decode each. */
static void sort_families(struct segment *s)
{
	uint32_t *from = zeroed((size_t)s->family_count + 2, sizeof(*from));

	for (uint32_t i = 0; i < s->slot_count; i++)
		from[s->slots[i].family + 2] += s->slots[i].type != SLOT_TIME;
	for (uint32_t f = 0; f < s->family_count; f++)
		from[f + 2] += from[f + 1];
	s->family_template = zeroed(s->slot_count, sizeof(*s->family_template));
	for (uint32_t t = 1; t < s->template_count; t++) {
		const struct slot *slots = s->slots + s->templates[t].slot;

		for (uint32_t k = 0; k < s->templates[t].slots; k++)
			if (slots[k].type != SLOT_TIME)
				s->family_template[from[slots[k].family + 1]++] = (uint16_t)t;
	}
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
