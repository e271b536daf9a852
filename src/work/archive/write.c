#define XXH_INLINE_ALL
#include <xxhash.h>
#include <lzma.h>
#include <zstd.h>

#include "work/archive/match.h"
#include "work/archive/write.h"

#define BLOCK_BYTES_DEFAULT (8 * MIB)
#define LEVEL_META 1 /* a sender seldom changes: nothing to try hard for */
#define LEVEL_CODES 3
#define LEVEL_COLUMNS 5
#define LEVEL_TEXT 9
#define LEVEL_SMALL 19
#define COLUMN_OWN_BYTES 2048 /* smaller columns share one section */
#define SAMPLE_BYTES (256 * KIB)

struct segment_writer *segment_writer_new(
	const struct segment_options *options, segment_sink *sink, void *context)
{
	struct segment_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		abort();
	if (options)
		w->options = *options;
	if (w->options.block_bytes == 0)
		w->options.block_bytes = BLOCK_BYTES_DEFAULT;
	if (w->options.block_bytes > LIMIT_SEGMENT_BLOCK_BYTES)
		w->options.block_bytes = LIMIT_SEGMENT_BLOCK_BYTES;
	w->sink = sink;
	w->context = context;
	lines_init(&w->lines);
	w->families = calloc(LIMIT_SEGMENT_FAMILIES, sizeof(*w->families));
	w->zstd = ZSTD_createCCtx();
	if (w->families == NULL || w->zstd == NULL)
		abort();
	bytes_add(&w->pending, SEGMENT_MAGIC, 8);
	bytes_u64(&w->pending, SEGMENT_VERSION);
	w->offset = SEGMENT_HEADER_BYTES;
	return w;
}

struct segment_writer *segment_writer_free(struct segment_writer *w)
{
	if (w == NULL)
		return NULL;
	lines_done(&w->lines);
	for (int i = 0; i < META_COLUMNS; i++)
		bytes_done(&w->meta[i]);
	for (unsigned i = 0; i < LIMIT_SEGMENT_FAMILIES; i++)
		bytes_done(&w->families[i].fresh);
	table_done(&w->groups);
	coded_done(&w->coded);
	bytes_done(&w->raw);
	bytes_done(&w->rows);
	bytes_done(&w->values);
	bytes_done(&w->received);
	bytes_done(&w->text_number);
	bytes_done(&w->address_number);
	bytes_done(&w->text_order);
	bytes_done(&w->address_order);
	bytes_done(&w->used_families);
	bytes_done(&w->blocks);
	bytes_done(&w->sections);
	bytes_done(&w->pending);
	free(w->families);
	uses_done(&w->text_uses);
	uses_done(&w->address_uses);
	bytes_done(&w->template_blocks);
	bytes_done(&w->redacted);
	bytes_done(&w->usual);
	bytes_done(&w->new_usual);
	grams_done(&w->grams);
	ZSTD_freeCCtx(w->zstd);
	free(w);
	return NULL;
}

/* LZMA1 without a container: its settings are fixed by the format. 0 when it does not fit. */
static size_t pack_lzma(const void *content, size_t len, uint8_t *to, size_t room)
{
	lzma_options_lzma options;
	lzma_filter filters[2] = { { .id = LZMA_FILTER_LZMA1, .options = &options },
		{ .id = LZMA_VLI_UNKNOWN } };
	size_t used = 0;

	if (lzma_lzma_preset(&options, 6))
		return 0;
	options.dict_size = SEGMENT_LZMA_WINDOW;
	options.lc = SEGMENT_LZMA_LC;
	options.lp = SEGMENT_LZMA_LP;
	options.pb = SEGMENT_LZMA_PB;
	return lzma_raw_buffer_encode(filters, NULL, content, len, to, &used, room) == LZMA_OK ?
		used :
		0;
}

/* How hard to try: small sections cost little. */
static int level_for(const struct segment_writer *w, enum section_kind kind, size_t len)
{
	if (w->options.is_small)
		return LEVEL_SMALL;
	switch (kind) {
	case SECTION_META:
	case SECTION_RECEIVED:
	case SECTION_DIGITS: /* bits without order */
		return LEVEL_META;
	case SECTION_GROUPS: /* ranks are found in short steps: searching deeper finds less */
	case SECTION_TEXT_CODES:
	case SECTION_NUMBER_CODES:
		return LEVEL_CODES;
	case SECTION_TEXT:
		return LEVEL_TEXT;
	default:
		return LEVEL_COLUMNS;
	}
}

