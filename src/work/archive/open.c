#define XXH_INLINE_ALL
#include <xxhash.h>
#include <lzma.h>
#include <zstd.h>

#include "work/archive/read.h"

static int unpack_lzma(const uint8_t *from, size_t len, struct bytes *to, size_t raw_len)
{
	lzma_options_lzma options = { .dict_size = SEGMENT_LZMA_WINDOW,
		.lc = SEGMENT_LZMA_LC,
		.lp = SEGMENT_LZMA_LP,
		.pb = SEGMENT_LZMA_PB };
	lzma_filter filters[2] = { { .id = LZMA_FILTER_LZMA1, .options = &options },
		{ .id = LZMA_VLI_UNKNOWN } };
	size_t in = 0, out = 0;
	/* LZMA_OK without an end mark; BUF_ERROR when the room is exactly filled */
	lzma_ret ret = lzma_raw_buffer_decode(filters, NULL, from, &in, len, to->at, &out, raw_len);

	return (ret == LZMA_OK || ret == LZMA_BUF_ERROR) && out == raw_len ? 0 : -1;
}

int segment_bytes(
	struct segment *s, uint64_t offset, size_t len, struct err *e, const uint8_t **ret_bytes)
{
	ssize_t got;

	if (s->file == NULL) {
		*ret_bytes = (const uint8_t *)s->bytes.ptr + offset;
		return 0;
	}
	s->packed.len = 0;
	*ret_bytes = bytes_more(&s->packed, len + 1);
	got = vfile_read_at(s->file, offset, s->packed.at, len, e);
	if (got < 0)
		return (int)got;
	return (size_t)got == len ? 0 : err_set(e, ERR_INPUT, "damaged segment: it was cut short");
}

int section_load(struct segment *s, const struct section *section, struct bytes *to, struct err *e)
{
	const uint8_t *from;
	bool is_good = true;
	int result = segment_bytes(s, section->offset, section->stored_len, e, &from);

	if (result < 0)
		return result;
	if (XXH3_64bits(from, section->stored_len) != section->hash)
		return err_set(e, ERR_INPUT, "damaged segment: checksum of section %u of block %d",
			section->kind, (int)section->block);
	to->len = 0;
	bytes_more(to, section->raw_len + 1);
	if (section->codec == CODEC_NONE)
		memcpy(to->at, from, section->raw_len);
	else if (section->codec == CODEC_ZSTD)
		is_good = ZSTD_decompressDCtx(s->zstd, to->at, section->raw_len, from,
				  section->stored_len) == section->raw_len;
	else
		is_good = unpack_lzma(from, section->stored_len, to, section->raw_len) == 0;
	if (!is_good)
		return err_set(e, ERR_INPUT,
			"damaged segment: section %u of block %d does not unpack", section->kind,
			(int)section->block);
	to->len = section->raw_len;
	return 0;
}

const struct section *section_find(
	const struct segment *s, uint32_t block, unsigned kind, unsigned family)
{
	uint32_t from = 0, end = s->section_count;

	if (block != SECTION_NO_BLOCK) {
		from = s->blocks[block].first_section;
		end = from + s->blocks[block].sections;
	}
	for (uint32_t i = from; i < end; i++) {
		const struct section *at = &s->sections[i];

		if (at->kind == kind && at->block == block && at->family == family)
			return at;
	}
	return NULL;
}

int segment_bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "damaged segment: %s", what);
}

static int read_blocks(struct segment *s, struct reader *r, struct err *e)
{
	struct block_entry last = { 0 };
	uint64_t rows = 0;

	for (uint32_t i = 0; i < s->block_count; i++) {
		struct block_entry *b = &s->blocks[i];
		uint64_t count = read_varint(r);
		uint8_t flags;

		b->first_row = rows;
		b->raw_bytes = read_varint(r);
		flags = read_u8(r);
		b->is_text = flags & 1;
		b->has_old_files = flags & 2;
		b->first_ns =
			(int64_t)((uint64_t)last.first_ns + (uint64_t)unzigzag(read_varint(r)));
		b->last_ns = (int64_t)((uint64_t)b->first_ns + read_varint(r));
		b->hash = read_u64(r);
		if (r->is_bad || flags > 3 || count == 0 || count > LIMIT_SEGMENT_BLOCK_ROWS ||
			b->raw_bytes > LIMIT_SEGMENT_BLOCK_BYTES + LIMIT_SEGMENT_RECORD_BYTES)
			return segment_bad(e, "its list of blocks");
		b->rows = (uint32_t)count;
		rows += count;
		last = *b;
	}
	return rows == s->records ? 0 : segment_bad(e, "its count of records");
}

