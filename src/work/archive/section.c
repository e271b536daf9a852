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
