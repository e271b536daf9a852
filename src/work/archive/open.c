#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include "work/archive/read.h"

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
	tables_done(s);
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