void writer_section(struct segment_writer *w, enum section_kind kind, unsigned family,
	const void *content, size_t len)
{
	struct section s = { .kind = (uint8_t)kind,
		.family = (uint16_t)family,
		.codec = CODEC_ZSTD,
		.block = kind < SECTION_META ? SECTION_NO_BLOCK : w->sizes.blocks,
		.raw_len = (uint32_t)len,
		.offset = w->offset };
	size_t room = ZSTD_compressBound(len), packed;
	uint8_t *to = bytes_more(&w->pending, 2 * room);

	packed = ZSTD_compressCCtx(w->zstd, to, room, content, len, level_for(w, kind, len));
	if (ZSTD_isError(packed))
		abort();
	/* what zstd finds nothing in is noise, on which LZMA would spend seconds a megabyte */
	if (w->options.is_small && packed > 64 && packed < len) {
		size_t lzma = pack_lzma(content, len, to + room, packed - 1);

		if (lzma > 0) {
			memmove(to, to + room, lzma);
			packed = lzma;
			s.codec = CODEC_LZMA;
		}
	}
	if (packed >= len) {
		if (len > 0)
			memcpy(to, content, len);
		packed = len;
		s.codec = CODEC_NONE;
	}
	s.stored_len = (uint32_t)packed;
	s.hash = XXH3_64bits(to, packed);
	w->pending.len += packed;
	w->offset += packed;
	bytes_add(&w->sections, &s, sizeof(s));
}

static void put_meta(struct segment_writer *w, const struct leaf *r)
{
	struct meta_state *m = &w->meta_state;
	size_t slot = r->source % META_SENDERS;
	int64_t lag = (int64_t)((uint64_t)r->boot_ns - (uint64_t)r->received_ns);
	uint64_t packed = r->kind | (uint64_t)r->transport << 8 | (uint64_t)r->flags << 16;
	uint64_t expected = m->of[slot].sequence ? m->of[slot].sequence + 1 : 0;
	bool is_same_peer = memcmp(m->of[slot].peer, r->peer, sizeof(r->peer)) == 0;

	bytes_varint(&w->received,
		zigzag((int64_t)((uint64_t)r->received_ns - (uint64_t)m->received_ns)));
	bytes_varint(&w->meta[META_SENDER], r->source ^ m->source);
	bytes_varint(&w->meta[META_PACKED], packed ^ m->packed);
	bytes_varint(&w->meta[META_BOOT], zigzag((int64_t)((uint64_t)lag - (uint64_t)m->boot_lag)));
	bytes_varint(&w->meta[META_SEQUENCE], zigzag((int64_t)(r->sequence - expected)));
	bytes_u8(&w->meta[META_PEER], !is_same_peer);
	if (!is_same_peer)
		bytes_add(&w->meta[META_PEER], r->peer, sizeof(r->peer));
	m->received_ns = r->received_ns;
	m->boot_lag = lag;
	m->packed = packed;
	m->source = r->source;
	m->of[slot].sequence = r->sequence;
	memcpy(m->of[slot].peer, r->peer, sizeof(r->peer));
}

static void write_meta(struct segment_writer *w)
{
	struct bytes all = { 0 };

	for (int i = 0; i < META_COLUMNS; i++)
		bytes_add(&all, w->meta[i].at, w->meta[i].len);
	writer_section(w, SECTION_META, 0, all.at, all.len);
	writer_section(w, SECTION_RECEIVED, 0, w->received.at, w->received.len);
	bytes_done(&all);
}

/* Small columns together, large ones each in a section of its own. */
static void write_columns(struct segment_writer *w, struct coded *coded)
{
	struct column *columns = (struct column *)(void *)coded->columns.at;
	size_t count = coded->columns.len / sizeof(*columns);
	struct bytes shared = { 0 };
	unsigned last = 0;

	bytes_varint(&shared, count);
	for (size_t i = 0; i < count; i++) {
		struct column *c = &columns[i];

		c->is_own = (size_t)c->count * c->width >= COLUMN_OWN_BYTES;
		bytes_varint(&shared, c->family - last);
		bytes_varint(&shared, c->count);
		bytes_u8(&shared, (uint8_t)(c->width << 2 | c->is_own << 1 | c->is_delta));
		last = c->family;
	}
	for (size_t i = 0; i < count; i++)
		if (!columns[i].is_own)
			bytes_add(&shared, coded->values.at + columns[i].offset,
				(size_t)columns[i].count * columns[i].width);
	writer_section(w, SECTION_COLUMNS, 0, shared.at, shared.len);
	for (size_t i = 0; i < count; i++)
		if (columns[i].is_own)
			writer_section(w, SECTION_COLUMN, columns[i].family,
				coded->values.at + columns[i].offset,
				(size_t)columns[i].count * columns[i].width);
	bytes_done(&shared);
}

