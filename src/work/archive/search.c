#include "work/archive/digits.h"
#include "work/archive/hunt.h"

static int test_term(struct hunt *h, const struct search *a, uint32_t position, bool *ret_is_there)
{
	struct segment *s = h->s;
	struct str text;
	int result;

	switch (a->now[s->view.template[position]]) {
	case FIT_ALWAYS:
		*ret_is_there = true;
		return 0;
	case FIT_IF:
		*ret_is_there = align_meets(a, position);
		return 0;
	case FIT_UNKNOWN:
		result = position_text(s, position, h->e, &text);
		*ret_is_there = result == 0 && align_in_text(a, text);
		return result;
	default:
		*ret_is_there = false;
		return 0;
	}
}

static int test_row(struct hunt *h, uint32_t position, bool *ret_is_hit)
{
	enum verdict verdict = h->verdict[h->s->view.template[position]];
	bool is_hit = verdict == ROWS_MARKED ? h->marks.rows[position] : verdict != ROWS_NEVER;
	int result = 0;

	for (size_t i = 0; verdict == ROWS_IF && i < h->count && is_hit && result == 0; i++) {
		result = test_term(h, &h->laid[i], position, &is_hit);
		is_hit = is_hit != h->laid[i].is_not;
	}
	*ret_is_hit = is_hit;
	return result;
}

/* Rows of templates that decide for all of theirs are counted without a look at them; where
 * decoding decided for all others, so are those. False: some are left to be looked at. */
static bool count_templates(struct hunt *h)
{
	const struct segment *s = h->s;
	uint32_t rows = s->blocks[s->view.block].rows;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < h->maybe_count; i++) {
		uint32_t t = h->maybe[i];

		if (h->verdict[t] != ROWS_ALWAYS)
			continue;
		h->hits += s->view.uses[t];
		h->verdict[t] = ROWS_NEVER;
	}
	for (uint32_t i = 0; i < h->maybe_count; i++)
		if (h->verdict[h->maybe[i]] == ROWS_IF)
			return false;
	for (uint32_t i = 0; i < h->plain_marked; i++)
		if (h->verdict[h->marked[i]] == ROWS_IF)
			return false;
	for (uint32_t i = 0; i < rows && h->marked_count > 0; i++)
		sum += h->marks.rows[i];
	h->hits += (int64_t)sum;
	return true;
}

/* What stands in the slots of the rows found, by position. */
static int load_found(struct hunt *h, uint32_t rows)
{
	struct segment *s = h->s;
	uint8_t *wanted = zeroed(s->family_count, 1), *is_seen = zeroed(s->template_count, 1);
	struct marks marks = { .keep = is_seen };
	bool has_times = false;
	int result;

	for (uint32_t i = 0; i < rows; i++) {
		uint32_t number;
		const struct template *t;

		if (h->found[i / 64] == 0) { /* mostly none of these is */
			i |= 63;
			continue;
		}
		number = s->view.template[i];
		t = &s->templates[number];
		if (!(h->found[i / 64] >> i % 64 & 1) || is_seen[number])
			continue;
		is_seen[number] = 1;
		has_times |= t->time > 0;
		for (uint32_t k = 0; k < t->slots; k++)
			if (s->slots[t->slot + k].type != SLOT_TIME)
				wanted[s->slots[t->slot + k].family] = 1;
	}
	place_values(s, is_seen);
	result = load_families(s, wanted, &marks, h->e);
	if (result == 0 && has_times)
		result = load_times(s, is_seen, h->e);
	forget_some(s);
	free(wanted);
	free(is_seen);
	return result;
}

/* Count which of the rows found, by position, the patterns hold of as well. */
static int count_patterns(struct hunt *h, uint32_t rows)
{
	struct segment *s = h->s;
	int result = load_found(h, rows);

	for (uint32_t i = 0; i < rows && result >= 0; i++) {
		struct str text;

		if (h->found[i / 64] == 0)
			i |= 63;
		if (!(h->found[i / 64] >> i % 64 & 1))
			continue;
		result = position_text(s, i, h->e, &text);
		if (result == 0)
			result = matcher_patterns(h->m, text, h->e);
		h->hits += result > 0;
	}
	memset(h->found, 0, (rows / 64 + 1) * sizeof(*h->found));
	return result < 0 ? result : 0;
}

static void found(struct hunt *h, uint32_t i)
{
	h->found[i / 64] |= (uint64_t)1 << i % 64;
}

