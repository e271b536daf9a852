#define XXH_INLINE_ALL
#include <xxhash.h>

#include "work/archive/read.h"

static uint32_t block_of(const struct segment *s, uint64_t row)
{
	uint32_t low = 0, high = s->block_count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (s->blocks[middle].first_row <= row)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int segment_read(struct segment *s, uint64_t i, struct err *e, struct leaf *ret_record)
{
	struct str raw;
	uint32_t block, row;
	int result;

	if (i >= s->records)
		return err_set(e, ERR_ABSENT, "record %llu of %llu", (unsigned long long)i,
			(unsigned long long)s->records);
	block = block_of(s, i);
	row = (uint32_t)(i - s->blocks[block].first_row);
	result = load_block(s, block, e);
	if (result == 0)
		result = load_all_values(s, e);
	if (result == 0)
		result = load_meta(s, e);
	if (result == 0)
		result = row_text(s, row, e, &raw);
	if (result < 0)
		return result;
	*ret_record = s->view.meta[row];
	ret_record->raw = raw;
	return 0;
}

int segment_meta(struct segment *s, uint64_t i, struct err *e, struct leaf *ret_record)
{
	uint32_t block = i < s->records ? block_of(s, i) : 0;
	int result = i < s->records ?
		load_block(s, block, e) :
		err_set(e, ERR_ABSENT, "record %llu of %llu", (unsigned long long)i,
			(unsigned long long)s->records);

	if (result == 0)
		result = load_meta(s, e);
	if (result == 0)
		*ret_record = s->view.meta[i - s->blocks[block].first_row];
	return result;
}

static int load_redacted(struct segment *s, struct err *e)
{
	const struct section *section = section_find(s, SECTION_NO_BLOCK, SECTION_REDACTED, 0);
	struct bytes content = { 0 };
	struct redacted one = { 0 };
	int result = section ? section_load(s, section, &content, e) : 0;
	struct reader r = reader_of(content.at, content.len);

	while (result == 0 && reader_left(&r) > 0) {
		uint64_t step = read_varint(&r);
		const uint8_t *leaf = read_bytes(&r, sizeof(one.leaf.bytes));

		if (leaf == NULL || step > s->records || one.row + step >= s->records) {
			result = err_set(e, ERR_INPUT, "damaged segment: its redacted records");
			break;
		}
		one.row += step;
		memcpy(one.leaf.bytes, leaf, sizeof(one.leaf.bytes));
		bytes_add(&s->redacted, &one, sizeof(one));
	}
	bytes_done(&content);
	s->has_redacted = result == 0;
	if (result < 0)
		s->redacted.len = 0;
	return result;
}

int segment_redacted(struct segment *s, uint64_t i, struct err *e, struct merkle_hash *ret_leaf)
{
	int result = s->has_redacted ? 0 : load_redacted(s, e);
	const struct redacted *at = (const struct redacted *)(const void *)s->redacted.at;

	for (size_t n = 0; result == 0 && n < s->redacted.len / sizeof(*at); n++) {
		if (at[n].row != i)
			continue;
		*ret_leaf = at[n].leaf;
		return 1;
	}
	return result;
}

static int check_block(struct segment *s, uint32_t block, struct err *e)
{
	const struct block_entry *b = &s->blocks[block];
	struct bytes raw = { 0 }, lengths = { 0 };
	int result = load_block(s, block, e);

	if (result == 0)
		result = load_all_values(s, e);
	if (result == 0)
		result = load_meta(s, e);
	bytes_more(&raw, b->raw_bytes + 1);
	for (uint32_t i = 0; i < b->rows && result == 0; i++) {
		struct str text;

		result = row_text(s, i, e, &text);
		if (result == 0 && raw.len + text.len > b->raw_bytes)
			result = err_set(
				e, ERR_INPUT, "damaged segment: block %u is too long", block);
		if (result < 0)
			break;
		bytes_varint(&lengths, text.len);
		bytes_add(&raw, text.ptr, text.len);
	}
	if (result == 0 &&
		(raw.len != b->raw_bytes ||
			XXH3_64bits_withSeed(
				raw.at, raw.len, XXH3_64bits(lengths.at, lengths.len)) != b->hash))
		result = err_set(e, ERR_INPUT,
			"damaged segment: block %u does not give back its records", block);
	bytes_done(&raw);
	bytes_done(&lengths);
	return result;
}

int segment_check_sections(struct segment *s, struct err *e)
{
	int result = load_tables(s, e);

	for (uint32_t i = 0; i < s->section_count && result == 0; i++) {
		const struct section *section = &s->sections[i];
		const uint8_t *stored;

		result = segment_bytes(s, section->offset, section->stored_len, e, &stored);
		if (result == 0 && XXH3_64bits(stored, section->stored_len) != section->hash)
			result = err_set(e, ERR_INPUT,
				"damaged segment: checksum of section %u of block %d",
				section->kind, (int)section->block);
	}
	return result;
}

int segment_check(struct segment *s, struct err *e)
{
	int result = segment_check_sections(s, e);

	for (uint32_t i = 0; i < s->block_count && result == 0; i++)
		result = check_block(s, i, e);
	return result;
}