static void write_coded(struct segment_writer *w, struct coded *coded)
{
	/* which slots have no codes is told before the codes */
	if (coded->of[SECTION_FIXED].len > 0)
		writer_section(w, SECTION_FIXED, 0, coded->of[SECTION_FIXED].at,
			coded->of[SECTION_FIXED].len);
	if (coded->of[SECTION_DIGITS].len > 0)
		writer_section(w, SECTION_DIGITS, 0, coded->of[SECTION_DIGITS].at,
			coded->of[SECTION_DIGITS].len);
	for (int kind = SECTION_GROUPS; kind <= SECTION_RAW; kind++) {
		if (kind == SECTION_COLUMNS)
			write_columns(w, coded);
		else if (coded->of[kind].len > 0)
			writer_section(w, kind, 0, coded->of[kind].at, coded->of[kind].len);
	}
}

/* A first guess at what plain zstd would make of the block: from pieces of it. */
static uint64_t guess_text(struct segment_writer *w)
{
	size_t sample = w->raw.len / 8 > SAMPLE_BYTES ? w->raw.len / 8 : SAMPLE_BYTES;
	size_t from = w->raw.len / 2, room, packed;
	uint8_t *to;

	if (sample > w->raw.len) {
		sample = w->raw.len;
		from = 0;
	} else if (from + sample > w->raw.len) {
		from = w->raw.len - sample;
	}
	room = ZSTD_compressBound(sample);
	to = bytes_more(&w->pending, room);
	packed = ZSTD_compressCCtx(w->zstd, to, room, w->raw.at + from, sample, 3);
	return ZSTD_isError(packed) || sample == 0 ? UINT64_MAX : packed * w->raw.len / sample;
}

/* What was written since the marks is forgotten. */
struct marks {
	size_t pending, sections, texts, addresses;
	uint64_t offset;
};

static void forget_entries(struct bytes *order, size_t len, struct bytes *number)
{
	const uint32_t *entries = (const uint32_t *)(const void *)order->at;

	for (size_t i = len / sizeof(*entries); i < order->len / sizeof(*entries); i++)
		((uint32_t *)(void *)number->at)[entries[i]] = 0;
	order->len = len;
}

static void forget_usual(struct segment_writer *w)
{
	struct value *usual = (struct value *)(void *)w->usual.at;

	for (size_t i = 0; i < w->new_usual.len / sizeof(uint32_t); i++)
		usual[((uint32_t *)(void *)w->new_usual.at)[i]].digits = NOT_USUAL;
}

/* Lines cost a line break each; where a record holds one, their lengths are told. */
static void write_text(struct segment_writer *w)
{
	const struct row *rows = (const struct row *)(const void *)w->rows.at;
	bool has_breaks = w->raw.len > 0 && memchr(w->raw.at, '\n', w->raw.len) != NULL;
	struct bytes text = { 0 }, lengths = { 0 };
	size_t at = 0;

	for (uint32_t i = 0; i < w->block.rows; i++) {
		if (has_breaks) {
			bytes_varint(&lengths, rows[i].raw_len);
			continue;
		}
		bytes_add(&text, w->raw.at + at, rows[i].raw_len);
		bytes_u8(&text, '\n');
		at += rows[i].raw_len;
	}
	if (has_breaks) {
		writer_section(w, SECTION_LENGTHS, 0, lengths.at, lengths.len);
		writer_section(w, SECTION_TEXT, 0, w->raw.at, w->raw.len);
	} else {
		writer_section(w, SECTION_TEXT, 0, text.at, text.len);
	}
	bytes_done(&text);
	bytes_done(&lengths);
}