/* Sections tile the bytes from the header to the directory, those of one block together. */
static int read_sections(struct segment *s, struct reader *r, uint64_t end, struct err *e)
{
	uint64_t offset = SEGMENT_HEADER_BYTES, block = 0;

	for (uint32_t i = 0; i < s->section_count; i++) {
		struct section *at = &s->sections[i];
		uint64_t raw_len, stored_len;
		uint8_t kind = read_u8(r);

		at->kind = kind >> 2;
		at->codec = kind & 3;
		at->block = SECTION_NO_BLOCK;
		if (at->kind >= SECTION_META) {
			block += read_varint(r);
			if (block >= s->block_count)
				return segment_bad(e, "its list of sections");
			at->block = (uint32_t)block;
			if (s->blocks[block].sections++ == 0)
				s->blocks[block].first_section = i;
			if (s->blocks[block].first_section + s->blocks[block].sections != i + 1)
				return segment_bad(e, "the order of its sections");
		}
		at->family = at->kind == SECTION_COLUMN ? (uint16_t)read_varint(r) : 0;
		raw_len = read_varint(r);
		stored_len = at->codec == CODEC_NONE ? raw_len : read_varint(r);
		if (r->is_bad || at->codec >= CODECS || raw_len > LIMIT_SEGMENT_SECTION_BYTES ||
			stored_len > raw_len || stored_len > end - offset)
			return segment_bad(e, "its list of sections");
		at->raw_len = (uint32_t)raw_len;
		at->stored_len = (uint32_t)stored_len;
		at->offset = offset;
		offset += stored_len;
	}
	for (uint32_t i = 0; i < s->section_count; i++)
		s->sections[i].hash = read_u64(r);
	return !r->is_bad && reader_left(r) == 0 && offset == end ?
		0 :
		segment_bad(e, "its sections are not as long as it is");
}

static int read_directory(
	struct segment *s, const struct bytes *directory, uint64_t end, struct err *e)
{
	struct reader r = reader_of(directory->at, directory->len);
	uint64_t blocks = read_varint(&r), sections = read_varint(&r);
	int result;

	/* an entry takes more than eight bytes: what a short directory names cannot be many */
	if (r.is_bad || blocks > LIMIT_SEGMENT_BLOCKS || sections > LIMIT_SEGMENT_SECTIONS ||
		blocks > directory->len / 8 || sections > directory->len / 8)
		return segment_bad(e, "its directory");
	s->block_count = (uint32_t)blocks;
	s->section_count = (uint32_t)sections;
	s->blocks = zeroed(blocks, sizeof(*s->blocks));
	s->sections = zeroed(sections, sizeof(*s->sections));
	result = read_blocks(s, &r, e);
	return result < 0 ? result : read_sections(s, &r, end, e);
}

/* Header and footer, one behind the other. */
struct ends {
	uint8_t head[SEGMENT_HEADER_BYTES];
	uint8_t foot[SEGMENT_FOOTER_BYTES];
};

static int read_ends(struct segment *s, struct ends *ends, struct err *e)
{
	uint64_t version;
	const uint8_t *at;
	int result;

	if (s->size < sizeof(*ends))
		return err_set(e, ERR_INPUT, "not a segment of the archive");
	result = segment_bytes(s, 0, SEGMENT_HEADER_BYTES, e, &at);
	if (result < 0)
		return result;
	memcpy(ends->head, at, SEGMENT_HEADER_BYTES);
	result = segment_bytes(s, s->size - SEGMENT_FOOTER_BYTES, SEGMENT_FOOTER_BYTES, e, &at);
	if (result < 0)
		return result;
	memcpy(ends->foot, at, SEGMENT_FOOTER_BYTES);
	if (memcmp(ends->head, SEGMENT_MAGIC, 8) != 0)
		return err_set(e, ERR_INPUT, "not a segment of the archive");
	if (memcmp(ends->foot + 40, SEGMENT_MAGIC_END, 8) != 0 ||
		XXH3_64bits(ends, SEGMENT_HEADER_BYTES + 32) != u64_at(ends->foot + 32))
		return segment_bad(e, "its first or last bytes, or it was cut short");
	version = u64_at(ends->head + 8);
	if (version < SEGMENT_VERSION_OLDEST || version > SEGMENT_VERSION)
		return err_set(e, ERR_INPUT,
			"a segment of version %llu; this program reads versions %u to %u",
			(unsigned long long)version, SEGMENT_VERSION_OLDEST, SEGMENT_VERSION);
	s->version = (uint32_t)version;
	s->records = u64_at(ends->foot + 24);
	return 0;
}