/* Rows of a block in columns, as bits in h->found; or only counted where that is all. */
static int hunt_columns(struct hunt *h, uint32_t block, bool is_counting)
{
	struct segment *s = h->s;
	uint32_t rows = s->blocks[block].rows;
	bool has_rows, has_patterns = h->m->has_patterns;
	int result = hunt_prune(h, &has_rows);

	if (!has_rows || result < 0)
		return result;
	if (is_counting && !has_patterns && count_templates(h))
		return 0;
	if (!is_counting)
		result = load_order(s, h->e);
	for (uint32_t i = 0; i < rows && result == 0; i++) {
		bool is_hit;

		if (h->verdict[s->view.template[i]] == ROWS_NEVER)
			continue;
		result = test_row(h, i, &is_hit);
		if (result < 0 || !is_hit)
			continue;
		if (!is_counting)
			found(h, s->view.row[i]);
		else if (has_patterns)
			found(h, i);
		else
			h->hits++;
	}
	return result == 0 && is_counting && has_patterns ? count_patterns(h, rows) : result;
}

/* One look over all that is left of the block, then on to the record it hit. */
static void hunt_first_term(struct hunt *h, uint32_t rows)
{
	const struct str *raw = h->s->view.raw;
	const char *end = raw[rows - 1].ptr + raw[rows - 1].len;
	const struct bytes *text = &h->m->terms[0].text.all;

	for (uint32_t i = 0; i < rows; i++) {
		const char *at =
			memmem(raw[i].ptr, (size_t)(end - raw[i].ptr), text->at, text->len);

		if (at == NULL)
			return;
		while (at >= raw[i].ptr + raw[i].len)
			i++;
		if (at + text->len <= raw[i].ptr + raw[i].len)
			found(h, i);
	}
}

static int hunt_text(struct hunt *h, uint32_t block)
{
	const struct segment *s = h->s;
	const struct term *t = &h->m->terms[0];
	uint32_t rows = s->blocks[block].rows;
	bool is_quick = h->m->count > 0 && is_laid(t) && t->folding == FOLD_NONE && !t->is_not &&
		t->is_ascii; /* no other stands in a line of an old encoding, byte for byte */

	if (is_quick)
		hunt_first_term(h, rows);
	for (uint32_t i = 0; i < rows; i++) {
		uint64_t bit = (uint64_t)1 << i % 64;
		int result;

		if (is_quick && !(h->found[i / 64] & bit))
			continue;
		result = matcher_text(h->m, s->view.raw[i], h->e);
		if (result < 0)
			return result;
		if (result > 0)
			h->found[i / 64] |= bit;
		else
			h->found[i / 64] &= ~bit;
	}
	return 0;
}

/* A row whose texts are there: do its times, its source and the patterns fit as well? */
static int give_row(struct hunt *h, uint32_t block, uint32_t row)
{
	uint64_t i = h->s->blocks[block].first_row + row;
	struct leaf record;
	bool needs_raw = false;
	int result = 1;

	if (h->m->has_meta) {
		result = load_meta(h->s, h->e);
		if (result < 0 || !matcher_meta(h->m, &h->s->view.meta[row]))
			return result;
		needs_raw = matcher_needs_raw(h->m, &h->s->view.meta[row]);
		result = 1;
	}
	if (h->want->hit || h->m->has_patterns || needs_raw)
		result = segment_read(h->s, i, h->e, &record);
	if (result >= 0 && needs_raw && !matcher_written(h->m, &record))
		return 0;
	if (result >= 0 && h->m->has_patterns) {
		result = matcher_patterns(h->m, record.raw, h->e);
		if (result == 0)
			return 0;
	}
	if (result < 0)
		return result;
	h->hits++;
	if (h->want->hit && h->want->hit(h->want->context, i, &record) != 0)
		h->want->is_stopped = true;
	return 0;
}

/* Give out the rows found. */
static int give(struct hunt *h, uint32_t block)
{
	const struct block_entry *b = &h->s->blocks[block];
	int result = 0;

	for (uint32_t n = 0; n < b->rows && result == 0 && !h->want->is_stopped; n++) {
		uint32_t row = h->want->is_oldest_first ? n : b->rows - 1 - n;
		uint64_t i = b->first_row + row;

		if (h->found[row / 64] == 0) { /* mostly none of these is */
			n += h->want->is_oldest_first ? 63 - row % 64 : row % 64;
			continue;
		}
		if (!(h->found[row / 64] >> row % 64 & 1) || i < h->want->first ||
			i >= h->want->end)
			continue;
		result = give_row(h, block, row);
	}
	return result;
}

static bool is_in_time(const struct hunt *h, const struct block_entry *b)
{
	const struct archive_query *q = h->m->query;

	if (b->has_old_files && !q->is_by_receipt)
		return true;
	return (q->from_ns == 0 || b->last_ns >= q->from_ns) &&
		(q->until_ns == 0 || b->first_ns < q->until_ns);
}