static void note_letters(struct segment_writer *w, struct str text, struct bytes *folded)
{
	folded->len = 0;
	fold_into(folded, text, FOLD_MARKS);
	grams_add(&w->grams, (struct str){ (const char *)folded->at, folded->len });
}

/* For who searches: the templates of the block, and the letters of rows without one. */
static void note_rows(struct segment_writer *w)
{
	const struct row *rows = (const struct row *)(const void *)w->rows.at;
	size_t room = lines_templates(&w->lines) * sizeof(uint32_t), at = 0;
	struct bytes folded = { 0 };
	uint32_t *blocks;

	if (w->template_blocks.len < room) {
		size_t more = room - w->template_blocks.len;

		memset(bytes_more(&w->template_blocks, more), 0, more);
		w->template_blocks.len = room;
	}
	blocks = (uint32_t *)(void *)w->template_blocks.at;
	for (uint32_t i = 0; i < w->block.rows; i++) {
		struct str raw = { (const char *)w->raw.at + at, rows[i].raw_len };

		blocks[rows[i].template] |= uses_bit(w->sizes.blocks);
		at += raw.len;
		if (rows[i].template != TEMPLATE_RAW)
			continue;
		if (raw.len <= LIMIT_SEGMENT_LINE_BYTES)
			note_letters(w, raw, &folded);
		else
			w->has_unknown = true;
	}
	bytes_done(&folded);
}

/* Columns do well on logs. Where plain zstd may do better, both are made and the smaller kept. */
static void write_rows(struct segment_writer *w)
{
	struct marks m = { w->pending.len, w->sections.len, w->text_order.len, w->address_order.len,
		w->offset };
	uint64_t columns_bytes;
	struct bytes kept = { 0 }, kept_sections = { 0 };

	code_block(w, &w->coded);
	write_coded(w, &w->coded);
	columns_bytes = w->offset - m.offset;
	if (guess_text(w) / 5 * 3 >= columns_bytes) {
		note_rows(w);
		return;
	}
	bytes_add(&kept, w->pending.at + m.pending, w->pending.len - m.pending);
	bytes_add(&kept_sections, w->sections.at + m.sections, w->sections.len - m.sections);
	w->pending.len = m.pending;
	w->sections.len = m.sections;
	w->offset = m.offset;
	write_text(w);
	if (w->offset - m.offset < columns_bytes) {
		w->block.is_text = w->has_unknown = true;
		w->sizes.text_blocks++;
		forget_entries(&w->text_order, m.texts, &w->text_number);
		forget_entries(&w->address_order, m.addresses, &w->address_number);
		forget_usual(w);
	} else {
		w->pending.len = m.pending;
		w->sections.len = m.sections;
		w->offset = m.offset + columns_bytes;
		bytes_add(&w->pending, kept.at, kept.len);
		bytes_add(&w->sections, kept_sections.at, kept_sections.len);
		note_rows(w);
	}
	bytes_done(&kept);
	bytes_done(&kept_sections);
}

static uint64_t hash_rows(const struct segment_writer *w)
{
	const struct row *rows = (const struct row *)(const void *)w->rows.at;
	struct bytes lengths = { 0 };
	uint64_t seed;

	for (uint32_t i = 0; i < w->block.rows; i++)
		bytes_varint(&lengths, rows[i].raw_len);
	seed = XXH3_64bits(lengths.at, lengths.len);
	bytes_done(&lengths);
	return XXH3_64bits_withSeed(w->raw.at, w->raw.len, seed);
}

static int flush(struct segment_writer *w, struct err *e)
{
	int result = 0;

	if (w->pending.len > 0)
		result = w->sink(w->context, w->pending.at, w->pending.len, e);
	w->pending.len = 0;
	if (result < 0)
		w->is_broken = true;
	return result < 0 ? result : 0;
}

static int end_block(struct segment_writer *w, struct err *e)
{
	uint64_t before = w->offset;

	if (w->block.rows == 0)
		return 0;
	w->block.raw_bytes = w->raw.len;
	w->block.hash = hash_rows(w);
	writer_cut(w);
	write_meta(w);
	w->sizes.meta_bytes += w->offset - before;
	write_rows(w);
	bytes_add(&w->blocks, &w->block, sizeof(w->block));
	w->sizes.blocks++;
	w->block = (struct block_entry){ 0 };
	memset(&w->meta_state, 0, sizeof(w->meta_state));
	for (int i = 0; i < META_COLUMNS; i++)
		w->meta[i].len = 0;
	w->received.len = w->raw.len = w->rows.len = w->values.len = 0;
	table_done(&w->groups);
	return flush(w, e);
}

