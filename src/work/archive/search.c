#include "work/archive/align.h"

/* What a template says of its rows before any value is looked at. */
enum verdict { ROWS_NEVER, ROWS_ALWAYS, ROWS_IF };

/* A search under way in one segment. Verdicts are of templates: what is known of their rows in the
 * block in work. */
struct hunt {
	struct segment *s;
	struct segment_search *want;
	struct matcher *m;
	struct search *laid; /* of each term that has a text to look for */
	size_t count;
	uint8_t *verdict;
	uint32_t *blocks; /* of a template: where rows of it may be wanted, as bits */
	uint32_t any;     /* of all templates */
	uint64_t *found;  /* rows of the block, as bits */
	int64_t hits;
	struct err *e;
};

static void *get(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (p == NULL)
		abort();
	return p;
}

/* A term whose text decides, or at least must be there. */
static bool is_laid(const struct term *t)
{
	return t->text.len > 0 && !(t->is_not && t->pattern);
}

static enum verdict verdict_of(const struct hunt *h, uint32_t template, uint32_t *ret_blocks)
{
	const struct segment *s = h->s;
	enum verdict all = ROWS_ALWAYS;

	*ret_blocks = s->template_blocks ? s->template_blocks[template] : UINT32_MAX;
	for (size_t i = 0; i < h->count; i++) {
		const struct search *a = &h->laid[i];
		enum fit fit = a->fit[template];

		if (fit == (a->is_not ? FIT_ALWAYS : FIT_NEVER))
			*ret_blocks = 0;
		if (fit != (a->is_not ? FIT_NEVER : FIT_ALWAYS))
			all = ROWS_IF;
		if (!a->is_not)
			*ret_blocks &= a->blocks[template];
	}
	return *ret_blocks ? all : ROWS_NEVER;
}

/* Lay every term over the templates. */
static void lay(struct hunt *h)
{
	struct segment *s = h->s;

	h->laid = get(h->m->count, sizeof(*h->laid));
	for (size_t i = 0; i < h->m->count; i++) {
		struct term *t = &h->m->terms[i];

		if (!is_laid(t))
			continue;
		align(&h->laid[h->count], s, (struct str){ (const char *)t->text.at, t->text.len },
			t->is_fold);
		h->laid[h->count++].is_not = t->is_not;
	}
	h->verdict = get(s->template_count, 1);
	h->blocks = get(s->template_count, sizeof(*h->blocks));
	for (uint32_t t = 0; t < s->template_count; t++) {
		verdict_of(h, t, &h->blocks[t]);
		h->any |= h->blocks[t];
	}
}

static void lay_done(struct hunt *h)
{
	for (size_t i = 0; i < h->count; i++)
		align_done(&h->laid[i]);
	free(h->laid);
	free(h->verdict);
	free(h->blocks);
}

/* What the rows of template T may need, and whether any of them may be wanted. */
static int prune_template(struct hunt *h, uint32_t t, struct prune *p)
{
	struct segment *s = h->s;
	uint32_t blocks;
	bool may = (h->blocks[t] & uses_bit(s->view.block)) != 0 && s->view.uses[t] > 0;
	int result = 0;

	h->verdict[t] = (uint8_t)verdict_of(h, t, &blocks);
	for (size_t i = 0; i < h->count && may && result == 0; i++) {
		struct search *a = &h->laid[i];

		if (a->fit[t] == FIT_UNKNOWN && t != TEMPLATE_RAW)
			p->has_all = true;
		if (a->fit[t] != FIT_IF)
			continue;
		result = align_prune(a, t, p, &may);
		may |= a->is_not;
	}
	if (!may)
		h->verdict[t] = ROWS_NEVER;
	return result;
}

/* Load what the rows that may be wanted need. */
static int prune_block(struct hunt *h, bool *ret_any)
{
	struct segment *s = h->s;
	struct prune p;
	int result = 0;

	prune_new(&p, s, h->e);
	*ret_any = false;
	for (uint32_t t = 0; t < s->template_count && result == 0; t++) {
		result = prune_template(h, t, &p);
		*ret_any |= h->verdict[t] != ROWS_NEVER;
	}
	if (result == 0)
		result = p.has_all ? load_all_values(s, h->e) : load_families(s, p.families, h->e);
	if (result == 0 && p.has_times)
		result = load_times(s, h->e);
	prune_done(&p);
	return result;
}

