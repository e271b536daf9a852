#include "work/archive/align.h"

/* A search under way. */
struct hunt {
	struct search a;
	const struct segment_query *query;
	uint64_t end;
	segment_hit *hit;
	void *context;
	uint64_t *found; /* rows of the block, as bits */
	int64_t count;
	bool is_stopped;
	struct err *e;
};

/* The types of slots that the conditions of the templates in this block ask for, as bits; and is
 * there any row to look at? */
static unsigned types_asked(const struct hunt *h, bool *ret_any)
{
	const struct segment *s = h->a.s;
	const struct condition *c = (const struct condition *)(const void *)h->a.conditions.at;
	unsigned types = 0;

	*ret_any = false;
	for (uint32_t t = 0; t < s->template_count; t++) {
		if (s->view.uses[t] == 0 || h->a.fit[t] == FIT_NEVER)
			continue;
		*ret_any = true;
		for (uint32_t i = 0; i < h->a.count[t]; i++)
			types |= 1u
				<< s->slots[s->templates[t].slot + c[h->a.first[t] + i].slot].type;
		if (h->a.fit[t] == FIT_UNKNOWN && t != TEMPLATE_RAW)
			types |= s->types[t];
	}
	return types;
}

static int test_row(struct hunt *h, uint32_t position, bool *ret_is_hit)
{
	struct segment *s = h->a.s;
	struct str text;
	int result;

	switch (h->a.fit[s->view.template[position]]) {
	case FIT_ALWAYS:
		*ret_is_hit = true;
		return 0;
	case FIT_IF:
		*ret_is_hit = align_meets(&h->a, position);
		return 0;
	case FIT_UNKNOWN:
		result = load_order(s, h->e);
		if (result == 0)
			result = row_text(s, s->view.row[position], h->e, &text);
		*ret_is_hit = result == 0 && align_in_text(&h->a, text);
		return result;
	default:
		*ret_is_hit = false;
		return 0;
	}
}

/* Rows of a block in columns, as bits in h->found; or only counted where that is all. */
static int hunt_columns(struct hunt *h, uint32_t block, bool is_whole)
{
	struct segment *s = h->a.s;
	uint32_t rows = s->blocks[block].rows;
	bool has_rows, is_counting = h->hit == NULL && is_whole;
	unsigned types = types_asked(h, &has_rows);
	int result = 0;

	if (!has_rows)
		return 0;
	for (unsigned type = 1; type < SLOT_TYPES && result == 0; type++)
		if (types >> type & 1)
			result = load_values(s, type, h->e);
	for (uint32_t i = 0; i < rows && result == 0; i++) {
		bool is_hit = false;

		if (h->a.fit[s->view.template[i]] == FIT_NEVER)
			continue;
		result = test_row(h, i, &is_hit);
		if (!is_hit)
			continue;
		if (is_counting) {
			h->count++;
			continue;
		}
		result = load_order(s, h->e);
		if (result == 0)
			h->found[s->view.row[i] / 64] |= (uint64_t)1 << s->view.row[i] % 64;
	}
	return result;
}

static void hunt_text(struct hunt *h, uint32_t block)
{
	const struct segment *s = h->a.s;
	uint32_t rows = s->blocks[block].rows;
	const struct str *raw = s->view.raw;
	const char *at = raw[0].ptr, *end = raw[rows - 1].ptr + raw[rows - 1].len;
	struct str text = h->a.text;

	for (uint32_t i = 0; i < rows; i++) {
		/* one look over all that is left, then on to the record it hit */
		if (!h->a.is_fold) {
			at = memmem(raw[i].ptr, (size_t)(end - raw[i].ptr), text.ptr, text.len);
			if (at == NULL)
				return;
			while (at >= raw[i].ptr + raw[i].len)
				i++;
		}
		if (align_in_text(&h->a, raw[i]))
			h->found[i / 64] |= (uint64_t)1 << i % 64;
	}
}

/* Give out the rows found. */
static int give(struct hunt *h, uint32_t block)
{
	struct segment *s = h->a.s;
	uint64_t first = s->blocks[block].first_row;

	for (uint32_t i = 0; i < s->blocks[block].rows && !h->is_stopped; i++) {
		struct segment_record record;
		int result;

		if (h->found[i / 64] == 0) {
			i |= 63;
			continue;
		}
		if (!(h->found[i / 64] >> i % 64 & 1) || first + i < h->query->first ||
			first + i >= h->end)
			continue;
		h->count++;
		if (h->hit == NULL)
			continue;
		result = segment_read(s, first + i, h->e, &record);
		if (result < 0)
			return result;
		h->is_stopped = h->hit(h->context, first + i, &record) != 0;
	}
	return 0;
}

static int hunt_block(struct hunt *h, uint32_t block)
{
	struct segment *s = h->a.s;
	const struct block_entry *b = &s->blocks[block];
	bool is_whole = b->first_row >= h->query->first && b->first_row + b->rows <= h->end;
	int result;

	if (b->first_row + b->rows <= h->query->first || b->first_row >= h->end)
		return 0;
	result = load_block(s, block, h->e);
	if (result < 0)
		return result;
	memset(h->found, 0, (b->rows / 64 + 1) * sizeof(*h->found));
	if (b->is_text)
		hunt_text(h, block);
	else
		result = hunt_columns(h, block, is_whole);
	return result < 0 ? result : give(h, block);
}

/* Is there a block that may hold the text at all? */
static bool is_anywhere(const struct hunt *h)
{
	const struct segment *s = h->a.s;

	for (uint32_t i = 0; i < s->block_count; i++)
		if (s->blocks[i].is_text || section_find(s, i, SECTION_RAW, 0))
			return true;
	for (uint32_t t = 1; t < s->template_count; t++)
		if (h->a.fit[t] != FIT_NEVER)
			return true;
	return false;
}

int64_t segment_search(struct segment *s, const struct segment_query *query, segment_hit *hit,
	void *context, struct err *e)
{
	struct hunt h = { .query = query,
		.hit = hit,
		.context = context,
		.e = e,
		.end = query->end ? query->end : s->records };
	struct bytes text = { 0 };
	int result;

	if (query->mode == SEGMENT_FOLD)
		fold_into(&text, query->text);
	else
		bytes_add(&text, query->text.ptr, query->text.len);
	if (text.len == 0 || text.len > SEARCH_TEXT_MAX) {
		bytes_done(&text);
		return err_set(
			e, ERR_INPUT, "a text of 1 to %u bytes is searched for", SEARCH_TEXT_MAX);
	}
	result = load_tables(s, e);
	if (result == 0) {
		align(&h.a, s, (struct str){ (const char *)text.at, text.len },
			query->mode == SEGMENT_FOLD);
		h.found = calloc(LIMIT_SEGMENT_BLOCK_ROWS / 64 + 1, sizeof(*h.found));
		if (h.found == NULL)
			abort();
		if (is_anywhere(&h))
			for (uint32_t i = 0; i < s->block_count && result == 0 && !h.is_stopped;
				i++)
				result = hunt_block(&h, i);
		free(h.found);
		align_done(&h.a);
	}
	bytes_done(&text);
	return result < 0 ? result : h.count;
}