static int refuse(struct segment_writer *w, const struct leaf *r, struct err *e)
{
	if (w->is_broken)
		return err_set(e, ERR_CONFLICT, "this segment could not be written to its end");
	if (r->raw.len > LIMIT_SEGMENT_RECORD_BYTES)
		return err_set(e, ERR_LIMIT, "a record of %zu bytes; at most %u", r->raw.len,
			LIMIT_SEGMENT_RECORD_BYTES);
	if (w->sizes.blocks == LIMIT_SEGMENT_BLOCKS)
		return err_set(e, ERR_LIMIT, "the segment has %u blocks and is full",
			LIMIT_SEGMENT_BLOCKS);
	return 0;
}

int segment_add(struct segment_writer *w, const struct leaf *r, struct err *e)
{
	struct row row = { .raw_from = (uint32_t)w->raw.len,
		.raw_len = (uint32_t)r->raw.len,
		.source = r->source };
	int result = refuse(w, r, e);

	if (result < 0)
		return result;
	bytes_add(&w->rows, &row, sizeof(row));
	bytes_add(&w->raw, r->raw.ptr, r->raw.len);
	put_meta(w, r);
	if (w->block.rows == 0 || r->received_ns < w->block.first_ns)
		w->block.first_ns = r->received_ns;
	if (w->block.rows == 0 || r->received_ns > w->block.last_ns)
		w->block.last_ns = r->received_ns;
	w->block.has_old_files |= r->transport == LEAF_OLD_FILE;
	w->block.rows++;
	w->sizes.records++;
	w->sizes.raw_bytes += r->raw.len;
	if (w->raw.len >= w->options.block_bytes || w->block.rows == LIMIT_SEGMENT_BLOCK_ROWS)
		return end_block(w, e);
	return 0;
}

void segment_add_hash(struct segment_writer *w, const struct merkle_hash *leaf)
{
	uint64_t row = w->sizes.records - 1;

	bytes_varint(&w->redacted, row - w->last_redacted);
	bytes_add(&w->redacted, leaf->bytes, sizeof(leaf->bytes));
	w->last_redacted = row;
}

static void write_dictionaries(struct segment_writer *w)
{
	const uint32_t *order = (const uint32_t *)(const void *)w->text_order.at;
	size_t count = w->address_order.len / sizeof(*order);
	struct bytes texts = { 0 };

	for (size_t i = 0; i < w->text_order.len / sizeof(*order); i++) {
		struct str text = words_text(&w->lines.words, order[i]);

		bytes_add(&texts, text.ptr, text.len + 1);
	}
	writer_section(w, SECTION_DICTIONARY, 0, texts.at, texts.len);
	texts.len = 0;
	order = (const uint32_t *)(const void *)w->address_order.at;
	for (int shift = 24; shift >= 0; shift -= 8)
		for (size_t i = 0; i < count; i++)
			bytes_u8(&texts,
				(uint8_t)(words_address(&w->lines.words, order[i]) >> shift));
	writer_section(w, SECTION_ADDRESSES, 0, texts.at, texts.len);
	bytes_done(&texts);
}

static void write_templates(struct segment_writer *w)
{
	const struct lines *l = &w->lines;
	struct bytes slots = { 0 };

	for (uint32_t t = 1; t < lines_templates(l); t++) {
		const struct template *template = lines_template(l, t);
		const struct slot *slot = lines_slots(l, template);

		bytes_varint(&slots, template->slots);
		for (uint32_t k = 0; k < template->slots; k++) {
			bytes_u8(&slots, slot[k].type);
			if (slot[k].type == SLOT_TIME)
				bytes_u8(&slots, slot[k].form);
			else
				bytes_varint(&slots, slot[k].family);
		}
	}
	writer_section(w, SECTION_TEMPLATES, 0, l->text.at, l->text.len);
	writer_section(w, SECTION_SLOTS, 0, slots.at, slots.len);
	bytes_done(&slots);
}

/* How many slots have a usual value, and which, as steps; then the entries as
 * differences, the numbers, and the digits of these. */