/* May rows of BLOCK be wanted, before its segment's tables are there? */
static bool is_asked(const struct hunt *h, uint32_t block)
{
	const struct block_entry *b = &h->s->blocks[block];

	return b->first_row + b->rows > h->want->first && b->first_row < h->want->end &&
		is_in_time(h, b) && (h->is_old == NULL || h->is_old[block]) &&
		(h->is_out == NULL || !h->is_out[block]);
}

static int hunt_block(struct hunt *h, uint32_t block)
{
	struct segment *s = h->s;
	const struct block_entry *b = &s->blocks[block];
	bool is_whole = b->first_row >= h->want->first && b->first_row + b->rows <= h->want->end;
	int result;

	if (!is_asked(h, block) || !(b->is_text || h->any & uses_bit(block)))
		return 0;
	if (h->want->tick && h->want->tick(h->want->context, b->first_row) != 0) {
		h->want->is_stopped = true;
		return 0;
	}
	h->missing = 0;
	if (h->runs && !b->is_text) {
		bool may = true;

		result = hunt_ask_digits(h, block, &may);
		if (result < 0 || !may)
			return result;
	}
	result = load_block(s, block, h->e);
	if (result < 0)
		return result;
	memset(h->found, 0, (b->rows / 64 + 1) * sizeof(*h->found));
	if (b->is_text)
		result = hunt_text(h, block);
	else
		result =
			hunt_columns(h, block, h->want->hit == NULL && is_whole && !h->m->has_meta);
	return result < 0 ? result : give(h, block);
}

static uint32_t rows_max(const struct segment *s)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < s->block_count; i++)
		most = s->blocks[i].rows > most ? s->blocks[i].rows : most;
	return most;
}

/* The blocks to look at when no letters of the others are those that are wanted. */
static int find_old(struct hunt *h, bool *ret_any)
{
	struct segment *s = h->s;
	int result = 0;

	h->is_old = zeroed(s->block_count, sizeof(*h->is_old));
	for (uint32_t i = 0; i < s->block_count && result == 0; i++) {
		if (s->blocks[i].is_text)
			continue;
		result = block_has_old(s, i, h->e, &h->is_old[i]);
		*ret_any |= h->is_old[i];
	}
	return result;
}

/* The blocks not to look at when digits are wanted that none of their rows has. */
static int find_out(struct hunt *h)
{
	struct segment *s = h->s;
	int result = 0;

	for (size_t i = 0; i < h->m->count && h->is_out == NULL; i++)
		if (!h->m->terms[i].is_not && digits_in_text(texts_at(&h->m->terms[i].text, 0)))
			h->is_out = zeroed(s->block_count, sizeof(*h->is_out));
	for (uint32_t i = 0; i < s->block_count && h->is_out && result == 0; i++) {
		bool may = true;

		if (s->blocks[i].is_text || !is_asked(h, i))
			continue;
		result = block_may_hold(s, i, h->m, h->e, &may);
		h->is_out[i] = !may;
	}
	return result;
}

static int find_asked(struct hunt *h, bool *ret_any)
{
	int result = find_out(h);

	*ret_any = false;
	for (uint32_t i = 0; i < h->s->block_count && result == 0; i++) {
		if (!is_asked(h, i))
			continue;
		h->asked |= uses_bit(i);
		*ret_any = true;
	}
	return result;
}

int64_t segment_search(struct segment *s, struct segment_search *search, struct err *e)
{
	struct hunt h = { .s = s, .want = search, .m = search->matcher, .e = e };
	enum may_hold may = MAY_ANY;
	int result = segment_may_hold(s, h.m, e, &may);
	bool is_any = may == MAY_ANY;

	if (result == 0 && may == MAY_OLD)
		result = find_old(&h, &is_any);
	if (result == 0 && is_any)
		result = find_asked(&h, &is_any);
	if (result == 0 && is_any)
		result = hunt_load(s, h.m, e);
	if (result < 0 || !is_any) {
		free(h.is_old);
		free(h.is_out);
		return result;
	}
	h.found = zeroed(rows_max(s) / 64 + 1, sizeof(*h.found));
	h.marks.bits = zeroed(s->slot_count, sizeof(*h.marks.bits));
	h.marks.families = zeroed(s->family_count, 1);
	h.marks.rows = zeroed(rows_max(s), 1);
	hunt_lay(&h);
	for (uint32_t n = 0; n < s->block_count && result == 0 && !search->is_stopped; n++)
		result = hunt_block(&h, search->is_oldest_first ? n : s->block_count - 1 - n);
	hunt_lay_done(&h);
	free(h.is_old);
	free(h.is_out);
	free(h.found);
	free(h.marks.bits);
	free(h.marks.families);
	free(h.marks.rows);
	return result < 0 ? result : h.hits;
}