static int test_term(struct hunt *h, const struct search *a, uint32_t position, bool *ret_is_there)
{
	struct segment *s = h->s;
	struct str text;
	int result;

	switch (a->fit[s->view.template[position]]) {
	case FIT_ALWAYS:
		*ret_is_there = true;
		return 0;
	case FIT_IF:
		*ret_is_there = align_meets(a, position);
		return 0;
	case FIT_UNKNOWN:
		result = load_order(s, h->e);
		if (result == 0)
			result = row_text(s, s->view.row[position], h->e, &text);
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
	bool is_hit = verdict != ROWS_NEVER;
	int result = 0;

	for (size_t i = 0; verdict == ROWS_IF && i < h->count && is_hit && result == 0; i++) {
		result = test_term(h, &h->laid[i], position, &is_hit);
		is_hit = is_hit != h->laid[i].is_not;
	}
	*ret_is_hit = is_hit;
	return result;
}

/* Rows of a block in columns, as bits in h->found; or only counted where that is all. */
static int hunt_columns(struct hunt *h, uint32_t block, bool is_counting)
{
	struct segment *s = h->s;
	uint32_t rows = s->blocks[block].rows;
	bool has_rows;
	int result = prune_block(h, &has_rows);

	if (!has_rows)
		return result;
	for (uint32_t i = 0; i < rows && result == 0; i++) {
		bool is_hit;

		if (h->verdict[s->view.template[i]] == ROWS_NEVER)
			continue;
		result = test_row(h, i, &is_hit);
		if (result < 0 || !is_hit)
			continue;
		if (is_counting) {
			h->hits++;
			continue;
		}
		result = load_order(s, h->e);
		if (result == 0)
			h->found[s->view.row[i] / 64] |= (uint64_t)1 << s->view.row[i] % 64;
	}
	return result;
}

/* One look over all that is left of the block, then on to the record it hit. */
static void hunt_first_term(struct hunt *h, uint32_t rows)
{
	const struct str *raw = h->s->view.raw;
	const char *end = raw[rows - 1].ptr + raw[rows - 1].len;
	const struct bytes *text = &h->m->terms[0].text;

	for (uint32_t i = 0; i < rows; i++) {
		const char *at =
			memmem(raw[i].ptr, (size_t)(end - raw[i].ptr), text->at, text->len);

		if (at == NULL)
			return;
		while (at >= raw[i].ptr + raw[i].len)
			i++;
		if (at + text->len <= raw[i].ptr + raw[i].len)
			h->found[i / 64] |= (uint64_t)1 << i % 64;
	}
}

static int hunt_text(struct hunt *h, uint32_t block)
{
	const struct segment *s = h->s;
	const struct term *t = &h->m->terms[0];
	uint32_t rows = s->blocks[block].rows;
	bool is_quick = h->m->count > 0 && is_laid(t) && !t->is_fold && !t->is_not;

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
	int result = 1;

	if (h->m->has_meta) {
		result = load_meta(h->s, h->e);
		if (result < 0 || !matcher_meta(h->m, &h->s->view.meta[row]))
			return result;
		result = 1;
	}
	if (h->want->hit || h->m->has_patterns)
		result = segment_read(h->s, i, h->e, &record);
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

	return (q->from_ns == 0 || b->last_ns >= q->from_ns) &&
		(q->until_ns == 0 || b->first_ns < q->until_ns);
}

static int hunt_block(struct hunt *h, uint32_t block)
{
	struct segment *s = h->s;
	const struct block_entry *b = &s->blocks[block];
	bool is_whole = b->first_row >= h->want->first && b->first_row + b->rows <= h->want->end;
	int result;

	if (b->first_row + b->rows <= h->want->first || b->first_row >= h->want->end ||
		!is_in_time(h, b) || !(b->is_text || h->any & uses_bit(block)))
		return 0;
	if (h->want->tick && h->want->tick(h->want->context, b->first_row) != 0) {
		h->want->is_stopped = true;
		return 0;
	}
	result = load_block(s, block, h->e);
	if (result < 0)
		return result;
	memset(h->found, 0, (b->rows / 64 + 1) * sizeof(*h->found));
	if (b->is_text)
		result = hunt_text(h, block);
	else
		result = hunt_columns(h, block,
			h->want->hit == NULL && is_whole && !h->m->has_meta && !h->m->has_patterns);
	return result < 0 ? result : give(h, block);
}

int64_t segment_search(struct segment *s, struct segment_search *search, struct err *e)
{
	struct hunt h = { .s = s, .want = search, .m = search->matcher, .e = e };
	bool may = false;
	int result = segment_may_hold(s, h.m, e, &may);

	if (result < 0 || !may)
		return result;
	result = load_tables(s, e);
	if (result == 0)
		result = load_index(s, e);
	if (result < 0)
		return result;
	h.found = get(LIMIT_SEGMENT_BLOCK_ROWS / 64 + 1, sizeof(*h.found));
	lay(&h);
	for (uint32_t n = 0; n < s->block_count && result == 0 && !search->is_stopped; n++)
		result = hunt_block(&h, search->is_oldest_first ? n : s->block_count - 1 - n);
	lay_done(&h);
	free(h.found);
	return result < 0 ? result : h.hits;
}