static void write_usual(struct segment_writer *w)
{
	const struct slot *slots = (const struct slot *)(const void *)w->lines.slots.at;
	const struct value *usual = (const struct value *)(const void *)w->usual.at;
	struct bytes steps = { 0 }, entries = { 0 }, numbers = { 0 }, digits = { 0 }, all = { 0 };
	uint32_t last[SLOT_TYPES] = { 0 };
	size_t next = 0, count = w->usual.len / sizeof(*usual), known = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned type = slots[i].type;
		uint32_t entry;

		if (usual[i].digits == NOT_USUAL)
			continue;
		known++;
		bytes_varint(&steps, i - next);
		next = i + 1;
		if (type != SLOT_TEXT && type != SLOT_IPV4) {
			bytes_varint(&numbers, usual[i].number);
			bytes_u8(&digits, usual[i].digits);
			continue;
		}
		entry = ((const uint32_t *)(const void *)(type == SLOT_TEXT ?
					w->text_number.at :
					w->address_number.at))[usual[i].number] -
			1;
		bytes_varint(&entries, zigzag((int64_t)entry - last[type]));
		last[type] = entry;
	}
	bytes_varint(&all, known);
	bytes_add(&all, steps.at, steps.len);
	bytes_add(&all, entries.at, entries.len);
	bytes_add(&all, numbers.at, numbers.len);
	bytes_add(&all, digits.at, digits.len);
	if (known > 0)
		writer_section(w, SECTION_USUAL, 0, all.at, all.len);
	bytes_done(&all);
	bytes_done(&steps);
	bytes_done(&entries);
	bytes_done(&numbers);
	bytes_done(&digits);
}

/* The letters of static text or of a text; before it may stand the t of a tab. */
static void note_part(struct segment_writer *w, struct str text, struct bytes *folded)
{
	struct bytes behind = { 0 };

	if (w->lines.words.has_tabs) {
		bytes_u8(&behind, 't');
		bytes_add(&behind, text.ptr, text.len);
		text = (struct str){ (const char *)behind.at, behind.len };
	}
	note_letters(w, text, folded);
	bytes_done(&behind);
}

/* What a search looks at first: where templates, texts and addresses stand; letters last of all. */
static void write_index(struct segment_writer *w)
{
	const struct lines *l = &w->lines;
	const char *at = (const char *)l->text.at, *end = at + l->text.len;
	struct bytes content = { 0 };

	for (size_t i = 0; i < w->template_blocks.len / sizeof(uint32_t); i++)
		bytes_varint(&content, ((uint32_t *)(void *)w->template_blocks.at)[i]);
	writer_section(w, SECTION_TEMPLATE_USES, 0, content.at, content.len);
	content.len = 0;
	uses_write(&w->text_uses, &w->text_order, &content);
	if (!w->text_uses.is_full)
		writer_section(w, SECTION_TEXT_USES, 0, content.at, content.len);
	content.len = 0;
	uses_write(&w->address_uses, &w->address_order, &content);
	if (!w->address_uses.is_full)
		writer_section(w, SECTION_ADDRESS_USES, 0, content.at, content.len);
	for (size_t len; at < end; at += len + 1) {
		len = strlen(at);
		note_part(w, (struct str){ at, len }, &content);
	}
	for (size_t i = 0; i < w->text_order.len / sizeof(uint32_t); i++)
		note_part(w, words_text(&l->words, ((uint32_t *)(void *)w->text_order.at)[i]),
			&content);
	content.len = 0;
	grams_write(&w->grams, &content);
	if (!w->has_unknown)
		writer_section(w, SECTION_GRAMS, 0, content.at, content.len);
	if (w->redacted.len > 0)
		writer_section(w, SECTION_REDACTED, 0, w->redacted.at, w->redacted.len);
	bytes_done(&content);
}

static void put_block_entries(struct segment_writer *w, struct bytes *to)
{
	const struct block_entry *blocks = (const struct block_entry *)(const void *)w->blocks.at;
	struct block_entry last = { 0 };

	for (uint32_t i = 0; i < w->sizes.blocks; i++) {
		const struct block_entry *b = &blocks[i];

		bytes_varint(to, b->rows);
		bytes_varint(to, b->raw_bytes);
		bytes_u8(to, (uint8_t)(b->is_text | b->has_old_files << 1));
		bytes_varint(
			to, zigzag((int64_t)((uint64_t)b->first_ns - (uint64_t)last.first_ns)));
		bytes_varint(to, (uint64_t)b->last_ns - (uint64_t)b->first_ns);
		bytes_u64(to, b->hash);
		last = *b;
	}
}