int segment_peek(struct vfile *file, struct err *e, uint64_t *ret_records)
{
	struct segment s = { .file = file, .size = file->size_bytes };
	struct ends ends;
	int result = read_ends(&s, &ends, e);

	if (result == 0)
		*ret_records = s.records;
	bytes_done(&s.packed);
	return result;
}

/* The ends, and the directory between sections and footer. */
static int read_frame(struct segment *s, struct err *e)
{
	struct section section = { .codec = CODEC_ZSTD, .block = SECTION_NO_BLOCK };
	struct bytes directory = { 0 };
	struct ends ends;
	uint64_t lengths;
	int result = read_ends(s, &ends, e);

	if (result < 0)
		return result;
	lengths = u64_at(ends.foot + 8);
	section.offset = u64_at(ends.foot);
	section.stored_len = (uint32_t)lengths;
	section.raw_len = (uint32_t)(lengths >> 32);
	section.hash = u64_at(ends.foot + 16);
	if (section.offset < SEGMENT_HEADER_BYTES ||
		section.offset > s->size - SEGMENT_FOOTER_BYTES ||
		section.raw_len > LIMIT_SEGMENT_DIRECTORY_BYTES ||
		section.stored_len != s->size - SEGMENT_FOOTER_BYTES - section.offset)
		return segment_bad(e, "the place of its directory");
	result = section_load(s, &section, &directory, e);
	if (result == 0)
		result = read_directory(s, &directory, section.offset, e);
	bytes_done(&directory);
	return result;
}

static int open_any(
	struct str bytes, struct vfile *file, struct err *e, struct segment **ret_segment)
{
	struct segment *s = zeroed(1, sizeof(*s));
	int result;

	s->bytes = bytes;
	s->file = file;
	s->size = file ? file->size_bytes : bytes.len;
	s->view.block = SECTION_NO_BLOCK;
	s->zstd = ZSTD_createDCtx();
	if (s->zstd == NULL)
		abort();
	result = read_frame(s, e);
	if (result < 0) {
		segment_close(s);
		return result;
	}
	*ret_segment = s;
	return 0;
}

int segment_open(struct str bytes, struct err *e, struct segment **ret_segment)
{
	return open_any(bytes, NULL, e, ret_segment);
}

int segment_open_file(struct vfile *file, struct err *e, struct segment **ret_segment)
{
	return open_any(STR_NONE, file, e, ret_segment);
}

static void drop_tables(struct segment *s)
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

struct segment *segment_close(struct segment *s)
{
	if (s == NULL)
		return NULL;
	view_done(&s->view);
	for (int i = 0; i < FOLDINGS; i++)
		folded_free(s->folded[i]);
	ZSTD_freeDCtx(s->zstd);
	bytes_done(&s->texts);
	bytes_done(&s->addresses);
	bytes_done(&s->text);
	bytes_done(&s->line);
	bytes_done(&s->packed);
	bytes_done(&s->redacted);
	bytes_done(&s->digits);
	drop_tables(s);
	free(s->template_blocks);
	use_list_done(&s->uses[SLOT_TEXT]);
	use_list_done(&s->uses[SLOT_IPV4]);
	free(s->blocks);
	free(s->sections);
	free(s);
	return NULL;
}

uint64_t segment_count(const struct segment *s)
{
	return s->records;
}

void segment_times(const struct segment *s, int64_t *ret_first_ns, int64_t *ret_last_ns)
{
	int64_t first = 0, last = 0;

	for (uint32_t i = 0; i < s->block_count; i++) {
		if (i == 0 || s->blocks[i].first_ns < first)
			first = s->blocks[i].first_ns;
		if (i == 0 || s->blocks[i].last_ns > last)
			last = s->blocks[i].last_ns;
	}
	*ret_first_ns = first;
	*ret_last_ns = last;
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
	drop_tables(s);
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