static void put_directory(struct segment_writer *w, struct bytes *to)
{
	const struct section *s = (const struct section *)(const void *)w->sections.at;
	size_t count = w->sections.len / sizeof(*s);
	uint32_t block = 0;

	bytes_varint(to, w->sizes.blocks);
	bytes_varint(to, count);
	put_block_entries(w, to);
	for (size_t i = 0; i < count; i++) {
		bytes_u8(to, (uint8_t)(s[i].kind << 2 | s[i].codec));
		if (s[i].kind >= SECTION_META) {
			bytes_varint(to, s[i].block - block);
			block = s[i].block;
		}
		if (s[i].kind == SECTION_COLUMN)
			bytes_varint(to, s[i].family);
		bytes_varint(to, s[i].raw_len);
		if (s[i].codec != CODEC_NONE)
			bytes_varint(to, s[i].stored_len);
	}
	/* the hashes do not compress: keep them out of the way of what does */
	for (size_t i = 0; i < count; i++)
		bytes_u64(to, s[i].hash);
}

static void write_end(struct segment_writer *w)
{
	struct bytes directory = { 0 }, ends = { 0 };
	size_t room, packed;

	put_directory(w, &directory);
	room = ZSTD_compressBound(directory.len);
	packed = ZSTD_compressCCtx(w->zstd, bytes_more(&w->pending, room), room, directory.at,
		directory.len, LEVEL_SMALL);
	if (ZSTD_isError(packed))
		abort();
	bytes_add(&ends, SEGMENT_MAGIC, 8);
	bytes_u64(&ends, SEGMENT_VERSION);
	bytes_u64(&ends, w->offset);
	bytes_u64(&ends, packed | (uint64_t)directory.len << 32);
	bytes_u64(&ends, XXH3_64bits(w->pending.at + w->pending.len, packed));
	bytes_u64(&ends, w->sizes.records);
	bytes_u64(&ends, XXH3_64bits(ends.at, ends.len));
	bytes_add(&ends, SEGMENT_MAGIC_END, 8);
	w->pending.len += packed;
	bytes_add(&w->pending, ends.at + SEGMENT_HEADER_BYTES, SEGMENT_FOOTER_BYTES);
	w->offset += packed + SEGMENT_FOOTER_BYTES;
	bytes_done(&directory);
	bytes_done(&ends);
}

/* What only serves the gathering of blocks, half of all memory: it goes before the dictionaries,
 * which need room to be sorted, are written. */
static void drop_block(struct segment_writer *w)
{
	struct lines *l = &w->lines;

	coded_done(&w->coded);
	bytes_done(&w->raw);
	bytes_done(&w->rows);
	bytes_done(&w->values);
	bytes_done(&w->received);
	for (int i = 0; i < META_COLUMNS; i++)
		bytes_done(&w->meta[i]);
	table_done(&w->groups);
	table_done(&l->words.contexts);
	table_done(&l->words.follows);
	table_done(&l->families_by_hash);
	table_done(&l->words.texts_by_hash);
	table_done(&l->templates_by_hash);
	bytes_done(&l->words.branches);
	paths_done(&l->paths);
	/* templates that no block of columns uses */
	if (w->sizes.text_blocks == w->sizes.blocks) {
		l->text.len = 0;
		l->templates.len = sizeof(struct template);
		w->template_blocks.len = 0;
	}
}

int segment_finish(struct segment_writer *w, struct err *e, struct segment_sizes *ret_sizes)
{
	int result;

	if (w->is_broken)
		return err_set(e, ERR_CONFLICT, "this segment could not be written to its end");
	result = end_block(w, e);
	if (result < 0)
		return result;
	drop_block(w);
	write_dictionaries(w);
	write_templates(w);
	write_usual(w);
	write_index(w);
	write_end(w);
	result = flush(w, e);
	if (result < 0)
		return result;
	w->is_broken = true; /* nothing more may be added */
	w->sizes.stored_bytes = w->offset;
	w->sizes.templates = lines_templates(&w->lines) - 1;
	if (ret_sizes)
		*ret_sizes = w->sizes;
	return 0;
}
